"""What `relcheck baseline write` and `prune` make of a baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from relcheck.engine.exceptions.baseline import Baseline, Line
from relcheck.engine.exceptions.baselined import JudgedLine, Standing, acceptable
from relcheck.engine.exceptions.stated import Stated
from relcheck.model import fingerprint
from relcheck.model.finding import Finding, Status

_LAST = 10**9
"""An occurrence behind all others; they are counted anew when the baseline is written."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The lines as they should be, and what was done to them.

    `explained` counts lines that were there without a reason and have one now. `left_expired` and `not_migrated` count
    lines that were left as they are: they need a new date, or their rules did not run, so that fingerprints of a former
    version stay.
    """

    lines: tuple[Line, ...]
    version: int
    added: int = 0
    moved: int = 0
    removed: int = 0
    renewed: int = 0
    explained: int = 0
    left_expired: int = 0
    not_migrated: int = 0

    @property
    def unexplained(self) -> int:
        """How many lines give no reason."""
        return sum(line.stated.reason is None for line in self.lines)


def pruned(baseline: Baseline, judged: Sequence[JudgedLine]) -> Change:
    """Without stale lines; those of renamed files get the new path. Nothing is added."""
    kept = [one for one in judged if _is_kept(one)]
    return Change(
        lines=tuple(_at_its_path(one) for one in kept),
        version=baseline.version,
        moved=sum(one.moved_to is not None for one in kept),
        removed=len(judged) - len(kept),
    )


def written(
    baseline: Baseline | None, judged: Sequence[JudgedLine], findings: Iterable[Finding], stated: Stated, prefix: str
) -> Change:
    """With a line for every new finding; lines that are still needed keep what they say, and get the reason of `stated`
    where they have none.

    An expired line is renewed only where `stated` has a new last day. Fingerprints of a former version become today's,
    unless there are lines whose rules did not run. `prefix` is the governed folder, relative to the root.
    """
    kept = [one for one in judged if _is_kept(one)]
    stuck = sum(one.standing is Standing.NOT_JUDGED for one in kept)
    version = baseline.version if baseline is not None and stuck else fingerprint.VERSION
    explained = 0
    lines: list[Line] = []
    met: Counter[tuple[str, str, str]] = Counter()
    for one in kept:
        line = _today(one, version)
        if one.standing is Standing.EXPIRED and stated.until is not None:
            line = _renewed(line, stated)
        elif stated.reason is not None and line.stated.reason is None:
            line = msgspec.structs.replace(line, stated=msgspec.structs.replace(line.stated, reason=stated.reason))
            explained += 1
        if one.standing is Standing.EXPIRED or one.moved_to is not None:
            met[line.path, line.rule, line.fingerprint] += 1
        lines.append(line)
    added = list(_added(findings, met, stated, version, prefix))
    expired = sum(one.standing is Standing.EXPIRED for one in kept)
    return Change(
        lines=(*lines, *added),
        version=version,
        added=len(added),
        moved=sum(one.moved_to is not None for one in kept),
        removed=len(judged) - len(kept),
        renewed=expired if stated.until is not None else 0,
        explained=explained,
        left_expired=expired if stated.until is None else 0,
        not_migrated=stuck if version != fingerprint.VERSION else 0,
    )


def _is_kept(one: JudgedLine) -> bool:
    return one.standing is not Standing.STALE or one.moved_to is not None


def _at_its_path(one: JudgedLine) -> Line:
    return one.line if one.moved_to is None else msgspec.structs.replace(one.line, path=one.moved_to)


def _today(one: JudgedLine, version: int) -> Line:
    """The line with its rule's name and its fingerprint as they are now, as far as the finding is known."""
    line = _at_its_path(one)
    if one.finding is None:
        return line
    rule = one.finding.rule
    made = one.finding.former_fingerprint(rule=rule, version=version)
    return msgspec.structs.replace(line, rule=rule, fingerprint=made)


def _renewed(line: Line, stated: Stated) -> Line:
    before = line.stated
    says = Stated(stated.reason or before.reason, stated.until, stated.owner or before.owner)
    return msgspec.structs.replace(line, stated=says)


def _added(
    findings: Iterable[Finding], met: Counter[tuple[str, str, str]], stated: Stated, version: int, prefix: str
) -> Iterator[Line]:
    for finding in findings:
        if finding.status is not Status.NEW or not acceptable(finding):
            continue
        path = finding.path.removeprefix(prefix)
        made = finding.former_fingerprint(rule=finding.rule, version=version)
        if met[path, finding.rule, made] > 0:
            met[path, finding.rule, made] -= 1
        else:
            yield Line(path, finding.rule, made, _LAST, stated)
