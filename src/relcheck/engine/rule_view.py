"""The project as a rule's `check` sees it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from relcheck.config import Config
from relcheck.engine.own_rules import VACUOUS_RULE
from relcheck.engine.project import ProjectView
from relcheck.model.exceptions import Waiver
from relcheck.model.finding import Detail, Finding, Fix, Region, Related, Status
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.gating import GateSettings
from relcheck.sdk.layering import Layering
from relcheck.sdk.rule import Allowance
from relcheck.sdk.spec import RuleSpec

if TYPE_CHECKING:
    from relcheck.engine.revisions.history import Then
    from relcheck.sdk.governance import Governance
    from relcheck.sdk.rendered import Rendered
    from relcheck.sdk.selection import Selections
    from relcheck.sources.markers.marker import Marker
    from relcheck.sources.matrix.link import Documents
    from relcheck.sources.migration.link import Linked
    from relcheck.sources.migration.migration import Migration
    from relcheck.sources.python.import_graph import ImportGraph
    from relcheck.sources.stubs.linked import Linked as Code


class RuleView(msgspec.Struct, frozen=True):
    """What a project rule's `check` is given."""

    spec: RuleSpec
    facts: Mapping[str, object]
    project: ProjectView

    @property
    def paths(self) -> Sequence[str]:
        return self.project.paths

    @property
    def graph(self) -> ImportGraph:
        return self.project.graph

    @property
    def migrations(self) -> Linked:
        return self.project.migrations

    @property
    def governance(self) -> Governance:
        return self.project.governance

    @property
    def rendered(self) -> Rendered | None:
        return self.project.rendered

    def is_gated(self, migration: Migration) -> bool:
        return migration.path not in self.project.old_migrations.paths and not migration.restates

    @property
    def documents(self) -> Documents:
        return self.project.documents

    @property
    def markers(self) -> Mapping[str, Sequence[Marker]]:
        return self.project.markers

    @property
    def upheld(self) -> Mapping[str, str]:
        return self.project.upheld

    @property
    def gates(self) -> GateSettings:
        return self.project.config.gates

    @property
    def layering(self) -> Layering:
        return self.project.config.layering

    @property
    def selections(self) -> Selections:
        return self.project.selections

    @property
    def unreadable(self) -> Sequence[str]:
        return tuple(path for path in self.paths if self.project.files[path].broken is not None)

    @property
    def today(self) -> date:
        return self.project.today

    @property
    def before(self) -> RuleView | None:
        was = self.project.before
        return RuleView(self.spec, {}, was) if was is not None else None

    def origin(self, path: str) -> str | None:
        return self.project.origin(path) if self.project.origin is not None else None

    def changed(self, path: str) -> bool:
        history = self.project.before_the_change() if self.project.before else None
        return history is not None and not history.has(path)

    def read(self, path: str) -> bytes | None:
        return self.project.read(path)

    def words(self, words: Collection[str], globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return self.project.words(words, globs)

    @property
    def code(self) -> Code:
        return self.project.code

    def lock(self, name: str) -> tuple[str, bytes | None]:
        return self.project.lock(name)

    def then(self, days: int, globs: Sequence[str], *, releases: int = 0) -> Then | None:
        return self.project.ago(days, lambda path: self.project.scopes.matches(path, globs), releases=releases)

    def allowances(self, contract: str) -> Sequence[Allowance]:
        return self.project.exceptions.usable(contract) if self.project.exceptions is not None else ()

    def vacuous(self, message: str, *keys: str | int) -> Finding:
        return about_settings(self.project.config, VACUOUS_RULE, f"{self.spec.name}: {message}", keys)

    def setting(self, *keys: str | int) -> tuple[str, Region]:
        path, line = self.project.config.file_and_line(keys)
        return path, Region(line, 1, line, 1)

    def matches(self, path: str, globs: Sequence[str]) -> bool:
        return self.project.scopes.matches(path, globs)

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
        allowed_by: Allowance | None = None,
        approved: bool = False,
        fix: Fix | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> Finding:
        waiver = getattr(allowed_by, "waiver", None)
        accepted = Status.APPROVED if approved else Status.NEW
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
            details=details or {},
            fix=fix,
            status=Status.WAIVED if isinstance(waiver, Waiver) else accepted,
            waiver=waiver if isinstance(waiver, Waiver) else None,
        )


def about_settings(config: Config, spec: RuleSpec, message: str, keys: Sequence[str | int]) -> Finding:
    """A finding about a place of the configuration, for a contract with its id in place of its number."""
    path, line = config.file_and_line(keys)
    return Finding(
        rule=spec.name,
        kind=spec.name.partition("/")[2],
        message=message,
        path=path,
        region=Region(line, 1, line, 1),
        severity=spec.severity,
        identity=message,
    )


def is_about_settings(finding: Finding) -> bool:
    """Whether a project rule says it of the configuration."""
    return finding.rule == VACUOUS_RULE.name
