"""A required column loses its default as soon as it is added."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.mending import Fix, Written, kept_default
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class NotNullDefaultDropped(MigrationRule):
    """
    ## What it does
    Finds `ADD COLUMN … DEFAULT … NOT NULL` and `DROP DEFAULT` of the same column in one migration. That is what Django
    does for `AddField(default=…)` of a field that may not be NULL; with `db_default` (Django 5.0) it keeps the default.

    ## Why is this bad
    The default fills the rows that exist and is gone before the new release runs: `INSERT`s of the release that still
    runs do not name the column and fail until it is replaced.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web' NOT NULL;
    ALTER TABLE shop_order ALTER COLUMN channel DROP DEFAULT;
    ```

    ## Use instead
    Keep the default: `db_default=` in Django 5.0 and later, `server_default` in Alembic. Drop it in a later release,
    when all code writes the column.
    """

    requires = (Kind.DROP_DEFAULT,)
    fixable = True
    message = (
        "{table}.{column} is required and its default is dropped at once: INSERTs of the running release, "
        "which does not know the column, fail. Keep the default in the server (db_default in Django, "
        "server_default in Alembic), and drop it in a later release"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        required = {
            (one.table, column.name): one
            for one in migration.operations
            if one.kind is Kind.ADD_COLUMN and not one.created_here
            for column in one.new_columns
            if not column.nullable and column.default is not None
        }
        for one in migration.operations:
            if one.kind is Kind.DROP_DEFAULT and (one.table, one.column or "") in required:
                yield self.found(one, migration, self.message)

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        return kept_default(operation, migration, written)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web' NOT NULL;\n"
            "ALTER TABLE shop_order ALTER COLUMN channel DROP DEFAULT;",
            finds=Found(
                "shop_order.channel is required and its default is dropped at once: INSERTs of the running "
                "release, which does not know the column, fail. Keep the default in the server (db_default in "
                "Django, server_default in Alembic), and drop it in a later release",
                at="ALTER COLUMN channel DROP DEFAULT",
            ),
        ),
        Invalid(
            django="migrations.AddField('order', 'channel', models.TextField(default='web'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            title="Django fills the rows by a default of its own, and drops it:",
            finds="shop_order.channel is required and its default is dropped at once: INSERTs of the running "
            "release, which does not know the column, fail. Keep the default in the server (db_default in "
            "Django, server_default in Alembic), and drop it in a later release",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web' NOT NULL;"),
        Valid(
            django="migrations.AddField('order', 'channel', models.TextField(default='web', db_default='web'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text DEFAULT 'web';\n"
            "ALTER TABLE shop_order ALTER COLUMN channel DROP DEFAULT;",
            title="Code that does not name it writes NULL:",
        ),
    )
