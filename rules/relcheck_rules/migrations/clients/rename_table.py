"""A table is renamed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, Step, operation


def _last(name: str | None) -> str:
    return (name or "").rpartition(".")[2]


class RenameTable(Hazard):
    """
    ## What it does
    Finds `RENAME TO`, `op.rename_table` and `RenameModel` of a table in use. A table that the same migration creates is
    left alone, and so is one of which a view with the old name stays behind.

    ## Why is this bad
    Code of the release that still runs asks for the old name and fails, and so does the new code until the migration is
    through: there is no moment at which both work.

    ## Example
    ```sql
    ALTER TABLE shop_order RENAME TO shop_purchase;
    ```

    ## Use instead
    Keep the name of the table and rename the model only (`db_table`, `__tablename__`). Where the name must go, leave a
    view with the old name in the same transaction, and drop it in a later release.
    """

    on = operation("rename_table")
    message = (
        "{table} is renamed to {new_name}: code that still asks for {table} fails at once. "
        "Keep the table's name and rename the model only, or leave a view with the old name behind in the same "
        "transaction"
    )
    safe = (
        Step("ALTER TABLE {table} RENAME TO {new_name}"),
        Step("CREATE VIEW {table} AS SELECT * FROM {new_table}", after="none", note="simple enough to be written to"),
        Step("DROP VIEW {table}", after="release", note="when nobody asks for the old name"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if any(one.kind is Kind.DROP_TABLE and _last(one.table) == operation.new_name for one in migration.operations):
            return False  # it takes the place of a table: migrations/drop-table has seen that one
        return not any(
            one.kind in (Kind.CREATE_VIEW, Kind.CREATE_TABLE) and _last(one.table) == _last(operation.table)
            for one in migration.operations
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order RENAME TO shop_purchase;",
            alembic="op.rename_table('shop_order', 'shop_purchase')",
            django="migrations.RenameModel('Order', 'Purchase')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            finds="shop_order is renamed to shop_purchase: code that still asks for shop_order fails at once. "
            "Keep the table's name and rename the model only, or leave a view with the old name behind in the "
            "same transaction",
        ),
        Invalid(
            sql="RENAME TABLE shop_order TO shop_purchase;",
            dialect="mysql",
            finds="shop_order is renamed to shop_purchase: code that still asks for shop_order fails at once. "
            "Keep the table's name and rename the model only, or leave a view with the old name behind in the "
            "same transaction",
        ),
        Valid(
            sql="ALTER TABLE shop_order RENAME TO shop_purchase;\n"
            "CREATE VIEW shop_order AS SELECT * FROM shop_purchase;",
            title="The old name still works:",
        ),
        Valid(sql="CREATE TABLE shop_new (id bigint);\nALTER TABLE shop_new RENAME TO shop_purchase;"),
        Valid(
            django="migrations.AlterModelTable('order', 'shop_order')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            title="The table keeps its name:",
        ),
    )
