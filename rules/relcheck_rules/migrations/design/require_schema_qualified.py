"""Where a table is looked for depends on the session."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation

_ABOUT_TABLES = (
    Kind.CREATE_TABLE,
    Kind.CREATE_TABLE_AS,
    Kind.DROP_TABLE,
    Kind.RENAME_TABLE,
    Kind.ADD_COLUMN,
    Kind.DROP_COLUMN,
    Kind.RENAME_COLUMN,
    Kind.ALTER_COLUMN_TYPE,
    Kind.SET_NOT_NULL,
    Kind.DROP_NOT_NULL,
    Kind.ADD_CONSTRAINT,
    Kind.DROP_CONSTRAINT,
    Kind.CREATE_INDEX,
    Kind.CREATE_TRIGGER,
    Kind.CREATE_VIEW,
    Kind.TRUNCATE,
    Kind.INSERT,
    Kind.UPDATE,
    Kind.DELETE,
)


class RequireSchemaQualified(MigrationRule):
    """
    ## What it does
    Finds tables and views that are named without their schema.

    ## Why is this bad
    The server looks for them along `search_path`, which differs from role to role and can be set by anybody: the
    migration may change another table than the one that was meant.

    ## Example
    ```sql
    ALTER TABLE orders ADD COLUMN note text;
    ```

    ## Use instead
    ```sql
    ALTER TABLE shop.orders ADD COLUMN note text;
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "{table} is named without its schema: which table that is depends on search_path. Write schema.{table}"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        bare = operation.kind in _ABOUT_TABLES and operation.table is not None and "." not in operation.table
        if bare and operation.dialect == "postgres" and not operation.temporary:
            yield self.found(operation, migration, self.message)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;",
            finds="shop_order is named without its schema: which table that is depends on search_path. Write "
            "schema.shop_order",
        ),
        Valid(sql="ALTER TABLE public.shop_order ADD COLUMN note text;"),
        Valid(sql="CREATE TEMP TABLE shop_moved (id bigint);"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;", dialect="mysql"),
    )
