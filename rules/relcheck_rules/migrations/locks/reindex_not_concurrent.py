"""Indexes are built anew while readers and writers wait."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, MigrationFindings, Operation, Step, operation


class ReindexNotConcurrent(Hazard):
    """
    ## What it does
    Finds `REINDEX` without `CONCURRENTLY`.

    ## Why is this bad
    The table is locked with `SHARE` and each index with `ACCESS EXCLUSIVE`. The planner looks at every index of a
    table, so that "REINDEX blocks virtually any queries" (PostgreSQL manual, REINDEX, "Notes").

    ## Example
    ```sql
    REINDEX TABLE shop_order;
    ```

    ## Use instead
    `REINDEX … CONCURRENTLY`, from PostgreSQL 12 on, outside a transaction. `REINDEX SYSTEM` has no such form: it
    belongs into a maintenance window, not into a migration. Before PostgreSQL 12 build a second index concurrently, and
    drop the first.
    """

    requires = (Kind.REINDEX,)
    on = operation("reindex", dialect="postgres", concurrently=False)
    message = (
        "whoever reads or writes waits while {what} is built anew (SHARE on the table, ACCESS EXCLUSIVE on its "
        "indexes). "
        "REINDEX … CONCURRENTLY, outside a transaction"
    )

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if not self.on.matches(operation, migration.server_version):
            return
        what = f"the {operation.object_type} {{name}}" if operation.object_type else "{name}"
        old = migration.server_version and migration.server_version < (12,)
        instead = "Build a second index CONCURRENTLY, and drop the first" if old else None
        if operation.object_type == "system":
            instead = "Take it out: it belongs into a maintenance window, for there is no concurrent form"
        message = self.message.replace("{what}", what)
        if instead is not None:
            message = message.replace("REINDEX … CONCURRENTLY, outside a transaction", instead)
        safe = () if instead else (Step("REINDEX {object} CONCURRENTLY {name}", transaction=False),)
        yield self.found(operation, migration, message, safe=safe)

    examples = (
        Invalid(
            sql="REINDEX TABLE shop_order;",
            finds="whoever reads or writes waits while the table shop_order is built anew (SHARE on the table, "
            "ACCESS EXCLUSIVE on its indexes). REINDEX … CONCURRENTLY, outside a transaction",
        ),
        Invalid(
            sql="REINDEX INDEX shop_order_number;",
            finds="whoever reads or writes waits while the index shop_order_number is built anew (SHARE on the "
            "table, ACCESS EXCLUSIVE on its indexes). REINDEX … CONCURRENTLY, outside a transaction",
        ),
        Invalid(
            sql="REINDEX TABLE shop_order;",
            server="11",
            finds="whoever reads or writes waits while the table shop_order is built anew (SHARE on the table, "
            "ACCESS EXCLUSIVE on its indexes). Build a second index CONCURRENTLY, and drop the first",
        ),
        Valid(sql="REINDEX TABLE CONCURRENTLY shop_order;"),
    )
