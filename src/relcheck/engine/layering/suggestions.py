"""Contracts that a project keeps today, and what would have to be cut for those that it nearly keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from relcheck.sources.python.import_graph import Edge, ImportGraph, Scope

_Cut: TypeAlias = tuple[str, str]


class Suggestion(msgspec.Struct, frozen=True):
    """A contract about the members of a package. It holds once the imports of `cuts` are gone; today, where there are
    none. Where a cycle over modules outside of the package joins them it speaks of direct imports only."""

    package: str
    contract: dict[str, object]
    cuts: tuple[Edge, ...] = ()


def suggestions(graph: ImportGraph, packages: Collection[str], depth: int, scope: Scope) -> Iterator[Suggestion]:
    """What the packages keep, and those below them, so many levels down. Without any: those at the top."""
    level = sorted(packages) or sorted({name.partition(".")[0] for name in graph.modules.names})
    for _ in range(depth):
        level = [_parted(graph, package) for package in level]
        for package in level:
            members = _members(graph, package)
            if len(members) > 1:
                yield _suggestion(graph, package, members, scope)
        level = [member for package in level for member in _members(graph, package)]


def _suggestion(graph: ImportGraph, package: str, members: list[str], scope: Scope) -> Suggestion:
    cuts = frozenset(graph.as_grimp(scope).nominate_cycle_breakers(package))
    for removed in (frozenset[_Cut](), cuts):
        for indirect in (True, False):
            order = _levels(_reached(graph, members, scope, removed, indirect=indirect))
            if order is not None:
                return _suggested(graph, package, order, scope, removed, indirect=indirect)
    raise ValueError(f"cutting {len(cuts)} imports leaves a cycle below {package}")


def _suggested(
    graph: ImportGraph, package: str, order: list[list[str]], scope: Scope, cuts: frozenset[_Cut], *, indirect: bool
) -> Suggestion:
    contract: dict[str, object]
    if len(order) == 1:
        contract = {"id": f"{package}-independent", "kind": "independence", "modules": [f"{package}.*"]}
    else:
        short = len(package) + 1
        steps = [[name[short:] for name in level] for level in order]
        layers = [{"modules": step, "independent": True} if len(step) > 1 else step[0] for step in steps]
        contract = {"id": f"{package}-layers", "kind": "layers", "containers": [package], "layers": layers}
    if not indirect:
        contract["indirect"] = False
    if scope != "all":
        contract["scope"] = scope
    found = (edge for importer, imported in cuts for edge in graph.edges(importer, imported, scope))
    once = {(_place(edge), edge.imported): edge for edge in found}
    return Suggestion(package, contract, tuple(once[key] for key in sorted(once)))


def _reached(
    graph: ImportGraph, members: list[str], scope: Scope, cuts: Collection[_Cut], *, indirect: bool
) -> Mapping[str, Collection[str]]:
    """For each member those that it reaches directly or, where `indirect`, over modules that are in none, as contracts
    see it."""
    held = {member: graph.below(member) for member in members}
    placed = frozenset().union(*held.values())
    reached: dict[str, set[str]] = {member: set() for member in members}
    for target in members:
        ways = graph.paths_to(
            held[target],
            lambda module: indirect and module not in placed,
            scope=scope,
            usable=lambda edge: (edge.importer, edge.imported) not in cuts,
        )
        for member in members:
            if member != target and any(module in ways.step for module in held[member]):
                reached[member].add(target)
    return reached


def _levels(reached: Mapping[str, Collection[str]]) -> list[list[str]] | None:
    """The members from the highest level to the lowest, where each reaches lower ones only; None in a cycle."""
    try:
        order = list(TopologicalSorter(reached).static_order())
    except CycleError:
        return None
    height: dict[str, int] = {}
    for member in order:  # what a member reaches comes before it
        height[member] = 1 + max((height[one] for one in reached[member]), default=-1)
    return [sorted(one for one in order if height[one] == level) for level in range(max(height.values()), -1, -1)]


def _parted(graph: ImportGraph, package: str) -> str:
    """The first package downwards that has more than one member."""
    while len(members := _members(graph, package)) == 1:
        package = members[0]
    return package


def _members(graph: ImportGraph, package: str) -> list[str]:
    return sorted(one for one in graph.below(package) if one.rpartition(".")[0] == package and _can_be_named(one))


def _can_be_named(module: str) -> bool:
    return all(part.isidentifier() for part in module.split("."))


def _place(edge: Edge) -> tuple[str, int, int]:
    return edge.path, edge.region.line, edge.region.column
