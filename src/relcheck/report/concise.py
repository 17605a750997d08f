"""One line a finding, for editors, `grep` and people who know the rules: `path:line:column: severity[rule] message`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.report.escape import one_line, visible
from relcheck.report.terminal import Ink, Style, severity_ink

if TYPE_CHECKING:
    from relcheck.model.outcome import Outcome


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The empty string where there is nothing to list."""
    findings = outcome.findings if show_all else outcome.new()
    return "".join(_line(finding, style) + "\n" for finding in findings)


def _line(finding: Finding, style: Style) -> str:
    place = f"{visible(finding.path or '.')}:{finding.region.line}:{finding.region.column}:"
    severity = style.paint(finding.severity.value, severity_ink(finding.severity))
    rule = style.link(visible(finding.rule), finding.help)
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    return f"{style.paint(place, Ink.STRONG)} {severity}[{rule}]{status} {one_line(finding.message)}"
