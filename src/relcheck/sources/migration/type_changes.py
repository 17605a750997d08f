"""What another type does to a column: whether its values are written anew, and whether some of them no longer fit.

Sources: PostgreSQL manual, ALTER TABLE, section "Notes" ("… if the USING clause does not change the column contents and
the old type is either binary coercible to the new type or an unconstrained domain over the new type, a table rewrite is
not needed. However, indexes must always be rebuilt unless the system can verify that the new index would be logically
equivalent"), and CREATE CAST ("binary coercible"). Which pairs these are was observed on a server and is tested there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from relcheck.sources.migration.operation import UNKNOWN, Dialect, SqlType

_UNLIMITED = 1 << 40


class TypeChange(msgspec.Struct, frozen=True):
    """`rewrite`: every row is written anew. `reindex`: indexes that hold the column are built anew. `narrows`: values
    may be cut, rounded or refused. None where the migration alone does not tell; `why` says what it depends on."""

    rewrite: bool | None
    reindex: bool | None
    narrows: bool | None
    why: str = ""


def type_change(
    old: SqlType | None,
    new: SqlType | None,
    *,
    using: str = "",
    column: str = "",
    dialect: Dialect = "postgres",
    version: tuple[int, ...] = (),
) -> TypeChange:
    """What becomes of a column of the type `old`. `using` is the expression of USING, `version` the server's."""
    if new is None or _is_unknown(new):
        return TypeChange(None, None, None, "the new type cannot be determined")
    if old is None or _is_unknown(old):
        return TypeChange(None, None, None, "the old type is not known")
    if dialect != "postgres":
        return TypeChange(None, None, _narrows_elsewhere(old, new))
    narrows = _narrows(old, new)
    if using and not _is_plain_cast(using, column):
        return TypeChange(True, True, narrows, "USING computes each value")
    kept, same_order, why = _kept(old, new, version)
    return TypeChange(
        None if kept is None else not kept, None if kept is None else not (kept and same_order), narrows, why
    )


def is_foreign(given: SqlType) -> bool:
    """Whether a type is unknown, or one of PostgreSQL's where another database is spoken of."""
    return _is_unknown(given) or given.name in _OF_POSTGRES


def _is_unknown(given: SqlType) -> bool:
    """Whether the type, or its length, cannot be determined."""
    return given.name == UNKNOWN or UNKNOWN in given.arguments


def _kept(old: SqlType, new: SqlType, version: tuple[int, ...]) -> tuple[bool | None, bool, str]:
    """Whether the values stay as they are on disk, whether indexes of them do, and what that depends on."""
    if old.array or new.array:
        return _same(old, new), True, ""
    pair = old.name, new.name
    if old.name == new.name:
        return _wider(old, new), True, ""
    if pair in _EQUAL_ON_DISK:
        order = pair in _EQUAL_IN_ORDER
        return _length_kept(old, new), order, ""
    if pair in _AT_UTC:
        if (old.arguments and new.arguments) or _precision(new) < _precision(old):
            return False, False, ""
        if version and version < (12,):
            return False, False, ""
        return (
            None,
            False,
            "it depends on the TimeZone of the session: at UTC, from PostgreSQL 12 on, nothing is rewritten",
        )
    if old.name in _KNOWN and new.name in _KNOWN:
        return False, False, ""
    return (
        None,
        False,
        f"what {_shown(old)} is made of is not known"
        if old.name not in _KNOWN
        else (f"what {_shown(new)} is made of is not known"),
    )


def _same(old: SqlType, new: SqlType) -> bool:
    return (old.name, old.arguments, old.array) == (new.name, new.arguments, new.array)


def _wider(old: SqlType, new: SqlType) -> bool:
    """Whether a type of the same name takes every value as it is."""
    if old.name == "interval":
        return _interval_kept(old, new)
    if old.arguments == new.arguments:
        return True
    if old.name in ("varchar", "varbit"):
        return _length(new) >= _length(old)
    if old.name == "bpchar":
        return not new.arguments
    if old.name == "numeric":
        return _numeric_kept(old, new)
    if old.name in ("timestamp", "timestamptz", "time", "timetz"):
        return _precision(new) >= _precision(old)
    return False


def _length_kept(old: SqlType, new: SqlType) -> bool:
    """Between two names for the same bytes a length may only go away; the server compares no lengths there."""
    del old
    return not new.arguments or new.name in ("int4", "oid")


def _numeric_kept(old: SqlType, new: SqlType) -> bool:
    if not new.arguments:
        return True
    if not old.arguments:
        return False
    return _scale(old) == _scale(new) and _length(new) >= _length(old)


def _interval_kept(old: SqlType, new: SqlType) -> bool:
    """`interval(3)` and `interval day` are told by their text: their arguments are bits."""
    if _fields(new):
        return _fields(new) == _fields(old) and _seconds(new) >= _seconds(old)
    whole = bool(_fields(old)) and "second" not in _fields(old)
    return whole or _seconds(new) >= _seconds(old)


def _fields(given: SqlType) -> str:
    """`day to second` of `interval day to second(3)`."""
    return " ".join(re.sub(r"\([^)]*\)", " ", given.text.lower()).split()[1:])


def _seconds(given: SqlType) -> int:
    """The digits of a second that an interval has: six where nothing is said."""
    found = re.search(r"\(\s*(\d+)\s*\)", given.text)
    return int(found[1]) if found is not None else 6


def _is_plain_cast(using: str, column: str) -> bool:
    """Whether USING says no more than what happens without it: `a`, `a::text`, `CAST(a AS text)`."""
    name = rf'\(*"?{re.escape(column)}"?\)*' if column else r'\(*"?\w+"?\)*'
    typed = r"[\w\s.\"(),\[\]]+"
    said = rf"\s*(?:{name}(?:\s*::\s*{typed})?|cast\s*\(\s*{name}\s+as\s+{typed}\))\s*"
    return re.fullmatch(said, using, re.IGNORECASE) is not None


def _narrows(old: SqlType, new: SqlType) -> bool | None:
    """Whether a value of the old type may not fit into the new one."""
    if old.array != new.array:
        return None
    if old.name == new.name:
        return _narrower_arguments(old, new)
    if old.name in _TEXTS and new.name in _TEXTS:
        return _text_size(new) < _text_size(old)
    if new.name in _TEXTS:
        return _text_size(new) < _shown_size(old)
    if old.name in _TEXTS and new.name == "bytea":
        return False
    if (pair := (old.name, new.name)) in _NARROWING:
        return True
    if pair in _WIDENING:
        return None if old.name in _DIGITS and new.name in _NUMERICS and new.arguments else False
    if old.name in _TEXTS:
        return True if new.name in _KNOWN else None
    return None


def _narrows_elsewhere(old: SqlType, new: SqlType) -> bool | None:
    """The same in MySQL and SQLite, whose texts have other sizes and which know no such types as `uuid`."""
    if old.name in _OF_POSTGRES or new.name in _OF_POSTGRES:
        return False if _same(old, new) else None
    if old.name in _MYSQL_TEXTS and new.name in _MYSQL_TEXTS:
        return _mysql_size(new) < _mysql_size(old)
    return _narrows(old, new)


def _mysql_size(given: SqlType) -> int:
    """The characters (of `VARCHAR`) or bytes that fit: MySQL manual, "Data Type Storage Requirements"."""
    return _length(given) if given.arguments else _MYSQL_TEXTS[given.name]


def _narrower_arguments(old: SqlType, new: SqlType) -> bool | None:
    if old.arguments == new.arguments:
        return False
    if old.name in _NUMERICS:
        if not new.arguments:
            return False
        if not old.arguments:
            return True
        return _scale(new) < _scale(old) or _length(new) - _scale(new) < _length(old) - _scale(old)
    if old.name in _TEXTS or old.name in ("varbit", "bit", "varbinary", "binary"):
        return _text_size(new) < _text_size(old) if old.name in _TEXTS else _length(new) < _length(old)
    if old.name in ("timestamp", "timestamptz", "time", "timetz", "datetime"):
        return _precision(new) < _precision(old)
    return None


def _length(given: SqlType) -> int:
    numbers = _numbers(given)
    return numbers[0] if numbers else _UNLIMITED


def _scale(given: SqlType) -> int:
    numbers = _numbers(given)
    return numbers[1] if len(numbers) > 1 else 0


def _precision(given: SqlType) -> int:
    """Digits of a second: six where nothing is said."""
    numbers = _numbers(given)
    return numbers[0] if numbers else 6


def _numbers(given: SqlType) -> list[int]:
    return [int(one) for one in given.arguments if one.isdecimal()]


def _text_size(given: SqlType) -> int:
    if given.name in ("bpchar", "char") and not given.arguments:
        return 1 if given.name == "char" else _UNLIMITED
    return _length(given) if given.arguments else _TEXTS.get(given.name, _UNLIMITED)


def _shown_size(given: SqlType) -> int:
    """How long the text of a value may be."""
    return _DIGITS.get(given.name, _SHOWN.get(given.name, _UNLIMITED))


def _shown(given: SqlType) -> str:
    return given.text or given.name


_EQUAL_ON_DISK = frozenset(
    {
        ("varchar", "text"),
        ("text", "varchar"),
        ("varchar", "bpchar"),
        ("text", "bpchar"),
        ("varchar", "citext"),
        ("text", "citext"),
        ("citext", "text"),
        ("citext", "varchar"),
        ("citext", "bpchar"),
        ("xml", "text"),
        ("xml", "varchar"),
        ("xml", "bpchar"),
        ("cidr", "inet"),
        ("bit", "varbit"),
        ("int4", "oid"),
        ("oid", "int4"),
    }
)
_EQUAL_IN_ORDER = frozenset({("varchar", "text"), ("text", "varchar"), ("cidr", "inet")})
"""Of these, where the server keeps indexes as well."""
_AT_UTC = frozenset({("timestamp", "timestamptz"), ("timestamptz", "timestamp")})

_DIGITS: Mapping[str, int] = {
    "int2": 6,
    "int4": 11,
    "int8": 20,
    "smallint": 6,
    "int": 11,
    "integer": 11,
    "bigint": 20,
    "tinyint": 4,
    "mediumint": 9,
    "oid": 10,
}
_SHOWN: Mapping[str, int] = {
    "bool": 5,
    "boolean": 5,
    "uuid": 36,
    "date": 13,
    "time": 15,
    "timestamp": 29,
    "timestamptz": 35,
    "datetime": 26,
    "inet": 43,
    "cidr": 43,
    "macaddr": 17,
}
"""The longest text of a value: PostgreSQL manual, "Data Types"."""
_TEXTS: Mapping[str, int] = {
    "text": _UNLIMITED,
    "varchar": _UNLIMITED,
    "bpchar": _UNLIMITED,
    "char": 1,
    "citext": _UNLIMITED,
    "tinytext": 255,
    "mediumtext": _UNLIMITED >> 1,
    "longtext": _UNLIMITED,
    "nvarchar": _UNLIMITED,
}
_MYSQL_TEXTS: Mapping[str, int] = {
    "char": 1,
    "varchar": (1 << 16) - 1,
    "tinytext": (1 << 8) - 1,
    "text": (1 << 16) - 1,
    "mediumtext": (1 << 24) - 1,
    "longtext": (1 << 32) - 1,
}
_OF_POSTGRES = frozenset(
    {"int2", "int4", "int8", "float4", "float8", "bpchar", "timestamptz", "timetz", "uuid", "bytea", "jsonb", "citext"}
)
"""Names of types that no other database has. A chain that serves several may know a column by them."""
_NUMERICS = frozenset({"numeric", "decimal"})

_ORDERS = (
    ("int2", "int4", "int8", "numeric"),
    ("int2", "int4", "float8"),
    ("int2", "float4", "float8"),
    ("tinyint", "smallint", "mediumint", "int", "bigint", "decimal"),
    ("smallint", "integer", "bigint", "decimal"),
    ("date", "timestamp"),
    ("date", "timestamptz"),
    ("date", "datetime"),
    ("timestamp", "timestamptz"),
    ("time", "timetz"),
    ("time", "interval"),
    ("cidr", "inet"),
    ("bit", "varbit"),
    ("json", "jsonb"),
    ("bool", "int4"),
    ("int4", "oid"),
    ("macaddr", "macaddr8"),
)
"""Each takes every value of those before it: PostgreSQL manual, "Numeric Types", "Date/Time Types"; MySQL manual,
"Numeric Data Types"."""
_WIDENING = frozenset(
    (narrow, wide) for order in _ORDERS for index, narrow in enumerate(order) for wide in order[index + 1 :]
) | {("jsonb", "json")}
_NARROWING = (
    frozenset((wide, narrow) for narrow, wide in _WIDENING)
    | {
        ("int8", "float8"),
        ("int8", "float4"),
        ("int4", "float4"),
        ("numeric", "float4"),
        ("numeric", "float8"),
        ("float4", "int2"),
        ("float4", "int4"),
        ("float4", "int8"),
        ("float8", "int8"),
        ("float4", "numeric"),
        ("float8", "numeric"),
        ("timestamp", "time"),
        ("timestamptz", "time"),
        ("timestamptz", "timetz"),
        ("int2", "bool"),
        ("int8", "bool"),
        ("varbit", "bit"),
        ("bigint", "double"),
    }
) - {("json", "jsonb"), ("jsonb", "json")}

_KNOWN = (
    frozenset(_DIGITS)
    | frozenset(_SHOWN)
    | frozenset(_TEXTS)
    | frozenset(name for order in _ORDERS for name in order)
    | {"float4", "float8", "xml", "bytea", "money", "point", "tsvector", "name", "double", "jsonb", "json", "citext"}
)
"""Types of which it is known how they lie on disk. Others may be domains or of an extension."""
