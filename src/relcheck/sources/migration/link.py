"""From what single files say to the migrations of a project: helpers resolved, chains in order, operations complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise

import msgspec
from msgspec.structs import replace

from relcheck.sources.migration.chain import Chain, chain
from relcheck.sources.migration.django.facts import DjangoSettings
from relcheck.sources.migration.environment import EnvironmentFacts
from relcheck.sources.migration.facts import FileFacts
from relcheck.sources.migration.migration import Migration, Problem
from relcheck.sources.migration.operation import Dialect, Operation
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.python.nearest import NearestModules


class Place(msgspec.Struct, frozen=True):
    """What is configured for some migrations; what a later place says goes before what an earlier one does."""

    globs: tuple[str, ...]
    dialect: Dialect | None = None
    server_version: tuple[int, ...] = ()


Resolve = Callable[[str], str | None]
"""Gives the source of a module of the project by its name, as one file of it says the name."""

Remember = Callable[[str, Resolve, Callable[[Resolve], Migration]], Migration]
"""Gives a migration by what it is evaluated from, beside the modules that it asks for, or evaluates it."""


def _anew(of: str, resolve: Resolve, evaluate: Callable[[Resolve], Migration]) -> Migration:
    del of
    return evaluate(resolve)


class Ask(msgspec.Struct, frozen=True):
    """How a project is to be linked. `places` says what is configured for which migrations, `ignored` which files are
    none, `further` which SQL files are some though no tool is known by their names. `paths` are all files of the
    project, `read` gives the content of one, `matches` says whether globs match one. `remember` keeps what was
    evaluated with the help of other modules."""

    paths: Sequence[str]
    read: Callable[[str], bytes | None]
    matches: Callable[[str, Sequence[str]], bool]
    places: tuple[Place, ...] = ()
    further: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    remember: Remember = _anew


class Linked(msgspec.Struct, frozen=True, dict=True):
    """The migrations of a project."""

    chains: tuple[Chain, ...]
    timeouts: Mapping[str, tuple[str, ...]] = {}
    """The timeouts that an environment sets for all of its migrations."""

    @cached_property
    def migrations(self) -> Sequence[Migration]:
        """All of them, chain by chain, each in the order in which it is applied."""
        return tuple(one for each in self.chains for one in each.migrations)

    @cached_property
    def problems(self) -> Sequence[tuple[str, Problem]]:
        """What is wrong with chains, each with the file that it is told in."""
        return tuple(problem for each in self.chains for problem in each.problems)


def link(facts: Mapping[str, FileFacts], ask: Ask) -> Linked:
    """The migrations of a project, from the facts of its files."""
    used = {path: one for path, one in sorted(facts.items()) if not ask.matches(path, ask.ignored)}
    environments = {path: one.environment for path, one in used.items() if one.environment is not None}
    modules = NearestModules(ask.paths, ask.read)
    found = [
        *_evaluated(used, environments, modules, ask),
        *_further(used, ask),
        *_of_django(used, modules, ask),
    ]
    by_environment: dict[str, list[Migration]] = {}
    for one in _both_ways(found):
        by_environment.setdefault(one.environment, []).append(one)
    known = {one.id: one for one in found}
    chains = []
    for name, migrations in sorted(by_environment.items()):
        ordered = chain(name, _ordered(migrations, ask), known)
        chains.append(replace(ordered, migrations=tuple(_replayed(ordered.migrations))))
    timeouts = {_folder(path): one.timeouts for path, one in environments.items() if one.timeouts}
    settings = _settings(used)
    if settings is not None and settings.timeouts:
        timeouts.update({one.environment: settings.timeouts for one in found if one.framework == "django"})
    return Linked(tuple(chains), timeouts)


def _evaluated(
    used: Mapping[str, FileFacts], environments: Mapping[str, EnvironmentFacts], modules: NearestModules, ask: Ask
) -> Iterator[Migration]:
    """Those that files hold by themselves, read again where other modules or another dialect have a part in them."""
    for path, one in used.items():
        if one.migration is None:
            continue
        said = _said_of(path, environments)
        place = _configured(path, ask)
        told = place.dialect or _database_of(path) or said.dialect
        dialect = told or one.migration.dialect or "postgres"
        migration = one.migration
        helped = any(modules.path(name, path) for name in migration.unresolved)
        if dialect != (migration.dialect or "postgres") or helped:
            migration = _again(path, migration, dialect, modules, ask)
        yield replace(
            migration,
            path=path,
            dialect=dialect,
            server_version=place.server_version,
            environment=_environment(path, migration, environments),
            transaction_over_all=said.shares_transaction is not False and migration.framework == "alembic",
            operations=_with_paths(_of_dialect(migration.operations, told), path, modules),
            down=None if migration.down is None else _with_paths(_of_dialect(migration.down, told), path, modules),
        )


def _of_dialect(operations: tuple[Operation, ...], told: Dialect | None) -> tuple[Operation, ...]:
    """Without the branches for other databases, where it is told which one the project has."""
    if told is None or not any(one.dialects for one in operations):
        return operations
    return tuple(one for one in operations if not one.dialects or told in one.dialects)


def _with_paths(operations: tuple[Operation, ...], path: str, modules: NearestModules) -> tuple[Operation, ...]:
    """With the files of the places that explain an operation: a reader knows the names of modules only, and leaves that
    of the migration empty."""
    if not any(one.related for one in operations):
        return operations
    return tuple(
        replace(one, related=tuple(replace(each, path=_file_of(each.path, path, modules)) for each in one.related))
        if one.related
        else one
        for one in operations
    )


def _file_of(name: str, path: str, modules: NearestModules) -> str:
    if not name or name == path:
        return path
    return modules.path(name, path) or path


def _again(path: str, migration: Migration, dialect: Dialect, modules: NearestModules, ask: Ask) -> Migration:
    data = ask.read(path)
    if data is None:
        return migration
    text = data.decode("utf-8-sig", "replace")

    def evaluated(resolve: Resolve) -> Migration:
        if migration.framework == "alembic":
            return _with_helpers(text, resolve, dialect) or migration
        from relcheck.sources.migration.sql.files import read_sql_file

        return read_sql_file(path, text, migration.framework, dialect)

    return ask.remember("\0".join((migration.framework, dialect, path, text)), modules.resolver(path), evaluated)


def _with_helpers(text: str, resolve: Resolve, dialect: Dialect) -> Migration | None:
    """A migration of Alembic with what it uses of other modules. Where several revisions of a project are looked at, it
    is evaluated once as long as these modules are the same."""
    known = _KEPT.setdefault((_digest(text), dialect), [])
    for asked, found in known:
        if all(_digest(resolve(name)) == said for name, said in asked.items()):
            return found
    from relcheck.sources.migration.alembic.read import read_alembic

    asking: dict[str, bytes] = {}

    def resolving(name: str) -> str | None:
        said = resolve(name)
        asking[name] = _digest(said)
        return said

    migration = read_alembic(text, resolving, dialect=dialect)
    known.append((asking, migration))
    return migration


_KEPT: dict[tuple[bytes, Dialect], list[tuple[Mapping[str, bytes], Migration | None]]] = {}


def _digest(text: str | None) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() if text is not None else b""


def _further(used: Mapping[str, FileFacts], ask: Ask) -> Iterator[Migration]:
    """SQL files that the configuration calls migrations."""
    for path in ask.paths if ask.further else ():
        data = ask.read(path) if path not in used and path.endswith(".sql") and ask.matches(path, ask.further) else None
        if data is not None:
            from relcheck.sources.migration.sql.files import read_sql_file

            place = _configured(path, ask)
            found = read_sql_file(path, data.decode("utf-8-sig", "replace"), "sql", place.dialect or "postgres")
            yield replace(found, server_version=place.server_version)


def _of_django(used: Mapping[str, FileFacts], modules: NearestModules, ask: Ask) -> Iterator[Migration]:
    files = {path: one.django for path, one in used.items() if one.django is not None}
    if not files:
        return
    from relcheck.sources.migration.django.apps import migrations_of_apps

    settings = _settings(used)
    dialects = {_configured(path, ask).dialect for path in files}
    dialect = dialects.pop() if len(dialects) == 1 else None
    for one in migrations_of_apps(files, modules, ask.read, settings=settings, dialect=dialect):
        place = _configured(one.path, ask)
        yield replace(one, dialect=place.dialect or one.dialect, server_version=place.server_version)


def _settings(used: Mapping[str, FileFacts]) -> DjangoSettings | None:
    found = {path: one.settings for path, one in used.items() if one.settings is not None}
    if not found:
        return None
    from relcheck.sources.migration.django.settings import merged_settings

    return merged_settings(found)


def _configured(path: str, ask: Ask) -> Place:
    """What the configuration says of a file."""
    dialect: Dialect | None = None
    version: tuple[int, ...] = ()
    for one in ask.places:
        if ask.matches(path, one.globs):
            if one.dialect is not None and one.dialect != dialect:
                dialect, version = one.dialect, ()
            version = one.server_version or version
    return Place((), dialect, version)


def _said_of(path: str, environments: Mapping[str, EnvironmentFacts]) -> EnvironmentFacts:
    """What the files say that are nearest to a migration, upwards."""
    said = EnvironmentFacts()
    folder = _folder(path)
    while True:
        for other, one in environments.items():
            folders = (*((one.scripts,) if one.scripts else ()), *one.versions)
            holds = _folder(other) == folder or any(path.startswith(_joined(other, each)) for each in folders)
            if holds:
                said = EnvironmentFacts(
                    said.dialect or one.dialect,
                    "",
                    said.timeouts or one.timeouts,
                    one.shares_transaction if said.shares_transaction is None else said.shares_transaction,
                )
        if not folder:
            return said
        folder = folder.rpartition("/")[0]


def _environment(path: str, migration: Migration, environments: Mapping[str, EnvironmentFacts]) -> str:
    """The folder whose chain a migration belongs to. All versions below one `env.py`, and those in the folders that its
    `alembic.ini` names, are one chain."""
    if migration.framework != "alembic":
        return migration.environment
    for other, one in sorted(environments.items()):
        if any(path.startswith(_joined(other, each)) for each in one.versions):
            return _joined(other, one.scripts).rstrip("/") if one.scripts else _folder(other)
    folder = _folder(path)
    holders = [_folder(other) for other in environments if other.endswith("env.py")]
    above = [one for one in holders if f"{folder}/".startswith(f"{one}/" if one else "")]
    return _apart(folder, max(above, key=len, default=folder))


def _apart(folder: str, environment: str) -> str:
    """The environment, or the folder of one database below it: chains for several ones stand side by side."""
    parts = folder.split("/")
    for number in range(environment.count("/") + 1 if environment else 0, len(parts)):
        if parts[number].lower() in _DATABASES:
            return "/".join(parts[: number + 1])
    return environment


def _database_of(path: str) -> Dialect | None:
    """The database that the nearest folders of a migration are named after."""
    named = (_DATABASES.get(part.lower()) for part in reversed(path.split("/")[:-1][-3:]))
    return next((one for one in named if one is not None), None)


_DATABASES: Mapping[str, Dialect] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
}


def _both_ways(migrations: Sequence[Migration]) -> Sequence[Migration]:
    """With the ways down that other files hold."""
    in_files = [one for one in migrations if one.framework not in ("alembic", "django")]
    if not in_files:
        return migrations
    from relcheck.sources.migration.sql.files import paired

    return [*(one for one in migrations if one.framework in ("alembic", "django")), *paired(in_files)]


def _ordered(migrations: Sequence[Migration], ask: Ask) -> list[Migration]:
    """With parents by the order of their versions, where the tool has no other order."""
    if not migrations or migrations[0].framework in ("alembic", "django"):
        return list(migrations)
    from relcheck.sources.migration.sql.files import order_key, planned

    plan = ask.read(f"{migrations[0].environment}/sqitch.plan".lstrip("/"))
    if plan is not None and migrations[0].framework == "sqitch":
        place = {name: index for index, name in enumerate(planned(plan.decode("utf-8", "replace")))}
        in_order = sorted(migrations, key=lambda one: (place.get(one.id, len(place)), one.path))
    else:
        in_order = sorted(migrations, key=lambda one: (order_key(one), one.path))
    done = in_order[:1]
    for before, one in pairwise(in_order):
        done.append(replace(one, parents=(before.id,)) if before.id != one.id else one)
    return done


def _replayed(migrations: Sequence[Migration]) -> Iterator[Migration]:
    """With operations that know what was before them."""
    schemas = Schemas()
    for one in migrations:
        if one.restates:  # read from the state before those that it replaces, and not applied beside them
            yield one
            continue
        yield replace(one, operations=tuple(schemas.completed(one.operations, one.dialect or "postgres")))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(path: str, folder: str) -> str:
    base = _folder(path)
    return f"{base}/{folder.strip('/')}/" if base else f"{folder.strip('/')}/"
