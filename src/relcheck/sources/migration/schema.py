"""What the tables of a database look like after each migration of a chain, as far as the chain tells.

Replaying the chain completes its operations: whether a table was made by the same migration, and what a column was
before. Nothing is guessed: a table that the chain does not create has an unknown shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from relcheck.sources.migration.equal_types import equal_type, in_words_of
from relcheck.sources.migration.indexes import Index, Indexes
from relcheck.sources.migration.operation import UNKNOWN, Before, Column, Constraint, Dialect, Kind, Operation, SqlType

_DEFAULT_SCHEMAS = ("public.", "main.")
_MADE = {
    Kind.CREATE_TABLE: "table",
    Kind.CREATE_TABLE_AS: "table",
    Kind.CREATE_VIEW: "view",
    Kind.CREATE_MATERIALIZED_VIEW: "view",
    Kind.CREATE_TYPE: "type",
    Kind.CREATE_ENUM: "type",
    Kind.CREATE_DOMAIN: "type",
    Kind.CREATE_SEQUENCE: "sequence",
    Kind.CREATE_ROUTINE: "routine",
    Kind.CREATE_SCHEMA: "schema",
}
_UNMADE = {
    Kind.DROP_TABLE: "table",
    Kind.DROP_VIEW: "view",
    Kind.REFRESH_MATERIALIZED_VIEW: "view",
    Kind.DROP_TYPE: "type",
    Kind.ADD_ENUM_VALUE: "type",
    Kind.RENAME_ENUM_VALUE: "type",
    Kind.ALTER_DOMAIN: "type",
    Kind.DROP_SEQUENCE: "sequence",
    Kind.ALTER_SEQUENCE: "sequence",
    Kind.DROP_ROUTINE: "routine",
    Kind.DROP_SCHEMA: "schema",
    Kind.RENAME_SCHEMA: "schema",
}


class _Held(msgspec.Struct):
    """A column as far as it is known."""

    type: SqlType | None = None
    nullable: bool | None = None
    has_default: bool | None = None
    generated: Literal["", "stored", "virtual"] = ""


class _Table(msgspec.Struct):
    """A table. `whole` says that the chain created it, so that all of its columns are known."""

    columns: dict[str, _Held]
    constraints: list[Constraint]
    whole: bool = False
    view_columns: tuple[str, ...] | None = None

    def copy(self, dialect: Dialect) -> _Table:
        columns = {name: replace(one, type=equal_type(one.type, dialect)) for name, one in self.columns.items()}
        return _Table(columns, list(self.constraints), self.whole, self.view_columns)


class Schemas:
    """The tables of each database that the migrations of a chain are for.

    `if dialect == "sqlite": … else: …` has two ways that are never gone together: what one adds, the other has not.
    Which databases there are is seen on the way; one that comes up late has, until then, what the first one has.
    """

    def __init__(self) -> None:
        self._of: dict[Dialect, Schema] = {}

    def completed(self, operations: Sequence[Operation], dialect: Dialect) -> Iterator[Operation]:
        """The operations of one migration, each with what was before it. `dialect` is the migration's."""
        known = self._of.setdefault(dialect, Schema())
        for one in operations:
            if one.dialect not in self._of:
                self._of[one.dialect] = known.copy(one.dialect if dialect == "postgres" else "postgres")
        for schema in self._of.values():
            schema.begin()
        for one in operations:
            done = self._of[one.dialect].complete(one)
            for name, schema in self._of.items():
                if name == one.dialect:
                    schema.apply(done)
                elif not one.dialects or name in one.dialects:
                    schema.apply(in_words_of(name, done))
            yield done


class Schema:
    """The tables of one database after the operations that were applied."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] = {}
        self._indexes = Indexes()
        self._views: dict[str, tuple[str, ...]] = {}
        self._checked_domains: set[str] = set()
        self._here: set[tuple[str, str]] = set()
        self._columns_here: set[tuple[str, str]] = set()
        self._changes = {
            Kind.CREATE_TABLE: self._create_table,
            Kind.CREATE_TABLE_AS: self._create_table,
            Kind.DROP_TABLE: self._drop_table,
            Kind.RENAME_TABLE: self._rename_table,
            Kind.ADD_COLUMN: self._add_column,
            Kind.DROP_COLUMN: self._drop_column,
            Kind.RENAME_COLUMN: self._rename_column,
            Kind.ALTER_COLUMN_TYPE: self._alter_column,
            Kind.SET_NOT_NULL: self._alter_column,
            Kind.DROP_NOT_NULL: self._alter_column,
            Kind.SET_DEFAULT: self._alter_column,
            Kind.DROP_DEFAULT: self._alter_column,
            Kind.ADD_CONSTRAINT: self._add_constraint,
            Kind.DROP_CONSTRAINT: self._drop_constraint,
            Kind.RENAME_CONSTRAINT: self._rename_constraint,
            Kind.VALIDATE_CONSTRAINT: self._validate_constraint,
            Kind.CREATE_INDEX: self._create_index,
            Kind.DROP_INDEX: self._drop_index,
            Kind.RENAME_INDEX: self._rename_index,
            Kind.CREATE_VIEW: self._create_view,
            Kind.CREATE_MATERIALIZED_VIEW: self._create_view,
            Kind.DROP_VIEW: self._drop_view,
        }

    def begin(self) -> None:
        """Another migration: nothing was made by it yet."""
        self._here.clear()
        self._columns_here.clear()

    def copy(self, dialect: Dialect) -> Schema:
        """The same tables of PostgreSQL in another database."""
        other = Schema()
        other._tables = {name: one.copy(dialect) for name, one in self._tables.items()}
        other._indexes = self._indexes.copy()
        other._views = dict(self._views)
        other._checked_domains = set(self._checked_domains)
        return other

    def columns(self, table: str) -> tuple[str, ...] | None:
        """The columns of a table that the chain created; None where they are not known."""
        found = self._tables.get(key(table))
        return tuple(found.columns) if found is not None and found.whole else None

    def complete(self, one: Operation) -> Operation:
        """An operation with what is before it."""
        table = one.table
        index = self._indexes.get(key(one.name)) if one.name is not None else None
        if table is None and one.kind in (Kind.DROP_INDEX, Kind.RENAME_INDEX, Kind.REINDEX) and index is not None:
            table = index.table
        return replace(one, table=table, before=self._before(one, table, index), created_here=self._is_new(one, table))

    def _is_new(self, one: Operation, table: str | None) -> bool:
        if one.created_here:
            return True
        if one.kind is Kind.CREATE_TABLE:
            return not (
                one.if_not_exists and key(one.table) in self._tables and ("table", key(one.table)) not in self._here
            )
        if one.temporary or (table is not None and ("table", key(table)) in self._here):
            return True
        kind = _UNMADE.get(one.kind)
        return kind is not None and (kind, key(one.name or one.table)) in self._here

    def _before(self, one: Operation, table: str | None, index: Index | None) -> Before:
        found = self._tables.get(key(table)) if table is not None else None
        column = found.columns.get(one.column) if found is not None and one.column is not None else None
        constraints = found.constraints if found is not None else []
        if one.kind is Kind.ATTACH_PARTITION:
            partition = self._tables.get(key(one.name))
            constraints = partition.constraints if partition is not None else []
        if one.kind in (Kind.DROP_CONSTRAINT, Kind.VALIDATE_CONSTRAINT, Kind.ALTER_CONSTRAINT):
            constraints = [each for each in constraints if each.name == one.name]
        elif one.column is not None:
            constraints = [each for each in constraints if one.column in each.columns or _names(each, one.column)]
        indexes: list[str] = []
        if one.column is not None and table is not None:
            indexes = [name for name, each in self._indexes.of(key(table)) if one.column in each.columns]
        used = one.constraint.using_index if one.constraint is not None else None
        taken = self._indexes.get(key(used)) if used else index
        # What the chain does not tell, the call may: Alembic's `existing_type` and `existing_nullable`.
        return Before(
            type=_former_type(one, column),
            nullable=column.nullable if column is not None and column.nullable is not None else one.before.nullable,
            has_default=column.has_default if column is not None else one.before.has_default,
            proven_not_null=any(_proves(each, one.column) for each in constraints) if one.column else False,
            generated=column.generated if column is not None else "",
            not_null=tuple(name for name, each in found.columns.items() if each.nullable is False) if found else (),
            column_is_new=self._are_new(one, table),
            indexes=tuple(indexes),
            unique_index=taken.unique if taken is not None else None,
            index_columns=taken.columns if taken is not None else (),
            index_where=taken.where if taken is not None else "",
            checked_domain=any(key(each.type.name) in self._checked_domains for each in one.new_columns),
            constraints=tuple(constraints),
            columns=tuple(found.columns) if found is not None and found.whole else None,
            view_columns=self._views.get(key(one.name or one.table)),
        )

    def _are_new(self, one: Operation, table: str | None) -> bool:
        """Whether all columns that it is about were added by the same migration."""
        of_constraint = one.constraint.columns if one.constraint is not None else ()
        names = (one.column,) if one.column is not None else of_constraint or one.columns
        return bool(names) and all((key(table), name) in self._columns_here for name in names)

    def apply(self, one: Operation) -> None:
        """Let a complete operation be done."""
        if UNKNOWN in (one.table or "") or one.repeated:
            return
        if (one.kind is Kind.CREATE_DOMAIN and one.constraints) or (one.kind is Kind.ALTER_DOMAIN and one.constraint):
            self._checked_domains.add(key(one.name))
        change = self._changes.get(one.kind)
        if change is not None:
            change(one)
        made = _MADE.get(one.kind)
        if made is not None and (one.created_here or made != "table"):
            self._here.add((made, key(one.table if made == "table" else one.name or one.table)))

    def _table(self, name: str | None) -> _Table:
        return self._tables.setdefault(key(name), _Table({}, []))

    def _create_table(self, one: Operation) -> None:
        if not one.created_here:
            return
        columns = {each.name: _held(each) for each in one.new_columns}
        for each in one.constraints:
            if each.type == "primary_key":
                for name in each.columns:
                    columns.setdefault(name, _Held()).nullable = False
        self._tables[key(one.table)] = _Table(columns, list(one.constraints), whole=not one.unknown)
        for each in one.constraints:
            self._index_of(one.table, each)

    def _drop_table(self, one: Operation) -> None:
        self._tables.pop(key(one.table), None)
        for name, _ in self._indexes.of(key(one.table)):
            self._indexes.pop(name)
        self._here.discard(("table", key(one.table)))

    def _rename_table(self, one: Operation) -> None:
        old, new = key(one.table), key(one.new_name)
        if "." in old and "." not in new:
            new = f"{old.rpartition('.')[0]}.{new}"
        if old in self._tables:
            self._tables[new] = self._tables.pop(old)
        self._indexes.move(old, new)
        if ("table", old) in self._here:
            self._here.discard(("table", old))
            self._here.add(("table", new))

    def _add_column(self, one: Operation) -> None:
        table = self._table(one.table)
        for each in one.new_columns:
            known = table.columns.get(each.name)
            if known is not None and (one.guards or one.if_not_exists):
                # Either it is there and this does nothing, or it is not.
                table.columns[each.name] = _either(known, _held(each))
                continue
            table.columns[each.name] = _held(each)
            self._columns_here.add((key(one.table), each.name))
        for constraint in one.constraints:
            table.constraints.append(constraint)
            self._index_of(one.table, constraint)

    def _drop_column(self, one: Operation) -> None:
        table = self._table(one.table)
        table.columns.pop(one.column or "", None)
        table.constraints = [each for each in table.constraints if one.column not in each.columns]
        for name, each in self._indexes.of(key(one.table)):
            if one.column in each.columns:
                self._indexes.pop(name)

    def _rename_column(self, one: Operation) -> None:
        if one.column is None or one.new_name is None:
            return
        table = self._table(one.table)
        table.columns = {one.new_name if name == one.column else name: held for name, held in table.columns.items()}
        table.constraints = [
            replace(each, columns=tuple(one.new_name if name == one.column else name for name in each.columns))
            for each in table.constraints
        ]
        for _, index in self._indexes.of(key(one.table)):
            index.columns = tuple(one.new_name if name == one.column else name for name in index.columns)
        if (key(one.table), one.column) in self._columns_here:
            self._columns_here.add((key(one.table), one.new_name))

    def _alter_column(self, one: Operation) -> None:
        if one.column is None:
            return
        held = self._table(one.table).columns.setdefault(one.column, _Held())
        if one.kind is Kind.ALTER_COLUMN_TYPE:
            held.type = one.type
        elif one.kind in (Kind.SET_NOT_NULL, Kind.DROP_NOT_NULL):
            held.nullable = one.kind is Kind.DROP_NOT_NULL
        else:
            held.has_default = one.kind is Kind.SET_DEFAULT

    def _add_constraint(self, one: Operation) -> None:
        if one.constraint is None:
            return
        constraint = one.constraint
        if constraint.using_index and (index := self._indexes.get(key(constraint.using_index))):
            constraint = replace(constraint, columns=constraint.columns or index.columns)
        constraint = constraint if constraint.name else replace(constraint, name=one.name)
        table = self._table(one.table)
        table.constraints.append(constraint)
        if constraint.type == "primary_key":
            for name in constraint.columns:
                table.columns.setdefault(name, _Held()).nullable = False
        self._index_of(one.table, constraint)

    def _drop_constraint(self, one: Operation) -> None:
        table = self._table(one.table)
        table.constraints = [each for each in table.constraints if each.name != one.name]
        self._indexes.pop(key(one.name))

    def _rename_constraint(self, one: Operation) -> None:
        table = self._table(one.table)
        table.constraints = [
            replace(each, name=one.new_name) if each.name == one.name else each for each in table.constraints
        ]

    def _validate_constraint(self, one: Operation) -> None:
        table = self._table(one.table)
        table.constraints = [
            replace(each, not_valid=False) if each.name == one.name else each for each in table.constraints
        ]

    def _create_index(self, one: Operation) -> None:
        if one.name is not None:
            self._indexes.add(key(one.name), Index(key(one.table), one.columns, one.unique, one.where))

    def _drop_index(self, one: Operation) -> None:
        self._indexes.pop(key(one.name))

    def _rename_index(self, one: Operation) -> None:
        if (index := self._indexes.pop(key(one.name))) is not None:
            self._indexes.add(key(one.new_name), index)

    def _create_view(self, one: Operation) -> None:
        self._views[key(one.name or one.table)] = one.columns

    def _drop_view(self, one: Operation) -> None:
        self._views.pop(key(one.name or one.table), None)

    def _index_of(self, table: str | None, constraint: Constraint) -> None:
        """The index that a constraint brings."""
        if constraint.type in ("unique", "primary_key") and constraint.name and not constraint.using_index:
            self._indexes.add(key(constraint.name), Index(key(table), constraint.columns, unique=True))


def _former_type(one: Operation, column: _Held | None) -> SqlType | None:
    """What the chain says, or the operation itself (`existing_type`). An operation for another database than that of
    the chain knows better: the chain speaks of the types of one."""
    chain = column.type if column is not None else None
    if one.before.type is not None and (chain is None or one.dialect != "postgres"):
        return one.before.type
    return chain


def key(name: str | None) -> str:
    """A name as the key of an object: the schema that is searched anyway is left out."""
    text = name or ""
    for schema in _DEFAULT_SCHEMAS:
        text = text.removeprefix(schema)
    return text


def _held(column: Column) -> _Held:
    required = not column.nullable or any(one.type in ("primary_key", "not_null") for one in column.constraints)
    filled = column.default is not None or column.serial or column.identity or bool(column.generated)
    return _Held(column.type, not required, filled, column.generated)


def _either(one: _Held, other: _Held) -> _Held:
    """What holds of a column whichever of the two it is."""
    return _Held(
        one.type if one.type == other.type else None,
        one.nullable if one.nullable == other.nullable else None,
        one.has_default if one.has_default == other.has_default else None,
        one.generated if one.generated == other.generated else "",
    )


def _names(constraint: Constraint, column: str) -> bool:
    return constraint.type == "check" and re.search(rf"\b{re.escape(column)}\b", constraint.expression) is not None


def _proves(constraint: Constraint, column: str) -> bool:
    """Whether it says, of every row, that the column holds no NULL."""
    if constraint.not_valid:
        return False
    if constraint.type == "not_null":
        return column in constraint.columns
    said = re.fullmatch(r'\(*\s*"?([^\s"()]+)"?\s+is\s+not\s+null\s*\)*', constraint.expression.strip(), re.IGNORECASE)
    return constraint.type == "check" and said is not None and said[1] == column
