"""Rows of a table are changed in the transaction that alters it."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Valid
from relcheck.sdk.migration import LockMode, Migration, MigrationFindings, MigrationRule, Operation, effect_of
from relcheck_rules.migrations._transactions import by_transaction, changes_rows


class BackfillWithDdl(MigrationRule):
    """
    ## What it does
    Finds `UPDATE`, `DELETE` and `INSERT … SELECT` (and Python that changes rows) on a table that was there before, in
    a transaction that has altered this table. It is told once for each table and transaction.

    ## Why is this bad
    The lock of `ALTER TABLE` is held until the transaction ends: nobody reads or writes the table while its rows are
    changed, be it for an hour.

    ## Example
    ```sql
    ALTER TABLE members ADD COLUMN display_name text;
    UPDATE members SET display_name = first_name WHERE display_name IS NULL;
    ```

    ## Use instead
    Two migrations that are two transactions, the second one in batches or in the background.
    """

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operations in by_transaction(migration):
            altered: dict[str, Operation] = {}
            told: set[str] = set()
            for one in operations:
                table = one.table or ""
                alters = altered.get(table) if changes_rows(one) and table not in told else None
                if alters is not None:
                    told.add(table)
                    related = [Related(migration.path, alters.region, "the table is altered here")]
                    message = (
                        "rows of {table} are changed in the transaction that has altered it: nobody else can use the "
                        "table until all are done. Put the change of rows into a later migration"
                    )
                    yield self.found(one, migration, message, related=related)
                elif table and _alters(one, migration):
                    altered.setdefault(table, one)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_member ADD COLUMN display_name text;\n"
            "UPDATE shop_member SET display_name = first_name WHERE display_name IS NULL;",
            finds=Found(
                "rows of shop_member are changed in the transaction that has altered it: nobody else can use the "
                "table until all are done. Put the change of rows into a later migration",
                at="UPDATE shop_member SET display_name = first_name WHERE display_name IS NULL",
            ),
        ),
        Valid(sql="UPDATE shop_member SET display_name = first_name WHERE display_name IS NULL;"),
        Valid(
            sql="DELETE FROM shop_member WHERE id < 0;\nALTER TABLE shop_member ADD COLUMN display_name text;",
            title="The table is altered when all are done:",
        ),
        Valid(sql="CREATE TABLE shop_tag (id bigint);\nINSERT INTO shop_tag SELECT id FROM shop_member;"),
        Valid(sql="ALTER TABLE shop_member ADD COLUMN kind int;\nINSERT INTO shop_member (kind) VALUES (1);"),
        Valid(
            "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE shop_member ADD COLUMN display_name text;\n"
            "UPDATE shop_member SET display_name = first_name WHERE display_name IS NULL;\n",
            path="migrations/0002_name.sql",
        ),
    )


def _alters(operation: Operation, migration: Migration) -> bool:
    effect = effect_of(operation, migration.server_version)
    own = any(lock.mode >= LockMode.SHARE and not lock.role for lock in effect.locks)
    return own and not operation.created_here and not changes_rows(operation)
