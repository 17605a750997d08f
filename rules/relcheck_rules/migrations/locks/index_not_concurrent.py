"""An index is built while writes wait."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.mending import Fix, Written, concurrent_index
from relcheck.sdk.migration import Hazard, Migration, Operation, Step, blocks, operation


class IndexNotConcurrent(Hazard):
    """
    ## What it does
    Finds `CREATE INDEX` without `CONCURRENTLY`, `op.create_index` without `postgresql_concurrently=True`, `AddIndex`,
    `db_index=True` and `index_together` on a table that existed before. An index on a partitioned table alone (`ON
    ONLY`) is left alone: it builds nothing.

    ## Why is this bad
    The table is locked with `SHARE` until the transaction ends: every `INSERT`, `UPDATE` and `DELETE` waits while all
    rows are read and sorted (PostgreSQL manual, CREATE INDEX, "Building Indexes Concurrently"). Whoever queues behind
    them waits too.

    ## Example
    ```sql
    CREATE INDEX shop_order_number ON shop_order (number);
    ```

    ## Use instead
    `CONCURRENTLY`, in a migration of its own that runs outside a transaction: `autocommit_block()` in Alembic,
    `AddIndexConcurrently` and `atomic = False` in Django, the tool's own switch elsewhere. If it fails, drop the
    invalid index and build it again. A partitioned table takes no `CONCURRENTLY`: create the index `ON ONLY` it, build
    one on each partition concurrently, and attach them.
    """

    fixable = True
    on = operation("create_index", dialect="postgres", concurrently=False, effect=blocks("writes", during="build"))
    message = (
        "writes to {table} wait while {name} is built ({lock} lock). "
        "Build it CONCURRENTLY, in a migration of its own outside a transaction"
    )
    safe = (Step("CREATE {unique}INDEX CONCURRENTLY {name} ON {table}{using} ({columns}){where}", transaction=False),)

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return operation.object_type != "only"

    def mended(self, operation: Operation, migration: Migration, written: Written) -> Fix | None:
        return concurrent_index(operation, migration, written)

    examples = (
        Invalid(
            sql="CREATE INDEX shop_order_number ON shop_order (number);",
            alembic="op.create_index('shop_order_number', 'shop_order', ['number'])",
            django="migrations.AddIndex('order', models.Index(fields=['number'], name='shop_order_number'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField())])",
            title="Every writer waits:",
            finds="writes to shop_order wait while shop_order_number is built (SHARE lock). Build it "
            "CONCURRENTLY, in a migration of its own outside a transaction",
        ),
        Invalid(
            alembic="op.create_index('shop_order_number', 'shop_order', ['number'])",
            fixed="with op.get_context().autocommit_block():\n"
            "    op.create_index('shop_order_number', 'shop_order', ['number'], postgresql_concurrently=True)",
            before="CREATE TABLE shop_order (id bigint, number text);",
            finds="writes to shop_order wait while shop_order_number is built (SHARE lock). Build it "
            "CONCURRENTLY, in a migration of its own outside a transaction",
        ),
        Invalid(
            django="migrations.AddIndex(\n    'order',\n"
            "    models.Index(fields=['number'], name='shop_order_number'),\n)",
            models="migrations.CreateModel('Order', fields=[('number', models.TextField())])",
            fixed="AddIndexConcurrently( 'order', models.Index(fields=['number'], name='shop_order_number'), )",
            finds="writes to shop_order wait while shop_order_number is built (SHARE lock). Build it "
            "CONCURRENTLY, in a migration of its own outside a transaction",
        ),
        Invalid(
            sql="CREATE UNIQUE INDEX shop_order_number ON shop_order (number);",
            fixed="CREATE UNIQUE INDEX CONCURRENTLY shop_order_number ON shop_order (number);",
            finds="writes to shop_order wait while shop_order_number is built (SHARE lock). Build it "
            "CONCURRENTLY, in a migration of its own outside a transaction",
        ),
        Valid(
            sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);",
            django="AddIndexConcurrently('order', models.Index(fields=['number'], name='shop_order_number'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField())])",
        ),
        Valid(
            alembic="with op.get_context().autocommit_block():\n"
            "    op.create_index('shop_order_number', 'shop_order', ['number'], postgresql_concurrently=True)",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint, number text);\n"
            "CREATE INDEX shop_line_number ON shop_line (number);",
            alembic="op.create_table('shop_line', sa.Column('id', sa.BigInteger()), sa.Column('number', sa.Text()))\n"
            "op.create_index('shop_line_number', 'shop_line', ['number'])",
            title="Nobody else knows the table yet:",
        ),
        Valid(
            sql="CREATE TABLE IF NOT EXISTS shop_line (id bigint, number text);\n"
            "CREATE INDEX IF NOT EXISTS shop_line_number ON shop_line (number);",
        ),
        Valid(sql="CREATE INDEX shop_order_number ON ONLY shop_order (number);"),
        Valid(sql="CREATE INDEX shop_order_number ON shop_order (number);", dialect="mysql"),
        Valid(sql="CREATE INDEX shop_order_number ON shop_order (number);", dialect="sqlite"),
    )
