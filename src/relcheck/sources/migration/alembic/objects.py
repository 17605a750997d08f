"""What schema objects do to the database by themselves: `Enum(…).create(bind)`, `metadata.drop_all(bind)`, …"""

from __future__ import annotations

from relcheck.sources.migration.alembic.creating import create_model, create_table, index_of, without_metadata
from relcheck.sources.migration.alembic.terms import Arguments, last_name, name_of, qualified, table_of
from relcheck.sources.migration.alembic.types import enum_labels
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation
from relcheck.sources.migration.python.values import Attribute, Call, Class, Constant, Items, Symbol, Unknown, Value

OBJECT_METHODS = frozenset({"create", "drop", "create_all", "drop_all"})
_WHOLE = frozenset({"metadata", "meta"})


def object_operation(call: Call, dialect: Dialect) -> list[Operation] | None:
    """The operations of such a call; None for any other."""
    func = call.func
    if type(func) is not Attribute:
        return None
    if func.name in {"create_all", "drop_all"}:
        return _all(call, func, dialect)
    if func.name in {"create", "drop"} and (call.args or call.keywords):
        return _one(call, func, dialect)
    return None


def _one(call: Call, func: Attribute, dialect: Dialect) -> list[Operation] | None:
    of = func.of
    creates = func.name == "create"
    checked = call.keywords.get("checkfirst", call.args[1] if len(call.args) > 1 else None)
    checkfirst = not (type(checked) is Constant and checked.value is False) if checked is not None else True
    if type(of) is Attribute and of.name == "__table__":
        return _table(of.of, creates, dialect)
    if type(of) is not Call:
        return None
    last = last_name(of.func)
    named = of.keywords.get("name")
    if last in {"Enum", "ENUM"}:
        found = qualified(name_of(named), of.keywords.get("schema")) if named is not None else UNKNOWN
        labels = ",".join(enum_labels(of))
        kind = Kind.CREATE_ENUM if creates else Kind.DROP_TYPE
        unknown = ("name",) if found is None or UNKNOWN in found else ()
        return [
            Operation(
                kind=kind, region=NOWHERE, name=found, value=labels or None, unknown=unknown,
                if_not_exists=creates and checkfirst, if_exists=not creates and checkfirst,
            )
        ]  # fmt: skip
    if last == "Table":
        if not creates:
            return [
                Operation(kind=Kind.DROP_TABLE, region=NOWHERE, table=table_of(of) or UNKNOWN, if_exists=checkfirst)
            ]
        return create_table(without_metadata(of), dialect, table_of(of) or UNKNOWN)
    if last == "Index":
        index = index_of(of, UNKNOWN)
        return [index] if creates else [Operation(kind=Kind.DROP_INDEX, region=NOWHERE, name=index.name)]
    if last == "Sequence":
        kind = Kind.CREATE_SEQUENCE if creates else Kind.DROP_SEQUENCE
        return [Operation(kind=kind, region=NOWHERE, name=name_of(of.args[0]) if of.args else UNKNOWN)]
    return None


def _table(owner: Value, creates: bool, dialect: Dialect) -> list[Operation]:  # noqa: FBT001
    table = table_of(owner) or UNKNOWN
    unknown = ("table",) if UNKNOWN in table else ()
    if not creates:
        return [Operation(kind=Kind.DROP_TABLE, region=NOWHERE, table=table, if_exists=True, unknown=unknown)]
    if type(owner) is Class:
        return create_model(owner, dialect, table)
    return [
        Operation(
            kind=Kind.CREATE_TABLE, region=NOWHERE, table=table, if_not_exists=True, unknown=(*unknown, "new_columns")
        )
    ]


def _all(call: Call, func: Attribute, dialect: Dialect) -> list[Operation] | None:
    """All tables of a metadata, or those that `tables=` names."""
    of = func.of
    last = of.name if type(of) in (Attribute, Unknown) else last_name(of)  # type: ignore[union-attr]  # both have one
    known = type(of) is Call and last_name(of.func) == "MetaData"
    if not known and last not in _WHOLE and not (type(of) is Symbol and last.lower().endswith("metadata")):
        return None
    creates = func.name == "create_all"
    given = Arguments(call, ("bind", "tables")).value("tables")
    tables = given.items if type(given) is Items else ()
    found: list[Operation] = []
    for table in tables:
        owner = table.of if type(table) is Attribute and table.name == "__table__" else table
        found.extend(_table(owner, creates, dialect))
    if found:
        return found
    kind = Kind.CREATE_TABLE if creates else Kind.DROP_TABLE
    reason = f"{func.name}() of a metadata: its tables are those of today's models, not of this migration"
    unknown = ("table", "new_columns") if creates else ("table",)
    return [
        Operation(
            kind=kind, region=NOWHERE, table=UNKNOWN, reason=reason, unknown=unknown, if_exists=not creates,
            if_not_exists=creates,
        )
    ]  # fmt: skip
