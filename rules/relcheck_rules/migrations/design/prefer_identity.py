"""A serial type numbers the rows."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown


class PreferIdentity(MigrationRule):
    """
    ## What it does
    Finds `serial`, `bigserial` and `smallserial` columns.

    ## Why is this bad
    The sequence behind it is an object of its own: it has its own owner and grants, is not copied by `LIKE`, and
    anybody may write numbers that it will give again.

    ## Example
    ```sql
    CREATE TABLE orders (id bigserial PRIMARY KEY);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "is a serial: its sequence has an owner and grants of its own. Use GENERATED ALWAYS AS IDENTITY"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.serial and operation.dialect == "postgres":
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="CREATE TABLE shop_order (id bigserial PRIMARY KEY);",
            finds="shop_order.id is a serial: its sequence has an owner and grants of its own. Use GENERATED ALWAYS AS "
            "IDENTITY",
        ),
        Valid(sql="CREATE TABLE shop_order (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"),
        Valid(sql="CREATE TABLE shop_order (id bigint AUTO_INCREMENT PRIMARY KEY);", dialect="mysql"),
    )
