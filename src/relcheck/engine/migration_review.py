"""A review of migrations, from the findings of a scan and the operations behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from relcheck.model.finding import Finding, Status
from relcheck.model.migration_review import Remark, Review, ReviewedMigration, ReviewedOperation, SafeStep
from relcheck.model.severity import Severity
from relcheck.sdk.governance import Governance, change_class, operation_hash
from relcheck.sdk.telling import told
from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.operation import Kind

if TYPE_CHECKING:
    from relcheck.engine.project import ProjectView
    from relcheck.model.outcome import Outcome
    from relcheck.sources.migration.lock import Effect
    from relcheck.sources.migration.migration import Migration
    from relcheck.sources.migration.operation import Operation

_USES = ("migrations/column-still-referenced", "migrations/contract-too-early")
_SILENT = frozenset({Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT, Kind.READ, Kind.STATE_ONLY})
"""What is not worth a line of its own in a review."""


def review(project: ProjectView | None, outcome: Outcome, asked: Collection[str]) -> Review:
    """The review of the gated migrations among the files that were asked for; `project` is None where there are
    none."""
    by_path: dict[str, list[Finding]] = {}
    for one in outcome.findings:
        by_path.setdefault(one.path, []).append(one)
    every = project.migrations.migrations if project is not None else ()
    old = project.old_migrations.paths if project is not None else frozenset[str]()
    gated = [one for one in every if one.path not in old and not one.restates]
    reviewed = []
    told_of: set[int] = set()
    for migration in gated:
        if project is None or migration.path not in asked:
            continue
        findings = by_path.get(migration.path, [])
        reviewed.append(_migration(migration, findings, project.governance))
        told_of.update(map(id, findings))
    others = [_remark(one) for one in outcome.findings if id(one) not in told_of]
    return Review(
        migrations=tuple(reviewed),
        fails=outcome.fails,
        errors=outcome.count_new(Severity.ERROR),
        warnings=outcome.count_new(Severity.WARNING),
        approved=outcome.count(Status.APPROVED),
        history="; ".join(project.notes()) if project is not None else "",
        others=tuple(others),
    )


def _migration(migration: Migration, findings: Sequence[Finding], governance: Governance) -> ReviewedMigration:
    by_hash: dict[str, list[Finding]] = {}
    rest = []
    for one in findings:
        key = one.details.get("operation_hash")
        if isinstance(key, str):
            by_hash.setdefault(key, []).append(one)
        else:
            rest.append(one)
    operations = []
    for operation in migration.operations:
        found = by_hash.get(operation_hash(operation, migration), [])
        if found or operation.kind not in _SILENT:
            operations.append(_operation(operation, migration, found, governance))
    return ReviewedMigration(
        id=migration.id,
        path=migration.path,
        framework=migration.framework,
        dialect=migration.dialect or "postgres",
        transaction=_transaction(migration),
        summary=_summary(operations),
        way_back=_way_back(migration),
        operations=tuple(operations),
        remarks=tuple(map(_remark, rest)),
    )


def _operation(
    operation: Operation, migration: Migration, findings: Sequence[Finding], governance: Governance
) -> ReviewedOperation:
    effect = effect_of(operation, migration.server_version)
    standing = governance.standing(operation, migration, effect)
    change = change_class(operation, effect)
    roles = governance.settings.signoffs.required.get(change, ()) if governance.settings.signoffs.roles else ()
    safe = next((one.details["safe"] for one in findings if one.details.get("safe")), [])
    return ReviewedOperation(
        what=told(operation),
        region=operation.region,
        phase=effect.phase,
        change=change,
        lock=str(effect.mode) if effect.mode is not None else None,
        blocks=effect.blocks,
        rewrite=_told("rewrite", effect),
        scan=_told("scan", effect),
        build=_told("build", effect),
        loss=effect.loss,
        rollback=_rollback(operation, migration, effect),
        facets=standing.facets,
        signs=tuple(roles),
        unsigned=tuple(governance.unsigned(operation, migration, effect) or ()),
        uses=tuple(place for one in findings if one.rule in _USES for place in one.related),
        remarks=tuple(map(_remark, findings)),
        safe=tuple(_safe_step(one, migration) for one in safe) if isinstance(safe, list) else (),
        written=operation.sql or operation.code,
        guards=operation.guards,
        unknown=operation.unknown,
        operation_hash=operation_hash(operation, migration),
    )


def _remark(finding: Finding) -> Remark:
    return Remark(
        finding.rule, finding.severity, finding.status.value, finding.message, finding.path, finding.region.line
    )


def _safe_step(text: str, migration: Migration) -> SafeStep:
    """A step as its text gives it, a comment that says what lies before it and the statement, in the language of the
    migration."""
    lines = text.splitlines()
    note = "; ".join(line.removeprefix("-- ") for line in lines if line.startswith("-- "))
    sql = "\n".join(line for line in lines if not line.startswith("-- "))
    alone = "outside a transaction" in note
    if not sql or migration.framework not in ("alembic", "django"):
        return SafeStep("sql", sql, note)
    said = _in_python(sql)
    if migration.framework == "django":
        note = note.replace("outside a transaction", "in a migration with atomic = False")
        return SafeStep("python", f"migrations.RunSQL({said}, reverse_sql=migrations.RunSQL.noop),", note)
    if alone:
        return SafeStep("python", f"with op.get_context().autocommit_block():\n    op.execute({said})", note)
    return SafeStep("python", f"op.execute({said})", note)


def _in_python(sql: str) -> str:
    """SQL as a literal that people would write."""
    statement = sql.removesuffix(";")
    if "\n" in statement or "\\" in statement:
        return repr(statement)
    quote = "'" if '"' in statement and "'" not in statement else '"'
    return f"{quote}{statement}{quote}" if quote not in statement else repr(statement)


def _told(work: str, effect: Effect) -> bool | None:
    return True if work in effect.work else None if work in effect.perhaps else False


def _transaction(migration: Migration) -> str:
    if not migration.atomic:
        return "outside of a transaction"
    if migration.transaction_over_all:
        return "in one transaction with all migrations that are pending"
    return "in a transaction of its own"


def _way_back(migration: Migration) -> str:
    if migration.rollback:
        return migration.rollback
    if migration.down is None:
        return "none: restore from a backup, or write a new migration"
    return "a way down is there" if migration.down else "the way down does nothing"


def _rollback(operation: Operation, migration: Migration, effect: Effect) -> str:
    """How an operation is taken back: seldom by going down again."""
    if operation.approval is not None and operation.approval.rollback:
        return operation.approval.rollback
    if {"rows", "columns", "values"} & set(effect.loss):
        return "restore from a backup: what is lost here cannot be had back"
    if operation.kind in (Kind.UPDATE, Kind.DELETE, Kind.DATA_CODE):
        return "a new correction, or restore from a backup: the old values are not kept"
    if effect.phase == "expand":
        return "roll the code back: it does not see what was added"
    return "go down again" if migration.down else "a new migration that undoes it"


def _summary(operations: Iterable[ReviewedOperation]) -> str:
    """What a migration does as a whole."""
    listed = list(operations)
    if not listed:
        return "does nothing to the database"
    phases = Counter(one.phase for one in listed)
    parts = [f"{count} {name}" for name, count in phases.items() if name != "none"]
    lost = any({"rows", "columns", "values"} & set(one.loss) for one in listed)
    several = f"{len(listed)} operations ({', '.join(parts)})" if parts else f"{len(listed)} operations"
    return f"{listed[0].what if len(listed) == 1 else several}{'; data is lost' if lost else ''}"
