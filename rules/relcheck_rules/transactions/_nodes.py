"""Walking libcst trees without their white space and punctuation, and writing out what they name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

_TRIVIA = ("whitespace", "leading_", "lines_", "lpar", "rpar", "lbra", "rbra", "trailing_")
_PUNCTUATION = frozenset(
    {"comma", "dot", "semicolon", "equal", "operator", "colon", "header", "footer", "asynchronous"}
)


def below(node: cst.CSTNode, *, scopes: bool = False) -> Iterator[cst.CSTNode]:
    """A node and all below it, in the file's order; functions and classes in it, and what is in them, with `scopes`."""
    from libcst import ClassDef, CSTNode, FunctionDef, MaybeSentinel

    # By type, not by isinstance: libcst's classes are abstract base classes, which makes that slow.
    plain = {str, bool, int, type(None), MaybeSentinel}
    pending = [node]
    while pending:
        one = pending.pop()
        yield one
        inner: list[CSTNode] = []
        for name in _fields(type(one)):
            value = getattr(one, name)
            kind = type(value)
            if kind is tuple or kind is list:
                inner.extend(value)
            elif kind not in plain:
                inner.append(value)
        inner.reverse()
        if scopes:
            pending.extend(inner)
        else:
            pending.extend([child for child in inner if type(child) is not FunctionDef and type(child) is not ClassDef])


def spelled(node: cst.CSTNode) -> str:
    """A name as it is written; `….delete` where it is taken from something that is no name."""
    from libcst import Attribute, Name

    if isinstance(node, Name):
        return node.value
    if isinstance(node, Attribute):
        owner = spelled(node.value)
        return f"{owner}.{node.attr.value}"
    return "…"


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = (field.name for field in fields(kind) if field.type not in (str, bool, int))
    return tuple(name for name in names if not name.startswith(_TRIVIA) and name not in _PUNCTUATION)
