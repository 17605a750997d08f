"""Which findings the baseline accepts, which of its lines are stale, and what writing and pruning make of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import pytest
from made_rules import planned
from msgspec.structs import replace

from relcheck.engine.examining.examiner import Broken, Examined, RuleCrash
from relcheck.engine.exceptions.baseline import Baseline, Line
from relcheck.engine.exceptions.baseline_changes import Change, pruned, written
from relcheck.engine.exceptions.baselined import Accepted, Ran, accept
from relcheck.engine.exceptions.stated import Stated
from relcheck.engine.own_rules import OWN_RULES
from relcheck.model import fingerprint as fingerprints
from relcheck.model.exceptions import Origin
from relcheck.model.finding import Finding, Region, Status
from relcheck.model.severity import Severity
from relcheck.sdk import PythonRule
from relcheck.sdk.spec import Catalog

TODAY = date(2026, 6, 15)
ENDED, GOES_ON = date(2026, 6, 14), date(2026, 6, 15)
A, B = "app/a.py", "app/b.py"


class Lock(PythonRule):
    """A rule that was renamed."""

    aliases = ("made/old-lock",)


class Plain(PythonRule):
    """Another one."""


CATALOG = Catalog({spec.name: spec for spec in (*OWN_RULES, *(planned(rule).spec for rule in (Lock, Plain)))})
RAN = Ran(
    catalog=CATALOG,
    rules={"made/lock", "made/plain"},
    prefix="",
    examined={},
    paths=(A, B),
    unseen=(),
    complete=True,
    selected=False,
    today=TODAY,
)


def finding(path: str = A, line: int = 1, rule: str = "made/lock", symbol: str = "f") -> Finding:
    return Finding(rule, "found", "locks", path, Region(line, 1, line, 5), Severity.ERROR, symbol=symbol)


def line(of: Finding, occurrence: int = 1, *, until: date | None = None, reason: str | None = None) -> Line:
    return Line(of.path, of.rule, of.fingerprint, occurrence, Stated(reason, until))


def baseline(*lines: Line, version: int = 1) -> Baseline:
    numbered = (
        Line(*(getattr(one, name) for name in Line.__struct_fields__[:-1]), n) for n, one in enumerate(lines, 2)
    )
    return Baseline("relcheck.baseline", tuple(numbered), version)


def statuses(accepted: Accepted) -> list[tuple[str, str, int, str]]:
    return [(one.rule, one.path, one.region.line, one.status.value) for one in accepted.findings]


def standings(accepted: Accepted) -> list[str]:
    return [one.standing.value for one in accepted.lines]


# --- judging


def test_a_finding_with_a_line_is_baselined_and_shows_the_line() -> None:
    (found,) = accept(baseline(line(finding(), reason="INC-1")), [finding(line=7)], RAN).findings
    assert found.status is Status.BASELINED
    assert found.waiver is not None
    assert (found.waiver.origin, found.waiver.path, found.waiver.line) == (Origin.BASELINE, "relcheck.baseline", 2)
    assert found.waiver.reason == "INC-1"


def test_of_equal_findings_as_many_are_accepted_as_there_are_lines() -> None:
    accepted = accept(baseline(line(finding()), line(finding(), 2)), [finding(line=n) for n in (5, 1, 3)], RAN)
    assert statuses(accepted) == [
        ("made/lock", A, 5, "new"),
        ("made/lock", A, 1, "baselined"),
        ("made/lock", A, 3, "baselined"),
    ]
    assert standings(accepted) == ["in use", "in use"]


def test_another_path_rule_or_symbol_is_new() -> None:
    others = [finding(B), finding(rule="made/plain"), finding(symbol="g")]
    accepted = accept(baseline(line(finding())), [*others, finding()], RAN)
    assert [one.status.value for one in accepted.findings] == ["new", "new", "new", "baselined"]


def test_what_is_waived_needs_no_line() -> None:
    waived = replace(finding(), status=Status.WAIVED)
    accepted = accept(baseline(line(finding())), [waived], RAN)
    assert [one.status.value for one in accepted.findings] == ["waived", "new"]
    assert standings(accepted) == ["stale"]


def test_a_line_that_nothing_matches_is_a_finding_in_the_baseline() -> None:
    accepted = accept(baseline(line(finding()), line(finding(B))), [finding(B)], RAN)
    stale = accepted.findings[-1]
    assert (stale.rule, stale.path, stale.region.line) == ("relcheck/stale-baseline", "relcheck.baseline", 2)
    assert "`relcheck baseline prune` removes it" in stale.message
    assert standings(accepted) == ["stale", "in use"]


@pytest.mark.parametrize(
    "ran",
    [
        {"complete": False},
        {"rules": {"made/plain"}},
        {"unseen": (A,)},
        {"unseen": ("app",)},
        {"examined": {A: Examined(broken=Broken("syntax error", rules=("made/lock",)))}},
        {"examined": {A: Examined(crashes=(RuleCrash("made/lock", 1, "KeyError"),))}},
        {"examined": {".": Examined(crashes=(RuleCrash("made/lock", 1, "KeyError"),))}},
    ],
)
def test_a_line_is_not_stale_where_its_rule_could_not_find_anything(ran: dict[str, object]) -> None:
    accepted = accept(baseline(line(finding())), [], Ran(**{**_fields(RAN), **ran}))
    assert accepted.findings == []
    assert standings(accepted) == ["not judged"]


@pytest.mark.parametrize(
    "ran",
    [
        {"rules": {"made/lock"}},
        {"unseen": ("ap", "app/a", B)},
        {"examined": {A: Examined(broken=Broken("syntax error", rules=("made/plain",)))}},
        {"examined": {B: Examined(crashes=(RuleCrash("made/lock", 1, "KeyError"),))}},
    ],
)
def test_it_is_stale_where_only_others_could_not(ran: dict[str, object]) -> None:
    accepted = accept(baseline(line(finding())), [], Ran(**{**_fields(RAN), **ran}))
    assert standings(accepted) == ["stale"]


@pytest.mark.parametrize("rule", ["local/mine", "gone/rule", "elsewhere/rule"])
def test_a_line_of_a_rule_that_is_not_loaded_is_not_judged(rule: str) -> None:
    assert standings(accept(baseline(Line(A, rule, "abcdef")), [], RAN)) == ["not judged"]


@pytest.mark.parametrize(("until", "status"), [(GOES_ON, "baselined"), (ENDED, "new")])
def test_a_line_holds_on_its_last_day_and_not_behind_it(until: date, status: str) -> None:
    accepted = accept(baseline(line(finding(), until=until)), [finding()], RAN)
    assert accepted.findings[0].status.value == status
    assert [one.rule for one in accepted.findings[1:]] == ["relcheck/expired-waiver"] * (status == "new")


def test_lines_that_hold_are_used_before_those_that_have_ended() -> None:
    lines = baseline(line(finding(), until=ENDED), line(finding(), 2))
    accepted = accept(lines, [finding()], RAN)
    assert accepted.findings[0].status is Status.BASELINED
    assert standings(accepted) == ["stale", "in use"]


def test_a_former_name_of_a_rule_still_holds() -> None:
    former = finding(rule="made/old-lock")
    accepted = accept(baseline(line(former)), [finding()], RAN)
    assert [one.status.value for one in accepted.findings] == ["baselined"]


@pytest.mark.parametrize("rule", [spec.name for spec in OWN_RULES])
def test_of_relchecks_own_findings_only_an_unreadable_file_can_be_accepted(rule: str) -> None:
    accepted = accept(baseline(line(finding(rule=rule))), [finding(rule=rule)], RAN)
    assert accepted.findings[0].status.value == ("baselined" if rule == "relcheck/unparseable-file" else "new")


def test_whether_a_file_can_be_read_is_not_judged_where_rules_were_selected() -> None:
    lines = baseline(line(finding(rule="relcheck/unparseable-file")))
    assert standings(accept(lines, [], RAN)) == ["stale"]
    assert standings(accept(lines, [], Ran(**{**_fields(RAN), "selected": True}))) == ["not judged"]


def test_paths_are_those_from_the_governed_folder() -> None:
    lines = baseline(line(finding(A)))
    found = [finding(f"backend/{A}")]
    accepted = accept(lines, found, Ran(**{**_fields(RAN), "prefix": "backend/", "paths": (f"backend/{A}",)}))
    assert accepted.findings[0].status is Status.BASELINED


def test_a_renamed_file_is_told_where_there_is_no_doubt() -> None:
    lines = baseline(line(finding("app/old.py")), line(finding("app/old.py"), 2))
    accepted = accept(lines, [finding(B, 1), finding(B, 2)], RAN)
    assert [one.moved_to for one in accepted.lines] == [B, B]
    assert f"app/old.py is gone, and what this line stands for is in {B}" in accepted.findings[-1].message


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([finding(A)], [finding(B)]),
        ([finding("app/old.py")], [finding(A), finding(B)]),
        ([finding("app/old.py"), finding("app/older.py")], [finding(B)]),
        ([finding("app/old.py")], [finding(B, symbol="g")]),
    ],
)
def test_a_copy_and_a_doubtful_case_are_no_renamed_file(lines: list[Finding], found: list[Finding]) -> None:
    accepted = accept(baseline(*map(line, lines)), found, RAN)
    assert [one.moved_to for one in accepted.lines] == [None] * len(lines)


# --- writing and pruning


def rewritten(lines: Baseline | None, found: Sequence[Finding], stated: Stated, ran: Ran = RAN) -> Change:
    if lines is None:
        return written(None, (), found, stated, "")
    accepted = accept(lines, found, ran)
    return written(lines, accepted.lines, accepted.findings, stated, ran.prefix)


def said(change: Change) -> list[tuple[str, str | None, date | None]]:
    return [(one.path, one.stated.reason, one.stated.until) for one in change.lines]


def test_writing_the_first_time_takes_every_finding_that_can_be_accepted() -> None:
    found = [finding(), finding(), finding(B), finding(rule="relcheck/vacuous-rule")]
    found += [replace(finding(), status=Status.WAIVED)]
    change = rewritten(None, found, Stated("adopted"))
    assert said(change) == [(A, "adopted", None), (A, "adopted", None), (B, "adopted", None)]
    assert (change.added, change.removed, change.version) == (3, 0, 1)


def test_writing_again_keeps_what_lines_say_and_drops_what_is_stale() -> None:
    lines = baseline(line(finding(), reason="first", until=GOES_ON), line(finding(symbol="gone")))
    change = rewritten(lines, [finding(), finding(B)], Stated("second"))
    assert said(change) == [(A, "first", GOES_ON), (B, "second", None)]
    assert (change.added, change.removed) == (1, 1)


def test_lines_that_were_not_judged_stay() -> None:
    lines = baseline(line(finding(B, rule="made/plain")), Line(A, "local/mine", "abcdef"))
    change = rewritten(lines, [], Stated(), Ran(**{**_fields(RAN), "rules": {"made/lock"}}))
    assert [one.rule for one in change.lines] == ["made/plain", "local/mine"]


def test_an_expired_line_stays_as_it_is_until_there_is_a_new_day() -> None:
    lines = baseline(line(finding(), reason="first", until=ENDED))
    left = rewritten(lines, [finding()], Stated("second"))
    assert (said(left), left.left_expired, left.added) == ([(A, "first", ENDED)], 1, 0)
    renewed = rewritten(lines, [finding()], Stated(None, GOES_ON))
    assert (said(renewed), renewed.renewed) == ([(A, "first", GOES_ON)], 1)
    assert said(rewritten(lines, [finding()], Stated("second", GOES_ON))) == [(A, "second", GOES_ON)]


def test_a_renamed_file_takes_its_lines_along() -> None:
    lines = baseline(line(finding("app/old.py"), reason="first"))
    accepted = accept(lines, [finding(B)], RAN)
    assert said(rewritten(lines, [finding(B)], Stated("second"))) == [(B, "first", None)]
    assert said(pruned(lines, accepted.lines)) == [(B, "first", None)]


def test_pruning_removes_what_is_stale_and_adds_nothing() -> None:
    lines = baseline(line(finding(), until=ENDED), line(finding(symbol="gone")), Line(A, "local/mine", "abcdef"))
    accepted = accept(lines, [finding(), finding(B)], RAN)
    change = pruned(lines, accepted.lines)
    assert [one.number for one in change.lines] == [2, 4]
    assert (change.added, change.removed) == (0, 1)


# --- versions


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a later relcheck made fingerprints in another way."""

    def second(parts: fingerprints.Parts) -> str:
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]

    monkeypatch.setattr(fingerprints, "VERSIONS", {**fingerprints.VERSIONS, 2: second})
    monkeypatch.setattr(fingerprints, "VERSION", 2)


def former(path: str = A, **what: str) -> Line:
    one = finding(path, **what)
    return Line(path, one.rule, one.former_fingerprint(rule=one.rule, version=1), 1, Stated("first"))


@pytest.mark.usefixtures("next_version")
def test_a_baseline_of_a_former_version_holds() -> None:
    assert len(finding().fingerprint) == 24
    accepted = accept(baseline(former(), version=1), [finding(), finding(symbol="g")], RAN)
    assert [one.status.value for one in accepted.findings] == ["baselined", "new"]


@pytest.mark.usefixtures("next_version")
def test_writing_makes_fingerprints_of_today_and_keeps_reasons() -> None:
    lines = baseline(former(), former("app/old.py", symbol="moved"), version=1)
    change = rewritten(lines, [finding(), finding(B, symbol="moved"), finding(B)], Stated("second"))
    assert change.version == 2
    assert {(one.path, one.fingerprint, one.stated.reason) for one in change.lines} == {
        (A, finding().fingerprint, "first"),
        (B, finding(symbol="moved").fingerprint, "first"),
        (B, finding().fingerprint, "second"),
    }


@pytest.mark.usefixtures("next_version")
def test_fingerprints_stay_at_the_former_version_while_there_are_lines_that_were_not_judged() -> None:
    lines = baseline(former(), former(rule="made/plain"), version=1)
    change = rewritten(lines, [finding(), finding(B)], Stated(), Ran(**{**_fields(RAN), "rules": {"made/lock"}}))
    assert (change.version, change.not_migrated) == (1, 1)
    assert {one.fingerprint for one in change.lines} == {former().fingerprint, former(rule="made/plain").fingerprint}
    assert len(change.lines) == 3


@pytest.mark.usefixtures("next_version")
def test_pruning_leaves_the_version_as_it_is() -> None:
    lines = baseline(former(), former(symbol="gone"), version=1)
    change = pruned(lines, accept(lines, [finding()], RAN).lines)
    assert (change.version, [one.fingerprint for one in change.lines]) == (1, [former().fingerprint])


def test_a_line_under_a_former_name_of_its_rule_gets_todays() -> None:
    change = rewritten(baseline(line(finding(rule="made/old-lock"))), [finding()], Stated())
    assert [(one.rule, one.fingerprint) for one in change.lines] == [("made/lock", finding().fingerprint)]


def _fields(ran: Ran) -> dict[str, object]:
    return {name: getattr(ran, name) for name in Ran.__struct_fields__}
