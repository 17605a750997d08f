"""What a run that needs little does not import: start-up time is paid by every commit."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from project import LOCK, Project

if TYPE_CHECKING:
    from pathlib import Path

_LOADED = """
import json, sys
from relcheck.cli.main import run
code = run(json.loads(sys.argv[1]))
print()
print(json.dumps([code, sorted(sys.modules)]))
"""

HEAVY = {"libcst", "rich", "relcheck_rules"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/plain.py", "def add(one, other):\n    return one + other\n")
    project.write("app/names.py", "NAMES = ('for an update', 'of a session')\n")
    project.write("app/locks.py", LOCK)
    project.commit()
    project.scan()  # the manifest of the rules is there, as it is after the first run
    return project


def _loaded(project: Project, *arguments: str) -> set[str]:
    """The top-level packages that a run has imported."""
    return {name.partition(".")[0] for name in _modules(project, *arguments)}


def _modules(project: Project, *arguments: str) -> set[str]:
    ran = project.run(sys.executable, "-I", "-c", _LOADED, json.dumps(arguments))
    code, modules = json.loads(ran.out.splitlines()[-1])
    assert code == 0, ran.err
    return set(modules)


def test_the_version_needs_nothing_but_the_command_line(project: Project) -> None:
    assert not _loaded(project, "--version") & (HEAVY | {"msgspec", "pathspec", "sqlite3", "tomli"})


def test_a_hook_over_files_that_concern_no_rule_imports_neither_libcst_nor_a_rule(project: Project) -> None:
    assert not _loaded(project, "scan", "--no-cache", "app/plain.py", "app/names.py") & HEAVY


def test_a_staged_scan_of_files_that_concern_no_rule_imports_neither_libcst_nor_a_rule(project: Project) -> None:
    project.write("app/plain.py", "def add(one, other):\n    return other + one\n")
    project.git("add", "--all")

    assert not _loaded(project, "scan", "--staged") & HEAVY


def test_a_scan_that_the_cache_answers_imports_neither_libcst_nor_a_rule(project: Project) -> None:
    assert not _loaded(project, "scan", "--output", "json", "--exit-zero") & HEAVY


def test_a_scan_of_a_file_that_concerns_a_rule_does(project: Project) -> None:
    assert _loaded(project, "scan", "--no-cache", "--exit-zero", "app/locks.py") >= {"libcst", "relcheck_rules"}


@pytest.mark.parametrize("command", ["rules", "config show", "config schema", "cache clear"])
def test_a_verb_that_reads_no_code_imports_no_parser(project: Project, command: str) -> None:
    assert not _loaded(project, *command.split()) & HEAVY


def test_a_scan_that_is_compared_with_nothing_knows_of_no_other_revision(project: Project) -> None:
    compared = {
        "relcheck.engine.revisions.comparison",
        "relcheck.engine.revisions.revision",
        "relcheck.engine.revisions.pairing",
    }

    assert not _modules(project, "scan", "--exit-zero") & compared
    assert _modules(project, "scan", "--exit-zero", "--base", "HEAD") >= compared


def test_a_comparison_that_the_cache_answers_imports_neither_libcst_nor_a_rule(project: Project) -> None:
    assert not _loaded(project, "scan", "--exit-zero", "--base", "HEAD", "--policy-from", "HEAD") & HEAVY
