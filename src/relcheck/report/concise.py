"""One line a finding, for editors, `grep` and people who know the rules: `path:line:column: severity[rule] message`.

A last line counts the findings that are there and not listed, if there are any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.report.escape import no_commands, one_line, shown_path, visible
from relcheck.report.selection import listed
from relcheck.report.summary import silent
from relcheck.report.terminal import Ink, Style, severity_ink

if TYPE_CHECKING:
    from relcheck.model.outcome import Outcome


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The empty string where there is nothing to list."""
    lines = [_line(finding, style) for finding in listed(outcome, show_all=show_all)]
    if not show_all and (others := silent(outcome, show_all=False)):
        lines.append(others)
    return no_commands("".join(f"{line}\n" for line in lines))


def _line(finding: Finding, style: Style) -> str:
    place = f"{shown_path(finding.path)}:{finding.region.line}:{finding.region.column}:"
    severity = style.paint(finding.severity.value, severity_ink(finding.severity))
    rule = style.link(visible(finding.rule), finding.help)
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    return f"{style.paint(place, Ink.STRONG)} {severity}[{rule}]{status} {one_line(finding.message)}"
