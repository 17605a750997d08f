"""`alter_column`: one operation for each thing that it changes."""

from __future__ import annotations

from msgspec.structs import replace

from relcheck.sources.migration.alembic.defaults import server_default
from relcheck.sources.migration.alembic.terms import Arguments, last_name, name_of
from relcheck.sources.migration.alembic.types import sql_type
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Before, Dialect, Kind, Operation, SqlType
from relcheck.sources.migration.python.values import Call, Constant, Value


def alter_column(
    arguments: Arguments, dialect: Dialect, table: str, unknown: list[str], *, batch: bool
) -> list[Operation]:
    """What the keywords ask for; `existing_…` ones say what is there and change nothing."""
    column = arguments.name("column_name", unknown, "column")
    existing = arguments.value("existing_type")
    nullable = arguments.value("existing_nullable")
    before = Before(
        type=_known_type(existing, dialect),
        nullable=nullable.value if type(nullable) is Constant and isinstance(nullable.value, bool) else None,
    )
    base = Operation(
        kind=Kind.STATE_ONLY, region=NOWHERE, table=table, column=column, before=before, batch=batch,
        unknown=tuple(unknown),
    )  # fmt: skip
    found = [
        *_type(arguments, base, dialect),
        *_nullable(arguments, base),
        *_default(arguments, base),
        *_rename(arguments, base),
        *(
            replace(base, kind=Kind.ALTER_TABLE_OPTION, name=option)
            for option in ("comment",)
            if _given(arguments, option)
        ),
    ]
    if found:
        return found
    if not arguments.exact:
        reason = "what this alter_column() changes stands behind ** and is not known"
        return [replace(base, kind=Kind.OPAQUE, reason=reason, unknown=(*unknown, "kind"))]
    if arguments.value("autoincrement") is not None:
        return [replace(base, kind=Kind.ALTER_TABLE_OPTION, name="autoincrement")]
    return [base]


def _given(arguments: Arguments, name: str) -> bool:
    """Whether a keyword is given, `False` being how Alembic says that it is not."""
    value = arguments.value(name)
    return value is not None and not (type(value) is Constant and value.value is False)


def _known_type(value: Value | None, dialect: Dialect) -> SqlType | None:
    if value is None or (type(value) is Constant and value.value is None):
        return None
    found = sql_type(value, dialect)
    return None if found.name == UNKNOWN else found


def _type(arguments: Arguments, base: Operation, dialect: Dialect) -> list[Operation]:
    value = arguments.value("type_")
    if value is None or (type(value) is Constant and value.value is None):
        return []
    found = sql_type(value, dialect)
    using = arguments.value("postgresql_using")
    unknown = base.unknown if found.name != UNKNOWN else (*base.unknown, "type")
    text = (name_of(using) if using is not None else "") or ""
    return [replace(base, kind=Kind.ALTER_COLUMN_TYPE, type=found, using=text, unknown=unknown)]


def _nullable(arguments: Arguments, base: Operation) -> list[Operation]:
    value = arguments.value("nullable")
    if value is None or (type(value) is Constant and value.value is None):
        return []
    if type(value) is Constant:
        return [replace(base, kind=Kind.DROP_NOT_NULL if value.value else Kind.SET_NOT_NULL)]
    reason = "whether this column may hold NULL from now on is not known; the stricter is assumed"
    return [replace(base, kind=Kind.SET_NOT_NULL, reason=reason, unknown=(*base.unknown, "kind"))]


def _default(arguments: Arguments, base: Operation) -> list[Operation]:
    value = arguments.value("server_default")
    if value is None or (type(value) is Constant and value.value is False):
        return []
    if type(value) is Constant and value.value is None:
        return [replace(base, kind=Kind.DROP_DEFAULT)]
    kind = last_name(value.func) if type(value) is Call else ""
    if kind == "Identity":
        return [replace(base, kind=Kind.ADD_IDENTITY)]
    if kind == "Computed":
        return [replace(base, kind=Kind.OTHER, object_type="SET EXPRESSION")]
    text, volatile = server_default(value)
    unknown = base.unknown if text is not None and UNKNOWN not in text else (*base.unknown, "default")
    return [replace(base, kind=Kind.SET_DEFAULT, default=text, volatile=volatile, unknown=unknown)]


def _rename(arguments: Arguments, base: Operation) -> list[Operation]:
    for name in ("new_column_name", "name"):
        value = arguments.value(name)
        if value is not None:
            new = name_of(value)
            if new is None or new == base.column:
                continue
            unknown = base.unknown if UNKNOWN not in new else (*base.unknown, "new_name")
            return [replace(base, kind=Kind.RENAME_COLUMN, new_name=new, unknown=unknown)]
    return []
