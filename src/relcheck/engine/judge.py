"""From what the rules found to what the run reports: severities, waivers, and what it says of its own work."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from relcheck.config import Config
from relcheck.config.suggest import hint
from relcheck.engine import own_rules
from relcheck.engine.examining.examiner import Examined
from relcheck.engine.exceptions.inline import Inline
from relcheck.engine.plan import Plan, Planned, Scopes, configured_globs, configured_symbols, convention_names
from relcheck.engine.project import Surroundings
from relcheck.engine.rule_view import about_settings
from relcheck.model.exceptions import Waiver
from relcheck.model.finding import Finding, Region, Status
from relcheck.sdk.spec import Catalog, RuleSpec
from relcheck.sources.globs import Globs

if TYPE_CHECKING:
    from relcheck.engine.exceptions.baseline import Baseline
    from relcheck.engine.exceptions.baselined import JudgedLine

_TOP = Region(1, 1, 1, 1)

_FEW_RULES = 5
"""Rules that a message names one by one."""


class Case(msgspec.Struct, frozen=True):
    """All that a verdict is made of. `examined` holds the scanned files, `paths` every file of the project that a
    rule may concern, `unseen` what could not be looked at. `selected` says that the command line has chosen among the
    rules, `names_folder` that it names a folder to look into.

    Where the policy comes from another revision, `now` is the case by today's configuration and `baseline_now`
    today's baseline, neither of which is trusted, and `moved` tells where files stood there. `trusts` says whether
    a waiver in the code may silence a finding, `adopted_before` whether the project defined a convention's names
    there.
    """

    catalog: Catalog
    config: Config
    plan: Plan
    scopes: Scopes
    examined: Mapping[str, Examined]
    findings: Sequence[Finding]
    surroundings: Callable[[], Surroundings]
    paths: Sequence[str]
    complete: bool
    today: date
    files_by_rule: Mapping[str, int] = msgspec.field(default_factory=dict)
    baseline: Baseline | None = None
    baseline_now: Baseline | None = None
    moved: Mapping[str, str] = msgspec.field(default_factory=dict)
    now: Case | None = None
    names_folder: bool = False
    unseen: Sequence[str] = ()
    selected: bool = False
    trusts: Callable[[Waiver, Finding], bool] | None = None
    adopted_before: Callable[[Planned], bool] | None = None


class Verdict(msgspec.Struct, frozen=True):
    """Every finding of the run with its severity and status, sorted; and what became of the lines of the baseline."""

    findings: list[Finding]
    lines: tuple[JudgedLine, ...] = ()


def judge(case: Case) -> list[Finding]:
    """Every finding of the run with its severity and status, sorted."""
    return verdict(case).findings


def verdict(case: Case) -> Verdict:
    """What a run comes to."""
    findings = [*case.findings, *_unreadable(case), *_crashed(case)]
    if case.complete:
        findings.extend(_vacuous_still(case))
    if case.complete or case.names_folder:
        findings.extend(_nothing_checked(case))
    accepted = _accepted(case, _waived(case, findings))
    graded = (_graded(case, one) for one in accepted.findings)
    return Verdict(sorted((one for one in graded if one is not None), key=lambda one: one.sort_key), accepted.lines)


def _accepted(case: Case, findings: list[Finding]) -> Verdict:
    """The findings with those marked that the baseline accepts, and those about it."""
    if case.baseline is None:
        return Verdict(findings)
    from relcheck.engine.exceptions.baselined import Ran, accept

    ran = Ran(
        catalog=case.catalog,
        rules={one.spec.name for one in case.plan.rules},
        prefix=case.scopes.prefix,
        examined=case.examined,
        paths=case.paths,
        unseen=case.unseen,
        complete=case.complete,
        selected=case.selected,
        today=case.today,
        moved=case.moved,
        now=case.baseline_now,
    )
    accepted = accept(case.baseline, findings, ran)
    return Verdict(accepted.findings, accepted.lines)


def _graded(case: Case, finding: Finding) -> Finding | None:
    """The finding with the severity that the configuration or a convention gives it; None where it is off."""
    settings = case.config.rule(case.catalog.rules[finding.rule])
    chosen = case.config.override(finding.rule, finding.path.removeprefix(case.scopes.prefix))
    if chosen == "off" or settings.enabled is False:
        return None
    severity = chosen or settings.severity
    planned = case.plan.named(finding.rule)
    if severity is None and planned is not None and planned.spec.convention is not None and not _adopted(case, planned):
        severity = min(planned.spec.convention.otherwise, finding.severity, key=lambda one: one.rank)
    return replace(finding, severity=severity) if severity is not None else finding


def _adopted(case: Case, planned: Planned) -> bool:
    convention = planned.spec.convention
    if convention is None or convention.names.name in planned.configured:
        return True
    if case.surroundings().defines(convention_names(planned)):
        return True
    return case.adopted_before is not None and case.adopted_before(planned)


def _unreadable(case: Case) -> Iterable[Finding]:
    for path, one in case.examined.items():
        if one.broken is None:
            continue
        rules = _listed(one.broken.rules)
        region = Region(one.broken.line, one.broken.column, one.broken.line, one.broken.column)
        message = f"{one.broken.message}. Nothing in this file was checked by {rules}"
        yield _own(own_rules.UNPARSEABLE_FILE, path, region, message, key="unparseable")


def _listed(rules: Sequence[str]) -> str:
    """The names of a few rules; of many, how many of each pack there are."""
    if len(rules) <= _FEW_RULES:
        return ", ".join(rules)
    packs = Counter(rule.partition("/")[0] for rule in rules)
    return "the rules of " + ", ".join(f"{pack} ({count})" for pack, count in sorted(packs.items()))


def _crashed(case: Case) -> Iterable[Finding]:
    for path, one in case.examined.items():
        for crash in one.crashes:
            message = f"the rule {crash.rule} raised {crash.error}. It did not check this file; please report it"
            region = Region(crash.line, 1, crash.line, 1)
            yield _own(own_rules.RULE_CRASHED, path, region, message, key=crash.rule)


def _vacuous_still(case: Case) -> Iterable[Finding]:
    """The vacuous entries of the configuration; those that today's does not hold any more are mended."""
    found = _vacuous(case)
    if case.now is None:
        return found
    today = {one.identity for one in _vacuous(case.now)}
    return [one for one in found if one.identity in today]


def _vacuous(case: Case) -> Iterable[Finding]:
    known: Surroundings | None = None
    paths = [path.removeprefix(case.scopes.prefix) for path in case.paths]
    for planned in case.plan.rules:
        for key, index, pattern in configured_globs(planned):
            if Globs([pattern]).unmatched(paths):
                message = f"{planned.spec.name}: `{key}` holds {pattern!r}, which matches no file. Correct or remove it"
                yield _about_config(case, planned.spec, key, index, message)
        for key, index, name in configured_symbols(planned):
            known = known or case.surroundings()
            if not known.knows(name):
                message = (
                    f"{planned.spec.name}: `{key}` holds {name!r}, which no file defines or imports. "
                    "Correct or remove it"
                )
                yield _about_config(case, planned.spec, key, index, message)
        if (
            planned.spec.files
            and not case.files_by_rule.get(planned.spec.name)
            and case.config.rule(planned.spec).enabled
        ):
            message = f"{planned.spec.name} is switched on, and there is no file for it to look at"
            yield _about_config(case, planned.spec, "enabled", None, message)
    yield from _vacuous_exceptions(case, paths)
    yield from _vacuous_layers(case, paths)


def _vacuous_exceptions(case: Case, paths: Sequence[str]) -> Iterable[Finding]:
    """A stage waits for nothing that is not its own: what concerns a scan's rules is left to the scan."""
    names = [planned.spec.name for planned in case.plan.rules]
    in_stage = any(planned.spec.stage for planned in case.plan.rules)
    for waiver in case.config.waivers:
        if in_stage and not any(map(waiver.names, names)):
            continue
        for pattern in Globs(waiver.globs).unmatched(paths):
            message = f"the waiver's path {pattern!r} matches no file. Correct or remove it"
            region = Region(waiver.line, 1, waiver.line, 1)
            yield _own(own_rules.VACUOUS_RULE, waiver.path, region, message, key=f"waivers:{pattern}")
    for override in case.config.overrides if not in_stage else ():
        for pattern in Globs(override.paths).unmatched(paths):
            message = f"the override's path {pattern!r} matches no file. Correct or remove it"
            region = Region(override.line, 1, override.line, 1)
            yield _own(own_rules.VACUOUS_RULE, case.config.file or ".", region, message, key=f"overrides:{pattern}")


def _vacuous_layers(case: Case, paths: Sequence[str]) -> Iterable[Finding]:
    """Patterns of the section `layers` that match no file."""
    layering = case.config.layering
    said = [(("layers", "define", name), globs) for name, globs in layering.define.items()]
    for keys, globs in (*said, (("layers", "required_in"), layering.required_in)):
        for pattern in Globs(globs).unmatched(paths):
            message = f"the pattern {pattern!r} of {'.'.join(keys)} matches no file. Correct or remove it"
            yield about_settings(case.config, own_rules.VACUOUS_RULE, message, keys)


def _about_config(case: Case, spec: RuleSpec, key: str, index: int | None, message: str) -> Finding:
    origin = case.config.rule(spec).origin(key, index)
    region = Region(origin.line or 1, 1, origin.line or 1, 1)
    return _own(own_rules.VACUOUS_RULE, origin.file or case.config.file or ".", region, message, key=message)


def _nothing_checked(case: Case) -> Iterable[Finding]:
    if any(case.files_by_rule.values()):
        return
    if not case.plan.rules:
        message = "no rule takes part in this scan. Look at --select, --ignore and what the configuration switches off"
    else:
        files = len(case.paths)
        none = "no rule is about the one file" if files == 1 else f"none of the {files} files concerns any rule"
        seen = none if files else "there are no files here"
        message = f"{seen}. Is this the right folder, and is `exclude` right?"
    yield _own(own_rules.NOTHING_CHECKED, case.config.file or ".", _TOP, message, key="nothing")


def _own(spec: RuleSpec, path: str, region: Region, message: str, *, key: str) -> Finding:
    return Finding(
        rule=spec.name,
        kind=spec.name.partition("/")[2],
        message=message,
        path=path,
        region=region,
        severity=spec.severity,
        identity=key,
    )


def _waived(case: Case, findings: Sequence[Finding]) -> list[Finding]:
    """Waive what is waived, then report the waivers that are wrong or of no use."""
    inline = {path: one.waivers for path, one in case.examined.items() if one.waivers}
    problems: list[Finding] = []
    usable: dict[str, list[Waiver]] = {}
    for path, written in inline.items():
        for one in written:
            problem = _problem(case, one)
            if problem is not None:
                problems.append(problem)
            else:
                usable.setdefault(path, []).append(one.waiver)
    configured = []
    for waiver in case.config.waivers:
        region = Region(waiver.line, 1, waiver.line, 1)
        if case.config.require_reason and not waiver.explained:
            text = 'this waiver waives nothing: it gives no reason. Write `reason = "…"`'
            problems.append(
                _own(own_rules.WAIVER_WITHOUT_REASON, waiver.path, region, text, key=",".join(waiver.rules))
            )
        elif waiver.expired(case.today):
            problems.append(_expired(waiver, region))
        else:
            configured.append((waiver, Globs(waiver.globs)))
    used: set[tuple[int, str]] = set()
    covering = _covering(usable, findings)
    judged = [
        _with_waiver(case, one, covering.get((one.path, one.region.line), ()), configured, used) for one in findings
    ]
    problems.extend(_unused(case, inline, usable, configured, used))
    return judged + problems


def _covering(
    usable: Mapping[str, Sequence[Waiver]], findings: Iterable[Finding]
) -> dict[tuple[str, int], list[list[Waiver]]]:
    """The inline waivers for each line with findings, those together that cover the same lines for the same rules: a
    file may hold thousands of either."""
    lines: dict[str, set[int]] = {path: set() for path in usable}
    for one in findings:
        if one.path in lines:
            lines[one.path].add(one.region.line)
    covering: dict[tuple[str, int], list[list[Waiver]]] = {}
    for path, waivers in usable.items():
        found = sorted(lines[path])
        groups: dict[tuple[int, int, tuple[str, ...]], list[Waiver]] = {}
        for waiver in waivers:
            groups.setdefault((waiver.first, waiver.last, waiver.rules), []).append(waiver)
        for (first, last, _), alike in groups.items():
            for line in found[bisect_left(found, first) : bisect_right(found, last)]:
                covering.setdefault((path, line), []).append(alike)
    return covering


def _with_waiver(
    case: Case,
    finding: Finding,
    inline: Sequence[Sequence[Waiver]],
    configured: Sequence[tuple[Waiver, Globs]],
    used: set[tuple[int, str]],
) -> Finding:
    relative = finding.path.removeprefix(case.scopes.prefix)
    for alike in inline:
        named = _naming(case, alike[0], finding.rule)
        for waiver in alike if named is not None else ():
            used.add((id(waiver), str(named)))
            if case.trusts is None or case.trusts(waiver, finding):
                return replace(finding, status=Status.WAIVED, waiver=waiver)
    for waiver, globs in configured:
        named = _naming(case, waiver, finding.rule)
        if named is not None and globs.matches(relative):
            used.add((id(waiver), named))
            return replace(finding, status=Status.WAIVED, waiver=waiver)
    return finding


def _naming(case: Case, waiver: Waiver, rule: str) -> str | None:
    """The word of the waiver that names this rule: its name, its pack's or a former name."""
    spec = case.catalog.rules.get(rule)
    names = {rule, rule.partition("/")[0], *(spec.aliases if spec is not None else ())}
    return next((name for name in waiver.rules if name in names), None)


def _problem(case: Case, inline: Inline) -> Finding | None:
    waiver = inline.waiver
    end = inline.column + len(inline.text)
    region = Region(waiver.line, inline.column, waiver.line, end)
    unknown = [name for name in waiver.rules if not case.catalog.named(name) and not name.startswith("local/")]
    message = inline.problem
    if message is None and unknown:
        known = {*case.catalog.rules, *case.catalog.packs}
        message = f"no rule is named {unknown[0]}{hint(unknown[0], known, '`relcheck rules` lists them')}"
    if message is None and case.config.require_reason and not waiver.explained:
        message = "it gives no reason: write `reason: …` behind the bracket"
    if message is not None:
        text = f"this waiver waives nothing: {message}"
        return _own(own_rules.WAIVER_WITHOUT_REASON, waiver.path, region, text, key=",".join(waiver.rules))
    if waiver.expired(case.today):
        return _expired(waiver, region)
    return None


def _expired(waiver: Waiver, region: Region) -> Finding:
    message = f"this waiver ended on {waiver.until}: mend what it covers, or agree on a new date"
    return _own(own_rules.EXPIRED_WAIVER, waiver.path, region, message, key=",".join(waiver.rules))


def _unused(
    case: Case,
    inline: Mapping[str, Sequence[Inline]],
    usable: Mapping[str, Sequence[Waiver]],
    configured: Sequence[tuple[Waiver, Globs]],
    used: set[tuple[int, str]],
) -> Iterable[Finding]:
    """Waivers of no use, judged only for rules that ran, on files that were scanned."""
    columns = {id(one.waiver): one for written in inline.values() for one in written}
    for waivers in usable.values():
        for waiver in waivers:
            if idle := _idle(case, waiver, used):
                written = columns[id(waiver)]
                region = Region(waiver.line, written.column, waiver.line, written.column + len(written.text))
                yield _idle_finding(waiver, idle, region)
    if case.complete:
        paths = [path.removeprefix(case.scopes.prefix) for path in case.paths]
        for waiver, globs in configured:
            if any(map(globs.matches, paths)) and (idle := _idle(case, waiver, used)):
                yield _idle_finding(waiver, idle, Region(waiver.line, 1, waiver.line, 1))


def _idle(case: Case, waiver: Waiver, used: set[tuple[int, str]]) -> list[str]:
    ran = {one.spec.name for one in case.plan.rules}
    idle = []
    for name in waiver.rules:
        rules = {spec.name for spec in case.catalog.named(name)}
        if rules and rules <= ran and (id(waiver), name) not in used:
            idle.append(name)
    return idle


def _idle_finding(waiver: Waiver, idle: Sequence[str], region: Region) -> Finding:
    message = f"this waiver waives nothing: {', '.join(idle)} found nothing here. Remove it"
    return _own(own_rules.UNUSED_WAIVER, waiver.path, region, message, key=",".join(idle))
