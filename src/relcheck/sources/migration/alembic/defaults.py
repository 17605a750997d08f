"""Server defaults: their SQL, and whether they differ from row to row."""

from __future__ import annotations

import re

from relcheck.sources.migration.alembic.terms import last_name, name_of
from relcheck.sources.migration.operation import UNKNOWN
from relcheck.sources.migration.python.values import Attribute, Call, Constant, Symbol, Text, Value
from relcheck.sources.migration.volatility import STABLE, VOLATILE, volatility

_CALLS = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_LITERAL = re.compile(r"'(?:[^']|'')*'")

_VOLATILE = VOLATILE | frozenset(["rand", "uuid", "newid", "sysdate"])
_STABLE = STABLE | frozenset(
    [
        "current_timestamp",
        "current_date",
        "current_time",
        "localtimestamp",
        "localtime",
        "current_user",
        "session_user",
        "cast",
        "interval",
        "array",
        "values",
        "if",
        "unix_timestamp",
        "datetime",
        "date",
        "strftime",
        "curdate",
        "curtime",
        "utc_timestamp",
        "json_array",
        "varchar",
        "char",
        "numeric",
        "decimal",
        "timestamp",
        "timestamptz",
        "time",
        "bit",
    ]
)
"""The same with what MySQL and SQLite have, and with types, which are written like calls."""


def server_default(value: Value) -> tuple[str | None, bool | None]:
    """A default as SQL (None: there is none) and whether it is volatile (None: that cannot be told)."""
    if type(value) is Constant:
        if value.value is None:
            return None, False
        return str(value.value).lower() if isinstance(value.value, bool) else str(value.value), False
    if type(value) is Text:
        text = name_of(value) or ""
        return "'" + text.replace("'", "''") + "'", None if UNKNOWN in text else False
    sql = expression(value)
    if sql is None:
        return UNKNOWN, None
    return sql, is_volatile(sql)


def expression(value: Value) -> str | None:
    """An expression of SQLAlchemy as SQL; None where it is none that is known."""
    if type(value) is Text:
        return name_of(value)
    if type(value) is Constant:
        if value.value is None:
            return "NULL"
        return str(value.value).lower() if isinstance(value.value, bool) else str(value.value)
    if type(value) is Symbol:
        return {"true": "true", "false": "false", "null": "NULL"}.get(last_name(value))
    if type(value) is not Call:
        return None
    func = value.func
    last = last_name(func)
    if last in {"text", "literal_column", "DefaultClause", "f"} and value.args:
        return expression(value.args[0])
    if last in {"true", "false", "null"} and not value.args:
        return "NULL" if last == "null" else last
    if last in {"literal", "inline_literal"} and value.args:
        inner = value.args[0]
        return server_default(inner)[0] if type(inner) in (Text, Constant) else None
    if last == "cast" and value.args:
        return expression(value.args[0])
    if last == "next_value" and type(func) is Attribute:
        sequence = func.of
        name = name_of(sequence.args[0]) if type(sequence) is Call and sequence.args else UNKNOWN
        return f"nextval('{name}')"
    if _is_function(func):
        parts = [expression(arg) if type(arg) is not Text else server_default(arg)[0] for arg in value.args]
        return f"{last}({', '.join(part or UNKNOWN for part in parts)})"
    return None


def _is_function(func: Value) -> bool:
    """Whether it is `sa.func.name`."""
    if type(func) is Symbol:
        return ".func." in f".{func.name}"
    return type(func) is Attribute and last_name(func.of) in {"func", "functions"}


def is_volatile(sql: str) -> bool | None:
    """Whether an expression has another value in each row; None where it calls a function that is not known."""
    bare = _LITERAL.sub("''", sql).lower()
    called = volatility((found[1].rpartition(".")[2] for found in _CALLS.finditer(bare)), _VOLATILE, _STABLE)
    return None if UNKNOWN in bare and not called else called
