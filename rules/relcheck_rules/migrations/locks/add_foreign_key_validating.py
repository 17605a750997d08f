"""A foreign key is added, and both tables are locked while it is checked."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.mending import Fix, Written, not_valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, blocks, operation


class AddForeignKeyValidating(Hazard):
    """
    ## What it does
    Finds `ADD FOREIGN KEY` without `NOT VALID`, `op.create_foreign_key` without `postgresql_not_valid=True` and foreign
    keys of Django on columns that existed before. On a table that the same migration creates nothing has to be checked.

    ## Why is this bad
    Both tables are locked with `SHARE ROW EXCLUSIVE` while every row is looked up: writes to either wait.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES shop_customer (id);
    ```

    ## Use instead
    `NOT VALID` looks at new rows only and takes the lock for a moment; `VALIDATE CONSTRAINT`, in a later migration,
    reads the old ones while everybody goes on (PostgreSQL manual, ALTER TABLE, "Notes"). Before PostgreSQL 18 a
    partitioned table takes no `NOT VALID`: add the key to its partitions.
    """

    fixable = True
    on = operation(
        "add_constraint",
        dialect="postgres",
        constraint="foreign_key",
        constraint_not_valid=False,
        effect=blocks("writes", during="scan"),
    )
    message = (
        "writes to {table} and {referenced} wait while every row is looked up ({lock} lock on both). "
        "Add {name} with NOT VALID, and VALIDATE CONSTRAINT in a later migration"
    )
    safe = (
        Step(
            "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) REFERENCES "
            "{referenced}{referenced_columns}"
            "{actions} NOT VALID"
        ),
        Step("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"),
    )

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        return not_valid(operation, migration, written)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES "
            "shop_customer (id);",
            alembic="op.create_foreign_key('of_customer', 'shop_order', 'shop_customer', ['customer_id'], ['id'])",
            finds="writes to shop_order and shop_customer wait while every row is looked up (SHARE ROW EXCLUSIVE "
            "lock on both). Add of_customer with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Invalid(
            alembic="op.create_foreign_key('of_customer', 'shop_order', 'shop_customer', ['customer_id'], ['id'])",
            before="CREATE TABLE shop_order (id bigint, customer_id bigint);",
            fixed="op.create_foreign_key('of_customer', 'shop_order', 'shop_customer', ['customer_id'], ['id'], "
            "postgresql_not_valid=True)",
            finds="writes to shop_order and shop_customer wait while every row is looked up (SHARE ROW EXCLUSIVE "
            "lock on both). Add of_customer with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD FOREIGN KEY (customer_id) REFERENCES shop_customer;",
            finds="writes to shop_order and shop_customer wait while every row is looked up (SHARE ROW EXCLUSIVE "
            "lock on both). Add the constraint with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT of_customer FOREIGN KEY (customer_id) "
            "REFERENCES shop_customer (id) NOT VALID;",
            alembic="op.create_foreign_key('of_customer', 'shop_order', 'shop_customer', ['customer_id'], ['id'], "
            "postgresql_not_valid=True)",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint, order_id bigint);\n"
            "ALTER TABLE shop_line ADD CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES shop_order (id);",
            title="There is nothing to look up yet:",
        ),
        Valid(sql="CREATE TABLE shop_line (id bigint, order_id bigint REFERENCES shop_order (id));"),
        Valid(
            sql="ALTER TABLE shop_order ADD FOREIGN KEY (customer_id) REFERENCES shop_customer (id);",
            dialect="mysql",
        ),
    )
