"""The migrations of a project as rules see them: linked by the configuration, and without history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.engine.evaluating import Evaluations
from relcheck.engine.examining.shared import MIGRATIONS
from relcheck.engine.old import Old
from relcheck.sdk.rule import SettingsError
from relcheck.sources.migration.facts import FileFacts
from relcheck.sources.migration.link import Ask, Linked, Place, link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.engine.project import ProjectView
    from relcheck.sources.migration.migration import Migration

_NUMBER = re.compile(r"\d+")


def linked(project: ProjectView) -> Linked:
    """The migrations of a project, each operation complete."""
    settings = project.config.migrations
    everywhere = Place(("**",), settings.dialect, _version(settings.server_version))
    folders = (Place(one.paths, one.dialect, _version(one.server_version)) for one in settings.folders)
    ask = Ask(
        project.paths,
        project.read,
        project.scopes.matches,
        (everywhere, *folders),
        further=settings.paths,
        ignored=settings.ignore,
        remember=Evaluations(project.kept),
    )
    return link(project.facts(MIGRATIONS.facts, FileFacts), ask)


def old(project: ProjectView) -> Old:
    """The migrations that are not gated: those before `since`, or those that a change has not touched. Raises
    SettingsError."""
    settings = project.config.migrations
    if settings.history:
        return Old()
    if settings.since is not None:
        return Old(_before(project, settings.since), settings.since)
    history = project.before_the_change()
    if history is None:
        return Old()
    return Old(frozenset(one.path for one in project.migrations.migrations if history.has(one.path)), history.name)


def _before(project: ProjectView, since: str) -> frozenset[str]:
    """All migrations of a chain up to the one that is named, which is the first to be gated."""
    for chain in project.migrations.chains:
        for index, one in enumerate(chain.migrations):
            if _is_named(one, since):
                return frozenset(each.path for each in _ancestors(chain.migrations[:index], one))
    raise SettingsError(f"no migration is named {since!r}, by its id or the name of its file", "migrations", "since")


def _ancestors(migrations: Iterable[Migration], of: Migration) -> Iterable[Migration]:
    """Those that a migration builds on; what stands beside it on another branch is none of them."""
    wanted = {*of.parents, *of.depends_on}
    for one in reversed(tuple(migrations)):
        if one.id in wanted or wanted.intersection(one.replaces):
            wanted |= {*one.parents, *one.depends_on}
            yield one


def _is_named(migration: Migration, name: str) -> bool:
    return name in (migration.id, migration.path) or migration.path.endswith(f"/{name}")


def _version(said: int | str | None) -> tuple[int, ...]:
    """A version as numbers: `"8.0.36"` is (8, 0, 36)."""
    return tuple(map(int, _NUMBER.findall(str(said)))) if said is not None else ()
