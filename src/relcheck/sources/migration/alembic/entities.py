"""Operations that other packages give to `op`.

Sources: the documentation of alembic_utils ("Operations") and of alembic-postgresql-enum ("sync_enum_values").
"""

from __future__ import annotations

from collections.abc import Callable

from relcheck.sources.migration.alembic.terms import Arguments, last_name, name_of, qualified
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation, SqlType
from relcheck.sources.migration.python.values import Call, Items, Value

_CLASSES: dict[str, tuple[Kind, Kind]] = {
    "PGFunction": (Kind.CREATE_ROUTINE, Kind.DROP_ROUTINE),
    "PGView": (Kind.CREATE_VIEW, Kind.DROP_VIEW),
    "PGMaterializedView": (Kind.CREATE_MATERIALIZED_VIEW, Kind.DROP_VIEW),
    "PGTrigger": (Kind.CREATE_TRIGGER, Kind.DROP_TRIGGER),
    "PGPolicy": (Kind.CREATE_POLICY, Kind.DROP_POLICY),
    "PGExtension": (Kind.CREATE_EXTENSION, Kind.DROP_EXTENSION),
    "PGGrantTable": (Kind.GRANT, Kind.REVOKE),
}


def _entity(call: Call) -> tuple[tuple[Kind, Kind] | None, str | None, str | None]:
    """The kinds of an entity's class, its name, and the table that it is on."""
    given = call.args[0] if call.args else None
    if type(given) is not Call:
        return None, None, None
    kinds = _CLASSES.get(last_name(given.func))
    arguments = Arguments(given, ("schema", "signature", "definition"))
    on = arguments.name("on_entity")
    named = arguments.name("signature") or arguments.name("table")
    name = named.partition("(")[0] if named is not None else None
    return kinds, qualified(name, arguments.value("schema")), on


def _create(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return _change(call, 0, or_replace=False)


def _replace(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return _change(call, 0, or_replace=True)


def _drop(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    return _change(call, 1, or_replace=False)


def _change(call: Call, which: int, *, or_replace: bool) -> list[Operation]:
    kinds, name, on = _entity(call)
    if kinds is None:
        reason = "an entity of alembic_utils whose class is not known"
        return [Operation(kind=Kind.OPAQUE, region=NOWHERE, reason=reason)]
    views = {Kind.CREATE_VIEW, Kind.CREATE_MATERIALIZED_VIEW, Kind.DROP_VIEW}
    kind = kinds[which]
    unknown = ("name",) if name is None or UNKNOWN in name else ()
    table = on if on is not None else name if kind in views | {Kind.GRANT, Kind.REVOKE} else None
    return [
        Operation(
            kind=kind, region=NOWHERE, name=name or UNKNOWN, table=table, or_replace=or_replace, unknown=unknown,
            cascade=Arguments(call, ()).flag("cascade"),
        )
    ]  # fmt: skip


def _sync_enum_values(call: Call, dialect: Dialect, batch: Value | None) -> list[Operation]:
    """The type is made anew, and every column of it is rewritten."""
    arguments = Arguments(call, ("enum_schema", "enum_name", "new_values", "affected_columns", "enum_values_to_rename"))
    unknown: list[str] = []
    name = qualified(arguments.name("enum_name", unknown, "name"), arguments.value("enum_schema")) or UNKNOWN
    affected = arguments.value("affected_columns")
    columns = affected.items if type(affected) is Items else ()
    found: list[Operation] = []
    for column in columns:
        table, attribute = UNKNOWN, UNKNOWN
        if type(column) is Items and len(column.items) >= 2:
            table, attribute = name_of(column.items[0]) or UNKNOWN, name_of(column.items[1]) or UNKNOWN
        elif type(column) is Call:
            given = Arguments(column, ("table_schema", "table_name", "column_name"))
            table = qualified(given.name("table_name"), given.value("table_schema")) or UNKNOWN
            attribute = given.name("column_name") or UNKNOWN
        found.append(
            Operation(
                kind=Kind.ALTER_COLUMN_TYPE,
                region=NOWHERE,
                table=table,
                column=attribute,
                type=SqlType(name, text=name),
                using=f"{attribute}::text::{name}",
                unknown=tuple(unknown),
            )
        )
    if not found:
        found.append(Operation(kind=Kind.DROP_TYPE, region=NOWHERE, name=name, unknown=tuple(unknown)))
    return found


ENTITIES: dict[str, Callable[[Call, Dialect, Value | None], list[Operation]]] = {
    "create_entity": _create,
    "replace_entity": _replace,
    "drop_entity": _drop,
    "sync_enum_values": _sync_enum_values,
}
