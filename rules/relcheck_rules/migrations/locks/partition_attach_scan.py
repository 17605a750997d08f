"""A partition is attached, and read from end to end for it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, Step, operation


class PartitionAttachScan(Hazard):
    """
    ## What it does
    Finds `ATTACH PARTITION` of a table that is older than the migration and has no validated CHECK constraint.

    ## Why is this bad
    The new partition, and the default one if there is one, are locked with `ACCESS EXCLUSIVE` while every row is looked
    at. The scan is skipped where a CHECK constraint that is valid says what the bounds say (PostgreSQL manual, ALTER
    TABLE, `ATTACH PARTITION`). Before PostgreSQL 12 the partitioned table is locked as well.

    ## Example
    ```sql
    ALTER TABLE shop_event ATTACH PARTITION shop_event_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    ```

    ## Use instead
    Add the bounds as a CHECK with `NOT VALID`, validate it in another migration, attach, and drop the CHECK. The
    default partition wants one that keeps these rows out.
    """

    on = operation("attach_partition", dialect="postgres")
    message = (
        "{name} is read from end to end while it is attached to {table}, and whoever uses it waits (ACCESS "
        "EXCLUSIVE lock). "
        "Add its bounds as CHECK … NOT VALID and validate them in an earlier migration"
    )
    safe = (
        Step(
            "ALTER TABLE {name} ADD CONSTRAINT bounds CHECK (true) NOT VALID",
            note="with the bounds of the partition in place of true",
        ),
        Step("ALTER TABLE {name} VALIDATE CONSTRAINT bounds"),
        Step(note="ATTACH PARTITION as it stands here"),
        Step("ALTER TABLE {name} DROP CONSTRAINT bounds"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if any(one.type == "check" and not one.not_valid for one in operation.before.constraints):
            return False
        return not any(one.kind is Kind.CREATE_TABLE and one.table == operation.name for one in migration.operations)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_event ATTACH PARTITION shop_event_2021 "
            "FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');",
            finds="shop_event_2021 is read from end to end while it is attached to shop_event, and whoever uses "
            "it waits (ACCESS EXCLUSIVE lock). Add its bounds as CHECK … NOT VALID and validate them in an "
            "earlier migration",
        ),
        Valid(
            sql="CREATE TABLE shop_event_2021 (LIKE shop_event);\n"
            "ALTER TABLE shop_event ATTACH PARTITION shop_event_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');",
            title="It is empty:",
        ),
        Valid(
            sql="ALTER TABLE shop_event ATTACH PARTITION shop_event_2021 "
            "FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');",
            before="CREATE TABLE shop_event_2021 (id bigint, at date, "
            "CONSTRAINT bounds CHECK (at >= '2021-01-01' AND at < '2022-01-01'));",
            title="A valid CHECK says it already:",
        ),
    )
