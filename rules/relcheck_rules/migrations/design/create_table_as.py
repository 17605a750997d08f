"""A table is made of a query."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation


class CreateTableAs(Hazard):
    """
    ## What it does
    Finds `CREATE TABLE … AS SELECT` and `SELECT … INTO`, other than into a temporary table or with no rows.

    ## Why is this bad
    All rows are copied in one statement, however many there are, and the copy has no keys, no defaults and no
    constraints.

    ## Example
    ```sql
    CREATE TABLE archive AS SELECT * FROM orders;
    ```

    ## Use instead
    `CREATE TABLE` with its columns and constraints, and rows in batches.
    """

    severity = Severity.INFO
    on = operation("create_table_as", created_here=None)
    message = (
        "{table} is a copy of all rows of a query in one statement, without keys and constraints. "
        "Create it with its columns, and copy in batches"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return not operation.temporary and operation.value != "no data"

    examples = (
        Invalid(
            sql="CREATE TABLE shop_archive AS SELECT * FROM shop_order;",
            finds="shop_archive is a copy of all rows of a query in one statement, without keys and constraints. "
            "Create it with its columns, and copy in batches",
        ),
        Valid(sql="CREATE TEMP TABLE shop_moved AS SELECT id FROM shop_order;"),
        Valid(sql="CREATE TABLE shop_archive AS SELECT * FROM shop_order WITH NO DATA;"),
        Valid(sql="CREATE TABLE shop_archive (id bigint PRIMARY KEY);"),
    )
