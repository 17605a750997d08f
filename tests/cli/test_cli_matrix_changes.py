"""What a change does to a matrix, judged against the base: a scripted history, and its mended twin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import Project

if TYPE_CHECKING:
    from pathlib import Path

START = """\
# Shop - Mechanism stubs

Status: Canonical
Last updated: 2025-12-28

| Guarantee | Mechanism | Location | Owner | Status | Notes |
|---|---|---|---|---|---|
| No partial writes | Wrapper for one transaction | App | Kim Ode | Stubbed | src/write.ts |
| Audit log | Append-only writer | App | Lee Amsel | Implemented | src/audit.ts |
| Kill switches | Flags on the server | App | Kim Ode | Stubbed | src/switches.ts |
| Backups | Nightly job | Infra | Lee Amsel | Enabled | src/backup.ts, #12 |
"""

BROKEN = (
    START.replace("Kim Ode | Stubbed | src/write.ts", "Kim Ode | Enabled | src/write.ts, #31")
    .replace("| Implemented | src/audit.ts |", "| Deferred | Nobody writes at night |")
    .replace("| Kill switches | Flags on the server | App | Kim Ode | Stubbed | src/switches.ts |\n", "")
)

MENDED = (
    START.replace("2025-12-28", "2026-01-09")
    .replace("Kim Ode | Stubbed | src/write.ts", "Kim Ode | Implemented | src/write.ts, #31")
    .replace("| Implemented | src/audit.ts |", "| Enabled | src/audit.ts, #32 |")
    .replace("| Kill switches |", "| Features can be switched off |")
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("docs/stubs.md", START)
    for name in ("write", "audit", "switches", "backup"):
        project.write(f"src/{name}.ts", "export const on = false;\n")
    project.commit()
    project.git("switch", "--quiet", "--create", "change")
    return project


def changed(project: Project, *arguments: str) -> list[tuple[str, int]]:
    """Rules about changes of matrices that find something, with the line."""
    ran = project.scan("--base", "main", "--today", "2026-01-10", "--select", RULES, *arguments)
    return [(one["rule"].removeprefix("matrix/"), one["line"]) for one in json.loads(ran.out)["findings"]]


RULES = ",".join(
    f"matrix/{name}"
    for name in (
        "enabled-on-paper",
        "illegal-transition",
        "removed-row",
        "stale-date",
        "unreferenced-status-change",
    )
)


def test_every_rule_fires_once_in_the_broken_history(project: Project) -> None:
    project.write("docs/stubs.md", BROKEN)
    project.commit()
    assert changed(project) == [
        ("stale-date", 4),
        ("removed-row", 6),
        ("enabled-on-paper", 8),
        ("illegal-transition", 8),
        ("unreferenced-status-change", 9),
    ]


def test_none_does_in_the_mended_one(project: Project) -> None:
    project.write("docs/stubs.md", MENDED)
    project.write("src/audit.ts", "export const on = true;\n")
    project.commit()
    assert changed(project) == []


def test_what_the_index_holds_is_compared_too(project: Project) -> None:
    project.write("docs/stubs.md", BROKEN)
    project.git("add", "--all")
    assert len(changed(project, "--staged")) == 5


def test_a_document_that_was_renamed_is_followed(project: Project) -> None:
    project.git("mv", "docs/stubs.md", "docs/mechanisms.md")
    project.write("docs/mechanisms.md", START.replace("| Stubbed | src/write.ts |", "| Enabled | src/write.ts, #31 |"))
    project.write("src/write.ts", "export const on = true;\n")
    project.commit()
    assert changed(project) == [("stale-date", 4), ("illegal-transition", 8)]


def test_a_matrix_that_vanishes_is_told(project: Project) -> None:
    project.git("rm", "--quiet", "docs/stubs.md")
    project.write("README.md", "# Shop\n\nSee [the code](src/write.ts).\n")
    project.commit()
    assert changed(project) == [("removed-row", 1)] * 4


def test_a_matrix_that_is_new_is_born_with_what_it_says(project: Project) -> None:
    project.write(
        "docs/other.md",
        START.replace("Guarantee", "Promise").replace("|\n| ", "|\n| Other ").replace("Stubbed", "Enabled"),
    )
    project.commit()
    assert changed(project) == []


def test_without_a_base_nothing_is_compared(project: Project) -> None:
    project.write("docs/stubs.md", BROKEN)
    project.commit()
    ran = project.scan("--select", RULES)
    assert ran.findings == []
