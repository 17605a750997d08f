"""What replaces something comes in another release than the end of what it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import UNKNOWN, Kind, Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._replaced import is_made_again

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
        Valid(
            title="Nor need a column that is filled have to do with one that goes",
            sql="ALTER TABLE shop_member ADD COLUMN born date;\n"
            "UPDATE shop_member SET email = lower(email) WHERE email <> lower(email);\n"
            "ALTER TABLE shop_member DROP COLUMN fax;",
        ),
        Valid(
            title="SQLite alters a table by making it anew",
            sql="CREATE TABLE shop_member_new (id bigint, name text);\n"
            "INSERT INTO shop_member_new (id, name) SELECT id, name FROM shop_member;\n"
            "DROP TABLE shop_member;\nALTER TABLE shop_member_new RENAME TO shop_member;",
            before="CREATE TABLE shop_member (id bigint, name text);",
            dialect="sqlite",
        ),
        Valid(sql="ALTER TABLE shop_member ADD COLUMN a int;\nALTER TABLE shop_member DROP COLUMN a;"),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.replaces:
            return  # what was squashed came in several releases
        for index, one in enumerate(migration.operations):
            if one.created_here or one.before.column_is_new or is_made_again(one, migration):
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
    for one in (each for each in before if _meets(each, gone)):
        if gone.kind is Kind.DROP_COLUMN and one.kind is Kind.ADD_COLUMN and one.table == gone.table:
            for column in one.new_columns:
                moved = any(_fills(each, gone.table, column.name) and _meets(each, gone) for each in before)
                if moved or _alike(column.name, gone.column or ""):
                    yield f"{one.table}.{column.name}"
        elif gone.kind is Kind.DROP_TABLE and one.kind in (Kind.CREATE_TABLE, Kind.CREATE_TABLE_AS):
            filled = any(
                each.kind is Kind.INSERT and each.table == one.table and gone.table in each.reads for each in before
            )
            if filled or gone.table in one.reads:
                yield f"{one.table}"


def _meets(one: Operation, other: Operation) -> bool:
    """Whether some database sees both: a migration may go one way for each."""
    return not (one.dialects and other.dialects) or bool(set(one.dialects) & set(other.dialects))


def _fills(one: Operation, table: str | None, column: str) -> bool:
    """Whether it writes the column in rows that were there before; all columns where it does not say which."""
    if one.kind not in _MOVES_ROWS or one.table != table or one.created_here:
        return False
    return not one.columns or column in one.columns or UNKNOWN in one.columns


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _plain(name: str) -> str:
    """A name that stands for itself in a message."""
    return name.replace("{", "{{").replace("}", "}}")
