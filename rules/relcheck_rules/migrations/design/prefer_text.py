"""A column has a longest length."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown


class PreferText(MigrationRule):
    """
    ## What it does
    Finds new columns of type `varchar(n)`.

    ## Why is this bad
    The limit is seldom the right one, and making it smaller later reads the whole table under a lock. `text` is
    stored in the same way and is no slower (PostgreSQL manual, "Character Types").

    ## Example
    ```sql
    CREATE TABLE orders (note varchar(255));
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (note text CHECK (length(note) <= 255));
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = (
        "has a longest length as its type: changing it is an ALTER TABLE. Use text, with a CHECK where a limit is meant"
    )

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.type.name == "varchar" and column.type.arguments and operation.dialect == "postgres":
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note varchar(255);",
            finds="shop_order.note has a longest length as its type: changing it is an ALTER TABLE. Use text, with a "
            "CHECK where a limit is meant",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note varchar;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note varchar(9);", dialect="mysql"),
    )
