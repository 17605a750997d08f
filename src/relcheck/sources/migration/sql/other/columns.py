"""Column definitions, types and constraints of MySQL and SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from relcheck.sources.migration.operation import Column, Constraint, ForeignKey, SqlType
from relcheck.sources.migration.sql.other.cursor import Cursor, UnreadError

if TYPE_CHECKING:
    pass

_SPELLINGS = {
    "integer": "int",
    "int4": "int",
    "int8": "bigint",
    "dec": "decimal",
    "numeric": "decimal",
    "fixed": "decimal",
    "double precision": "double",
    "real": "double",
    "character": "char",
    "character varying": "varchar",
    "nvarchar": "varchar",
    "boolean": "tinyint",
    "bool": "tinyint",
}
_TYPE_WORDS = frozenset({"PRECISION", "VARYING"})
_STARTS_ATTRIBUTE = frozenset(
    [
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "KEY",
        "UNIQUE",
        "REFERENCES",
        "CHECK",
        "CONSTRAINT",
        "COLLATE",
        "GENERATED",
        "AS",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "COMMENT",
        "ON",
        "FIRST",
        "AFTER",
        "CHARACTER",
        "CHARSET",
        "VISIBLE",
        "INVISIBLE",
        "STORAGE",
        "COLUMN_FORMAT",
        "VIRTUAL",
        "STORED",
        "PERSISTENT",
        "SRID",
    ]
)


def column(cursor: Cursor, name: str | None = None) -> Column:
    """A column definition up to the cursor's end; a place in the table (FIRST, AFTER x) is passed over."""
    found = Column(name=cursor.identifier() if name is None else name)
    if not cursor.done and cursor.key() not in _STARTS_ATTRIBUTE:
        found = replace(found, type=_type(cursor))
        if found.type.name.upper() == "SERIAL" and cursor.dialect == "mysql":
            found = replace(found, serial=True, nullable=False, type=replace(found.type, name="bigint unsigned"))
    while not cursor.done:
        found = _attribute(cursor, found)
    return found


def _type(cursor: Cursor) -> SqlType:
    start = cursor.at
    words = [cursor.identifier().lower()]
    while cursor.key() and cursor.key() not in _STARTS_ATTRIBUTE and cursor.key() != "(" and not cursor.done:
        if cursor.dialect == "mysql" and cursor.key() not in _TYPE_WORDS:
            break
        words.append(cursor.identifier().lower())
    arguments: tuple[str, ...] = ()
    if cursor.key() == "(":
        arguments = tuple(part.rest() for part in cursor.group().parts())
    name = " ".join(words)
    if cursor.dialect == "mysql":
        name = _SPELLINGS.get(name, name)
    while (extra := cursor.one_of("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY")) != "":
        name += " unsigned" if extra == "UNSIGNED" else ""
    return SqlType(name, arguments, text=cursor.statement.between(start, cursor.at))


def _attribute(cursor: Cursor, found: Column) -> Column:
    name = None
    if cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
    if cursor.accept("NOT", "NULL"):
        return replace(_conflict(cursor, found), nullable=False)
    if cursor.accept("NULL"):
        return found
    if cursor.accept("DEFAULT"):
        default, volatile = _value(cursor)
        return replace(found, default=default, volatile=volatile)
    if cursor.one_of("AUTO_INCREMENT", "AUTOINCREMENT"):
        return replace(found, serial=True)
    if cursor.accept("PRIMARY", "KEY") or (cursor.dialect == "mysql" and cursor.accept("KEY")):
        cursor.one_of("ASC", "DESC")
        one = Constraint(type="primary_key", name=name, columns=(found.name,))
        return _conflict(cursor, replace(found, constraints=(*found.constraints, one), nullable=False))
    if cursor.accept("UNIQUE"):
        cursor.accept("KEY")
        one = Constraint(type="unique", name=name, columns=(found.name,))
        return _conflict(cursor, replace(found, constraints=(*found.constraints, one)))
    if cursor.key() == "REFERENCES":
        one = Constraint(type="foreign_key", name=name, columns=(found.name,), references=references(cursor))
        return replace(found, constraints=(*found.constraints, one))
    if cursor.accept("CHECK"):
        expression = cursor.group().rest()
        cursor.accept("NOT")
        cursor.accept("ENFORCED")
        one = Constraint(type="check", name=name, columns=(found.name,), expression=expression)
        return replace(found, constraints=(*found.constraints, one))
    if name is not None:
        raise UnreadError
    return _option(cursor, found)


def _option(cursor: Cursor, found: Column) -> Column:
    if cursor.accept("COLLATE"):
        return replace(found, collation=cursor.identifier())
    if cursor.accept("CHARACTER", "SET") or cursor.accept("CHARSET"):
        cursor.identifier()
        return found
    if cursor.accept("GENERATED", "ALWAYS", "AS") or cursor.accept("AS"):
        cursor.group()
        stored = cursor.one_of("STORED", "PERSISTENT", "VIRTUAL")
        kind: Literal["stored", "virtual"] = "stored" if stored in ("STORED", "PERSISTENT") else "virtual"
        return replace(found, generated=kind)
    if cursor.accept("ON", "UPDATE"):
        _value(cursor)
        return found
    if cursor.accept("COMMENT"):
        cursor.identifier()
        return found
    if cursor.one_of("FIRST", "VISIBLE", "INVISIBLE"):
        return found
    if cursor.accept("AFTER"):
        cursor.identifier()
        return found
    raise UnreadError


def _conflict(cursor: Cursor, found: Column) -> Column:
    """SQLite's ON CONFLICT behind a constraint."""
    if cursor.accept("ON", "CONFLICT"):
        cursor.identifier()
    return found


_VOLATILE = ("UUID", "RAND", "RANDOM", "RANDOMBLOB", "UUID_SHORT", "HEX", "SYSDATE")


def _value(cursor: Cursor) -> tuple[str, bool | None]:
    """A default: a literal, a name with or without brackets, or an expression in brackets."""
    start = cursor.at
    if cursor.key() == "(":
        inner = cursor.group()
        words = {token.key for token in cursor.statement.tokens[inner.at : inner.end]}
        calls = "(" in words
        volatile = True if words & set(_VOLATILE) else None if calls else False
        return cursor.statement.between(start, cursor.at), volatile
    if cursor.key() in ("-", "+"):
        cursor.at += 1
    if cursor.done:
        raise UnreadError
    cursor.at += 1
    if cursor.key() == "(":
        cursor.group()
    return cursor.statement.between(start, cursor.at), False


def constraint(cursor: Cursor) -> Constraint | None:
    """A table constraint, if one begins here. MySQL's plain INDEX and KEY are none."""
    name = None
    if cursor.accept("CONSTRAINT"):
        name = None if cursor.key() in _CONSTRAINTS else cursor.identifier()
    if cursor.accept("PRIMARY", "KEY"):
        _method(cursor)
        columns = cursor.names()
        _options(cursor)
        return Constraint(type="primary_key", name=name, columns=columns)
    if cursor.accept("UNIQUE"):
        cursor.one_of("INDEX", "KEY")
        if cursor.key() not in ("(", "USING"):
            name = cursor.identifier()
        _method(cursor)
        columns = cursor.names()
        _options(cursor)
        return Constraint(type="unique", name=name, columns=columns)
    if cursor.accept("FOREIGN", "KEY"):
        if cursor.key() != "(":
            name = name or cursor.identifier()
        columns = cursor.names()
        return Constraint(type="foreign_key", name=name, columns=columns, references=references(cursor))
    if cursor.accept("CHECK"):
        expression = cursor.group().rest()
        cursor.accept("NOT")
        cursor.accept("ENFORCED")
        return Constraint(type="check", name=name, expression=expression)
    if name is not None:
        raise UnreadError
    return None


_CONSTRAINTS = frozenset({"PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})


def _method(cursor: Cursor) -> None:
    if cursor.accept("USING"):
        cursor.identifier()


def _options(cursor: Cursor) -> None:
    """What may stand behind the columns of an index."""
    while not cursor.done:
        if cursor.accept("ON", "CONFLICT") or cursor.accept("USING") or cursor.accept("COMMENT"):
            cursor.identifier()
        elif cursor.one_of("VISIBLE", "INVISIBLE", "AUTOINCREMENT"):
            continue
        elif cursor.accept("KEY_BLOCK_SIZE"):
            cursor.accept("=")
            cursor.at += 1
        else:
            raise UnreadError


def references(cursor: Cursor) -> ForeignKey:
    cursor.expect("REFERENCES")
    table = cursor.name()
    columns = cursor.names() if cursor.key() == "(" else ()
    actions = {"DELETE": "", "UPDATE": ""}
    while not cursor.done:
        if cursor.key() == "ON" and cursor.key(1) in actions:
            event = cursor.key(1)
            cursor.at += 2
            words = [cursor.identifier().upper()]
            if words[0] in ("SET", "NO"):
                words.append(cursor.identifier().upper())
            actions[event] = "" if words == ["NO", "ACTION"] else " ".join(words)
        elif cursor.accept("MATCH"):
            cursor.identifier()
        elif cursor.one_of("NOT", "DEFERRABLE", "INITIALLY", "DEFERRED", "IMMEDIATE"):
            continue
        else:
            break
    return ForeignKey(table, columns, actions["DELETE"], actions["UPDATE"])
