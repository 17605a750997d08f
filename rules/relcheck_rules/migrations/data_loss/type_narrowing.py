"""A column gets a type that not all of its values fit into."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, Step, operation, type_change


class TypeNarrowing(MigrationRule):
    """
    ## What it does
    Finds `ALTER COLUMN … TYPE` to a shorter, smaller or less exact type: `varchar(100)` to `varchar(10)`, `bigint` to
    `int`, `numeric(10, 2)` to `numeric(10, 0)`, `timestamptz` to `date`, `text` to `int`. The old type is looked up in
    the chain of migrations. Where it is not known, PostgreSQL's change is asked about by `migrations/column-type-
    rewrite`, any other database's by this rule.

    ## Why is this bad
    Values that do not fit end the migration half-way (length, range), or are silently cut or rounded (fractions, parts
    of a timestamp, everything with `USING`). What was cut off only a backup brings back.

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(10);
    ```

    ## Use instead
    Add a column of the new type, fill it in batches, look at what does not fit, and move the code; drop the old column
    in a later release.
    """

    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column}_new {type}"),
        Step(note="fill {column}_new in batches, look at what does not fit, and release code that writes both"),
        Step("ALTER TABLE {table} DROP COLUMN {column}", after="release", note="when only {column}_new is read"),
    )

    @on(operation("alter_column_type"))
    def narrowed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        old, new = operation.before.type, operation.type
        narrows = type_change(old, new, dialect=operation.dialect).narrows
        if narrows:
            yield self.found(
                operation,
                migration,
                "{table}.{column} goes from {old_type} to {type}: values that do not fit are cut, or end the "
                "migration. "
                "Add a column of the new type, fill it in batches and look at what does not fit",
                safe=self.safe,
            )
        elif narrows is None and operation.dialect != "postgres":
            yield self.found(
                operation,
                migration,
                "whether all values of {table}.{column} fit into {type} cannot be told: the old type is {old_type}. "
                "Say beside it why they do: MIGRATION_APPROVED: reason",
                kind="unknown",
                severity=Severity.WARNING,
                confidence=Confidence.LOW,
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(10);",
            alembic="op.alter_column('shop_order', 'note', type_=sa.String(10), existing_type=sa.String(100))",
            django="migrations.AlterField('order', 'note', models.CharField(max_length=10))",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.CharField(max_length=100))])",
            finds="shop_order.note goes from varchar(100) to varchar(10): values that do not fit are cut, or end "
            "the migration. Add a column of the new type, fill it in batches and look at what does not fit",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN number TYPE integer;",
            before="CREATE TABLE shop_order (id bigint, number bigint);",
            finds="shop_order.number goes from int8 to int4: values that do not fit are cut, or end the "
            "migration. Add a column of the new type, fill it in batches and look at what does not fit",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN placed_at TYPE date USING placed_at::date;",
            before="CREATE TABLE shop_order (id bigint, placed_at timestamptz);",
            finds="shop_order.placed_at goes from timestamptz to date: values that do not fit are cut, or end "
            "the migration. Add a column of the new type, fill it in batches and look at what does not fit",
        ),
        Invalid(
            sql="ALTER TABLE shop_order MODIFY note varchar(10);",
            dialect="mysql",
            title="The old type is not known:",
            finds="whether all values of shop_order.note fit into varchar(10) cannot be told: the old type is an "
            "unknown type. Say beside it why they do: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order MODIFY note mediumtext;",
            dialect="mysql",
            before="CREATE TABLE shop_order (id bigint, note text);",
            title="Every value fits: `text` of MySQL is the short one.",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(200);",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;",
            before="CREATE TABLE shop_order (id bigint, number integer);",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text;",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
        ),
    )
