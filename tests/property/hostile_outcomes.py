"""Outcomes in which every string may hold anything."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Edit, Finding, Fix, Region, Related, Status
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.model.severity import Confidence, Severity

HOSTILE = (
    "\x00", "\x07", "\x08", "\t", "\n", "\x0b", "\x0c", "\r", "\x1b[2J", "\x1b]8;;https://evil.example\x1b\\", "\x1c",
    "\x7f", "\x85", "\x9b31m", "\u061c", "\u200b", "\u200e", "\u202e", "\u2028", "\u2029", "\u2066", "\ufeff",
    "\U000e0041", "\udc80", "\ud800", "]]>", "::error::", "\\n", "\\u", '"', "語", "e\u0301", " ",
    "\n::stop-commands::x\n", "##[", "#", "##[error]", "%", "%0A", ":", ",", "</script>", "<img src=x>", "&lt;", "<!--",
    "|", "`", "```", "~~~", "@octocat", "#12", "GH-12", "![x](https://evil.example)", "[x](y)", "](",
    "https://evil.example", "www.evil.example", "<https://evil.example>", "*", "__", "\\", "\ufffe", "\uffff",
    "\xa0::error::", "/", "..", "-", "x" * 500, "::",
)  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.characters(), max_size=8).map("".join)
maybe = st.none() | texts
position = st.integers(1, 12)
region = st.builds(Region, position, position, position, position)
waiver = st.builds(
    Waiver,
    st.sampled_from(Origin),
    st.tuples(texts),
    path=texts,
    line=position,
    reason=maybe,
    until=st.none() | st.dates(date(2000, 1, 1)),
    owner=maybe,
)
detail = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
findings = st.builds(
    Finding,
    rule=texts,
    kind=texts,
    message=texts,
    path=texts,
    region=region,
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    symbol=maybe,
    contract=maybe,
    identity=texts,
    snippet=maybe,
    related=st.lists(st.builds(Related, texts, region, texts), max_size=2).map(tuple),
    details=st.dictionaries(texts, detail, max_size=2),
    fix=st.none()
    | st.builds(Fix, st.booleans(), texts, st.lists(st.builds(Edit, texts, region, texts), max_size=1).map(tuple)),
    help=maybe | st.just("https://relcheck.example/r"),
    status=st.sampled_from(Status),
    waiver=st.none() | waiver,
)
outcomes = st.builds(
    Outcome,
    root=texts,
    findings=st.lists(findings, max_size=3).map(tuple),
    partial=st.booleans(),
    rules=st.lists(st.builds(RuleRecord, texts, texts, st.sampled_from(Severity), st.integers(0, 3)), max_size=2).map(
        tuple
    ),
    rules_skipped=st.lists(texts, max_size=2).map(tuple),
    not_examined=st.dictionaries(texts, st.tuples(texts), max_size=2),
    notes=st.lists(texts, max_size=1).map(tuple),
    stats=st.dictionaries(texts, texts, max_size=2),
)
