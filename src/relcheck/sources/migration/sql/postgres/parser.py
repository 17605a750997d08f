"""PostgreSQL's own parser (libpg_query, as postgast ships it): one text to its trees.

Trees are asked for as JSON, which needs neither protobuf nor the classes that postgast makes of it: importing those
takes longer than reading a hundred migrations. What is relied on of the library is small and held by conformance tests.
Sources: libpg_query's README and `pg_query.h`; the fields of the nodes are those of PostgreSQL's `parsenodes.h`.
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias, cast

import msgspec

JsonObject: TypeAlias = dict[str, object]

PARSER_MAJOR = 18
"""The PostgreSQL release whose grammar this is."""


class SqlError(ValueError):
    """The server would refuse this text. `at` is the offset of the character where, None where that is not known."""

    def __init__(self, message: str, at: int | None) -> None:
        super().__init__(message)
        self.at = at


class Node:
    """A node of a tree: its kind (`AlterTableStmt`; empty for one whose place in the tree says it) and its fields.

    A field that has its default is absent, as in the JSON: empty text, False, 0, no node.
    """

    __slots__ = ("_fields", "kind")

    def __init__(self, kind: str, fields: JsonObject) -> None:
        self.kind = kind
        self._fields = fields

    def text(self, field: str) -> str:
        value = self._fields.get(field)
        return value if isinstance(value, str) else ""

    def flag(self, field: str) -> bool:
        return self._fields.get(field) is True

    def number(self, field: str) -> int:
        value = self._fields.get(field)
        return value if isinstance(value, int) else 0

    def has(self, field: str) -> bool:
        return field in self._fields

    def child(self, field: str) -> Node | None:
        value = self._fields.get(field)
        return _node(cast("JsonObject", value)) if isinstance(value, dict) else None

    def children(self, field: str) -> list[Node]:
        value = self._fields.get(field)
        return [_node(item) for item in value] if isinstance(value, list) else []

    def strings(self, field: str) -> list[str]:
        """The texts of a list of String nodes: the parts of a qualified name."""
        return [node.text("sval") for node in self.children(field)]

    def below(self) -> list[Node]:
        """All nodes that hang directly on this one, whatever the field."""
        found: list[Node] = []
        for value in self._fields.values():
            if isinstance(value, dict):
                found.append(_node(value))
            elif isinstance(value, list):
                found.extend(_node(item) for item in value if isinstance(item, dict))
        return found


def parse(text: str) -> list[Node]:
    """The statements of a text. Locations in them count UTF-8 bytes of the text; -1 is unknown.

    Raises SqlError. The text must hold no NUL: the parser would stop there and see a part only.
    """
    tree = _decoded(_library().pg_query_parse, _library().pg_query_free_parse_result, text)
    if not isinstance(tree, dict):
        raise SqlError("the parser gave no tree", None)
    statements = Node("", tree).children("stmts")
    return [node for statement in statements if (node := statement.child("stmt")) is not None]


def parse_body(text: str) -> Node | None:
    """The PL/pgSQL function of a CREATE FUNCTION or DO statement; None where there is none. Raises SqlError."""
    library = _library()
    found = _decoded(library.pg_query_parse_plpgsql, library.pg_query_free_plpgsql_parse_result, text)
    return _node(found[0]) if isinstance(found, list) and found and isinstance(found[0], dict) else None


def _node(fields: JsonObject) -> Node:
    """A field of a fixed type holds its fields; one of any type a single key that names the type, in CamelCase."""
    if len(fields) == 1:
        [(kind, inner)] = fields.items()
        if isinstance(inner, dict) and (kind[:1].isupper()):
            return Node(kind, inner)
    return Node("", fields)


class _Error(ctypes.Structure):
    _fields_ = (
        ("message", ctypes.c_char_p),
        ("funcname", ctypes.c_char_p),
        ("filename", ctypes.c_char_p),
        ("lineno", ctypes.c_int),
        ("cursorpos", ctypes.c_int),
        ("context", ctypes.c_char_p),
    )


class _Tree(ctypes.Structure):
    _fields_ = (
        ("json", ctypes.c_char_p),
        ("stderr_buffer", ctypes.c_char_p),
        ("error", ctypes.POINTER(_Error)),
    )


class _Body(ctypes.Structure):
    _fields_ = (("json", ctypes.c_char_p), ("error", ctypes.POINTER(_Error)))


_FILES = {"Linux": "libpg_query.so", "Darwin": "libpg_query.dylib", "Windows": "pg_query.dll"}


@cache
def _library() -> ctypes.CDLL:
    spec = find_spec("postgast")
    if spec is None or spec.origin is None:
        raise ImportError("postgast is not installed: relcheck reads PostgreSQL with it")
    library = ctypes.CDLL(str(Path(spec.origin).with_name(_FILES.get(platform.system(), "libpg_query.so"))))
    for parse_function, free_function, result in (
        ("pg_query_parse", "pg_query_free_parse_result", _Tree),
        ("pg_query_parse_plpgsql", "pg_query_free_plpgsql_parse_result", _Body),
    ):
        call, free = getattr(library, parse_function), getattr(library, free_function)
        call.argtypes, call.restype = [ctypes.c_char_p], result
        free.argtypes, free.restype = [result], None
    return library


def _decoded(call: ctypes._NamedFuncPointer, free: ctypes._NamedFuncPointer, text: str) -> object:
    result = call(text.encode("utf-8", "surrogatepass"))
    try:
        if result.error:
            error = result.error.contents
            message = (error.message or b"syntax error").decode("utf-8", "replace")
            # Unlike the locations in trees, the place of an error counts characters.
            raise SqlError(message, error.cursorpos - 1 if error.cursorpos > 0 else None)
        return msgspec.json.decode(result.json or b"null")
    except (msgspec.DecodeError, RecursionError) as error:
        raise SqlError(f"the parser's tree cannot be read: {error}", None) from None
    finally:
        free(result)
