"""What a migration takes away under a name that code may still use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk.migration import UNKNOWN, Kind, Operation, Wanted

if TYPE_CHECKING:
    from relcheck.sdk import Project
    from relcheck.sdk.migration import Migration

_OF_COLUMNS = (Kind.DROP_COLUMN, Kind.RENAME_COLUMN)
_OF_TABLES = (Kind.DROP_TABLE, Kind.RENAME_TABLE, Kind.MOVE_TABLE_SCHEMA)
REMOVALS = (*_OF_COLUMNS, *_OF_TABLES)
"""The kinds of operations after which a name is gone."""

CODE = ("**/*.py", "**/*.ts", "**/*.tsx", "**/*.js", "**/*.jsx", "**/*.mjs", "**/*.sql", "**/*.prisma", "**/*.go")


ASIDE = (
    *("**/tests/**", "**/test_*.py", "**/*_test.*", "**/*.test.*", "**/*.spec.*"),
    *("**/node_modules/**", "**/dist/**", "**/build/**", "**/vendor/**", "**/static/**", "**/assets/**"),
    *("**/*.min.js", "**/*.bundle.js", "**/*.generated.*"),
)
"""Tests, and what is made of code that is looked at where it is written: no query of the product stands there."""


def removed(project: Project[object]) -> Iterator[tuple[Migration, Operation, Wanted]]:
    """The operations of gated migrations after which a name is gone, each with the name. What a later migration brings
    back under the same name is there."""
    gone: dict[Wanted, tuple[Migration, Operation]] = {}
    for migration in project.migrations.migrations:
        for one in migration.operations:
            for back in _brought(one):
                gone.pop(back, None)
            wanted = _taken(one)
            if wanted is not None and project.is_gated(migration):
                gone[wanted] = migration, one
    yield from ((migration, one, wanted) for wanted, (migration, one) in gone.items())


def _taken(one: Operation) -> Wanted | None:
    if one.created_here or one.table is None or UNKNOWN in one.table:
        return None
    if one.kind in _OF_COLUMNS and one.column is not None and UNKNOWN not in one.column:
        return Wanted(one.table, one.column)
    return Wanted(one.table) if one.kind in _OF_TABLES else None


def _brought(one: Operation) -> Iterator[Wanted]:
    if one.table is None:
        return
    if one.kind in (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS):
        yield Wanted(one.table)
    elif one.kind is Kind.RENAME_TABLE and one.new_name is not None:
        yield Wanted(one.new_name)
    elif one.kind is Kind.RENAME_COLUMN:
        yield Wanted(one.table, one.new_name)
    yield from (Wanted(one.table, column.name) for column in one.new_columns)


def shown(wanted: Wanted) -> str:
    """The name for people."""
    return f"{wanted.bare_table}.{wanted.column}" if wanted.column else wanted.bare_table
