"""MySQL ignores a foreign key that is written into a column."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class MysqlInlineReferences(MigrationRule):
    """
    ## What it does
    Finds `REFERENCES` written into a column of `ADD COLUMN` or `CREATE TABLE`, in MySQL before 9.0 or of an unknown
    version.

    ## Why is this bad
    MySQL parses it and does nothing: there is no foreign key, and nothing says so (MySQL manual, "FOREIGN KEY
    Constraint Differences"). MySQL 9.0 and MariaDB 10.5 heed it.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN channel_id int REFERENCES shop_channel (id);
    ```

    ## Use instead
    `ADD CONSTRAINT … FOREIGN KEY (channel_id) REFERENCES shop_channel (id)`.
    """

    severity = Severity.WARNING
    message = (
        "MySQL ignores REFERENCES that stands in a column: {table}.{column} gets no foreign key, and nothing says so. "
        "Write ADD CONSTRAINT … FOREIGN KEY ({column}) REFERENCES …"
    )

    @on(operation("add_column", "create_table", dialect="mysql", created_here=None))
    def ignored(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if migration.framework in ("alembic", "django") and not operation.sql:
            return  # their own operations write the constraint out
        if migration.server_version >= (9,):
            return
        for column in operation.new_columns:
            if any(one.type == "foreign_key" for one in column.constraints):
                yield self.found(operation, migration, self.message, words={"column": column.name})

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel_id int REFERENCES shop_channel (id);",
            dialect="mysql",
            finds="MySQL ignores REFERENCES that stands in a column: shop_order.channel_id gets no foreign key, "
            "and nothing says so. Write ADD CONSTRAINT … FOREIGN KEY (channel_id) REFERENCES …",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT of_channel FOREIGN KEY (channel_id) REFERENCES "
            "shop_channel (id);",
            dialect="mysql",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel_id int REFERENCES shop_channel (id);",
            title="PostgreSQL heeds it:",
        ),
    )
