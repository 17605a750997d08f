"""One statement of MySQL or SQLite to its operations.

What changes the schema is read by its tokens, which have places. Queries and changes of rows, and whatever has a shape
that is not known here, go through sqlglot: what it refuses is unparseable, and what it takes as an opaque command is
reported as unknown. Sources: MySQL 8.4, "SQL Statements"; SQLite, "SQL As Understood By SQLite".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql.other.cursor import Cursor, UnreadError
from relcheck.sources.migration.sql.other.tables import alter_table, create_index, create_table
from relcheck.sources.migration.sql.statement import NOWHERE, Read
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.sql.statement import Statement

DEEPEST = 200
"""How deeply brackets may be nested: the parser goes down one call for each."""


def read_statement(statement: Statement, dialect: Dialect) -> list[Read]:
    """What a statement does; one UNPARSEABLE operation where it is none."""
    if _depth(statement) > DEEPEST:
        return [
            _whole(
                statement, Operation(kind=Kind.UNPARSEABLE, region=NOWHERE, reason="it is nested too deeply to be read")
            )
        ]
    if statement.tokens[0].kind == "hole":
        quoted = statement.excerpt(statement.start, min(statement.start + 60, statement.end)).replace(HOLE, "{…}")
        reason = f"what it does is put together at run time: `{quoted}`"
        return [_whole(statement, Operation(kind=Kind.OPAQUE, region=NOWHERE, reason=reason, unknown=("kind",)))]
    cursor = Cursor(statement, dialect)
    verb = cursor.one_of(*_VERBS)
    try:
        if verb == "ALTER" and cursor.accept("TABLE"):
            return list(alter_table(cursor))
        if verb in ("INSERT", "REPLACE") and (rows := _rows(cursor, verb)) is not None:
            return [_whole(statement, rows)]
        if verb in _ROWS:
            return _parsed(statement, dialect)
        found = [_whole(statement, operation) for operation in _VERBS[verb](cursor)] if verb else []
        cursor.finish()
    except UnreadError:
        return _parsed(statement, dialect)
    return found or _parsed(statement, dialect)


def _whole(statement: Statement, operation: Operation) -> Read:
    return Read(operation, statement.start, statement.end)


def _depth(statement: Statement) -> int:
    depth = deepest = 0
    for token in statement.tokens:
        depth += (token.key == "(") - (token.key == ")")
        deepest = max(deepest, depth)
    return deepest


def _parsed(statement: Statement, dialect: Dialect) -> list[Read]:
    """What sqlglot says of a statement."""
    from relcheck.sources.migration.sql.other.queries import read_query

    return [_whole(statement, operation) for operation in read_query(statement, dialect)]


def _rows(cursor: Cursor, verb: str) -> Operation | None:
    """INSERT … VALUES, of which dumps have thousands of rows; None for any other INSERT."""
    replaces = verb == "REPLACE"
    ignores = cursor.accept("IGNORE")
    if cursor.accept("OR"):
        word = cursor.identifier().upper()
        replaces, ignores = replaces or word == "REPLACE", ignores or word == "IGNORE"
    if not cursor.accept("INTO"):
        return None
    table = cursor.name()
    columns = cursor.names() if cursor.key() == "(" else ()
    if not cursor.one_of("VALUES", "VALUE"):
        return None
    value = "replace" if replaces else "on conflict" if ignores else None
    rows = 0
    while cursor.key() == "(":
        cursor.group()
        rows += 1
        if not cursor.accept(","):
            break
    if not rows or not cursor.done:
        return None
    return Operation(kind=Kind.INSERT, region=NOWHERE, table=table, columns=columns, value=value)


def _create(cursor: Cursor) -> Iterator[Operation]:
    replaces = cursor.accept("OR", "REPLACE")
    temporary = cursor.one_of("TEMPORARY", "TEMP") != ""
    if cursor.accept("TABLE"):
        yield from create_table(cursor, temporary=temporary)
        cursor.rest()
        return
    kind = cursor.one_of("UNIQUE", "FULLTEXT", "SPATIAL")
    if cursor.accept("INDEX"):
        yield from create_index(cursor, kind)
        return
    if cursor.accept("VIRTUAL", "TABLE"):
        missing = cursor.accept("IF", "NOT", "EXISTS")
        table = cursor.name()
        cursor.rest()
        yield Operation(
            kind=Kind.CREATE_TABLE,
            region=NOWHERE,
            table=table,
            if_not_exists=missing,
            object_type="virtual table",
            unknown=("new_columns",),
        )
        return
    _definer(cursor)
    word = cursor.one_of("VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "DATABASE", "SCHEMA", "USER", "ROLE")
    if not word:
        raise UnreadError
    missing = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    if word == "VIEW":
        columns = cursor.names() if cursor.key() == "(" else ()
        cursor.expect("AS")
        tokens = cursor.statement.tokens[cursor.at : cursor.end]
        reads = tuple(
            dict.fromkeys(
                Cursor(cursor.statement, cursor.dialect, cursor.at + number + 1).name()
                for number, token in enumerate(tokens[:-1])
                if token.key in ("FROM", "JOIN") and tokens[number + 1].kind in ("word", "quoted")
            )
        )
        cursor.rest()
        yield Operation(
            kind=Kind.CREATE_VIEW,
            region=NOWHERE,
            table=name,
            columns=columns,
            reads=reads,
            or_replace=replaces,
            if_not_exists=missing,
            temporary=temporary,
            unknown=() if columns else ("columns",),
        )
        return
    at = cursor.statement.find("ON", cursor.at) if word == "TRIGGER" else -1
    triggered = Cursor(cursor.statement, cursor.dialect, at + 1).name() if at >= 0 else None
    cursor.rest()
    yield Operation(
        kind=_CREATED[word],
        region=NOWHERE,
        table=triggered,
        name=name,
        object_type=word.lower() if word in ("PROCEDURE", "FUNCTION", "EVENT") else "",
        or_replace=replaces,
        if_not_exists=missing,
    )


_CREATED = {
    "TRIGGER": Kind.CREATE_TRIGGER,
    "PROCEDURE": Kind.CREATE_ROUTINE,
    "FUNCTION": Kind.CREATE_ROUTINE,
    "EVENT": Kind.CREATE_ROUTINE,
    "DATABASE": Kind.CREATE_SCHEMA,
    "SCHEMA": Kind.CREATE_SCHEMA,
    "USER": Kind.CREATE_ROLE,
    "ROLE": Kind.CREATE_ROLE,
}


def _definer(cursor: Cursor) -> None:
    """ALGORITHM = …, DEFINER = 'x'@'y' and SQL SECURITY … before VIEW and routines."""
    for _ in range(12):
        if cursor.key() in ("VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT") or cursor.done:
            return
        if cursor.key() not in _DEFINING and cursor.statement.tokens[cursor.at].kind not in ("string", "quoted"):
            return
        cursor.at += 1
        if cursor.key(-1) in ("=", "@") and cursor.key() not in _DEFINING:
            cursor.at += 1


_DEFINING = frozenset(
    [
        "ALGORITHM",
        "MERGE",
        "TEMPTABLE",
        "UNDEFINED",
        "DEFINER",
        "SQL",
        "SECURITY",
        "INVOKER",
        "CURRENT_USER",
        "=",
        "@",
        "(",
        ")",
        "AGGREGATE",
    ]
)


def _drop(cursor: Cursor) -> Iterator[Operation]:
    cursor.one_of("TEMPORARY")
    word = cursor.one_of(*_DROPPED)
    if not word:
        raise UnreadError
    missing = cursor.accept("IF", "EXISTS")
    if word == "INDEX":
        name = cursor.name()
        table = cursor.name() if cursor.accept("ON") else None
        yield Operation(kind=Kind.DROP_INDEX, region=NOWHERE, table=table, name=name, if_exists=missing)
        cursor.rest()
        return
    names = [cursor.name()]
    while cursor.accept(","):
        names.append(cursor.name())
    if word == "USER":
        cursor.rest()
    cursor.one_of("CASCADE", "RESTRICT")
    for name in names:
        relation = word in ("TABLE", "VIEW")
        yield Operation(
            kind=_DROPPED[word],
            region=NOWHERE,
            table=name if relation else None,
            name=None if relation else name,
            object_type=word.lower() if word in ("VIEW", "PROCEDURE", "FUNCTION", "EVENT") else "",
            targets=tuple(names) if len(names) > 1 else (),
            if_exists=missing,
        )


_DROPPED = {
    "TABLE": Kind.DROP_TABLE,
    "VIEW": Kind.DROP_VIEW,
    "INDEX": Kind.DROP_INDEX,
    "TRIGGER": Kind.DROP_TRIGGER,
    "PROCEDURE": Kind.DROP_ROUTINE,
    "FUNCTION": Kind.DROP_ROUTINE,
    "EVENT": Kind.DROP_ROUTINE,
    "DATABASE": Kind.DROP_DATABASE,
    "SCHEMA": Kind.DROP_DATABASE,
    "USER": Kind.DROP_ROLE,
    "ROLE": Kind.DROP_ROLE,
}


def _alter(cursor: Cursor) -> Iterator[Operation]:
    _definer(cursor)
    if cursor.accept("VIEW"):
        name = cursor.name()
        cursor.rest()
        yield Operation(kind=Kind.CREATE_VIEW, region=NOWHERE, table=name, or_replace=True, unknown=("columns",))
        return
    word = cursor.one_of("DATABASE", "SCHEMA", "PROCEDURE", "FUNCTION", "EVENT", "USER")
    if not word:
        raise UnreadError
    kind = Kind.ALTER_ROLE if word == "USER" else Kind.ALTER_OBJECT
    name = cursor.rest()
    yield Operation(kind=kind, region=NOWHERE, name=name, object_type=word.lower())


def _rename(cursor: Cursor) -> Iterator[Operation]:
    cursor.expect("TABLE")
    for part in cursor.parts():
        old = part.name()
        part.expect("TO")
        yield Operation(kind=Kind.RENAME_TABLE, region=NOWHERE, table=old, new_name=part.name())
        part.finish()


def _truncate(cursor: Cursor) -> Iterator[Operation]:
    cursor.accept("TABLE")
    yield Operation(kind=Kind.TRUNCATE, region=NOWHERE, table=cursor.name())


def _set(cursor: Cursor) -> Iterator[Operation]:
    for part in cursor.parts():
        while part.one_of("@", "SESSION", "GLOBAL", "LOCAL", "PERSIST", "."):
            continue
        if part.key() in ("TRANSACTION", "NAMES", "CHARACTER", "PASSWORD", "ROLE", "DEFAULT"):
            name = part.identifier().lower()
            yield Operation(kind=Kind.SET, region=NOWHERE, name=name, value=part.rest())
            continue
        name = part.name().lower()
        if not (part.accept("=") or part.accept(":", "=") or part.accept(":=")):
            raise UnreadError
        yield Operation(kind=Kind.SET, region=NOWHERE, name=name, value=part.rest())


def _pragma(cursor: Cursor) -> Iterator[Operation]:
    name = cursor.name().lower()
    value = None
    if cursor.accept("="):
        value = cursor.rest()
    elif cursor.key() == "(":
        value = cursor.group().rest()
    kind = Kind.READ if value is None or name in _ASKING else Kind.SET
    yield Operation(kind=kind, region=NOWHERE, name=name, value=value, object_type="pragma")


_ASKING = frozenset(
    [
        "table_info",
        "table_xinfo",
        "index_list",
        "index_info",
        "foreign_key_list",
        "foreign_key_check",
        "integrity_check",
        "quick_check",
    ]
)


def _simple(kind: Kind, spelled: str = "", *, following: tuple[str, ...] = ()) -> _Reader:
    """A statement of which the rest counts for nothing; with `following`, only where one of these words is next."""

    def read(cursor: Cursor) -> Iterator[Operation]:
        if following and cursor.key() not in following:
            raise UnreadError
        cursor.rest()
        yield Operation(kind=kind, region=NOWHERE, object_type=spelled)

    return read


def _savepoint(cursor: Cursor) -> Iterator[Operation]:
    cursor.accept("SAVEPOINT")
    yield Operation(kind=Kind.SAVEPOINT, region=NOWHERE, name=cursor.identifier())


def _rollback(cursor: Cursor) -> Iterator[Operation]:
    cursor.one_of("TRANSACTION", "WORK")
    partly = cursor.accept("TO")
    cursor.rest()
    yield Operation(kind=Kind.SAVEPOINT if partly else Kind.ROLLBACK, region=NOWHERE)


def _lock(cursor: Cursor) -> Iterator[Operation]:
    if not cursor.one_of("TABLES", "TABLE"):
        raise UnreadError
    for part in cursor.parts():
        table = part.name()
        yield Operation(kind=Kind.LOCK_TABLE, region=NOWHERE, table=table, value=part.rest().upper())


def _optimize(cursor: Cursor) -> Iterator[Operation]:
    cursor.one_of("LOCAL", "NO_WRITE_TO_BINLOG")
    cursor.expect("TABLE")
    for part in cursor.parts():
        yield Operation(kind=Kind.VACUUM_FULL, region=NOWHERE, table=part.name(), object_type="optimize")


def _vacuum(cursor: Cursor) -> Iterator[Operation]:
    """SQLite writes the whole file anew."""
    cursor.rest()
    yield Operation(kind=Kind.VACUUM_FULL, region=NOWHERE, object_type="vacuum")


def _reindex(cursor: Cursor) -> Iterator[Operation]:
    name = None if cursor.done else cursor.name()
    yield Operation(kind=Kind.REINDEX, region=NOWHERE, name=name)


def _access(kind: Kind) -> _Reader:
    def read(cursor: Cursor) -> Iterator[Operation]:
        statement = cursor.statement
        on = statement.find("ON", cursor.at)
        to = statement.find("TO" if kind is Kind.GRANT else "FROM", cursor.at)
        if to < 0:
            raise UnreadError
        value = statement.between(cursor.at, on if 0 <= on < to else to)
        target = statement.between(on + 1, to) if 0 <= on < to else ""
        name = statement.between(to + 1, cursor.end)
        cursor.rest()
        yield Operation(
            kind=kind,
            region=NOWHERE,
            name=name,
            value=value.lower(),
            targets=(target.replace("`", ""),) if target else (),
            object_type="table" if target else "role",
        )

    return read


def _opaque(spelled: str) -> _Reader:
    def read(cursor: Cursor) -> Iterator[Operation]:
        before = cursor.at
        name = cursor.name() if spelled == "call" else None
        cursor.at = before
        what = cursor.rest()
        reason = f"it runs {what}, and what that does is not written here"
        yield Operation(
            kind=Kind.OPAQUE, region=NOWHERE, name=name, object_type=spelled, reason=reason, unknown=("kind",)
        )

    return read


def _load(cursor: Cursor) -> Iterator[Operation]:
    at = cursor.statement.find("TABLE", cursor.at)
    if at < 0:
        raise UnreadError
    table = Cursor(cursor.statement, cursor.dialect, at + 1).name()
    cursor.rest()
    yield Operation(kind=Kind.COPY, region=NOWHERE, table=table)


if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    _Reader: TypeAlias = Callable[[Cursor], Iterator[Operation]]

_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES")
_VERBS: dict[str, _Reader] = {
    **dict.fromkeys(_ROWS, _simple(Kind.READ)),
    "CREATE": _create,
    "DROP": _drop,
    "ALTER": _alter,
    "RENAME": _rename,
    "TRUNCATE": _truncate,
    "SET": _set,
    "PRAGMA": _pragma,
    "BEGIN": _simple(Kind.BEGIN),
    "START": _simple(Kind.BEGIN, following=("TRANSACTION",)),
    "COMMIT": _simple(Kind.COMMIT),
    "END": _simple(Kind.COMMIT),
    "ROLLBACK": _rollback,
    "SAVEPOINT": _savepoint,
    "RELEASE": _savepoint,
    "LOCK": _lock,
    "UNLOCK": _simple(Kind.READ, "unlock"),
    "OPTIMIZE": _optimize,
    "VACUUM": _vacuum,
    "REINDEX": _reindex,
    "ANALYZE": _simple(Kind.READ, "analyze"),
    "SHOW": _simple(Kind.READ, "show"),
    "DESCRIBE": _simple(Kind.READ, "describe"),
    "DESC": _simple(Kind.READ, "describe"),
    "EXPLAIN": _simple(Kind.READ, "explain"),
    "USE": _simple(Kind.SET, "database"),
    "FLUSH": _simple(Kind.READ, "flush"),
    "GRANT": _access(Kind.GRANT),
    "REVOKE": _access(Kind.REVOKE),
    "CALL": _opaque("call"),
    "EXECUTE": _opaque("execute"),
    "PREPARE": _simple(Kind.READ, "prepare"),
    "DEALLOCATE": _simple(Kind.READ, "deallocate"),
    "LOAD": _load,
}


def doubted(operation: Operation, statement: Statement) -> Operation:
    """A hole behind UPDATE or DELETE may be its WHERE."""
    loose = any(token.kind == "hole" for token in statement.tokens)
    if operation.kind in (Kind.UPDATE, Kind.DELETE) and operation.has_where is False and loose:
        return replace(operation, has_where=None, unknown=(*operation.unknown, "has_where"))
    return operation
