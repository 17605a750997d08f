"""What Django does by itself on the way back: the opposite of each operation, the last one first."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from relcheck.sources.migration.django.code import locator
from relcheck.sources.migration.django.facts import DjangoMigration, SqlText
from relcheck.sources.migration.operation import Column, Dialect, Kind, Operation

_OPPOSITES = {
    Kind.CREATE_TABLE: Kind.DROP_TABLE,
    Kind.DROP_TABLE: Kind.CREATE_TABLE,
    Kind.ADD_COLUMN: Kind.DROP_COLUMN,
    Kind.DROP_COLUMN: Kind.ADD_COLUMN,
    Kind.CREATE_INDEX: Kind.DROP_INDEX,
    Kind.DROP_INDEX: Kind.CREATE_INDEX,
    Kind.ADD_CONSTRAINT: Kind.DROP_CONSTRAINT,
    Kind.DROP_CONSTRAINT: Kind.ADD_CONSTRAINT,
    Kind.SET_NOT_NULL: Kind.DROP_NOT_NULL,
    Kind.DROP_NOT_NULL: Kind.SET_NOT_NULL,
    Kind.SET_DEFAULT: Kind.DROP_DEFAULT,
    Kind.DROP_DEFAULT: Kind.SET_DEFAULT,
    Kind.CREATE_EXTENSION: Kind.DROP_EXTENSION,
    Kind.CREATE_TRIGGER: Kind.DROP_TRIGGER,
    Kind.DROP_TRIGGER: Kind.CREATE_TRIGGER,
}
_RENAMES = frozenset({Kind.RENAME_TABLE, Kind.RENAME_COLUMN, Kind.RENAME_INDEX})


def way_back(operations: Sequence[Operation], facts: DjangoMigration, dialect: Dialect) -> tuple[Operation, ...] | None:
    """The way back of a migration: the opposites of its operations, and the SQL and code that are given for it. None
    where something of it cannot be undone."""
    if any(step.reverse == "missing" for step in facts.steps):
        return None
    code = [
        Operation(kind=Kind.DATA_CODE, region=step.region, dialect=dialect, code="reverse_code")
        for step in facts.steps
        if step.type == "python" and step.reverse == "given"
    ]
    sql = [one for operation in facts.operations for text in operation.reverse_sql for one in _read(text, dialect)]
    return (*_opposites(operations), *code, *sql)


def _read(sql: SqlText, dialect: Dialect) -> Sequence[Operation]:
    if sql.text is None:
        return [Operation(kind=Kind.OPAQUE, region=sql.region, dialect=dialect)]
    from relcheck.sources.migration.sql.script import read_sql

    return read_sql(sql.text, dialect, place=locator(sql)).operations


def _opposites(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Of what Django has operations for; neither passing steps nor what stands on a table that goes as a whole."""
    found: list[Operation] = []
    for one in reversed(operations):
        if one.sql or one.transient or (one.created_here and one.kind is not Kind.CREATE_TABLE):
            continue
        if one.kind in _RENAMES:
            found.append(_renamed(one))
        elif one.kind is Kind.ALTER_COLUMN_TYPE and one.before.type is not None:
            found.append(replace(one, type=one.before.type, before=replace(one.before, type=one.type), using=""))
        elif one.kind in _OPPOSITES:
            found.append(_opposite(one, _OPPOSITES[one.kind]))
    return tuple(replace(one, approval=None, created_here=False) for one in found)


def _renamed(one: Operation) -> Operation:
    if one.kind is Kind.RENAME_TABLE:
        return replace(one, table=one.new_name, new_name=one.table)
    if one.kind is Kind.RENAME_COLUMN:
        return replace(one, column=one.new_name, new_name=one.column)
    return replace(one, name=one.new_name, new_name=one.name)


def _opposite(one: Operation, kind: Kind) -> Operation:
    if kind is Kind.ADD_COLUMN and one.column is not None:
        nullable = one.before.nullable is not False
        column = Column(name=one.column, nullable=nullable)
        if one.before.type is not None:
            column = replace(column, type=one.before.type)
        return replace(one, kind=kind, new_columns=(column,))
    if kind in {Kind.DROP_TABLE, Kind.DROP_COLUMN}:
        return replace(one, kind=kind, new_columns=(), constraints=())
    return replace(one, kind=kind)
