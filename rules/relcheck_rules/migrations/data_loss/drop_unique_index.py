"""A unique index is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, loses, operation


class DropUniqueIndex(Hazard):
    """
    ## What it does
    Finds `DROP INDEX` of an index that the chain of migrations says to be unique. One that the same migration builds
    again, or with which it makes a constraint, is left alone.

    ## Why is this bad
    Duplicates may come from now on, and then the index cannot be built again before they are mended. `INSERT … ON
    CONFLICT` over its columns fails.

    ## Example
    ```sql
    DROP INDEX CONCURRENTLY shop_order_number;
    ```

    ## Use instead
    Build the index that replaces it first. Say why it may go: `MIGRATION_APPROVED: reason`.
    """

    severity = Severity.WARNING
    on = operation("drop_index", effect=loses("guarantee"))
    message = (
        "the unique index {name} of {table} is dropped: duplicates can come from now on, and then it cannot be "
        "had again. "
        "Say why it may go beside it: MIGRATION_APPROVED: reason"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if any(one.kind is Kind.DROP_TABLE and one.table == operation.table for one in migration.operations):
            return False
        return not any(
            one.kind is Kind.CREATE_INDEX and one.unique and one.table == operation.table
            for one in migration.operations
        )

    examples = (
        Invalid(
            sql="DROP INDEX shop_order_number;",
            alembic="op.drop_index('shop_order_number', 'shop_order')",
            before="CREATE TABLE shop_order (id bigint, number text);\n"
            "CREATE UNIQUE INDEX shop_order_number ON shop_order (number);",
            finds="the unique index shop_order_number of shop_order is dropped: duplicates can come from now on, "
            "and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="DROP INDEX shop_order_number;",
            before="CREATE TABLE shop_order (id bigint, number text);\n"
            "CREATE INDEX shop_order_number ON shop_order (number);",
            title="It was not unique:",
        ),
        Valid(
            sql="CREATE UNIQUE INDEX shop_order_number_2 ON shop_order (number, shop);\nDROP INDEX shop_order_number;",
            before="CREATE TABLE shop_order (id bigint, number text, shop text);\n"
            "CREATE UNIQUE INDEX shop_order_number ON shop_order (number);",
            title="Another one takes its place:",
        ),
    )
