"""Calls between the functions of one file, and calls that write through a query or a table."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relcheck.sdk import Site, Span, last
from relcheck_rules.transactions._nodes import below

if TYPE_CHECKING:
    import libcst as cst

    from relcheck.sdk.selectors import Selector

_RUNNERS = frozenset({"to_thread", "submit", "run_in_executor", "run_in_threadpool", "run_sync", "partial"})
"""Functions that call what they are given."""


@dataclass(frozen=True)
class Caller:
    """A function of the file by its qualified name."""

    symbol: str
    site: Site


def calls_of(caller: Caller, known: Container[str]) -> Iterator[tuple[Span, str]]:
    """The calls in a function of what the same file defines, without those in functions inside it: (place, symbol)."""
    import libcst as cst

    node = caller.site.node
    if not isinstance(node, cst.FunctionDef):
        return
    own = {param.name.value for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params)}
    for call in below(node.body):
        for called in _called(call) if type(call) is cst.Call else ():
            for symbol in _candidates(called, caller, own):
                if symbol in known and symbol != caller.symbol:
                    yield Span(called.attr if isinstance(called, cst.Attribute) else called), symbol
                    break


def called_name(at: Site, node: cst.Call) -> str:
    """The last name of what a call calls, resolved where it is a plain name; empty where it has none."""
    from libcst import Attribute

    if isinstance(node.func, Attribute):
        return node.func.attr.value
    return next((last(name) for name in at.file.resolve(node)), "")


def is_query_write(at: Site, query: Selector) -> bool:
    """Whether `.delete()` or `.update()` ends a chain that starts with a query: `session.query(User).delete()`."""
    import libcst as cst

    node = at.node
    while isinstance(node, cst.Call | cst.Attribute):
        if isinstance(node, cst.Attribute):
            if node.attr.value == "objects" or (node.attr.value == "query" and _is_class(node.value)):
                return True
            node = node.value
        else:
            if node is not at.node and at.file.in_selector(query, at.below(node).cell):
                return True
            node = node.func
    return False


def is_table_write(at: Site) -> Span | None:
    """Where the statement that a call executes is built as `table.insert()`, `.update()` or `.delete()`."""
    import libcst as cst

    node: cst.CSTNode | None = at.arg(0)
    while isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        if node.func.attr.value in ("insert", "update", "delete") and not isinstance(node.func.value, cst.Call):
            return Span(node.func)
        node = node.func.value
    return None


def _called(node: cst.Call) -> Iterator[cst.Name | cst.Attribute]:
    """What a call calls, and what it hands to a runner."""
    from libcst import Attribute, Name

    if isinstance(node.func, Name | Attribute):
        yield node.func
        name = node.func.attr.value if isinstance(node.func, Attribute) else node.func.value
        if name in _RUNNERS:
            yield from (arg.value for arg in node.args if isinstance(arg.value, Name | Attribute))


def _candidates(called: cst.Name | cst.Attribute, caller: Caller, own: Container[str]) -> Iterator[str]:
    """The symbols that a name may stand for if the file defines them, nearest first."""
    from libcst import Name

    if isinstance(called, Name):
        if called.value in own:
            return
        scope = caller.symbol
        while scope:
            yield f"{scope}.{called.value}"
            scope = scope.rpartition(".")[0]
        yield called.value
        return
    owner = called.value
    if isinstance(owner, Name) and owner.value in ("self", "cls"):
        yield from (f"{one}.{called.attr.value}" for one in _classes(caller.site, itself=True))
    elif isinstance(owner, Name):
        yield f"{owner.value}.{called.attr.value}"
    elif _is_super(owner):
        yield from (f"{one}.{called.attr.value}" for one in _classes(caller.site, itself=False))


def _classes(site: Site, *, itself: bool) -> Iterator[str]:
    """The class around a function and its bases in the file, in the order in which a method is looked up."""
    around = site.up("class")
    if around is None or around.symbol is None:
        return
    if itself:
        yield around.symbol
    seen: set[str] = set()
    pending = list(site.file.bases_of(around.symbol))
    while pending:
        base = pending.pop(0)
        if base not in seen:
            seen.add(base)
            yield base
            pending.extend(site.file.bases_of(base))


def _is_super(node: cst.CSTNode) -> bool:
    from libcst import Call, Name

    return isinstance(node, Call) and isinstance(node.func, Name) and node.func.value == "super"


def _is_class(node: cst.CSTNode) -> bool:
    from libcst import Attribute, Name

    name = node.attr if isinstance(node, Attribute) else node
    return isinstance(name, Name) and name.value[:1].isupper()
