"""The reports for GitLab, Jenkins and reviewdog."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import report_schemas
import xmlschema
from msgspec.structs import replace
from sample_outcome import APPROVED, EXISTING, HINT, LOCK, RULES, SAMPLE, SPLIT, SQL_LOCK, UNUSED, WAIVED

from relcheck.model.finding import Edit, Finding, Fix, Region
from relcheck.model.outcome import Outcome
from relcheck.model.severity import Severity
from relcheck.report.formats import FORMATS
from relcheck.report.terminal import PLAIN

WITH_SCHEMA = ["gitlab", "junit", "rdjson"]


def issues(*findings: Finding) -> list[dict[str, Any]]:
    report: list[dict[str, Any]] = json.loads(FORMATS["gitlab"](Outcome("/repo", findings), PLAIN))
    return report


def suites(*findings: Finding, fail_on: Severity = Severity.ERROR, show_all: bool = False) -> ElementTree.Element:
    outcome = Outcome("/repo", findings, rules=RULES, fail_on=fail_on)
    return ElementTree.fromstring(FORMATS["junit"](outcome, PLAIN, show_all=show_all))  # noqa: S314  # our own


def diagnostic(finding: Finding) -> dict[str, Any]:
    (only,) = json.loads(FORMATS["rdjson"](Outcome("/repo", (finding,)), PLAIN))["diagnostics"]
    return dict(only)


@pytest.mark.parametrize("name", WITH_SCHEMA)
@pytest.mark.parametrize("outcome", [SAMPLE, Outcome("/repo"), replace(SAMPLE, fail_on=Severity.INFO)])
def test_a_report_is_as_its_schema_says(name: str, outcome: Outcome) -> None:
    for show_all in (False, True):
        report_schemas.check(name, FORMATS[name](outcome, PLAIN, show_all=show_all))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("gitlab", '"critical"', '"grave"'),
        ("rdjson", '"ERROR"', '"error"'),
        ("rdjson", '"column": 30', '"column": 0'),
        ("junit", ' tests="', ' number="'),
        ("junit", "<failure", "<fault"),
    ],
)
def test_a_schema_refuses_what_is_wrong(name: str, before: str, after: str) -> None:
    report = FORMATS[name](SAMPLE, PLAIN)
    assert before in report
    with pytest.raises((jsonschema.ValidationError, xmlschema.XMLSchemaException, ElementTree.ParseError)):
        report_schemas.check(name, report.replace(before, after))


def test_an_issue_of_gitlab_has_a_severity_of_gitlab() -> None:
    assert [issue["severity"] for issue in issues(LOCK, SPLIT, HINT)] == ["critical", "minor", "info"]


def test_the_fingerprint_of_an_issue_is_the_same_when_lines_move() -> None:
    (before,) = issues(LOCK)
    (after,) = issues(replace(LOCK, region=Region(99, 1, 99, 16), message="in other words"))
    assert before["fingerprint"] == after["fingerprint"]
    assert issues(replace(LOCK, path="app/other.py"))[0]["fingerprint"] != before["fingerprint"]


def test_the_fingerprints_of_equals_differ_and_are_the_same_in_each_run() -> None:
    equals = [replace(LOCK, region=Region(line, 1, line, 16)) for line in (12, 40, 41)]
    fingerprints = [issue["fingerprint"] for issue in issues(*equals, SPLIT)]
    assert len(set(fingerprints)) == 4
    assert [issue["fingerprint"] for issue in issues(*equals)] == fingerprints[:3]


def test_a_rule_is_a_suite_and_a_finding_a_case() -> None:
    report = suites(LOCK, SQL_LOCK)
    told = {suite.get("name"): [case.get("name") for case in suite] for suite in report}
    assert told == {
        "layers/forbidden-import": ["no findings"],
        "transactions/raw-row-lock": [
            "app/jobs/claim.py: orm-lock in Queue.claim_next",
            "app/old/sweep|all.py: sql-lock in sweep",
        ],
        "transactions/split-write": ["no findings"],
    }
    assert (report.get("tests"), report.get("failures")) == ("4", "2")


def test_a_rule_that_no_file_concerned_has_not_passed() -> None:
    idle = tuple(replace(rule, files=0) for rule in RULES[:1])
    (skipped,) = ElementTree.fromstring(FORMATS["junit"](Outcome("/repo", rules=idle), PLAIN)).iter("skipped")  # noqa: S314  # our own
    assert skipped.get("message") == "looked at no file"
    assert not list(suites().iter("skipped"))


def test_equal_cases_are_numbered() -> None:
    (_, locks, _) = suites(LOCK, replace(LOCK, region=Region(40, 1, 40, 16)))
    assert [case.get("name") for case in locks] == [
        "app/jobs/claim.py: orm-lock in Queue.claim_next",
        "app/jobs/claim.py: orm-lock in Queue.claim_next (2)",
    ]


@pytest.mark.parametrize(("fail_on", "failures"), [("error", 1), ("warning", 2), ("info", 3)])
def test_a_case_fails_where_the_gate_does(fail_on: str, failures: int) -> None:
    report = suites(LOCK, SPLIT, HINT, fail_on=Severity(fail_on))
    assert (report.get("tests"), report.get("failures")) == ("4", str(failures))
    assert len(report.findall(".//failure")) == failures
    assert len(report.findall(".//skipped")) == 3 - failures


def test_what_is_excused_is_skipped_with_its_reason() -> None:
    messages = [one.get("message") for one in suites(WAIVED, APPROVED, EXISTING, show_all=True).iter("skipped")]
    assert [str(message).partition(":")[0] for message in messages] == [
        "waived until 2027-01-31 by data-platform at app/costsim/breaker.py",
        "approved at app/legacy/numbers.py",
        "existing",
    ]


def test_a_failure_shows_the_place_the_code_and_what_belongs_to_it() -> None:
    (failure,) = suites(LOCK).iter("failure")
    assert failure.get("type") == "error"
    lines = str(failure.text).strip().splitlines()
    assert lines[0].startswith("at app/jobs/claim.py:12:30: with_for_update outside")
    assert lines[1:] == [
        "12 |         job = session.query(Job).with_for_update(skip_locked=True).first()",
        "   |                              ^^^^^^^^^^^^^^^",
        "see app/infra/transaction.py:40:5: locks are taken here",
    ]


def test_columns_for_reviewdog_are_bytes() -> None:
    wide = replace(LOCK, snippet="請 = q.with_for_update()\n", region=Region(3, 7, 3, 22))
    assert diagnostic(wide)["location"]["range"] == {
        "start": {"line": 3, "column": 9},
        "end": {"line": 3, "column": 24},
    }


def test_a_line_that_is_not_known_is_marked_whole_for_reviewdog() -> None:
    assert diagnostic(replace(UNUSED, snippet=None))["location"]["range"] == {"start": {"line": 9}}


def test_a_fix_in_the_line_is_a_suggestion() -> None:
    (suggestion,) = diagnostic(SPLIT)["suggestions"]
    assert suggestion == {
        "range": {"start": {"line": 7, "column": 14}, "end": {"line": 7, "column": 30}},
        "text": "pass",
    }


@pytest.mark.parametrize(
    "edits",
    [
        (),
        (Edit("app/other.py", SPLIT.region, ""),),
        (Edit(SPLIT.path, Region(1, 1, 1, 1), "import x\n"),),
        (Edit(SPLIT.path, SPLIT.region, ""), Edit(SPLIT.path, SPLIT.region, "")),
    ],
)
def test_a_fix_elsewhere_is_no_suggestion(edits: tuple[Edit, ...]) -> None:
    fix = Fix(safe=True, description="mend it", edits=edits)
    assert "suggestions" not in diagnostic(replace(SPLIT, fix=fix))
