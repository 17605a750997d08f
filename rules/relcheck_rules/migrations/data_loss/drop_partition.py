"""A partition is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class DropPartition(Hazard):
    """
    ## What it does
    Finds `ALTER TABLE … DROP PARTITION` (MySQL). A partition of PostgreSQL is a table, and dropping it is
    `migrations/drop-table`.

    ## Why is this bad
    The rows of the partition are gone; only a backup brings them back.

    ## Example
    ```sql
    ALTER TABLE shop_event DROP PARTITION p2020;
    ```

    ## Use instead
    Exchange or detach the partition first, archive what it holds, and drop it in a later release with an approval.
    """

    on = operation("drop_partition")
    message = (
        "the partition {name} of {table} is dropped with its rows, and only a backup brings them back. "
        "Take it out of the table and archive it first, and say so beside it: MIGRATION_APPROVED: reason"
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_event DROP PARTITION p2020;",
            dialect="mysql",
            finds="the partition p2020 of shop_event is dropped with its rows, and only a backup brings them "
            "back. Take it out of the table and archive it first, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="ALTER TABLE shop_event DETACH PARTITION shop_event_2020 CONCURRENTLY;"),
    )
