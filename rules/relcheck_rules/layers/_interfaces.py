"""Contracts of the kind `interface`: others may use what a package shows, and nothing behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk.selection import fits

if TYPE_CHECKING:
    from relcheck.sdk import ProjectDraft
    from relcheck.sources.python.import_graph import Edge
    from relcheck_rules.layers._illegal import Contract


def interface(contract: Contract) -> Iterator[ProjectDraft]:
    """The imports from outside that reach behind what each package exposes."""
    entry, selections = contract.entry, contract.selections
    yield from contract.missing("modules", entry.modules)
    yield from contract.missing("importers", entry.importers)
    allowed = selections.all(entry.importers)
    members: dict[str, frozenset[str]] = {}
    for text in entry.modules:
        members |= selections.members(text)
    packages: dict[str, list[str]] = {}
    for package, modules in members.items():
        for module in modules:
            packages.setdefault(module, []).append(package)
    for importer in sorted(set(contract.graph.importers) - allowed):
        for edge in contract.edges_from(importer):
            for package in packages.get(edge.imported, ()):
                if importer not in members[package] and (why := _hidden(contract, package, edge)):
                    yield contract.finding(edge, why)


def _hidden(contract: Contract, package: str, edge: Edge) -> str | None:
    """Why an import reaches behind the interface; None where it does not."""
    inner = edge.imported[len(package) + 1 :]
    if inner and not any(fits(text, inner, below=False) for text in contract.entry.expose):
        if _shown_by(contract, edge):
            return None
        shown = ", ".join([package, *(f"{package}.{text}" for text in contract.entry.expose)])
        return f"{edge.imported} is internal to {package}. Import from {shown}, or have it exposed there"
    name = edge.target.of
    if name is None or name == "*":
        return None
    exports = _exports(contract, edge.imported)
    if exports is not None and name not in exports:
        return f"{name} is not in the __all__ of {edge.imported}. Use what is, or add it there"
    if exports is None and name.startswith("_") and not name.endswith("__"):
        return f"{name} is private to {edge.imported}. Use a public name, or make this one public"
    return None


def _shown_by(contract: Contract, edge: Edge) -> bool:
    """Whether the package that a submodule is taken from shows it under its own name: in `__all__`, or by importing
    something of that name."""
    above, _, name = edge.imported.rpartition(".")
    if edge.said.name != name or edge.region != edge.said.region:
        return False
    exports = _exports(contract, above)
    if exports is not None:
        return name in exports
    path = contract.graph.modules.path_of.get(above, "")
    file = contract.graph.files.get(path)
    return file is not None and any((one.alias or one.name) == name for one in file.imports)


def _exports(contract: Contract, module: str) -> tuple[str, ...] | None:
    file = contract.graph.files.get(contract.graph.modules.path_of.get(module, ""))
    return file.exports if file is not None else None
