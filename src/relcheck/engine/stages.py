"""The stages that have rules, and what each rule would look at."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from relcheck.engine.catalog import make_rule
from relcheck.engine.ground import Ground, Request, find_ground
from relcheck.engine.plan import Planned, make_plan
from relcheck.engine.project import ProjectView
from relcheck.engine.project_rules import looks_at
from relcheck.engine.run import open_project
from relcheck.model.severity import Severity
from relcheck.sdk.rule import ProjectRule
from relcheck.sdk.spec import Catalog, RuleSpec


class Check(msgspec.Struct, frozen=True):
    """A rule of a stage. `looks_at` says what it would look at in this project; None where it is switched off."""

    rule: str
    severity: Severity
    summary: str
    looks_at: str | None


class Stage(msgspec.Struct, frozen=True):
    """A stage and its checks, by the names of their rules."""

    name: str
    checks: tuple[Check, ...]


def stage_names(catalog: Catalog) -> tuple[str, ...]:
    """The stages that any rule belongs to."""
    return tuple(sorted({spec.stage for spec in catalog.rules.values()} - {""}))


def stages(request: Request) -> tuple[Stage, ...]:
    """What each stage would check where the request takes place. Raises what `open_project` raises."""
    ground = find_ground(request)
    return tuple(_stage(replace(request, stage=name), ground) for name in stage_names(ground.catalog))


def _stage(request: Request, ground: Ground) -> Stage:
    runs = {one.spec.name: one for one in make_plan(ground.catalog, ground.config, stage=request.stage).rules}
    specs = (one for one in ground.catalog.rules.values() if one.stage == request.stage)
    with open_project(request) as (_, project):
        return Stage(request.stage, tuple(_check(spec, runs.get(spec.name), project) for spec in specs))


def _check(spec: RuleSpec, planned: Planned | None, project: ProjectView) -> Check:
    severity = project.config.rule(spec).severity or spec.severity
    rule = make_rule(planned) if planned is not None else None
    said = None
    if planned is not None:
        said = looks_at(planned, rule, project) if isinstance(rule, ProjectRule) else ""
    return Check(spec.name, severity, spec.summary, said)
