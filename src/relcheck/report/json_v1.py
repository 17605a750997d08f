"""The report for programs: JSON, version 1. Fields may be added, never changed, and their order is part of the bytes.

The structs below are the format: the report is written from them and `schema()` describes them, so the two cannot
differ.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from relcheck import __version__
from relcheck.model.exceptions import Origin, Waiver
from relcheck.model.finding import Detail, Edit, Finding, Fix, Region, Related, Status
from relcheck.model.severity import Confidence, Severity
from relcheck.report.escape import visible_json

if TYPE_CHECKING:
    from relcheck.model.outcome import Compared, Outcome
    from relcheck.report.terminal import Style

Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
AnyJson = Annotated[object, Meta(extra_json_schema={"description": "any JSON value"})]


class JsonTool(Struct, frozen=True):
    name: str
    version: str


class JsonSummary(Struct, frozen=True):
    """`findings`, `errors`, `warnings` and `info` count findings with the status `new`, listed or not.

    `rules` maps each rule that ran to the number of files it looked at, `not_examined` a reason to the number of paths
    that were left out for it. `rules_skipped` names rules that are configured and did not run.
    """

    files: Count
    parsed: Count
    findings: Count
    errors: Count
    warnings: Count
    info: Count
    existing: Count
    baselined: Count
    waived: Count
    approved: Count
    partial: bool
    rules_skipped: list[str]
    not_examined: dict[str, Count]
    rules: dict[str, Count]


class JsonRelated(Struct, frozen=True):
    """Another place that explains the finding, with a sentence of its own."""

    path: str
    line: Ordinal
    column: Ordinal
    message: str


class JsonEdit(Struct, frozen=True):
    """Replace what stands from `line`, `column` up to `end_line`, `end_column` (exclusive) by `text`."""

    path: str
    line: Ordinal
    column: Ordinal
    end_line: Ordinal
    end_column: Ordinal
    text: str


class JsonFix(Struct, frozen=True):
    """A change that mends the finding; `safe` means that behaviour stays the same."""

    safe: bool
    description: str
    edits: list[JsonEdit]


class JsonWaiver(Struct, frozen=True):
    """The stated exception that covers the finding, and where it is written; `until` is the last day that it holds."""

    reason: str | None
    until: Annotated[str, Meta(extra_json_schema={"format": "date"})] | None
    owner: str | None
    origin: Origin
    path: str
    line: Annotated[int, Meta(ge=0)]


class JsonFinding(Struct, frozen=True):
    """One place where a rule is broken.

    Lines and columns count from 1, columns in characters, `end_column` is exclusive. `fingerprint`
    and `path` together stay the same when lines move or code is reformatted.
    """

    rule: str
    kind: str
    contract: str | None
    severity: Severity
    confidence: Confidence
    message: str
    path: str
    line: Ordinal
    column: Ordinal
    end_line: Ordinal
    end_column: Ordinal
    symbol: str | None
    fingerprint: str
    status: Status
    related: list[JsonRelated]
    details: dict[str, AnyJson]
    fix: JsonFix | None
    help: str | None
    waiver: JsonWaiver | UnsetType = UNSET


class JsonRevision(Struct, frozen=True):
    """Another revision that played a part: what the user called it, and the commit that it came to."""

    ref: str
    commit: str


class JsonReport(Struct, frozen=True):
    """The result of `relcheck scan`.

    `stats`, `base` (the merge base that was compared with) and `policy` (the revision that the policy was read from)
    are there only if they were asked for.
    """

    version: Literal[1]
    tool: JsonTool
    summary: JsonSummary
    findings: list[JsonFinding]
    stats: dict[str, str] | UnsetType = UNSET
    base: JsonRevision | UnsetType = UNSET
    policy: JsonRevision | UnsetType = UNSET


def render(outcome: Outcome, style: Style, *, show_all: bool = False) -> str:  # noqa: ARG001  every format has a style
    """The report as one document. Invisible characters and lone surrogates are escaped, so that it can be encoded."""
    findings = outcome.findings if show_all else tuple(outcome.new())
    report = JsonReport(
        version=1,
        tool=JsonTool(name="relcheck", version=__version__),
        summary=_summary(outcome),
        findings=[_finding(finding) for finding in findings],
        stats=dict(outcome.stats) or UNSET,
        base=_revision(outcome.base),
        policy=_revision(outcome.policy),
    )
    # The standard library writes the text: msgspec refuses lone surrogates, which names of files and literals may hold.
    document = json.dumps(msgspec.to_builtins(report), indent=2, ensure_ascii=False, allow_nan=False)
    return visible_json(document) + "\n"


def schema() -> str:
    """The JSON Schema (2020-12) of the report, as it stands in `docs/report-v1.schema.json`."""
    described = msgspec.json.schema(JsonReport)
    for definition in described["$defs"].values():
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "relcheck report, version 1",
        **described,
    }
    return json.dumps(document, indent=2) + "\n"


def _summary(outcome: Outcome) -> JsonSummary:
    return JsonSummary(
        files=outcome.files,
        parsed=outcome.parsed,
        findings=outcome.count(Status.NEW),
        errors=outcome.count_new(Severity.ERROR),
        warnings=outcome.count_new(Severity.WARNING),
        info=outcome.count_new(Severity.INFO),
        existing=outcome.count(Status.EXISTING),
        baselined=outcome.count(Status.BASELINED),
        waived=outcome.count(Status.WAIVED),
        approved=outcome.count(Status.APPROVED),
        partial=outcome.partial,
        rules_skipped=list(outcome.rules_skipped),
        not_examined={reason: len(paths) for reason, paths in sorted(outcome.not_examined.items())},
        rules={rule.name: rule.files for rule in sorted(outcome.rules, key=lambda rule: rule.name)},
    )


def _finding(finding: Finding) -> JsonFinding:
    region = finding.region
    return JsonFinding(
        rule=finding.rule,
        kind=finding.kind,
        contract=finding.contract,
        severity=finding.severity,
        confidence=finding.confidence,
        message=finding.message,
        path=finding.path,
        line=region.line,
        column=region.column,
        end_line=region.end_line,
        end_column=region.end_column,
        symbol=finding.symbol,
        fingerprint=finding.fingerprint,
        status=finding.status,
        related=[_related(related) for related in finding.related],
        details={key: _plain(value) for key, value in finding.details.items()},
        fix=_fix(finding.fix) if finding.fix else None,
        help=finding.help,
        waiver=_waiver(finding.waiver) if finding.waiver else UNSET,
    )


def _revision(compared: Compared | None) -> JsonRevision | UnsetType:
    return JsonRevision(compared.ref, compared.commit) if compared is not None else UNSET


def _related(related: Related) -> JsonRelated:
    return JsonRelated(related.path, related.region.line, related.region.column, related.message)


def _fix(fix: Fix) -> JsonFix:
    return JsonFix(fix.safe, fix.description, [_edit(edit) for edit in fix.edits])


def _edit(edit: Edit) -> JsonEdit:
    region: Region = edit.region
    return JsonEdit(edit.path, region.line, region.column, region.end_line, region.end_column, edit.text)


def _waiver(waiver: Waiver) -> JsonWaiver:
    until = waiver.until.isoformat() if waiver.until else None
    return JsonWaiver(waiver.reason, until, waiver.owner, waiver.origin, waiver.path, waiver.line)


def _plain(value: Detail) -> Detail:
    """The value as JSON can hold it: infinities and NaN, which it has no words for, as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
