from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from sample_outcome import (
    APPROVED,
    BASELINED,
    CHAIN,
    CONFIGURED,
    EXISTING,
    HINT,
    LOCK,
    SAMPLE,
    SPLIT,
    SQL_LOCK,
    UNUSED,
    WAIVED,
)

from relcheck.model.finding import Edit, Finding, Fix, Region, Related
from relcheck.model.outcome import Outcome
from relcheck.model.severity import Severity
from relcheck.report import sarif
from relcheck.report.terminal import PLAIN


def run_of(*findings: Finding, show_all: bool = False) -> dict[str, Any]:
    document = json.loads(sarif.render(replace(SAMPLE, findings=findings), PLAIN, show_all=show_all))
    (only,) = document["runs"]
    return dict(only)


def result_of(finding: Finding, *, show_all: bool = True) -> dict[str, Any]:
    (only,) = run_of(finding, show_all=show_all)["results"]
    return dict(only)


def test_the_rules_that_took_part_are_there_with_their_pages_whether_they_found_something_or_not() -> None:
    driver = run_of(LOCK)["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == [
        "layers/forbidden-import",
        "relcheck/nothing-checked",
        "relcheck/unused-waiver",
        "transactions/raw-row-lock",
        "transactions/split-write",
    ]
    lock = driver["rules"][3]
    assert lock["name"] == "RawRowLock"
    assert lock["shortDescription"]["text"] == "Row locks go through the blessed transaction primitive."
    assert lock["fullDescription"]["text"] == (
        "Finds row locks that are taken elsewhere than in the transaction primitive."
    )
    assert "## Use instead\n```python\njob = txn.lock_row(statement)\n```" in lock["help"]["markdown"]
    assert "It upholds: Lock scope equals connection scope." in lock["help"]["markdown"]
    assert lock["defaultConfiguration"] == {"level": "error"}
    assert lock["properties"] == {"precision": "high", "problem.severity": "error", "tags": ["transactions"]}


def test_a_result_points_at_its_rule() -> None:
    run = run_of(LOCK, SPLIT, UNUSED)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize(("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note")])
def test_severities_have_the_names_of_sarif(severity: str, level: str) -> None:
    assert result_of(replace(LOCK, severity=Severity(severity)))["level"] == level


def test_a_region_is_one_line() -> None:
    region = result_of(SQL_LOCK)["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 104, "startColumn": 20, "endLine": 104, "endColumn": 45}
    unseen = result_of(replace(SQL_LOCK, snippet=None))["locations"][0]["physicalLocation"]["region"]
    assert unseen == {"startLine": 104, "startColumn": 20, "endLine": 104, "endColumn": 21}


def test_a_region_without_width_has_the_width_of_one_character() -> None:
    region = result_of(UNUSED)["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (1, 2)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("app/a b.py", "app/a%20b.py"),
        ("app/100%.py", "app/100%25.py"),
        ("http:/x.py", "http%3A/x.py"),
        ("app/a?b#c.py", "app/a%3Fb%23c.py"),
        ("app/請求.py", "app/%E8%AB%8B%E6%B1%82.py"),
        ("app/\udcff.py", "app/%FF.py"),
        ("app/a\nb.py", "app/a%0Ab.py"),
        (".", "."),
    ],
)
def test_a_path_is_a_uri_relative_to_the_repository(path: str, uri: str) -> None:
    place = result_of(replace(LOCK, path=path))["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_configuration_outside_of_the_repository_has_an_address_of_its_own() -> None:
    place = result_of(replace(UNUSED, path="/etc/rel check.toml"))["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "file:///etc/rel%20check.toml"}


def test_code_that_cannot_be_encoded_is_shown_as_an_escape() -> None:
    place = result_of(replace(LOCK, snippet="q('\udc80').with_for_update()\r\n"))["locations"][0]["physicalLocation"]
    assert place["contextRegion"]["snippet"] == {"text": r"q('\udc80').with_for_update()"}


def test_related_places_are_there_in_their_order() -> None:
    related = result_of(LOCK)["relatedLocations"]
    assert [(one["id"], one["message"]["text"]) for one in related] == [(1, "locks are taken here")]
    assert "codeFlows" not in result_of(LOCK)


def test_a_finding_about_a_contract_is_a_way_from_its_place_through_the_related_ones() -> None:
    (flow,) = result_of(CHAIN)["codeFlows"]
    (thread,) = flow["threadFlows"]
    places = [one["location"]["physicalLocation"] for one in thread["locations"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "app/domain/orders.py",
        "app/shared/text.py",
        "app/shared/http.py",
    ]


def test_a_finding_is_known_again_by_our_own_fingerprint() -> None:
    assert result_of(LOCK)["partialFingerprints"] == {"relcheck/v1": LOCK.fingerprint}


def test_what_a_waiver_covers_is_suppressed_with_its_reason_and_place() -> None:
    assert result_of(WAIVED)["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "waived: moves to lock_row in INC-204; until 2027-01-31; by data-platform",
            "location": {
                "physicalLocation": {
                    "artifactLocation": {"uri": "app/costsim/breaker.py", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 65},
                }
            },
        }
    ]


@pytest.mark.parametrize(
    ("finding", "kind", "begins"),
    [
        (CONFIGURED, "external", "waived: INC-198"),
        (APPROVED, "inSource", "approved: agreed"),
        (replace(APPROVED, waiver=None), "inSource", "approved: no reason given"),
        (BASELINED, "external", "baselined: no reason given"),
    ],
)
def test_what_is_excused_is_suppressed_by_what_stands_in_the_file_or_elsewhere(
    finding: Finding, kind: str, begins: str
) -> None:
    (suppression,) = result_of(finding)["suppressions"]
    assert suppression["kind"] == kind
    assert suppression["justification"].startswith(begins)


def test_what_is_excused_is_left_out_since_github_would_open_an_alert_for_it() -> None:
    run = run_of(LOCK, EXISTING, WAIVED, CONFIGURED, APPROVED, BASELINED)
    assert [result["properties"]["status"] for result in run["results"]] == ["new", "existing"]


def test_a_comparison_tells_what_is_new_and_what_was_there() -> None:
    states = [one["baselineState"] for one in run_of(LOCK, EXISTING, BASELINED, show_all=True)["results"]]
    assert states == ["new", "unchanged", "unchanged"]
    assert "suppressions" not in result_of(EXISTING)


def test_nothing_is_new_where_nothing_was_compared() -> None:
    assert "baselineState" not in run_of(LOCK, WAIVED, show_all=True)["results"][0]


def test_a_fix_is_told_as_replacements_by_file() -> None:
    two = Fix(
        safe=True,
        description="move it",
        edits=(Edit("a.py", Region(1, 1, 2, 1), ""), Edit("b.py", Region(3, 1, 3, 1), "x\n")),
    )
    (fix,) = result_of(replace(SPLIT, fix=two))["fixes"]
    assert fix["description"]["text"] == "safe fix: move it"
    assert [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]] == ["a.py", "b.py"]
    assert fix["artifactChanges"][1]["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 1},
            "insertedContent": {"text": "x\n"},
        }
    ]


def test_what_looks_like_a_link_in_a_message_is_none() -> None:
    text = result_of(replace(LOCK, message="see [this](https://evil.example)"))["message"]["text"]
    assert "](" not in text


def test_the_gravest_come_first() -> None:
    run = run_of(WAIVED, HINT, SPLIT, SQL_LOCK, LOCK, show_all=True)
    assert [(one["level"], one["properties"]["confidence"]) for one in run["results"]] == [
        ("error", "high"),
        ("error", "medium"),
        ("warning", "high"),
        ("note", "high"),
        ("error", "high"),
    ]


def test_more_than_github_takes_are_cut_and_it_is_said() -> None:
    many = tuple(replace(HINT, region=Region(line, 1, line, 2)) for line in range(1, 25_003))
    run = run_of(*many, LOCK)
    assert len(run["results"]) == 25_000
    assert run["results"][0]["ruleId"] == "transactions/raw-row-lock"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("3 more findings are left out")


def test_no_document_is_too_large_for_github_however_long_its_texts_are() -> None:
    long = replace(LOCK, related=(Related("a.py", Region(1, 1, 1, 2), "x" * 4_000),) * 100)
    document = sarif.render(replace(SAMPLE, findings=(HINT, *[long] * 200)), PLAIN)
    results = json.loads(document)["runs"][0]["results"]
    assert 100 < len(results) < 200
    assert f"{201 - len(results)} more findings are left out" in document
    assert len(document) < 66 * 1024 * 1024


def test_huge_strings_are_shortened() -> None:
    huge = "x" * 1_000_000
    noisy = replace(LOCK, message=huge, snippet=huge, related=(Related("a.py", Region(1, 1, 1, 2), huge),) * 500)
    assert len(sarif.render(replace(SAMPLE, findings=(noisy,)), PLAIN)) < 600_000


def test_a_crash_of_a_rule_is_no_success() -> None:
    crash = replace(UNUSED, rule="relcheck/rule-crashed")
    assert run_of(crash)["invocations"] == [{"executionSuccessful": False}]
    assert run_of(LOCK)["invocations"] == [{"executionSuccessful": True}]


def test_nothing_of_the_machine_is_told() -> None:
    assert "/repo" not in sarif.render(SAMPLE, PLAIN, show_all=True)


def test_an_empty_run_has_no_results() -> None:
    document = json.loads(sarif.render(Outcome("/repo"), PLAIN))
    assert document["version"] == "2.1.0"
    assert document["runs"][0]["results"] == []
