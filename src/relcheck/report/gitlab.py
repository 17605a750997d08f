"""GitLab's code quality report: an array of issues, which the merge request compares with that of its target branch.

GitLab tells issues by their fingerprint alone, so it is unique in a report, and the same when lines move: the path, the
finding's own fingerprint, and the number of the finding among its equals. Since GitLab compares, findings that the
change has not made (`existing`) are there too.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.severity import Severity
from relcheck.report.escape import as_json, brief, visible
from relcheck.report.selection import comparable

if TYPE_CHECKING:
    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document, an issue on each line."""
    del style
    equals: Counter[tuple[str, str]] = Counter()
    lines = []
    for finding in comparable(outcome, show_all=show_all):
        key = finding.path, finding.fingerprint
        lines.append(as_json(_issue(finding, equals[key])))
        equals[key] += 1
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"


def _issue(finding: Finding, number: int) -> dict[str, object]:
    excused = "" if finding.status in {Status.NEW, Status.EXISTING} else f" ({finding.status.value})"
    return {
        "description": f"{brief(finding.message) or 'a finding'}{excused}",
        "check_name": visible(finding.rule),
        "fingerprint": _identity(finding.path, finding.fingerprint, number),
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": visible(finding.path or "."), "lines": {"begin": finding.region.line}},
    }


def _identity(path: str, fingerprint: str, number: int) -> str:
    parts = f"{fingerprint}\0{number}\0{path}"
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
