"""A table is moved to another schema."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, operation


class MoveTableSchema(Hazard):
    """
    ## What it does
    Finds `ALTER TABLE … SET SCHEMA` and Django's `AlterModelTable` to another schema.

    ## Why is this bad
    It is a renaming: code that names the old schema, or has it and not the new one in its `search_path`, fails at once.

    ## Example
    ```sql
    ALTER TABLE shop_order SET SCHEMA sales;
    ```

    ## Use instead
    Leave a view with the old name behind in the same transaction, and drop it in a later release.
    """

    on = operation("move_table_schema")
    message = (
        "{table} is moved to {new_name}: code that still asks for {table} fails at once. "
        "Leave a view with the old name behind in the same transaction, and drop it in a later release"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        return not any(one.kind is Kind.CREATE_VIEW and one.table == operation.table for one in migration.operations)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order SET SCHEMA sales;",
            finds="shop_order is moved to sales.shop_order: code that still asks for shop_order fails at once. "
            "Leave a view with the old name behind in the same transaction, and drop it in a later release",
        ),
        Valid(
            sql="ALTER TABLE shop_order SET SCHEMA sales;\nCREATE VIEW shop_order AS SELECT * FROM sales.shop_order;"
        ),
        Valid(sql="CREATE TABLE shop_new (id bigint);\nALTER TABLE shop_new SET SCHEMA sales;"),
    )
