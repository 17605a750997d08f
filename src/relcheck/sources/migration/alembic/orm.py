"""Changes of rows through sessions and models."""

from __future__ import annotations

from relcheck.sources.migration.alembic.database import is_database
from relcheck.sources.migration.alembic.terms import last_name, name_of, table_of
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.operation import UNKNOWN, Kind, Operation
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Class,
    Derived,
    Entries,
    Function,
    Instance,
    Items,
    Value,
    roots,
)

_WRITING = frozenset(
    {"add", "add_all", "merge", "delete", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}
)
_NAMES = {"add": "insert", "add_all": "insert", "bulk_insert_mappings": "insert", "delete": "delete"}
_BATCHES = frozenset({"limit", "yield_per", "slice", "paginate", "fetchmany", "partitions", "iterator", "batched"})
_COLLECTING = frozenset({"append", "extend", "remove", "clear", "insert"})
ORM_METHODS = _WRITING | _COLLECTING | {"update"}
_FILTERS = frozenset({"filter", "filter_by", "where", "having", "join"})


def orm_operation(call: Call) -> list[Operation] | None:
    """What a call of a session or query changes; None for a call that is none of them, or only reads."""
    func = call.func
    if type(func) is not Attribute:
        return None
    if func.name not in ORM_METHODS:
        return None
    query = _query(func.of)
    if query is not None and func.name in {"delete", "update"}:
        return [_bulk(call, func, query)]
    if query is not None and func.name in _COLLECTING and type(func.of) is Attribute and is_database(query.func):
        reason = f"{func.name}() of what belongs to a row: the session writes it when it is flushed"
        table = table_of(query.args[0]) if query.args else None
        return [_by_rows("save", table, reason, func.of)]
    if func.name not in _WRITING or query is not None or not _is_session(func.of):
        return None
    objects = call.args[0] if call.args else None
    table = _table(objects)
    reason = f"{func.name}() of a session: rows are changed through the ORM"
    return [_by_rows(_NAMES.get(func.name, "save"), table, reason, objects)]


def _is_session(value: Value) -> bool:
    """Whether a value is a session itself: rows and relationships have `delete` and `add` too."""
    if type(value) is Call:
        return last_name(value.func) not in {"query", "all", "first", "one", "get", "execute"} and is_database(value)
    return type(value) is not Derived and is_database(value)


def _query(value: Value) -> Call | None:
    """The call of `query` that a chain of filters begins with."""
    for one in roots(value):
        if type(one) is Call and last_name(one.func) == "query" and type(one.func) is Attribute:
            return one
    return None


def _bulk(call: Call, func: Attribute, query: Call) -> Operation:
    """`session.query(Model).filter(…).delete()`."""
    filtered = any(type(one) is Call and last_name(one.func) in _FILTERS for one in roots(func.of))
    table = (table_of(query.args[0]) if query.args else None) or UNKNOWN
    columns: tuple[str, ...] = ()
    values = call.args[0] if call.args else call.keywords.get("values")
    if func.name == "update" and type(values) is Entries:
        columns = tuple(_column(key) for key, _ in values.entries)
    return Operation(
        kind=Kind.DELETE if func.name == "delete" else Kind.UPDATE,
        region=NOWHERE,
        table=table,
        columns=columns,
        has_where=filtered,
        unknown=("table",) if UNKNOWN in table else (),
    )


def _column(key: Value) -> str:
    from relcheck.sources.migration.alembic.terms import column_name

    return name_of(key) or UNKNOWN if type(key) is not Call else column_name(key)


def _table(value: Value | None) -> str | None:
    """The table of a model's object, or of the first of several."""
    if value is None:
        return None
    if type(value) is Items:
        return _table(value.items[0]) if value.items else None
    if type(value) in (Instance, Class):
        return table_of(value)
    for one in roots(value):
        if type(one) is Call and last_name(one.func) == "query" and one.args:
            return table_of(one.args[0])
    return None


def stored(target: Value, name: str) -> Operation | None:
    """The change of rows that `target.name = …` is; None where the target is no row of a session."""
    if name == "[]" or type(target) not in (Derived, Call, Attribute):
        return None
    query = _query(target)
    if query is None or not is_database(query.func):
        return None
    table = table_of(query.args[0]) if query.args else None
    reason = "an attribute of a row is set: the session writes it with an UPDATE for each row"
    return _by_rows("update", table, reason, target, (name,))


def _by_rows(
    name: str, table: str | None, reason: str, source: Value | None, columns: tuple[str, ...] = ()
) -> Operation:
    """A change of rows one by one. `source` is what they come from: whether it was filtered, and taken in batches."""
    calls = [] if source is None else [one for one in roots(source) if type(one) is Call]
    names = {last_name(one.func) if type(one.func) is not Function else one.func.name for one in calls}
    queried = "query" in names or "select" in names
    return Operation(
        kind=Kind.DATA_CODE,
        region=NOWHERE,
        table=table,
        columns=columns,
        name=name,
        reason=reason,
        has_where=bool(names & _FILTERS) if queried else None,
        batched=bool(names & _BATCHES) or any("paginat" in one.lower() or "batch" in one.lower() for one in names),
        unknown=("table",) if table is None else (),
    )
