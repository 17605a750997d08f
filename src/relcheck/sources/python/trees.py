"""Reading libcst trees: names, children, and the part of a node that matters. Importing this module imports libcst."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache

import libcst as cst

from relcheck.sources.python.names import Bindings, Names, bind, bind_from, identifier, rebind, table

_TRIVIA = (
    cst.BaseParenthesizableWhitespace,
    cst.TrailingWhitespace,
    cst.EmptyLine,
    cst.Newline,
    cst.Comment,
    cst.Comma,
    cst.Dot,
    cst.Colon,
    cst.Semicolon,
    cst.AssignEqual,
    cst.LeftParen,
    cst.RightParen,
    cst.LeftSquareBracket,
    cst.RightSquareBracket,
    cst.LeftCurlyBrace,
    cst.RightCurlyBrace,
    cst.Asynchronous,
    cst.BaseBinaryOp,
    cst.BaseBooleanOp,
    cst.BaseUnaryOp,
    cst.BaseCompOp,
    cst.BaseAugOp,
    cst.ImportStar,
    cst.ParamStar,
    cst.ParamSlash,
)


def is_trivia(kind: type[cst.CSTNode]) -> bool:
    """Whether nodes of this type are white space, punctuation or an operator: the walk passes them over."""
    return issubclass(kind, _TRIVIA)


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes below a node that carry meaning, in the file's order."""
    found: list[cst.CSTNode] = []
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            found.extend(value)
        elif kind not in _PLAIN:
            found.append(value)
    return found


_IN_FILE: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("keyword", "value"),
    cst.ClassDef: ("decorators", "name", "type_parameters", "bases", "keywords", "body"),
    cst.ExceptHandler: ("type", "name", "body"),
    cst.ExceptStarHandler: ("type", "name", "body"),
    cst.FunctionDef: ("decorators", "name", "type_parameters", "params", "returns", "body"),
    cst.IfExp: ("body", "test", "orelse"),
    cst.MatchCase: ("pattern", "guard", "body"),
    cst.Parameters: ("posonly_params", "params", "star_arg", "kwonly_params", "star_kwarg"),
    cst.TypeAlias: ("name", "type_parameters", "value"),
}
"""Nodes that declare their fields in another order than a file has them."""

_PLAIN = frozenset({str, bool, int, type(None), cst.MaybeSentinel})


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    names = _IN_FILE.get(kind) or [field.name for field in fields(kind) if field.type not in _PLAIN]
    return tuple(
        name
        for name in names
        if not name.startswith(("whitespace", "leading_", "lines_", "lpar", "rpar")) and name not in _TRIVIAL_FIELDS
    )


_TRIVIAL_FIELDS = frozenset(
    {"comma", "dot", "semicolon", "equal", "operator", "colon", "asynchronous", "header", "footer", "indent", "newline"}
    | {
        "lbracket",
        "rbracket",
        "lbrace",
        "rbrace",
        "star",
        "first_colon",
        "second_colon",
        "trailing_whitespace",
        "default_indent",
    }
    | {"encoding", "default_newline", "has_trailing_newline", "value_is_raw", "relative", "start", "end", "prefix"}
)


def dotted(node: cst.CSTNode) -> str | None:
    """The dotted name that an expression spells (`a.b.c`), else None. Identifiers are NFKC-normalised, as Python
    does."""
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(identifier(node.attr.value))
        node = node.value
    if type(node) is not cst.Name:
        return None
    parts.append(identifier(node.value))
    return ".".join(reversed(parts))


def token(node: cst.CSTNode) -> cst.CSTNode:
    """The part of a node that a reader should look at: the name of what is called, defined or taken."""
    while True:
        if isinstance(node, cst.Call):
            node = node.func
        elif isinstance(node, cst.Decorator):
            node = node.decorator
        elif isinstance(node, cst.Attribute):
            return node.attr
        elif isinstance(node, cst.FunctionDef | cst.ClassDef):
            return node.name
        else:
            return node


def names_of_tree(nodes: Iterable[cst.CSTNode]) -> Names:
    """The table of names of a file whose syntax `ast` does not know, from its import and assignment nodes."""
    bound = Bindings()
    for node in nodes:
        if isinstance(node, cst.Import):
            bind(bound, _aliases(node))
        elif isinstance(node, cst.ImportFrom):
            module = "." * len(node.relative) + ((dotted(node.module) or "") if node.module is not None else "")
            bind_from(bound, module, _aliases(node))
        elif isinstance(node, cst.Assign | cst.AnnAssign) and node.value is not None:
            for target in [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]:
                if isinstance(target, cst.Name):
                    rebind(bound, identifier(target.value), dotted(node.value))
    return table(bound)


def _aliases(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str | None]]:
    if isinstance(node.names, cst.ImportStar):
        yield "*", None
        return
    for alias in node.names:
        yield dotted(alias.name) or "", dotted(alias.asname.name) if alias.asname is not None else None
