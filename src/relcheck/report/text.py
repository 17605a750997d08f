"""The report for people: findings by file, each with its line of code, and at the end what was looked at.

app/jobs.py: 1 error

  error[transactions/raw-row-lock] row lock outside app/infra/transaction.py: the lock can outlive its connection
    at app/jobs.py:12:18 in claim_next
       |
    12 |     job = query.with_for_update().first()
       |                 ^^^^^^^^^^^^^^^
    see app/infra/transaction.py:40:5: locks are taken here

relcheck explain transactions/raw-row-lock tells why and what to do instead

1 error in 1 file
looked at 120 files, parsed 14; packs: relcheck, transactions
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Region, Status
from relcheck.model.severity import Confidence, Severity
from relcheck.report.escape import one_line, visible
from relcheck.report.frame import cells, code_frame
from relcheck.report.terminal import Ink, Style, severity_ink

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from relcheck.model.exceptions import Waiver
    from relcheck.model.outcome import Outcome

_NOUNS = {
    Severity.ERROR: ("error", "errors"),
    Severity.WARNING: ("warning", "warnings"),
    Severity.INFO: ("info", "info"),
}
_SILENT = (Status.WAIVED, Status.EXISTING, Status.BASELINED, Status.APPROVED)
_THINGS = {"submodule", "symlink", "LFS pointer"}  # reasons for which the thing itself can be counted


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The whole report. It never is empty: what was looked at is said even where nothing was found."""
    findings = outcome.findings if show_all else tuple(outcome.new())
    lines: list[str] = []
    for path, group in groupby(findings, key=lambda finding: finding.path):
        lines += _file(path, tuple(group), style)
    lines += _pages(findings, style)
    lines += _summary(outcome, style, show_all=show_all)
    lines.append(style.paint(_examined(outcome), Ink.FAINT))
    lines += _statistics(outcome)
    return "\n".join(lines) + "\n"


def _file(path: str, findings: Sequence[Finding], style: Style) -> Iterator[str]:
    counts = _severities(finding for finding in findings if finding.status is Status.NEW)
    counts += _statuses(finding.status for finding in findings)
    yield f"{style.paint(visible(path or '.'), Ink.STRONG)}: {', '.join(counts)}"
    yield ""
    for finding in findings:
        yield from _finding(finding, style)
        yield ""


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    ink = severity_ink(finding.severity)
    rule = style.link(visible(finding.rule), finding.help)
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    message = style.paint(one_line(finding.message), Ink.STRONG)
    yield f"  {style.paint(f'{finding.severity.value}[{rule}]', ink)}{status} {message}"
    yield f"    at {_place(finding.path, finding.region)}{_context(finding)}"
    yield from _frame(finding, style)
    for related in finding.related:
        yield f"    see {_place(related.path, related.region)}: {one_line(related.message)}"
    if finding.status is not Status.NEW and finding.waiver is not None:
        yield f"    {_waiver(finding.waiver, finding.status)}"
    if finding.fix is not None:
        yield f"    {'safe' if finding.fix.safe else 'unsafe'} fix: {one_line(finding.fix.description)}"


def _place(path: str, region: Region) -> str:
    return f"{visible(path or '.')}:{region.line}:{region.column}"


def _context(finding: Finding) -> str:
    symbol = f" in {visible(finding.symbol)}" if finding.symbol else ""
    contract = f", contract {visible(finding.contract)}" if finding.contract else ""
    confidence = "" if finding.confidence is Confidence.HIGH else f", {finding.confidence.value} confidence"
    return symbol + contract + confidence


def _frame(finding: Finding, style: Style) -> Iterator[str]:
    if finding.snippet is None:
        return
    number = str(finding.region.line)
    frame = code_frame(finding.snippet, finding.region, room=style.width - len(number) - len("     | "))
    if frame is None:
        return
    code, carets = frame
    margin = " " * len(number)
    yield style.paint(f"    {margin} |", Ink.FAINT)
    yield f"{style.paint(f'    {number} |', Ink.FAINT)} {code}"
    yield f"{style.paint(f'    {margin} |', Ink.FAINT)} {style.paint(carets, severity_ink(finding.severity))}"


def _waiver(waiver: Waiver, status: Status) -> str:
    until = f" until {waiver.until.isoformat()}" if waiver.until else ""
    owner = f" by {one_line(waiver.owner)}" if waiver.owner else ""
    reason = one_line(waiver.reason) if waiver.reason else "no reason given"
    return f"{status.value}{until}{owner} at {visible(waiver.path)}:{waiver.line}: {reason}"


def _pages(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """How to learn more; with the address of each rule's page where its name cannot be a link."""
    if not findings:
        return
    gravest = max(findings, key=lambda finding: (finding.status is Status.NEW, finding.severity.rank))
    command = f"relcheck explain {visible(gravest.rule)}"
    yield f"{style.paint(command, Ink.STRONG)} tells why and what to do instead"
    if not style.hyperlinks:
        pages = sorted({(finding.rule, finding.help) for finding in findings if finding.help})
        for rule, address in pages:
            yield f"  {visible(rule)}: {visible(address)}"
    yield ""


def _summary(outcome: Outcome, style: Style, *, show_all: bool) -> Iterator[str]:
    new = tuple(outcome.new())
    if new:
        files = _count(len({finding.path for finding in new}), "file", "files")
        gravest = max((finding.severity for finding in new), key=lambda severity: severity.rank)
        yield style.paint(f"{', '.join(_severities(new))} in {files}", severity_ink(gravest))
    else:
        yield style.paint("no findings", Ink.GOOD)
    if silent := _statuses(finding.status for finding in outcome.findings):
        yield ", ".join(silent) + ("" if show_all else " (listed with --show-waived)")


def _severities(findings: Iterable[Finding]) -> list[str]:
    severities = [finding.severity for finding in findings]
    return [_count(severities.count(severity), *words) for severity, words in _NOUNS.items() if severity in severities]


def _statuses(statuses: Iterable[Status]) -> list[str]:
    counted = list(statuses)
    return [f"{counted.count(status)} {status.value}" for status in _SILENT if status in counted]


def _examined(outcome: Outcome) -> str:
    looked = f"looked at {_count(outcome.files, 'file', 'files')}, parsed {outcome.parsed}"
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


def _left_out(reason: str, number: int) -> str:
    if reason in _THINGS:
        return _count(number, reason, f"{reason}s")
    return f"{_count(number, 'file', 'files')} ({visible(reason)})"


def _statistics(outcome: Outcome) -> Iterator[str]:
    if not outcome.stats:
        return
    names = {name: visible(name) for name in outcome.stats}
    width = max(map(cells, names.values()))
    yield ""
    yield "statistics"
    for name, value in outcome.stats.items():
        yield f"  {names[name]}{' ' * (width - cells(names[name]))}  {visible(value)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
