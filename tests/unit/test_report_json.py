from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from relcheck import __version__
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Edit, Finding, Fix, Region, Related, Status
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.model.severity import Severity
from relcheck.report.json_v1 import render, schema
from relcheck.report.terminal import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = Path(__file__).parents[2] / "docs" / "report-v1.schema.json"

FINDING = Finding(
    rule="transactions/raw-row-lock",
    kind="orm-lock",
    message="a row lock",
    path="app/a.py",
    region=Region(3, 18, 3, 33),
    severity=Severity.ERROR,
    symbol="claim_next",
    related=(Related("app/b.py", Region(1, 2, 1, 9), "locks are taken here"),),
    details={"clause": "FOR UPDATE", "tables": ["jobs", None], "depth": {"of": 1.5}, "sure": True},
    fix=Fix(safe=True, description="use lock_row", edits=(Edit("app/a.py", Region(3, 18, 3, 33), "lock_row"),)),
    help="https://relcheck.example/rules/transactions/raw-row-lock",
)
WAIVED = replace(
    FINDING,
    fix=None,
    status=Status.WAIVED,
    waiver=Waiver(Origin.INLINE, ("transactions",), "app/a.py", 2, reason="INC-204", until=date(2027, 1, 31)),
)
OUTCOME = Outcome(
    root="/repo",
    findings=(FINDING, WAIVED, replace(FINDING, status=Status.BASELINED)),
    files=12,
    parsed=3,
    rules=(RuleRecord("transactions/raw-row-lock", "…", Severity.ERROR, 3),),
    rules_skipped=("local/x",),
    not_examined={"submodule": ("a", "b")},
)


def test_a_finding_has_the_fields_of_version_1_in_their_order() -> None:
    report = json.loads(render(OUTCOME, PLAIN))
    assert list(report) == ["version", "tool", "summary", "findings"]
    assert report["version"] == 1
    assert report["tool"] == {"name": "relcheck", "version": __version__}
    assert list(report["findings"][0].items()) == [
        ("rule", "transactions/raw-row-lock"),
        ("kind", "orm-lock"),
        ("contract", None),
        ("severity", "error"),
        ("confidence", "high"),
        ("message", "a row lock"),
        ("path", "app/a.py"),
        ("line", 3),
        ("column", 18),
        ("end_line", 3),
        ("end_column", 33),
        ("symbol", "claim_next"),
        ("fingerprint", FINDING.fingerprint),
        ("status", "new"),
        ("related", [{"path": "app/b.py", "line": 1, "column": 2, "message": "locks are taken here"}]),
        ("details", {"clause": "FOR UPDATE", "tables": ["jobs", None], "depth": {"of": 1.5}, "sure": True}),
        (
            "fix",
            {
                "safe": True,
                "description": "use lock_row",
                "edits": [
                    {"path": "app/a.py", "line": 3, "column": 18, "end_line": 3, "end_column": 33, "text": "lock_row"}
                ],
            },
        ),
        ("help", "https://relcheck.example/rules/transactions/raw-row-lock"),
    ]


@pytest.mark.parametrize("show_all", [False, True])
def test_the_summary_counts_new_findings_whether_the_others_are_listed_or_not(*, show_all: bool) -> None:
    report = json.loads(render(OUTCOME, PLAIN, show_all=show_all))
    assert list(report["summary"].items()) == [
        ("files", 12),
        ("parsed", 3),
        ("findings", 1),
        ("errors", 1),
        ("warnings", 0),
        ("info", 0),
        ("existing", 0),
        ("baselined", 1),
        ("waived", 1),
        ("approved", 0),
        ("partial", False),
        ("rules_skipped", ["local/x"]),
        ("not_examined", {"submodule": 2}),
        ("rules", {"transactions/raw-row-lock": 3}),
    ]
    listed = [finding["status"] for finding in report["findings"]]
    assert listed == (["new", "waived", "baselined"] if show_all else ["new"])


def test_a_waived_finding_tells_of_its_waiver() -> None:
    finding = json.loads(render(OUTCOME, PLAIN, show_all=True))["findings"][1]
    assert finding["fix"] is None
    assert finding["waiver"] == {
        "reason": "INC-204",
        "until": "2027-01-31",
        "owner": None,
        "origin": "inline",
        "path": "app/a.py",
        "line": 2,
    }


def test_statistics_are_there_only_when_asked_for() -> None:
    assert json.loads(render(replace(OUTCOME, stats={"wall time": "1 s"}), PLAIN))["stats"] == {"wall time": "1 s"}


def test_a_number_that_json_has_no_word_for_is_text() -> None:
    odd = replace(FINDING, details={"a": math.inf, "b": -math.inf})
    assert json.loads(render(Outcome("/repo", (odd,)), PLAIN))["findings"][0]["details"] == {
        "a": "inf",
        "b": "-inf",
    }


def test_the_document_can_be_encoded_and_ends_with_one_newline() -> None:
    odd = replace(FINDING, path="a\udc80.py", message="語")
    document = render(Outcome("/repo", (odd,)), PLAIN)
    assert "語".encode() in document.encode()
    assert document.endswith("}\n")
    assert json.loads(document)["findings"][0]["path"] == "a\udc80.py"


def test_the_published_schema_is_what_schema_returns() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(schema())


@pytest.mark.parametrize("outcome", [OUTCOME, Outcome("/repo"), replace(OUTCOME, stats={"a": "b"})])
def test_a_report_is_as_the_published_schema_says(outcome: Outcome) -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    report = json.loads(render(outcome, PLAIN, show_all=True))
    assert list(departures(report, published, published["$defs"], "$")) == []


def test_a_report_with_a_wrong_value_departs_from_the_schema() -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    report = json.loads(render(OUTCOME, PLAIN))
    report["findings"][0] |= {"line": 0, "status": "unknown", "fix": 3, "message": None}
    del report["summary"]["files"]
    assert set(departures(report, published, published["$defs"], "$")) == {
        "$.summary: files is missing",
        "$.findings[0].line: 0 is too small",
        "$.findings[0].status: 'unknown' is none of the words",
        "$.findings[0].fix: 3 is no alternative",
        "$.findings[0].message: None is no string",
    }


TYPES = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None)}


def departures(value: object, rule: Mapping[str, Any], defs: Mapping[str, Any], at: str) -> Iterator[str]:
    """Where a value departs from a schema, for the keywords that our schema uses. Further properties are allowed."""
    unknown = set(rule) - KEYWORDS
    assert not unknown, f"this check does not know {unknown}"
    if "$ref" in rule:
        yield from departures(value, defs[rule["$ref"].removeprefix("#/$defs/")], defs, at)
    if "anyOf" in rule and all(list(departures(value, one, defs, at)) for one in rule["anyOf"]):
        yield f"{at}: {value!r} is no alternative"
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at}: {value!r} is none of the words"
    if "type" in rule and (not isinstance(value, TYPES[rule["type"]]) or (rule["type"] == "integer" and value is True)):
        yield f"{at}: {value!r} is no {rule['type']}"
        return
    if "minimum" in rule and isinstance(value, int) and value < rule["minimum"]:
        yield f"{at}: {value!r} is too small"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from departures(item, rule.get("items", {}), defs, f"{at}[{index}]")
    if isinstance(value, dict):
        yield from (f"{at}: {name} is missing" for name in rule.get("required", ()) if name not in value)
        further = rule.get("additionalProperties", {})
        for name, item in value.items():
            yield from departures(item, rule.get("properties", {}).get(name, further), defs, f"{at}.{name}")


KEYWORDS = {
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "format",
    "type",
    "enum",
    "anyOf",
    "minimum",
    "items",
    "properties",
    "required",
    "additionalProperties",
}
