"""Contracts that list modules: forbidden, independence, protected, allow-only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from relcheck_rules.layers._illegal import missing_of_ours

if TYPE_CHECKING:
    from relcheck.sdk import ProjectDraft
    from relcheck_rules.layers._illegal import Contract


def forbidden(contract: Contract) -> Iterator[ProjectDraft]:
    """Sources must not import targets. That a target from outside is imported nowhere is what the contract wants."""
    entry, selections = contract.entry, contract.selections
    yield from contract.missing("sources", entry.sources)
    sources = selections.all(entry.sources) & contract.graph.inside
    targets = selections.all(entry.targets) - sources
    yield from missing_of_ours(contract, "targets", entry.targets)
    if not targets:
        return
    shown = _listed(entry.sources)
    yield from contract.illegal(
        sources,
        targets,
        lambda end: f"{shown} must not depend on {_of(end, entry.targets, contract)}. Remove the import, or invert it",
        via=None if entry.indirect is False else lambda module: module not in sources,
    )


def independence(contract: Contract) -> Iterator[ProjectDraft]:
    """None of the modules may import another, directly or over what is none of them."""
    entry = contract.entry
    yield from contract.missing("modules", entry.modules)
    members: dict[str, frozenset[str]] = {}
    for text in entry.modules:
        members |= contract.selections.members(text)
    placed = frozenset().union(*members.values()) if members else frozenset()
    via = None if entry.indirect is False else lambda module: module not in placed
    yield from contract.apart(members, _independent, via=via)


def protected(contract: Contract) -> Iterator[ProjectDraft]:
    """Only the importers, and the modules themselves, may import the modules."""
    entry, selections = contract.entry, contract.selections
    yield from contract.missing("modules", entry.modules)
    yield from contract.missing("importers", entry.importers)
    allowed = selections.all(entry.importers)
    may = f"only {_listed(entry.importers)} may import it" if entry.importers else "nothing else may import it"
    members: dict[str, frozenset[str]] = {}
    for text in entry.modules:
        members |= selections.members(text)
    owners: dict[str, list[str]] = {}
    for name, modules in members.items():
        for module in modules:
            owners.setdefault(module, []).append(name)
    for importer in sorted(frozenset(contract.graph.importers) - allowed):
        for edge in contract.edges_from(importer):
            for name in owners.get(edge.imported, ()):
                if importer not in members[name]:
                    yield contract.finding(edge, f"{name} is protected, {may}")


def allow_only(contract: Contract) -> Iterator[ProjectDraft]:
    """Sources may import targets and each other, and nothing else."""
    entry, selections = contract.entry, contract.selections
    yield from contract.missing("sources", entry.sources)
    yield from missing_of_ours(contract, "targets", entry.targets)
    sources = selections.all(entry.sources) & contract.graph.inside
    legal = sources | selections.all(entry.targets)
    above = {name.rpartition(".")[0] for name in sources}
    everything = contract.graph.inside | contract.graph.externals
    illegal = frozenset(
        one
        for one in everything - legal
        if not one.startswith("__future__") and (one not in above or _has_code(contract, one))
    )
    may = f"{_listed(entry.targets)} and nothing else" if entry.targets else "nothing but itself"
    yield from contract.illegal(sources, illegal, lambda _: f"{_listed(entry.sources)} may import {may}")


def _independent(name: str, other: str) -> str:
    return f"{name} and {other} are independent of each other. Move what both need elsewhere"


def _has_code(contract: Contract, module: str) -> bool:
    return module in contract.graph.modules.path_of


def _of(end: str, targets: tuple[str, ...], contract: Contract) -> str:
    """The selection by which a module is meant."""
    return next((text for text in targets if end in contract.selections.nodes(text)), end)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) < 4 else ", ".join(chain(names[:3], (f"{len(names) - 3} more",)))
