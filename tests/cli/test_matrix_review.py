"""`relcheck matrix review`: a row and its code are looked at together, and again when either changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import Project

MATRIX = """\
# Mechanisms

| Guarantee | Mechanism | Owner | Status | Notes |
|---|---|---|---|---|
| Audit log | Append-only writer | Kim Ode | Implemented | app/audit.py |
| Kill switches [#G-2] | Feature flags | Ada Lin | Stubbed | src/flags.ts:isOn (all OFF) |
"""
FLAGS = "export function isOn(name: string) {\n  return false;\n}\nexport function other() {\n  return 1;\n}\n"
AUDIT = "def write(row):\n    store(row)\n"
LOCK = "relcheck.matrix.lock"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("docs/MECHANISMS.md", MATRIX)
    made.write("app/audit.py", AUDIT)
    made.write("src/flags.ts", FLAGS)
    made.commit()
    return made


@pytest.fixture
def reviewed(project: Project) -> Project:
    assert project.relcheck("matrix", "review", "--all").code == 0
    project.commit()
    return project


def suspects(project: Project, *arguments: str) -> list[tuple[str, str, int]]:
    return project.scan("--select", "matrix/suspect-row", *arguments).findings


def test_nothing_is_suspect_before_anything_was_reviewed(project: Project) -> None:
    assert suspects(project) == []


def test_what_was_reviewed_is_not_suspect(reviewed: Project) -> None:
    assert suspects(reviewed) == []
    assert reviewed.relcheck("matrix", "review").code == 0


def test_code_that_does_something_else_makes_its_row_suspect(reviewed: Project) -> None:
    reviewed.write("src/flags.ts", FLAGS.replace("false", "true"))
    assert suspects(reviewed) == [("matrix/suspect-row", "docs/MECHANISMS.md", 6)]


def test_comments_layout_and_other_symbols_do_not(reviewed: Project) -> None:
    reviewed.write(
        "src/flags.ts", FLAGS.replace("  return false;", "  // for now\n    return  false ;").replace("1", "2")
    )
    reviewed.write(
        "app/audit.py", '"""Writes."""\n\n\ndef write(row):\n    # to the table\n    store(\n        row\n    )\n'
    )
    assert suspects(reviewed) == []


def test_an_edited_row_is_suspect(reviewed: Project) -> None:
    reviewed.write("docs/MECHANISMS.md", MATRIX.replace("Append-only writer", "Writer"))
    assert suspects(reviewed) == [("matrix/suspect-row", "docs/MECHANISMS.md", 5)]


def test_a_table_that_is_laid_out_anew_is_not(reviewed: Project) -> None:
    reviewed.write("docs/MECHANISMS.md", "Some text.\n\n" + MATRIX.replace("| Audit log |", "|   **Audit log**   |"))
    assert suspects(reviewed) == []


def test_a_review_of_one_row_leaves_the_others_suspect(reviewed: Project) -> None:
    reviewed.write("src/flags.ts", FLAGS.replace("false", "true"))
    reviewed.write("app/audit.py", AUDIT.replace("store", "drop"))
    ran = reviewed.relcheck("matrix", "review", "G-2")
    assert (ran.code, ran.out) == (0, "Kill switches [#G-2]: reviewed, with 1 place in the code\n")
    assert suspects(reviewed) == [("matrix/suspect-row", "docs/MECHANISMS.md", 5)]


def test_what_waits_is_listed_with_what_changed(reviewed: Project) -> None:
    reviewed.write("app/audit.py", AUDIT.replace("store", "drop"))
    ran = reviewed.relcheck("matrix", "review")
    assert (ran.code, ran.out) == (1, "docs/MECHANISMS.md:5  Audit log  (changed: app/audit.py)\n")
    assert ran.err == "1 of 2 rows are as they were reviewed\n"


def test_a_row_that_is_gone_is_told_and_forgotten(reviewed: Project) -> None:
    reviewed.write("docs/MECHANISMS.md", MATRIX.replace("| Audit log |", "| Audit trail |"))
    found = suspects(reviewed)
    assert ("matrix/suspect-row", LOCK, 3) in found
    ran = reviewed.relcheck("matrix", "review", "--prune")
    assert ran.out == "audit log: forgotten, its row is gone\n"
    assert suspects(reviewed) == [("matrix/suspect-row", "docs/MECHANISMS.md", 5)]  # never reviewed


def test_a_marker_ties_code_to_a_row(reviewed: Project) -> None:
    reviewed.write("app/more.py", '# relcheck: upholds "Audit log"\ndef also():\n    return 1\n')
    reviewed.commit()
    ran = reviewed.relcheck("matrix", "review")
    assert ran.out == "docs/MECHANISMS.md:5  Audit log  (changed: app/more.py:also (new))\n"


def test_the_file_is_sorted_and_the_same_each_time(reviewed: Project) -> None:
    first = (reviewed.root / LOCK).read_bytes()
    assert reviewed.relcheck("matrix", "review", "--all").err.endswith("says this already\n")
    assert (reviewed.root / LOCK).read_bytes() == first
    lines = [line for line in first.decode().splitlines() if not line.startswith("#")]
    assert lines == sorted(lines)
    assert len(lines) == 2


def test_an_unknown_row_is_told_with_the_nearest(project: Project) -> None:
    ran = project.relcheck("matrix", "review", "Audit lgo")
    assert ran.code == 2
    assert "did you mean `Audit log`?" in ran.err


def test_half_of_a_merge_is_no_lock_file(reviewed: Project) -> None:
    file = reviewed.root / LOCK
    file.write_text("<<<<<<< HEAD\n" + file.read_text())
    assert suspects(reviewed) == [("matrix/suspect-row", LOCK, 1)]
    ran = reviewed.relcheck("matrix", "review", "--all")
    assert ran.code == 2
    assert f"{LOCK}:1: a merge was not finished here" in ran.err


def test_the_lock_file_is_no_link_out_of_the_repository(project: Project) -> None:
    outside = project.root.parent / "outside"
    outside.write_text("mine\n")
    (project.root / LOCK).symlink_to(outside)
    assert project.relcheck("matrix", "review", "--all").code == 2
    assert outside.read_text() == "mine\n"


def test_a_change_does_not_review_its_own_rows_where_the_policy_comes_from_elsewhere(reviewed: Project) -> None:
    reviewed.write("src/flags.ts", FLAGS.replace("false", "true"))
    reviewed.relcheck("matrix", "review", "--all")
    reviewed.commit()
    assert suspects(reviewed) == []
    assert suspects(reviewed, "--policy-from", "HEAD~1") == [("matrix/suspect-row", "docs/MECHANISMS.md", 6)]
