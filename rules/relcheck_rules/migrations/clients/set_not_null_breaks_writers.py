"""A column becomes required while running code may write NULL."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, operation


class SetNotNullBreaksWriters(Hazard):
    """
    ## What it does
    Finds `SET NOT NULL`, `op.alter_column(…, nullable=False)` and `AlterField` to `null=False` of a column that existed
    before, unless a validated CHECK already keeps NULL out, or the column is new and has a default.

    ## Why is this bad
    The release that still runs may write NULL, or leave the column out, and its `INSERT`s fail.

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;
    ```

    ## Use instead
    Release code that always writes the column first. A CHECK that is `NOT VALID`, and then validated, tells who still
    writes NULL before it is too late.
    """

    on = operation("set_not_null")
    message = (
        "{table}.{column} becomes required: code that still writes NULL, or leaves it out, fails at once. "
        "Release code that always writes it first, and say so beside it: MIGRATION_APPROVED: reason"
    )
    safe = (
        Step(note="release code that always writes {column}"),
        Step(
            "ALTER TABLE {table} ADD CONSTRAINT {table_name}_{column}_given CHECK ({column} IS NOT NULL) NOT VALID",
            after="release",
        ),
        Step("ALTER TABLE {table} VALIDATE CONSTRAINT {table_name}_{column}_given"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
        Step("ALTER TABLE {table} DROP CONSTRAINT {table_name}_{column}_given", after="none"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        before = operation.before
        if before.nullable is False or before.proven_not_null:
            return False
        return not (before.column_is_new and before.has_default)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            alembic="op.alter_column('shop_order', 'channel', nullable=False)",
            django="migrations.AlterField('order', 'channel', models.TextField())",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('channel', models.TextField(null=True))])",
            finds="shop_order.channel becomes required: code that still writes NULL, or leaves it out, fails at "
            "once. Release code that always writes it first, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text;\n"
            "UPDATE shop_order SET channel = 'web' WHERE channel IS NULL;\n"
            "ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            title="Running code does not know the column at all:",
            finds=Found(
                "shop_order.channel becomes required: code that still writes NULL, or leaves it out, fails at "
                "once. Release code that always writes it first, and say so beside it: MIGRATION_APPROVED: reason",
                at="ALTER COLUMN channel SET NOT NULL",
            ),
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel text, CONSTRAINT given CHECK (channel IS NOT NULL));",
            title="A validated CHECK says it already:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';\n"
            "ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
        ),
        Valid(sql="CREATE TABLE shop_order (id bigint);\nALTER TABLE shop_order ALTER COLUMN id SET NOT NULL;"),
    )
