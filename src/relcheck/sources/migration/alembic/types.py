"""SQLAlchemy's column types in the words of a dialect.

Source: SQLAlchemy, "The Type Hierarchy", and the type compilers of its dialects.
"""

from __future__ import annotations

from relcheck.sources.migration.alembic.terms import dotted, last_name, name_of, qualified
from relcheck.sources.migration.operation import UNKNOWN, Dialect, SqlType
from relcheck.sources.migration.python.attributes import class_attribute
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Class,
    Constant,
    Entries,
    Instance,
    Items,
    Symbol,
    Text,
    Value,
    text_of,
)

_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}

_TYPES: dict[str, tuple[str, str, str]] = {
    "Integer": ("int4", "int", "integer"),
    "INTEGER": ("int4", "int", "integer"),
    "INT": ("int4", "int", "integer"),
    "BigInteger": ("int8", "bigint", "bigint"),
    "BIGINT": ("int8", "bigint", "bigint"),
    "SmallInteger": ("int2", "smallint", "smallint"),
    "SMALLINT": ("int2", "smallint", "smallint"),
    "Boolean": ("bool", "bool", "boolean"),
    "BOOLEAN": ("bool", "bool", "boolean"),
    "Date": ("date", "date", "date"),
    "DATE": ("date", "date", "date"),
    "Interval": ("interval", "datetime", "datetime"),
    "INTERVAL": ("interval", "datetime", "datetime"),
    "LargeBinary": ("bytea", "blob", "blob"),
    "BLOB": ("bytea", "blob", "blob"),
    "BINARY": ("bytea", "binary", "binary"),
    "VARBINARY": ("bytea", "varbinary", "varbinary"),
    "PickleType": ("bytea", "blob", "blob"),
    "JSON": ("json", "json", "json"),
    "JSONB": ("jsonb", "json", "json"),
    "UUID": ("uuid", "char", "char"),
    "Uuid": ("uuid", "char", "char"),
    "UUIDType": ("uuid", "binary", "blob"),
    "GUID": ("uuid", "char", "char"),
    "REAL": ("float4", "double", "real"),
    "Double": ("float8", "double", "double"),
    "DOUBLE": ("float8", "double", "double"),
    "DOUBLE_PRECISION": ("float8", "double", "double"),
    "TSVectorType": ("tsvector", "text", "text"),
    "UnicodeText": ("text", "text", "text"),
    "Text": ("text", "text", "text"),
    "TEXT": ("text", "text", "text"),
    "CLOB": ("text", "text", "text"),
}
"""Types whose arguments do not matter, for PostgreSQL, MySQL and SQLite."""

_AS_TEXT = frozenset({"UUID", "Uuid", "GUID"})
"""Kept as 32 hexadecimal digits where the database has no type for it."""
_STRINGS = frozenset({"String", "VARCHAR", "Unicode", "NVARCHAR", "AutoString", "VARCHAR2", "EmailType", "ChoiceType"})
_FIXED = frozenset({"CHAR", "NCHAR"})
_NUMBERS = frozenset({"Numeric", "NUMERIC", "DECIMAL", "Decimal"})
_TIMES = {
    "DateTime": ("timestamp", "datetime", "datetime"),
    "DATETIME": ("timestamp", "datetime", "datetime"),
    "TIMESTAMP": ("timestamp", "timestamp", "timestamp"),
    "Time": ("time", "time", "time"),
    "TIME": ("time", "time", "time"),
}
_PLAIN_POSTGRES = frozenset(
    [
        "INET",
        "CIDR",
        "MACADDR",
        "MACADDR8",
        "HSTORE",
        "TSVECTOR",
        "TSQUERY",
        "OID",
        "REGCLASS",
        "MONEY",
        "CITEXT",
        "BIT",
        "BYTEA",
        "JSONPATH",
        "INT4RANGE",
        "INT8RANGE",
        "NUMRANGE",
        "DATERANGE",
        "TSRANGE",
        "TSTZRANGE",
        "INT4MULTIRANGE",
        "INT8MULTIRANGE",
        "NUMMULTIRANGE",
        "DATEMULTIRANGE",
        "TSMULTIRANGE",
        "TSTZMULTIRANGE",
        "LTREE",
        "Vector",
        "VECTOR",
        "Geometry",
        "Geography",
    ]
)
_PLAIN_MYSQL = frozenset(
    [
        "TINYINT",
        "MEDIUMINT",
        "TINYTEXT",
        "MEDIUMTEXT",
        "LONGTEXT",
        "TINYBLOB",
        "MEDIUMBLOB",
        "LONGBLOB",
        "YEAR",
        "SET",
        "BIT",
    ]
)


def sql_type(value: Value | None, dialect: Dialect, depth: int = 0) -> SqlType:
    """The type that a value names; `UNKNOWN` where it is none that is known."""
    if value is None or depth > 8:
        return SqlType(UNKNOWN)
    if type(value) is Instance:
        return _own_type(value.cls, value.call, dialect, depth)
    if type(value) is Class:
        return _own_type(value, None, dialect, depth)
    call = value if type(value) is Call else None
    func = call.func if call is not None else value
    if call is not None and type(func) is Attribute and func.name == "with_variant":
        return _variant(call, func, dialect, depth)
    if call is not None and type(func) is Attribute and func.name in {"evaluates_none", "copy", "as_mutable"}:
        return sql_type(func.of, dialect, depth + 1)
    if call is not None and last_name(func) in {"as_mutable", "MutableType"} and call.args:
        return sql_type(call.args[0], dialect, depth + 1)
    name = last_name(func)
    if type(func) not in (Symbol, Attribute):
        return SqlType(UNKNOWN)
    return _named(name, dotted(func), call, dialect, depth)


def _named(name: str, full: str, call: Call | None, dialect: Dialect, depth: int) -> SqlType:
    position = ("postgres", "mysql", "sqlite").index(dialect)
    if name in _STRINGS:
        length = _number(call, 0, "length")
        return _typed("varchar", (length,) if length else ())
    if name in _FIXED:
        length = _number(call, 0, "length")
        return _typed("bpchar" if dialect == "postgres" else "char", (length,) if length else ())
    if name in _NUMBERS:
        numbers = tuple(number for number in (_number(call, 0, "precision"), _number(call, 1, "scale")) if number)
        return _typed("decimal" if dialect == "mysql" else "numeric", numbers)
    if name in {"Float", "FLOAT"}:
        precision = _number(call, 0, "precision")
        if dialect == "postgres":
            return _typed("float4" if precision and precision.isdecimal() and int(precision) <= 24 else "float8")
        return _typed("float", (precision,) if precision and dialect == "mysql" else ())
    if name in _TIMES:
        return _time(name, call, dialect, position)
    if name in {"Enum", "ENUM"}:
        return _enum(call, dialect)
    if name == "ARRAY" and call is not None:
        inner = sql_type(_argument(call, 0, "item_type"), dialect, depth + 1)
        dimensions = _number(call, 9, "dimensions")
        array = inner.array + (int(dimensions) if dimensions and dimensions.isdecimal() else 1)
        return SqlType(inner.name, inner.arguments, array, f"{inner.text}[]")
    if name in _AS_TEXT and dialect != "postgres":
        return _typed("char", ("32",))
    if name in _TYPES:
        found = _TYPES[name][position]
        return _typed(found, _arguments(found, call) if found in {"binary", "varbinary", "char"} else ())
    if name in _PLAIN_POSTGRES or name in _PLAIN_MYSQL:
        return _typed(name.lower(), _arguments(name.lower(), call))
    return SqlType(UNKNOWN, text=full)


def _typed(name: str, arguments: tuple[str, ...] = ()) -> SqlType:
    return SqlType(name, arguments, 0, f"{name}({', '.join(arguments)})" if arguments else name)


def _time(name: str, call: Call | None, dialect: Dialect, position: int) -> SqlType:
    base = _TIMES[name][position]
    timezone = _argument(call, 0, "timezone")
    if dialect == "postgres" and type(timezone) is Constant and timezone.value:
        base += "tz"
    precision = _number(call, 9, "precision" if dialect == "postgres" else "fsp")
    return _typed(base, (precision,) if precision else ())


def _enum(call: Call | None, dialect: Dialect) -> SqlType:
    """A native enum's type is its name: that of the Python class in small letters where none is given."""
    if call is None:
        return SqlType(UNKNOWN)
    labels = [text for text in (text_of(arg) for arg in call.args) if text is not None]
    native = call.keywords.get("native_enum")
    if dialect != "postgres" or (type(native) is Constant and native.value is False):
        if dialect == "mysql" and not (type(native) is Constant and native.value is False):
            return SqlType("enum", tuple(labels), 0, f"enum({', '.join(map(repr, labels))})")
        length = _number(call, 99, "length") or (str(max(map(len, labels))) if labels else None)
        return _typed("varchar", (length,) if length else ())
    text = enum_name(call)
    return SqlType(text, (), 0, text)


def enum_name(call: Call) -> str:
    """The name of an enum: that of the Python class in small letters where none is given."""
    name = call.keywords.get("name")
    if name is not None:
        return qualified(name_of(name), call.keywords.get("schema")) or UNKNOWN
    return (last_name(call.args[0]).lower() if call.args and not enum_labels(call) else "") or UNKNOWN


def enum_labels(call: Call) -> tuple[str, ...]:
    """The labels of an enum that is written out."""
    return tuple(text for text in (text_of(arg) for arg in call.args) if text is not None)


def _variant(call: Call, func: Attribute, dialect: Dialect, depth: int) -> SqlType:
    """`type.with_variant(other, "mysql")`."""
    names = [text_of(arg) for arg in call.args[1:]]
    if call.args and any(name is not None and _DIALECTS.get(name) == dialect for name in names):
        return sql_type(call.args[0], dialect, depth + 1)
    return sql_type(func.of, dialect, depth + 1)


def _own_type(cls: Class, call: Call | None, dialect: Dialect, depth: int) -> SqlType:
    """A type of the project: what its `impl` says, or the type that it is derived from."""
    impl = class_attribute(cls, "impl")
    if impl is not None:
        if call is not None and (call.args or call.keywords) and type(impl) in (Symbol, Attribute):
            impl = Call(impl, call.args, call.keywords, call.node, call.module, call.exact)
        return sql_type(impl, dialect, depth + 1)
    for base in cls.bases:
        if call is not None and type(base) in (Symbol, Attribute):
            base = Call(base, call.args, call.keywords, call.node, call.module, call.exact)
        found = sql_type(base, dialect, depth + 1)
        if found.name != UNKNOWN:
            return found
    return SqlType(UNKNOWN, text=cls.name)


def _arguments(name: str, call: Call | None) -> tuple[str, ...]:
    if call is None or name in {"tinyint", "mediumint", "bytea", "citext"}:
        return ()
    length = _number(call, 0, "length")
    return (length,) if length else ()


def _argument(call: Call | None, position: int, name: str) -> Value | None:
    if call is None:
        return None
    if name in call.keywords:
        return call.keywords[name]
    return call.args[position] if position < len(call.args) else None


def _number(call: Call | None, position: int, name: str) -> str | None:
    """A number as an argument; UNKNOWN where it is given and not known, None where it is not given."""
    value = _argument(call, position, name)
    if value is None or (type(value) is Constant and value.value is None):
        return None
    if type(value) is Constant and isinstance(value.value, int | float) and not isinstance(value.value, bool):
        return str(value.value)
    if type(value) is Constant or type(value) in (Entries, Items):
        return None
    return (text_of(value) or UNKNOWN) if type(value) is Text else UNKNOWN
