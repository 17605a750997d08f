"""Who a file takes from and what it uses: what is asked of many files, apart from the code that is asked of few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from relcheck.sources.stubs.code import Bring, Code, Define, Export, Function, Import, Let, Member, Name
from relcheck.sources.stubs.walk import nodes


class Taken(msgspec.Struct, frozen=True, array_like=True):
    """`name` stands for `taken` of a module, or for the module where `taken` is None. `top` says that the whole file
    knows it by this name."""

    name: str
    module: str
    taken: str | None
    top: bool


class Outline(msgspec.Struct, frozen=True):
    """`defined` are the names of the top level, with their first and last lines. `uses` are the lines on which a name
    stands that is imported or defined here (`canWrite`), a member of one (`guard.canWrite`), or any member by its name
    alone (`.check`)."""

    language: str
    taken: tuple[Taken, ...] = ()
    exports: tuple[Export, ...] = ()
    defined: dict[str, tuple[int, int]] = {}
    uses: dict[str, tuple[int, ...]] = {}
    package: str | None = None
    problem: str | None = None


def outline(code: Code) -> Outline:
    """The outline of a file. It is pure in its code."""
    every = list(nodes(code.body))
    taken = tuple(dict.fromkeys(_taken(code, every)))
    defined: dict[str, tuple[int, int]] = {}
    for stmt in code.body:
        if isinstance(stmt, Define):
            defined[stmt.of.name] = (stmt.of.line, stmt.of.end)
        elif isinstance(stmt, Let):
            last = max([stmt.line, *(one.end for one in nodes(stmt.value) if isinstance(one, Function))])
            for bind in stmt.binds:
                defined.setdefault(bind.name, (stmt.line, last))
    known = {one.name for one in taken} | defined.keys()
    uses: dict[str, set[int]] = {}
    for node in every:
        if isinstance(node, Name) and (node.name in known or code.language == "go"):
            uses.setdefault(node.name, set()).add(node.line)
        elif isinstance(node, Member):
            uses.setdefault(f".{node.name}", set()).add(node.line)
            if isinstance(node.of, Name) and node.of.name in known:
                uses.setdefault(f"{node.of.name}.{node.name}", set()).add(node.line)
    lines = {name: tuple(sorted(found)) for name, found in sorted(uses.items())}
    return Outline(code.language, taken, code.exports, defined, lines, code.package, code.problem)


def _taken(code: Code, every: Iterable[object]) -> Iterator[Taken]:
    """What the top level takes, and what functions take for themselves."""
    top = set(map(id, code.body))
    for node in every:
        if isinstance(node, (Import, Let)):
            yield from _taken_by(node, top=id(node) in top)


def _taken_by(node: object, *, top: bool) -> Iterator[Taken]:
    if isinstance(node, Import):
        yield Taken(node.name, node.module, node.taken, top)
    elif isinstance(node, Let) and isinstance(node.value, Bring):
        for bind in node.binds:
            yield Taken(bind.name, node.value.module, bind.way[0] if bind.way else None, top)
