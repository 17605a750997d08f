"""JUnit XML, as Jenkins and GitLab read it: a test suite for each rule, a test case for each of its findings.

The format knows no severity, and those who read it call a run failed for one failure. So a finding is a failure where
it fails the gate (`fail_on`), and skipped, with its message, where it does not: below that level, or excused. A rule
that found nothing is one case that has passed, or that was skipped where no file concerned it. No case holds a line in
its name, which is what runs are compared by.

The names of elements and attributes are those that Jenkins' own schema of the format allows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from relcheck.model.finding import Finding, Status
from relcheck.report.escape import brief, one_line, visible
from relcheck.report.frame import numbered_frame
from relcheck.report.markup import xml_text
from relcheck.report.selection import listed
from relcheck.report.summary import exception

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_WIDTH = 120


class _Case(NamedTuple):
    name: str
    failed: bool
    told: tuple[str, ...]


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document."""
    del style
    by_rule: dict[str, list[Finding]] = {rule.name: [] for rule in outcome.rules}
    for finding in listed(outcome, show_all=show_all):
        by_rule.setdefault(finding.rule, []).append(finding)
    looked = {rule.name for rule in outcome.rules if rule.files}
    suites = {
        name: [_case(case, finding, outcome) for case, finding in _named(findings)] or [_empty(looked=name in looked)]
        for name, findings in sorted(by_rule.items())
    }
    cases = [case for suite in suites.values() for case in suite]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="relcheck" tests="{len(cases)}" failures="{_failures(cases)}" errors="0">',
        *(line for name, suite in suites.items() for line in _suite(name, suite)),
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suite(name: str, cases: Sequence[_Case]) -> Iterator[str]:
    failures = _failures(cases)
    skipped = sum(bool(case.told) for case in cases) - failures
    rule = xml_text(name) or "unnamed"
    yield f'  <testsuite name="{rule}" tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}">'
    for case in cases:
        yield f'    <testcase classname="{rule}" name="{xml_text(case.name)}"{">" if case.told else "/>"}'
        if case.told:
            yield from case.told
            yield "    </testcase>"
    yield "  </testsuite>"


def _failures(cases: Sequence[_Case]) -> int:
    return sum(case.failed for case in cases)


def _empty(*, looked: bool) -> _Case:
    """The case of a rule without findings: that there was nothing for it to look at is no pass."""
    return _Case("no findings", failed=False, told=() if looked else ('      <skipped message="looked at no file"/>',))


def _named(findings: Sequence[Finding]) -> Iterator[tuple[str, Finding]]:
    """The findings, each with a name of its own."""
    named: Counter[str] = Counter()
    for finding in findings:
        name = visible(_case_name(finding))
        named[name] += 1
        yield f"{name} ({named[name]})" if named[name] > 1 else name, finding


def _case(name: str, finding: Finding, outcome: Outcome) -> _Case:
    failed = finding.status is Status.NEW and finding.severity.at_least(outcome.fail_on)
    return _Case(name, failed, tuple(_failure(finding) if failed else _skipped(finding)))


def _case_name(finding: Finding) -> str:
    where = f" in {finding.symbol}" if finding.symbol else ""
    contract = f", {finding.contract}" if finding.contract else ""
    return f"{finding.path or '.'}: {finding.kind}{where}{contract}"


def _failure(finding: Finding) -> Iterator[str]:
    message = xml_text(brief(finding.message))
    yield f'      <failure type="{finding.severity.value}" message="{message}">'
    yield from map(xml_text, _lines(finding))
    yield "      </failure>"


def _skipped(finding: Finding) -> Iterator[str]:
    why = finding.severity.value
    if finding.status is not Status.NEW:
        why = exception(finding.waiver, finding.status) if finding.waiver else finding.status.value
    message = brief(f"{why}: {_place(finding)}: {one_line(finding.message)}")
    yield f'      <skipped message="{xml_text(message)}"/>'


def _lines(finding: Finding) -> Iterator[str]:
    yield f"at {_place(finding)}: {brief(finding.message)}"
    yield from numbered_frame(finding.snippet, finding.region, _WIDTH)
    for related in finding.related:
        place = f"{visible(related.path or '.')}:{related.region.line}:{related.region.column}"
        yield f"see {place}: {brief(related.message)}"
    if finding.help is not None:
        yield f"see {visible(finding.help)}"


def _place(finding: Finding) -> str:
    return f"{visible(finding.path or '.')}:{finding.region.line}:{finding.region.column}"
