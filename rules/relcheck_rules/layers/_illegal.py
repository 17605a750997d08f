"""Imports that a contract forbids, directly or at the end of a chain, as findings at the statements that begin them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from relcheck.sdk import Related, Severity

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft
    from relcheck.sdk.layering import ContractEntry
    from relcheck.sdk.rule import Allowance
    from relcheck.sources.python.import_graph import Edge, Ways

_SHOWN = 4
"""Modules of a chain that a message names; `related` has them all."""


class Contract:
    """One contract at work on a project."""

    def __init__(self, entry: ContractEntry, project: Project[object]) -> None:
        self.entry = entry
        self.project = project
        self.graph = project.graph
        self.selections = project.selections
        self._allowances: list[tuple[Allowance, frozenset[str], frozenset[str]]] = []
        for one in project.allowances(entry.id):
            importer, _, imported = one.edge.partition("->")
            exactly = self.selections.exactly
            self._allowances.append((one, exactly(importer.strip()), exactly(imported.strip())))

    def edges_from(self, importer: str) -> Iterator[Edge]:
        """The imports of a module that are in the contract's scope, one for each place."""
        return self._once(self._said(importer))

    def _said(self, importer: str) -> Iterable[Edge]:
        """The imports of a module that are in the contract's scope, led on over re-exports where it asks for that."""
        edges = self.graph.edges_from(importer, self.entry.scope)
        return map(self.graph.origin, edges) if self.entry.reexports else edges

    def _once(self, edges: Iterable[Edge]) -> Iterator[Edge]:
        seen: set[tuple[object, ...]] = set()
        for edge in edges:
            place = edge.path, edge.imported, edge.region
            if place not in seen and edge.imported != edge.importer:
                seen.add(place)
                yield edge

    def allowance(self, edge: Edge) -> Allowance | None:
        """The exception that lets an import pass."""
        for one, importers, imported in self._allowances:
            if edge.importer in importers and edge.imported in imported:
                one.use()
                return one
        return None

    def ways(self, targets: Collection[str], via: Callable[[str], bool]) -> Ways:
        """Ways to the targets over other modules. An import that is allowed is none."""
        usable = (lambda edge: self.allowance(edge) is None) if self._allowances else None
        return self.graph.paths_to(targets, via, scope=self.entry.scope, usable=usable)

    def illegal(
        self,
        sources: Collection[str],
        targets: Collection[str],
        why: Callable[[str], str],
        *,
        via: Callable[[str], bool] | None = None,
    ) -> Iterator[ProjectDraft]:
        """A finding for each import of `sources` that is one of `targets`, or leads to one over modules for which `via`
        holds. `why` is asked with the module that it leads to."""
        found = self._walked(via) if via is not None else None
        ways = self.ways(targets, found) if found is not None else None
        for importer in sorted(sources):
            edges = self._said(importer)
            for edge in self._once(
                one for one in edges if one.imported in targets or (ways is not None and one.imported in ways.step)
            ):
                if edge.imported in targets:
                    yield self.finding(edge, why(edge.imported))
                elif ways is not None and found is not None and found(edge.imported) and self.allowance(edge) is None:
                    rest = ways.from_module(edge.imported)
                    if rest:
                        yield self.chain(edge, rest, why(rest[-1].imported))

    def apart(
        self,
        members: Mapping[str, frozenset[str]],
        why: Callable[[str, str], str],
        *,
        via: Callable[[str], bool] | None,
    ) -> Iterator[ProjectDraft]:
        """A finding for each import by which a module of one member reaches another member, directly or over modules
        for which `via` holds. `why` is asked with both names."""
        owners = {module: name for name, held in members.items() for module in held}
        if len(owners) < sum(map(len, members.values())):
            yield from self._apart_and_shared(members, why, via=via)
            return
        found = self._walked(via) if via is not None else None
        steps = self._nearest(owners, found) if found is not None else {}
        for importer in sorted(owners.keys() & frozenset(self.graph.importers)):
            own = owners[importer]
            edges = self._said(importer)
            for edge in self._once(one for one in edges if one.imported in owners or one.imported in steps):
                other = owners.get(edge.imported)
                if other is not None:
                    if other != own:
                        yield self.finding(edge, why(own, other))
                    continue
                other = next((one for one in steps[edge.imported] if one != own), None)
                if other is not None and self.allowance(edge) is None:
                    yield self.chain(edge, _way(steps, edge.imported, other), why(own, other))

    def _apart_and_shared(
        self,
        members: Mapping[str, frozenset[str]],
        why: Callable[[str, str], str],
        *,
        via: Callable[[str], bool] | None,
    ) -> Iterator[ProjectDraft]:
        """The same where members have modules in common, which takes a look at each pair of them."""
        for name, modules in members.items():
            others = {one: other for other, held in members.items() if other != name for one in held - modules}
            yield from self.illegal(
                modules & self.graph.inside, others.keys(), partial(_asked, why, name, others), via=via
            )

    def _nearest(self, owners: Mapping[str, str], via: Callable[[str], bool]) -> Mapping[str, dict[str, Edge]]:
        """For every module between members the two nearest members, each with the first step of a way to it: of two,
        one is another than whoever asks."""
        steps: dict[str, dict[str, Edge]] = {}
        queue = deque(sorted(owners.items()))
        while queue:
            node, owner = queue.popleft()
            for edge in self.graph.edges_to(node, self.entry.scope):
                importer = edge.importer
                if importer in owners or not via(importer):
                    continue
                known = steps.setdefault(importer, {})
                if owner in known or len(known) > 1 or self.allowance(edge) is not None:
                    continue
                known[owner] = edge
                queue.append((importer, owner))
        return {node: known for node, known in steps.items() if known}

    def finding(
        self,
        edge: Edge,
        why: str,
        *,
        related: Collection[Related] = (),
        severity: Severity | None = None,
        called: str | None = None,
    ) -> ProjectDraft:
        """A finding about one import. `severity` holds where the contract names none; `called` is what is imported,
        where that is not the whole name of the node."""
        manner = f" ({edge.said.manner})" if edge.said.manner else ""
        name = called or edge.imported
        message = f"{edge.importer} imports {name}{manner}: {why}"
        return self._draft(edge, message, self.entry.kind, related, severity=severity, called=name)

    def chain(self, edge: Edge, rest: tuple[Edge, ...], why: str) -> ProjectDraft:
        """A finding about the first import of a chain."""
        modules = [edge.imported, *(one.imported for one in rest)]
        between = modules[:-1]
        shown = ", ".join(between[:_SHOWN]) + (f" and {len(between) - _SHOWN} more" if len(between) > _SHOWN else "")
        message = f"{edge.importer} reaches {modules[-1]} through {shown}: {why}"
        related = [Related(one.path, one.region, f"{one.importer} imports {one.imported}") for one in rest]
        return self._draft(edge, message, f"{self.entry.kind}-chain", related, modules)

    def _draft(
        self,
        edge: Edge,
        message: str,
        kind: str,
        related: Collection[Related],
        chain: list[str] | None = None,
        severity: Severity | None = None,
        called: str | None = None,
    ) -> ProjectDraft:
        entry = self.entry
        imported = called or edge.imported
        details: dict[str, str | int | float | bool | list[str] | dict[str, str] | None] = {
            "importer": edge.importer,
            "imported": imported,
        }
        if chain:
            details["chain"] = [edge.importer, *chain]
        if entry.owner:
            details["owner"] = entry.owner
        if entry.guidance:
            message = f"{message.rstrip('.')}. {entry.guidance}"
        if entry.severity not in (None, "off"):
            severity = Severity(entry.severity)
        return self.project.finding(
            edge.path,
            edge.region,
            message,
            key=f"{edge.importer} -> {imported}",
            kind=kind,
            contract=entry.id,
            related=list(related),
            severity=severity,
            allowed_by=self.allowance(edge) if not chain else None,
            details=details,
        )

    def _walked(self, via: Callable[[str], bool]) -> Callable[[str], bool]:
        inside = self.graph.inside
        return lambda module: module in inside and via(module)

    def missing(self, key: str, texts: Collection[str], what: str = "stands for no module") -> Iterator[ProjectDraft]:
        """A finding about the configuration for each selection that holds nothing."""
        for index, text in enumerate(texts):
            if not self.selections.nodes(text):
                message = f"the contract {self.entry.id} names {text!r} in `{key}`, which {what}. Correct or remove it"
                yield self.project.vacuous(message, "layers", "contract", self.entry.id, key, index)


def missing_of_ours(contract: Contract, key: str, texts: Collection[str]) -> Iterator[ProjectDraft]:
    """The same for selections of which it is right that nothing imports them, unless they name the project's own: then
    there should be something that they stand for."""
    tops = {name.partition(".")[0] for name in contract.graph.modules.names}
    selections = contract.selections
    for index, text in enumerate(texts):
        ours = "/" in text or text.partition(".")[0] in tops or selections.is_layer(text)
        if ours and not text.startswith("@") and not selections.nodes(text):
            message = f"the contract {contract.entry.id} names {text!r} in `{key}`, which stands for no module"
            yield contract.project.vacuous(
                f"{message}. Correct or remove it", "layers", "contract", contract.entry.id, key, index
            )


def _asked(why: Callable[[str, str], str], name: str, others: Mapping[str, str], end: str) -> str:
    return why(name, others[end])


def _way(steps: Mapping[str, dict[str, Edge]], start: str, owner: str) -> tuple[Edge, ...]:
    """The way from a module to a member."""
    way = [steps[start][owner]]
    while way[-1].imported in steps:
        way.append(steps[way[-1].imported][owner])
    return tuple(way)


def contracts(project: Project[object], *kinds: str) -> Iterator[Contract]:
    """The contracts of some kinds that are switched on."""
    for entry in project.layering.contract:
        if entry.kind in kinds and entry.severity != "off":
            yield Contract(entry, project)
