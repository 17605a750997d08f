"""The import graph of a project, made of the facts of its files.

Nodes are dotted names: the project's modules, and whatever else is imported under its whole name. An edge has the
statements that make it, with their places; chains are followed over the project's own modules.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.imports import FileImports, Imported
from relcheck.sources.python.modules import Modules, Target

if TYPE_CHECKING:
    import grimp

Scope: TypeAlias = Literal["all", "runtime", "typing", "toplevel", "lazy"]


class Edge(msgspec.Struct, frozen=True):
    """One import: the statement's file and what it binds. `importer` and `imported` are names of nodes."""

    importer: str
    imported: str
    path: str
    said: Imported
    target: Target

    @property
    def region(self) -> Region:
        """The token to report: the module's name, or that of a submodule which is taken from a package."""
        taken = self.said.name is not None and self.target.inside and self.target.of is None and self.said.name != "*"
        return self.said.region if taken else self.said.place

    def within(self, scope: Scope) -> bool:
        """Whether it is one of the imports that a scope speaks of."""
        match scope:
            case "all":
                return True
            case "runtime":
                return not self.said.typing
            case "typing":
                return self.said.typing
            case "toplevel":
                return not self.said.typing and not self.said.runs_lazily
            case "lazy":
                return self.said.runs_lazily


class ImportGraph:
    """The modules of a project and who imports whom. `files` are the facts by path, `paths` all files;
    for `roots` and `base` see `Modules`."""

    def __init__(
        self,
        files: Mapping[str, FileImports],
        paths: Iterable[str],
        roots: Mapping[str, str] | None = None,
        *,
        base: str = "",
    ) -> None:
        self.modules = Modules([*paths, *files], roots, _absolute_names(files.values()), base=base)
        self.files = files
        self.unknown = sum(len(one.unknown) for one in files.values())
        """Imports by calls whose argument is not known."""
        self._from: dict[str, dict[str, list[Edge]]] = {}
        self._targets: dict[str, Target] = {}
        for path in sorted(files):
            self._add(path, files[path])

    @property
    def importers(self) -> Collection[str]:
        """The modules that import anything."""
        return self._from.keys()

    def edges_from(self, importer: str, scope: Scope = "all") -> Iterator[Edge]:
        """The imports of a module, one an imported node and statement, in the file's order for each node."""
        for edges in self._from.get(importer, {}).values():
            if scope == "all":
                yield from edges
            else:
                yield from (edge for edge in edges if edge.within(scope))

    def edges(self, importer: str, imported: str, scope: Scope = "all") -> tuple[Edge, ...]:
        """The statements by which a module imports another."""
        found = self._from.get(importer, {}).get(imported, ())
        return tuple(edge for edge in found if edge.within(scope))

    def edges_to(self, imported: str, scope: Scope = "all") -> Sequence[Edge]:
        """The imports of a module by others."""
        return self._reverse(scope).get(imported, ())

    def origin(self, edge: Edge) -> Edge:
        """An import of a name, led on to the module that the package takes the name from, over as many packages as
        there are; the import itself where that cannot be told."""
        seen = {edge.imported}
        while edge.target.of is not None:
            found = self._source_of(edge.imported, edge.target.of)
            if found is None or found.module in seen:
                break
            seen.add(found.module)
            edge = Edge(edge.importer, found.module, edge.path, edge.said, found)
        return edge

    def _source_of(self, module: str, name: str) -> Target | None:
        """What a module has imported under a name, by `from … import …`."""
        stars = []
        for edges in self._from.get(module, {}).values():
            for edge in edges:
                said = edge.said
                if said.name == "*" and edge.target.inside:
                    stars.append(edge.target.module)
                elif said.name is not None and (said.alias or said.name) == name and not said.runs_lazily:
                    return edge.target
        for star in sorted(stars):
            file = self.files.get(self.modules.path_of.get(star, ""))
            if file is not None and name in (file.exports or ()):
                return Target(star, inside=True, of=name)
        return None

    def all_edges(self, scope: Scope = "all") -> Iterator[Edge]:
        for importer in self._from:
            yield from self.edges_from(importer, scope)

    @cached_property
    def externals(self) -> frozenset[str]:
        """What is imported and not the project's, by its whole name."""
        return frozenset(name for name, target in self._targets.items() if not target.inside)

    @cached_property
    def inside(self) -> frozenset[str]:
        """Every module and package of the project, those included that are imported and have no file."""
        missing = (name for name, target in self._targets.items() if target.inside)
        return frozenset((*self.modules.names, *missing))

    def below(self, name: str) -> frozenset[str]:
        """A module and all modules below it."""
        return _below(name, self.inside, self._sorted)

    def externals_below(self, name: str) -> frozenset[str]:
        """Something that is not the project's, and all below it that is imported."""
        return _below(name, self.externals, self._sorted_externals)

    @cached_property
    def _sorted_externals(self) -> list[str]:
        return sorted(self.externals)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.inside)

    def chain(self, start: str, ends: Collection[str], scope: Scope = "all") -> tuple[Edge, ...] | None:
        """A shortest chain of imports from a module to one of several; None where there is none."""
        return self.paths_to(ends, lambda _: True, scope=scope).from_module(start)

    def paths_to(
        self,
        ends: Collection[str],
        via: Callable[[str], bool],
        *,
        scope: Scope = "all",
        usable: Callable[[Edge], bool] | None = None,
    ) -> Ways:
        """Shortest ways to `ends` from everywhere, over modules for which `via` holds. `usable` leaves edges out."""
        reverse = self._reverse(scope)
        step: dict[str, Edge] = {}
        queue = deque(sorted(ends))
        seen = set(queue)
        while queue:
            node = queue.popleft()
            for edge in reverse.get(node, ()):
                importer = edge.importer
                if importer in seen or (usable is not None and not usable(edge)):
                    continue
                seen.add(importer)
                step[importer] = edge
                if via(importer):
                    queue.append(importer)
        return Ways(frozenset(ends), step)

    def as_grimp(self, scope: Scope = "all", usable: Callable[[Edge], bool] | None = None) -> grimp.ImportGraph:
        """The same graph of the project's modules for grimp's algorithms. Imports grimp."""
        from grimp import ImportGraph as Graph

        graph = Graph()
        for name in sorted(self.inside):
            graph.add_module(name)
        for edge in self.all_edges(scope):
            if edge.target.inside and edge.importer != edge.imported and (usable is None or usable(edge)):
                graph.add_import(importer=edge.importer, imported=edge.imported)
        return graph

    def _reverse(self, scope: Scope) -> Mapping[str, list[Edge]]:
        if scope not in self._reversed:
            reverse: dict[str, list[Edge]] = {}
            for importer in sorted(self._from):
                for imported, edges in self._from[importer].items():
                    # Every statement, because a caller may leave one out.
                    found = edges if scope == "all" else [edge for edge in edges if edge.within(scope)]
                    reverse.setdefault(imported, []).extend(found)
            for edge in self._above_unknown(reverse):
                reverse.setdefault(edge.imported, []).append(edge)
            self._reversed[scope] = reverse
        return self._reversed[scope]

    def _above_unknown(self, reverse: Mapping[str, list[Edge]]) -> list[Edge]:
        """From each module that has no file to the nearest package above it that has one. Python runs that package
        first, so chains lead on over it: `import airflow.sdk`, which is of another distribution, runs `airflow`."""
        found = []
        for name in sorted(reverse.keys() - self.modules.names):
            edge = reverse[name][0] if reverse[name] else None
            if edge is None or not edge.target.inside:
                continue
            above = name.rpartition(".")[0]
            while above and above not in self.modules.path_of:
                above = above.rpartition(".")[0]
            if above:
                found.append(Edge(name, above, edge.path, edge.said, Target(above, inside=True)))
        return found

    @cached_property
    def _reversed(self) -> dict[Scope, dict[str, list[Edge]]]:
        return {}

    def _add(self, path: str, file: FileImports) -> None:
        importer = self.modules.name_of.get(path)
        if importer is None or not file.imports:
            return
        stub = path.endswith(".pyi")
        resolved, own = self.modules.resolved(path), self._from.get(importer, {})
        for said in file.imports:
            target = resolved.get((said.module, said.name)) or self.modules.resolve(path, said.module, said.name)
            if target is None:
                continue
            if stub and not said.typing:
                said = msgspec.structs.replace(said, typing=True)  # only type checkers read stubs
            edge = Edge(importer, target.module, path, said, target)
            own.setdefault(target.module, []).append(edge)
            self._targets[target.module] = target
        if own:
            self._from[importer] = own


def _below(name: str, names: Collection[str], ordered: list[str]) -> frozenset[str]:
    first, last = bisect_left(ordered, f"{name}."), bisect_left(ordered, f"{name}/")  # `/` follows `.`
    own = (name,) if name in names else ()
    return frozenset((*own, *ordered[first:last]))


def _absolute_names(files: Iterable[FileImports]) -> Iterator[str]:
    for module, name in {(said.module, said.name) for file in files for said in file.imports}:
        if not module.startswith("."):
            yield f"{module}.{name}" if name else module


class Ways(msgspec.Struct, frozen=True):
    """For every module from which an end can be reached the first step of a shortest way to it."""

    ends: frozenset[str]
    step: Mapping[str, Edge]

    def reaches(self, module: str) -> bool:
        return module in self.ends or module in self.step

    def from_module(self, module: str) -> tuple[Edge, ...] | None:
        """The way from a module; empty for an end itself, None where there is none."""
        way: list[Edge] = []
        while module not in self.ends:
            edge = self.step.get(module)
            if edge is None:
                return None
            way.append(edge)
            module = edge.imported
        return tuple(way)
