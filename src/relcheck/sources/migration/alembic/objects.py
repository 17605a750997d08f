"""What schema objects do to the database by themselves: `Enum(…).create(bind)`, `metadata.drop_all(bind)`, …"""

from __future__ import annotations

from msgspec.structs import replace

from relcheck.sources.migration.alembic.creating import create_model, create_table, index_of, without_metadata
from relcheck.sources.migration.alembic.terms import Arguments, last_name, name_of, table_of
from relcheck.sources.migration.alembic.types import enum_labels, enum_name
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
    last = last_name(of.func) if type(of) is Call else ""
    # Of all of them, only PostgreSQL's ENUM looks first where it is not told to.
    checkfirst = last == "ENUM" if checked is None else not (type(checked) is Constant and checked.value is False)
    if type(of) is Attribute and of.name == "__table__":
        return _table(of.of, dialect, creates=creates, checkfirst=checkfirst)
    if last == "Table":
        return _table(of, dialect, creates=creates, checkfirst=checkfirst)
    if type(of) is not Call:
        return None
    if last in {"Enum", "ENUM"}:
        found = enum_name(of)
        labels = ",".join(enum_labels(of))
        kind = Kind.CREATE_ENUM if creates else Kind.DROP_TYPE
        unknown = ("name",) if UNKNOWN in found else ()
        return [
            Operation(
                kind=kind, region=NOWHERE, name=found, value=labels or None, unknown=unknown,
                if_not_exists=creates and checkfirst, if_exists=not creates and checkfirst,
            )
        ]  # fmt: skip
    if last == "Index":
        index = index_of(of, UNKNOWN)
        return [index] if creates else [Operation(kind=Kind.DROP_INDEX, region=NOWHERE, name=index.name)]
    if last == "Sequence":
        kind = Kind.CREATE_SEQUENCE if creates else Kind.DROP_SEQUENCE
        return [Operation(kind=kind, region=NOWHERE, name=name_of(of.args[0]) if of.args else UNKNOWN)]
    return None


def _table(owner: Value, dialect: Dialect, *, creates: bool, checkfirst: bool) -> list[Operation]:
    """A table by itself, or that of a model."""
    table = table_of(owner) or UNKNOWN
    unknown = ("table",) if UNKNOWN in table else ()
    if not creates:
        return [Operation(kind=Kind.DROP_TABLE, region=NOWHERE, table=table, if_exists=checkfirst, unknown=unknown)]
    if type(owner) is Class:
        made = create_model(owner, dialect, table)
    elif type(owner) is Call and last_name(owner.func) == "Table":
        made = create_table(without_metadata(owner), dialect, table)
    else:
        made = [Operation(kind=Kind.CREATE_TABLE, region=NOWHERE, table=table, unknown=(*unknown, "new_columns"))]
    return [replace(made[0], if_not_exists=checkfirst), *made[1:]]


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
        found.extend(_table(owner, dialect, creates=creates, checkfirst=True))
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
