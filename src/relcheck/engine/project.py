"""The project as a whole: what its files define and import, and the decisions of project rules over their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from relcheck.engine.examining.examiner import Examined, Examiner, RuleCrash
from relcheck.engine.plan import Planned, Scopes
from relcheck.model.finding import Finding, Region, Related
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.rule import ProjectRule
from relcheck.sdk.spec import RuleSpec
from relcheck.sources.python.names import last


class Surroundings(msgspec.Struct, frozen=True, dict=True):
    """What is known of every file of the project, by path."""

    files: Mapping[str, Examined]

    def defines(self, names: Sequence[str]) -> bool:
        """Whether a file of the project defines one of these names."""
        return not self._defined.isdisjoint(map(last, names))

    @cached_property
    def _defined(self) -> frozenset[str]:
        return frozenset(name for one in self.files.values() for name in one.known.defined)

    def knows(self, name: str) -> bool:
        """Whether a file of the project defines or imports the name."""
        short = last(name)
        return any(short in one.known.defined or short in one.known.imported for one in self.files.values())


class _View(msgspec.Struct, frozen=True):
    """What a project rule's `check` is given."""

    spec: RuleSpec
    facts: Mapping[str, object]
    paths: Sequence[str]
    scopes: Scopes

    def matches(self, path: str, globs: Sequence[str]) -> bool:
        return self.scopes.matches(path, globs)

    def finding(
        self,
        path: str,
        region: Region,
        message: str,
        *,
        key: str,
        kind: str | None = None,
        symbol: str | None = None,
        contract: str | None = None,
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
    ) -> Finding:
        return Finding(
            rule=self.spec.name,
            kind=kind or "finding",
            message=message,
            path=path,
            region=region,
            severity=severity or self.spec.severity,
            confidence=confidence or self.spec.confidence,
            symbol=symbol,
            contract=contract,
            identity=key,
            related=tuple(related),
        )


def project_findings(examiner: Examiner, files: Mapping[str, Examined]) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of all project rules over the facts of all files."""
    found: list[Finding] = []
    crashed: list[RuleCrash] = []
    for planned in examiner.plan.project_rules:
        if any(planned.spec.name in one.facts for one in files.values()):
            rule = examiner.make(planned)
            if isinstance(rule, ProjectRule):
                findings, crashes = check_project(planned, rule, files, examiner.scopes)
                found += findings
                crashed += crashes
    return found, crashed


def check_project(
    planned: Planned, rule: ProjectRule[object], files: Mapping[str, Examined], scopes: Scopes
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of a project rule over the facts of all files."""
    facts: dict[str, object] = {
        path: msgspec.msgpack.decode(one.facts[planned.spec.name], type=rule.facts)
        for path, one in files.items()
        if planned.spec.name in one.facts
    }
    view = _View(planned.spec, facts, tuple(sorted(files)), scopes)
    try:
        found = [one for one in rule.check(view) if isinstance(one, Finding)]
    except Exception as error:  # noqa: BLE001  # whatever a rule raises is reported as relcheck/rule-crashed
        return [], [RuleCrash(planned.spec.name, 1, f"{type(error).__name__}: {error}")]
    return found, []
