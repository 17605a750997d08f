"""`relcheck config` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from relcheck.cli.config import config
from relcheck.config import load_config, preset_names
from relcheck.engine.catalog import load_catalog


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "relcheck.toml").write_text('[relcheck]\nexclude = ["vendor/**"]\n')
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RELCHECK_CONFIG", raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(config, arguments, catch_exceptions=False)


def test_show_prints_values_with_their_origin() -> None:
    done = run("show")
    assert done.exit_code == 0
    assert any(
        line.split() == ["exclude", "=", '["vendor/**"]', "#", "relcheck.toml:2"] for line in done.stdout.splitlines()
    )


def test_show_prints_json() -> None:
    values = json.loads(run("show", "--format", "json").stdout)["values"]
    assert {"key": "relcheck.exclude", "value": ["vendor/**"], "origin": "relcheck.toml:2"} in values


def test_show_takes_the_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text("[relcheck]\nmax_file_size = 7\n")
    assert "max_file_size = 7" in run("show", "--config", "other.toml").stdout
    monkeypatch.setenv("RELCHECK_CONFIG", "other.toml")
    assert "max_file_size = 7" in run("show").stdout


def test_show_of_a_wrong_file_says_what_is_wrong_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "relcheck.toml").write_text("[relcheck]\nexlude = []\n")
    done = run("show")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "relcheck.toml:2: relcheck.exlude: unknown key; did you mean `exclude`?\n"


def test_schema_is_json() -> None:
    assert "properties" in json.loads(run("schema").stdout)


def test_validate_says_that_a_file_is_valid() -> None:
    done = run("validate")
    assert (done.exit_code, done.stdout) == (0, "relcheck.toml is valid\n")
    assert run("validate", "relcheck.toml").stdout == "relcheck.toml is valid\n"


def test_validate_looks_upwards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path / "sub")
    done = run("validate")
    assert done.exit_code == 0
    assert done.stdout.endswith("relcheck.toml is valid\n")


def test_validate_prints_every_error_and_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[relcheck]\nexlude = []\nfail_on = 3\n")
    done = run("validate", "bad.toml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "bad.toml:2: relcheck.exlude: unknown key; did you mean `exclude`?",
        "bad.toml:3: relcheck.fail_on: expected one of `error`, `info`, `warning`, got the integer 3",
    ]


def test_validate_of_a_missing_file_ends_with_2() -> None:
    done = run("validate", "gone.toml")
    assert (done.exit_code, done.stderr) == (2, "gone.toml: cannot be read: No such file or directory\n")


def test_validate_without_any_file_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "relcheck.toml").unlink()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git/objects").mkdir()
    (tmp_path / ".git/refs").mkdir()
    done = run("validate")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "no relcheck.toml and no [tool.relcheck] from here upwards: nothing to check\n"


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_valid_with_the_rules_that_ship(name: str, tmp_path: Path) -> None:
    (tmp_path / "relcheck.toml").write_text(f'[relcheck]\nextends = ["preset:{name}"]\n')
    assert run("validate").exit_code == 0


def test_the_django_preset_takes_no_lock_away(tmp_path: Path) -> None:
    (tmp_path / "relcheck.toml").write_text('[relcheck]\nextends = ["preset:django"]\n')
    catalog = load_catalog()
    rule = catalog.rules["transactions/raw-row-lock"]
    config = load_config(tmp_path / "relcheck.toml", shown_as="relcheck.toml", catalog=catalog)
    (before,) = (option.default for option in rule.options if option.name == "locks")
    after = config.rule(rule).options["locks"]
    assert isinstance(before, tuple)
    assert isinstance(after, tuple)
    assert {*after} == {*before, "select_for_update"}
