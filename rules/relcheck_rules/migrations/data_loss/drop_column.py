"""A column is dropped."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sdk import Found, Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, loses, operation
from relcheck_rules.migrations._replaced import goes_with_its_table


class DropColumn(Hazard):
    """
    ## What it does
    Finds `DROP COLUMN`, `op.drop_column` and `RemoveField`. Columns of tables that the same migration creates are left
    alone, and so are virtual generated ones, which hold nothing of their own.

    ## Why is this bad
    The values are gone; only a backup brings them back. Code of the release that still runs names the column in its
    queries and fails: an ORM names every column it knows. Indexes and constraints that hold the column go silently with
    it.

    ## Example
    ```sql
    ALTER TABLE shop_order DROP COLUMN note;
    ```

    ## Use instead
    Remove the column from the models first (in Django by `SeparateDatabaseAndState`) and release that; drop `NOT NULL`
    before, so that the new code can insert. Drop the column in a later release, with `MIGRATION_APPROVED: reason`
    beside it.
    """

    on = operation("drop_column", effect=loses("columns"))
    message = (
        "{table}.{column} is dropped with its values: code that still names it fails at once, and only a backup "
        "brings them "
        "back. Drop it when no running release names it, and say so beside it: MIGRATION_APPROVED: reason"
    )
    safe = (
        Step("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL", note="so that code without it can insert"),
        Step(note="release code that no longer names {table}.{column}", after="none"),
        Step(
            "ALTER TABLE {table} DROP COLUMN {column}",
            after="release",
            note="with MIGRATION_APPROVED, and a backup at hand",
        ),
    )

    def safe_for(self, operation: Operation) -> Sequence[Step]:
        return self.safe[1:] if operation.before.nullable else self.safe  # what may be NULL need not become so

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if goes_with_its_table(operation, migration):
            return False
        return not operation.before.column_is_new and operation.object_type not in ("view", "type")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DROP COLUMN note;",
            alembic="op.drop_column('shop_order', 'note')",
            django="migrations.RemoveField('order', 'note')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.TextField())])",
            title="A column with what was written into it:",
            finds="shop_order.note is dropped with its values: code that still names it fails at once, and only "
            "a backup brings them back. Drop it when no running release names it, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order\n    DROP COLUMN note,\n    ADD COLUMN remark text;",
            finds=Found(
                "shop_order.note is dropped with its values: code that still names it fails at once, and only a "
                "backup brings them back. Drop it when no running release names it, and say so beside it: "
                "MIGRATION_APPROVED: reason",
                at="DROP COLUMN note",
            ),
            title="One action of several:",
        ),
        Invalid(
            sql="ALTER TABLE shop_order DROP COLUMN total;",
            before="CREATE TABLE shop_order (id bigint, a int, total int GENERATED ALWAYS AS (a * 2) STORED);",
            finds="shop_order.total is dropped with its values: code that still names it fails at once, and only "
            "a backup brings them back. Drop it when no running release names it, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP COLUMN total;",
            before="CREATE TABLE shop_order (id bigint, a int, total int GENERATED ALWAYS AS (a * 2) VIRTUAL);",
            title="A virtual column holds nothing:",
        ),
        Valid(sql="ALTER TABLE shop_order ALTER COLUMN note DROP NOT NULL;"),
        Valid(sql="-- DROP COLUMN note comes with the next release\nALTER TABLE shop_order ADD COLUMN remark text;"),
        Valid(
            django="migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('order', 'note')])",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.TextField())])",
            title="The first step: only Django forgets it.",
        ),
    )
