"""A required column without a default is added."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Column, Migration, MigrationFindings, MigrationRule, Operation, Step, operation


def _is_required(column: Column) -> bool:
    filled = column.default is not None or column.serial or column.identity or column.generated
    return not filled and (not column.nullable or any(one.type == "primary_key" for one in column.constraints))


class AddRequiredColumn(MigrationRule):
    """
    ## What it does
    Finds `ADD COLUMN … NOT NULL` without a default of the server, `op.add_column(…, nullable=False)` without
    `server_default` (`default=` is Python's and does not count), and columns that are made so by the same migration
    before they have values.

    ## Why is this bad
    Where the table has rows the migration fails. Where it has none, the release that still runs fails: its `INSERT`s do
    not name the column.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN channel text NOT NULL;
    ```

    ## Use instead
    Add it with a constant default (`DEFAULT 'web' NOT NULL`, kept by the server), or nullable: release code that writes
    it, fill it in batches, then make it `NOT NULL`.
    """

    message = (
        "{table}.{column} is required and has no default: where {table} has rows this fails, "
        "and INSERTs of the running release fail everywhere. Give it a constant DEFAULT, or add it nullable and "
        "fill it first"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} {type}"),
        Step(note="release code that writes {column}, then fill it in batches", after="release"),
        Step("ALTER TABLE {table} ADD CONSTRAINT {table_name}_{column}_given CHECK ({column} IS NOT NULL) NOT VALID"),
        Step("ALTER TABLE {table} VALIDATE CONSTRAINT {table_name}_{column}_given"),
        Step("ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL"),
        Step("ALTER TABLE {table} DROP CONSTRAINT {table_name}_{column}_given", after="none"),
    )

    @on(operation("add_column"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.object_type in ("view", "type"):
            return
        if any(_is_required(column) for column in operation.new_columns):
            yield self.found(operation, migration, self.message, safe=self.safe)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text NOT NULL;",
            alembic="op.add_column('shop_order', sa.Column('channel', sa.Text(), nullable=False))",
            finds="shop_order.channel is required and has no default: where shop_order has rows this fails, and "
            "INSERTs of the running release fail everywhere. Give it a constant DEFAULT, or add it nullable and "
            "fill it first",
        ),
        Invalid(
            alembic="op.add_column('shop_order', sa.Column('channel', sa.Text(), nullable=False, default='web'))",
            title="`default` is Python's; the server knows nothing of it:",
            finds="shop_order.channel is required and has no default: where shop_order has rows this fails, and "
            "INSERTs of the running release fail everywhere. Give it a constant DEFAULT, or add it nullable and "
            "fill it first",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20) NOT NULL;",
            dialect="mysql",
            finds="shop_order.channel is required and has no default: where shop_order has rows this fails, and "
            "INSERTs of the running release fail everywhere. Give it a constant DEFAULT, or add it nullable and "
            "fill it first",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN code text PRIMARY KEY;",
            finds="shop_order.code is required and has no default: where shop_order has rows this fails, and INSERTs "
            "of the running release fail everywhere. Give it a constant DEFAULT, or add it nullable and fill it first",
            title="A primary key is required, too:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN code bigserial PRIMARY KEY;"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text NOT NULL DEFAULT 'web';",
            alembic="op.add_column('shop_order', sa.Column('channel', sa.Text(), nullable=False, "
            "server_default='web'))",
            django="migrations.AddField('order', 'channel', models.TextField(db_default='web'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            title="The server has a value for every row:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text;",
            alembic="op.add_column('shop_order', sa.Column('channel', sa.Text()))",
            django="migrations.AddField('order', 'channel', models.TextField(null=True))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
        ),
        Valid(sql="CREATE TABLE shop_line (id bigint NOT NULL, amount int NOT NULL);"),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_line ADD COLUMN amount int NOT NULL;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN doubled int GENERATED ALWAYS AS (total * 2) STORED NOT NULL;"),
    )
