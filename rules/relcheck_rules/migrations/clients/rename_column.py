"""A column is renamed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, Step, operation


class RenameColumn(Hazard):
    """
    ## What it does
    Finds `RENAME COLUMN`, `op.alter_column(…, new_column_name=…)` and `RenameField`. Columns of tables that the same
    migration creates are left alone, and so is one of which a generated column with the old name stays behind.

    ## Why is this bad
    Code of the release that still runs names the old column and fails, reading and writing; the new code fails until
    the migration is through.

    ## Example
    ```sql
    ALTER TABLE shop_order RENAME COLUMN note TO remark;
    ```

    ## Use instead
    Rename the attribute and keep the column (`db_column`, `Column("note", …)`). Where the name must go: add the new
    column, write both, copy, read the new one, drop the old one in a later release.
    """

    on = operation("rename_column")
    message = (
        "{table}.{column} is renamed to {new_name}: code that still names {column} fails at once. "
        "Rename the attribute and keep the column's name, or add {new_name}, write both, and drop {column} later"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {new_name} {old_sql_type}", note="of the type of {column}"),
        Step(note="release code that writes both columns, then fill {new_name} in batches"),
        Step(note="release code that reads {new_name} only", after="release"),
        Step("ALTER TABLE {table} DROP COLUMN {column}", after="release", note="with MIGRATION_APPROVED"),
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if operation.before.column_is_new:
            return False
        return not any(
            one.kind is Kind.ADD_COLUMN
            and one.table == operation.table
            and any(column.name == operation.column and column.generated for column in one.new_columns)
            for one in migration.operations
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order RENAME COLUMN note TO remark;",
            alembic="op.alter_column('shop_order', 'note', new_column_name='remark')",
            django="migrations.RenameField('order', 'note', 'remark')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.TextField())])",
            finds="shop_order.note is renamed to remark: code that still names note fails at once. Rename the "
            "attribute and keep the column's name, or add remark, write both, and drop note later",
        ),
        Valid(
            sql="ALTER TABLE shop_order RENAME COLUMN note TO remark;\n"
            "ALTER TABLE shop_order ADD COLUMN note text GENERATED ALWAYS AS (remark) STORED;",
            title="The old name can still be read:",
        ),
        Valid(
            sql="CREATE TABLE shop_order (id bigint, note text);\nALTER TABLE shop_order RENAME COLUMN note TO remark;",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_order RENAME COLUMN note TO remark;",
            title="Nobody knows the old name:",
        ),
    )
