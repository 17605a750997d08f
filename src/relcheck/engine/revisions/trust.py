"""Waivers in the code beside those that another revision has: which the change wrote, and what these may silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from relcheck.engine.revisions.policy import policy_finding
from relcheck.model.exceptions import Origin
from relcheck.model.finding import Finding, Status

if TYPE_CHECKING:
    from relcheck.engine.examining.examiner import Examined
    from relcheck.engine.exceptions.inline import Inline
    from relcheck.engine.revisions.base import Earlier
    from relcheck.engine.revisions.past import Past
    from relcheck.model.exceptions import Waiver


class Trust:
    """Says what a waiver in the code may silence where the policy is another revision's: a finding that was waived
    there; and, by the same waiver on the same statement, as many others as it silenced there and are there no more."""

    def __init__(self, earlier: Earlier, findings: Sequence[Finding], examined: Mapping[str, Examined]) -> None:
        self._changed = _changed(earlier.past, examined)
        here = [one for one in findings if one.path in self._changed]
        partners = earlier.partners(here)
        self._waived = {id(one) for one, partner in zip(here, partners, strict=True) if _is_waived(partner)}
        held = Counter(_silenced(one) for found in earlier.found(here).values() for one in found if _is_waived(one))
        self._room = held - Counter(_silenced(one) for one in partners if one is not None and _is_waived(one))
        self._was = {
            id(now.waiver): id(then.waiver)
            for path in self._changed
            for now, then in _known(earlier.past, path, examined[path])
        }
        self._given: dict[tuple[int, int], bool] = {}

    def __call__(self, waiver: Waiver, finding: Finding) -> bool:
        if finding.path not in self._changed or id(finding) in self._waived:
            return True
        asked = id(waiver), id(finding)
        if asked not in self._given:
            room = self._was.get(id(waiver), 0), finding.rule
            self._given[asked] = self._room[room] > 0
            self._room[room] -= self._given[asked]
        return self._given[asked]


def _is_waived(finding: Finding | None) -> bool:
    return finding is not None and finding.waiver is not None and finding.waiver.origin is Origin.INLINE


def _silenced(finding: Finding) -> tuple[int, str]:
    return id(finding.waiver), finding.rule


def written_waivers(
    earlier: Earlier, findings: Sequence[Finding], examined: Mapping[str, Examined], *, applied: bool
) -> Iterator[Finding]:
    """A finding for each waiver that the change writes into the code. `applied` says that it was not heeded."""
    ref = earlier.past.revision.name
    then = f"It silences nothing that {ref} did not waive" if applied else "An owner of the rules should see it"
    changed = _changed(earlier.past, examined)
    waived = _waived_before(earlier, [one for one in findings if one.path in changed])
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        by_path.setdefault(finding.path, []).append(finding)
    for path in changed:
        known = {id(one) for one, _ in _known(earlier.past, path, examined[path])}
        texts = {one.text for one in _before(earlier.past, path)}
        for one in examined[path].waivers:
            covered = [finding for finding in by_path.get(path, ()) if _covers(one.waiver, finding)]
            same = one.text in texts and all(id(finding) in waived for finding in covered)
            old = same if covered else _stood_here(earlier.past, path, one)
            if one.problem is None and id(one) not in known and not old:
                what = f"waives {', '.join(one.waiver.rules)} here: {one.waiver.reason or 'no reason is given'}"
                end = one.column + len(one.text)
                yield policy_finding(
                    path, one.waiver.line, f"this change {what}. {then}", key=one.text, column=one.column, end=end
                )


def _changed(past: Past, examined: Mapping[str, Examined]) -> list[str]:
    """The changed files that hold waivers."""
    marked = sorted(path for path, one in examined.items() if one.waivers)
    past.follow(marked)
    return [path for path in marked if not past.is_unchanged(path)]


def _known(past: Past, path: str, examined: Examined) -> list[tuple[Inline, Inline]]:
    """The waivers that stood on the same statement of this file, however far it has moved, with what they were."""
    texts, left = past.texts(path), list(_before(past, path))
    if texts is None:
        return []
    known: list[tuple[Inline, Inline]] = []
    for stays in (
        lambda now, then: texts.was(now.waiver.line) == then.waiver.line,
        lambda now, then: texts.head.words(_lines(now.waiver)) == texts.base.words(_lines(then.waiver)),
    ):
        found = {id(now) for now, _ in known}
        for now in examined.waivers:
            then = next((one for one in left if one.text == now.text and stays(now, one)), None)
            if then is not None and id(now) not in found:
                known.append((now, then))
                left.remove(then)
    return known


def _waived_before(earlier: Earlier, findings: Sequence[Finding]) -> set[int]:
    """The identities of those that are findings of the other revision, waived in its code."""
    return {
        id(one)
        for one, partner in zip(findings, earlier.partners(findings), strict=True)
        if partner is not None and partner.status is Status.WAIVED
        if partner.waiver is not None and partner.waiver.origin is Origin.INLINE
    }


def _before(past: Past, path: str) -> Sequence[Inline]:
    was = past.origin(path)
    one = past.examined([was]).get(was) if was is not None else None
    return one.waivers if one is not None else ()


def _lines(waiver: Waiver) -> range:
    return range(waiver.first, waiver.last + 1)


def _covers(waiver: Waiver, finding: Finding) -> bool:
    return waiver.names(finding.rule) and finding.region.line in _lines(waiver)


def _stood_here(past: Past, path: str, inline: Inline) -> bool:
    """Whether the same comment stood here before; the code beside it may have been edited."""
    texts = past.texts(path)
    return texts is not None and any(
        one.text == inline.text and texts.same_place(inline.waiver.line, one.waiver.line) for one in _before(past, path)
    )
