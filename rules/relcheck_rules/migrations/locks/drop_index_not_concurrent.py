"""An index is dropped while everybody waits."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.mending import Fix, Written, concurrent_index
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, Step, operation


class DropIndexNotConcurrent(Hazard):
    """
    ## What it does
    Finds `DROP INDEX` without `CONCURRENTLY`, `op.drop_index` without `postgresql_concurrently=True` and `RemoveIndex`.
    A table that the same migration creates or drops is left alone.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` (PostgreSQL manual, DROP INDEX, `CONCURRENTLY`): dropping takes a
    moment, but it has to wait for every query that runs, and everybody else waits behind it.

    ## Example
    ```sql
    DROP INDEX shop_order_number;
    ```

    ## Use instead
    `DROP INDEX CONCURRENTLY`, outside a transaction (`autocommit_block()`, `RemoveIndexConcurrently` with `atomic =
    False`).
    """

    fixable = True
    severity = Severity.WARNING
    on = operation("drop_index", dialect="postgres", concurrently=False, cascade=False)
    message = (
        "everybody who uses {table} waits until {name} is dropped, and that waits for all queries that run "
        "({lock} lock). "
        "Drop it CONCURRENTLY, outside a transaction"
    )
    safe = (Step("DROP INDEX CONCURRENTLY {name}", transaction=False),)

    def applies(self, operation: Operation, migration: Migration) -> bool:
        return not any(
            one.kind is Kind.DROP_TABLE and one.table is not None and one.table == operation.table
            for one in migration.operations
        )

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        return concurrent_index(operation, migration, written)

    examples = (
        Invalid(
            sql="DROP INDEX shop_order_number;",
            alembic="op.drop_index('shop_order_number')",
            before="CREATE TABLE shop_order (id bigint, number text);\n"
            "CREATE INDEX shop_order_number ON shop_order (number);",
            finds="everybody who uses shop_order waits until shop_order_number is dropped, and that waits for "
            "all queries that run (ACCESS EXCLUSIVE lock). Drop it CONCURRENTLY, outside a transaction",
        ),
        Invalid(
            django="migrations.RemoveIndex('order', 'shop_order_number')",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField())], "
            "options={'indexes': [models.Index(fields=['number'], name='shop_order_number')]})",
            finds="everybody who uses shop_order waits until shop_order_number is dropped, and that waits for "
            "all queries that run (ACCESS EXCLUSIVE lock). Drop it CONCURRENTLY, outside a transaction",
        ),
        Invalid(
            alembic="op.drop_index(\n    'shop_order_number',\n    table_name='shop_order',\n)",
            fixed="with op.get_context().autocommit_block():\n    op.drop_index(\n        'shop_order_number',\n"
            "        table_name='shop_order',\n        postgresql_concurrently=True,\n    )",
            finds="everybody who uses shop_order waits until shop_order_number is dropped, and that waits for "
            "all queries that run (ACCESS EXCLUSIVE lock). Drop it CONCURRENTLY, outside a transaction",
        ),
        Valid(sql="DROP INDEX CONCURRENTLY shop_order_number;"),
        Valid(
            sql="DROP INDEX shop_order_number;\nDROP TABLE shop_order;",
            before="CREATE TABLE shop_order (id bigint, number text);\n"
            "CREATE INDEX shop_order_number ON shop_order (number);",
            title="The table goes as well:",
        ),
        Valid(sql="DROP INDEX shop_order_number ON shop_order;", dialect="mysql"),
    )
