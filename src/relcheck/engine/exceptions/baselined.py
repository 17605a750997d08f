"""Findings against the baseline: which of them it accepts, and which of its lines nothing needs any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from relcheck.engine import own_rules
from relcheck.engine.examining.examiner import Examined
from relcheck.engine.exceptions.baseline import Baseline, Line
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Finding, Region, Status
from relcheck.sdk.spec import Catalog, RuleSpec

_Identity: TypeAlias = tuple[str, str, str]
"""Path, rule and fingerprint."""

_ACCEPTABLE_OF_OURS = frozenset({own_rules.UNPARSEABLE_FILE.name})
"""Of the findings about relcheck's own work those that may be a fact of the code base. The others say that the gate,
its configuration or its exceptions are wrong, which is mended."""


class Standing(StrEnum):
    """What became of a line in one scan."""

    IN_USE = "in use"
    STALE = "stale"
    EXPIRED = "expired"
    NOT_JUDGED = "not judged"


class JudgedLine(msgspec.Struct, frozen=True):
    """A line, with the finding that it stands for. `moved_to` is the file of that, if the line's own is gone and was
    surely renamed; the line is stale then."""

    line: Line
    standing: Standing
    finding: Finding | None = None
    moved_to: str | None = None


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan has done, as far as lines are judged by it.

    `paths` are the files that were looked at, `unseen` the files and folders that could not be; all paths are relative
    to the root. `selected` says that the command line has chosen among the rules. Where the baseline is another
    revision's, `moved` tells where files stood then, and `now` is the baseline of today: it may drop lines.
    """

    catalog: Catalog
    rules: Collection[str]
    prefix: str
    examined: Mapping[str, Examined]
    paths: Collection[str]
    unseen: Collection[str]
    complete: bool
    selected: bool
    today: date
    moved: Mapping[str, str] = {}
    now: Baseline | None = None


class Accepted(msgspec.Struct, frozen=True):
    """All findings with their status, those about the baseline included, and what became of its lines."""

    findings: list[Finding]
    lines: tuple[JudgedLine, ...]


def acceptable(finding: Finding) -> bool:
    """Whether a line of the baseline may stand for the finding."""
    return not finding.rule.startswith("relcheck/") or finding.rule in _ACCEPTABLE_OF_OURS


def accept(baseline: Baseline, findings: Sequence[Finding], ran: Ran) -> Accepted:
    """Compare new findings with the lines, each path, rule and fingerprint as a multiset."""
    files = {ran.moved.get(one.path, one.path).removeprefix(ran.prefix) for one in findings}
    wanted = (line for line in baseline.lines if line.path in files)  # of ten thousand a few, in a partial scan
    waiting: dict[_Identity, list[Line]] = defaultdict(list)
    for line in sorted(wanted, key=lambda one: (_expired(one, ran.today), one.occurrence)):
        waiting[line.path, line.rule, line.fingerprint].append(line)
    found: dict[int, Finding] = {}
    result = list(findings)
    others: list[Finding] = []
    for index, finding in sorted(enumerate(findings), key=lambda pair: pair[1].sort_key):
        path = ran.moved.get(finding.path, finding.path).removeprefix(ran.prefix)
        if finding.status is not Status.NEW or not acceptable(finding):
            continue
        taken = _taken(waiting, _identities(finding, path, baseline, ran))
        if taken is None:
            others.append(finding)
            continue
        found[taken.number] = finding
        if not _expired(taken, ran.today):
            result[index] = _baselined(finding, taken, baseline)
    lines = [_judged(line, found.get(line.number), ran) for line in baseline.lines]
    moved = _renamed(lines, others, baseline, ran)
    if moved:
        lines = [_moved(one, moved.get(one.line.number), ran) for one in lines]
    told = lines if ran.now is None else list(_still_there(lines, ran.now))
    return Accepted([*result, *_problems(told, baseline)], tuple(lines))


def _still_there(lines: Iterable[JudgedLine], now: Baseline) -> Iterable[JudgedLine]:
    """The lines that today's baseline holds, too, as they stand in it."""
    held = {line.identity: line for line in now.lines}
    for one in lines:
        if one.line.identity in held:
            yield msgspec.structs.replace(one, line=held[one.line.identity])


def _taken(waiting: Mapping[_Identity, list[Line]], identities: Iterable[_Identity]) -> Line | None:
    for identity in identities:
        if waiting.get(identity):
            return waiting[identity].pop(0)
    return None


def _identities(finding: Finding, path: str, baseline: Baseline, ran: Ran) -> Iterable[_Identity]:
    """What a line for this finding may begin with: today's name of the rule, then former ones."""
    spec = ran.catalog.rules.get(finding.rule)
    for rule in (finding.rule, *(spec.aliases if spec is not None else ())):
        yield path, rule, finding.former_fingerprint(rule=rule, version=baseline.version)


def _baselined(finding: Finding, line: Line, baseline: Baseline) -> Finding:
    says = line.stated
    waiver = Waiver(Origin.BASELINE, (line.rule,), baseline.shown, line.number, says.reason, says.until, says.owner)
    return replace(finding, status=Status.BASELINED, waiver=waiver)


def _expired(line: Line, today: date) -> bool:
    return line.stated.until is not None and line.stated.until < today


def _judged(line: Line, finding: Finding | None, ran: Ran) -> JudgedLine:
    if finding is not None:
        standing = Standing.EXPIRED if _expired(line, ran.today) else Standing.IN_USE
        return JudgedLine(line, standing, finding)
    return JudgedLine(line, Standing.STALE if _could_be_found(line, ran) else Standing.NOT_JUDGED)


def _could_be_found(line: Line, ran: Ran) -> bool:
    """Whether the finding would have been found if it were there: its rule ran, on its file, to the end."""
    if not ran.complete:
        return False
    rules = {spec.name for spec in ran.catalog.named(line.rule)}
    ours = rules <= _ACCEPTABLE_OF_OURS
    if not rules or not (not ran.selected if ours else rules <= set(ran.rules)):
        return False
    path = ran.prefix + line.path
    if any(path == each or path.startswith(f"{each}/") for each in ran.unseen):
        return False
    for where in (path, "."):
        one = ran.examined.get(where)
        if one is None:
            continue
        if one.broken is not None and rules & set(one.broken.rules):
            return False
        if any(crash.rule in rules for crash in one.crashes):
            return False
    return True


def _renamed(
    lines: Sequence[JudgedLine], others: Sequence[Finding], baseline: Baseline, ran: Ran
) -> dict[int, Finding]:
    """For stale lines whose file is gone the findings for which they now stand, where that is beyond doubt: all are in
    one other file."""
    paths = set(ran.paths)
    gone: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for one in lines:
        if one.standing is Standing.STALE and ran.prefix + one.line.path not in paths:
            gone[one.line.rule, one.line.fingerprint].append(one.line)
    if not gone:
        return {}
    now: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in others:
        for _, rule, identity in _identities(finding, finding.path, baseline, ran):
            now[rule, identity].append(finding)
    moved: dict[int, Finding] = {}
    for key, left in gone.items():
        if len({line.path for line in left}) == 1 and len({finding.path for finding in now[key]}) == 1:
            moved |= {line.number: finding for line, finding in zip(left, now[key], strict=False)}
    return moved


def _moved(one: JudgedLine, finding: Finding | None, ran: Ran) -> JudgedLine:
    if finding is None:
        return one
    return JudgedLine(one.line, one.standing, finding, finding.path.removeprefix(ran.prefix))


def _problems(lines: Iterable[JudgedLine], baseline: Baseline) -> Iterable[Finding]:
    for one in lines:
        line = one.line
        if one.standing is Standing.EXPIRED:
            message = f"this line ended on {line.stated.until}: mend what it covers, or agree on a new date"
            yield _finding(own_rules.EXPIRED_WAIVER, line, baseline, message)
        elif one.standing is Standing.STALE and one.moved_to is not None:
            message = (
                f"{line.path} is gone, and what this line stands for is in {one.moved_to}. "
                "`relcheck baseline prune` changes the line"
            )
            yield _finding(own_rules.STALE_BASELINE, line, baseline, message)
        elif one.standing is Standing.STALE:
            message = (
                f"{line.rule} finds nothing in {line.path} that this line stands for: it would hide the next "
                "violation of its kind. `relcheck baseline prune` removes it"
            )
            yield _finding(own_rules.STALE_BASELINE, line, baseline, message)


def _finding(spec: RuleSpec, line: Line, baseline: Baseline, message: str) -> Finding:
    return Finding(
        rule=spec.name,
        kind=spec.name.partition("/")[2],
        message=message,
        path=baseline.shown,
        region=Region(line.number, 1, line.number, 1),
        severity=spec.severity,
        identity=f"{line.path}\t{line.rule}\t{line.fingerprint}:{line.occurrence}",
        snippet="",
    )
