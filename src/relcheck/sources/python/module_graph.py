"""The import graph seen from near: modules, and every import between two of them with its place."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from relcheck.sources.python.import_graph import Edge, ImportGraph, Scope
from relcheck.sources.python.package_graph import Place


class ModuleImport(msgspec.Struct, frozen=True, order=True):
    """One import: who imports what, where, and how it comes to run (empty for a plain one)."""

    importer: str
    imported: str
    place: Place
    manner: str = ""


class ModuleGraph(msgspec.Struct, frozen=True):
    """Modules and packages with their paths (empty for one without a file), what is imported from elsewhere, and the
    imports."""

    modules: dict[str, str]
    externals: tuple[str, ...]
    imports: tuple[ModuleImport, ...]


def module_graph(
    graph: ImportGraph, *, below: str = "", scope: Scope = "all", illegal: Collection[Place] = ()
) -> ModuleGraph:
    """The project's modules, or those below a package. Of what is imported from elsewhere there are the distributions
    that a contract forbids somewhere, by the first of their names."""
    modules = graph.below(below) if below else graph.inside
    edges = [edge for edge in graph.all_edges(scope) if edge.importer in modules and edge.importer != edge.imported]
    forbidden = {_top(edge) for edge in edges if not edge.target.inside and _place(edge) in illegal}
    found: dict[tuple[str, str, Place], ModuleImport] = {}
    for edge in edges:
        imported = edge.imported if edge.target.inside else _top(edge)
        if imported in (modules if edge.target.inside else forbidden):
            one = ModuleImport(edge.importer, imported, _place(edge), edge.said.manner)
            found.setdefault((one.importer, one.imported, one.place), one)
    paths = graph.modules.path_of
    return ModuleGraph(
        {name: paths.get(name, "") for name in sorted(modules)}, tuple(sorted(forbidden)), tuple(sorted(found.values()))
    )


def _place(edge: Edge) -> Place:
    return edge.path, edge.region.line, edge.region.column


def _top(edge: Edge) -> str:
    return edge.imported.partition(".")[0]
