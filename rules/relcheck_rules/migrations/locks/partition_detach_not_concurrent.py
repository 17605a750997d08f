"""A partition is detached while everybody waits."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, operation


class PartitionDetachNotConcurrent(Hazard):
    """
    ## What it does
    Finds `DETACH PARTITION` without `CONCURRENTLY` on PostgreSQL 14 and later, or where the version is not known.

    ## Why is this bad
    The partitioned table and all of its other partitions that a default one touches are locked with `ACCESS EXCLUSIVE`:
    every query on any of them waits, behind every query that runs.

    ## Example
    ```sql
    ALTER TABLE shop_event DETACH PARTITION shop_event_2020;
    ```

    ## Use instead
    `DETACH PARTITION … CONCURRENTLY`, outside a transaction (PostgreSQL manual, ALTER TABLE, `DETACH PARTITION`). It is
    not allowed where there is a default partition.
    """

    on = operation("detach_partition", dialect="postgres", concurrently=False, value=None)
    message = (
        "whoever uses {table} waits until {name} is detached, and that waits for all queries that run ({lock} lock). "
        "Detach it CONCURRENTLY, outside a transaction"
    )
    safe = (Step("ALTER TABLE {table} DETACH PARTITION {name} CONCURRENTLY", transaction=False),)

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del operation
        return not migration.server_version or migration.server_version >= (14,)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_event DETACH PARTITION shop_event_2020;",
            finds="whoever uses shop_event waits until shop_event_2020 is detached, and that waits for all "
            "queries that run (ACCESS EXCLUSIVE lock). Detach it CONCURRENTLY, outside a transaction",
        ),
        Valid(sql="ALTER TABLE shop_event DETACH PARTITION shop_event_2020 CONCURRENTLY;"),
        Valid(
            sql="ALTER TABLE shop_event DETACH PARTITION shop_event_2020;",
            server="13",
            title="There is no other way before PostgreSQL 14:",
        ),
    )
