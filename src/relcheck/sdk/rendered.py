"""SQL that a team has rendered from its migrations (`alembic upgrade --sql`, `manage.py sqlmigrate`), held against what
was read from them.

Operations are compared by what they change, not by their words: transactions, settings, comments and the tables in
which tools keep what was applied are left out, and so are names that a tool makes up (of constraints and indexes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation
from relcheck.sources.migration.sql.script import read_sql

__all__ = ["Difference", "Rendered", "compared", "sections"]

_HEADER = re.compile(r"^-- Running upgrade (?P<from>[^\n]*?)-> (?P<to>[^\s,]+)[^\n]*$", re.MULTILINE)
_BOOKKEEPING = re.compile(r"(?:^|\.)(?:alembic_version|django_migrations|schema_migrations|flyway_schema_history)$")
_LEFT_OUT = frozenset(
    {
        *(Kind.BEGIN, Kind.COMMIT, Kind.ROLLBACK, Kind.SAVEPOINT, Kind.SET, Kind.READ, Kind.STATE_ONLY),
        *(Kind.DATA_CODE, Kind.OPAQUE),
    }
)
"""What changes nothing, and what has no SQL: code in Python is not rendered."""
_DETAILS = ("unique", "concurrently")


class Rendered(msgspec.Struct, frozen=True):
    """A file of rendered SQL: as it is called, and its text."""

    name: str
    text: str


class Difference(msgspec.Struct, frozen=True):
    """What one side has and the other has not, or has otherwise. `line` counts in the rendered file; `what` says how a
    pair differs, where there are both."""

    read: Operation | None = None
    rendered: Operation | None = None
    line: int = 0
    what: str = ""


def sections(rendered: Rendered) -> dict[str, tuple[int, int]]:
    """Where the SQL of each revision of Alembic stands, as offsets; empty for a text that names none."""
    marks = list(_HEADER.finditer(rendered.text))
    ends = [*(mark.start() for mark in marks), len(rendered.text)]
    return {mark["to"]: (mark.end(), end) for mark, end in zip(marks, ends[1:], strict=True)}


def compared(
    migrations: Sequence[Migration], rendered: Rendered, start: int = 0, end: int | None = None
) -> Iterator[tuple[Migration, Difference]]:
    """The differences between migrations and the SQL that they were rendered to, all of it or that between two
    offsets. What only the SQL has is told of the last migration of which it has anything."""
    if not migrations:
        return
    dialect = migrations[0].dialect or "postgres"
    left = [one for one in _operations(rendered, dialect, start, end) if _counts(one, dialect)]
    last = migrations[-1]
    for migration in migrations:
        for one in (one for one in migration.operations if _counts(one, dialect)):
            pair = _pair(one, left)
            if pair is None:
                if not (one.guards or one.transient):
                    yield migration, Difference(read=one)
                continue
            left.remove(pair)
            last = migration
            if one.repeated:
                left = [other for other in left if _key(other) != _key(pair)]
            if what := _otherwise(one, pair):
                yield migration, Difference(one, pair, pair.region.line, what)
    for one in left:
        yield last, Difference(rendered=one, line=one.region.line)


def _operations(rendered: Rendered, dialect: Dialect, start: int, end: int | None) -> Sequence[Operation]:
    return read_sql(rendered.text, dialect, start=start, end=end).operations


def _counts(operation: Operation, dialect: Dialect) -> bool:
    if operation.kind in _LEFT_OUT or (operation.dialects and dialect not in operation.dialects):
        return False
    if operation.kind is Kind.OTHER and "constraints" in operation.object_type.lower():
        return False  # SET CONSTRAINTS
    return not _BOOKKEEPING.search(operation.table or operation.name or "")


def _pair(operation: Operation, others: Sequence[Operation]) -> Operation | None:
    """The operation of the other side that changes the same; one that differs in nothing before one that does."""
    same = [one for one in others if _same(_key(operation), _key(one))]
    return min(same, key=lambda one: bool(_otherwise(operation, one)), default=None)


def _key(operation: Operation) -> tuple[str | None, ...]:
    """What an operation changes. Names of constraints and indexes are left out: tools make them up."""
    table, column = _bare(operation.table), _bare(operation.column)
    match operation.kind:
        case Kind.ADD_COLUMN:
            return (operation.kind, table, column or ",".join(one.name for one in operation.new_columns))
        case Kind.CREATE_INDEX:
            return (operation.kind, table, ",".join(map(_term, operation.columns)))
        case Kind.DROP_INDEX:
            return (operation.kind, _bare(operation.name))
        case Kind.ADD_CONSTRAINT if operation.constraint is not None:
            given = operation.constraint
            return (operation.kind, table, given.type, ",".join(given.columns) if given.type != "check" else "")
        case Kind.DROP_CONSTRAINT | Kind.VALIDATE_CONSTRAINT | Kind.INSERT | Kind.UPDATE | Kind.DELETE:
            return (operation.kind, table)
    if table is None or operation.kind in (Kind.CREATE_TRIGGER, Kind.DROP_TRIGGER):
        return (operation.kind, table, _bare(operation.name))
    return (operation.kind, table, column)


def _same(one: tuple[str | None, ...], other: tuple[str | None, ...]) -> bool:
    return len(one) == len(other) and all(
        a == b or (a is not None and UNKNOWN in a) or (b is not None and UNKNOWN in b)
        for a, b in zip(one, other, strict=True)
    )


def _otherwise(read: Operation, rendered: Operation) -> str:
    """How two operations that change the same differ; empty where they do not, or where it is not known."""
    # Django writes CASCADE behind every column that it drops, and the reader of its operations leaves that out.
    for name in (*_DETAILS, *(("cascade",) if read.sql else ())):
        theirs = getattr(rendered, name)
        if getattr(read, name) != theirs and name not in read.unknown:
            return _in_it(name.upper(), there=theirs)
    if read.constraint is not None and rendered.constraint is not None:
        if read.constraint.not_valid != rendered.constraint.not_valid:
            return _in_it("NOT VALID", there=rendered.constraint.not_valid)
        return ""
    if read.kind is Kind.CREATE_TABLE and read.new_columns and rendered.new_columns and not read.unknown:
        lacking = {one.name for one in rendered.new_columns} ^ {one.name for one in read.new_columns}
        return f"only one of the two has {', '.join(sorted(lacking))}" if lacking and UNKNOWN not in lacking else ""
    return _other_column(read, rendered)


def _other_column(read: Operation, rendered: Operation) -> str:
    mine, theirs = read.type, rendered.type
    if read.kind is Kind.ADD_COLUMN and len(read.new_columns) == len(rendered.new_columns) == 1:
        one, other = read.new_columns[0], rendered.new_columns[0]
        mine, theirs = one.type, other.type
        if one.nullable != other.nullable and "nullable" not in read.unknown:
            return f"the column is {'nullable' if other.nullable else 'NOT NULL'}"
    if mine is None or theirs is None or UNKNOWN in (mine.name, theirs.name) or mine.name == theirs.name:
        return ""
    return f"the type is {theirs.text or theirs.name}"


def _in_it(word: str, *, there: bool) -> str:
    return f"{word} is {'' if there else 'not '}in it"


def _bare(name: str | None) -> str | None:
    return name.removeprefix("public.") if name is not None else None


def _term(column: str) -> str:
    """A column of an index, without its order."""
    return re.sub(r"\s+(?:asc|desc|nulls\s+\w+)\b.*$", "", column.strip(), flags=re.IGNORECASE).strip('"')
