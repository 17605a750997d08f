"""What a run came to, in words: for the reports that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Severity
from relcheck.report.escape import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.model.exceptions import Waiver
    from relcheck.model.outcome import Outcome

_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("info", "info"),
}
_SILENT = (Status.WAIVED, Status.EXISTING, Status.BASELINED, Status.APPROVED)
_THINGS = {"submodule", "symlink", "LFS pointer"}  # reasons for which the thing itself can be counted


def verdict(outcome: Outcome) -> str:
    """`3 errors, 1 warning in 2 files`, of the new findings; and where none of them matters to the gate, that."""
    new = tuple(outcome.new())
    if not new:
        return "no findings"
    files = count(len({finding.path for finding in new}), "file", "files")
    passed = "" if outcome.fails else f"; none fails this scan (--fail-on {outcome.fail_on.value})"
    return f"{', '.join(severities(new))} in {files}{passed}"


def silent(outcome: Outcome, *, show_all: bool) -> str:
    """`1 waived, 12 baselined (listed with --show-waived)`; empty where every finding is new."""
    counts = statuses(finding.status for finding in outcome.findings)
    return ", ".join(counts) + ("" if show_all else " (listed with --show-waived)") if counts else ""


def examined(outcome: Outcome) -> str:
    """What was looked at, and what was not."""
    looked = f"looked at {count(outcome.files, 'file', 'files')}, parsed {outcome.parsed}"
    parts = [f"{looked}, partial scan" if outcome.partial else looked]
    parts.append(f"packs: {', '.join(map(visible, outcome.packs))}" if outcome.packs else "no pack ran")
    if left_out := [_left_out(reason, len(paths)) for reason, paths in sorted(outcome.not_examined.items()) if paths]:
        parts.append(f"not examined: {', '.join(left_out)}")
    if outcome.rules_skipped:
        parts.append(f"rules skipped: {', '.join(map(visible, outcome.rules_skipped))}")
    if outcome.base is not None:
        parts.append(f"compared with {visible(str(outcome.base))}")
    if outcome.policy is not None:
        parts.append(f"policy of {visible(str(outcome.policy))}")
    return "; ".join(parts)


def exception(waiver: Waiver, status: Status) -> str:
    """`waived until 2027-01-31 by the owner at app/a.py:3: the reason`."""
    until = f" until {waiver.until.isoformat()}" if waiver.until else ""
    owner = f" by {one_line(waiver.owner)}" if waiver.owner else ""
    reason = one_line(waiver.reason) if waiver.reason else "no reason given"
    return f"{status.value}{until}{owner} at {visible(waiver.path)}:{waiver.line}: {reason}"


def severities(findings: Iterable[Finding]) -> list[str]:
    """`["3 errors", "1 warning"]`"""
    found = [finding.severity for finding in findings]
    return [count(found.count(severity), *words) for severity, words in _NOUNS.items() if severity in found]


def statuses(given: Iterable[Status]) -> list[str]:
    """`["1 waived", "12 baselined"]`"""
    counted = list(given)
    return [f"{counted.count(status)} {status.value}" for status in _SILENT if status in counted]


def count(number: int, one: str, many: str) -> str:
    """The number with its noun."""
    return f"{number} {one if number == 1 else many}"


def _left_out(reason: str, number: int) -> str:
    if reason in _THINGS:
        return count(number, reason, f"{reason}s")
    return f"{count(number, 'file', 'files')} ({visible(reason)})"
