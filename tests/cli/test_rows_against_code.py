"""Scans in which rows of a matrix are held against the code that they name."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from project import Project

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
ROW = "| Read-only mode | Write guard | Kim Ode | Stubbed | src/guard.ts (always allow) |\n"
INERT = "export const canWrite = () => ({ allowed: true });\n"
BUSY = 'export function canWrite() {\n  fetch("/asked");\n  return { allowed: true };\n}\n'

NOT_INERT = [("matrix/contradicted-note", "docs/matrix.md", 3), ("matrix/unproven-status", "docs/matrix.md", 3)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("docs/matrix.md", HEADER + ROW)
    project.write("src/guard.ts", INERT)
    project.commit()
    return project


def found(project: Project, *arguments: str) -> list[tuple[str, str, int]]:
    return sorted(project.scan(*arguments).findings)


def kinds(project: Project) -> list[str]:
    found = json.loads(project.scan().out)["findings"]
    return sorted(one["kind"] for one in found if one["rule"].startswith("matrix/"))


def test_a_stub_that_starts_to_do_something_is_found_also_when_everything_else_is_cached(project: Project) -> None:
    assert found(project) == []
    assert found(project) == []
    project.write("src/guard.ts", BUSY)
    assert found(project) == NOT_INERT == found(project, "--no-cache")
    project.write("src/guard.ts", INERT)
    assert found(project) == []


def test_what_a_stub_calls_in_another_file_counts(project: Project) -> None:
    project.write("src/guard.ts", 'import { ask } from "./ask";\nexport const canWrite = () => ask();\n')
    project.write("src/ask.ts", "export const ask = () => true;\n")
    assert found(project) == []
    project.write(
        "src/ask.ts", 'import { send } from "some-queue";\nexport const ask = () => { send(1); return true; };\n'
    )
    assert found(project) == NOT_INERT


def test_the_places_that_lead_to_the_verdict_are_shown(project: Project) -> None:
    project.write("src/guard.ts", 'import { ask } from "./ask";\nexport const canWrite = () => ask();\n')
    project.write("src/ask.ts", 'export const ask = () => {\n  fetch("/x");\n  return true;\n};\n')
    one = json.loads(project.scan().out)["findings"][0]
    assert [(place["path"], place["line"], place["message"]) for place in one["related"]] == [
        ("src/guard.ts", 2, "calls ask(…)"),
        ("src/ask.ts", 2, "calls fetch(…)"),
    ]


def test_the_staged_code_is_what_is_judged(project: Project) -> None:
    project.write("src/guard.ts", BUSY)
    project.write("docs/matrix.md", HEADER + ROW + ROW.replace("Read-only mode", "Publishing freeze"))
    project.git("add", "--all")
    project.write("src/guard.ts", INERT)
    assert len(found(project, "--staged")) == 4
    assert found(project) == []


@pytest.mark.parametrize(
    ("path", "content", "kind"),
    [
        ("src/guard.ts", b"\x7fELF\0\0\0", "unknown"),
        ("src/guard.ts", b"// \xff\xfe\n", "unknown"),
        ("src/guard.ts", b"(" * 3000, "unknown"),
        ("src/guard.rb", b"def allowed; true; end\n", "unknown"),
    ],
)
def test_what_cannot_be_read_does_not_count_as_inert(project: Project, path: str, content: bytes, kind: str) -> None:
    project.write("docs/matrix.md", HEADER + ROW.replace("src/guard.ts", path))
    (project.root / path).write_bytes(content)
    assert kinds(project) == [kind, kind]


def test_a_link_an_ignored_file_and_one_that_is_gone_are_told(project: Project) -> None:
    (project.root / "src" / "link.ts").symlink_to("/etc/passwd")
    project.write("src/built.ts", INERT)
    project.write(".gitignore", "src/built.ts\n")
    rows = [ROW.replace("src/guard.ts", f"src/{name}.ts").replace("Read", name) for name in ("link", "built", "gone")]
    project.write("docs/matrix.md", HEADER + "".join(rows))
    assert kinds(project) == ["missing", "missing", "untracked"]


def test_thousands_of_rows_of_one_file_are_judged_once(project: Project) -> None:
    rows = "".join(ROW.replace("Read-only mode", f"Mode {number}") for number in range(3_000))
    project.write("docs/matrix.md", HEADER + rows)
    assert found(project) == []


def test_a_scan_without_a_matrix_reads_no_code(project: Project) -> None:
    project.write("docs/matrix.md", "# Nothing\n")
    project.write("app/plain.py", "def add(one, other):\n    return one + other\n")
    project.scan()
    script = (
        "import sys; from relcheck.cli.main import run; run(['scan', '--no-cache', 'app/plain.py']);"
        "print([name for name in sys.modules if 'stubs' in name or 'tree_sitter' in name])"
    )
    assert project.run(sys.executable, "-I", "-c", script).out.splitlines()[-1] == "[]"


def test_a_table_of_evidence_may_be_the_teams_own(project: Project) -> None:
    project.write("src/guard.ts", BUSY)
    settings = '[rules."matrix/unproven-status"]\nevidence = { Stubbed = "path" }\n'
    project.write("relcheck.toml", settings)
    assert found(project) == NOT_INERT[:1]
    project.write("relcheck.toml", settings.replace("path", "pth"))
    ran = project.scan()
    assert ran.code == 2
    assert "'pth' is no evidence for Stubbed" in ran.err
