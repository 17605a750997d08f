"""A CHECK constraint is added, and everybody waits while it is checked."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.mending import Fix, Written, not_valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, blocks, operation


class AddCheckValidating(Hazard):
    """
    ## What it does
    Finds `ADD CHECK` without `NOT VALID`, `op.create_check_constraint` without `postgresql_not_valid=True` and
    `CheckConstraint` of Django on a table that existed before. From PostgreSQL 18 on `ADD NOT NULL` is one of them.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while every row is looked at: readers and writers wait.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0);
    ```

    ## Use instead
    `NOT VALID` looks at new rows only and takes the lock for a moment; `VALIDATE CONSTRAINT`, in a later migration,
    reads the old ones while everybody goes on (PostgreSQL manual, ALTER TABLE, "Notes"). In Django that is
    `AddConstraintNotValid` and `ValidateConstraint`.
    """

    fixable = True
    on = operation(
        "add_constraint",
        dialect="postgres",
        constraint=("check", "not_null"),
        constraint_not_valid=False,
        effect=blocks("reads", during="scan"),
    )
    message = (
        "readers and writers of {table} wait while every row is looked at ({lock} lock). "
        "Add {name} with NOT VALID, and VALIDATE CONSTRAINT in a later migration"
    )
    safe = (
        Step("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({expression}) NOT VALID"),
        Step("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
    )

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        return not_valid(operation, migration, written)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0);",
            alembic="op.create_check_constraint('total_positive', 'shop_order', 'total > 0')",
            django="migrations.AddConstraint('order', models.CheckConstraint(condition=models.Q(total__gt=0), "
            "name='total_positive'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('total', models.IntegerField())])",
            finds="readers and writers of shop_order wait while every row is looked at (ACCESS EXCLUSIVE lock). "
            "Add total_positive with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Invalid(
            sql="ALTER TABLE shop_order\n  ADD CONSTRAINT total_positive CHECK (total > 0);",
            fixed="ALTER TABLE shop_order\n  ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;",
            finds="readers and writers of shop_order wait while every row is looked at (ACCESS EXCLUSIVE lock). "
            "Add total_positive with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;",
            alembic="op.create_check_constraint('total_positive', 'shop_order', 'total > 0', "
            "postgresql_not_valid=True)",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint, amount int);\n"
            "ALTER TABLE shop_line ADD CONSTRAINT amount_positive CHECK (amount > 0);",
        ),
    )
