"""Operations in a form in which those read from Django's SQL and those lowered from its migrations can be compared."""

from __future__ import annotations

from collections.abc import Iterable

from relcheck.sources.migration.operation import Column, Constraint, Kind, Operation
from relcheck.sources.migration.sql import read_sql

Shape = tuple[str, ...]

_SILENT = frozenset({Kind.STATE_ONLY, Kind.READ, Kind.SET, Kind.OTHER, Kind.ALTER_TABLE_OPTION})


def shapes_of_sql(statements: Iterable[str]) -> list[Shape]:
    """What Django's own SQL does. A foreign key is dropped before its column is; that is one act here."""
    operations = [
        operation
        for statement in statements
        for operation in read_sql(statement, "postgres").operations
        if operation.kind not in _SILENT and not statement.startswith("SET CONSTRAINTS ALL")
    ]
    kept: list[Operation] = []
    for number, operation in enumerate(operations):
        following = operations[number + 1] if number + 1 < len(operations) else None
        if (
            operation.kind is Kind.DROP_CONSTRAINT
            and (operation.name or "").startswith("fk_of_")
            and following is not None
            and following.kind is Kind.DROP_COLUMN
        ):
            continue
        kept.append(operation)
    return [_shape(operation) for operation in kept]


def shapes_of_migration(operations: Iterable[Operation]) -> list[Shape]:
    return [_shape(operation) for operation in operations if operation.kind not in _SILENT]


def _shape(operation: Operation) -> Shape:
    kind = operation.kind
    base = (kind.value, operation.table or "")
    if kind in {Kind.CREATE_TABLE, Kind.ADD_COLUMN}:
        columns = sorted(
            f"{column.name} {column.type.name}({','.join(column.type.arguments)}){'[]' * column.type.array}"
            f"{'' if column.nullable else ' not null'}{' identity' if column.identity else ''}"
            f"{_default(column)}"
            f"{f' {column.generated}' if column.generated else ''}"
            for column in operation.new_columns
        )
        return (*base, *columns, *sorted(_constraint(one) for one in operation.constraints))
    if kind is Kind.ADD_CONSTRAINT and operation.constraint is not None:
        return (*base, operation.name or "", _constraint(operation.constraint))
    if kind is Kind.DROP_CONSTRAINT:
        foreign = operation.constraint is not None and operation.constraint.type == "foreign_key"
        name = operation.name or ""
        return (*base, "foreign key" if foreign or name.startswith("fk_of_") else name)
    if kind is Kind.CREATE_INDEX:
        partial = "partial" if operation.has_where else ""
        unique = "unique" if operation.unique else ""
        concurrently = "concurrently" if operation.concurrently else ""
        method = operation.using if operation.using not in {"btree", ""} else ""
        columns = ",".join(operation.columns)
        return (*base, operation.name or "", columns, method, unique, partial, concurrently)
    if kind is Kind.DROP_INDEX:  # SQL does not say of which table
        return (kind.value, (operation.name or "").rpartition(".")[2], str(operation.concurrently))
    if kind is Kind.RENAME_INDEX:
        return (kind.value, operation.name or "", operation.new_name or "")
    if kind is Kind.ALTER_COLUMN_TYPE and operation.type is not None:
        type_ = operation.type
        return (*base, operation.column or "", type_.name, ",".join(type_.arguments), "[]" * type_.array)
    if kind in {Kind.RENAME_TABLE, Kind.RENAME_COLUMN}:
        return (*base, operation.column or "", operation.new_name or "")
    if kind is Kind.UPDATE:
        return (*base, str(operation.has_where))
    if kind is Kind.VALIDATE_CONSTRAINT:
        return (*base, operation.name or "")
    if kind is Kind.CREATE_EXTENSION:
        return (kind.value, operation.name or "")
    return (*base, operation.column or "")


def _default(column: Column) -> str:
    return "" if column.default is None else f" default {column.default.strip('()').lower()}"


def _constraint(constraint: Constraint) -> str:
    references = constraint.references
    target = f" -> {references.table}({','.join(references.columns)})" if references is not None else ""
    columns = ",".join(constraint.columns) if constraint.type != "check" else ""
    return f"{constraint.type} {columns}{target}{' not valid' if constraint.not_valid else ''}"
