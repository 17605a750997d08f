"""What one transaction of a migration holds, and how each tool is told to open none."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk.migration import Kind, LockMode, Migration, Operation, effect_of

_WITHOUT = {
    "alembic": "Put it into `with op.get_context().autocommit_block():`",
    "django": "Give it a migration of its own with `atomic = False`",
    "prisma": "Give it a migration of its own: a file of one statement is sent without a transaction",
    "golang-migrate": "Give it a migration of its own: a file of one statement is sent without a transaction",
    "flyway": "Give it a migration of its own: one of nothing else is run without a transaction",
    "goose": "Give it a file of its own that says `-- +goose NO TRANSACTION`",
    "dbmate": "Give it a file of its own that says `-- migrate:up transaction:false`",
}
_CHANGES_ROWS = (Kind.UPDATE, Kind.DELETE, Kind.DATA_CODE)


def way_out(migration: Migration) -> str:
    """What to do with a statement that has to run outside a transaction."""
    return _WITHOUT.get(migration.framework, "Move it before BEGIN or behind COMMIT")


def by_transaction(migration: Migration) -> Iterator[tuple[Operation, ...]]:
    """The operations of each transaction of a migration on PostgreSQL, in order; those outside of any are left out."""
    found: dict[int, list[Operation]] = {}
    for one in migration.operations:
        if one.transaction is not None and one.dialect == "postgres":
            found.setdefault(one.transaction, []).append(one)
    for operations in found.values():
        yield tuple(operations)


def changes_rows(operation: Operation) -> bool:
    """Whether an operation changes rows that were there before: as many as there are, for all that is known."""
    if operation.created_here:
        return False
    if operation.kind is Kind.INSERT:
        return bool(operation.reads)
    return operation.kind in _CHANGES_ROWS


def exclusive(operation: Operation, migration: Migration) -> str | None:
    """The existing table that nobody else can use from this operation to the end of its transaction."""
    effect = effect_of(operation, migration.server_version)
    if operation.created_here or operation.table is None:
        return None
    locked = [lock.table for lock in effect.locks if lock.mode is LockMode.ACCESS_EXCLUSIVE and not lock.role]
    return locked[0] if locked else None
