"""The apps of a project with their migrations, from the files of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from relcheck.sources.migration.django.facts import DjangoMigration, DjangoSettings
from relcheck.sources.migration.django.graph import AppMigration, app_label
from relcheck.sources.migration.django.lowering import lower
from relcheck.sources.migration.django.reading import read_django

if TYPE_CHECKING:
    from relcheck.sources.migration.migration import Migration
    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.python.nearest import NearestModules


def migrations_of_apps(
    files: Mapping[str, DjangoMigration],
    modules: NearestModules,
    read: Callable[[str], bytes | None],
    *,
    settings: DjangoSettings | None = None,
    dialect: Dialect | None = None,
) -> list[Migration]:
    """The migrations that files hold, by path. What other modules of the project have a part in is read again with
    them. `dialect` goes before what the settings say."""
    settings = settings or DjangoSettings()
    folders: dict[str, dict[str, DjangoMigration]] = {}
    for path, facts in files.items():
        folder, _, name = path.rpartition("/")
        if name != "__init__.py":
            folders.setdefault(folder, {})[name.removesuffix(".py")] = _with_helpers(path, facts, modules, read)
    found = []
    for folder, named in folders.items():
        config = read(f"{folder.rpartition('/')[0]}/apps.py".lstrip("/"))
        label = app_label(folder, named, config.decode("utf-8", "replace") if config else None, settings)
        found += [
            AppMigration(path=f"{folder}/{name}.py".lstrip("/"), app=label, name=name, facts=facts)
            for name, facts in named.items()
        ]
    return lower(found, settings, dialect)


def _with_helpers(
    path: str, facts: DjangoMigration, modules: NearestModules, read: Callable[[str], bytes | None]
) -> DjangoMigration:
    if not any(modules.path(name, path) for name in facts.unresolved):
        return facts
    data = read(path)
    again = read_django(data.decode("utf-8-sig", "replace"), modules.resolver(path)) if data is not None else None
    return again or facts
