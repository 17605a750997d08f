"""A column of the type json."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class JsonColumn(MigrationRule):
    """
    ## What it does
    Finds columns of the type `json` in `CREATE TABLE`, `ADD COLUMN` and `ALTER COLUMN … TYPE` of PostgreSQL.

    ## Why is this bad
    `json` has no equality operator: `SELECT DISTINCT`, `GROUP BY`, `UNION` and `IN` over the row fail with "could not
    identify an equality operator for type json", queries that an ORM writes among them. It is parsed anew by every
    function (PostgreSQL manual, "JSON Types").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN extra json;
    ```

    ## Use instead
    `jsonb`. Keep `json` only where the text has to come back exactly as it was written.
    """

    severity = Severity.WARNING
    message = (
        "{table}.{column} is of the type json, which cannot be compared: SELECT DISTINCT, GROUP BY and UNION "
        "over its rows "
        "fail. Use jsonb"
    )

    @on(operation("create_table", "add_column", created_here=None, dialect="postgres"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in operation.new_columns:
            if column.type.name == "json":
                yield self.found(operation, migration, self.message, words={"column": column.name})

    @on(operation("alter_column_type", created_here=None, dialect="postgres"))
    def changed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.type is not None and operation.type.name == "json":
            yield self.found(operation, migration, self.message)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN extra json;",
            alembic="op.add_column('shop_order', sa.Column('extra', sa.JSON()))",
            finds="shop_order.extra is of the type json, which cannot be compared: SELECT DISTINCT, GROUP BY and "
            "UNION over its rows fail. Use jsonb",
        ),
        Invalid(
            sql="CREATE TABLE shop_line (id bigint, extra json);",
            finds="shop_line.extra is of the type json, which cannot be compared: SELECT DISTINCT, GROUP BY and "
            "UNION over its rows fail. Use jsonb",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN extra jsonb;",
            alembic="op.add_column('shop_order', sa.Column('extra', postgresql.JSONB()))",
            django="migrations.AddField('order', 'extra', models.JSONField(null=True))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True))])",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN extra json;", dialect="mysql", title="Another type of the same name:"
        ),
    )
