"""The diagnostic format of reviewdog, `rdjson` (`DiagnosticResult` of reviewdog.proto).

Columns are bytes of UTF-8 there. They are known for the finding's own line, which is at hand; a fix is offered as a
suggestion where it is one edit in that line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Region, Status
from relcheck.report.escape import as_json, brief, encodable, visible
from relcheck.report.selection import listed

if TYPE_CHECKING:
    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document, a diagnostic on each line."""
    del style
    lines = ",\n".join(as_json(_diagnostic(finding)) for finding in listed(outcome, show_all=show_all))
    return f'{{"source": {as_json({"name": "relcheck"})},\n"diagnostics": [\n{lines}\n]}}\n'


def _diagnostic(finding: Finding) -> dict[str, object]:
    status = "" if finding.status is Status.NEW else f" ({finding.status.value})"
    code = {"value": visible(finding.rule)}
    if finding.help is not None:
        code["url"] = visible(finding.help)
    told: dict[str, object] = {
        "message": f"{brief(finding.message)}{status}",
        "location": {"path": visible(finding.path or "."), "range": _range(finding.region, finding.snippet)},
        "severity": finding.severity.value.upper(),
        "code": code,
    }
    if suggestion := _suggestion(finding):
        told["suggestions"] = [suggestion]
    return told


def _range(region: Region, snippet: str | None) -> dict[str, object]:
    """A region in bytes; whole lines where the text of a line is not known."""
    if snippet is None:
        return {"start": {"line": region.line}}
    start = {"line": region.line, "column": _byte_column(snippet, region.column)}
    if region.end_line != region.line or region.end_column < region.column:
        return {"start": start, "end": {"line": region.line, "column": _byte_column(snippet, len(snippet) + 1)}}
    return {"start": start, "end": {"line": region.line, "column": _byte_column(snippet, region.end_column)}}


def _byte_column(snippet: str, column: int) -> int:
    before = snippet.rstrip("\r\n")[: column - 1]
    return len(before.encode("utf-8", "surrogatepass")) + 1


def _suggestion(finding: Finding) -> dict[str, object] | None:
    if finding.fix is None or len(finding.fix.edits) != 1 or finding.snippet is None:
        return None
    (edit,) = finding.fix.edits
    line = finding.region.line
    if edit.path != finding.path or (edit.region.line, edit.region.end_line) != (line, line):
        return None
    return {"range": _range(edit.region, finding.snippet), "text": encodable(edit.text)}
