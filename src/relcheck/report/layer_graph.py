"""The imports between packages as a drawing: DOT for Graphviz, Mermaid, or JSON. What a contract forbids is red."""

from __future__ import annotations

from relcheck.report.escape import as_json, visible
from relcheck.sources.python.package_graph import PackageEdge, PackageGraph


def as_dot(graph: PackageGraph) -> str:
    """A graph in the language of Graphviz."""
    lines = ["digraph imports {", "  node [shape=box];"]
    for name, number in graph.packages.items():
        lines.append(f"  {_dot(name)} [label={_dot(name, _modules(number))}];")
    for edge in graph.edges:
        red = ", color=red, fontcolor=red" if edge.illegal else ""
        lines.append(f'  {_dot(edge.importer)} -> {_dot(edge.imported)} [label="{_label(edge)}"{red}];')
    return "\n".join([*lines, "}", ""])


def as_mermaid(graph: PackageGraph) -> str:
    """A flowchart of Mermaid."""
    ids = {name: f"n{index}" for index, name in enumerate(graph.packages)}
    lines = ["flowchart TD"]
    lines += [f'  {ids[name]}["{_mermaid(name)}<br>{_modules(number)}"]' for name, number in graph.packages.items()]
    lines += [f'  {ids[edge.importer]} -->|"{_label(edge)}"| {ids[edge.imported]}' for edge in graph.edges]
    if red := [str(index) for index, edge in enumerate(graph.edges) if edge.illegal]:
        lines.append(f"  linkStyle {','.join(red)} stroke:red,color:red")
    return "\n".join([*lines, ""])


def as_json_graph(graph: PackageGraph) -> str:
    """Packages and edges as a JSON document."""
    document = {
        "packages": [{"name": name, "modules": number} for name, number in graph.packages.items()],
        "edges": [
            {"importer": edge.importer, "imported": edge.imported, "imports": edge.imports, "illegal": edge.illegal}
            for edge in graph.edges
        ],
    }
    return as_json(document, indent=2) + "\n"


def _label(edge: PackageEdge) -> str:
    return f"{edge.imports}, {edge.illegal} illegal" if edge.illegal else str(edge.imports)


def _modules(number: int) -> str:
    return "1 module" if number == 1 else f"{number} modules"


def _dot(name: str, more: str = "") -> str:
    escaped = visible(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}\\n{more}"' if more else f'"{escaped}"'


def _mermaid(name: str) -> str:
    """The name with what Mermaid gives a meaning to as entities."""
    return "".join(letter if letter.isalnum() or letter in "._- " else f"#{ord(letter)};" for letter in visible(name))
