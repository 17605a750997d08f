"""Markdown for the summary of a job on GitHub, or for a comment: the gravest files first, each finding with its line.

GitHub refuses a summary of more than 1 MiB altogether. So the report ends before that, between two findings, and says
how many are missing and where to find them.

What comes from the repository can mark up nothing: it is in code, or each character that means something is escaped.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Confidence
from relcheck.report.escape import no_commands, shortened
from relcheck.report.frame import numbered_frame
from relcheck.report.markup import longest_run, markdown_code, markdown_text
from relcheck.report.selection import gravest_first, listed
from relcheck.report.summary import count, examined, exception, severities, silent, statuses, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_MOST_BYTES = 900 * 1024
_FOR_THE_POINTER = 1024
_MOST_RULES = 50
_MOST_RELATED = 20
_LONG = 2_000
_SHORT = 300
_WIDTH = 120


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document. It never is empty: what was looked at is said even where nothing was found."""
    del style
    findings = listed(outcome, show_all=show_all)
    head = no_commands("".join(_head(outcome, show_all=show_all)))
    foot = no_commands("".join(_foot(outcome, findings)))
    room = _MOST_BYTES - _FOR_THE_POINTER - len((head + foot).encode())
    blocks: list[str] = []
    missing = len(findings)
    for heading, finding in _by_file(findings):
        block = no_commands(heading + "".join(_finding(finding)))
        room -= len(block.encode())
        if room < 0:
            blocks.append(_pointer(missing))
            break
        blocks.append(block)
        missing -= 1
    return head + "".join(blocks) + foot


def _head(outcome: Outcome, *, show_all: bool) -> Iterator[str]:
    yield f"## relcheck: {verdict(outcome)}\n\n"
    if outcome.fails:
        yield f"The gate fails (`--fail-on {outcome.fail_on.value}`).\n\n"
    if others := silent(outcome, show_all=show_all):
        yield f"{markdown_text(others)}\n\n"


def _by_file(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding]]:
    """The findings, those of a file together, the gravest file first; with the first of a file comes its heading."""
    gravest: dict[str, int] = {}
    for finding in gravest_first(findings):
        gravest.setdefault(finding.path, len(gravest))
    ordered = sorted(findings, key=lambda finding: gravest[finding.path])
    for path, group in groupby(ordered, key=lambda finding: finding.path):
        found = gravest_first(group)
        counts = severities(one for one in found if one.status is Status.NEW) + statuses(one.status for one in found)
        heading = f"### {markdown_code(shortened(path, _SHORT) or '.')}: {', '.join(counts)}\n\n"
        for finding in found:
            yield heading, finding
            heading = ""


def _finding(finding: Finding) -> Iterator[str]:
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    symbol = f" in {markdown_code(shortened(finding.symbol, _SHORT))}" if finding.symbol else ""
    contract = f", contract {markdown_code(shortened(finding.contract, _SHORT))}" if finding.contract else ""
    sure = "" if finding.confidence is Confidence.HIGH else f", {finding.confidence.value} confidence"
    rule = markdown_code(shortened(finding.rule, _SHORT))
    yield f"**{finding.severity.value}**{status} {rule}, line {finding.region.line}{symbol}{contract}{sure}: "
    yield f"{markdown_text(shortened(finding.message, _LONG))}\n\n"
    yield from _code(finding)
    items = "".join(f"- {item}\n" for item in _items(finding))
    if items:
        yield f"{items}\n"


def _items(finding: Finding) -> Iterator[str]:
    for related in finding.related[:_MOST_RELATED]:
        place = markdown_code(f"{shortened(related.path, _SHORT) or '.'}:{related.region.line}")
        yield f"see {place}: {markdown_text(shortened(related.message, _LONG))}"
    if finding.status is not Status.NEW and finding.waiver is not None:
        yield markdown_text(shortened(exception(finding.waiver, finding.status), _LONG))
    if finding.fix is not None:
        safety = "safe" if finding.fix.safe else "unsafe"
        yield f"{safety} fix: {markdown_text(shortened(finding.fix.description, _LONG))}"


def _code(finding: Finding) -> Iterator[str]:
    frame = numbered_frame(finding.snippet, finding.region, _WIDTH)
    if frame:
        code = "\n".join(frame)
        fence = "`" * max(3, longest_run(code) + 1)
        yield f"{fence}text\n{code}\n{fence}\n\n"


def _pointer(missing: int) -> str:
    return (
        f"**{count(missing, 'finding is', 'findings are')} not shown**: GitHub takes no summary of more than 1 MiB. "
        "`relcheck scan` prints all of them, and `--output json:FILE` keeps them.\n\n"
    )


def _foot(outcome: Outcome, findings: Sequence[Finding]) -> Iterator[str]:
    records = {rule.name: rule for rule in (*outcome.own_rules, *outcome.rules)}
    reported = sorted({finding.rule for finding in findings})
    for name in reported[:_MOST_RULES]:
        rule = records.get(name)
        summary = f": {markdown_text(shortened(rule.summary, _SHORT))}" if rule is not None else ""
        yield f"- {markdown_code(shortened(f'relcheck explain {name}', _SHORT))}{summary}\n"
    if reported:
        yield "\n"
    yield f"{markdown_text(shortened(examined(outcome), _LONG))}\n"
