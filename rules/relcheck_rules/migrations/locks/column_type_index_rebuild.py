"""A column gets a type or collation for which its indexes are built anew."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, MigrationFindings, Operation, blocks, operation


class ColumnTypeIndexRebuild(Hazard):
    """
    ## What it does
    Finds `ALTER COLUMN … TYPE` of PostgreSQL that leaves the rows as they are and not the indexes over the column:
    `text` or `varchar` to `citext` and back, another `COLLATE`, `int` to `oid`. Only where the chain of migrations
    knows an index.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while the indexes are built: "indexes must always be rebuilt unless the
    system can verify that the new index would be logically equivalent" (PostgreSQL manual, ALTER TABLE, "Notes").

    ## Example
    ```sql
    ALTER TABLE shop_customer ALTER COLUMN email TYPE citext;
    ```

    ## Use instead
    Add a column of the new type, index it concurrently, fill it in batches, and move the readers. Or drop the index
    concurrently first, and build it concurrently afterwards, where queries can do without it.
    """

    requires = (Kind.ALTER_COLUMN_TYPE,)
    on = operation("alter_column_type", dialect="postgres", effect=blocks("reads", during="build"))
    message = (
        "readers and writers of {table} wait while the indexes over {column} ({indexes}) are built anew ({lock} lock). "
        "Add a column of the new type and index it CONCURRENTLY"
    )

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if self.on.matches(operation, migration.server_version):
            indexes = ", ".join(operation.before.indexes)
            yield self.found(operation, migration, self.message, words={"indexes": indexes})

    examples = (
        Invalid(
            sql="ALTER TABLE shop_customer ALTER COLUMN email TYPE citext;",
            before="CREATE TABLE shop_customer (id bigint, email text);\n"
            "CREATE INDEX shop_customer_email ON shop_customer (email);",
            finds="readers and writers of shop_customer wait while the indexes over email (shop_customer_email) "
            "are built anew (ACCESS EXCLUSIVE lock). Add a column of the new type and index it CONCURRENTLY",
        ),
        Invalid(
            sql='ALTER TABLE shop_customer ALTER COLUMN email TYPE text COLLATE "C";',
            before="CREATE TABLE shop_customer (id bigint, email text);\n"
            "CREATE INDEX shop_customer_email ON shop_customer (email);",
            finds="readers and writers of shop_customer wait while the indexes over email (shop_customer_email) "
            "are built anew (ACCESS EXCLUSIVE lock). Add a column of the new type and index it CONCURRENTLY",
        ),
        Invalid(
            django="migrations.AlterField('order', 'number', models.TextField(db_collation='C', db_index=True))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField(db_index=True))])",
            finds="readers and writers of shop_order wait while the indexes over number (shop_order_number_d6408b6d, "
            "shop_order_number_d6408b6d_like) are built anew (ACCESS EXCLUSIVE lock). Add a column of the new type and "
            "index it CONCURRENTLY",
        ),
        Valid(
            sql="ALTER TABLE shop_customer ALTER COLUMN email TYPE text;",
            before="CREATE TABLE shop_customer (id bigint, email varchar(100));\n"
            "CREATE INDEX shop_customer_email ON shop_customer (email);",
            title="The index stays as it is:",
        ),
        Valid(
            sql="ALTER TABLE shop_customer ALTER COLUMN email TYPE citext;",
            before="CREATE TABLE shop_customer (id bigint, email text);",
            title="There is no index:",
        ),
    )
