"""A table is dropped to be created anew."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation
from relcheck_rules.migrations._replaced import is_created_afterwards


class CreateTableForce(MigrationRule):
    """
    ## What it does
    Finds `DROP TABLE` (with `IF EXISTS` too) of a table that the same migration creates again, other than as a copy of
    its rows.

    ## Why is this bad
    It is written to make a fresh start, and where the table is in use it throws the rows away. The statement reads like
    a precaution.

    ## Example
    ```sql
    DROP TABLE IF EXISTS shop_order;
    CREATE TABLE shop_order (id bigint PRIMARY KEY);
    ```

    ## Use instead
    Drop the old table in a migration of its own, with an approval, or alter it. In a first migration leave the `DROP`
    out.
    """

    message = (
        "{table} is dropped and created anew: where it is in use all its rows are lost. "
        "Take the DROP out, or put it into a migration of its own with MIGRATION_APPROVED: reason"
    )

    @on(operation("drop_table"))
    def dropped(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if is_created_afterwards(operation, migration):
            yield self.found(operation, migration, self.message)

    examples = (
        Invalid(
            sql="DROP TABLE IF EXISTS shop_order;\nCREATE TABLE shop_order (id bigint PRIMARY KEY);",
            finds=Found(
                "shop_order is dropped and created anew: where it is in use all its rows are lost. Take the DROP "
                "out, or put it into a migration of its own with MIGRATION_APPROVED: reason",
                at="DROP TABLE IF EXISTS shop_order",
            ),
        ),
        Valid(sql="CREATE TABLE IF NOT EXISTS shop_order (id bigint PRIMARY KEY);"),
        Valid(sql="DROP TABLE shop_order;", title="This is migrations/drop-table:"),
    )
