"""`relcheck matrix report`: all guarantees at once, and how they came to be what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from project import Project

HEAD = "# Mechanisms\n\n| Guarantee | Mechanism | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"
AUDIT = "| Audit log | Append-only writer | App | Kim Ode | {} | app/audit.py |\n"
FLAGS = "| Kill switches | Feature flags | App | TBD | {} | src/flags.ts (all OFF) |\n"
DAY = ("--today", "2026-03-01")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("app/audit.py", "def write(db, row):\n    db.insert(row)\n")
    made.write("src/flags.ts", "export const isOn = () => false;\n")
    for day, text in (
        ("2026-01-05", HEAD + AUDIT.format("Defined")),
        ("2026-01-20", HEAD + AUDIT.format("Stubbed") + FLAGS.format("Defined")),
        ("2026-02-10", HEAD + AUDIT.format("Implemented") + FLAGS.format("Stubbed")),
    ):
        made.write("docs/MECHANISMS.md", text)
        made.git("add", "--all")
        ran = made.run("git", "commit", "--quiet", "-m", "x", GIT_COMMITTER_DATE=f"{day}T12:00:00Z")
        assert ran.code == 0, ran.err
    return made


def reported(project: Project, *arguments: str) -> dict[str, object]:
    ran = project.relcheck("matrix", "report", "--format", "json", *DAY, *arguments)
    assert ran.code == 0, ran.err
    document: dict[str, object] = json.loads(ran.out)
    return document


def test_the_trend_is_read_from_the_history_of_the_documents(project: Project) -> None:
    trend = reported(project)["trend"]
    assert isinstance(trend, list)
    assert [(one["day"], one["counts"]) for one in trend] == [
        ("2026-01-05", {"Defined": 1}),
        ("2026-01-20", {"Defined": 1, "Stubbed": 1}),
        ("2026-02-10", {"Implemented": 1, "Stubbed": 1}),
        ("2026-03-01", {"Implemented": 1, "Stubbed": 1}),
    ]


def test_each_guarantee_tells_its_own_history(project: Project) -> None:
    guarantees = reported(project)["guarantees"]
    assert isinstance(guarantees, list)
    assert [(one["day"], one["status"]) for one in guarantees[0]["history"]] == [
        ("2026-01-05", "Defined"),
        ("2026-01-20", "Stubbed"),
        ("2026-02-10", "Implemented"),
    ]


def test_the_summary_counts(project: Project) -> None:
    assert reported(project)["summary"] == {
        "guarantees": 2,
        "with_gaps": 2,
        "with_code": 2,
        "with_tests": 0,
        "statuses": {"Implemented": 1, "Stubbed": 1},
        "suspect": 0,
    }


def test_a_row_that_waits_for_a_review_is_told(project: Project) -> None:
    project.relcheck("matrix", "review", "--all")
    project.write("src/flags.ts", "export const isOn = () => true;\n")
    document = reported(project)
    guarantees, numbers = document["guarantees"], document["summary"]
    assert isinstance(guarantees, list)
    assert isinstance(numbers, dict)
    assert [one["review"] for one in guarantees] == ["reviewed", "suspect"]
    assert numbers["suspect"] == 1


def test_markdown_is_a_table_and_a_list_of_gaps(project: Project) -> None:
    out = project.relcheck("matrix", "report", "--format", "markdown", *DAY).out
    assert "2 guarantees: 2 lead to code, 0 to tests, 2 have gaps." in out
    assert "| Audit log | Implemented | Kim Ode | 1 active | 0 |  | 1 |" in out
    assert (
        "- Kill switches (`docs/MECHANISMS.md:6`)\n  - no test calls it, and none is named\n  - nobody owns it\n" in out
    )
    assert "| 2026-01-20 | 1 | 1 | 0 |" in out


def test_markdown_of_a_hostile_row_marks_up_nothing(project: Project) -> None:
    row = "| `<img src=x>` @team [a](javascript:1) \\| b | x | App | `::error::` | Stubbed | src/flags.ts |\n"
    project.write("docs/MECHANISMS.md", HEAD + row)
    out = project.relcheck("matrix", "report", "--format", "markdown", *DAY).out
    assert "<img" not in out.replace("\\<img", "")
    assert " @team" not in out
    assert "\n::" not in out


def test_the_page_is_one_file_and_the_same_each_time(project: Project) -> None:
    first = project.relcheck("matrix", "report", *DAY).out
    assert first.startswith("<!doctype html>")
    assert project.relcheck("matrix", "report", *DAY).out == first


def test_without_a_repository_there_is_a_report_and_no_trend(project: Project, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    for path in ("docs/MECHANISMS.md", "app/audit.py"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text((project.root / path).read_text())
    outside = project.relcheck("matrix", "report", "--format", "json", *DAY, folder="../plain")
    assert outside.code == 0, outside.err
    assert len(json.loads(outside.out)["trend"]) == 1


def test_a_repository_before_its_first_commit_has_a_report(tmp_path: Path) -> None:
    fresh = Project(tmp_path / "fresh")
    fresh.write("docs/MECHANISMS.md", HEAD + AUDIT.format("Defined"))
    ran = fresh.relcheck("matrix", "report", "--format", "json", *DAY)
    assert ran.code == 0, ran.err
    assert len(json.loads(ran.out)["trend"]) == 1


def test_a_cut_off_history_is_told(project: Project, tmp_path: Path) -> None:
    project.run("git", "clone", "--quiet", "--depth=1", project.root.as_uri(), tmp_path / "shallow")
    ran = project.relcheck("matrix", "report", "--format", "json", *DAY, folder="../shallow")
    document = json.loads(ran.out)
    assert document["trend_cut_off"] is True


def test_a_project_without_a_matrix_has_none(tmp_path: Path) -> None:
    empty = Project(tmp_path / "empty")
    empty.write("README.md", "# Nothing\n")
    empty.commit()
    ran = empty.relcheck("matrix", "report")
    assert ran.code == 2
    assert "there is no matrix here" in ran.err
