"""A column with a default is added on a server that writes every row for it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, operation


class LegacyDefaultRewrite(Hazard):
    """
    ## What it does
    Finds `ADD COLUMN … DEFAULT` where the configured server is PostgreSQL 10 or older, or MySQL older than 8.0.12.

    ## Why is this bad
    Such servers keep no default beside the table: every row is written anew, while readers and writers wait.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';
    ```

    ## Use instead
    Add the column without a default, set the default, and fill the old rows in batches. Or a newer server.
    """

    on = (
        operation("add_column", dialect="postgres", before_version=(11,)),
        operation("add_column", dialect="mysql", before_version=(8, 0, 12)),
    )
    message = (
        "this server writes every row of {table} anew for the default of {column}, while readers and writers wait. "
        "Add the column without, SET DEFAULT, and fill the old rows in batches"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} {type}"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}", after="none"),
        Step(note="fill the old rows in batches"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return any(column.default is not None and not column.serial for column in operation.new_columns)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';",
            server="10",
            finds="this server writes every row of shop_order anew for the default of channel, while readers and "
            "writers wait. Add the column without, SET DEFAULT, and fill the old rows in batches",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20) DEFAULT 'web';",
            dialect="mysql",
            server="5.7",
            finds="this server writes every row of shop_order anew for the default of channel, while readers and "
            "writers wait. Add the column without, SET DEFAULT, and fill the old rows in batches",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';", server="11"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';",
            title="No supported version does that, so it is asked of configured ones only:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel text;", server="10"),
    )
