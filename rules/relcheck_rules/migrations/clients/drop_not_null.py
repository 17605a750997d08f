"""A column may hold NULL from now on."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation


class DropNotNull(Hazard):
    """
    ## What it does
    Finds `DROP NOT NULL`, `op.alter_column(…, nullable=True)` and `AlterField` to `null=True` of a column that was
    required, or may have been.

    ## Why is this bad
    Code that reads the column and never met NULL fails on the first one. As soon as there is one, the column cannot be
    made required again without a decision about its rows.

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN channel DROP NOT NULL;
    ```

    ## Use instead
    Release code that can read NULL first. As the first step of dropping the column it is right: say so beside it.
    """

    severity = Severity.WARNING
    on = operation("drop_not_null")
    message = (
        "{table}.{column} may hold NULL from now on: code that reads it and does not expect that fails on the "
        "first one. "
        "Release code that can read NULL first, and say so beside it: MIGRATION_APPROVED: reason"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return operation.before.nullable is not True and not operation.before.column_is_new

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel DROP NOT NULL;",
            alembic="op.alter_column('shop_order', 'channel', nullable=True)",
            django="migrations.AlterField('order', 'channel', models.TextField(null=True))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('channel', models.TextField())])",
            finds="shop_order.channel may hold NULL from now on: code that reads it and does not expect that "
            "fails on the first one. Release code that can read NULL first, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel DROP NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel text);",
            title="It could hold NULL before:",
        ),
    )
