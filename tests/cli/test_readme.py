"""What the README shows is what happens."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from project import BROKEN, LOCK, ROOT, Project

if TYPE_CHECKING:
    from pathlib import Path

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block(language: str, *, holding: str = "") -> str:
    """The first code block in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return next(block for block in blocks if holding in block)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


@pytest.fixture
def example(tmp_path: Path) -> Project:
    """A repository that holds the bundled example where ours has it."""
    project = Project(tmp_path / "clone")
    for file in BROKEN.rglob("*"):
        if file.is_file() and not {"__pycache__", ".relcheck_cache"} & set(file.parts):
            project.write(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8"))
    return project


def test_the_sample_is_a_part_of_what_is_printed(example: Project) -> None:
    printed = _without_counts(example.relcheck("scan", str(BROKEN.relative_to(ROOT))).out)
    sample = _without_counts(_block("text", holding="error["))

    position = 0
    for part in sample.split("\n[...]\n"):
        found = printed.find(part, position)
        assert found >= 0, f"not printed, or not in this order:\n{part}"
        position = found + len(part)
    assert position == len(printed)


def _without_counts(report: str) -> str:
    """How many files had to be parsed changes with every better prefilter."""
    return re.sub(r", parsed \d+", ", parsed some", report)


@pytest.mark.parametrize(
    ("command", "holding"),
    [(("scan",), "error[migrations/drop-column]"), (("migrations", "review"), "1. builds the index")],
)
def test_the_samples_of_migrations_are_printed(command: tuple[str, ...], holding: str, tmp_path: Path) -> None:
    shutil.copytree(BROKEN.parent / "orders_broken", tmp_path / "orders")
    ran = Project(tmp_path / "orders").relcheck(*command)
    assert _block("text", holding=holding) in ran.out


def test_make_scan_prints_that() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert "EXAMPLE := tests/fixtures/billing_broken\n" in makefile
    assert "REPO ?= $(EXAMPLE)\n" in makefile


def test_what_grep_finds_is_counted_rightly(example: Project) -> None:
    pattern = re.compile(re.search(r"grep -rE --include='\*\.py' '(.*?)'", README)[1])
    expected = tomllib.loads((BROKEN.parent / "billing_expected.toml").read_text(encoding="utf-8"))["finding"]
    locks = {(one["path"], one["line"]) for one in expected if one["rule"] == "transactions/raw-row-lock"}
    lines = {
        (file.relative_to(BROKEN).as_posix(), number)
        for file in BROKEN.rglob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    }

    assert f"finds {len(lines & locks)} of the {len(locks)} raw locks" in README
    assert f"prints {len(lines - locks)} other lines" in README


def test_the_page_of_rules_is_what_the_command_prints(project: Project) -> None:
    printed = project.relcheck("rules", "--format", "markdown").out
    kept = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")

    assert kept == printed, "`make docs` writes it anew"


def test_the_packs_are_listed_and_what_is_said_of_rules_is_so(project: Project) -> None:
    rules = json.loads(project.relcheck("rules", "--format", "json").out)

    assert set(re.findall(r"^\| \[`([a-z-]+)`\]\(docs/rules\.md#\1\) \|", README, re.MULTILINE)) == {
        rule["pack"] for rule in rules
    }
    listed = re.findall(r"^\| `([a-z-]+/[a-z-]+)` \| (\w+) \| (.*) \|$", README, re.MULTILINE)
    assert set(listed) <= {(rule["name"], rule["severity"], rule["summary"]) for rule in rules}
    assert {name for name, _, _ in listed} >= {rule["name"] for rule in rules if rule["pack"] == "relcheck"}


def test_the_configuration_is_valid(project: Project) -> None:
    project.write("relcheck.toml", _block("toml"))

    ran = project.relcheck("config", "validate")

    assert (ran.code, ran.err) == (0, "")


def test_the_pre_commit_snippet_is_valid(project: Project) -> None:
    project.write("snippet.yaml", _block("yaml"))

    ran = project.run(sys.executable, "-m", "pre_commit", "validate-config", "snippet.yaml")

    assert (ran.code, ran.out) == (0, "")
    assert "- id: relcheck\n" in (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")


def test_the_waiver_waives(project: Project) -> None:
    project.write("app/jobs.py", _block("python", holding="relcheck: ignore"))

    ran = project.scan("--show-waived", "--today", "2026-12-31")

    assert [one["status"] for one in json.loads(ran.out)["findings"]] == ["waived"]


@pytest.mark.parametrize("name", ["LICENSE", "CONTRIBUTING.md", "docs/report-v1.schema.json", "docs/formats/README.md"])
def test_what_is_linked_is_there(name: str) -> None:
    assert f"({name})" in README
    assert (ROOT / name).is_file()


VERBS = (
    *("scan", "baseline write", "baseline prune", "waive", "rules", "explain", "new-rule", "layers graph"),
    *("migrations review", "matrix review", "matrix report", "matrix trace", "gate deploy"),
)


@pytest.mark.parametrize(
    "option", sorted(set(re.findall(r"(?<![\w`-])--[a-z][a-z-]+", README)) - {"--all-files", "--include"})
)
def test_an_option_that_is_mentioned_exists(project: Project, option: str) -> None:
    assert any(f" {option} " in project.relcheck(*verb.split(), "--help").out for verb in VERBS)


def test_the_commands_of_the_baseline_do_what_is_said(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    commands = re.findall(r"^relcheck (baseline [^#\n]*)", _block("sh", holding="baseline write"), re.MULTILINE)

    assert [project.relcheck(*shlex.split(command)).code for command in commands] == [0, 0, 0]
    assert project.scan().code == 0


def test_the_line_of_gitattributes_is_the_one_that_is_proposed(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    proposed = project.relcheck("baseline", "write").err

    assert proposed.endswith(f": {_block('gitattributes')}")


def test_the_command_that_waives_waives(project: Project) -> None:
    project.write("app/jobs.py", "\n" * 10 + LOCK)
    (command,) = re.findall(r"^relcheck (waive .*)$", README, re.MULTILINE)

    ran = project.relcheck(*shlex.split(command), "--today", "2026-12-31")

    assert ran.code == 0
    assert project.scan("--today", "2026-12-31").code == 0
