"""A table is written anew to be smaller or in order."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class VacuumFullOrCluster(Hazard):
    """
    ## What it does
    Finds `VACUUM FULL` and `CLUSTER` of PostgreSQL.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while it is written anew with all of its indexes, in twice the space
    (PostgreSQL manual, VACUUM, CLUSTER).

    ## Example
    ```sql
    VACUUM FULL shop_order;
    ```

    ## Use instead
    `pg_repack` (from PostgreSQL 19 on `REPACK (CONCURRENTLY)`), outside of migrations; or plain `VACUUM`, which makes
    the space usable again.
    """

    on = operation("vacuum_full", "cluster", dialect="postgres")
    message = (
        "readers and writers of {table} wait while it is written anew with its indexes ({lock} lock). "
        "Use plain VACUUM, or pg_repack outside of migrations"
    )
    examples = (
        Invalid(
            sql="VACUUM FULL shop_order;",
            finds="readers and writers of shop_order wait while it is written anew with its indexes (ACCESS "
            "EXCLUSIVE lock). Use plain VACUUM, or pg_repack outside of migrations",
        ),
        Invalid(
            sql="CLUSTER shop_order USING shop_order_pkey;",
            finds="readers and writers of shop_order wait while it is written anew with its indexes (ACCESS "
            "EXCLUSIVE lock). Use plain VACUUM, or pg_repack outside of migrations",
        ),
        Valid(sql="VACUUM shop_order;"),
        Valid(sql="ALTER TABLE shop_order CLUSTER ON shop_order_pkey;", title="It only notes which index it would be:"),
    )
