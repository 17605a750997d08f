"""What reaches the database: the operations object, connections, sessions."""

from __future__ import annotations

from relcheck.sources.migration.alembic.terms import dotted, last_name
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Constant,
    Entries,
    Items,
    Maybe,
    Symbol,
    Text,
    Unknown,
    Value,
    roots,
    text_of,
)

_OPERATIONS = frozenset({"op", "operations", "alembic_op"})
_BATCHES = frozenset({"batch_op", "batch", "bop", "batch_ops"})
_NAMES = frozenset(
    {"bind", "conn", "connection", "session", "engine", "connectable", "db_session", "dbapi_connection", "cursor"}
)
_SOURCES = frozenset({"get_bind", "get_context"})
_MAKERS = frozenset(
    {"Session", "sessionmaker", "scoped_session", "create_engine", "create_session", "get_session", "SessionLocal"}
)
_READING = (
    "get", "has", "is_", "find", "generic_find", "exists", "check", "inspect", "table_has", "column_exists",
    "index_exists", "table_exists", "constraint_exists", "list", "load", "fetch", "read", "select", "count", "describe",
    "_get", "_has", "_is_", "_find", "_check", "_inspect", "_table_exists", "_column_exists", "_index_exists", "_fetch",
    "_load", "_count", "_select", "_list", "_read",
)  # fmt: skip
"""How names of functions begin that look something up."""


def is_operations(value: Value) -> bool:
    """Whether a value is Alembic's `op`."""
    if type(value) is Symbol:
        return value.name == "alembic.op"
    if type(value) is Unknown:
        return value.name in _OPERATIONS
    return type(value) is Call and dotted(value.func).endswith(("Operations", "Operations.context"))


def operation_name(call: Call) -> str | None:
    """The name of the operation that a call of `op` makes; None for any other call."""
    func = call.func
    if type(func) is Symbol and func.name.startswith("alembic.op."):
        return func.name.removeprefix("alembic.op.")
    return func.name if type(func) is Attribute and is_operations(func.of) else None


def batch_of(value: Value) -> Call | Unknown | None:
    """What a value is as a batch: the call of `batch_alter_table`, or a name of one whose table is not known."""
    if type(value) is Call and operation_name(value) == "batch_alter_table":
        return value
    if type(value) is Call and last_name(value.func) == "batch_alter_table":
        return value
    return value if type(value) is Unknown and value.name in _BATCHES else None


def is_database(value: Value) -> bool:
    """Whether a value is a connection, an engine or a session, or comes from one."""
    return any(_is_source(one) for one in roots(value))


def _is_source(one: Value) -> bool:
    if type(one) is Unknown:
        return one.name in _NAMES or one.name in _OPERATIONS
    if type(one) is Symbol:
        last = last_name(one)
        return last in _NAMES or last in _SOURCES or last in _MAKERS or one.name == "alembic.op"
    if type(one) is Attribute:
        return one.name in {"session", "get_bind", "Session"}
    return type(one) is Call and last_name(one.func) in _MAKERS


def touches_database(call: Call) -> bool:
    """Whether a function is given what it needs to change the database."""
    return any(_holds_database(value, 0) for value in (*call.args, *call.keywords.values()))


def _holds_database(value: Value, depth: int) -> bool:
    if type(value) is Items and depth < 3:
        return any(_holds_database(item, depth + 1) for item in value.items)
    if type(value) is Entries and depth < 3:
        return any(_holds_database(item, depth + 1) for _, item in value.entries)
    if type(value) is Maybe:
        return _holds_database(value.value, depth)
    if type(value) in (Text, Constant):
        return False
    return is_operations(value) or batch_of(value) is not None or is_handle(value)


def is_handle(value: Value) -> bool:
    """Whether a value is a connection or session itself, not a row or a result of it."""
    if type(value) is Call:
        name = last_name(value.func)
        return (
            name in _SOURCES
            or name in _MAKERS
            or (
                name
                in {
                    "connect",
                    "begin",
                    "begin_nested",
                    "execution_options",
                    "__enter__",
                    "raw_connection",
                    "cursor",
                    "enter_context",
                    "push",
                    "get_bind",
                }
                and is_database(value.func)
            )
            or (type(value.func) is Call and last_name(value.func.func) in _MAKERS)
        )
    if type(value) is Attribute:
        return value.name in {"bind", "connection", "engine", "session"} and is_database(value)
    return _is_source(value)


def only_reads(name: str) -> bool:
    """Whether a function's name says that it looks something up, or makes a session."""
    return name in _MAKERS or name.lower().startswith(_READING)


def is_autocommit(value: Value) -> bool:
    """Whether a connection was set to `isolation_level="AUTOCOMMIT"`."""
    for one in roots(value):
        if type(one) is Call:
            level = one.keywords.get("isolation_level")
            if level is not None and (text_of(level) or "").upper() == "AUTOCOMMIT":
                return True
    return False
