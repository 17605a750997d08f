"""The section `layers`: what is wrong with it beyond its shape, how two of them merge, and its exceptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from relcheck.config.spelling import quote, shorten
from relcheck.config.suggest import listed
from relcheck.config.values import Flaw
from relcheck.sdk.layering import ALWAYS, NEEDED, POSSIBLE


def layering_after(before: Mapping[str, object], later: Mapping[str, object]) -> dict[str, object]:
    """The section with a later one put over it: layers are replaced by name, contracts by id, the rest by key."""
    merged: dict[str, object] = dict(later)
    if isinstance(old := before.get("define"), dict) and isinstance(new := later.get("define"), dict):
        merged["define"] = old | new
    if isinstance(first := before.get("contract"), list) and isinstance(then := later.get("contract"), list):
        replaced = {one["id"] for one in then}
        merged["contract"] = [*(one for one in first if one["id"] not in replaced), *then]
    return merged


def layering_flaws(section: Mapping[str, object]) -> Iterator[Flaw]:
    """What is wrong with the contracts of one file."""
    contracts = section.get("contract")
    seen: set[str] = set()
    for index, entry in enumerate(contracts if isinstance(contracts, list) else ()):
        if not isinstance(entry, dict):
            continue
        keys = ("layers", "contract", index)
        name = entry.get("id")
        if name == "":
            yield Flaw((*keys, "id"), "an empty name; findings are told apart by it")
        elif isinstance(name, str):
            if name in seen:
                yield Flaw((*keys, "id"), f"a second contract is named {quote(shorten(name))}; each needs its own name")
            seen.add(name)
        for key, message in _of_kind(entry):
            yield Flaw((*keys, key) if key in entry else keys, message)


def _of_kind(entry: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in NEEDED:
        return  # told already
    needed, possible = NEEDED[kind], POSSIBLE[kind]
    for key in needed:
        if key not in entry:
            yield key, f"`{key}` is missing: a contract of the kind {kind} needs it"
        elif entry[key] in ([], {}) and (kind, key) != ("allow-only", "targets"):
            yield key, "holds nothing, so the contract would promise nothing"
    for key in entry:
        if key not in (*ALWAYS, *needed, *possible) and key in _KEYS:
            yield key, f"a contract of the kind {kind} has no such key; its own are {listed((*needed, *possible))}"
    if entry.get("exhaustive") is True and not entry.get("containers"):
        yield "exhaustive", "needs `containers`: of which packages must every module be in a layer?"
    if kind == "independence" and isinstance(modules := entry.get("modules"), list) and len(modules) == 1:
        only = str(modules[0])
        if "*" not in only:
            yield "modules", "names one module, which has nothing to be independent of; name two, or use a wildcard"


_KEYS = frozenset(key for table in (NEEDED, POSSIBLE) for keys in table.values() for key in keys)
