"""Cycles among the members of packages, and the imports that are the cheapest to cut. grimp nominates these."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from relcheck.sdk import Related

if TYPE_CHECKING:
    import grimp

    from relcheck.sdk import ProjectDraft
    from relcheck.sources.python.import_graph import Edge
    from relcheck_rules.layers._illegal import Contract


def cycles(contract: Contract) -> Iterator[ProjectDraft]:
    """The imports that should be cut so that the members of each package import each other in one direction only."""
    entry = contract.entry
    yield from contract.missing("modules", entry.modules)
    starts = [name for text in entry.modules for name in contract.selections.members(text)]
    if not entry.modules:
        starts = sorted({name.partition(".")[0] for name in contract.graph.modules.names})
    graph = contract.graph.as_grimp(entry.scope, lambda edge: contract.allowance(edge) is None)
    pending = deque((name, 1) for name in sorted(set(starts)))
    seen: set[str] = set()
    while pending:
        package, depth = pending.popleft()
        if package in seen or package not in graph.modules:
            continue
        seen.add(package)
        children = sorted(graph.find_children(package))
        if len(children) > 1:
            yield from _of_package(contract, graph, package)
        if depth < entry.depth:
            pending.extend((child, depth + 1) for child in children)


def _of_package(contract: Contract, graph: grimp.ImportGraph, package: str) -> Iterator[ProjectDraft]:
    cuts = sorted(graph.nominate_cycle_breakers(package))
    if not cuts:
        return
    hops = _between_members(contract, package)
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for importer, imported in cuts:
        pairs.setdefault((_member(package, importer), _member(package, imported)), []).append((importer, imported))
    for (one, other), imports in pairs.items():
        back = _way(hops, other, one)
        if back is None:
            continue
        round_ = " → ".join([one, other, *(_member(package, edge.imported) for edge in back)])
        number = "this import" if len(imports) == 1 else f"{len(imports)} imports"
        related = [Related(edge.path, edge.region, f"{edge.importer} imports {edge.imported}") for edge in back]
        for importer, imported in imports:
            for edge in contract.edges_from(importer):
                if edge.imported == imported:
                    why = (
                        f"it closes the cycle {round_}. Cutting {number} from {one} to {other} is the cheapest way out"
                    )
                    yield contract.finding(edge, why, related=related)


def _between_members(contract: Contract, package: str) -> Mapping[str, dict[str, Edge]]:
    """For each member of a package the members that it imports, with one import each."""
    hops: dict[str, dict[str, Edge]] = {}
    below = contract.graph.below(package)
    for importer in sorted(below - {package}):
        for edge in contract.edges_from(importer):
            if edge.imported in below and edge.imported != package and contract.allowance(edge) is None:
                one, other = _member(package, importer), _member(package, edge.imported)
                if one != other:
                    hops.setdefault(one, {}).setdefault(other, edge)
    return hops


def _way(hops: Mapping[str, dict[str, Edge]], start: str, end: str) -> list[Edge] | None:
    """A shortest way between two members."""
    ways: dict[str, list[Edge]] = {start: []}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if here == end:
            return ways[here]
        for there, edge in sorted(hops.get(here, {}).items()):
            if there not in ways:
                ways[there] = [*ways[here], edge]
                queue.append(there)
    return None


def _member(package: str, module: str) -> str:
    return f"{package}.{module[len(package) + 1 :].partition('.')[0]}"
