"""A column is added with a default that is computed for each row."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, Step, operation


class VolatileDefaultRewrite(MigrationRule):
    """
    ## What it does
    Finds `ADD COLUMN … DEFAULT` of PostgreSQL with a function that is volatile (`random()`, `gen_random_uuid()`,
    `clock_timestamp()`, `nextval()`), or of which it is not known whether it is. Before PostgreSQL 11 that goes for
    every default: `migrations/legacy-default-rewrite`.

    ## Why is this bad
    Every row gets a value of its own, so that the whole table is written anew under `ACCESS EXCLUSIVE`. A constant, and
    a function such as `now()`, is computed once and kept beside the table (PostgreSQL manual, ALTER TABLE, "Notes").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN token uuid DEFAULT gen_random_uuid();
    ```

    ## Use instead
    Add the column without a default, set the default (which then holds for new rows), and fill the old ones in batches.
    """

    message = (
        "readers and writers of {table} wait while every row is written anew, for the default of {column} is "
        "computed for "
        "each ({lock} lock). Add it without, SET DEFAULT, and fill the old rows in batches"
    )
    question = (
        "whether every row of {table} is written anew cannot be told: it is not known whether the default of "
        "{column} is "
        "computed for each. Add it without, SET DEFAULT, and fill the old rows in batches"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} {type}"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}", after="none"),
        Step(note="fill the old rows in batches"),
    )

    @on(operation("add_column", dialect="postgres"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if migration.server_version and migration.server_version < (11,):
            return
        for column in operation.new_columns:
            if column.default is None or column.serial or column.generated or column.volatile is False:
                continue
            known = column.volatile is True
            yield self.found(
                operation,
                migration,
                self.message if known else self.question,
                kind=None if known else "unknown",
                severity=None if known else Severity.WARNING,
                confidence=None if known else Confidence.LOW,
                safe=self.safe,
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN token uuid DEFAULT gen_random_uuid();",
            alembic="op.add_column('shop_order', sa.Column('token', sa.Uuid(), "
            "server_default=sa.text('gen_random_uuid()')))",
            finds="readers and writers of shop_order wait while every row is written anew, for the default of "
            "token is computed for each (ACCESS EXCLUSIVE lock). Add it without, SET DEFAULT, and fill the old "
            "rows in batches",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN token text DEFAULT shop_token();",
            title="A function of our own:",
            finds="whether every row of shop_order is written anew cannot be told: it is not known whether the "
            "default of token is computed for each. Add it without, SET DEFAULT, and fill the old rows in batches",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN added_at timestamptz NOT NULL DEFAULT now();",
            alembic="op.add_column('shop_order', sa.Column('added_at', sa.DateTime(timezone=True), nullable=False, "
            "server_default=sa.func.now()))",
            title="It is computed once:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel text NOT NULL DEFAULT 'web';"),
        Valid(sql="CREATE TABLE shop_line (id bigint, token uuid DEFAULT gen_random_uuid());"),
    )
