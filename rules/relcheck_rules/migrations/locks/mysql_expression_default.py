"""A column with a computed default is added in MySQL."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, Step, operation


class MysqlExpressionDefault(MigrationRule):
    """
    ## What it does
    Finds `ADD COLUMN … DEFAULT (expression)` of MySQL 8.0.13 and later.

    ## Why is this bad
    An expression is computed for every row, so that the table is copied while writes wait; a literal is kept beside it.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN token char(36) DEFAULT (uuid());
    ```

    ## Use instead
    Add the column without a default, `ALTER COLUMN … SET DEFAULT (…)`, and fill the old rows in batches.
    """

    message = (
        "MySQL computes the default of {column} for every row of {table}, which it copies while writes wait. "
        "Add the column without, SET DEFAULT, and fill the old rows in batches"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} {type}"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}", after="none"),
        Step(note="fill the old rows in batches"),
    )

    @on(operation("add_column", dialect="mysql"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if any(
            column.default is not None and column.default.lstrip().startswith("(") for column in operation.new_columns
        ):
            yield self.found(operation, migration, self.message, safe=self.safe)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN token char(36) DEFAULT (uuid());",
            dialect="mysql",
            finds="MySQL computes the default of token for every row of shop_order, which it copies while writes "
            "wait. Add the column without, SET DEFAULT, and fill the old rows in batches",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20) DEFAULT 'web';", dialect="mysql"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN total int DEFAULT (1 + 1);", title="PostgreSQL computes it once:"),
    )
