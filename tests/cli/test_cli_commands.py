"""The verbs beside `scan`: what they print, and how they end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def test_the_version_is_told_with_the_name(project: Project) -> None:
    ran = project.relcheck("--version")

    assert ran.code == 0
    assert ran.out.startswith("relcheck 0.")


def test_help_names_every_verb(project: Project) -> None:
    ran = project.relcheck("--help")

    assert ran.code == 0
    verbs = ("scan", "baseline", "waive", "explain", "rules", "layers", "config", "test-rules", "new-rule", "cache")
    for verb in verbs:
        assert f"\n  {verb} " in ran.out


@pytest.mark.parametrize(
    "verb",
    [
        *("scan", "explain", "rules", "config", "config show", "test-rules", "new-rule", "cache clear"),
        *("baseline", "baseline write", "baseline prune", "baseline show", "waive"),
        *("layers", "layers why", "layers impact", "layers graph", "layers suggest", "layers import"),
    ],
)
def test_every_verb_has_help(project: Project, verb: str) -> None:
    ran = project.relcheck(*verb.split(), "--help")

    assert ran.code == 0
    assert ran.out.startswith(f"Usage: relcheck {verb} ")


def test_a_mistyped_verb_is_answered_with_the_nearest_one(project: Project) -> None:
    ran = project.relcheck("scam")

    assert ran.code == 2
    assert ran.out == ""
    assert "Did you mean 'scan'?" in ran.err


def test_rules_are_listed_with_severity_and_summary(project: Project) -> None:
    ran = project.relcheck("rules")

    assert ran.code == 0
    line = next(line for line in ran.out.splitlines() if line.startswith("transactions/raw-row-lock "))
    assert line.split()[1] == "error"
    assert line.endswith("Row locks go through the blessed transaction primitive.")


def test_the_json_list_of_rules_has_the_fields_that_scripts_rely_on(project: Project) -> None:
    ran = project.relcheck("rules", "--format", "json")

    rules = {rule["name"]: rule for rule in json.loads(ran.out)}
    assert rules["transactions/raw-row-lock"] == {
        "name": "transactions/raw-row-lock",
        "pack": "transactions",
        "summary": "Row locks go through the blessed transaction primitive.",
        "severity": "error",
        "default": True,
        "fixable": False,
        "upholds": "Lock scope equals connection scope",
    }
    assert "relcheck/nothing-checked" in rules
    assert list(rules) == sorted(rules)


def test_explain_prints_the_page_with_options_and_examples(project: Project) -> None:
    ran = project.relcheck("explain", "transactions/split-write")

    assert ran.code == 0
    assert ran.out.startswith("# transactions/split-write\n\nA domain action is one transaction.\n")
    for part in ("## What it does", "## Why is this bad", "## Use instead", "## Options", "## Found", "## Not found"):
        assert f"\n{part}" in ran.out
    assert "- `allowed_in` (list[glob]), default `[]`" in ran.out


def test_explain_of_a_finding_of_the_engine_has_a_page_too(project: Project) -> None:
    ran = project.relcheck("explain", "relcheck/vacuous-rule")

    assert ran.code == 0
    assert "This is how gates die" in ran.out


def test_explain_of_a_pack_prints_the_pages_of_its_rules(project: Project) -> None:
    ran = project.relcheck("explain", "transactions")

    assert "# transactions/missing-intent\n" in ran.out
    assert "# transactions/split-write\n" in ran.out


@pytest.mark.parametrize("mistyped", ["transactions/raw-row-lok", "raw-row-lock"])
def test_explain_of_an_unknown_rule_names_the_nearest_one(project: Project, mistyped: str) -> None:
    ran = project.relcheck("explain", mistyped)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (f"relcheck: no rule and no pack is named {mistyped}; did you mean transactions/raw-row-lock?\n")


def test_explain_of_a_fingerprint_shows_the_finding_and_then_the_page(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    report = json.loads(project.scan().out)
    fingerprint = report["findings"][0]["fingerprint"]

    ran = project.relcheck("explain", fingerprint[:8])

    assert ran.code == 0
    assert "at app/jobs.py:2:31 in claim" in ran.out
    assert "# transactions/raw-row-lock" in ran.out


def test_explain_of_a_fingerprint_that_nothing_has_is_wrong_usage(project: Project) -> None:
    project.write("app/jobs.py", LOCK)

    ran = project.relcheck("explain", "abcdef0123")

    assert ran.code == 2
    assert "no finding of this repository has the fingerprint abcdef0123 (judged without a configuration)" in ran.err


@pytest.mark.parametrize("folder", [".", "other"])
def test_a_place_is_judged_by_its_own_configuration_as_a_scan_of_its_path_is(project: Project, folder: str) -> None:
    project.write("relcheck.toml", '[relcheck]\nexclude = ["parts/**"]\n')
    project.write("parts/billing/relcheck.toml", "")
    project.write("parts/billing/app/jobs.py", LOCK)
    project.write("other/a.py", "")
    place = "parts/billing/app/jobs.py:2"

    explained = project.relcheck("explain", place, folder=folder)
    missing = project.relcheck("explain", "parts/billing/app/jobs.py:1", folder=folder)
    waived = project.relcheck("waive", place, "--reason", "INC-204", folder=folder)

    assert explained.code == 0
    assert f"at {place}:31 in claim" in explained.out
    assert f" --path {place} --reason TEXT" in explained.out
    assert missing.code == 2
    assert "(judged by parts/billing/relcheck.toml)" in missing.err
    assert (waived.code, waived.err) == (0, "")
    assert project.scan("parts/billing").findings == []


def test_config_show_says_where_each_value_comes_from(project: Project) -> None:
    project.write("app/locks.py", "")
    project.write(
        "relcheck.toml",
        '[relcheck]\nfail_on = "warning"\n\n[rules."transactions/raw-row-lock"]\nallowed_in = ["app/locks.py"]\n',
    )

    ran = project.relcheck("config", "show")

    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.out.splitlines()]
    assert any(line.startswith('fail_on = "warning" # relcheck.toml') for line in lines)
    assert any(line.startswith('allowed_in = ["app/locks.py"] # relcheck.toml') for line in lines)
    assert "require_reason = true # default" in lines


def test_config_show_as_json_is_json(project: Project) -> None:
    ran = project.relcheck("config", "show", "--format", "json")

    assert ran.code == 0
    assert isinstance(json.loads(ran.out), dict)


def test_config_schema_knows_the_options_of_rules(project: Project) -> None:
    ran = project.relcheck("config", "schema")

    assert ran.code == 0
    assert json.loads(ran.out)["$schema"].startswith("http://json-schema.org/draft-07/schema")
    assert '"allowed_in"' in ran.out


def test_a_valid_configuration_is_said_to_be_valid(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nfail_on = "info"\n')

    ran = project.relcheck("config", "validate")

    assert (ran.code, ran.out) == (0, "relcheck.toml is valid\n")


@pytest.mark.parametrize("command", [("config", "validate"), ("config", "show"), ("scan",)])
def test_an_unknown_key_is_refused_with_file_line_and_the_nearest_one(project: Project, command: tuple[str]) -> None:
    project.write("relcheck.toml", '[relcheck]\nfail-onn = "info"\n')

    ran = project.relcheck(*command)

    assert (ran.code, ran.out) == (2, "")
    assert "relcheck.toml:2" in ran.err
    assert "fail-onn" in ran.err
    assert "fail_on" in ran.err
    assert "Traceback" not in ran.err


def test_to_validate_without_a_configuration_is_wrong_usage(project: Project) -> None:
    ran = project.relcheck("config", "validate")

    assert ran.code == 2
    assert "nothing to check" in ran.err


def test_cache_clear_removes_the_cache_and_says_so(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.commit()
    project.scan()
    assert (project.root / ".relcheck_cache").is_dir()

    ran = project.relcheck("cache", "clear")

    assert ran.code == 0
    assert ran.out == f"removed {project.root.resolve() / '.relcheck_cache'}\n"
    assert not (project.root / ".relcheck_cache").exists()
    assert project.relcheck("cache", "clear").out == "there is no cache\n"


def test_a_scan_is_the_same_with_an_empty_cache_with_a_full_one_and_without(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.commit()

    first, second, without = project.scan(), project.scan(), project.scan("--no-cache")

    assert first.rules == ["transactions/raw-row-lock"]
    assert first == second == without


def test_no_cache_writes_none(project: Project) -> None:
    project.write("app/jobs.py", LOCK)

    project.scan("--no-cache")

    assert not (project.root / ".relcheck_cache").exists()


@pytest.mark.parametrize("verb", ["matrix", "layers", "migrations"])
def test_what_a_command_does_is_listed_without_being_cut_off(project: Project, verb: str) -> None:
    listed = project.relcheck(verb, "--help").out.partition("Commands:")[2]
    assert listed.strip()
    assert "..." not in listed
