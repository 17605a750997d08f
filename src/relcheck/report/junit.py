"""JUnit XML, as Jenkins and GitLab read it: a test suite for each rule, a test case for each of its findings.

The format knows no severity, and those who read it call a run failed for one failure. So a finding is a failure where
it fails the gate (`fail_on`), and skipped, with its message, where it does not: below that level, or excused. A rule
that found nothing is one case that has passed. No case holds a line in its name, which is what runs are compared by.

The names of elements and attributes are those that Jenkins' own schema of the format allows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.report.escape import one_line, shortened, visible
from relcheck.report.frame import numbered_frame
from relcheck.report.markup import xml_text
from relcheck.report.selection import listed
from relcheck.report.summary import exception

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_MESSAGE = 4_000
_WIDTH = 120


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document."""
    del style
    by_rule: dict[str, list[Finding]] = {rule.name: [] for rule in outcome.rules}
    for finding in listed(outcome, show_all=show_all):
        by_rule.setdefault(finding.rule, []).append(finding)
    tests = sum(max(len(findings), 1) for findings in by_rule.values())
    failures = sum(_fails(finding, outcome) for findings in by_rule.values() for finding in findings)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="relcheck" tests="{tests}" failures="{failures}" errors="0">',
        *(line for name in sorted(by_rule) for line in _suite(name, by_rule[name], outcome)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _fails(finding: Finding, outcome: Outcome) -> bool:
    return finding.status is Status.NEW and finding.severity.at_least(outcome.fail_on)


def _suite(name: str, findings: Sequence[Finding], outcome: Outcome) -> Iterator[str]:
    failures = sum(_fails(finding, outcome) for finding in findings)
    skipped = len(findings) - failures
    rule = xml_text(name) or "unnamed"
    tests = max(len(findings), 1)
    yield f'  <testsuite name="{rule}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}">'
    if not findings:
        yield f'    <testcase classname="{rule}" name="no findings"/>'
    named: Counter[str] = Counter()
    for finding in findings:
        case = _case_name(finding)
        named[case] += 1
        case += f" ({named[case]})" if named[case] > 1 else ""
        yield f'    <testcase classname="{rule}" name="{xml_text(case)}">'
        yield from _failure(finding) if _fails(finding, outcome) else _skipped(finding)
        yield "    </testcase>"
    yield "  </testsuite>"


def _case_name(finding: Finding) -> str:
    where = f" in {finding.symbol}" if finding.symbol else ""
    contract = f", {finding.contract}" if finding.contract else ""
    return f"{finding.path or '.'}: {finding.kind}{where}{contract}"


def _failure(finding: Finding) -> Iterator[str]:
    message = xml_text(shortened(one_line(finding.message), _MESSAGE))
    yield f'      <failure type="{finding.severity.value}" message="{message}">'
    yield from map(xml_text, _lines(finding))
    yield "      </failure>"


def _skipped(finding: Finding) -> Iterator[str]:
    why = finding.severity.value
    if finding.status is not Status.NEW:
        why = exception(finding.waiver, finding.status) if finding.waiver else finding.status.value
    message = shortened(f"{why}: {_place(finding)}: {one_line(finding.message)}", _MESSAGE)
    yield f'      <skipped message="{xml_text(message)}"/>'


def _lines(finding: Finding) -> Iterator[str]:
    yield f"at {_place(finding)}: {shortened(one_line(finding.message), _MESSAGE)}"
    yield from numbered_frame(finding.snippet, finding.region, _WIDTH)
    for related in finding.related:
        place = f"{visible(related.path or '.')}:{related.region.line}:{related.region.column}"
        yield f"see {place}: {shortened(one_line(related.message), _MESSAGE)}"
    if finding.help is not None:
        yield f"see {visible(finding.help)}"


def _place(finding: Finding) -> str:
    return f"{visible(finding.path or '.')}:{finding.region.line}:{finding.region.column}"
