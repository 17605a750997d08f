"""The import graph as a page: packages that open, totals on edges, what a contract forbids in red with its reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from relcheck.model.finding import Finding, Status
from relcheck.report.escape import visible
from relcheck.report.html.assets import skeleton
from relcheck.report.html.page import page
from relcheck.sources.python.module_graph import ModuleGraph
from relcheck.sources.python.package_graph import Place

_SCRIPTS = (
    "import_tree.js",
    "layered_layout.js",
    "layer_drawing.js",
    "layer_details.js",
    "layer_tables.js",
    "layer_graph.js",
    "layer_search.js",
)
_SCOPES = {
    "all": "All imports",
    "runtime": "Imports that may run",
    "typing": "Imports for types only",
    "toplevel": "Imports that run when a module is imported",
    "lazy": "Imports that run later",
}
_WITHOUT_SCRIPTS = (
    "This page needs JavaScript to draw. It loads nothing, and works without a network. "
    "`relcheck layers graph --format json` prints the same numbers."
)


def as_html(
    graph: ModuleGraph, forbidden: Mapping[Place, Collection[Finding]], *, below: str = "", scope: str = "all"
) -> str:
    """One document. `forbidden` has the findings about an import by its place; `below` and `scope` are what the graph
    was limited to."""
    what = f" of {below}" if below else ""
    return page(
        f"Import graph{what}",
        skeleton("layer_graph.html"),
        about=f"{_SCOPES[scope]}, from importer to imported. What a contract forbids is red.",
        styles=("layer_graph.css",),
        scripts=_SCRIPTS,
        data=_data(graph, forbidden),
        without_scripts=_WITHOUT_SCRIPTS,
    )


def _data(graph: ModuleGraph, forbidden: Mapping[Place, Collection[Finding]]) -> dict[str, object]:
    """What `import_tree.js` reads. Imports speak of modules, then externals, by their number, and so of paths, manners
    and sentences: a project has many more imports than modules."""
    number = {name: index for index, name in enumerate((*graph.modules, *graph.externals))}
    paths = _Numbered()
    manners = _Numbered()
    sentences: list[dict[str, object]] = []
    imports: list[list[object]] = []
    modules = [[visible(name), paths.number(path)] for name, path in graph.modules.items()]
    for one in graph.imports:
        path, line, column = one.place
        row: list[object] = [
            number[one.importer],
            number[one.imported],
            paths.number(path),
            line,
            column,
            manners.number(one.manner),
        ]
        if found := forbidden.get(one.place):
            row.append(list(range(len(sentences), len(sentences) + len(found))))
            sentences += map(_sentence, found)
        imports.append(row)
    return {
        "modules": modules,
        "externals": [visible(name) for name in graph.externals],
        "paths": [visible(path) for path in paths.values],
        "manners": manners.values,
        "forbidden": sentences,
        "imports": imports,
    }


def _sentence(finding: Finding) -> dict[str, object]:
    return {
        "contract": visible(finding.contract or finding.rule),
        "message": visible(finding.message),
        "steps": [[visible(f"{one.path}:{one.region.line}"), visible(one.message)] for one in finding.related],
        "accepted": finding.status in (Status.BASELINED, Status.APPROVED),
    }


class _Numbered:
    """Values in the order in which they came, each once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._known.setdefault(value, len(self._known))

    @property
    def values(self) -> list[str]:
        return list(self._known)
