"""The import graph seen from afar: packages, and how many imports lead from one to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import TypeAlias

import msgspec

from relcheck.sources.python.import_graph import ImportGraph, Scope

Place: TypeAlias = tuple[str, int, int]
"""Path, line and column of an import."""


class PackageEdge(msgspec.Struct, frozen=True, order=True):
    """How many imports lead from one package to another, and how many of them a contract forbids."""

    importer: str
    imported: str
    imports: int
    illegal: int = 0


class PackageGraph(msgspec.Struct, frozen=True):
    """Packages with the number of their modules, by name, and the imports between them."""

    packages: dict[str, int]
    edges: tuple[PackageEdge, ...]


def package_graph(
    graph: ImportGraph, depth: int, *, below: str = "", scope: Scope = "all", illegal: Collection[Place] = ()
) -> PackageGraph:
    """The packages that are so many names deep, counted from `below`, which limits the graph to what is below it. A
    module that is less deep is one of them."""
    modules = graph.below(below) if below else graph.inside
    start = below.count(".") + 1 if below else 0
    package_of = {one: ".".join(one.split(".")[: start + depth]) for one in modules}
    packages = Counter(package_of[one] for one in sorted(modules) if one in graph.modules.path_of)
    imports: Counter[tuple[str, str]] = Counter()
    forbidden: Counter[tuple[str, str]] = Counter()
    seen: set[tuple[Place, str]] = set()
    for edge in graph.all_edges(scope):
        ends = package_of.get(edge.importer), package_of.get(edge.imported)
        place = edge.path, edge.region.line, edge.region.column
        if ends[0] is None or ends[1] is None or ends[0] == ends[1] or (place, edge.imported) in seen:
            continue
        seen.add((place, edge.imported))
        imports[ends[0], ends[1]] += 1
        forbidden[ends[0], ends[1]] += place in illegal
    names = {*packages, *(name for ends in imports for name in ends)}
    edges = (PackageEdge(*ends, number, forbidden[ends]) for ends, number in imports.items())
    return PackageGraph({name: packages[name] for name in sorted(names)}, tuple(sorted(edges)))
