"""Statements of SQLAlchemy Core that are executed: `update(t).where(…)`, `t.insert()`, `CreateIndex(…)`, …"""

from __future__ import annotations

from relcheck.sources.migration.alembic.creating import create_table, index_of, without_metadata
from relcheck.sources.migration.alembic.terms import column_name, last_name, name_of, table_of
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Class,
    Constant,
    Entries,
    Items,
    Maybe,
    Symbol,
    Text,
    Unknown,
    Value,
    roots,
)

_KINDS = {"update": Kind.UPDATE, "insert": Kind.INSERT, "delete": Kind.DELETE}
_READS = frozenset({"select", "exists", "union", "union_all", "intersect", "except_", "cte"})
_FILTERS = frozenset({"where", "filter", "filter_by", "limit"})


def core_operation(value: Value, dialect: Dialect, values: Value | None = None) -> list[Operation] | None:
    """The operations of a statement; empty where it only reads, None where it is none that is known.

    `values` are the parameters that are executed with it.
    """
    chain = [one for one in roots(value) if type(one) is Call]
    for call in reversed(chain):  # the innermost call says what it is
        name = last_name(call.func)
        if name in _KINDS and _is_statement(call):
            return [_rows(_KINDS[name], call, chain, values)]
        if (name in _READS and _is_statement(call)) or (name == "query" and type(call.func) is Attribute):
            return []
        found = _ddl(name, call, dialect)
        if found is not None:
            return found
    return None


def _is_statement(call: Call) -> bool:
    """Whether it is `update(table)` of SQLAlchemy or `table.update()`, not a method of a dict."""
    func = call.func
    if type(func) is Symbol:
        return func.name.startswith("sqlalchemy")
    if type(func) is Unknown:
        return bool(call.args)
    if type(func) is not Attribute:
        return False
    return type(func.of) not in (Text, Items, Entries)


def _rows(kind: Kind, call: Call, chain: list[Call], values: Value | None) -> Operation:
    func = call.func
    given = call.args[0] if call.args and type(func) is not Attribute else func.of if type(func) is Attribute else None
    if type(func) is Attribute and call.args and table_of(func.of) is None:
        given = call.args[0]
    table = (table_of(given) if given is not None else None) or UNKNOWN
    columns: dict[str, None] = {}
    filtered = type(func) is Attribute and bool(call.args) and kind is not Kind.INSERT and table_of(func.of) is not None
    reads: tuple[str, ...] = ()
    for one in chain:
        name = last_name(one.func)
        filtered = filtered or name in _FILTERS
        if name == "values":
            columns.update(dict.fromkeys(_assigned(one)))
        elif name == "from_select":
            columns.update(dict.fromkeys(column_name(item) for item in _items(one.args[0] if one.args else None)))
            reads, filtered = _selected(one.args[1] if len(one.args) > 1 else None)
    rows = values.items[0] if type(values) is Items and values.items else values
    if type(rows) is Entries and kind is not Kind.DELETE:
        columns.update(dict.fromkeys(name_of(key) or UNKNOWN for key, _ in rows.entries))
    has_where: bool | None = filtered
    if kind is Kind.INSERT and not reads:
        has_where = None
    return Operation(
        kind=kind,
        region=NOWHERE,
        table=table,
        columns=tuple(columns),
        reads=reads,
        has_where=has_where,
        unknown=("table",) if UNKNOWN in table else (),
    )


def _items(value: Value | None) -> tuple[Value, ...]:
    return value.items if type(value) is Items else ()


def _assigned(call: Call) -> list[str]:
    names = list(call.keywords)
    for arg in call.args:
        if type(arg) is Entries:
            names.extend(name_of(key) or UNKNOWN if type(key) is not Attribute else key.name for key, _ in arg.entries)
    return names


def _selected(value: Value | None) -> tuple[tuple[str, ...], bool]:
    """The tables that a SELECT reads, and whether it has a WHERE."""
    if value is None:
        return (UNKNOWN,), False
    calls = [one for one in roots(value) if type(one) is Call]
    tables: dict[str, None] = {}
    for call in calls:
        for item in (arg for given in call.args for arg in (_items(given) or (given,))):
            item = item.value if type(item) is Maybe else item
            table = table_of(item)
            if table is not None and type(item) in (Attribute, Call, Class):
                tables.setdefault(table)
    return tuple(tables) or (UNKNOWN,), any(last_name(call.func) in _FILTERS for call in calls)


def _ddl(name: str, call: Call, dialect: Dialect) -> list[Operation] | None:
    """`sqlalchemy.schema.CreateIndex(Index(…))` and its like."""
    if not name.startswith(("Create", "Drop", "Add", "Set")):
        return None
    given = call.args[0] if call.args else None
    table = (table_of(given) if given is not None else None) or UNKNOWN
    text = (name_of(given) if given is not None else None) or UNKNOWN
    cascade = call.keywords.get("cascade")
    cascades = type(cascade) is Constant and bool(cascade.value)
    if name == "CreateTable" and type(given) is Call:
        return create_table(without_metadata(given), dialect, table)
    if name == "CreateIndex" and type(given) is Call:
        return [index_of(given, UNKNOWN)]
    kinds = {
        "CreateTable": Operation(kind=Kind.CREATE_TABLE, region=NOWHERE, table=table, unknown=("new_columns",)),
        "DropTable": Operation(kind=Kind.DROP_TABLE, region=NOWHERE, table=table),
        "DropIndex": Operation(kind=Kind.DROP_INDEX, region=NOWHERE, name=text),
        "CreateSchema": Operation(kind=Kind.CREATE_SCHEMA, region=NOWHERE, name=text),
        "DropSchema": Operation(kind=Kind.DROP_SCHEMA, region=NOWHERE, name=text, cascade=cascades),
        "CreateSequence": Operation(kind=Kind.CREATE_SEQUENCE, region=NOWHERE, name=_first_name(given)),
        "DropSequence": Operation(kind=Kind.DROP_SEQUENCE, region=NOWHERE, name=_first_name(given)),
        "CreateEnumType": Operation(kind=Kind.CREATE_ENUM, region=NOWHERE, name=_first_name(given)),
        "DropEnumType": Operation(kind=Kind.DROP_TYPE, region=NOWHERE, name=_first_name(given)),
        "DropConstraint": Operation(kind=Kind.DROP_CONSTRAINT, region=NOWHERE, table=UNKNOWN, name=_first_name(given)),
        "AddConstraint": Operation(kind=Kind.ADD_CONSTRAINT, region=NOWHERE, table=UNKNOWN, unknown=("constraint",)),
    }
    return [kinds[name]] if name in kinds else None


def _first_name(value: Value | None) -> str:
    if type(value) is Call:
        named = value.keywords.get("name", value.args[0] if value.args else None)
        return (name_of(named) if named is not None else None) or UNKNOWN
    return (name_of(value) if value is not None else None) or UNKNOWN
