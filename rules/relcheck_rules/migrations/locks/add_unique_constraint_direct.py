"""A UNIQUE constraint is added, and everybody waits while its index is built."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Step, blocks, operation


class AddUniqueConstraintDirect(Hazard):
    """
    ## What it does
    Finds `ADD UNIQUE` without `USING INDEX`, `op.create_unique_constraint`, `UniqueConstraint` and `unique_together` on
    a table that existed before.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while all rows are read and sorted: readers and writers wait.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT order_number UNIQUE (number);
    ```

    ## Use instead
    Build the index first, without a lock that anybody notices, and let the constraint take it over (PostgreSQL manual,
    ALTER TABLE, `ADD table_constraint_using_index`).
    """

    on = operation(
        "add_constraint",
        dialect="postgres",
        constraint="unique",
        constraint_using_index=None,
        effect=blocks("reads", during="build"),
    )
    message = (
        "readers and writers of {table} wait while the index of {name} is built ({lock} lock). "
        "Create a UNIQUE INDEX CONCURRENTLY first, and add the constraint USING INDEX"
    )
    safe = (
        Step("CREATE UNIQUE INDEX CONCURRENTLY {index} ON {table} ({columns})", transaction=False),
        Step("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {index}"),
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT order_number UNIQUE (number);",
            alembic="op.create_unique_constraint('order_number', 'shop_order', ['number'])",
            django="migrations.AddConstraint('order', models.UniqueConstraint(fields=['number'], name='order_number'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField())])",
            finds="readers and writers of shop_order wait while the index of order_number is built (ACCESS "
            "EXCLUSIVE lock). Create a UNIQUE INDEX CONCURRENTLY first, and add the constraint USING INDEX",
        ),
        Valid(sql="ALTER TABLE shop_order ADD CONSTRAINT order_number UNIQUE USING INDEX order_number_idx;"),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_line ADD UNIQUE (id);"),
        Valid(sql="ALTER TABLE shop_order ADD CONSTRAINT order_number UNIQUE (number);", dialect="mysql"),
    )
