"""SARIF 2.1.0, as GitHub code scanning reads it.

Which findings. GitHub opens an alert for every result, suppressed or not, and compares branches itself. So new and
existing findings are there (`baselineState` tells them apart), and what is waived, approved or in the baseline is not.
With `--show-waived` it is, with its suppression (section 3.35), for viewers that know what this means.

Regions are one line, because GitHub shows an alert on a pull request only where every line of it is part of the change.
Results are sorted, the gravest first, since GitHub keeps 5,000 and refuses a run of more than 25,000.

What is left out: `primaryLocationLineHash`, which the upload works out itself; `automationDetails`, because a run that
has it takes no category from the upload, and two jobs would overwrite each other; anything of the machine or the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck import __version__
from relcheck.model.exceptions import Origin
from relcheck.model.finding import Finding, Fix, Region, Related, Status
from relcheck.report.escape import as_json, brief, encodable, one_line, shortened
from relcheck.report.markup import uri_path
from relcheck.report.sarif_rules import LEVELS, Json, descriptors, rule_id
from relcheck.report.selection import comparable, gravest_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.model.outcome import Outcome
    from relcheck.report.terminal import Style

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_RESULTS = 25_000
_MOST_CHARACTERS = 64 * 1024 * 1024
"""Of all results. GitHub takes 10 MB, compressed; results compress to less than a tenth."""

_MOST_RELATED = 100
_SNIPPET = 1_000
_ROOT = "%SRCROOT%"
_CRASHED = "relcheck/rule-crashed"


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:
    """The document, a result on each line."""
    del style
    findings = gravest_first(comparable(outcome, show_all=show_all))
    rules = descriptors(outcome, {finding.rule for finding in findings})
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    compared = any(one.status in {Status.EXISTING, Status.BASELINED} for one in outcome.findings)
    lines: list[str] = []
    size = 0
    for finding in findings[:_MOST_RESULTS]:
        line = as_json(_result(finding, places[rule_id(finding.rule)], compared=compared))
        size += len(line)
        if size > _MOST_CHARACTERS:
            break
        lines.append(line)
    driver = {"name": "relcheck", "version": __version__, "semanticVersion": __version__, "rules": rules}
    results = ",\n".join(lines)
    return (
        f'{{"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{\n'
        f'"tool": {as_json({"driver": driver})},\n'
        f'"invocations": {as_json([_invocation(outcome, len(findings) - len(lines))])},\n'
        f'"originalUriBaseIds": {as_json({_ROOT: {"description": {"text": "The root of the repository."}}})},\n'
        f'"columnKind": "unicodeCodePoints",\n'
        f'"properties": {as_json(_properties(outcome))},\n'
        f'"results": [\n{results}\n]}}]}}\n'
    )


def _invocation(outcome: Outcome, cut: int) -> Json:
    told: Json = {"executionSuccessful": not any(one.rule == _CRASHED for one in outcome.findings)}
    if cut:
        text = f"{cut} more findings are left out, the gravest are here. `relcheck scan --output json` lists all."
        told["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": text}}]
    return told


def _properties(outcome: Outcome) -> Json:
    """What no standard property says: how much was looked at."""
    return {
        "files": outcome.files,
        "parsed": outcome.parsed,
        "partial": outcome.partial,
        "notExamined": {one_line(reason): len(paths) for reason, paths in sorted(outcome.not_examined.items())},
        "rulesSkipped": [one_line(rule) for rule in outcome.rules_skipped],
    }


def _result(finding: Finding, rule: int, *, compared: bool) -> Json:
    place = _physical(finding.path, _one_line_region(finding.region, finding.snippet))
    if finding.snippet is not None:
        code = shortened(encodable(finding.snippet.rstrip("\r\n")), _SNIPPET)
        place["contextRegion"] = {"startLine": finding.region.line, "snippet": {"text": code}}
    told: Json = {
        "ruleId": rule_id(finding.rule),
        "ruleIndex": rule,
        "kind": "fail",
        "level": LEVELS[finding.severity],
        "message": _message(finding.message, "a finding"),
        "locations": [_location(place, finding.symbol)],
        "partialFingerprints": {"relcheck/v1": finding.fingerprint},
    }
    if related := finding.related[:_MOST_RELATED]:
        told["relatedLocations"] = [{"id": number, **_related(one)} for number, one in enumerate(related, 1)]
        if finding.contract is not None:
            told["codeFlows"] = [_code_flow(finding, related)]
    if compared:
        told["baselineState"] = "new" if finding.status is Status.NEW else "unchanged"
    if finding.status not in {Status.NEW, Status.EXISTING}:
        told["suppressions"] = [_suppression(finding)]
    if finding.fix is not None and finding.fix.edits:
        told["fixes"] = [_fix(finding.fix)]
    told["properties"] = {
        "kind": one_line(finding.kind),
        "confidence": finding.confidence.value,
        "status": finding.status.value,
        **({"contract": one_line(finding.contract)} if finding.contract is not None else {}),
    }
    return told


def _message(text: str, otherwise: str) -> Json:
    """A plain message. `[text](address)` in it would be a link (section 3.11.6): what looks like one is taken apart."""
    return {"text": brief(text).replace("](", "] (") or otherwise}


def _location(place: Json, symbol: str | None) -> Json:
    told: Json = {"physicalLocation": place}
    if symbol:
        told["logicalLocations"] = [{"fullyQualifiedName": brief(symbol)}]
    return told


def _physical(path: str, region: Json) -> Json:
    return {"artifactLocation": _artifact(path), "region": region}


def _artifact(path: str) -> Json:
    """A file of the repository; a configuration that was given by name may be elsewhere."""
    uri = uri_path(path)
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}


def _one_line_region(region: Region, snippet: str | None) -> Json:
    """The part of a region that is in its first line, at least one character wide."""
    end = region.end_column
    if region.end_line > region.line:
        end = len(snippet.rstrip("\r\n")) + 1 if snippet is not None else 0
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.line,
        "endColumn": max(end, region.column + 1),
    }


def _related(related: Related) -> Json:
    place = _physical(related.path, _one_line_region(related.region, None))
    return {"physicalLocation": place, "message": _message(related.message, "see here")}


def _code_flow(finding: Finding, related: Sequence[Related]) -> Json:
    """A finding about a contract tells a way: it begins at the finding and goes on through its related places, in
    their order."""
    first = Related(finding.path, finding.region, finding.message)
    return {"threadFlows": [{"locations": [{"location": _related(one)} for one in (first, *related)]}]}


def _suppression(finding: Finding) -> Json:
    """The exception that covers a finding (section 3.35): `inSource` where it is written into the file itself."""
    waiver = finding.waiver
    if waiver is None:
        kind = "inSource" if finding.status is Status.APPROVED else "external"
        return {"kind": kind, "status": "accepted", "justification": f"{finding.status.value}: no reason given"}
    reason = one_line(waiver.reason) if waiver.reason else "no reason given"
    until = f"; until {waiver.until.isoformat()}" if waiver.until else ""
    owner = f"; by {one_line(waiver.owner)}" if waiver.owner else ""
    told: Json = {
        "kind": "inSource" if waiver.origin is Origin.INLINE else "external",
        "status": "accepted",
        "justification": brief(f"{finding.status.value}: {reason}{until}{owner}"),
    }
    if waiver.path and waiver.line:
        region: Json = {"startLine": waiver.line}
        told["location"] = {"physicalLocation": _physical(waiver.path, region)}
    return told


def _fix(fix: Fix) -> Json:
    changes: dict[str, list[Json]] = {}
    for edit in fix.edits:
        deleted = {
            "startLine": edit.region.line,
            "startColumn": edit.region.column,
            "endLine": edit.region.end_line,
            "endColumn": edit.region.end_column,
        }
        changes.setdefault(edit.path, []).append(
            {"deletedRegion": deleted, "insertedContent": {"text": encodable(edit.text)}}
        )
    return {
        "description": _message(f"{'safe' if fix.safe else 'unsafe'} fix: {fix.description}", "fix"),
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }
