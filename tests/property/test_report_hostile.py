"""Hostile text in every field of every format: the document reads back, and holds no command and no markup but ours."""

from __future__ import annotations

import json
import re
from collections import Counter
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import report_schemas
from hostile_outcomes import findings, outcomes, texts
from hypothesis import given, settings
from markdown_it import MarkdownIt

from relcheck.model.finding import Finding
from relcheck.model.outcome import Outcome
from relcheck.report.escape import one_line, visible
from relcheck.report.formats import FORMATS
from relcheck.report.markup import markdown_code, markdown_text
from relcheck.report.terminal import PLAIN

_patient = settings(deadline=None)  # the first report of a format pays for the import of its module
_LEVELS = ("error", "warning", "notice")
_TRIMMED = re.compile(r"^\s*::", re.MULTILINE)
_OURS = {"<span>", "</span>"}
_LINKS = re.compile(r"(?i)://|www\.|@\w|#\d|\bGH-\d")


def _report(name: str, outcome: Outcome) -> str:
    return FORMATS[name](outcome, PLAIN, show_all=True)


@_patient
@given(outcomes)
def test_no_line_is_a_command_for_the_runner_of_github(outcome: Outcome) -> None:
    for name in FORMATS.keys() - {"github"}:
        report = _report(name, outcome)
        assert "##[" not in report, name
        assert not _TRIMMED.search(report), name


@_patient
@given(outcomes)
def test_the_same_outcome_makes_the_same_bytes(outcome: Outcome) -> None:
    for name in FORMATS:
        assert _report(name, outcome).encode() == _report(name, outcome).encode(), name


@_patient
@given(outcomes)
def test_a_report_is_as_its_schema_says(outcome: Outcome) -> None:
    for name in ("gitlab", "junit", "rdjson"):
        report_schemas.check(name, _report(name, outcome))


@_patient
@given(outcomes)
def test_a_workflow_command_is_what_the_runner_reads(outcome: Outcome) -> None:
    lines = _report("github", outcome).splitlines()
    read = [_as_the_runner_reads(line) for line in lines]
    assert all(level in _LEVELS for level, _, _ in read)
    assert Counter(
        (visible(one.path) if one.path not in {"", "."} else None, one_line(one.message)[:1000])
        for one in outcome.findings
    ) == Counter((properties.get("file"), message[:1000]) for _, properties, message in read)
    for _, properties, _ in read:
        assert set(properties) <= {"file", "line", "col", "endColumn", "title"}


def _as_the_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """A command's name, properties and message (`ActionCommand.TryParseV2` and its tables of escapes)."""
    line = line.lstrip()
    assert line.startswith("::")
    info, _, message = line[2:].partition("::")
    name, _, told = info.partition(" ")
    properties = dict(part.split("=", 1) for part in told.split(",") if part)
    for mark, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        properties = {key: value.replace(mark, character) for key, value in properties.items()}
        if character not in ":,":
            message = message.replace(mark, character)
    return name, properties, message


@_patient
@given(outcomes)
def test_markdown_shows_our_markup_only(outcome: Outcome) -> None:
    report = _report("markdown", outcome)
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("text_join")
    tokens = reader.parse(report)
    inline = [child for token in tokens for child in token.children or ()]
    assert sum(token.type == "heading_open" for token in tokens) == 1 + len({one.path for one in outcome.findings})
    assert {token.type for token in tokens} <= {
        "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence",
        "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    }  # fmt: skip
    assert {child.type for child in inline} <= {
        "text", "text_special", "code_inline", "strong_open", "strong_close", "html_inline",
    }  # fmt: skip
    assert {child.content for child in inline if child.type == "html_inline"} <= _OURS
    assert not [child.content for child in inline if child.type == "text" and _LINKS.search(child.content)]
    assert sum(child.type == "strong_open" for child in inline) == len(outcome.findings)


@_patient
@given(findings)
def test_markdown_shows_a_message_as_it_is(finding: Finding) -> None:
    report = _report("markdown", Outcome("/repo", (finding,)))
    paragraphs = MarkdownIt("commonmark").parse(report)
    shown = [
        "".join(child.content for child in token.children or () if child.type != "html_inline") for token in paragraphs
    ]
    assert any(one_line(finding.message)[:1000].rstrip() in text for text in shown)


@_patient
@given(texts, texts)
def test_code_in_markdown_is_code_to_its_end(code: str, message: str) -> None:
    (paragraph,) = [
        token.children or ()
        for token in MarkdownIt("commonmark").parse(f"x {markdown_code(code)} {markdown_text(message)}")
        if token.type == "inline"
    ]
    assert [child.content for child in paragraph if child.type == "code_inline"] == [
        visible(code) if visible(code).strip() else " "
    ]


@_patient
@given(outcomes)
def test_sarif_reads_back(outcome: Outcome) -> None:
    document = json.loads(_report("sarif", outcome))
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(run["results"]) == len(outcome.findings)
    for rule in rules:
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
    told = Counter()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert "](" not in result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert region["startLine"] == region["endLine"]
        assert region["startColumn"] < region["endColumn"]
        told[_path(location), result["partialFingerprints"]["relcheck/v1"]] += 1
        assert ("suppressions" in result) == (result["properties"]["status"] not in {"new", "existing"})
    assert told == Counter((_bytes(one.path) or b".", one.fingerprint) for one in outcome.findings)
    assert not [text for text in _strings(document) if _encodable(text) != text]


def _path(location: dict[str, dict[str, dict[str, str]]]) -> bytes:
    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"(?:file://)?[A-Za-z0-9._~%/-]+", uri)
    segments = uri.removeprefix("file://").split("/")
    return b"/".join(b"" if segment == "%2F" else unquote_to_bytes(segment) for segment in segments)


def _bytes(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


@_patient
@given(outcomes)
def test_gitlab_tells_every_finding_from_every_other(outcome: Outcome) -> None:
    issues = json.loads(_report("gitlab", outcome))
    assert len(issues) == len({issue["fingerprint"] for issue in issues}) == len(outcome.findings)
    assert not [text for text in _strings(issues) if visible(text) != text]


@_patient
@given(outcomes)
def test_reviewdog_reads_every_finding(outcome: Outcome) -> None:
    report = json.loads(_report("rdjson", outcome))
    assert len(report["diagnostics"]) == len(outcome.findings)
    assert not [text for text in _strings(report) if _encodable(text) != text]


@_patient
@given(outcomes)
def test_junit_counts_what_it_holds(outcome: Outcome) -> None:
    root = ElementTree.fromstring(_report("junit", outcome))  # noqa: S314  # our own
    cases = list(root.iter("testcase"))
    assert int(root.get("tests", "")) == len(cases)
    assert int(root.get("failures", "")) == len(list(root.iter("failure")))
    assert sum(case.get("name") != "no findings" for case in cases) == len(outcome.findings)
    assert len(cases) == len(list(root.iter("failure"))) + len(list(root.iter("skipped"))) + sum(map(_passed, cases))
    for suite in root:
        names = [case.get("name") for case in suite]
        assert int(suite.get("tests", "")) == len(names) == len(set(names))


def _passed(case: ElementTree.Element) -> bool:
    return case.get("name") == "no findings" and len(case) == 0


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list) else []


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
