"""A column holds 32-bit integers."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown

_TYPES = frozenset({"int4", "int", "mediumint", "int unsigned"})


class PreferBigintOverInt(MigrationRule):
    """
    ## What it does
    Finds new columns of type `integer` or `serial`.

    ## Why is this bad
    It ends at 2,147,483,647. A counter, or the key of a table that grows, gets there, and then every `INSERT` fails
    until the table has been rewritten.

    ## Example
    ```sql
    CREATE TABLE orders (id serial PRIMARY KEY);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "holds 32-bit integers, which end at 2147483647: changing that later rewrites the table. Use bigint"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.type.name in _TYPES and operation.dialect != "sqlite":
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN hits integer;",
            finds="shop_order.hits holds 32-bit integers, which end at 2147483647: changing that later rewrites the "
            "table. Use bigint",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN hits bigint;"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN hits integer;",
            dialect="sqlite",
            title="There all integers have 64 bits:",
        ),
    )
