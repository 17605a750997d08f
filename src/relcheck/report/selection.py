"""Which findings a report lists, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.model.outcome import Outcome

_CONFIDENCES = tuple(Confidence)


def listed(outcome: Outcome, *, show_all: bool) -> tuple[Finding, ...]:
    """The findings of a report for those who are to act on it: the new ones, or all."""
    return outcome.findings if show_all else tuple(outcome.new())


def comparable(outcome: Outcome, *, show_all: bool) -> tuple[Finding, ...]:
    """The findings of a report for a service that compares branches itself: those that are there and that nothing
    excuses, or all.

    A finding that a change has not made (`existing`) belongs to it. If it were left out, the service would tell the
    author of the change that it is mended.
    """
    if show_all:
        return outcome.findings
    return tuple(one for one in outcome.findings if one.status in {Status.NEW, Status.EXISTING})


def gravest_first(findings: Iterable[Finding]) -> list[Finding]:
    """The new ones, the graver ones and the surer ones first, else in their order: for whoever reads the beginning."""
    return sorted(
        findings,
        key=lambda one: (one.status is not Status.NEW, -one.severity.rank, _CONFIDENCES.index(one.confidence)),
    )
