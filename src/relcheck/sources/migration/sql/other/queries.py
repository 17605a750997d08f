"""Queries and changes of rows of MySQL and SQLite, by sqlglot."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.statement import NOWHERE
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from sqlglot.expressions import Expression

    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.sql.statement import Statement

_STAND_IN = "relcheck_hole"
_BOUND = re.compile(r"(?<![:\w]):(?=[^\W\d])")
"""Before the name of a bound value (`:like`): sqlglot takes one that is a keyword for that."""

_KNOWN = frozenset(
    [
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "REPLACE",
        "WITH",
        "VALUES",
        "CREATE",
        "DROP",
        "ALTER",
        "RENAME",
        "TRUNCATE",
        "SET",
        "PRAGMA",
        "MERGE",
        "ATTACH",
        "DETACH",
        "LOCK",
        "UNLOCK",
        "GRANT",
        "REVOKE",
        "LOAD",
        "KILL",
        "USE",
        "SHOW",
        "DESCRIBE",
        "DESC",
        "EXPLAIN",
        "ANALYZE",
        "COMMENT",
        "CALL",
        "TABLE",
        "DO",
        "HANDLER",
        "IMPORT",
        "(",
    ]
)


def read_query(statement: Statement, dialect: Dialect) -> list[Operation]:
    """The operations of a statement as sqlglot reads it; UNPARSEABLE where it refuses it, OTHER where it takes it as a
    command that it knows nothing of, or as something that is no query."""
    sqlglot = _sqlglot()
    text = statement.sql.replace("%s", HOLE).replace(HOLE, _STAND_IN)
    verb, first = statement.tokens[0].key, ""
    if verb == "REPLACE" and statement.words(2) == ["REPLACE", "INTO"]:
        text = f"INSERT{text[len(verb) :]}"
    trees, dropped = None, False
    whole = (text, _BOUND.sub(":bound_", text))
    for attempt in dict.fromkeys((*whole, _without_last(text), text.replace(_STAND_IN, " "))):
        try:
            trees = [tree for tree in sqlglot.parse(attempt, read=dialect) if tree is not None]
        except Exception as error:  # noqa: BLE001  # of what is no SQL it raises more than its own errors
            first = first or str(error).partition("\n")[0].replace(_STAND_IN, "{…}")
            continue
        dropped = attempt not in whole
        break
    if trees is None:
        return [Operation(kind=Kind.UNPARSEABLE, region=NOWHERE, object_type=_verb(statement), reason=_plain(first))]
    if len(trees) == 1 and verb not in _KNOWN and not isinstance(trees[0], sqlglot.exp.Command):
        reason = f"{verb.lower() or 'this'} begins no statement"
        return [Operation(kind=Kind.UNPARSEABLE, region=NOWHERE, object_type=_verb(statement), reason=reason)]
    if len(trees) != 1:
        return [_other(statement)]
    from relcheck.sources.migration.sql.other.reader import doubted

    found = [doubted(operation, statement) for operation in _of(trees[0], statement)]
    return [replace(one, unknown=(*one.unknown, "sql")) for one in found] if dropped else found


def _without_last(text: str) -> str:
    """The text without its last hole, which may be a clause that is sometimes there."""
    before, hole, behind = text.rpartition(_STAND_IN)
    return f"{before} {behind}" if hole else text


@cache
def _sqlglot() -> ModuleType:
    import sqlglot

    # It warns on standard error of each statement that it does not know; these are reported as unknown instead.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    return sqlglot


def _plain(message: str) -> str:
    """The message without the colours that mark the place."""
    return message.replace("\x1b[4m", "").replace("\x1b[0m", "").strip() or "it cannot be parsed"


def _verb(statement: Statement) -> str:
    return " ".join(statement.words(2))


def _other(statement: Statement) -> Operation:
    return Operation(kind=Kind.OTHER, region=NOWHERE, object_type=_verb(statement))


def _of(tree: Expression, statement: Statement) -> Iterator[Operation]:
    from sqlglot import exp

    if isinstance(tree, exp.Insert):
        target = tree.find(exp.Table)
        query = tree.args.get("expression")
        reads = query is not None and not isinstance(query, exp.Values)
        columns = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
        verb = statement.words(3)
        replaces = verb[:1] == ["REPLACE"] or verb[1:] == ["OR", "REPLACE"]
        yield Operation(
            kind=Kind.INSERT,
            region=NOWHERE,
            table=_name(target),
            columns=tuple(_text(column.name) for column in columns),
            reads=_tables(query, None) if reads else (),
            has_where=query.args.get("where") is not None if reads and query is not None else None,
            value="replace"
            if replaces
            else "on conflict"
            if tree.args.get("conflict") or tree.args.get("ignore")
            else None,
        )
    elif isinstance(tree, exp.Update | exp.Delete):
        target = tree.this if isinstance(tree.this, exp.Table) else tree.find(exp.Table)
        where = statement.find("WHERE")
        yield Operation(
            kind=Kind.UPDATE if isinstance(tree, exp.Update) else Kind.DELETE,
            region=NOWHERE,
            table=_name(target),
            columns=_assigned(tree) if isinstance(tree, exp.Update) else (),
            reads=_tables(tree, target),
            has_where=tree.args.get("where") is not None,
            where=statement.between(where + 1, len(statement.tokens)) if where >= 0 else "",
        )
    elif isinstance(tree, exp.Query | exp.Values):
        yield Operation(kind=Kind.READ, region=NOWHERE, object_type="select", reads=_tables(tree, None))
    else:
        yield _other(statement)


def _assigned(tree: Expression) -> tuple[str, ...]:
    from sqlglot import exp

    found = (part.this for part in tree.expressions if isinstance(part, exp.EQ))
    return tuple(_text(column.name) for column in found if isinstance(column, exp.Column))


def _tables(tree: Expression | None, without: Expression | None) -> tuple[str, ...]:
    from sqlglot import exp

    if tree is None:
        return ()
    own = {table.alias for table in tree.find_all(exp.CTE)}
    found = dict.fromkeys(_name(table) for table in tree.find_all(exp.Table) if table is not without)
    return tuple(name for name in found if name and name not in own)


def _name(table: Expression | None) -> str:
    from sqlglot import exp

    if not isinstance(table, exp.Table):
        return ""
    return _text(".".join(part.name if isinstance(part, exp.Expression) else str(part) for part in table.parts))


def _text(name: str) -> str:
    return name.replace(_STAND_IN, HOLE)
