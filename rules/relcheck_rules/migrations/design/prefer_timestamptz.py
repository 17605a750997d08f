"""A moment is stored without its offset."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown


class PreferTimestamptz(MigrationRule):
    """
    ## What it does
    Finds new columns of type `timestamp` (without time zone).

    ## Why is this bad
    What is stored is a date and a time of no place. Which moment it is depends on the zone of whoever wrote it, and
    in the hour when clocks are set back it is two moments.

    ## Example
    ```sql
    CREATE TABLE orders (made_at timestamp);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (made_at timestamptz);
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "holds times of no zone: nobody can tell which moment is meant. Use timestamptz"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.type.name == "timestamp" and operation.dialect == "postgres":
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN made_at timestamp;",
            finds="shop_order.made_at holds times of no zone: nobody can tell which moment is meant. Use timestamptz",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN made_at timestamptz;"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN made_at timestamp;",
            dialect="mysql",
            title="There it is a moment:",
        ),
    )
