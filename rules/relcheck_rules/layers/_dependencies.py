"""Contracts of the kind `declared-externals`: what is imported from outside, held against what the project declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from relcheck.sdk import Severity
from relcheck.sdk.distributions import is_python, providers, root_of
from relcheck.sdk.manifests import Manifests, Requirement, normalised, read_manifests

if TYPE_CHECKING:
    from relcheck.sdk import ProjectDraft
    from relcheck.sources.python.import_graph import Edge
    from relcheck_rules.layers._illegal import Contract


class Dependencies:
    """What the manifests of a contract declare, and what its sources import."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.entry = contract.entry

    @cached_property
    def always(self) -> Manifests:
        return read_manifests(self._files(self.entry.manifests), self.contract.project.read)

    @cached_property
    def for_development(self) -> Manifests:
        return read_manifests(self._files(self.entry.dev_manifests), self.contract.project.read)

    @property
    def judged(self) -> bool:
        """Whether what is declared is known, so that something can be said of imports."""
        return bool(self._files(self.entry.manifests)) and self.always.known and self.for_development.known

    @cached_property
    def installed(self) -> Mapping[str, Requirement]:
        """The distributions that users have or may have: dependencies, and extras that are not for development."""
        return {one.name: one for one in self.always.requirements if not self._is_dev(one)}

    @cached_property
    def development(self) -> Mapping[str, Requirement]:
        found = [one for one in self.always.requirements if self._is_dev(one)]
        return {one.name: one for one in (*found, *self.for_development.requirements)}

    def imports(self) -> Iterator[Edge]:
        """The imports of what is neither the project's nor Python's."""
        contract = self.contract
        sources = contract.selections.all(self.entry.sources) if self.entry.sources else contract.graph.inside
        for importer in sorted(sources & frozenset(contract.graph.importers)):
            for edge in contract.edges_from(importer):
                if not edge.target.inside and not is_python(edge.imported):
                    yield edge

    def candidates(self, edge: Edge) -> tuple[str, ...]:
        """The distributions that may provide an import, the likeliest first."""
        key = edge.imported, edge.said.typing
        if key not in self._candidates:
            self._candidates[key] = providers(edge.imported, self.entry.packages, typing=edge.said.typing)
        return self._candidates[key]

    def may_use_development(self, edge: Edge) -> bool:
        """Whether what is for development only is there when the import runs, or whether it never runs."""
        return edge.said.typing or self.contract.project.matches(edge.path, self.entry.dev_files)

    def problems(self) -> Iterator[ProjectDraft]:
        """What is wrong with the contract's manifests."""
        project, entry = self.contract.project, self.entry
        yield from self.contract.missing("sources", entry.sources)
        for key, globs in (("manifests", entry.manifests), ("dev_manifests", entry.dev_manifests)):
            for index, glob in enumerate(globs):
                if not self._files((glob,)):
                    message = (
                        f"the contract {entry.id} reads {glob!r} in `{key}`, and there is no such file. "
                        "Name the file that declares the dependencies"
                    )
                    yield project.vacuous(message, "layers", "contract", entry.id, key, index)
        for fault in (*self.always.faults, *self.for_development.faults):
            yield project.finding(
                fault.path,
                fault.region,
                f"the contract {entry.id} reads this file: {fault.message}",
                key=f"{entry.id}: {fault.message}",
                kind="manifest",
                contract=entry.id,
            )
        imported = {edge.imported for edge in self.imports()} if entry.packages else set()
        for name in entry.packages:
            if not any(one == name or one.startswith(f"{name}.") for one in imported):
                message = f"the contract {entry.id} maps {name} in `packages`, and nothing imports it. Remove it"
                yield project.vacuous(message, "layers", "contract", entry.id, "packages", name)

    @cached_property
    def _candidates(self) -> dict[tuple[str, bool], tuple[str, ...]]:
        return {}

    def _is_dev(self, one: Requirement) -> bool:
        """Groups are never part of what is published (PEP 735); of extras some are meant for development."""
        return one.group in self.entry.dev_groups if one.extra else bool(one.group)

    def _files(self, globs: tuple[str, ...]) -> list[str]:
        project = self.contract.project
        return [path for path in project.paths if project.matches(path, globs)] if globs else []


def undeclared(contract: Contract) -> Iterator[ProjectDraft]:
    """The imports of what is not declared where they run."""
    found = Dependencies(contract)
    yield from found.problems()
    if not found.judged:
        return
    told: set[tuple[object, ...]] = set()
    for edge in found.imports():
        if edge.said.guarded and not contract.entry.guarded:
            continue
        names = found.candidates(edge)
        if any(name in found.installed or name in found.always.own for name in names):
            continue
        development = next((found.development[name] for name in names if name in found.development), None)
        if development is not None and found.may_use_development(edge):
            continue
        place = edge.path, edge.region
        if place not in told:
            told.add(place)
            yield contract.finding(edge, _why(contract, found, names[0], development), called=_module(edge))


def unused(contract: Contract) -> Iterator[ProjectDraft]:
    """The dependencies that nothing imports, where a contract asks for them."""
    found = Dependencies(contract)
    if not contract.entry.unused or not found.judged:
        return
    project, entry = contract.project, contract.entry
    used = {name for edge in found.imports() for name in found.candidates(edge)}
    kept = {normalised(name): name for name in entry.not_imported}
    for name, said in kept.items():
        if name not in found.installed:
            message = f"the contract {entry.id} excepts {said} in `not_imported`, and nothing declares it. Remove it"
            yield project.vacuous(
                message, "layers", "contract", entry.id, "not_imported", entry.not_imported.index(said)
            )
    for name, one in found.installed.items():
        if name in used or name in kept or name in found.always.own or one.extra:
            continue
        yield project.finding(
            one.path,
            one.region,
            f"nothing imports {one.said}: it is installed for nothing. Remove it; where it is used without an import, "
            "or under another name, say so in `not_imported` or `packages`",
            key=name,
            kind="unused",
            contract=entry.id,
            severity=Severity(entry.severity) if entry.severity not in (None, "off") else None,
        )


def _why(contract: Contract, found: Dependencies, name: str, development: Requirement | None) -> str:
    if development is not None:
        where = f"in the group {development.group} of {development.path}" if development.group else development.path
        return (
            f"{development.said} is declared for development only ({where}), and users who install this do not "
            "have it. Move it to the dependencies, or the import to where development code is"
        )
    files = ", ".join(dict.fromkeys(one.path for one in found.always.requirements)) or ", ".join(
        contract.entry.manifests
    )
    return (
        f"{files} declares nothing that provides it, so it is there by luck. Add {name} to the dependencies; "
        "where something else provides it, say so in the contract's `packages`"
    )


def _module(edge: Edge) -> str:
    """What the statement names, without what it takes from there; of a namespace package, the member that is meant."""
    root = root_of(edge.imported)
    return root if root.startswith(f"{edge.said.module}.") else edge.said.module
