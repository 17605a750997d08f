"""What replaces something comes in another release than the end of what it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_ALIKE = 0.6
_MOVES_ROWS = (Kind.UPDATE, Kind.INSERT, Kind.DATA_CODE)


class ExpandContractMixed(MigrationRule):
    """
    ## What it does
    Reports a column or table that a migration drops after it has added what takes its place: rows are moved from one
    to the other in the same migration, or the names are much alike.

    ## Why is this bad
    No release works on both sides of it. Code that reads the old column fails as soon as it runs, code that reads the
    new one fails until then, and going back means to restore a backup.

    ## Example
    ```sql
    ALTER TABLE members ADD COLUMN display_name text;
    UPDATE members SET display_name = first_name || ' ' || last_name;
    ALTER TABLE members DROP COLUMN first_name, DROP COLUMN last_name;
    ```

    ## Use instead
    Three migrations in at least two releases: add the new column, with code that writes both; move the rows; and, when
    nothing reads the old one any more, drop it.
    """

    examples = (
        Invalid(
            sql=(
                "ALTER TABLE shop_member ADD COLUMN display_name text;\n"
                "UPDATE shop_member SET display_name = first_name WHERE display_name IS NULL;\n"
                "ALTER TABLE shop_member DROP COLUMN first_name;"
            ),
            finds=Found(
                "shop_member.first_name is dropped by the migration that adds shop_member.display_name in its place: "
                "no release works on both sides of it. Drop it in a later one",
                at="DROP COLUMN first_name",
            ),
        ),
        Valid(
            title="Unlike things may come and go together",
            sql="ALTER TABLE shop_member ADD COLUMN born date;\nALTER TABLE shop_member DROP COLUMN fax;",
        ),
        Valid(sql="ALTER TABLE shop_member ADD COLUMN a int;\nALTER TABLE shop_member DROP COLUMN a;"),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.replaces:
            return  # what was squashed came in several releases
        for index, one in enumerate(migration.operations):
            if one.created_here or one.before.column_is_new:
                continue
            successor = next(_successors(one, migration.operations[:index]), None)
            if successor is not None:
                gone = f"{one.table}.{one.column}" if one.column else f"{one.table}"
                yield self.found(
                    one,
                    migration,
                    f"{_plain(gone)} is dropped by the migration that adds {_plain(successor)} in its place: no "
                    "release works on both sides of it. Drop it in a later one",
                )


def _successors(gone: Operation, before: tuple[Operation, ...]) -> Iterator[str]:
    """What was added in the place of something that is dropped."""
    for one in before:
        if gone.kind is Kind.DROP_COLUMN and one.kind is Kind.ADD_COLUMN and one.table == gone.table:
            for column in one.new_columns:
                moved = any(
                    each.kind in _MOVES_ROWS and each.table == gone.table and not each.created_here for each in before
                )
                if moved or _alike(column.name, gone.column or ""):
                    yield f"{one.table}.{column.name}"
        elif gone.kind is Kind.DROP_TABLE and one.kind in (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS):
            filled = any(
                each.kind is Kind.INSERT and each.table == one.table and gone.table in each.reads for each in before
            )
            if filled or gone.table in one.reads:
                yield f"{one.table}"


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _plain(name: str) -> str:
    """A name that stands for itself in a message."""
    return name.replace("{", "{{").replace("}", "}}")
