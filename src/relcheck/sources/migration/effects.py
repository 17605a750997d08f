"""What each operation locks, reads, rewrites and loses: the one table that rules query and never restate.

It holds for PostgreSQL 10 to 18 and is proved against a real server by `make test-postgres`. Sources: the manual's
"Explicit Locking", ALTER TABLE with its section "Notes", CREATE INDEX "Building Indexes Concurrently", REINDEX
"Rebuilding Indexes Concurrently", and the pages of the other statements, which say what they lock. Of other databases
it says what is lost and which phase an operation belongs to, not what it locks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import msgspec

from relcheck.sources.migration.lock import Effect, Lock, LockMode, Loss, Phase, Work
from relcheck.sources.migration.operation import UNKNOWN, Column, Constraint, Kind, Operation
from relcheck.sources.migration.type_changes import type_change

Version: TypeAlias = tuple[int, ...]
"""A server's version: `(16,)`, `(14, 3)`; empty where it is not known, which means any that is supported."""

_ACCESS_EXCLUSIVE = LockMode.ACCESS_EXCLUSIVE
_SHARE_ROW_EXCLUSIVE = LockMode.SHARE_ROW_EXCLUSIVE
_SHARE_UPDATE_EXCLUSIVE = LockMode.SHARE_UPDATE_EXCLUSIVE


def effect_of(operation: Operation, version: Version = ()) -> Effect:
    """The effect of an operation on a server of this version; of one that is not known, on any that is supported."""
    entry = _TABLE.get(operation.kind)
    if entry is None:
        return Effect()
    effect = entry(operation, version) if callable(entry) else entry.effect(operation)
    if operation.dialect != "postgres":
        return Effect(loss=effect.loss, phase=effect.phase)
    if operation.created_here:
        # Nobody else sees the table before the migration is committed.
        return Effect(
            locks=tuple(one for one in effect.locks if one.role in ("referenced", "parent")), phase=effect.phase
        )
    return effect


class _Entry(msgspec.Struct, frozen=True):
    """An effect that is the same for every operation of a kind."""

    phase: Phase
    mode: LockMode | None = None
    work: tuple[Work, ...] = ()
    loss: tuple[Loss, ...] = ()

    def effect(self, operation: Operation) -> Effect:
        return Effect(locks=_own(operation, self.mode), work=self.work, loss=self.loss, phase=self.phase)


def _own(operation: Operation, mode: LockMode | None) -> tuple[Lock, ...]:
    return (Lock(operation.table or operation.name or UNKNOWN, mode),) if mode is not None else ()


def _create_table(one: Operation, version: Version) -> Effect:
    """A new partition, or child, locks its parent (CREATE TABLE, `PARTITION OF`)."""
    del version
    parents = [Lock(name, _ACCESS_EXCLUSIVE, "parent") for name in one.targets if one.object_type == "partition"]
    referenced = {
        each.references.table: Lock(each.references.table, _SHARE_ROW_EXCLUSIVE, "referenced")
        for each in one.constraints
        if each.references is not None and each.references.table != one.table
    }
    return Effect(locks=(*parents, *referenced.values()), phase="expand")


def _drop_table(one: Operation, version: Version) -> Effect:
    """The tables that its foreign keys point at are locked as well, as their triggers go."""
    del version
    locks = (*_own(one, _ACCESS_EXCLUSIVE), *_referenced(one.before.constraints, one, _ACCESS_EXCLUSIVE))
    return Effect(locks=locks, loss=("rows", "columns"), phase="contract")


def _drop_column(one: Operation, version: Version) -> Effect:
    """A virtual generated column holds nothing that its expression does not say."""
    del version
    locks = (*_own(one, _ACCESS_EXCLUSIVE), *_referenced(one.before.constraints, one, _ACCESS_EXCLUSIVE))
    virtual = one.before.generated == "virtual"
    return Effect(locks=locks, loss=("definition",) if virtual else ("columns",), phase="contract")


def _storage(one: Operation, version: Version) -> Effect:
    del version
    return Effect(locks=_own(one, _ACCESS_EXCLUSIVE), work=("rewrite",), phase="none")


def _option(one: Operation, version: Version) -> Effect:
    """COMMENT, SET STATISTICS, SET (…) and CLUSTER ON let everybody go on; owner, storage and the rest do not."""
    del version
    light = one.name in ("comment", "statistics", "options", "cluster")
    return Effect(locks=_own(one, _SHARE_UPDATE_EXCLUSIVE if light else _ACCESS_EXCLUSIVE))


def _add_column(one: Operation, version: Version) -> Effect:
    work: list[Work] = []
    perhaps: list[Work] = []
    locks = list(_own(one, _ACCESS_EXCLUSIVE))
    for column in one.new_columns:
        rewrites = True if one.before.checked_domain else _is_filled_in(column, version)
        if rewrites or rewrites is None:
            (work if rewrites else perhaps).append("rewrite")
        if not column.nullable and not _has_value(column):
            work.append("scan")
    for constraint in (*(each for column in one.new_columns for each in column.constraints), *one.constraints):
        work += _inline_work(constraint, one.new_columns)
        locks += _referenced((constraint,), one, _SHARE_ROW_EXCLUSIVE)
    return Effect(locks=tuple(dict.fromkeys(locks)), work=_each(work), perhaps=_each(perhaps), phase="expand")


def _is_filled_in(column: Column, version: Version) -> bool | None:
    """Whether every row is written anew for a new column. A constant is kept once for all rows from PostgreSQL 11 on
    (release notes 11, "Allow ALTER TABLE to add a column with a non-null default without doing a table rewrite")."""
    if column.serial or column.identity or column.generated == "stored":
        return True
    if column.default is None or column.generated == "virtual" or column.default.strip().lower() == "null":
        return False
    return True if version and version < (11,) else column.volatile


def _has_value(column: Column) -> bool:
    """Whether rows that exist get a value, so that nothing is to be looked for."""
    return column.default is not None or column.serial or column.identity or column.generated == "stored"


def _inline_work(constraint: Constraint, columns: tuple[Column, ...]) -> list[Work]:
    """A foreign key of a column that is NULL everywhere is not checked."""
    if constraint.type in ("unique", "primary_key", "exclude"):
        return ["build"]
    if constraint.type == "check":
        return ["scan"]
    if constraint.type == "foreign_key" and any(column.default is not None for column in columns):
        return ["scan"]
    return []


def _alter_column_type(one: Operation, version: Version) -> Effect:
    change = type_change(one.before.type, one.type, using=one.using, column=one.column or "", version=version)
    work: list[Work] = []
    perhaps: list[Work] = []
    if change.rewrite:
        work.append("rewrite")
    elif change.rewrite is None:
        perhaps.append("rewrite")
    else:
        if any(each.type == "check" for each in one.before.constraints):
            work.append("scan")
        if one.before.indexes and (change.reindex or one.value):
            work.append("build")
    loss: tuple[Loss, ...] = ("values",) if change.narrows else ()
    return Effect(
        locks=_own(one, _ACCESS_EXCLUSIVE), work=_each(work), perhaps=_each(perhaps), loss=loss, phase="contract"
    )


def _set_not_null(one: Operation, version: Version) -> Effect:
    """From PostgreSQL 12 on a validated CHECK makes looking needless (ALTER TABLE: "if a valid CHECK constraint is
    found which proves no NULL can exist, then the table scan is skipped")."""
    proven = one.before.nullable is False or (one.before.proven_not_null and not (version and version < (12,)))
    return Effect(locks=_own(one, _ACCESS_EXCLUSIVE), work=() if proven else ("scan",), phase="contract")


def _add_constraint(one: Operation, version: Version) -> Effect:
    del version
    constraint = one.constraint
    if constraint is None:
        return Effect(locks=_own(one, _ACCESS_EXCLUSIVE), perhaps=("scan",), phase="expand")
    if constraint.type == "foreign_key":
        locks = (*_own(one, _SHARE_ROW_EXCLUSIVE), *_referenced((constraint,), one, _SHARE_ROW_EXCLUSIVE))
        return Effect(locks=locks, work=() if constraint.not_valid else ("scan",), phase="expand")
    locks = _own(one, _ACCESS_EXCLUSIVE)
    if constraint.type in ("check", "not_null"):
        return Effect(locks=locks, work=() if constraint.not_valid else ("scan",), phase="expand")
    if constraint.type == "exclude":
        return Effect(locks=locks, work=("build",), phase="expand")
    if constraint.type not in ("primary_key", "unique"):
        return Effect(locks=locks, perhaps=("scan", "build"), phase="expand")
    work: list[Work] = [] if constraint.using_index else ["build"]
    if constraint.type == "primary_key" and not _all_not_null(constraint, one):
        work.append("scan")
    return Effect(locks=locks, work=_each(work), phase="expand")


def _all_not_null(constraint: Constraint, one: Operation) -> bool:
    columns = constraint.columns or one.before.index_columns
    return bool(columns) and set(columns) <= set(one.before.not_null)


def _drop_constraint(one: Operation, version: Version) -> Effect:
    del version
    locks = (*_own(one, _ACCESS_EXCLUSIVE), *_referenced(one.before.constraints, one, _ACCESS_EXCLUSIVE))
    return Effect(locks=locks, loss=("guarantee",), phase="contract")


def _validate_constraint(one: Operation, version: Version) -> Effect:
    del version
    locks = (*_own(one, _SHARE_UPDATE_EXCLUSIVE), *_referenced(one.before.constraints, one, LockMode.ROW_SHARE))
    return Effect(locks=locks, work=("scan",), phase="migrate")


def _create_index(one: Operation, version: Version) -> Effect:
    del version
    mode = _SHARE_UPDATE_EXCLUSIVE if one.concurrently else LockMode.SHARE
    return Effect(locks=_own(one, mode), work=("build",), phase="expand")


def _drop_index(one: Operation, version: Version) -> Effect:
    del version
    mode = _SHARE_UPDATE_EXCLUSIVE if one.concurrently else _ACCESS_EXCLUSIVE
    loss: tuple[Loss, ...] = ("guarantee",) if one.unique or one.before.unique_index else ()
    return Effect(locks=_own(one, mode), loss=loss, phase="contract")


def _rename_index(one: Operation, version: Version) -> Effect:
    """It locks the index. From PostgreSQL 12 on readers go on (release notes 12, "Reduce the locking level required for
    renaming an index")."""
    mode = _ACCESS_EXCLUSIVE if version and version < (12,) else _SHARE_UPDATE_EXCLUSIVE
    return Effect(locks=(Lock(one.name or UNKNOWN, mode, "index"),))


def _reindex(one: Operation, version: Version) -> Effect:
    """The table under SHARE, each of its indexes under ACCESS EXCLUSIVE: a query that is being planned looks at every
    index, so that it waits (REINDEX, section "Notes")."""
    del version
    if one.concurrently:
        return Effect(locks=_own(one, _SHARE_UPDATE_EXCLUSIVE), work=("build",))
    index = Lock((one.name if one.object_type == "index" else None) or UNKNOWN, _ACCESS_EXCLUSIVE, "index")
    return Effect(locks=(index, *(_own(one, LockMode.SHARE) if one.table else ())), work=("build",))


def _attach_partition(one: Operation, version: Version) -> Effect:
    """From PostgreSQL 12 on the partitioned table stays open (release notes 12, "Allow ATTACH PARTITION to be performed
    with reduced locking requirements")."""
    parent = _ACCESS_EXCLUSIVE if version and version < (12,) else _SHARE_UPDATE_EXCLUSIVE
    partition = one.new_name or one.name or UNKNOWN
    return Effect(
        locks=(Lock(partition, _ACCESS_EXCLUSIVE, "partition"), *_own(one, parent)), work=("scan",), phase="expand"
    )


def _detach_partition(one: Operation, version: Version) -> Effect:
    """The partition itself is closed for a moment in either way."""
    del version
    parent = _SHARE_UPDATE_EXCLUSIVE if one.concurrently else _ACCESS_EXCLUSIVE
    partition = Lock(one.new_name or one.name or UNKNOWN, _ACCESS_EXCLUSIVE, "partition")
    return Effect(locks=(*_own(one, parent), partition), phase="contract")


def _refresh(one: Operation, version: Version) -> Effect:
    del version
    if one.concurrently:
        return Effect(locks=_own(one, LockMode.EXCLUSIVE), work=("scan",))
    return Effect(locks=_own(one, _ACCESS_EXCLUSIVE), work=("rewrite",))


def _create_view(one: Operation, version: Version) -> Effect:
    del version
    return Effect(locks=_own(one, _ACCESS_EXCLUSIVE) if one.or_replace else (), phase="expand")


def _drop_view(one: Operation, version: Version) -> Effect:
    del version
    return Effect(locks=_own(one, _ACCESS_EXCLUSIVE), loss=("definition",), phase="contract")


def _alter_domain(one: Operation, version: Version) -> Effect:
    """Adding a constraint reads every table with a column of the domain, under SHARE."""
    del version
    constraint = one.constraint
    if constraint is None or constraint.not_valid:
        return Effect()
    return Effect(locks=(Lock(UNKNOWN, LockMode.SHARE),), work=("scan",), phase="expand")


def _truncate(one: Operation, version: Version) -> Effect:
    del version
    others = (Lock(UNKNOWN, _ACCESS_EXCLUSIVE, "dependent"),) if one.cascade else ()
    return Effect(locks=(*_own(one, _ACCESS_EXCLUSIVE), *others), loss=("rows",), phase="contract")


def _change_rows(one: Operation, version: Version) -> Effect:
    del version
    loss: tuple[Loss, ...] = ("rows",) if one.kind is Kind.DELETE else ()
    work: tuple[Work, ...] = ("scan",) if one.has_where is False else ()
    return Effect(locks=_own(one, LockMode.ROW_EXCLUSIVE), work=work, loss=loss, phase="migrate")


def _lock_table(one: Operation, version: Version) -> Effect:
    """Without a mode it is the strongest (LOCK, "If no lock mode is specified, then ACCESS EXCLUSIVE")."""
    del version
    return Effect(locks=_own(one, _MODES.get((one.value or "").upper().removesuffix(" MODE"), _ACCESS_EXCLUSIVE)))


def _referenced(constraints: tuple[Constraint, ...], one: Operation, mode: LockMode) -> tuple[Lock, ...]:
    """The tables that foreign keys point at, beside the operation's own."""
    tables = [each.references.table for each in constraints if each.references is not None]
    return tuple(Lock(table, mode, "referenced") for table in dict.fromkeys(tables) if table != one.table)


def _each(work: list[Work]) -> tuple[Work, ...]:
    return tuple(dict.fromkeys(work))


_MODES = {str(mode): mode for mode in LockMode}
_BRIEF = _Entry("none", _ACCESS_EXCLUSIVE)
_EXPAND = _Entry("expand", _ACCESS_EXCLUSIVE)
_CONTRACT = _Entry("contract", _ACCESS_EXCLUSIVE)
_TRIGGER = _Entry("none", _SHARE_ROW_EXCLUSIVE)
_NEW = _Entry("expand")
_GONE = _Entry("contract", loss=("definition",))

_TABLE: Mapping[Kind, _Entry | Callable[[Operation, Version], Effect]] = {
    Kind.CREATE_TABLE: _create_table,
    Kind.CREATE_TABLE_AS: _NEW,
    Kind.DROP_TABLE: _drop_table,
    Kind.RENAME_TABLE: _CONTRACT,
    Kind.MOVE_TABLE_SCHEMA: _CONTRACT,
    Kind.ALTER_TABLE_STORAGE: _storage,
    Kind.ALTER_TABLE_OPTION: _option,
    Kind.ADD_COLUMN: _add_column,
    Kind.DROP_COLUMN: _drop_column,
    Kind.RENAME_COLUMN: _CONTRACT,
    Kind.ALTER_COLUMN_TYPE: _alter_column_type,
    Kind.SET_NOT_NULL: _set_not_null,
    Kind.DROP_NOT_NULL: _EXPAND,
    Kind.SET_DEFAULT: _EXPAND,
    Kind.DROP_DEFAULT: _EXPAND,
    Kind.ADD_IDENTITY: _EXPAND,
    Kind.DROP_IDENTITY: _CONTRACT,
    Kind.DROP_EXPRESSION: _CONTRACT,
    Kind.ADD_CONSTRAINT: _add_constraint,
    Kind.DROP_CONSTRAINT: _drop_constraint,
    Kind.RENAME_CONSTRAINT: _BRIEF,
    Kind.VALIDATE_CONSTRAINT: _validate_constraint,
    Kind.ALTER_CONSTRAINT: _BRIEF,
    Kind.CREATE_INDEX: _create_index,
    Kind.DROP_INDEX: _drop_index,
    Kind.RENAME_INDEX: _rename_index,
    Kind.REINDEX: _reindex,
    Kind.ATTACH_PARTITION: _attach_partition,
    Kind.DETACH_PARTITION: _detach_partition,
    Kind.DROP_PARTITION: _Entry("contract", _ACCESS_EXCLUSIVE, loss=("rows",)),
    Kind.CREATE_TYPE: _NEW,
    Kind.CREATE_ENUM: _NEW,
    Kind.CREATE_DOMAIN: _NEW,
    Kind.ALTER_DOMAIN: _alter_domain,
    Kind.DROP_TYPE: _GONE,
    Kind.ADD_ENUM_VALUE: _NEW,
    Kind.RENAME_ENUM_VALUE: _Entry("contract"),
    Kind.CREATE_VIEW: _create_view,
    Kind.CREATE_MATERIALIZED_VIEW: _NEW,
    Kind.DROP_VIEW: _drop_view,
    Kind.REFRESH_MATERIALIZED_VIEW: _refresh,
    Kind.CREATE_ROUTINE: _NEW,
    Kind.DROP_ROUTINE: _GONE,
    Kind.CREATE_TRIGGER: _TRIGGER,
    Kind.DROP_TRIGGER: _Entry("contract", _ACCESS_EXCLUSIVE, loss=("definition",)),
    Kind.ENABLE_TRIGGER: _TRIGGER,
    Kind.DISABLE_TRIGGER: _TRIGGER,
    Kind.CREATE_SEQUENCE: _NEW,
    Kind.ALTER_SEQUENCE: _TRIGGER,
    Kind.DROP_SEQUENCE: _Entry("contract", _ACCESS_EXCLUSIVE, loss=("definition",)),
    Kind.CREATE_SCHEMA: _NEW,
    Kind.RENAME_SCHEMA: _Entry("contract"),
    Kind.DROP_SCHEMA: _Entry("contract", loss=("rows", "columns", "definition")),
    Kind.DROP_DATABASE: _Entry("contract", loss=("rows", "columns", "definition")),
    Kind.CREATE_EXTENSION: _NEW,
    Kind.DROP_EXTENSION: _GONE,
    Kind.RENAME_OBJECT: _CONTRACT,
    Kind.DROP_OBJECT: _GONE,
    Kind.TRUNCATE: _truncate,
    Kind.INSERT: _change_rows,
    Kind.UPDATE: _change_rows,
    Kind.DELETE: _change_rows,
    Kind.COPY: _change_rows,
    Kind.CREATE_POLICY: _BRIEF,
    Kind.DROP_POLICY: _BRIEF,
    Kind.ENABLE_ROW_SECURITY: _BRIEF,
    Kind.DISABLE_ROW_SECURITY: _BRIEF,
    Kind.LOCK_TABLE: _lock_table,
    Kind.VACUUM_FULL: _Entry("none", _ACCESS_EXCLUSIVE, ("rewrite",)),
    Kind.CLUSTER: _Entry("none", _ACCESS_EXCLUSIVE, ("rewrite",)),
}
