"""Names, types and expressions in PostgreSQL's trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sources.migration.operation import Kind, Operation, SqlType
from relcheck.sources.migration.sql.statement import NOWHERE
from relcheck.sources.migration.volatility import volatility

if TYPE_CHECKING:
    from collections.abc import Iterator

    from relcheck.sources.migration.sql.postgres.parser import Node

SERIAL = {"serial": "int4", "serial4": "int4", "bigserial": "int8", "serial8": "int8", "smallserial": "int2"}
SERIAL |= {"serial2": "int2"}
_SPELLINGS = {"int": "int4", "integer": "int4", "bigint": "int8", "smallint": "int2", "decimal": "numeric"}


def relation(node: Node | None) -> str:
    """The table of a RangeVar, its schema before it."""
    if node is None:
        return ""
    name = node.text("relname")
    return f"{schema}.{name}" if (schema := node.text("schemaname")) else name


def qualified(parts: list[str]) -> str:
    return ".".join(part for part in parts if part)


def object_name(node: Node) -> str:
    """The name of an object of DROP, COMMENT, ALTER … OWNER: a String, a list of them, a type or a function."""
    match node.kind:
        case "String":
            return node.text("sval")
        case "List":
            return qualified(node.strings("items"))
        case "TypeName":
            return qualified(node.strings("names"))
        case "ObjectWithArgs":
            return qualified(node.strings("objname"))
        case "RangeVar":
            return relation(node)
    return ""


def sql_type(node: Node | None, written: str) -> SqlType:
    """A TypeName; `written` is its text. A serial type is the integer that it makes."""
    if node is None:
        return SqlType("?", text=written)
    parts = node.strings("names")
    if parts[:1] == ["pg_catalog"]:
        parts = parts[1:]
    name = qualified(parts)
    name = SERIAL.get(name, name)
    arguments = tuple(constant(argument) or "?" for argument in node.children("typmods"))
    if name == "interval" and arguments:
        arguments = ()  # the grammar gives bits for YEAR TO MONTH: the text says it better
    return SqlType(_SPELLINGS.get(name, name), arguments, len(node.children("arrayBounds")), written)


def constant(node: Node | None) -> str | None:
    """The text of a literal (a number, a string, a boolean); None where it is something else."""
    if node is None:
        return None
    if node.kind == "TypeCast":
        return constant(node.child("arg"))
    if node.kind == "A_Const":
        if (value := node.child("ival")) is not None:
            return str(value.number("ival"))
        if (value := node.child("fval")) is not None:
            return value.text("fval")
        if (value := node.child("sval")) is not None:
            return value.text("sval")
        if (value := node.child("boolval")) is not None:
            return "true" if value.flag("boolval") else "false"
        return None
    if node.kind == "ColumnRef":
        return qualified(node.strings("fields")) or None
    return None


def is_volatile(node: Node | None) -> bool | None:
    """Whether an expression has another value in each row. None: it calls a function that is not known."""
    return volatility(call.rpartition(".")[2] for call in calls(node)) if node is not None else False


def calls(node: Node) -> Iterator[str]:
    """The names of the functions that a tree calls."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.kind == "FuncCall":
            parts = found.strings("funcname")
            yield qualified(parts[1:] if parts[:1] == ["pg_catalog"] else parts)
        waiting.extend(reversed(found.below()))


def opaque_call(name: str) -> Operation:
    """A function or procedure that may do anything."""
    reason = f"it calls {name}(), and what that does is not written here"
    return Operation(kind=Kind.OPAQUE, region=NOWHERE, name=name, object_type="call", reason=reason)


def tables_read(node: Node | None, *, without: str = "") -> tuple[str, ...]:
    """The tables that stand below a node, names of WITH queries left out, in the order of the text."""
    if node is None:
        return ()
    found: dict[str, None] = {}
    names: set[str] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at.kind == "RangeVar":
            found.setdefault(relation(at))
        elif at.kind == "CommonTableExpr":
            names.add(at.text("ctename"))
        waiting.extend(reversed(at.below()))
    return tuple(name for name in found if name not in names and name != without)
