"""A column of MySQL becomes NOT NULL."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation


class MysqlSetNotNull(Hazard):
    """
    ## What it does
    Finds `MODIFY` and `CHANGE … NOT NULL` of a column that may hold NULL, in MySQL.

    ## Why is this bad
    Every row is read and the table is rebuilt. Where `sql_mode` is not strict, NULL silently becomes the empty string
    or 0; where it is, the first NULL ends the migration.

    ## Example
    ```sql
    ALTER TABLE shop_order MODIFY channel varchar(20) NOT NULL;
    ```

    ## Use instead
    Fill the column in batches first, look that no NULL is left, and run it with `ALGORITHM=INPLACE, LOCK=NONE` in
    strict mode.
    """

    on = operation("set_not_null", dialect="mysql")
    message = (
        "MySQL rebuilds {table} to make {column} NOT NULL, and without strict mode each NULL silently becomes '' or 0. "
        "Fill it in batches first, and ask for ALGORITHM=INPLACE, LOCK=NONE"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return operation.before.nullable is not False

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order MODIFY channel varchar(20) NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel varchar(20));",
            dialect="mysql",
            finds="MySQL rebuilds shop_order to make channel NOT NULL, and without strict mode each NULL "
            "silently becomes '' or 0. Fill it in batches first, and ask for ALGORITHM=INPLACE, LOCK=NONE",
        ),
        Valid(
            sql="ALTER TABLE shop_order MODIFY channel varchar(40) NOT NULL;",
            before="CREATE TABLE shop_order (id bigint, channel varchar(20) NOT NULL);",
            dialect="mysql",
            title="It was so before:",
        ),
    )
