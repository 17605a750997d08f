"""All rows of a table are deleted."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class DeleteWithoutWhere(Hazard):
    """
    ## What it does
    Finds `DELETE` without a `WHERE`, of a table that the same migration did not create.

    ## Why is this bad
    All rows are gone; only a backup brings them back. Each row stays locked until the transaction ends, and the dead
    rows bloat the table.

    ## Example
    ```sql
    DELETE FROM shop_session;
    ```

    ## Use instead
    Say which rows: a `WHERE`, in batches of some thousand by the key, outside of the deployment, with an approval.
    """

    on = operation("delete", has_where=False, object_type="")
    message = (
        "all rows of {table} are deleted, and only a backup brings them back. "
        "Say which rows by a WHERE, in batches, or why it may be: MIGRATION_APPROVED: reason"
    )
    examples = (
        Invalid(
            sql="DELETE FROM shop_session;",
            finds="all rows of shop_session are deleted, and only a backup brings them back. Say which rows by a "
            "WHERE, in batches, or why it may be: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DELETE FROM shop_session;",
            dialect="mysql",
            finds="all rows of shop_session are deleted, and only a backup brings them back. Say which rows by a "
            "WHERE, in batches, or why it may be: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="DELETE FROM shop_session WHERE ended_at < now() - interval '90 days';"),
        Valid(sql="CREATE TABLE shop_import (id bigint);\nDELETE FROM shop_import;"),
    )
