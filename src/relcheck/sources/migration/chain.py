"""The order in which the migrations of one environment are applied, and what is wrong with their chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

import msgspec

from relcheck.sources.migration.migration import Migration, Problem


class Chain(msgspec.Struct, frozen=True):
    """The migrations of one environment in an order in which they can be applied, the same for the same files.

    `heads` are those that no other one builds on. `problems` are by the path of the file that they are told in.
    """

    environment: str
    migrations: tuple[Migration, ...]
    heads: tuple[Migration, ...]
    problems: tuple[tuple[str, Problem], ...] = ()


def chain(environment: str, migrations: Sequence[Migration], known: Mapping[str, Migration] | None = None) -> Chain:
    """Put the migrations of an environment in order. `known` holds those of other environments by id, which parents and
    dependencies may name, too."""
    by_id: dict[str, Migration] = {}
    problems: list[tuple[str, Problem]] = []
    for one in sorted(migrations, key=lambda each: each.path):
        if one.id in by_id:
            message = f"two migrations are named {one.id}: {by_id[one.id].path} has the same id. Give this one a new id"
            problems.append((one.path, Problem("duplicate-id", message, one.region)))
        else:
            by_id[one.id] = one
    here = {**{name: one for one in by_id.values() for name in one.replaces if name not in by_id}, **by_id}
    for one in by_id.values():
        for parent in one.parents:
            if parent not in here and parent not in (known or {}):
                message = (
                    f"{one.id} builds on {parent}, which no file defines: it cannot be applied. Name one that exists"
                )
                problems.append((one.path, Problem("missing-parent", message, one.region)))
    before = {one.id: _before(one, here) for one in by_id.values()}
    ordered, cycle = _ordered(before)
    if cycle:
        first = by_id[min(cycle, key=lambda name: by_id[name].path)]
        way = " → ".join((*cycle, cycle[0]))
        message = f"the migrations build on each other in a circle ({way}): none of them can be applied. Cut it"
        problems.append((first.path, Problem("cycle", message, first.region)))
    parents = {here[name].id for one in by_id.values() for name in one.parents if name in here}
    replaced = {name for one in by_id.values() for name in one.replaces}
    ends = [by_id[name] for name in ordered if name not in parents and name not in replaced]
    heads = tuple(one for one in ends if not _goes_on(one, by_id))
    return Chain(environment, tuple(by_id[name] for name in ordered), heads, tuple(problems))


def _before(one: Migration, here: Mapping[str, Migration]) -> set[str]:
    """The ids of those that come before a migration. What builds on a squashed one comes behind all that this one
    replaces, too: a database has either, and the tables are the same."""
    named = [here[name] for name in (*one.parents, *one.depends_on) if name in here and name not in one.replaces]
    found = {each.id for each in named}
    for each in named:
        if one.id not in each.replaces:
            found.update(here[name].id for name in each.replaces if name in here and here[name].id != one.id)
    return found


def _goes_on(squashed: Migration, by_id: Mapping[str, Migration]) -> bool:
    """Whether others build on what a migration replaces: then it is no end."""
    within = {squashed.id, *squashed.replaces}
    return any(within.intersection(one.parents) for one in by_id.values() if one.id not in within)


def _ordered(before: Mapping[str, set[str]]) -> tuple[list[str], list[str]]:
    """The ids, each after those that come before it; and a cycle, where there is one."""
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(before), list(error.args[1])[:-1]
    found: list[str] = []
    place = {name: index for index, name in enumerate(before)}
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        found += ready
        sorter.done(*ready)
    return found, []
