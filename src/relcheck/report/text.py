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

from relcheck.model.finding import Detail, Finding, Region, Status
from relcheck.model.severity import Confidence
from relcheck.report.escape import no_commands, one_line, shown_path, visible
from relcheck.report.frame import cells, code_frame
from relcheck.report.selection import listed
from relcheck.report.summary import examined, exception, severities, silent, statuses, verdict
from relcheck.report.terminal import Ink, Style, severity_ink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.model.outcome import Outcome


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The whole report. It never is empty: what was looked at is said even where nothing was found."""
    findings = listed(outcome, show_all=show_all)
    lines: list[str] = []
    for path, group in groupby(findings, key=lambda finding: finding.path):
        lines += _file(path, tuple(group), style)
    lines += _pages(findings, style)
    lines += _summary(outcome, style, show_all=show_all)
    lines.append(style.paint(examined(outcome), Ink.FAINT))
    lines += _statistics(outcome)
    return no_commands("\n".join(lines) + "\n")


def _file(path: str, findings: Sequence[Finding], style: Style) -> Iterator[str]:
    counts = severities(finding for finding in findings if finding.status is Status.NEW)
    counts += statuses(finding.status for finding in findings)
    yield f"{style.paint(shown_path(path), Ink.STRONG)}: {', '.join(counts)}"
    yield ""
    for _, group in groupby(findings, key=_subject):
        same = tuple(group)
        yield from (_headline(finding, style) for finding in same[:-1])
        yield from _finding(same[-1], style)
        yield ""


def _subject(finding: Finding) -> tuple[object, ...]:
    """What is shown once: findings about one operation of a migration share their place, all others stand alone."""
    operation = finding.details.get("operation_hash")
    return (finding.region, operation) if operation else (id(finding),)


def _headline(finding: Finding, style: Style) -> str:
    ink = severity_ink(finding.severity)
    rule = style.link(visible(finding.rule), finding.help)
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    message = style.paint(one_line(finding.message), Ink.STRONG)
    return f"  {style.paint(f'{finding.severity.value}[{rule}]', ink)}{status} {message}"


def _finding(finding: Finding, style: Style) -> Iterator[str]:
    yield _headline(finding, style)
    yield f"    at {_place(finding.path, finding.region)}{_context(finding)}"
    yield from _frame(finding, style)
    for related in finding.related:
        yield f"    see {_place(related.path, related.region)}: {one_line(related.message)}"
    if facets := finding.details.get("facets"):
        yield f"    {_facets(facets)}"
    if finding.status is not Status.NEW and finding.waiver is not None:
        yield f"    {exception(finding.waiver, finding.status)}"
    if finding.fix is not None:
        yield f"    {'safe' if finding.fix.safe else 'unsafe'} fix: {one_line(finding.fix.description)}"


def _facets(facets: Detail) -> str:
    """What stands beside an operation, and what should."""
    said = facets.items() if isinstance(facets, dict) else ()
    return "; ".join(one_line(f"{name} missing" if value == "missing" else f"{name}: {value}") for name, value in said)


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


def _pages(findings: Sequence[Finding], style: Style) -> Iterator[str]:
    """How to learn more; with the address of each rule's page where its name cannot be a link."""
    if not findings:
        return
    gravest = max(findings, key=lambda finding: (finding.status is Status.NEW, finding.severity.rank))
    command = f"relcheck explain {visible(gravest.rule)}"
    yield f"{style.paint(command, Ink.STRONG)} tells why and what to do instead"
    if any(_lacks_approval(finding) for finding in findings):
        yield "MIGRATION_APPROVED: <reason> in a comment above an operation approves it"
    if not style.hyperlinks:
        pages = sorted({(finding.rule, finding.help) for finding in findings if finding.help})
        for rule, address in pages:
            yield f"  {visible(rule)}: {visible(address)}"
    yield ""


def _lacks_approval(finding: Finding) -> bool:
    facets = finding.details.get("facets")
    return isinstance(facets, dict) and facets.get("approval") == "missing"


def _summary(outcome: Outcome, style: Style, *, show_all: bool) -> Iterator[str]:
    gravest = max((finding.severity for finding in outcome.new()), key=lambda one: one.rank, default=None)
    yield style.paint(verdict(outcome), severity_ink(gravest) if gravest else Ink.GOOD)
    if others := silent(outcome, show_all=show_all):
        yield others


def _statistics(outcome: Outcome) -> Iterator[str]:
    if not outcome.stats:
        return
    names = {name: visible(name) for name in outcome.stats}
    width = max(map(cells, names.values()))
    yield ""
    yield "statistics"
    for name, value in outcome.stats.items():
        yield f"  {names[name]}{' ' * (width - cells(names[name]))}  {visible(value)}"
