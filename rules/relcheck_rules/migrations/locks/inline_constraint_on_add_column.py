"""A constraint hides in ADD COLUMN."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, Step, operation

_WORK = {
    "unique": ("an index is built", "UNIQUE"),
    "primary_key": ("an index is built", "PRIMARY KEY"),
    "check": ("every row is looked at", "CHECK"),
    "foreign_key": ("every row is looked up", "REFERENCES"),
}


class InlineConstraintOnAddColumn(MigrationRule):
    """
    ## What it does
    Finds `UNIQUE`, `PRIMARY KEY` and `CHECK` written into `ADD COLUMN`, and `REFERENCES` where the column has a default
    too. A foreign key of a column that is NULL everywhere is left alone: the server knows that there is nothing to look
    up.

    ## Why is this bad
    The index is built, or every row is looked at, under the `ACCESS EXCLUSIVE` lock of `ALTER TABLE`: readers and
    writers wait.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN number text UNIQUE;
    ```

    ## Use instead
    Add the column alone. Then build a unique index concurrently and let the constraint take it over, or add the
    constraint with `NOT VALID` and validate it in a later migration.
    """

    message = (
        "readers and writers of {table} wait while {work} for the {type} of the new column {column} ({lock} lock). "
        "Add the column alone, and the constraint in later migrations"
    )
    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} {type}"),
        Step(note="then the constraint: UNIQUE USING an INDEX built CONCURRENTLY, CHECK and REFERENCES with NOT VALID"),
    )

    @on(operation("add_column", dialect="postgres"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        filled = any(column.default is not None for column in operation.new_columns)
        inline = [one for column in operation.new_columns for one in column.constraints]
        types = {one.type: None for one in (*inline, *operation.constraints)}
        for kind in types:
            if kind == "foreign_key" and not filled:
                continue
            if kind in _WORK:
                work, shown = _WORK[kind]
                message = self.message.replace("{work}", work).replace("{type}", shown)
                yield self.found(operation, migration, message, kind=kind, safe=self.safe)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN number text UNIQUE;",
            finds="readers and writers of shop_order wait while an index is built for the UNIQUE of the new "
            "column number (ACCESS EXCLUSIVE lock). Add the column alone, and the constraint in later migrations",
        ),
        Invalid(
            django="migrations.AddField('order', 'number', models.TextField(null=True, unique=True))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
            finds="readers and writers of shop_order wait while an index is built for the UNIQUE of the new "
            "column number (ACCESS EXCLUSIVE lock). Add the column alone, and the constraint in later migrations",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN rebate int CHECK (rebate > 0);",
            finds="readers and writers of shop_order wait while every row is looked at for the CHECK of the new "
            "column rebate (ACCESS EXCLUSIVE lock). Add the column alone, and the constraint in later migrations",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel_id int DEFAULT 1 REFERENCES shop_channel (id);",
            finds="readers and writers of shop_order wait while every row is looked up for the REFERENCES of the "
            "new column channel_id (ACCESS EXCLUSIVE lock). Add the column alone, and the constraint in later "
            "migrations",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel_id int REFERENCES shop_channel (id);",
            title="All of it is NULL, and nothing is looked up:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN number text NOT NULL DEFAULT '';"),
        Valid(
            sql="CREATE TABLE shop_line (id bigint PRIMARY KEY);\nALTER TABLE shop_line ADD COLUMN number text UNIQUE;"
        ),
    )
