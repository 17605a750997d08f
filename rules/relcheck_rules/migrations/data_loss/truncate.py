"""A table is emptied."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class Truncate(Hazard):
    """
    ## What it does
    Finds `TRUNCATE` of a table that the same migration did not create. With `CASCADE` it is `migrations/truncate-
    cascade`.

    ## Why is this bad
    All rows are gone; only a backup brings them back. The table is locked with `ACCESS EXCLUSIVE` until the transaction
    ends (PostgreSQL manual, TRUNCATE, "Description"), and in PostgreSQL `ON DELETE` triggers do not fire.

    ## Example
    ```sql
    TRUNCATE shop_order;
    ```

    ## Use instead
    Delete the rows that are meant in batches, with a `WHERE` that says which, outside of the deployment, and with an
    approval.
    """

    on = operation("truncate", cascade=False)
    message = (
        "all rows of {table} are thrown away, and only a backup brings them back. "
        "Delete the rows that are meant in batches with a WHERE, or say why it may be: MIGRATION_APPROVED: reason"
    )
    examples = (
        Invalid(
            sql="TRUNCATE shop_order;",
            finds="all rows of shop_order are thrown away, and only a backup brings them back. Delete the rows "
            "that are meant in batches with a WHERE, or say why it may be: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="TRUNCATE TABLE shop_order, shop_line;",
            finds=(
                Found(
                    "all rows of shop_order are thrown away, and only a backup brings them back. Delete the rows "
                    "that are meant in batches with a WHERE, or say why it may be: MIGRATION_APPROVED: reason"
                ),
                Found(
                    "all rows of shop_line are thrown away, and only a backup brings them back. Delete the rows "
                    "that are meant in batches with a WHERE, or say why it may be: MIGRATION_APPROVED: reason"
                ),
            ),
        ),
        Invalid(
            sql="TRUNCATE TABLE shop_order;",
            dialect="mysql",
            finds="all rows of shop_order are thrown away, and only a backup brings them back. Delete the rows "
            "that are meant in batches with a WHERE, or say why it may be: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="CREATE TABLE shop_import (id bigint);\nTRUNCATE shop_import;",
            title="It was never filled by anybody else:",
        ),
        Valid(sql="TRUNCATE shop_order CASCADE;", title="This is migrations/truncate-cascade:"),
    )
