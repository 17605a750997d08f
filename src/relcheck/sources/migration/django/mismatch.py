"""Whether the two halves of a SeparateDatabaseAndState tell of the same columns."""

from __future__ import annotations

from relcheck.model.finding import Region
from relcheck.sources.migration.migration import Problem
from relcheck.sources.migration.operation import UNKNOWN, Column, Kind, Operation

KIND = "state-db-mismatch"

_UNDECIDED = frozenset({Kind.OPAQUE, Kind.UNPARSEABLE, Kind.DATA_CODE, Kind.OTHER})


def mismatches(state: tuple[Operation, ...], database: tuple[Operation, ...], region: Region) -> list[Problem]:
    """Columns that the state adds and the database does not, though it adds others to the same table; and columns that
    both add, one of them with NOT NULL. Half a pair is often done elsewhere, so a lone one says nothing."""
    if any(operation.kind in _UNDECIDED or operation.unknown for operation in database):
        return []
    made = _columns(database)
    problems: list[Problem] = []
    for (table, name), column in _columns(state).items():
        others = sorted(other for at, other in made if at == table)
        if others and name not in others:
            message = (
                f"the models get a column {name} of {table}, the database gets {', '.join(others)}: "
                "queries will name a column that is not there. Give both the same column"
            )
            problems.append(Problem(KIND, message, region))
            continue
        written = made.get((table, name))
        if written is not None and written.nullable != column.nullable and UNKNOWN not in (table, name):
            here, there = ("NOT NULL", "nullable") if not column.nullable else ("nullable", "NOT NULL")
            message = (
                f"{table}.{name} is {here} in the models and {there} in the database: the next makemigrations will not "
                "see the difference. Say the same in both"
            )
            problems.append(Problem(KIND, message, region))
    return problems


def _columns(operations: tuple[Operation, ...]) -> dict[tuple[str, str], Column]:
    not_null = {(one.table, one.column) for one in operations if one.kind is Kind.SET_NOT_NULL}
    found: dict[tuple[str, str], Column] = {}
    for one in operations:
        if one.kind is Kind.ADD_COLUMN and one.table is not None:
            for column in one.new_columns:
                nullable = column.nullable and (one.table, column.name) not in not_null
                found[one.table, column.name] = Column(name=column.name, type=column.type, nullable=nullable)
    return found
