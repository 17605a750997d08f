"""Markers in a repository: what a scan says of them, of a change too."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import Project

MATRIX = """\
# Mechanisms

| Guarantee | Mechanism | Location | Owner | Status | Notes |
|---|---|---|---|---|---|
| Audit log | Append-only writer | App | Kim Ode | Implemented | every change |
| Kill switches | Feature flags | App | Kim Ode | Stubbed | src/flags.ts |
"""
MARKED = '# relcheck: upholds "Audit log"\ndef write(row):\n    return row\n'
FLAGS = "export const flags = {};\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("docs/MECHANISMS.md", MATRIX)
    made.write("app/audit.py", MARKED)
    made.write("src/flags.ts", FLAGS)
    made.commit()
    return made


def about_markers(project: Project, *arguments: str) -> list[tuple[str, str, int]]:
    rules = "matrix/unknown-marker,matrix/orphan-marker,matrix/untraced-guarantee"
    ran = project.scan("--select", rules, *arguments)
    assert ran.code in (0, 1), ran.err
    return ran.findings


def test_a_marker_that_names_a_row_is_fine(project: Project) -> None:
    assert about_markers(project) == []


def test_a_guarantee_that_loses_its_marker_leads_nowhere(project: Project) -> None:
    project.write("app/audit.py", "def write(row):\n    return row\n")
    project.commit()
    assert about_markers(project) == [("matrix/untraced-guarantee", "docs/MECHANISMS.md", 5)]


def test_a_renamed_row_leaves_its_marker_behind(project: Project) -> None:
    project.write("docs/MECHANISMS.md", MATRIX.replace("Audit log", "Audit trail"))
    project.commit()
    assert about_markers(project, "--base", "HEAD~1") == [
        ("matrix/unknown-marker", "app/audit.py", 1),
        ("matrix/untraced-guarantee", "docs/MECHANISMS.md", 5),
    ]


def test_what_is_staged_is_held_against_the_documents_of_the_project(project: Project) -> None:
    project.write("app/audit.py", MARKED.replace("Audit log", "Audit lock"))
    project.git("add", "--all")
    assert about_markers(project, "--staged") == [("matrix/unknown-marker", "app/audit.py", 1)]


def test_one_rule_alone_finds_the_documents_too(project: Project) -> None:
    ran = project.scan("--select", "matrix/unknown-marker")
    assert ran.findings == []


def test_a_second_scan_answers_from_the_cache_with_the_same(project: Project) -> None:
    project.write("app/more.py", '# relcheck: upholds "Nothing at all"\nx = 1\n')
    project.commit()
    first = project.scan("--select", "matrix")
    assert project.scan("--select", "matrix").out == first.out
    assert ("matrix/unknown-marker", "app/more.py", 1) in first.findings
