"""Scans of repositories with documents and matrices, good and bad."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from project import Project

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
ROW = "| Audit log | Append-only writer | Kim Ode | Defined | |\n"
WAIVER = "<!-- relcheck: ignore[matrix/empty-cell] reason: chosen in May -->"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def messages(project: Project, *arguments: str) -> list[tuple[str, str, int, str]]:
    found = json.loads(project.scan(*arguments).out)["findings"]
    return [(one["rule"], one["path"], one["line"], one["message"]) for one in found]


def test_a_matrix_in_order_is_silent_and_counts_as_checked(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW)
    ran = project.scan()
    assert (ran.code, ran.findings) == (0, [])


def test_a_broken_row_fails_the_gate(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW.replace("Kim Ode", ""))
    ran = project.scan()
    assert (ran.code, ran.findings) == (1, [("matrix/empty-cell", "docs/matrix.md", 3)])


def test_a_row_is_waived_in_its_cell_and_the_table_above_it(project: Project) -> None:
    broken = ROW.replace("Kim Ode", "")
    project.write("docs/row.md", HEADER + broken.replace("Defined |", f"Defined | {WAIVER}"))
    project.write("docs/table.md", f"{WAIVER}\n\n{HEADER}{broken}")
    ran = project.scan("--show-waived")
    assert ran.code == 0
    assert [(one["path"], one["status"]) for one in json.loads(ran.out)["findings"]] == [
        ("docs/row.md", "waived"),
        ("docs/table.md", "waived"),
    ]


def test_a_waiver_in_a_document_that_waives_nothing_is_told(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW.replace("Defined |", f"Defined | {WAIVER}"))
    assert project.scan().findings == [("relcheck/unused-waiver", "docs/matrix.md", 3)]


def test_waive_writes_into_the_cell(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW.replace("Kim Ode", ""))
    ran = project.relcheck("waive", "docs/matrix.md:3", "--reason", "chosen in May")
    assert (ran.code, ran.err) == (0, "")
    written = (project.root / "docs/matrix.md").read_text(encoding="utf-8")
    assert written.endswith(f"Defined | {WAIVER} |\n")
    assert project.scan().code == 0


def test_findings_in_documents_can_be_accepted_in_a_baseline(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW.replace("Kim Ode", ""))
    assert project.relcheck("baseline", "write").code == 0
    project.write("docs/matrix.md", "moved\n\n" + HEADER + ROW.replace("Kim Ode", ""))
    assert project.scan().code == 0


def test_only_what_the_change_brings_is_new(project: Project) -> None:
    broken = ROW.replace("Kim Ode", "")
    project.write("docs/matrix.md", HEADER + broken)
    project.commit()
    project.git("switch", "--quiet", "--create", "change")
    project.write("docs/matrix.md", "# Matrix\n\n" + HEADER + broken + broken.replace("Audit log", "Backups"))
    project.commit()
    assert project.scan("--base", "main").findings == [("matrix/empty-cell", "docs/matrix.md", 6)]


def test_a_scan_of_one_document_knows_the_others(project: Project) -> None:
    project.write("docs/a.md", "[b](b.md) [c](c.md#there) [d](b.md#gone)\n")
    project.write("docs/b.md", "[gone](gone.md)\n")
    project.write("docs/c.md", "# There\n")
    project.commit()
    assert project.scan("docs/a.md").findings == [("docs/missing-anchor", "docs/a.md", 1)]


def test_the_second_run_takes_documents_from_the_cache(project: Project) -> None:
    project.write("docs/a.md", "[gone](gone.md)\n" + HEADER + ROW.replace("Kim Ode", ""))
    project.commit()
    first = project.scan()
    assert project.scan().out == first.out
    project.write("docs/gone.md", "# Back\n")
    assert project.scan().findings == [("matrix/empty-cell", "docs/a.md", 4)]


def test_links_to_what_is_left_out_are_not_judged(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nexclude = ["generated/**"]\n')
    project.write("generated/api.md", "# API\n")
    project.write("README.md", "[api](generated/api.md) [it](generated/other.md) [v](docs/current/a.md)\n")
    project.write("docs/v1/a.md", "# A\n")
    (project.root / "docs/current").symlink_to("v1")
    project.commit()
    assert project.scan("--select", "docs").findings == []


def test_a_configured_matrix_is_judged_by_its_words(project: Project) -> None:
    project.write(
        "relcheck.toml",
        '[[matrix]]\nfile = "docs/*.md"\nheading = "Promises"\nrequired = ["guarantee", "owner"]\n'
        'columns = { guarantee = "Promise", owner = "Wer" }\nvocabularies = { status = ["Planned", "Live"] }\n',
    )
    project.write(
        "docs/p.md",
        "## 3. Promises\n\n| Promise | Wer | Status |\n|---|---|---|\n| No loss | | Live |\n| B | K | Done |\n",
    )
    assert messages(project) == [
        (
            "matrix/empty-cell",
            "docs/p.md",
            5,
            "'No loss' has no owner: nobody answers for it. Fill the cell, or remove the row",
        ),
        ("matrix/unknown-word", "docs/p.md", 6, "'Done' is no status; the configuration knows Planned, Live"),
    ]


def test_a_configured_matrix_that_is_not_there_is_told(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\n\n[[matrix]]\nfile = "docs/gone.md"\n')
    project.write("app/a.py", "import os\n")
    assert ("relcheck/vacuous-rule", "relcheck.toml", 3) in project.scan().findings


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[matrix]]\nheading = "x"\n', "matrix[0]: `file` is missing"),
        ('[[matrix]]\nfile = "../x.md"\n', "leaves the folder of the configuration"),
        ('[[matrix]]\nfile = "x.md"\ncolumn = {}\n', "unknown key"),
        ('[[matrix]]\nfile = "x.md"\nvocabularies = { status = [] }\n', "an empty array allows no word"),
        ('[[matrix]]\nfile = "x.md"\ncolumns = { OWNER = "x" }\n', "is no name of a column"),
        ("[matrix]\n", "expected an array"),
    ],
)
def test_a_faulty_section_is_refused_with_its_place(project: Project, text: str, message: str) -> None:
    project.write("relcheck.toml", text)
    ran = project.scan()
    assert ran.code == 2
    assert message in ran.err


MANY = "".join(ROW.replace("Audit log", f"Audit log {n}") for n in range(10_000))
BAD: dict[str, tuple[str, bytes, str]] = {
    "no separator": ("a.md", (HEADER.split("\n")[0] + "\n" + ROW).encode(), "matrix/unreadable-table"),
    "a separator of another width": (
        "a.md",
        (HEADER.replace("---|\n", "\n") + ROW).encode(),
        "matrix/unreadable-table",
    ),
    "two tables with one key": ("a.md", f"{HEADER}{ROW}\n## B\n\n{HEADER}{ROW}".encode(), "matrix/duplicate-row"),
    "invalid UTF-8": ("a.md", HEADER.encode() + b"| \xff | a | b | Defined | |\n", "relcheck/unparseable-file"),
    "a NUL byte": ("a.md", HEADER.encode() + b"| \0 | a | b | Defined | |\n", "relcheck/unparseable-file"),
    "a path that leaves the repository": ("a.md", b"[a](../../../etc/passwd)\n", "docs/broken-link"),
    "more than 5 MB": ("a.md", b"# a\n" * 1_250_001, "relcheck/unparseable-file"),
    "a short row among 10,000": ("a.md", (HEADER + MANY + "| x |\n").encode(), "matrix/ragged-row"),
    "YAML that is none": (
        "a.yaml",
        b"- guarantee: a\n  mechanism: b\n  owner: c\n  status: [\n",
        "matrix/unreadable-table",
    ),
    "TOML that is none": (
        "a.toml",
        b"[[x]]\nguarantee = 1\nmechanism = 2\nowner = 3\nstatus = = 4\n",
        "matrix/unreadable-table",
    ),
}


@pytest.mark.parametrize(("path", "data", "rule"), BAD.values(), ids=BAD)
def test_bad_input_is_a_finding(project: Project, path: str, data: bytes, rule: str) -> None:
    (project.root / path).write_bytes(data)
    ran = project.scan()
    assert ran.code == 1 or rule.startswith("docs/")
    assert set(ran.rules) == {rule}
    assert "Traceback" not in ran.err


def test_a_document_behind_a_symbolic_link_is_counted_as_not_examined(project: Project) -> None:
    project.write("docs/matrix.md", HEADER + ROW)
    (project.root / "docs/link.md").symlink_to("matrix.md")
    project.commit()
    ran = project.relcheck("scan")
    assert "symbolic link" in ran.out + ran.err
    assert ran.code == 0


def test_a_heading_that_speaks_of_an_encoding_declares_none(project: Project) -> None:
    project.write("docs/a.md", "# Encoding: utf-16\n\n[a](b.md)\n")
    assert project.scan().findings == [("docs/broken-link", "docs/a.md", 3)]


def test_documents_are_read_without_the_parser_of_python_code(project: Project) -> None:
    project.write("docs/a.md", "[a](b.md)\n" + HEADER + ROW)
    project.commit()
    code = "import sys; from relcheck.cli.main import run; run(['scan', '--no-cache']); print(sorted(sys.modules))"
    ran = project.run(sys.executable, "-I", "-c", code)
    modules = ran.out.splitlines()[-1]
    assert "'markdown_it'" in modules
    assert not any(f"'{name}'" in modules for name in ("libcst", "ruamel.yaml", "grimp", "tree_sitter"))


def test_a_guarantee_that_must_have_a_row_and_has_none_is_told_where_it_is_configured(project: Project) -> None:
    project.write("relcheck.toml", '[rules."matrix/missing-row"]\nguarantees = [\n  "Audit log",\n  "No loss",\n]\n')
    project.write("docs/matrix.md", HEADER + ROW)
    ran = project.scan()
    assert ran.findings == [("relcheck/vacuous-rule", "relcheck.toml", 4)]
    assert "no matrix has a row for 'No loss'" in ran.out


def test_rules_can_be_put_to_some_documents(project: Project) -> None:
    project.write("relcheck.toml", '[rules.matrix]\npaths = ["docs/live/**"]\n')
    project.write("docs/live/a.md", HEADER + ROW.replace("Kim Ode", ""))
    project.write("docs/old/b.md", HEADER + ROW.replace("Kim Ode", ""))
    assert project.scan().findings == [("matrix/empty-cell", "docs/live/a.md", 3)]


def test_a_matrix_in_yaml_is_waived_above_its_entry(project: Project) -> None:
    text = "guarantees:\n  # relcheck: ignore[matrix/empty-cell] reason: chosen in May\n  - guarantee: Audit log\n"
    project.write("docs/matrix.yaml", text + "    mechanism: Writer\n    owner:\n    status: Defined\n")
    assert project.scan().findings == []


def test_a_configuration_in_a_folder_judges_the_documents_of_that_folder(project: Project) -> None:
    project.write("backend/relcheck.toml", '[[matrix]]\nfile = "docs/*.md"\n')
    project.write("backend/docs/a.md", "Built on docs/b.md and backend/docs/b.md, not on docs/c.md.\n\n" + HEADER + ROW)
    project.write("backend/docs/b.md", "# B\n\n[out](../../README.md)\n")
    project.write("README.md", "[gone](gone.md)\n")
    project.commit()
    ran = project.relcheck("scan", "--output", "json", folder="backend")
    assert ran.findings == [("matrix/missing-document", "backend/docs/a.md", 1)]


def test_a_part_of_the_project_is_held_against_all_of_it(project: Project) -> None:
    project.write("docs/real.md", "# Real\n")
    project.write("docs/plan.md", "# Plan\n\n[there](link.md)\n")
    (project.root / "docs/link.md").symlink_to("real.md")
    project.commit()
    for only in ((), ("docs/plan.md",)):
        assert "docs/broken-link" not in project.scan("--select", "docs", *only).rules
