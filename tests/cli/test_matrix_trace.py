"""`relcheck matrix trace`: from a guarantee to its code, callers, tests and what these have shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from project import Project

MATRIX = """\
# Mechanisms

| Guarantee | Mechanism | Location | Owner | Status | Notes |
|---|---|---|---|---|---|
| Read-only mode [#G-4] | Write gate | App | TBD | Stubbed | src/guards.ts:canWrite (always allow) |
| Audit log | Append-only writer | App | Kim Ode | Implemented | app/audit.py |
| Admin attribution | requireActor before each action | App | Kim Ode | Enabled | always |
| Point-in-time recovery | WAL archive | DB | Kim Ode | Implemented | ops/wal.sh, app/lost.py |
"""
CLASSIC = """\
# Guarantees

| Guarantee | Mechanism | Detection | Recovery |
|---|---|---|---|
| [#G-4] Degraded mode refuses writes | A gate before writes | Health checks | Runbook |
"""
JUNIT = """\
<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest">
<testcase classname="tests.test_audit" name="test_writes"/>
<testcase classname="tests.test_audit.TestMore" name="test_fails"><failure message="x">...</failure></testcase>
<testcase classname="tests.test_audit" name="test_later"><skipped/></testcase>
<testcase classname="tests.test_other" name="test_other"/>
</testsuite></testsuites>
"""

COBERTURA = """\
<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "http://cobertura.example/coverage-04.dtd">
<coverage><sources><source>.</source></sources><packages><package><classes><class filename="app/audit.py"><lines>
<line number="1" hits="1"/><line number="2" hits="4"/><line number="3" hits="0"/>
</lines></class></classes></package></packages></coverage>
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.write("docs/MECHANISMS.md", MATRIX)
    made.write("docs/GUARANTEES.md", CLASSIC)
    made.write("src/guards.ts", "export function canWrite() {\n  return true;\n}\n")
    made.write("src/api.ts", 'import { canWrite } from "./guards";\nexport const post = () => canWrite();\n')
    made.write("src/guards.test.ts", 'import { canWrite } from "./guards";\ntest("a", () => canWrite());\n')
    made.write("src/actor.ts", "export function requireActor(id) {\n  if (!id) throw new Error();\n}\n")
    made.write("app/__init__.py", "")
    made.write("app/audit.py", "def write(db, row):\n    if row:\n        db.insert(row)\n")
    made.write("app/more.py", '# relcheck: upholds "Audit log"\ndef close(day):\n    return sorted(day)\n')
    made.write("tests/test_audit.py", "from app.audit import write\n\n\ndef test_writes(db):\n    write(db, {})\n")
    made.commit()
    return made


def traced(project: Project, *arguments: str) -> dict[str, object]:
    ran = project.relcheck("matrix", "trace", "--format", "json", *arguments)
    assert ran.code == 0, ran.err
    document: dict[str, object] = json.loads(ran.out)
    return document


def test_the_chain_is_printed_from_row_to_gap(project: Project) -> None:
    ran = project.relcheck("matrix", "trace", "read-only mode")
    assert ran.code == 0
    assert ran.out == (
        "Read-only mode (G-4)\n"
        "  row docs/GUARANTEES.md:5\n"
        "  row docs/MECHANISMS.md:5 (Stubbed, owner TBD)\n"
        "    src/guards.ts\n"
        "      canWrite (line 1): always returns true\n"
        "        called at src/api.ts:2\n"
        "        tested at src/guards.test.ts:2\n"
        "  test src/guards.test.ts (calls canWrite): no result given\n"
        "  gap: nobody owns it\n"
    )


def test_a_number_finds_the_rows_of_both_documents(project: Project) -> None:
    rows = traced(project, "G-4")["rows"]
    assert isinstance(rows, list)
    assert [row["path"] for row in rows] == ["docs/GUARANTEES.md", "docs/MECHANISMS.md"]


def test_markers_and_rules_and_tests_are_in_it(project: Project) -> None:
    document = traced(project, "Audit log")
    markers, tests = document["markers"], document["tests"]
    assert isinstance(markers, list)
    assert isinstance(tests, list)
    assert [(one["path"], one["marker"], one["symbols"][0]["name"]) for one in markers] == [("app/more.py", 1, "close")]
    assert [(one["path"], one["why"]) for one in tests] == [("tests/test_audit.py", "calls write")]
    assert document["gaps"] == []


def test_two_symbols_of_one_file_both_count(project: Project) -> None:
    stub = "export function canWrite() {\n  return true;\n}\n"
    project.write("src/guards.ts", f"{stub}// relcheck: upholds G-4\nexport function stop(db) {{\n  db.close();\n}}\n")
    project.commit()
    ran = project.relcheck("matrix", "trace", "G-4")
    assert "  gap: it is called a stub, and stop changes something or may refuse\n" in ran.out


def test_an_identifier_of_the_mechanism_leads_to_its_definition(project: Project) -> None:
    ran = project.relcheck("matrix", "trace", "Admin attribution")
    assert "    src/actor.ts\n      requireActor (line 1): active" in ran.out
    assert "  gap: it is called enabled, and nothing calls it\n" in ran.out


def test_what_is_missing_is_told(project: Project) -> None:
    ran = project.relcheck("matrix", "trace", "Point-in-time recovery")
    assert "    ops/wal.sh: missing\n    app/lost.py: missing\n" in ran.out
    assert "  gap: ops/wal.sh does not exist\n" in ran.out


def test_a_near_name_is_suggested(project: Project) -> None:
    ran = project.relcheck("matrix", "trace", "Audit logs")
    assert ran.code == 2
    assert "did you mean `Audit log`?" in ran.err


def test_results_of_tests_are_told_by_file(project: Project) -> None:
    project.write("junit.xml", JUNIT)
    ran = project.relcheck("matrix", "trace", "Audit log", "--junit", "junit.xml")
    assert "  test tests/test_audit.py (calls write): 1 failed, 1 passed, 1 skipped\n" in ran.out
    assert "  gap: tests fail: tests/test_audit.py\n" in ran.out


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "coverage.json",
            '{"meta": {"format": 3}, "files": {"app/audit.py": {"executed_lines": [1, 2], "missing_lines": [3]}}}',
        ),
        (
            "coverage.xml",
            COBERTURA,
        ),
        ("lcov.info", "TN:\nSF:app/audit.py\nDA:1,1\nDA:2,4\nDA:3,0\nend_of_record\n"),
        ("lcov.info", "SF:/build/somewhere/app/audit.py\nDA:1,1\nDA:2,4,abc\nDA:3,0\nend_of_record\n"),
    ],
)
def test_coverage_of_a_symbol_is_told_whatever_wrote_it(project: Project, name: str, text: str) -> None:
    project.write(name, text)
    ran = project.relcheck("matrix", "trace", "Audit log", "--coverage", name)
    assert ran.err == ""
    assert "        67 % of its lines are run by tests\n" in ran.out


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--junit", "<a", "report.xml: "),
        ("--junit", "<testsuites/>", "it holds no test case"),
        ("--junit", '<!DOCTYPE a [<!ENTITY b "c">]><testsuites>&b;</testsuites>', "it declares entities"),
        ("--coverage", "{}", "this is no report of `coverage json`"),
        ("--coverage", "hello", "this is no coverage that is read here"),
        ("--coverage", "<coverage/>", "it holds no line of any class"),
    ],
)
def test_a_file_that_is_no_evidence_is_told(project: Project, option: str, text: str, said: str) -> None:
    project.write("report.xml", text)
    ran = project.relcheck("matrix", "trace", "Audit log", option, "report.xml")
    assert ran.code == 2
    assert said in ran.err


def test_a_file_of_evidence_that_is_not_there_is_told(project: Project) -> None:
    ran = project.relcheck("matrix", "trace", "Audit log", "--junit", "nowhere.xml")
    assert ran.code == 2
    assert "nowhere.xml: it cannot be read" in ran.err
