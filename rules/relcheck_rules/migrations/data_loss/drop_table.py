"""A table is dropped."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, loses, operation
from relcheck_rules.migrations._replaced import is_made_again


class DropTable(Hazard):
    """
    ## What it does
    Finds `DROP TABLE`, `op.drop_table` and `DeleteModel`. A table that the same migration creates is left alone, and so
    is one that is rebuilt there: a copy is made, the old table is dropped, and the copy takes its name.

    ## Why is this bad
    The rows are gone; only a backup brings them back. Code of the release that still runs fails with its next query.
    The tables that foreign keys of the dropped one point at are locked as well (`ACCESS EXCLUSIVE`, for a moment).

    ## Example
    ```sql
    DROP TABLE shop_order;
    ```

    ## Use instead
    Stop using the table, release that everywhere, rename it (`shop_order_old`) for a while, and drop it in a later
    release, with `MIGRATION_APPROVED: reason` beside the statement.
    """

    on = operation("drop_table", effect=loses("rows"))
    message = (
        "{table} is dropped with all its rows: code that still uses it fails at once, and only a backup brings "
        "them back. "
        "Drop it when no running release needs it, and say so beside it: MIGRATION_APPROVED: reason"
    )
    safe = (
        Step(note="release code that no longer uses {table}"),
        Step("ALTER TABLE {table} RENAME TO {table_name}_old", after="release"),
        Step("DROP TABLE {table_name}_old", after="release", note="with MIGRATION_APPROVED, and a backup at hand"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        return not is_made_again(operation, migration)

    examples = (
        Invalid(
            sql="DROP TABLE shop_order;",
            alembic="op.drop_table('shop_order')",
            django="migrations.DeleteModel('Order')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            title="The table of orders and all that is in it:",
            finds="shop_order is dropped with all its rows: code that still uses it fails at once, and only a "
            "backup brings them back. Drop it when no running release needs it, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP TABLE IF EXISTS shop_order;",
            finds="shop_order is dropped with all its rows: code that still uses it fails at once, and only a "
            "backup brings them back. Drop it when no running release needs it, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP TABLE shop_order, shop_invoice;",
            finds=(
                Found(
                    "shop_order is dropped with all its rows: code that still uses it fails at once, and only a "
                    "backup brings them back. Drop it when no running release needs it, and say so beside it: "
                    "MIGRATION_APPROVED: reason"
                ),
                Found(
                    "shop_invoice is dropped with all its rows: code that still uses it fails at once, and only "
                    "a backup brings them back. Drop it when no running release needs it, and say so beside it: "
                    "MIGRATION_APPROVED: reason"
                ),
            ),
        ),
        Valid(
            sql="CREATE TABLE shop_import (id bigint);\nDROP TABLE shop_import;",
            title="A table that only this migration knows:",
        ),
        Valid(
            sql="CREATE TABLE shop_copy AS SELECT id FROM shop_order;\nDROP TABLE shop_order;\n"
            "ALTER TABLE shop_copy RENAME TO shop_order;",
            title="A table that is rebuilt:",
        ),
        Valid(
            alembic="with op.batch_alter_table('shop_order') as batch:\n"
            "    batch.add_column(sa.Column('note', sa.Text()))",
        ),
        Valid(
            django="migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel('Order')])",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            title="Only Django forgets it; the database is not touched:",
        ),
    )
