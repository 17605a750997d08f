"""What could be carried over from another tool's configuration, and what could not."""

from __future__ import annotations

import msgspec

from relcheck.config.checks import distribution_flaw, edge_flaw, import_name_flaw, selection_flaw
from relcheck.config.contracts import layering_flaws

Table = dict[str, object]

_SELECTIONS = ("sources", "targets", "modules", "importers", "containers", "exhaustive_ignores")


class ForeignError(Exception):
    """A file cannot be read; the message says which and why."""


class Loss(msgspec.Struct, frozen=True):
    """Something that was not carried over, or not exactly: the contract (empty: the whole file) and the reason."""

    contract: str
    reason: str


class Carried(msgspec.Struct, frozen=True):
    """Contracts as tables of `[[layers.contract]]`, with what each is called elsewhere, and the losses."""

    file: str
    contracts: list[tuple[str, Table]] = []
    losses: list[Loss] = []

    def lose(self, contract: str, reason: str) -> None:
        self.losses.append(Loss(contract, reason))

    def add(self, name: str, contract: Table) -> None:
        """Take a contract, unless it is none that relcheck could read."""
        flaws = [*_flawed_names(contract), *(one.message for one in layering_flaws({"contract": [contract]}))]
        if flaws:
            self.lose(name, f"left out: {flaws[0]}")
            return
        taken = {one["id"] for _, one in self.contracts}
        own, number = str(contract["id"]), 2
        while contract["id"] in taken:
            contract["id"] = f"{own}-{number}"
            number += 1
        self.contracts.append((name, contract))


def texts(value: object) -> list[str]:
    """A list of strings, or one string, as a list of what is not blank."""
    items = value if isinstance(value, list) else [value]
    return [one.strip() for one in items if isinstance(one, str) and one.strip()]


def tables(value: object) -> list[Table]:
    """The tables of an array."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _flawed_names(contract: Table) -> list[str]:
    flaws = [selection_flaw(one) for key in _SELECTIONS for one in _listed(contract.get(key))]
    layers = contract.get("layers")
    for one in layers if isinstance(layers, list) else ():
        flaws += [selection_flaw(name) for name in _listed(one["modules"] if isinstance(one, dict) else [one])]
    flaws += [edge_flaw(str(one["edge"])) for one in tables(contract.get("allow"))]
    packages = contract.get("packages")
    for name, package in packages.items() if isinstance(packages, dict) else ():
        flaws += [import_name_flaw(name), distribution_flaw(str(package))]
    return [one for one in flaws if one]


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
