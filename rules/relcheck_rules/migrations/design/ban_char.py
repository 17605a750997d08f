"""A column is padded with spaces."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown


class BanChar(MigrationRule):
    """
    ## What it does
    Finds new columns of type `char(n)`.

    ## Why is this bad
    Values are filled with spaces up to the length, which are there when they are read and not there when they are
    compared. It saves no room (PostgreSQL manual, "Character Types").

    ## Example
    ```sql
    CREATE TABLE orders (code char(8));
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (code text);
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "is padded with spaces, which come back when it is read. Use text"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.type.name in ("bpchar", "char"):
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN code char(8);",
            finds="shop_order.code is padded with spaces, which come back when it is read. Use text",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN code text;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN code varchar(8);"),
    )
