"""No string of a finding, however hostile, can break a report or reach the terminal as a control."""

from __future__ import annotations

import json
import re
import unicodedata

from hostile_outcomes import findings, outcomes, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from relcheck.model.finding import Finding, Region
from relcheck.model.outcome import Outcome
from relcheck.report.escape import visible
from relcheck.report.formats import FORMATS
from relcheck.report.frame import cells, code_frame
from relcheck.report.terminal import PLAIN, Style

COLOURED = Style(colour=True, hyperlinks=False, width=120)
LINKED = Style(colour=True, hyperlinks=True, width=120)
OUR_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
OUR_LINKS = re.compile(r"\x1b\]8;;(https://relcheck\.example/r)?\x1b\\")


@settings(deadline=None)  # the first report of a format pays for the import of its module
@given(outcomes)
def test_a_report_holds_no_character_that_cannot_be_seen(outcome: Outcome) -> None:
    for name, render in FORMATS.items():
        report = render(outcome, PLAIN, show_all=True)
        assert visible(report.replace("\n", "")) == report.replace("\n", ""), name
        assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in report if c != "\n"), name
        report.encode()


@settings(deadline=None)
@given(outcomes)
def test_colours_and_links_are_the_only_controls_and_change_nothing_else(outcome: Outcome) -> None:
    for name, render in FORMATS.items():
        plain = render(outcome, PLAIN, show_all=True)
        assert OUR_COLOURS.sub("", render(outcome, COLOURED, show_all=True)) == plain, name
        assert "\x1b" not in OUR_LINKS.sub("", OUR_COLOURS.sub("", render(outcome, LINKED, show_all=True))), name


@given(findings)
def test_a_finding_takes_one_line_in_the_concise_report(finding: Finding) -> None:
    report = FORMATS["concise"](Outcome("/repo", (finding,)), PLAIN, show_all=True)
    assert len(report.splitlines()) == 1


@given(findings)
def test_no_string_adds_a_line_to_the_text_report(finding: Finding) -> None:
    hostile = Outcome("/repo", (finding,))
    tame = Outcome("/repo", (_tame(finding),))
    assert _lines(hostile) == _lines(tame)


@given(outcomes)
def test_json_reads_back_to_the_same_values(outcome: Outcome) -> None:
    report = json.loads(FORMATS["json"](outcome, PLAIN, show_all=True))
    assert len(report["findings"]) == len(outcome.findings)
    for read, finding in zip(report["findings"], outcome.findings, strict=True):
        for name in ("rule", "kind", "contract", "message", "path", "symbol", "help", "fingerprint"):
            assert read[name] == _as_json(getattr(finding, name))
        assert read["details"] == _as_json(dict(finding.details))
        assert [(one["path"], one["message"]) for one in read["related"]] == [
            (_as_json(one.path), _as_json(one.message)) for one in finding.related
        ]
        if finding.fix is not None:
            assert read["fix"]["description"] == _as_json(finding.fix.description)
            assert [one["text"] for one in read["fix"]["edits"]] == [_as_json(one.text) for one in finding.fix.edits]
        if finding.waiver is not None:
            assert read["waiver"]["reason"] == _as_json(finding.waiver.reason)
    assert report["summary"]["rules_skipped"] == _as_json(list(outcome.rules_skipped))


@given(texts, st.integers(1, 40), st.integers(0, 10), st.integers(30, 60))
def test_carets_stand_below_what_they_mark(line: str, column: int, length: int, room: int) -> None:
    framed = code_frame(line, Region(1, column, 1, column + length), room)
    if framed is None:
        assert not line.strip()
        return
    code, carets = framed
    blank, marked = carets.count(" "), carets.count("^")
    assert carets == " " * blank + "^" * marked
    assert marked >= 1
    source = line.rstrip("\r\n")
    if "\t" not in line and cells(visible(source)) <= room:
        assert code == visible(source)
        assert blank == cells(visible(source[: column - 1]))
        assert marked == max(1, cells(visible(source[column - 1 : column - 1 + length])))


def _lines(outcome: Outcome) -> int:
    report = FORMATS["text"](outcome, PLAIN, show_all=True)
    assert len(report.splitlines()) == report.count("\n")
    return report.count("\n")


def _tame(finding: Finding) -> Finding:
    """The same finding, each of its strings replaced by one that is as long and harmless."""

    def tame(text: str | None) -> str | None:
        return None if text is None else "x" * len(text)

    return replace(
        finding,
        rule="p/r",
        message="x",
        path="a.py",
        symbol=tame(finding.symbol),
        contract=tame(finding.contract),
        snippet="x" if finding.snippet and finding.snippet.strip() else None,
        related=tuple(replace(one, path="b.py", message="x") for one in finding.related),
        fix=finding.fix and replace(finding.fix, description="x"),
        help=tame(finding.help),
        waiver=finding.waiver and replace(finding.waiver, path="c.py", reason="x", owner="x"),
    )


def _as_json(value: object) -> object:
    """The value as JSON can hold it: two surrogates that make a pair are the one character there."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {_as_json(key): _as_json(item) for key, item in value.items()}
    return value
