"""Statements that read or change rows, and those of transactions and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from relcheck.sources.migration.operation import UNKNOWN, Kind, Operation
from relcheck.sources.migration.sql.postgres.names import calls, constant, opaque_call, relation, tables_read
from relcheck.sources.migration.sql.postgres.tables import create_table_as
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.statement import Statement

    Reader: TypeAlias = Callable[[Node, Statement], Iterator[Read]]


def _insert(node: Node, statement: Statement) -> Iterator[Read]:
    yield from _with_queries(node, statement)
    query = node.child("selectStmt")
    values = query is not None and query.has("valuesLists")
    conflict = node.child("onConflictClause")
    operation = Operation(
        kind=Kind.INSERT,
        region=NOWHERE,
        table=relation(node.child("relation")),
        columns=tuple(column.text("name") for column in node.children("cols")),
        reads=() if query is None or values else _without_own(tables_read(query), node),
        has_where=None if query is None or values else query.has("whereClause"),
        where=_where(query, statement) if query is not None and not values else "",
        value=None if conflict is None else "on conflict",
    )
    yield Read(operation, statement.start, statement.end)


def _without_own(names: tuple[str, ...], node: Node) -> tuple[str, ...]:
    """The tables without the names of the statement's own WITH queries."""
    clause = node.child("withClause")
    own = {table.text("ctename") for table in clause.children("ctes")} if clause is not None else set()
    return tuple(name for name in names if name not in own)


def _update(node: Node, statement: Statement) -> Iterator[Read]:
    yield from _with_queries(node, statement)
    table = relation(node.child("relation"))
    operation = Operation(
        kind=Kind.UPDATE,
        region=NOWHERE,
        table=table,
        columns=tuple(column.text("name") for column in node.children("targetList")),
        reads=tables_read(node),
        has_where=node.has("whereClause"),
        where=_where(node, statement),
    )
    yield Read(operation, statement.start, statement.end)


def _delete(node: Node, statement: Statement) -> Iterator[Read]:
    yield from _with_queries(node, statement)
    operation = Operation(
        kind=Kind.DELETE,
        region=NOWHERE,
        table=relation(node.child("relation")),
        reads=tables_read(node),
        has_where=node.has("whereClause"),
        where=_where(node, statement),
    )
    yield Read(operation, statement.start, statement.end)


def _merge(node: Node, statement: Statement) -> Iterator[Read]:
    """MERGE INTO: one operation for each kind of change that its branches make."""
    yield from _with_queries(node, statement)
    kinds = {
        _MERGED[branch.text("commandType")]: None
        for branch in node.children("mergeWhenClauses")
        if branch.text("commandType") in _MERGED
    }
    for kind in kinds:
        operation = Operation(
            kind=kind,
            region=NOWHERE,
            table=relation(node.child("relation")),
            reads=tables_read(node),
            has_where=True,
            object_type="merge",
        )
        yield Read(operation, statement.start, statement.end)


_MERGED = {"CMD_INSERT": Kind.INSERT, "CMD_UPDATE": Kind.UPDATE, "CMD_DELETE": Kind.DELETE}


def _where(node: Node | None, statement: Statement) -> str:
    """The text of a condition. It is found by its word, for expressions are located by an operator amid them."""
    condition = node.child("whereClause") if node is not None else None
    if condition is None:
        return ""
    location = max(_first_location(condition), 0)
    number = statement.index(statement.offset(location))
    while number > 0 and statement.tokens[number - 1].key != "WHERE":
        number -= 1
    end = len(statement.tokens)
    for word in ("RETURNING", "ON", "GROUP", "ORDER", "LIMIT", "HAVING", "UNION"):
        at = statement.find(word, number, end)
        end = at if at >= 0 else end
    return statement.between(number, _closed(statement, number, end))


def _first_location(node: Node) -> int:
    found = [at.number("location") for at in _all(node) if at.has("location")]
    return min(found, default=0)


def _all(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        yield at
        waiting.extend(at.below())


def _closed(statement: Statement, number: int, end: int) -> int:
    depth = 0
    for at in range(number, end):
        key = statement.tokens[at].key
        depth += (key == "(") - (key == ")")
        if depth < 0:
            return at
    return end


def _with_queries(node: Node, statement: Statement) -> Iterator[Read]:
    """What the queries of WITH change: they may hold INSERT, UPDATE and DELETE."""
    clause = node.child("withClause")
    if clause is None:
        return
    for table in clause.children("ctes"):
        query = table.child("ctequery")
        if query is not None and query.kind in READERS and query.kind != "SelectStmt":
            yield from READERS[query.kind](query, statement)


def _select(node: Node, statement: Statement) -> Iterator[Read]:
    yield from _with_queries(node, statement)
    if node.has("intoClause"):
        yield from create_table_as(node, statement)
        return
    if not node.has("fromClause") and not node.has("valuesLists"):
        found = list(_calls_for_effect(node, statement))
        if found:
            yield from found
            return
    operation = Operation(kind=Kind.READ, region=NOWHERE, object_type="select", reads=tables_read(node))
    yield Read(operation, statement.start, statement.end)


def _calls_for_effect(node: Node, statement: Statement) -> Iterator[Read]:
    """`SELECT f();` is written for what the function does."""
    for target in node.children("targetList"):
        value = target.child("val")
        if value is None or value.kind != "FuncCall":
            continue
        name = next(iter(calls(value)))
        arguments = [constant(argument) for argument in value.children("args")]
        operation: Operation | None
        match name:
            case "set_config":
                local = "local" if arguments[2:3] in (["true"], ["t"]) else ""
                operation = Operation(
                    kind=Kind.SET, region=NOWHERE, name=_at(arguments, 0), value=_at(arguments, 1), object_type=local
                )
            case "setval":
                operation = Operation(kind=Kind.ALTER_SEQUENCE, region=NOWHERE, name=_at(arguments, 0), value="setval")
            case _ if name in _HARMLESS:
                continue
            case _:
                operation = opaque_call(name)
        yield Read(operation, statement.start, statement.end)


def _at(arguments: list[str | None], number: int) -> str:
    found = arguments[number] if number < len(arguments) else None
    return UNKNOWN if found is None else found


_HARMLESS = frozenset(
    [
        "now",
        "version",
        "current_setting",
        "current_database",
        "current_schema",
        "pg_sleep",
        "pg_notify",
        "pg_advisory_lock",
        "pg_advisory_unlock",
        "pg_advisory_xact_lock",
        "pg_try_advisory_lock",
        "pg_try_advisory_xact_lock",
        "pg_backend_pid",
        "count",
        "max",
        "min",
        "sum",
        "coalesce",
        "lower",
        "upper",
        "length",
        "nextval",
        "currval",
        "lastval",
        "to_regclass",
        "pg_advisory_unlock_all",
        "txid_current",
        "format",
        "concat",
        "gen_random_uuid",
        "random",
        "clock_timestamp",
        "array_agg",
        "string_agg",
        "json_agg",
        "jsonb_agg",
        "pg_size_pretty",
        "pg_relation_size",
        "pg_total_relation_size",
        "inet_server_addr",
        "has_table_privilege",
        "obj_description",
    ]
)


def _copy(node: Node, statement: Statement) -> Iterator[Read]:
    table = relation(node.child("relation")) or None
    kind = Kind.COPY if node.flag("is_from") else Kind.READ
    operation = Operation(
        kind=kind,
        region=NOWHERE,
        table=table,
        columns=tuple(node.strings("attlist")),
        object_type="" if node.flag("is_from") else "copy",
        value="program" if node.flag("is_program") else None,
    )
    yield Read(operation, statement.start, statement.end)


def _explain(node: Node, statement: Statement) -> Iterator[Read]:
    """EXPLAIN ANALYZE runs what it explains."""
    query = node.child("query")
    analyzes = any(option.text("defname") == "analyze" for option in node.children("options"))
    if analyzes and query is not None and query.kind in READERS:
        yield from READERS[query.kind](query, statement)
        return
    yield Read(Operation(kind=Kind.READ, region=NOWHERE, object_type="explain"), statement.start, statement.end)


def _harmless(spelled: str) -> Reader:
    def read(_node: Node, statement: Statement) -> Iterator[Read]:
        yield Read(Operation(kind=Kind.READ, region=NOWHERE, object_type=spelled), statement.start, statement.end)

    return read


def _vacuum(node: Node, statement: Statement) -> Iterator[Read]:
    options = {option.text("defname"): option for option in node.children("options")}
    full = "full" in options and constant(options["full"].child("arg")) not in ("false", "off", "0")
    kind = Kind.VACUUM_FULL if full and node.flag("is_vacuumcmd") else Kind.READ
    spelled = "vacuum" if node.flag("is_vacuumcmd") else "analyze"
    names = [relation(target.child("relation")) for target in node.children("rels")]
    for name in names or [""]:
        operation = Operation(kind=kind, region=NOWHERE, table=name or None, object_type=spelled)
        yield Read(operation, statement.start, statement.end)


def _transaction(node: Node, statement: Statement) -> Iterator[Read]:
    written = node.text("kind").removeprefix("TRANS_STMT_")
    kind = _TRANSACTIONS.get(written, Kind.OTHER)
    operation = Operation(
        kind=kind,
        region=NOWHERE,
        name=node.text("savepoint_name") or None,
        object_type=written.replace("_", " ").lower() if kind in (Kind.SAVEPOINT, Kind.OTHER) else "",
        value="and chain" if node.flag("chain") else None,
    )
    yield Read(operation, statement.start, statement.end)


_TRANSACTIONS = {
    "BEGIN": Kind.BEGIN,
    "START": Kind.BEGIN,
    "COMMIT": Kind.COMMIT,
    "ROLLBACK": Kind.ROLLBACK,
    "SAVEPOINT": Kind.SAVEPOINT,
    "RELEASE": Kind.SAVEPOINT,
    "ROLLBACK_TO": Kind.SAVEPOINT,
}


def _set(node: Node, statement: Statement) -> Iterator[Read]:
    values = [constant(value) or "?" for value in node.children("args")]
    reset = node.text("kind") in ("VAR_RESET", "VAR_RESET_ALL", "VAR_SET_DEFAULT")
    operation = Operation(
        kind=Kind.SET,
        region=NOWHERE,
        name=node.text("name").lower() or "all",
        value="DEFAULT" if reset else ", ".join(values) or None,
        object_type="local" if node.flag("is_local") else "",
    )
    yield Read(operation, statement.start, statement.end)


def _lock(node: Node, statement: Statement) -> Iterator[Read]:
    names = tuple(relation(target) for target in node.children("relations"))
    for name in names:
        operation = Operation(
            kind=Kind.LOCK_TABLE,
            region=NOWHERE,
            table=name,
            targets=names if len(names) > 1 else (),
            value=_LOCKS.get(node.number("mode"), "?"),
        )
        yield Read(operation, statement.start, statement.end)


_LOCKS = {
    1: "ACCESS SHARE",
    2: "ROW SHARE",
    3: "ROW EXCLUSIVE",
    4: "SHARE UPDATE EXCLUSIVE",
    5: "SHARE",
    6: "SHARE ROW EXCLUSIVE",
    7: "EXCLUSIVE",
    8: "ACCESS EXCLUSIVE",
}
"""Source: `lockdefs.h` of PostgreSQL."""

READERS: dict[str, Reader] = {
    "InsertStmt": _insert,
    "UpdateStmt": _update,
    "DeleteStmt": _delete,
    "MergeStmt": _merge,
    "SelectStmt": _select,
    "CopyStmt": _copy,
    "ExplainStmt": _explain,
    "VacuumStmt": _vacuum,
    "TransactionStmt": _transaction,
    "VariableSetStmt": _set,
    "LockStmt": _lock,
    "VariableShowStmt": _harmless("show"),
    "NotifyStmt": _harmless("notify"),
    "ListenStmt": _harmless("listen"),
    "UnlistenStmt": _harmless("unlisten"),
    "CheckPointStmt": _harmless("checkpoint"),
    "DiscardStmt": _harmless("discard"),
    "PrepareStmt": _harmless("prepare"),
    "DeallocateStmt": _harmless("deallocate"),
    "DeclareCursorStmt": _harmless("declare"),
    "FetchStmt": _harmless("fetch"),
    "ClosePortalStmt": _harmless("close"),
}
