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

CODE = ("**/*.py", "**/*.ts", "**/*.tsx", "**/*.js", "**/*.jsx", "**/*.mjs", "**/*.sql", "**/*.prisma", "**/*.go")


def removed(project: Project[object]) -> Iterator[tuple[Migration, Operation, Wanted]]:
    """The operations of gated migrations after which a name is gone, each with the name."""
    for migration in filter(project.is_gated, project.migrations.migrations):
        for one in migration.operations:
            if one.created_here or one.table is None or UNKNOWN in one.table:
                continue
            if one.kind in _OF_COLUMNS and one.column is not None and UNKNOWN not in one.column:
                yield migration, one, Wanted(one.table, one.column)
            elif one.kind in _OF_TABLES:
                yield migration, one, Wanted(one.table)


def shown(wanted: Wanted) -> str:
    """The name for people."""
    return f"{wanted.bare_table}.{wanted.column}" if wanted.column else wanted.bare_table
