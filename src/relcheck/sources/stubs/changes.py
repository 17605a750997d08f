"""Which variables of a module, and which fields of a class, are written after they have been made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from relcheck.sources.stubs.code import (
    Assign,
    Call,
    Class,
    Code,
    Define,
    Each,
    Expr,
    Function,
    Import,
    Index,
    Let,
    Member,
    Name,
)
from relcheck.sources.stubs.outside import MUTATORS
from relcheck.sources.stubs.walk import nodes


def changed_names(code: Code) -> frozenset[str]:
    """Names of the module that functions in it write, or whose content they change. What is imported is not its own."""
    imported = frozenset(one.name for one in code.body if isinstance(one, Import))
    return frozenset(name for function in _functions(code.body) for name in _written(function, imported))


@lru_cache(maxsize=1024)
def changed_fields(of: Class) -> frozenset[str]:
    """Fields that methods other than the constructor write, or whose content they change."""
    found: set[str] = set()
    for method in of.methods:
        if method.name in ("constructor", "__init__", "__post_init__"):
            continue
        for node in nodes(method.body):
            target = _target(node)
            if (
                isinstance(target, Member)
                and isinstance(target.of, Name)
                and target.of.name == (method.owner or "this")
            ):
                found.add(target.name)
            while isinstance(target, (Member, Index)):
                if (
                    isinstance(target, Member)
                    and isinstance(target.of, Name)
                    and target.of.name == (method.owner or "this")
                ):
                    found.add(target.name)
                target = target.of
    return frozenset(found)


def _functions(tree: object) -> Iterator[Function]:
    for node in nodes(tree, into_functions=False):
        if isinstance(node, Function):
            yield node


def _written(function: Function, known: frozenset[str]) -> Iterator[str]:
    own = {parameter.name for parameter in function.parameters}
    own |= {bind.name for parameter in function.parameters for bind in parameter.binds}
    inner: list[Function] = []
    names: list[str] = []
    for node in nodes(function.body, into_functions=False):
        if isinstance(node, (Let, Each)):
            own |= {bind.name for bind in node.binds}
        elif isinstance(node, Define):
            own.add(node.of.name)
        elif isinstance(node, Function):
            inner.append(node)
        target = _target(node)
        while isinstance(target, (Member, Index)):
            target = target.of
        if isinstance(target, Name):
            names.append(target.name)
    local = known | own
    yield from (name for name in names if name not in local)
    for one in inner:
        yield from _written(one, local)


def _target(node: object) -> Expr | None:
    """What a node writes to."""
    if isinstance(node, Assign):
        return node.target
    if isinstance(node, Call) and isinstance(node.callee, Member) and node.callee.name in MUTATORS:
        return node.callee.of
    return None
