"""The columns that an operation makes or changes the type of."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk.migration import Column, Kind, Operation

_MADE = (Kind.CREATE_TABLE, Kind.ADD_COLUMN)


def made_columns(operation: Operation) -> Iterator[Column]:
    """New columns, and those that get a new type."""
    if operation.kind in _MADE:
        yield from operation.new_columns
    elif operation.kind is Kind.ALTER_COLUMN_TYPE and operation.type is not None and operation.column is not None:
        yield Column(name=operation.column, type=operation.type)


def shown(operation: Operation, column: Column) -> str:
    """The column for people, with braces that stand for themselves."""
    return f"{operation.table}.{column.name}".replace("{", "{{").replace("}", "}}")
