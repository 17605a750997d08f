"""A column that numbers its rows is added."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, operation


class AddSerialOrIdentityColumn(Hazard):
    """
    ## What it does
    Finds `ADD COLUMN` of a `serial` type, `GENERATED … AS IDENTITY` and `AUTO_INCREMENT`.

    ## Why is this bad
    Every row gets a number: the whole table is written anew under `ACCESS EXCLUSIVE`. In MySQL replicas may number the
    rows in another order.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN number bigserial;
    ```

    ## Use instead
    Add a plain `bigint` column, a sequence, and the default `nextval(…)`; fill the old rows in batches. For a primary
    key, see `migrations/add-primary-key-direct`.
    """

    safe = (
        Step("ALTER TABLE {table} ADD COLUMN {column} bigint"),
        Step("CREATE SEQUENCE {table_name}_{column}_seq OWNED BY {table}.{column}", after="none"),
        Step(
            "ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval('{table_name}_{column}_seq')", after="none"
        ),
        Step(note="fill the old rows in batches"),
    )
    on = operation("add_column")
    message = (
        "every row of {table} gets a number in {column}: it is written anew while readers and writers wait. "
        "Add a plain column with a sequence as its default, and fill the old rows in batches"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return any(column.serial or column.identity for column in operation.new_columns)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN number bigserial;",
            finds="every row of shop_order gets a number in number: it is written anew while readers and writers "
            "wait. Add a plain column with a sequence as its default, and fill the old rows in batches",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;",
            alembic="op.add_column('shop_order', sa.Column('number', sa.BigInteger(), sa.Identity(always=True)))",
            finds="every row of shop_order gets a number in number: it is written anew while readers and writers "
            "wait. Add a plain column with a sequence as its default, and fill the old rows in batches",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN number bigint AUTO_INCREMENT UNIQUE;",
            dialect="mysql",
            finds="every row of shop_order gets a number in number: it is written anew while readers and writers "
            "wait. Add a plain column with a sequence as its default, and fill the old rows in batches",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN number bigint;"),
        Valid(sql="CREATE TABLE shop_line (id bigserial PRIMARY KEY);"),
    )
