"""A column gets a type for which the whole table is written anew."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import (
    Migration,
    MigrationFindings,
    MigrationRule,
    Operation,
    Step,
    effect_of,
    operation,
    type_change,
)


class ColumnTypeRewrite(MigrationRule):
    """
    ## What it does
    Finds `ALTER COLUMN … TYPE` of PostgreSQL other than these, for which nothing is rewritten: a longer `varchar`, one
    without a length, `varchar` to `text` and back without a length, `numeric` of more digits and the same scale or
    without limits, a longer `varbit`, more digits of a second (`timestamp`, `timestamptz`, `time`, `interval`), `cidr`
    to `inet`, `char(n)` to `bpchar`, `xml` to `text`, `int` and `oid` (with their indexes built anew), `citext`, `text`
    and `varchar` (so too); `timestamp` and `timestamptz` where the session's `TimeZone` is UTC, from PostgreSQL 12 on.
    Any `USING` but a plain cast rewrites. The old type is looked up in the chain of migrations; where it is not known,
    the rule asks.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while every row and every index is written anew, in twice the space
    (PostgreSQL manual, ALTER TABLE, "Notes").

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;
    ```

    ## Use instead
    Add a column of the new type, keep it in step by a trigger or by code that writes both, fill it in batches, and move
    the readers; drop the old column in a later release.
    """

    message = (
        "readers and writers of {table} wait while every row is written anew for {column} as {type} ({lock} "
        "lock; it is "
        "{old_type}). Add a column of the new type, fill it in batches, and drop the old one in a later release"
    )
    question = (
        "whether every row of {table} is written anew, or cut, for {column} as {type} cannot be told{why}. "
        "Say beside it why that is no matter: MIGRATION_APPROVED: reason"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column}_new {type}"),
        Step(note="keep {column}_new in step by code that writes both, then fill it in batches"),
        Step(note="release code that reads {column}_new only", after="release"),
        Step("ALTER TABLE {table} DROP COLUMN {column}", after="release", note="with MIGRATION_APPROVED"),
    )

    @on(operation("alter_column_type", dialect="postgres", object_type=("", "table")))
    def changed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        effect = effect_of(operation, migration.server_version)
        if "rewrite" in effect.work:
            yield self.found(operation, migration, self.message, safe=self.safe)
        elif "rewrite" in effect.perhaps:
            change = type_change(
                operation.before.type,
                operation.type,
                using=operation.using,
                column=operation.column or "",
                version=migration.server_version,
            )
            yield self.found(
                operation,
                migration,
                self.question,
                words={"why": f": {change.why}" if change.why else ""},
                kind="unknown",
                severity=Severity.WARNING,
                confidence=Confidence.LOW,
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;",
            alembic="op.alter_column('shop_order', 'number', type_=sa.BigInteger(), existing_type=sa.Integer())",
            django="migrations.AlterField('order', 'number', models.BigIntegerField())",
            before="CREATE TABLE shop_order (id bigint, number integer);",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.IntegerField())])",
            finds="readers and writers of shop_order wait while every row is written anew for number as int8 "
            "(ACCESS EXCLUSIVE lock; it is int4). Add a column of the new type, fill it in batches, and drop the "
            "old one in a later release",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(10);",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            finds="readers and writers of shop_order wait while every row is written anew for note as "
            "varchar(10) (ACCESS EXCLUSIVE lock; it is varchar(100)). Add a column of the new type, fill it in "
            "batches, and drop the old one in a later release",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text USING upper(note);",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            finds="readers and writers of shop_order wait while every row is written anew for note as text "
            "(ACCESS EXCLUSIVE lock; it is varchar(100)). Add a column of the new type, fill it in batches, and "
            "drop the old one in a later release",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN placed_at TYPE timestamptz;",
            before="CREATE TABLE shop_order (id bigint, placed_at timestamp);",
            server="11",
            finds="readers and writers of shop_order wait while every row is written anew for placed_at as "
            "timestamptz (ACCESS EXCLUSIVE lock; it is timestamp). Add a column of the new type, fill it in "
            "batches, and drop the old one in a later release",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN placed_at TYPE timestamptz;",
            before="CREATE TABLE shop_order (id bigint, placed_at timestamp);",
            title="It depends on the session:",
            finds="whether every row of shop_order is written anew, or cut, for placed_at as timestamptz cannot "
            "be told: it depends on the TimeZone of the session: at UTC, from PostgreSQL 12 on, nothing is "
            "rewritten. Say beside it why that is no matter: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN number TYPE bigint;",
            title="The chain does not tell what it was:",
            finds="whether every row of shop_order is written anew, or cut, for number as int8 cannot be told: "
            "the old type is not known. Say beside it why that is no matter: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE varchar(200);",
            alembic="op.alter_column('shop_order', 'note', type_=sa.String(200), existing_type=sa.String(100))",
            django="migrations.AlterField('order', 'note', models.CharField(max_length=200))",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('note', models.CharField(max_length=100))])",
            title="Only the limit changes:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text USING note::text;",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN total TYPE numeric(12, 2);",
            before="CREATE TABLE shop_order (id bigint, total numeric(10, 2));",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN origin TYPE inet;",
            before="CREATE TABLE shop_order (id bigint, origin cidr);",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id int);\nALTER TABLE shop_line ALTER COLUMN id TYPE bigint;",
            title="There are no rows yet:",
        ),
    )
