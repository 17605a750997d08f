"""Texts that PL/pgSQL puts together for EXECUTE: literals, `||`, format(), quote_ident() and known variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.sources.migration.sql.postgres.names import constant
from relcheck.sources.migration.sql.postgres.parser import SqlError, parse
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relcheck.sources.migration.sql.postgres.parser import Node


def folded(expression: str, values: Mapping[str, str]) -> str | None:
    """The text that an expression gives, with a hole for each part that is not known; None where nothing is."""
    if not expression:
        return None
    try:
        [select] = parse(f"SELECT {expression}")
    except (SqlError, ValueError):
        return None
    targets = select.children("targetList")
    value = targets[0].child("val") if len(targets) == 1 else None
    text = _text(value, values) if value is not None else HOLE
    return None if text == HOLE else text


def _text(node: Node, values: Mapping[str, str]) -> str:
    match node.kind:
        case "A_Const":
            return constant(node) or ""
        case "TypeCast":
            below = node.child("arg")
            return _text(below, values) if below is not None else HOLE
        case "ColumnRef":
            names = node.strings("fields")
            return values.get(names[0], HOLE) if len(names) == 1 else HOLE
        case "A_Expr" if node.strings("name") == ["||"]:
            left, right = node.child("lexpr"), node.child("rexpr")
            return "".join(_text(part, values) if part is not None else HOLE for part in (left, right))
        case "FuncCall":
            name = node.strings("funcname")[-1]
            arguments = [_text(argument, values) for argument in node.children("args")]
            if name == "format" and arguments:
                return _formatted(arguments[0], arguments[1:])
            if name in ("concat", "quote_ident", "quote_literal", "lower", "upper", "trim", "btrim"):
                return _called(name, arguments)
    return HOLE


def _called(name: str, arguments: list[str]) -> str:
    text = "".join(arguments)
    if name == "quote_literal" and HOLE not in text:
        return "'" + text.replace("'", "''") + "'"
    if name == "quote_ident" and HOLE not in text:
        return _identifier(text)
    return text.lower() if name == "lower" else text.upper() if name == "upper" else text


_SPECIFIER = re.compile(r"%(?:(?P<position>\d+)\$)?-?(?:\d+|\*)?(?P<type>[sIL%])")


def _formatted(pattern: str, arguments: list[str]) -> str:
    """Source: PostgreSQL, format()."""
    following = 0

    def value(match: re.Match[str]) -> str:
        nonlocal following
        if match["type"] == "%":
            return "%"
        number = int(match["position"]) - 1 if match["position"] else following
        following = number + 1
        text = arguments[number] if 0 <= number < len(arguments) else HOLE
        if HOLE in text or match["type"] == "s":
            return text
        return _identifier(text) if match["type"] == "I" else "'" + text.replace("'", "''") + "'"

    return _SPECIFIER.sub(value, pattern)


def _identifier(text: str) -> str:
    return text if re.fullmatch(r"[a-z_][a-z0-9_$]*", text) else '"' + text.replace('"', '""') + '"'
