"""The operations of `op` and of batches: one function for each, from its call to what it does.

Source: Alembic, "Operation Reference".
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from relcheck.sources.migration.alembic.altering import alter_column
from relcheck.sources.migration.alembic.columns import created_foreign_key, exclude_columns, is_column, read_column
from relcheck.sources.migration.alembic.creating import column_index, create_table, index_operation
from relcheck.sources.migration.alembic.defaults import expression
from relcheck.sources.migration.alembic.entities import ENTITIES
from relcheck.sources.migration.alembic.terms import Arguments, last_name, name_of, names_of, qualified, table_of
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Column, Constraint, ConstraintType, Dialect, Kind, Operation
from relcheck.sources.migration.python.values import Call, Entries, Items, Maybe, Value

_CONSTRAINTS: dict[str, ConstraintType] = {
    "foreignkey": "foreign_key",
    "unique": "unique",
    "primary": "primary_key",
    "check": "check",
    "exclude": "exclude",
}


def table_argument(arguments: Arguments, batch: Value | None, unknown: list[str], name: str = "table_name") -> str:
    """The table that an operation is about: its argument, or that of the batch that it stands in."""
    if batch is None:
        return qualified(arguments.name(name, unknown, "table"), arguments.value("schema")) or UNKNOWN
    if type(batch) is not Call:
        unknown.append("table")
        return UNKNOWN
    of_batch = Arguments(batch, ("table_name", "schema"))
    return qualified(of_batch.name("table_name", unknown, "table"), of_batch.value("schema")) or UNKNOWN


def _add_column(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("column",) if batch is not None else ("table_name", "column"))
    unknown: list[str] = []
    table = table_argument(arguments, batch, unknown)
    value = arguments.value("column")
    if value is None or not is_column(_plain(value)):
        column = Column(name=UNKNOWN, volatile=None)
        read_unknown: tuple[str, ...] = ("column", "new_columns")
        indexes: list[Operation] = []
    else:
        read = read_column(value, dialect)
        column = read.column
        read_unknown = (*(("column",) if "name" in read.unknown else ()), *(("new_columns",) if read.unknown else ()))
        indexes = [column_index(table, _plain(value), column.name)] if read.indexed else []
    added = Operation(
        kind=Kind.ADD_COLUMN,
        region=NOWHERE,
        table=table,
        column=column.name,
        new_columns=(column,),
        if_not_exists=arguments.flag("if_not_exists"),
        batch=batch is not None,
        unknown=(*unknown, *read_unknown),
    )
    return [added, *(replace(index, batch=batch is not None) for index in indexes)]


def _plain(value: Value) -> Value:
    return value.value if type(value) is Maybe else value


def _drop_column(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("column_name",) if batch is not None else ("table_name", "column_name"))
    unknown: list[str] = []
    dropped = Operation(
        kind=Kind.DROP_COLUMN,
        region=NOWHERE,
        table=table_argument(arguments, batch, unknown),
        column=arguments.name("column_name", unknown, "column"),
        if_exists=arguments.flag("if_exists"),
        batch=batch is not None,
        unknown=tuple(unknown),
    )
    return [dropped]


def _alter_column(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("column_name",) if batch is not None else ("table_name", "column_name"))
    unknown: list[str] = []
    table = table_argument(arguments, batch, unknown)
    return alter_column(arguments, dialect, table, unknown, batch=batch is not None)


def _create_table(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return create_table(call, dialect)


def _drop_table(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("table_name",))
    unknown: list[str] = []
    table = table_argument(arguments, None, unknown)
    if_exists = arguments.flag("if_exists")
    return [Operation(kind=Kind.DROP_TABLE, region=NOWHERE, table=table, if_exists=if_exists, unknown=tuple(unknown))]


def _rename_table(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("old_table_name", "new_table_name", "schema"))
    unknown: list[str] = []
    table = table_argument(arguments, None, unknown, "old_table_name")
    new = arguments.name("new_table_name", unknown, "new_name")
    return [Operation(kind=Kind.RENAME_TABLE, region=NOWHERE, table=table, new_name=new, unknown=tuple(unknown))]


def _create_index(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    names = ("index_name", "columns") if batch is not None else ("index_name", "table_name", "columns")
    arguments = Arguments(call, names)
    unknown: list[str] = []
    table = table_argument(arguments, batch, unknown)
    columns = names_of(arguments.value("columns"))
    return [replace(index_operation(arguments, table, columns, unknown), batch=batch is not None)]


def _drop_index(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("index_name",) if batch is not None else ("index_name", "table_name"))
    unknown: list[str] = []
    table: str | None = None
    if batch is not None or "table_name" in arguments:
        table = table_argument(arguments, batch, unknown)
    dropped = Operation(
        kind=Kind.DROP_INDEX,
        region=NOWHERE,
        table=table,
        name=arguments.name("index_name", unknown, "name"),
        concurrently=arguments.flag("postgresql_concurrently"),
        if_exists=arguments.flag("if_exists"),
        batch=batch is not None,
        unknown=tuple(unknown),
    )
    return [dropped]


def _add_constraint(table: str, constraint: Constraint, unknown: list[str], *, batch: bool) -> list[Operation]:
    if UNKNOWN in constraint.columns:
        unknown.append("constraint")
    return [
        Operation(
            kind=Kind.ADD_CONSTRAINT,
            region=NOWHERE,
            table=table,
            name=constraint.name,
            constraint=constraint,
            batch=batch,
            unknown=tuple(dict.fromkeys(unknown)),
        )
    ]


def _create_unique(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return _create_key(call, batch, "unique")


def _create_primary(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return _create_key(call, batch, "primary_key")


def _create_key(call: Call, batch: Value | None, kind: ConstraintType) -> list[Operation]:
    names = ("constraint_name", "columns") if batch is not None else ("constraint_name", "table_name", "columns")
    arguments = Arguments(call, names)
    unknown: list[str] = []
    constraint = Constraint(
        type=kind,
        name=arguments.name("constraint_name", unknown, "name"),
        columns=names_of(arguments.value("columns")),
        deferrable=arguments.flag("deferrable"),
    )
    table = table_argument(arguments, batch, unknown)
    return _add_constraint(table, constraint, unknown, batch=batch is not None)


def _create_check(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    names = ("constraint_name", "condition") if batch is not None else ("constraint_name", "table_name", "condition")
    arguments = Arguments(call, names)
    unknown: list[str] = []
    condition = arguments.value("condition")
    text = expression(condition) if condition is not None else None
    if text is None or UNKNOWN in text:
        unknown.append("constraint")
    constraint = Constraint(
        type="check",
        name=arguments.name("constraint_name", unknown, "name"),
        expression=text or UNKNOWN,
        not_valid=arguments.flag("postgresql_not_valid"),
    )
    table = table_argument(arguments, batch, unknown)
    return _add_constraint(table, constraint, unknown, batch=batch is not None)


def _create_foreign_key(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    rest = ("referent_table", "local_cols", "remote_cols")
    names = ("constraint_name", *rest) if batch is not None else ("constraint_name", "source_table", *rest)
    arguments = Arguments(call, names)
    unknown: list[str] = []
    if batch is None:
        found = arguments.name("source_table", unknown, "table")
        table = qualified(found, arguments.value("source_schema")) or UNKNOWN
    else:
        table = table_argument(arguments, batch, unknown)
    constraint = created_foreign_key(arguments, unknown)
    return _add_constraint(table, constraint, unknown, batch=batch is not None)


def _create_exclude(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("constraint_name",) if batch is not None else ("constraint_name", "table_name"))
    unknown: list[str] = []
    name = arguments.name("constraint_name", unknown, "name")
    constraint = Constraint(type="exclude", name=name, columns=exclude_columns(arguments.rest))
    table = table_argument(arguments, batch, unknown)
    return _add_constraint(table, constraint, unknown, batch=batch is not None)


def _drop_constraint(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    names = ("constraint_name", "type_") if batch is not None else ("constraint_name", "table_name", "type_")
    arguments = Arguments(call, names)
    unknown: list[str] = []
    name = arguments.name("constraint_name", unknown, "name")
    dropped = Operation(
        kind=Kind.DROP_CONSTRAINT,
        region=NOWHERE,
        table=table_argument(arguments, batch, unknown),
        name=name,
        constraint=Constraint(type=_CONSTRAINTS.get(arguments.name("type_") or "", "unknown"), name=name),
        if_exists=arguments.flag("if_exists"),
        batch=batch is not None,
        unknown=tuple(unknown),
    )
    return [dropped]


def _table_comment(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, () if batch is not None else ("table_name", "comment"))
    unknown: list[str] = []
    table = table_argument(arguments, batch, unknown)
    return [
        Operation(
            kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, name="comment", batch=batch is not None,
            unknown=tuple(unknown),
        )
    ]  # fmt: skip


def _bulk_insert(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    arguments = Arguments(call, ("table", "rows"))
    given = arguments.value("table")
    table = (table_of(given) if given is not None else None) or UNKNOWN
    columns: dict[str, None] = {}
    rows = arguments.value("rows")
    for row in rows.items if type(rows) is Items else ():
        row = _plain(row)
        for key, _ in row.entries if type(row) is Entries else ():
            columns.setdefault(name_of(key) or UNKNOWN)
    unknown = ("table",) if UNKNOWN in table else ()
    return [Operation(kind=Kind.INSERT, region=NOWHERE, table=table, columns=tuple(columns), unknown=unknown)]


def _invoke(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    """`op.invoke(ops.DropColumnOp("t", "c"))`: the operation's class is named after the function."""
    given = call.args[0] if call.args else None
    if type(given) is Call:
        name = _INVOKED.get(last_name(given.func))
        if name is not None:
            return OPERATIONS[name](given, dialect, batch)
    return [Operation(kind=Kind.OPAQUE, region=NOWHERE, reason="op.invoke() of an operation that is not known")]


_Reader = Callable[[Call, Dialect, Value | None], list[Operation]]

BATCH: dict[str, _Reader] = {
    "add_column": _add_column,
    "drop_column": _drop_column,
    "alter_column": _alter_column,
    "create_index": _create_index,
    "drop_index": _drop_index,
    "create_unique_constraint": _create_unique,
    "create_primary_key": _create_primary,
    "create_check_constraint": _create_check,
    "create_foreign_key": _create_foreign_key,
    "create_exclude_constraint": _create_exclude,
    "drop_constraint": _drop_constraint,
    "create_table_comment": _table_comment,
    "drop_table_comment": _table_comment,
}
"""What a batch has, its table left out of the arguments."""

OPERATIONS: dict[str, _Reader] = {
    **BATCH,
    "create_table": _create_table,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "bulk_insert": _bulk_insert,
    "invoke": _invoke,
    **ENTITIES,
}
"""What `op` has."""

_INVOKED = {
    "AddColumnOp": "add_column",
    "DropColumnOp": "drop_column",
    "AlterColumnOp": "alter_column",
    "CreateTableOp": "create_table",
    "DropTableOp": "drop_table",
    "RenameTableOp": "rename_table",
    "CreateIndexOp": "create_index",
    "DropIndexOp": "drop_index",
    "CreateUniqueConstraintOp": "create_unique_constraint",
    "CreatePrimaryKeyOp": "create_primary_key",
    "CreateCheckConstraintOp": "create_check_constraint",
    "CreateForeignKeyOp": "create_foreign_key",
    "CreateExcludeConstraintOp": "create_exclude_constraint",
    "DropConstraintOp": "drop_constraint",
    "CreateTableCommentOp": "create_table_comment",
    "DropTableCommentOp": "drop_table_comment",
    "BulkInsertOp": "bulk_insert",
}
