"""Tables and indexes that are created."""

from __future__ import annotations

from msgspec.structs import replace

from relcheck.sources.migration.alembic.columns import INTEGERS, is_column, is_constraint, read_column, table_constraint
from relcheck.sources.migration.alembic.defaults import expression
from relcheck.sources.migration.alembic.terms import Arguments, column_name, last_name, name_of, qualified
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Column, Constraint, Dialect, Kind, Operation
from relcheck.sources.migration.python.values import Call, Class, Constant, Items, Maybe, Value


def create_table(call: Call, dialect: Dialect, table: str | None = None) -> list[Operation]:
    """`create_table("t", Column(…), …)`, and the indexes that its columns ask for."""
    arguments = Arguments(call, ("table_name",))
    unknown: list[str] = []
    if table is None:
        table = qualified(arguments.name("table_name", unknown, "table"), arguments.value("schema")) or UNKNOWN
    parts = _Parts(table, dialect)
    parts.read(call.args[1:])
    if not call.exact:
        unknown.append("new_columns")
    prefixes = arguments.value("prefixes")
    temporary = type(prefixes) is Items and any((name_of(item) or "").upper() == "TEMPORARY" for item in prefixes.items)
    columns = parts.finished()
    created = Operation(
        kind=Kind.CREATE_TABLE,
        region=NOWHERE,
        table=table,
        new_columns=columns,
        constraints=tuple(parts.constraints),
        if_not_exists=arguments.flag("if_not_exists"),
        partitioned="postgresql_partition_by" in arguments,
        temporary=temporary,
        unknown=tuple(dict.fromkeys((*unknown, *parts.unknown))),
    )
    return [created, *parts.indexes]


def create_model(cls: Class, dialect: Dialect, table: str) -> list[Operation]:
    """The table of a model, from the columns in its class."""
    parts = _Parts(table, dialect)
    for name, value in cls.scope.names.items():
        if is_column(value):
            parts.column(value, name)
    columns = parts.finished()
    created = Operation(
        kind=Kind.CREATE_TABLE,
        region=NOWHERE,
        table=table,
        new_columns=columns,
        constraints=tuple(parts.constraints),
        if_not_exists=True,
        unknown=tuple(dict.fromkeys(parts.unknown)) if parts.columns else ("new_columns",),
    )
    return [created, *parts.indexes]


class _Parts:
    """The columns, constraints and indexes among the arguments of `create_table`."""

    def __init__(self, table: str, dialect: Dialect) -> None:
        self.columns: list[Column] = []
        self.constraints: list[Constraint] = []
        self.indexes: list[Operation] = []
        self.unknown: list[str] = []
        self.unnumbered: set[str] = set()
        self._table = table
        self._dialect = dialect

    def read(self, items: tuple[Value, ...]) -> None:
        for item in items:
            self._item(item.value if type(item) is Maybe else item)

    def finished(self) -> tuple[Column, ...]:
        """The columns. Keys that several of them ask for are one key; a whole number that is the key alone is numbered
        by the database.

        Source: SQLAlchemy, "Column.primary_key" and "Column.autoincrement", whose default is `"auto"`.
        """
        inline = [name for one in self.columns for name in _inline_key(one)]
        if len(inline) > 1:
            self.constraints = [one for one in self.constraints if one.type != "primary_key"]
            self.constraints.append(Constraint(type="primary_key", columns=tuple(inline)))
            return tuple(replace(one, serial=False) if one.name in inline else one for one in self.columns)
        keys = [one.columns for one in self.constraints if one.type == "primary_key"]
        referring = {name for one in self.constraints if one.type == "foreign_key" for name in one.columns}
        if len(keys) != 1 or len(keys[0]) != 1 or keys[0][0] in referring | self.unnumbered:
            return tuple(self.columns)
        key = keys[0][0]
        return tuple(replace(one, serial=True) if one.name == key and _is_plain(one) else one for one in self.columns)

    def _item(self, item: Value) -> None:
        if is_column(item):
            self.column(item, None)
        elif is_constraint(item) and type(item) is Call:
            self.constraints.append(table_constraint(item))
        elif type(item) is Call and last_name(item.func) == "Index":
            self.indexes.append(index_of(item, self._table))
        elif type(item) is Call and last_name(item.func) in {"copy", "_copy"}:
            self.column(item, None)
        elif type(item) is Items:
            self.read(item.items)
        elif not (type(item) is Constant and item.value is None):
            self.unknown.append("new_columns")

    def column(self, value: Value, name: str | None) -> None:
        read = read_column(value, self._dialect, name)
        self.columns.append(read.column)
        self.constraints.extend(read.column.constraints)
        if read.unknown:
            self.unknown.append("new_columns")
        if not read.numbered:
            self.unnumbered.add(read.column.name)
        if read.indexed:
            self.indexes.append(column_index(self._table, value, read.column.name))


def _inline_key(column: Column) -> tuple[str, ...]:
    return (column.name,) if any(one.type == "primary_key" for one in column.constraints) else ()


def _is_plain(column: Column) -> bool:
    return column.type.name in INTEGERS and column.default is None and not column.identity


def without_metadata(table: Call) -> Call:
    """`Table("t", metadata, …)` with the arguments of `create_table("t", …)`."""
    args = (*table.args[:1], *table.args[2:])
    return Call(table.func, args, table.keywords, table.node, table.module, table.exact)


def column_index(table: str, value: Value, column: str) -> Operation:
    """The index that `Column(…, index=True)` asks for, under the name that SQLAlchemy gives it."""
    unique = type(value) is Call and Arguments(value, ()).flag("unique")
    name = f"ix_{table.replace('.', '_')}_{column}"
    return Operation(
        kind=Kind.CREATE_INDEX,
        region=NOWHERE,
        table=table,
        name=name,
        columns=(column,),
        unique=unique,
        has_where=False,
    )


def index_of(call: Call, table: str) -> Operation:
    """An `Index("name", column, …)`."""
    arguments = Arguments(call, ("index_name",))
    columns = tuple(column_name(item) for item in arguments.rest)
    return index_operation(arguments, table, columns, [])


def index_operation(arguments: Arguments, table: str, columns: tuple[str, ...], unknown: list[str]) -> Operation:
    """CREATE INDEX with the options of `op.create_index`."""
    where = arguments.value("postgresql_where") or arguments.value("sqlite_where")
    using = arguments.value("postgresql_using")
    if UNKNOWN in columns:
        unknown.append("columns")
    name = arguments.name("index_name", unknown, "name")
    return Operation(
        kind=Kind.CREATE_INDEX,
        region=NOWHERE,
        table=table,
        name=name,
        columns=columns,
        unique=arguments.flag("unique"),
        concurrently=arguments.flag("postgresql_concurrently"),
        if_not_exists=arguments.flag("if_not_exists"),
        has_where=where is not None and not (type(where) is Constant and where.value is None),
        where=(expression(where) or "") if where is not None else "",
        using=(name_of(using) or "") if using is not None else "",
        unknown=tuple(dict.fromkeys(unknown)),
    )
