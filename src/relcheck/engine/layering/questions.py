"""What people ask of an import graph: why does this import that, and what is touched when a file changes."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import msgspec

from relcheck.config.spelling import quote, shorten
from relcheck.config.suggest import hint
from relcheck.sources.python.modules import Modules

if TYPE_CHECKING:
    from relcheck.sources.python.import_graph import Edge, ImportGraph, Scope, Ways


class UnknownModule(Exception):  # noqa: N818  # the name says what is wrong
    """A name that is neither a module, nor a package, nor a file; the message names the nearest."""


class Importer(msgspec.Struct, frozen=True, order=True):
    """A module that imports another, over so many imports."""

    distance: int
    module: str
    path: str


def named(
    graph: ImportGraph, word: str, places: Collection[str], *, outside: bool = False
) -> tuple[str, frozenset[str]]:
    """The name of what a word stands for, and its modules: those below a package too. `places` are the paths that the
    word can be, relative to the root; with `outside` it may be something that is imported and not the project's.

    Raises UnknownModule."""
    for path in places:
        module = graph.modules.name_of.get(path) or _package(graph.modules, path)
        if module is not None:
            return module, graph.below(module)
    if below := graph.below(word):
        return word, below
    if outside:
        found = frozenset(one for one in graph.externals if one == word or one.startswith(f"{word}."))
        if found:
            return word, found
    known = [*graph.inside, *(graph.externals if outside else ()), *graph.modules.name_of]
    raise UnknownModule(f"{quote(shorten(word))} is no module, package or file of this project{hint(word, known)}")


def why(graph: ImportGraph, sources: frozenset[str], targets: frozenset[str], scope: Scope) -> tuple[Edge, ...] | None:
    """The shortest chain of imports from one of the sources to one of the targets; the first by name of several. A
    package that holds the other is asked for the rest of itself."""
    if sources <= targets:
        targets -= sources
    else:
        sources -= targets
    ways = graph.paths_to(targets, lambda _: True, scope=scope)
    distance = _distances(ways)
    start = min((one for one in sources if one in distance), key=lambda one: (distance[one], one), default=None)
    return ways.from_module(start) if start is not None else None


def importers_of(graph: ImportGraph, modules: Collection[str], scope: Scope) -> list[Importer]:
    """The modules that import one of some modules, directly (1) and over others, the nearest first."""
    distance = _distances(graph.paths_to(modules, lambda _: True, scope=scope))
    paths = graph.modules.path_of
    return sorted(Importer(steps, one, paths.get(one, "")) for one, steps in distance.items() if one not in modules)


def _distances(ways: Ways) -> dict[str, int]:
    """For every module how many imports it is away from an end."""
    found = dict.fromkeys(ways.ends, 0)
    for module in ways.step:
        trail = list(_trail(ways, module, found))
        reached = found[ways.step[trail[-1]].imported] if trail else 0
        for steps, one in enumerate(reversed(trail), start=1):
            found[one] = reached + steps
    return found


def _trail(ways: Ways, module: str, found: Collection[str]) -> Iterator[str]:
    while module not in found:
        yield module
        module = ways.step[module].imported


def _package(modules: Modules, folder: str) -> str | None:
    """The package that a folder is."""
    for path, name in modules.name_of.items():
        if not path.startswith(f"{folder}/"):
            continue
        inner = path[len(folder) + 1 :]
        levels = inner.count("/") + (0 if posixpath.splitext(posixpath.basename(path))[0] == "__init__" else 1)
        package = ".".join(name.split(".")[: name.count(".") + 1 - levels])
        return package if package in modules.names else None
    return None
