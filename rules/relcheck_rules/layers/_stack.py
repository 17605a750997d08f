"""Contracts of the kinds `layers` and `matrix`: what is above may import what is below, or what its row names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from relcheck.sdk import SettingsError
from relcheck.sdk.layering import ANY, LayerEntry

if TYPE_CHECKING:
    from relcheck.sdk import ProjectDraft
    from relcheck_rules.layers._illegal import Contract

_SHOWN = 3


class Step(msgspec.Struct, frozen=True):
    """One layer of a stack in one container, with the modules that it holds; `parts` are those that must not import
    each other."""

    name: str
    modules: frozenset[str]
    closed: bool
    parts: Mapping[str, frozenset[str]]


def stack(contract: Contract) -> Iterator[ProjectDraft]:
    """The findings of a contract of the kind `layers`, in each of its containers."""
    entry = contract.entry
    yield from contract.missing("containers", entry.containers)
    yield from contract.missing("exhaustive_ignores", entry.exhaustive_ignores)
    boxes = [name for text in entry.containers for name in contract.selections.members(text)] or [""]
    _refuse_nested(contract, boxes)
    for box in boxes:
        steps = []
        for index, said in enumerate(entry.layers):
            step = _step(contract, said, box)
            if step.modules:
                steps.append(step)
            elif not (isinstance(said, LayerEntry) and said.optional):
                where = f" in {box}" if box else ""
                message = (
                    f"the layer {step.name} of the contract {entry.id} holds no module{where}. "
                    "Correct it, or write it as a table with `optional = true`"
                )
                yield contract.project.vacuous(message, "layers", "contract", entry.id, "layers", index)
        _refuse_overlap(contract, {step.name: step.modules for step in steps}, "layers")
        yield from _judged(contract, steps)


def matrix(contract: Contract) -> Iterator[ProjectDraft]:
    """The findings of a contract of the kind `matrix`."""
    rows = contract.entry.matrix
    selections = contract.selections
    declared = selections.declared
    layers = {name: declared.modules(name) for name in rows}
    if not any(layers.values()):
        message = f"the contract {contract.entry.id}: no file belongs to any of its layers {', '.join(rows)}"
        yield contract.project.vacuous(message, "layers", "contract", contract.entry.id, "matrix")
        return
    for name, targets in rows.items():
        for target in targets:
            if target in rows or target in declared.names or selections.nodes(target):
                continue
            message = f"the contract {contract.entry.id} lets {name} import {target!r}, which stands for no module"
            yield contract.project.vacuous(message, "layers", "contract", contract.entry.id, "matrix")
    own = {
        name: frozenset(one for one in held if _row(declared.by_module[one], rows, declared.covers) == name)
        for name, held in layers.items()
    }
    placed = frozenset().union(*own.values())
    for name, targets in rows.items():
        if ANY in targets or not own[name]:
            continue
        legal = own[name].union(*(selections.nodes(target) for target in targets))
        may = f"{name} may import {', '.join(targets) or 'nothing but itself'}"

        via = None if contract.entry.indirect is False else lambda module: module not in placed
        yield from contract.illegal(
            own[name], placed - legal, partial(_not_in_row, name, may, declared.by_module), via=via
        )


def unlisted(contract: Contract) -> Iterator[tuple[str, str]]:
    """(container, module) for what an exhaustive contract has in no layer. A package all of whose members are in layers
    need not be in one itself."""
    entry, selections = contract.entry, contract.selections
    ignored = selections.all(entry.exhaustive_ignores)
    for box in (name for text in entry.containers for name in selections.members(text)):
        placed = frozenset().union(*(_step(contract, said, box).modules for said in entry.layers))
        for module in sorted(contract.graph.below(box) - {box}):
            if module in contract.graph.modules.path_of and module not in placed and module not in ignored:
                yield box, module


def _step(contract: Contract, said: str | LayerEntry, box: str) -> Step:
    entry = said if isinstance(said, LayerEntry) else LayerEntry(modules=(said,))
    parts: dict[str, frozenset[str]] = {}
    for text in entry.modules:
        if box and "/" not in text and not contract.selections.is_layer(text):
            parts |= contract.selections.members(f"{box}.{text}")
        else:
            parts |= contract.selections.members(text)
    held = frozenset().union(*parts.values()) if parts else frozenset()
    name = entry.name or ", ".join(entry.modules)
    return Step(name, held, entry.closed, parts if entry.independent else {})


def _judged(contract: Contract, steps: list[Step]) -> Iterator[ProjectDraft]:
    placed = frozenset().union(*(step.modules for step in steps)) if steps else frozenset()
    via = None if contract.entry.indirect is False else lambda module: module not in placed
    for index, step in enumerate(steps):
        forbidden: dict[str, tuple[frozenset[str], str]] = {}
        for above in steps[:index]:
            forbidden[above.name] = above.modules, f"{step.name} must not import {above.name}, which is above it"
        closed = next((one for one in steps[index + 1 :] if one.closed), None)
        if closed is not None:
            for below in steps[steps.index(closed) + 1 :]:
                text = f"{closed.name} is closed, so {step.name} must not pass over it to {below.name}"
                forbidden[below.name] = below.modules, text
        reasons = {module: text for modules, text in forbidden.values() for module in modules}
        if reasons:
            yield from contract.illegal(
                step.modules,
                reasons.keys(),
                partial(_misplaced, reasons),
                via=via,
            )
        yield from contract.apart(step.parts, _sibling, via=via)


def _not_in_row(name: str, may: str, by_module: Mapping[str, str], end: str) -> str:
    return f"{name} must not import {by_module[end]} ({may}). Go through a layer that may, or move what both need"


def _misplaced(reasons: Mapping[str, str], end: str) -> str:
    return f"{reasons[end]}. Move what both need below, or turn the import round"


def _sibling(name: str, other: str) -> str:
    del name
    return f"{other} is a sibling in a layer whose members are independent"


def _row(layer: str, rows: Mapping[str, object], covers: object) -> str:
    """The row that a layer is judged by: its own, or that of the layer that it is a sub-layer of."""
    found = [name for name in rows if callable(covers) and covers(name, layer)]
    return max(found, key=len)


def _refuse_overlap(contract: Contract, held: Mapping[str, frozenset[str]], key: str) -> None:
    """A module in two layers cannot be judged. Raises SettingsError."""
    where: dict[str, str] = {}
    for name, modules in held.items():
        both = sorted(modules & where.keys())
        if both:
            paths = [contract.graph.modules.path_of.get(one, one) for one in both]
            shown = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
            message = f"the layers {where[both[0]]} and {name} both hold {shown}; a file is in one"
            raise SettingsError(message, "layers", "contract", contract.entry.id, key)
        where |= dict.fromkeys(modules, name)


def _refuse_nested(contract: Contract, boxes: list[str]) -> None:
    """A module in two containers cannot be judged. Raises SettingsError."""
    for one, other in pairwise(sorted(f"{box}." for box in boxes if box)):
        if other.startswith(one):
            if other == one:
                message = f"the container {one[:-1]} is named twice"
                raise SettingsError(message, "layers", "contract", contract.entry.id, "containers")
            message = f"the container {other[:-1]} lies within the container {one[:-1]}; a module is in one"
            raise SettingsError(message, "layers", "contract", contract.entry.id, "containers")
