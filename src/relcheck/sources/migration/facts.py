"""What one file says of migrations: one of its own, or what holds for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.migration.django.facts import DjangoMigration, DjangoSettings
from relcheck.sources.migration.environment import EnvironmentFacts, read_environment
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.places import may_hold_migrations, sql_tool

if TYPE_CHECKING:
    import ast


class FileFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of these: a migration that is complete but for its chain, one of Django, whose models have to be replayed
    first, what a file such as `env.py` says of an environment, or what the settings of Django say."""

    migration: Migration | None = None
    django: DjangoMigration | None = None
    environment: EnvironmentFacts | None = None
    settings: DjangoSettings | None = None


def concerns(path: str) -> bool:
    """Whether a file that is not Python may say anything of migrations."""
    return may_hold_migrations(path)


def collect(path: str, text: str, tree: ast.Module | None = None) -> FileFacts | None:
    """What a file says of migrations; None where it says nothing. `tree` is that of a Python file, if it is known."""
    if path.endswith(".py"):
        return _of_python(path, text, tree)
    if path.endswith(".sql"):
        tool = sql_tool(path, text)
        if tool is None:
            return None
        from relcheck.sources.migration.sql.files import read_sql_file

        return FileFacts(migration=read_sql_file(path, text, tool, "postgres"))
    found = read_environment(path, text)
    return FileFacts(environment=found) if found is not None else None


def _of_python(path: str, text: str, tree: ast.Module | None) -> FileFacts | None:
    if "down_revision" in text:
        from relcheck.sources.migration.alembic.read import read_alembic

        migration = read_alembic(text, tree=tree)
        if migration is not None:
            return FileFacts(migration=msgspec.structs.replace(migration, path=path))
    if "migrations" in text and "Migration" in text:
        from relcheck.sources.migration.django.reading import read_django

        django = read_django(text, tree=tree)
        if django is not None:
            return FileFacts(django=django)
    if "settings" in path or "INSTALLED_APPS" in text:
        from relcheck.sources.migration.django.settings import read_settings

        settings = read_settings(text, tree=tree)
        if settings is not None:
            return FileFacts(settings=settings)
    if path.endswith("env.py"):
        found = read_environment(path, text)
        return FileFacts(environment=found) if found is not None else None
    return None
