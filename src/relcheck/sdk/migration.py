"""Rules about migrations: about one operation, one migration or a chain of them.

A `Hazard` is declared: which operations, what to say, what to do instead. What takes more than that is a
`MigrationRule` with methods marked by `@on(operation(…))`, or one that looks at whole migrations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import ClassVar, TypeAlias

import msgspec

from relcheck.model.finding import Detail, Fix, Region, Related
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.governance import operation_hash
from relcheck.sdk.mending import Written, written_in
from relcheck.sdk.operations import OperationSelector, blocks, loses, operation
from relcheck.sdk.rule import LinkedRule, Project, ProjectDraft, View, marked_methods
from relcheck.sdk.steps import Step, shown_words
from relcheck.sources.migration.alone import runs_alone
from relcheck.sources.migration.chain import Chain
from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.lock import Effect, Lock, LockMode
from relcheck.sources.migration.migration import Annotation, Migration, Problem
from relcheck.sources.migration.models import MODEL_WORDS, Model, models
from relcheck.sources.migration.operation import (
    UNKNOWN,
    Column,
    Constraint,
    Dialect,
    ForeignKey,
    Kind,
    Operation,
    SqlType,
)
from relcheck.sources.migration.type_changes import TypeChange, is_foreign, type_change
from relcheck.sources.migration.uses import Use, Wanted, uses

__all__ = [
    "MODEL_WORDS",
    "UNKNOWN",
    "Annotation",
    "Chain",
    "Column",
    "Constraint",
    "Dialect",
    "Effect",
    "ForeignKey",
    "Hazard",
    "Kind",
    "Lock",
    "LockMode",
    "Migration",
    "MigrationFinding",
    "MigrationFindings",
    "MigrationRule",
    "Model",
    "Operation",
    "Problem",
    "SqlType",
    "Step",
    "TypeChange",
    "Use",
    "Wanted",
    "blocks",
    "effect_of",
    "is_foreign",
    "loses",
    "models",
    "operation",
    "runs_alone",
    "type_change",
    "uses",
]


class MigrationFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found in one migration. `operation` is None where it is about the migration as a whole."""

    migration: Migration
    message: str
    operation: Operation | None
    region: Region
    path: str
    key: str
    kind: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    confidence: Confidence | None = None
    details: Mapping[str, Detail] = {}
    fix: Fix | None = None


MigrationFindings: TypeAlias = Iterator[MigrationFinding]

_DECISIONS = ("check", "judge", "check_operation", "check_migration", "check_chains", "check_project")
"""The methods by which a rule of its own making looks at more than the operations that it selects."""


class MigrationRule(LinkedRule):
    """A rule about migrations.

    Methods marked with `@on(operation(…))` are called for each operation of the way up that the selector matches, with
    the operation and its migration, and yield findings. `check_migration` sees each migration whole, the way down
    among it; `check_chains` sees all of them, environment by environment as `environment` says.

    `requires` are kinds of operations: in a migration that has none of them on its way up it finds nothing. A rule with
    nothing but selectors says that by these.
    """

    view = View.MIGRATIONS
    approvable: ClassVar[bool] = True
    """Whether an approval of the operation is one of what this rule finds in it."""
    files: ClassVar[tuple[str, ...]] = ("**/*.py", "**/*.sql")

    @classmethod
    def required(cls) -> tuple[str, ...]:
        """The kinds of operations that it judges; empty where these are not all that it looks at."""
        if cls.requires or not all(cls._is_declared(name) for name in _DECISIONS):
            return cls.requires
        return tuple(sorted(cls._selected() or ()))

    @classmethod
    def selectors(cls) -> Sequence[OperationSelector]:
        """Those of its marked methods."""
        return [one for _, selectors in marked_methods(cls) for one in selectors]

    @classmethod
    def _is_declared(cls, method: str) -> bool:
        """Whether a decision is left to the selectors."""
        return any(getattr(cls, method) is getattr(base, method) for base in (MigrationRule, Hazard))

    @classmethod
    def _selected(cls) -> frozenset[str] | None:
        """The kinds of operations that are judged one by one; None for all."""
        selected = [one.kinds for one in cls.selectors()]
        if not (cls._is_declared("check_operation") and all(selected)):
            return None
        return frozenset(kind for kinds in selected for kind in kinds)

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        """The fix of a finding about an operation, for a rule that is `fixable`; None where there is none here. See
        `relcheck.sdk.mending`."""
        del operation, migration, written
        return None

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        """The findings over all migrations of the project."""
        judged = self.judge(project.migrations.migrations, project.is_gated)
        told: set[tuple[str, Region, str, bool]] = set()
        for found in chain(judged, self.check_project(project)):
            operation, approved, details, fix = found.operation, False, found.details, found.fix
            if operation is not None:
                fix = fix or self._fix(operation, found.migration, project)
                effect = effect_of(operation, found.migration.server_version)
                standing = project.governance.standing(operation, found.migration, effect)
                approved = standing.approved and self.approvable
                details = {
                    **details,
                    "facets": dict(standing.facets),
                    "operation_hash": operation_hash(operation, found.migration),
                }
            said = (found.path, found.region, found.message, approved)
            if said in told:  # a loop or a helper does the same there once more
                continue
            told.add(said)
            yield project.finding(
                found.path,
                found.region,
                found.message,
                key=found.key,
                kind=found.kind,
                related=found.related,
                severity=found.severity,
                confidence=found.confidence,
                approved=approved,
                fix=fix,
                details=details,
            )

    def _fix(self, operation: Operation, migration: Migration, project: Project[object]) -> Fix | None:
        if not self.fixable or migration.down_path == migration.path:
            return None
        if self._written is None or self._written.path != migration.path:
            self._written = written_in(migration.path, project.read)
        return self.mended(operation, migration, self._written) if self._written is not None else None

    def judge(
        self, migrations: Sequence[Migration], is_gated: Callable[[Migration], bool] = lambda _: True
    ) -> MigrationFindings:
        """The same without a project."""
        required, selected = frozenset(self.required()), self._selected()
        for migration in filter(is_gated, migrations):
            if not required or not required.isdisjoint([one.kind for one in migration.operations]):
                yield from self._check_operations(migration, selected)
                yield from self.check_migration(migration)
        self._is_gated = is_gated
        yield from (found for found in self.check_chains(migrations) if is_gated(found.migration))

    def check_project(self, project: Project[object]) -> MigrationFindings:
        """The findings that take more of the project than its migrations: its code, or what it was before."""
        del project
        yield from ()

    def _check_operations(self, migration: Migration, selected: frozenset[str] | None) -> MigrationFindings:
        """What a helper does twice from the same call is told once."""
        told = set()
        for one in migration.operations:
            for found in self.check_operation(one, migration) if selected is None or one.kind in selected else ():
                if (place := (found.path, found.region, found.message)) not in told:
                    told.add(place)
                    yield found

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        """The findings in one operation of the way up: what the marked methods yield."""
        for name, selectors in self.handlers:
            if any(one.matches(operation, migration.server_version) for one in selectors):
                yield from getattr(self, name)(operation, migration)

    def check_migration(self, migration: Migration) -> MigrationFindings:
        """The findings in one migration as a whole."""
        del migration
        yield from ()

    def is_gated(self, migration: Migration) -> bool:
        """Whether a migration is judged, and not history; for `check_chains`, whose findings in history are dropped."""
        return self._is_gated(migration)

    def check_chains(self, migrations: Sequence[Migration]) -> MigrationFindings:
        """The findings in all migrations together."""
        del migrations
        yield from ()

    def found(
        self,
        operation: Operation,
        migration: Migration,
        message: str,
        *,
        kind: str | None = None,
        safe: Sequence[Step] = (),
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        region: Region | None = None,
        words: Mapping[str, str] | None = None,
    ) -> MigrationFinding:
        """A finding about an operation.

        In `message` words in braces stand for its parts: `{table}`, `{column}`, `{columns}`, `{name}`, `{new_name}`,
        `{value}`, `{type}`, `{old_type}`, `{referenced}`, `{object}`, and for what it does to others: `{lock}`,
        `{blocks}`. `words` are further ones: what comes from the migration is told by them, not written into `message`.
        """
        effect = effect_of(operation, migration.server_version)
        said = {
            **shown_words(operation),
            "lock": str(effect.mode or "no lock"),
            "blocks": _listed([one for one in effect.blocks if one != "ddl"]),
            **(words or {}),
        }
        return MigrationFinding(
            migration=migration,
            operation=operation,
            message=message.format_map(said),
            region=region or operation.region,
            path=migration.path,
            key=f"{migration.id}:{operation.subject}",
            kind=kind,
            related=(*related, *operation.related),
            severity=severity,
            confidence=confidence,
            details=_details(operation, migration, effect, [step.filled(operation) for step in safe]),
        )

    def found_in(
        self,
        migration: Migration,
        message: str,
        *,
        key: str,
        kind: str | None = None,
        region: Region | None = None,
        path: str | None = None,
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> MigrationFinding:
        """A finding about a migration as a whole; `key` tells it from others of the rule about the same migration."""
        return MigrationFinding(
            migration=migration,
            operation=None,
            message=message,
            region=region or migration.region,
            path=path or migration.path,
            key=f"{migration.id}:{key}",
            kind=kind,
            related=tuple(related),
            severity=severity,
            confidence=confidence,
            details={"migration": migration.id, **(details or {})},
        )

    _is_gated: Callable[[Migration], bool] = staticmethod(lambda _: True)
    _written: Written | None = None
    """The file of the last finding that asked for a fix; the next one is mostly in the same."""


class Hazard(MigrationRule):
    """A declared rule: `on` says which operations, `message` what is said of each (see `MigrationRule.found`), `safe`
    what to do instead, step by step. `applies` may say more of the operations than a selector can."""

    on: ClassVar[OperationSelector | tuple[OperationSelector, ...]]
    message: ClassVar[str]
    safe: ClassVar[tuple[Step, ...]] = ()

    @classmethod
    def selectors(cls) -> Sequence[OperationSelector]:
        return cls.on if isinstance(cls.on, tuple) else (cls.on,)

    def applies(self, operation: Operation, migration: Migration) -> bool:
        """Whether an operation that `on` selects is one."""
        del operation, migration
        return True

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        matched = any(one.matches(operation, migration.server_version) for one in self.selectors())
        if matched and self.applies(operation, migration):
            yield self.found(operation, migration, self.message, safe=self.safe_for(operation))

    def safe_for(self, operation: Operation) -> Sequence[Step]:
        """What to do instead of this operation."""
        del operation
        return self.safe


def _details(operation: Operation, migration: Migration, effect: Effect, safe: Sequence[Step]) -> Mapping[str, Detail]:
    details: dict[str, Detail] = {
        "migration": migration.id,
        "operation": operation.kind.value,
        "phase": effect.phase,
        "table": operation.table,
        "lock": str(effect.mode) if effect.mode is not None else None,
        "locks": {lock.table: str(lock.mode) for lock in reversed(effect.locks)},
        "blocks": list(effect.blocks),
        "rewrite": _told("rewrite", effect),
        "scan": _told("scan", effect),
        "build": _told("build", effect),
        "loss": list(effect.loss),
    }
    if safe:
        details["safe"] = [step.text for step in safe]
    return details


def _told(work: str, effect: Effect) -> bool | None:
    """None where the migration alone does not tell."""
    return True if work in effect.work else None if work in effect.perhaps else False


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words) or "nothing"
