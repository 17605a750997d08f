"""What a call on a session, connection or cursor does: rows, or something else that has the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Site

if TYPE_CHECKING:
    import libcst as cst

_OF_ROWS = frozenset({"add", "add_all", "delete", "get", "get_one", "merge", "refresh"})
_LOOKUPS = frozenset({"get", "get_one"})
_OF_REQUESTS = frozenset({"params", "headers", "timeout", "json", "data", "cookies", "auth", "verify"})
_ADDRESSES = ("url", "uri", "endpoint", "path", "href", "key")


def concerns_rows(at: Site) -> bool:
    """Whether the arguments of a call fit a session: `session.get(User, 1)` and not `session.get("https://…")`.

    Dicts, HTTP sessions and key-value stores bear the same names, and have a `get`, an `add` or a `delete` too.
    """
    from libcst import Attribute, Call

    node = at.node
    if not isinstance(node, Call) or not isinstance(node.func, Attribute):
        return True
    method = node.func.attr.value
    if method == "commit":
        return not node.args
    if method not in _OF_ROWS or any(arg.star for arg in node.args):
        return True
    named = {arg.keyword.value for arg in node.args if arg.keyword is not None}
    given = [arg.value for arg in node.args if arg.keyword is None]
    if not named.isdisjoint(_OF_REQUESTS) or (given and _is_address(given[0])):
        return False
    if method in _LOOKUPS:
        return "ident" in named or (len(given) > 1 and not _is_default(given[1]))
    return bool(node.args)


def _is_address(node: cst.BaseExpression) -> bool:
    """Whether an argument is a string or called like a key: no row and no class of rows."""
    from libcst import Attribute, BaseNumber, BaseString, Name

    name = node.attr if isinstance(node, Attribute) else node
    if isinstance(name, Name):
        return name.value.lower().endswith(_ADDRESSES)
    return isinstance(node, BaseString | BaseNumber)


def _is_default(node: cst.BaseExpression) -> bool:
    """Whether an argument is what `dict.get` returns for want of anything else, and no primary key."""
    from libcst import Dict, List, Name

    return isinstance(node, Dict | List) or (isinstance(node, Name) and node.value in ("None", "True", "False"))
