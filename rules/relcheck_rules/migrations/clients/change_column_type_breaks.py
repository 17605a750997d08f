"""A column gets another type while code uses it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import (
    UNKNOWN,
    Migration,
    MigrationFindings,
    MigrationRule,
    Operation,
    SqlType,
    Step,
    operation,
)

_FAMILIES = {"varchar": "text", "bpchar": "text", "char": "text", "citext": "text", "decimal": "numeric"}
_FAMILIES |= {"tinytext": "text", "mediumtext": "text", "longtext": "text"}


def _family(given: SqlType) -> str:
    return _FAMILIES.get(given.name, given.name)


class ChangeColumnTypeBreaks(MigrationRule):
    """
    ## What it does
    Finds `ALTER COLUMN … TYPE`, `op.alter_column(…, type_=…)` and `AlterField` to another type. A type that only takes
    more of the same (a longer `varchar`, `varchar` to `text`, more digits) is left alone. Where the old type is not
    known, `migrations/column-type-rewrite` asks.

    ## Why is this bad
    Drivers bind and read values by the type that they were told: the release that still runs gets values that it does
    not expect, compares a number with a text, or meets "cached plan must not change result type".

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;
    ```

    ## Use instead
    Add a column of the new type, write both, copy, read the new one, and drop the old one in a later release.
    """

    message = (
        "{table}.{column} goes from {old_type} to {type} under code that uses it: what it binds and reads no "
        "longer fits. "
        "Add a column of the new type, write both, and drop the old one in a later release"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column}_new {type}"),
        Step(note="release code that writes both columns, then fill {column}_new in batches"),
        Step(note="release code that reads {column}_new only", after="release"),
        Step("ALTER TABLE {table} DROP COLUMN {column}", after="release", note="with MIGRATION_APPROVED"),
    )

    @on(operation("alter_column_type"))
    def changed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        old, new = operation.before.type, operation.type
        if old is None or new is None or UNKNOWN in (old.name, new.name) or operation.before.column_is_new:
            return
        if _family(old) == _family(new) and old.array == new.array:
            return
        yield self.found(operation, migration, self.message, safe=self.safe)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;",
            alembic="op.alter_column('shop_order', 'number', type_=sa.BigInteger(), existing_type=sa.Integer())",
            django="migrations.AlterField('order', 'number', models.BigIntegerField())",
            before="CREATE TABLE shop_order (id bigint, number integer);",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.IntegerField())])",
            finds="shop_order.number goes from int4 to int8 under code that uses it: what it binds and reads no "
            "longer fits. Add a column of the new type, write both, and drop the old one in a later release",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN placed_at TYPE timestamptz;",
            before="CREATE TABLE shop_order (id bigint, placed_at timestamp);",
            finds="shop_order.placed_at goes from timestamp to timestamptz under code that uses it: what it "
            "binds and reads no longer fits. Add a column of the new type, write both, and drop the old one in a "
            "later release",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(200);",
            alembic="op.alter_column('shop_order', 'note', type_=sa.String(200), existing_type=sa.String(100))",
            django="migrations.AlterField('order', 'note', models.CharField(max_length=200))",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.CharField(max_length=100))])",
            title="More of the same:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text;",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
        ),
        Valid(sql="ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;", title="The old type is not known:"),
    )
