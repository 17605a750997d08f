"""A column holds 16-bit integers."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._columns import made_columns, shown

_TYPES = frozenset({"int2", "smallint", "smallint unsigned"})


class PreferBigintOverSmallint(MigrationRule):
    """
    ## What it does
    Finds new columns of type `smallint` or `smallserial`.

    ## Why is this bad
    It ends at 32,767, and most rows take no less room for it, as the columns behind it are aligned.

    ## Example
    ```sql
    CREATE TABLE orders (lines smallint);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (lines bigint);
    ```
    """

    enabled = False
    severity = Severity.WARNING
    message = "holds 16-bit integers, which end at 32767: changing that later rewrites the table. Use bigint"

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in made_columns(operation):
            if column.type.name in _TYPES and operation.dialect != "sqlite":
                yield self.found(operation, migration, f"{shown(operation, column)} {self.message}")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN lines smallint;",
            finds="shop_order.lines holds 16-bit integers, which end at 32767: changing that later rewrites the table. "
            "Use bigint",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN lines bigint;"),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN lines smallint;", dialect="sqlite"),
    )
