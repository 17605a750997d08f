"""A view is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation
from relcheck_rules.migrations._replaced import is_made_again


class DropView(Hazard):
    """
    ## What it does
    Finds `DROP VIEW` and `DROP MATERIALIZED VIEW`. One that the same migration creates, before or afterwards, is left
    alone: whether its new columns do is `migrations/replace-view-columns`.

    ## Why is this bad
    Whoever reads the view fails at once. A materialized view loses its rows, which may take hours to compute again.

    ## Example
    ```sql
    DROP VIEW shop_sales;
    ```

    ## Use instead
    Create the new view under a new name, move its readers, and drop the old one in a later release.
    """

    severity = Severity.WARNING
    on = operation("drop_view")
    message = (
        "the {object} {table} is dropped: whoever still reads it fails at once. "
        "Drop it in a later release than its last reader, and say so beside it: MIGRATION_APPROVED: reason"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        return not is_made_again(operation, migration)

    examples = (
        Invalid(
            sql="DROP VIEW shop_sales;",
            finds="the view shop_sales is dropped: whoever still reads it fails at once. Drop it in a later "
            "release than its last reader, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP MATERIALIZED VIEW IF EXISTS shop_sales;",
            finds="the materialized view shop_sales is dropped: whoever still reads it fails at once. Drop it in "
            "a later release than its last reader, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="DROP VIEW shop_sales;\nCREATE VIEW shop_sales AS SELECT id, total FROM shop_order;",
            title="It is made anew in the same transaction:",
        ),
        Valid(sql="CREATE OR REPLACE VIEW shop_sales AS SELECT id FROM shop_order;"),
    )
