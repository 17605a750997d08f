"""Rules that live in the scanned repository: they run when the command line says so, and cannot end the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project

if TYPE_CHECKING:
    from pathlib import Path

CRASHING = '''"""Prints say something."""

from relcheck.sdk import PythonRule, call, on


class Crashing(PythonRule):
    @on(call("print"))
    def printed(self, at, file):
        yield at.finding(at.node.args[0].value.value)
'''

TELLTALE = '''"""Leaves a trace where it is imported."""

from pathlib import Path

from relcheck.sdk import PythonRule, call, on

Path("imported").touch()


class Telltale(PythonRule):
    @on(call("print"))
    def printed(self, at, file):
        yield at.finding("prints")
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    return project


def test_code_of_the_scanned_tree_runs_only_where_the_command_line_allows_it(project: Project) -> None:
    project.write(".relcheck/rules/telltale.py", TELLTALE)
    project.write("app/jobs.py", "print()\n")

    without = project.scan()
    assert (without.code, without.findings) == (0, [])
    assert not (project.root / "imported").exists()

    allowed = project.scan("--allow-local-code")
    assert allowed.findings == [("local/telltale", "app/jobs.py", 1)]
    assert (project.root / "imported").exists()


@pytest.mark.parametrize("command", ["rules", "config show", "config validate", "explain transactions/split-write"])
def test_no_other_verb_runs_code_of_the_tree(project: Project, command: str) -> None:
    project.write(".relcheck/rules/telltale.py", TELLTALE)
    project.write("relcheck.toml", '[relcheck]\nfail_on = "error"\n')

    assert project.relcheck(*command.split()).code == 0
    assert not (project.root / "imported").exists()


def test_a_local_rule_is_listed_and_explained_where_its_code_may_run(project: Project) -> None:
    project.write(".relcheck/rules/telltale.py", TELLTALE)

    listed = project.relcheck("rules", "--allow-local-code")
    explained = project.relcheck("explain", "local/telltale", "--allow-local-code")

    assert any(line.startswith("local/telltale ") for line in listed.out.splitlines())
    assert explained.out.startswith("# local/telltale\n\nLeaves a trace where it is imported.\n")


@pytest.mark.parametrize(
    ("options", "said"), [((), "--allow-local-code loads it"), (("--allow-local-code",), "no file of .relcheck/rules")]
)
def test_explain_of_a_local_rule_that_is_not_loaded_says_why(
    project: Project, options: tuple[str, ...], said: str
) -> None:
    ran = project.relcheck("explain", "local/telltale", *options)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_configured_local_rule_that_may_not_run_is_told_as_skipped(project: Project) -> None:
    project.write("relcheck.toml", '[rules."local/telltale"]\nseverity = "warning"\n')

    ran = project.scan()

    assert (ran.code, ran.findings) == (0, [])
    assert json.loads(ran.out)["summary"]["rules_skipped"] == ["local/telltale"]


def test_a_local_rule_takes_its_severity_from_the_configuration(project: Project) -> None:
    project.write(".relcheck/rules/telltale.py", TELLTALE)
    project.write("relcheck.toml", '[rules."local/telltale"]\nseverity = "warning"\n')
    project.write("app/jobs.py", "print()\n")

    ran = project.scan("--allow-local-code")

    assert ran.code == 0
    assert json.loads(ran.out)["findings"][0]["severity"] == "warning"


def test_a_rule_that_raises_is_a_finding_with_rule_and_line_and_the_run_goes_on(project: Project) -> None:
    project.write(".relcheck/rules/crashing.py", CRASHING)
    project.write("app/jobs.py", LOCK + "\n\nprint()\n")
    project.write("app/other.py", "print('hello')\n")

    ran = project.scan("--allow-local-code")

    assert ran.code == 3
    assert ran.findings == [
        ("transactions/raw-row-lock", "app/jobs.py", 2),
        ("relcheck/rule-crashed", "app/jobs.py", 5),
        ("local/crashing", "app/other.py", 1),
    ]
    assert "the rule local/crashing raised IndexError" in ran.out
    assert ran.err == ""


def test_a_crash_beats_exit_zero(project: Project) -> None:
    project.write(".relcheck/rules/crashing.py", CRASHING)
    project.write("app/jobs.py", "print()\n")

    assert project.scan("--allow-local-code", "--exit-zero").code == 3


def test_a_crash_is_told_again_in_the_next_run(project: Project) -> None:
    project.write(".relcheck/rules/crashing.py", CRASHING)
    project.write("app/jobs.py", "print()\n")
    project.commit()

    first, second = project.scan("--allow-local-code"), project.scan("--allow-local-code")

    assert first == second
    assert first.code == 3


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def\n", "SyntaxError"),
        ("import nowhere_to_be_found\n", "ModuleNotFoundError"),
        ("{}['a']\n", "KeyError"),
        ("x = 1\n", "expected one rule class, found 0"),
    ],
)
@pytest.mark.parametrize("command", ["scan --allow-local-code", "test-rules"])
def test_a_rule_that_cannot_be_loaded_is_wrong_usage_that_names_its_file(
    project: Project, command: str, code: str, said: str
) -> None:
    project.write(".relcheck/rules/broken.py", code)

    ran = project.relcheck(*command.split())

    assert (ran.code, ran.out) == (2, "")
    assert "broken.py" in ran.err
    assert said in ran.err
    assert "fault of relcheck" not in ran.err
