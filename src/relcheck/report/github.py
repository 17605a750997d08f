"""Workflow commands of GitHub Actions: an annotation for each finding, in the log and beside the changed lines.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest unsaid. So of each level the gravest
ten are printed, new ones first, and where there are more, the tenth line says how many and where they are.

Nothing of a finding can begin a command of its own: a message takes one line, and the runner's escapes are used
(`%25`, and `%3A`, `%2C` in properties).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Severity
from relcheck.report.escape import brief, shortened
from relcheck.report.markup import workflow_data, workflow_property
from relcheck.report.selection import gravest_first, listed
from relcheck.report.summary import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_SHOWN = 10
_NAMES = {"error": ("error", "errors"), "warning": ("warning", "warnings"), "notice": ("notice", "notices")}
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_TITLE = 200


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """A command a line; the empty string where there is nothing to say."""
    del style
    findings = gravest_first(listed(outcome, show_all=show_all))
    lines: list[str] = []
    for level in _NAMES:
        lines += _commands(level, [one for one in findings if _level(one) == level])
    return "".join(f"{line}\n" for line in lines)


def _level(finding: Finding) -> str:
    """A finding that does not count is a notice, however grave it was."""
    return _LEVELS[finding.severity] if finding.status is Status.NEW else "notice"


def _commands(level: str, findings: Sequence[Finding]) -> Iterator[str]:
    fit = len(findings) <= _SHOWN
    for finding in findings if fit else findings[: _SHOWN - 1]:
        yield _command(level, finding)
    if not fit:
        more = count(len(findings) - _SHOWN + 1, *_NAMES[level])
        yield (
            f"::{level} title=relcheck::{more} not shown here: GitHub shows {_SHOWN} of a step. The job's summary "
            "lists them all where relcheck writes it (--output markdown), and so does the text report"
        )


def _command(level: str, finding: Finding) -> str:
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    properties = {"title": f"{shortened(finding.rule, _TITLE)}{status}"}
    if finding.path not in {"", "."}:
        region = finding.region
        place = {"file": finding.path, "line": str(region.line), "col": str(region.column)}
        if region.end_line == region.line and region.end_column > region.column:
            place["endColumn"] = str(region.end_column)
        properties = place | properties
    told = ",".join(f"{name}={workflow_property(value)}" for name, value in properties.items())
    return f"::{level} {told}::{workflow_data(brief(finding.message))}"
