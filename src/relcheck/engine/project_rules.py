"""What the rules over all files find in a project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from relcheck.config import Config, ConfigError
from relcheck.engine.examining.examiner import Examiner, RuleCrash
from relcheck.engine.examining.shared import SHARED_VIEWS
from relcheck.engine.files.git import GitError
from relcheck.engine.plan import Planned
from relcheck.engine.project import ProjectView
from relcheck.engine.rule_view import RuleView, is_about_settings
from relcheck.model.finding import Finding
from relcheck.sdk.rule import ProjectRule, SettingsError, View


def project_findings(
    examiner: Examiner, project: ProjectView, rules: Sequence[Planned] | None = None
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of all project rules, or of some, over the facts of all files. Raises ConfigError."""
    found: list[Finding] = []
    crashed: list[RuleCrash] = []
    for planned in examiner.plan.project_rules if rules is None else rules:
        with _settings_errors(project.config):
            may_find = _may_find(planned, project)
        rule = examiner.make(planned) if may_find else None
        if isinstance(rule, ProjectRule):
            findings, crashes = _found_by(planned, rule, project)
            found += findings
            crashed += crashes
    return found, crashed


def _may_find(planned: Planned, project: ProjectView) -> bool:
    """Whether there is anything for a rule to judge. The import graph has every file in it, whatever it says, a matrix
    that is configured and not there is told, and what the configuration calls migrations need not look like any.
    Raises SettingsError."""
    spec = planned.spec
    if spec.view == View.GRAPH or (spec.view == View.DOCUMENTS and project.config.matrices):
        return True
    named = spec.view == View.MIGRATIONS and bool(project.config.migrations.paths)
    if not named and not project.has_facts(spec.view if spec.view in SHARED_VIEWS else spec.name):
        return False
    if not spec.requires or planned.configured:
        return True
    return project.has_matrices if spec.view == View.DOCUMENTS else not project.gated_kinds.isdisjoint(spec.requires)


def _found_by(
    planned: Planned, rule: ProjectRule[object], project: ProjectView
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of a project rule over the facts of all files. Raises ConfigError and GitError."""
    facts: dict[str, object] = {
        path: msgspec.msgpack.decode(one.facts[planned.spec.name], type=rule.facts)
        for path, one in project.telling
        if planned.spec.name in one.facts
    }
    try:
        with _settings_errors(project.config):
            found = [one for one in rule.check(RuleView(planned.spec, facts, project)) if isinstance(one, Finding)]
    except (ConfigError, GitError):
        raise
    except Exception as error:  # noqa: BLE001  # whatever a rule raises is reported as relcheck/rule-crashed
        return [], [RuleCrash(planned.spec.name, 1, f"{type(error).__name__}: {error}")]
    if planned.scope is not None and planned.spec.view in SHARED_VIEWS:
        found = [one for one in found if is_about_settings(one) or project.scopes.concern(planned, one.path)]
    return found, []


def looks_at(planned: Planned, rule: ProjectRule[object], project: ProjectView) -> str:
    """What a rule about documents, migrations or the graph would look at, in its own words. Raises ConfigError."""
    with _settings_errors(project.config):
        return rule.looks_at(RuleView(planned.spec, {}, project))


@contextmanager
def _settings_errors(config: Config) -> Iterator[None]:
    """What contradicts the project is told at its place in the configuration, by a ConfigError."""
    try:
        yield
    except SettingsError as error:
        raise ConfigError(config.problem_at(error.keys, str(error))) from None
