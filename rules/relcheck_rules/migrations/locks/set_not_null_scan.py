"""A column becomes NOT NULL, and everybody waits while it is looked through."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Step, blocks, operation


class SetNotNullScan(Hazard):
    """
    ## What it does
    Finds `SET NOT NULL`, `op.alter_column(…, nullable=False)` and `AlterField` to `null=False` where no validated CHECK
    of the column says that it holds no NULL. Before PostgreSQL 12 such a CHECK does not help.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while every row is looked at. "If a valid CHECK constraint is found
    which proves no NULL can exist, then the table scan is skipped" (PostgreSQL manual, ALTER TABLE, `SET NOT NULL`).

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;
    ```

    ## Use instead
    Four steps: a CHECK with `NOT VALID`, `VALIDATE CONSTRAINT` in a later migration, `SET NOT NULL`, and the CHECK
    dropped. From PostgreSQL 18 on: `ADD CONSTRAINT … NOT NULL … NOT VALID`, then `VALIDATE CONSTRAINT`.
    """

    on = operation("set_not_null", dialect="postgres", effect=blocks("reads", during="scan"))
    message = (
        "readers and writers of {table} wait while every row is searched for NULL in {column} ({lock} lock). "
        "Add CHECK ({column} IS NOT NULL) NOT VALID, validate it in a later migration, then SET NOT NULL"
    )
    safe = (
        Step("ALTER TABLE {table} ADD CONSTRAINT {table_name}_{column}_given CHECK ({column} IS NOT NULL) NOT VALID"),
        Step("ALTER TABLE {table} VALIDATE CONSTRAINT {table_name}_{column}_given"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
        Step("ALTER TABLE {table} DROP CONSTRAINT {table_name}_{column}_given", after="none"),
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            alembic="op.alter_column('shop_order', 'channel', nullable=False)",
            django="migrations.AlterField('order', 'channel', models.TextField())",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('channel', models.TextField(null=True))])",
            finds="readers and writers of shop_order wait while every row is searched for NULL in channel "
            "(ACCESS EXCLUSIVE lock). Add CHECK (channel IS NOT NULL) NOT VALID, validate it in a later "
            "migration, then SET NOT NULL",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel text, CONSTRAINT given CHECK (channel IS NOT NULL));",
            server="11",
            title="PostgreSQL 11 does not look for the CHECK:",
            finds="readers and writers of shop_order wait while every row is searched for NULL in channel "
            "(ACCESS EXCLUSIVE lock). Add CHECK (channel IS NOT NULL) NOT VALID, validate it in a later "
            "migration, then SET NOT NULL",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel text);\n"
            "ALTER TABLE shop_order ADD CONSTRAINT given CHECK (channel IS NOT NULL) NOT VALID;\n"
            "ALTER TABLE shop_order VALIDATE CONSTRAINT given;",
            title="A validated CHECK proves it:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN id SET NOT NULL;",
            before="CREATE TABLE shop_order (id bigint PRIMARY KEY);",
            title="It is so already:",
        ),
        Valid(sql="ALTER TABLE shop_order MODIFY channel varchar(20) NOT NULL;", dialect="mysql"),
    )
