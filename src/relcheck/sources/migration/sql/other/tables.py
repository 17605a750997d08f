"""CREATE TABLE, ALTER TABLE and CREATE INDEX of MySQL and SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.operation import Constraint, Kind, Operation
from relcheck.sources.migration.sql.other.columns import column, constraint
from relcheck.sources.migration.sql.other.cursor import Cursor, UnreadError
from relcheck.sources.migration.sql.statement import NOWHERE, Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.migration.operation import Column


def create_table(cursor: Cursor, *, temporary: bool) -> Iterator[Operation]:
    """Behind CREATE [TEMPORARY] TABLE. Its plain indexes are operations of their own."""
    missing = cursor.accept("IF", "NOT", "EXISTS")
    table = cursor.name()
    made = Operation(kind=Kind.CREATE_TABLE, region=NOWHERE, table=table, if_not_exists=missing, temporary=temporary)
    if cursor.accept("LIKE"):
        other = cursor.name()
        cursor.finish()
        yield replace(made, reads=(other,), unknown=("new_columns",))
        return
    if cursor.key() != "(":
        cursor.expect("AS")
        yield replace(made, kind=Kind.CREATE_TABLE_AS, reads=_sources(cursor))
        return
    columns: list[Column] = []
    constraints: list[Constraint] = []
    indexes: list[Operation] = []
    for part in cursor.group().parts():
        if (index := _inner_index(part, table)) is not None:
            indexes.append(index)
        elif part.key() in _CONSTRAINTS and (one := constraint(part)) is not None:
            part.finish()
            constraints.append(one)
        else:
            columns.append(column(part))
            constraints.extend(columns[-1].constraints)
    words = {token.key for token in cursor.statement.tokens[cursor.at : cursor.end]}
    copies = "SELECT" in words
    keys = {name for one in constraints if one.type == "primary_key" for name in one.columns}
    yield replace(
        made,
        kind=Kind.CREATE_TABLE_AS if copies else Kind.CREATE_TABLE,
        new_columns=tuple(replace(one, nullable=False) if one.name in keys else one for one in columns),
        constraints=tuple(constraints),
        partitioned="PARTITION" in words,
        reads=_sources(cursor) if copies else (),
    )
    yield from indexes


_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})
_QUERY_STARTS = frozenset({"FROM", "JOIN"})


def _sources(cursor: Cursor) -> tuple[str, ...]:
    """The tables of a query."""
    found: dict[str, None] = {}
    while not cursor.done:
        key = cursor.key()
        cursor.at += 1
        if key in _QUERY_STARTS and not cursor.done and cursor.key() not in ("(", "SELECT"):
            found.setdefault(cursor.name())
    return tuple(found)


def _inner_index(cursor: Cursor, table: str) -> Operation | None:
    """INDEX and KEY in CREATE TABLE or behind ADD."""
    kind = cursor.one_of("FULLTEXT", "SPATIAL")
    if not kind and cursor.key() not in ("INDEX", "KEY"):
        return None
    if not cursor.one_of("INDEX", "KEY") and not kind:
        return None
    missing = cursor.accept("IF", "NOT", "EXISTS")
    name = None if cursor.key() in ("(", "USING") else cursor.identifier()
    using = cursor.identifier() if cursor.accept("USING") else kind
    columns = cursor.names()
    cursor.rest()
    return Operation(
        kind=Kind.CREATE_INDEX,
        region=NOWHERE,
        table=table,
        name=name,
        columns=columns,
        using=using.lower(),
        if_not_exists=missing,
        has_where=False,
    )


def create_index(cursor: Cursor, kind: str) -> Iterator[Operation]:
    """Behind CREATE [UNIQUE] INDEX."""
    missing = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    using = cursor.identifier() if cursor.accept("USING") else kind if kind != "UNIQUE" else ""
    cursor.expect("ON")
    table = cursor.name()
    columns = cursor.names()
    where = ""
    if cursor.accept("WHERE"):
        where = cursor.rest()
    algorithm, lock = _manner(cursor)
    cursor.rest()
    yield Operation(
        kind=Kind.CREATE_INDEX,
        region=NOWHERE,
        table=table,
        name=name,
        columns=columns,
        using=using.lower(),
        unique=kind == "UNIQUE",
        if_not_exists=missing,
        has_where=bool(where),
        where=where,
        algorithm=algorithm,
        lock=lock,
    )


def _manner(cursor: Cursor) -> tuple[str, str]:
    """ALGORITHM= and LOCK= anywhere in what is left."""
    tokens = cursor.statement.tokens
    found = {"ALGORITHM": "", "LOCK": ""}
    for number in range(cursor.at, cursor.end):
        key = tokens[number].key
        if key in found:
            value = number + 2 if number + 1 < cursor.end and tokens[number + 1].key == "=" else number + 1
            found[key] = tokens[value].key if value < cursor.end else ""
    return found["ALGORITHM"], found["LOCK"]


def alter_table(cursor: Cursor) -> Iterator[Read]:
    """Behind ALTER TABLE: one operation for each action, in its own place."""
    cursor.accept("IF", "EXISTS")
    table = cursor.name()
    algorithm, lock = _manner(cursor)
    found = False
    # Actions on partitions name several of them, and stand alone.
    whole = "PARTITION" in (cursor.key(), cursor.key(1)) and cursor.key() != "ADD"
    for part in [Cursor(cursor.statement, cursor.dialect, cursor.at)] if whole else cursor.parts():
        start, end = part.span()
        for operation in _action(part, table):
            found = True
            yield Read(replace(operation, algorithm=algorithm, lock=lock), start, end)
        part.finish()
    if not found:
        operation = Operation(kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, algorithm=algorithm, lock=lock)
        yield Read(operation, cursor.statement.start, cursor.statement.end)


def _action(cursor: Cursor, table: str) -> Iterator[Operation]:
    verb = cursor.one_of(
        "ADD", "DROP", "MODIFY", "CHANGE", "ALTER", "RENAME", "ALGORITHM", "LOCK", "CONVERT", "TRUNCATE"
    )
    match verb:
        case "ADD":
            yield from _added(cursor, table)
        case "DROP":
            yield from _dropped(cursor, table)
        case "MODIFY" | "CHANGE":
            yield from _redefined(cursor, table, renames=verb == "CHANGE")
        case "ALTER":
            yield from _altered(cursor, table)
        case "RENAME":
            yield _renamed(cursor, table)
        case "ALGORITHM" | "LOCK":
            cursor.rest()
        case "CONVERT":
            value = cursor.rest()
            yield Operation(
                kind=Kind.ALTER_TABLE_STORAGE, region=NOWHERE, table=table, name="character set", value=value
            )
        case "TRUNCATE":
            cursor.expect("PARTITION")
            yield Operation(
                kind=Kind.TRUNCATE, region=NOWHERE, table=table, name=cursor.rest(), object_type="partition"
            )
        case _:
            yield _option(cursor, table)


def _option(cursor: Cursor, table: str) -> Operation:
    word = cursor.key()
    rebuilt = {
        "ENGINE": "engine",
        "ROW_FORMAT": "row format",
        "FORCE": "force",
        "ORDER": "order",
        "PARTITION": "partitions",
    }
    kept = (
        "COMMENT",
        "AUTO_INCREMENT",
        "DEFAULT",
        "CHARACTER",
        "CHARSET",
        "COLLATE",
        "ENABLE",
        "DISABLE",
        "STATS_PERSISTENT",
    )
    value = cursor.rest()
    if word in rebuilt or word in ("REMOVE", "REORGANIZE", "COALESCE", "REBUILD"):
        name = rebuilt.get(word, "partitions")
        return Operation(kind=Kind.ALTER_TABLE_STORAGE, region=NOWHERE, table=table, name=name, value=value)
    if word in kept:
        return Operation(kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, name=word.lower(), value=value)
    raise UnreadError


def _added(cursor: Cursor, table: str) -> Iterator[Operation]:
    if (index := _inner_index(cursor, table)) is not None:
        yield index
        return
    if cursor.key() in _CONSTRAINTS and (one := constraint(cursor)) is not None:
        yield Operation(
            kind=Kind.ADD_CONSTRAINT,
            region=NOWHERE,
            table=table,
            name=one.name,
            columns=one.columns,
            constraint=one,
        )
        return
    if cursor.accept("PARTITION"):
        value = cursor.rest()
        yield Operation(kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, name="partition", value=value)
        return
    cursor.accept("COLUMN")
    missing = cursor.accept("IF", "NOT", "EXISTS")
    parts = cursor.group().parts() if cursor.key() == "(" else [cursor]
    for part in parts:
        made = column(part)
        yield Operation(
            kind=Kind.ADD_COLUMN,
            region=NOWHERE,
            table=table,
            column=made.name,
            new_columns=(made,),
            constraints=made.constraints,
            type=made.type,
            default=made.default,
            volatile=made.volatile,
            if_not_exists=missing,
        )


def _dropped(cursor: Cursor, table: str) -> Iterator[Operation]:
    if cursor.accept("PRIMARY", "KEY"):
        one = Constraint(type="primary_key")
        yield Operation(kind=Kind.DROP_CONSTRAINT, region=NOWHERE, table=table, constraint=one)
        return
    if cursor.accept("FOREIGN", "KEY"):
        missing = cursor.accept("IF", "EXISTS")
        name = cursor.identifier()
        one = Constraint(type="foreign_key", name=name)
        yield Operation(
            kind=Kind.DROP_CONSTRAINT, region=NOWHERE, table=table, name=name, constraint=one, if_exists=missing
        )
        return
    if cursor.accept("PARTITION"):
        for name in [part.identifier() for part in cursor.parts()]:
            yield Operation(kind=Kind.DROP_PARTITION, region=NOWHERE, table=table, name=name)
        return
    if word := cursor.one_of("INDEX", "KEY", "CHECK", "CONSTRAINT"):
        missing = cursor.accept("IF", "EXISTS")
        name = cursor.identifier()
        index = word in ("INDEX", "KEY")
        yield Operation(
            kind=Kind.DROP_INDEX if index else Kind.DROP_CONSTRAINT,
            region=NOWHERE,
            table=table,
            name=name,
            constraint=Constraint(type="check", name=name) if word == "CHECK" else None,
            if_exists=missing,
        )
        return
    cursor.accept("COLUMN")
    missing = cursor.accept("IF", "EXISTS")
    name = cursor.identifier()
    cursor.one_of("CASCADE", "RESTRICT")
    yield Operation(kind=Kind.DROP_COLUMN, region=NOWHERE, table=table, column=name, if_exists=missing)


def _redefined(cursor: Cursor, table: str, *, renames: bool) -> Iterator[Operation]:
    """MODIFY and CHANGE say the whole column anew: its type, and whether it may be NULL."""
    cursor.accept("COLUMN")
    cursor.accept("IF", "EXISTS")
    old = cursor.identifier()
    new = cursor.identifier() if renames else old
    made = column(cursor, new)
    if new != old:
        yield Operation(kind=Kind.RENAME_COLUMN, region=NOWHERE, table=table, column=old, new_name=new)
    yield Operation(
        kind=Kind.ALTER_COLUMN_TYPE,
        region=NOWHERE,
        table=table,
        column=new,
        new_columns=(made,),
        constraints=made.constraints,
        type=made.type,
        default=made.default,
    )
    if not made.nullable:
        yield Operation(kind=Kind.SET_NOT_NULL, region=NOWHERE, table=table, column=new)


def _altered(cursor: Cursor, table: str) -> Iterator[Operation]:
    if cursor.accept("INDEX"):
        name = cursor.identifier()
        cursor.rest()
        yield Operation(kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, name=f"index {name}")
        return
    if cursor.one_of("CHECK", "CONSTRAINT"):
        name = cursor.identifier()
        cursor.rest()
        yield Operation(kind=Kind.ALTER_CONSTRAINT, region=NOWHERE, table=table, name=name)
        return
    cursor.accept("COLUMN")
    name = cursor.identifier()
    if cursor.accept("DROP", "DEFAULT"):
        yield Operation(kind=Kind.DROP_DEFAULT, region=NOWHERE, table=table, column=name)
    elif cursor.accept("SET", "DEFAULT"):
        yield Operation(kind=Kind.SET_DEFAULT, region=NOWHERE, table=table, column=name, default=cursor.rest())
    elif cursor.accept("SET"):
        cursor.rest()
        yield Operation(kind=Kind.ALTER_TABLE_OPTION, region=NOWHERE, table=table, column=name, name="visibility")
    else:
        raise UnreadError


def _renamed(cursor: Cursor, table: str) -> Operation:
    if cursor.one_of("INDEX", "KEY"):
        old = cursor.identifier()
        cursor.expect("TO")
        return Operation(kind=Kind.RENAME_INDEX, region=NOWHERE, table=table, name=old, new_name=cursor.identifier())
    if cursor.one_of("TO", "AS"):
        return Operation(kind=Kind.RENAME_TABLE, region=NOWHERE, table=table, new_name=cursor.name())
    cursor.accept("COLUMN")
    old = cursor.name()
    if cursor.done:
        return Operation(kind=Kind.RENAME_TABLE, region=NOWHERE, table=table, new_name=old)
    cursor.expect("TO")
    return Operation(kind=Kind.RENAME_COLUMN, region=NOWHERE, table=table, column=old, new_name=cursor.identifier())
