"""A materialized view is computed anew while its readers wait."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Step, operation


class RefreshMatview(Hazard):
    """
    ## What it does
    Finds `REFRESH MATERIALIZED VIEW` without `CONCURRENTLY`. One that the same migration creates is left alone.

    ## Why is this bad
    The view is locked with `ACCESS EXCLUSIVE` for as long as its query runs.

    ## Example
    ```sql
    REFRESH MATERIALIZED VIEW shop_sales;
    ```

    ## Use instead
    `CONCURRENTLY`, which needs a unique index over the view, without a `WHERE` (PostgreSQL manual, REFRESH MATERIALIZED
    VIEW); and a scheduled task in place of a migration.
    """

    severity = Severity.WARNING
    on = operation("refresh_materialized_view", dialect="postgres", concurrently=False)
    message = (
        "whoever reads {table} waits while it is computed anew ({lock} lock). "
        "Refresh it CONCURRENTLY, for which it needs a unique index"
    )
    safe = (Step("REFRESH MATERIALIZED VIEW CONCURRENTLY {table}", note="it needs a unique index"),)
    examples = (
        Invalid(
            sql="REFRESH MATERIALIZED VIEW shop_sales;",
            finds="whoever reads shop_sales waits while it is computed anew (ACCESS EXCLUSIVE lock). Refresh it "
            "CONCURRENTLY, for which it needs a unique index",
        ),
        Valid(sql="REFRESH MATERIALIZED VIEW CONCURRENTLY shop_sales;"),
        Valid(
            sql="CREATE MATERIALIZED VIEW shop_sales AS SELECT 1 AS id WITH NO DATA;\n"
            "REFRESH MATERIALIZED VIEW shop_sales;",
        ),
    )
