"""What a type of PostgreSQL is in another database, for a table that the same call makes in both.

Sources: the type compilers of SQLAlchemy's dialects for MySQL and SQLite; `data_types` of Django's backends.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from relcheck.sources.migration.operation import Dialect, Operation, SqlType

_MYSQL: Mapping[str, str] = {
    "int2": "smallint",
    "int4": "int",
    "int8": "bigint",
    "float4": "float",
    "float8": "double",
    "bytea": "blob",
    "timestamp": "datetime",
    "jsonb": "json",
    "numeric": "decimal",
}
_SQLITE: Mapping[str, str] = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "bytea": "blob",
    "timestamp": "datetime",
    "jsonb": "json",
    "numeric": "decimal",
}
_IN_ALL = frozenset({"varchar", "char", "text", "json", "date", "time", "bool"})
_UUID = SqlType("char", ("32",), 0, "char(32)")


def equal_type(given: SqlType | None, dialect: Dialect) -> SqlType | None:
    """The type that stands for one of PostgreSQL; None where that is not known."""
    if given is None or dialect == "postgres" or given.array:
        return given if dialect == "postgres" else None
    if given.name == "uuid":
        return _UUID
    if given.name in _IN_ALL:
        return given
    name = (_MYSQL if dialect == "mysql" else _SQLITE).get(given.name)
    arguments = given.arguments
    return SqlType(name, arguments, 0, f"{name}({', '.join(arguments)})" if arguments else name) if name else None


def in_words_of(dialect: Dialect, one: Operation) -> Operation:
    """An operation of PostgreSQL as what it is in another database."""
    if one.dialect != "postgres" or not (one.type or one.new_columns):
        return one
    columns = tuple(replace(each, type=equal_type(each.type, dialect)) for each in one.new_columns)
    return replace(one, type=equal_type(one.type, dialect), new_columns=columns)
