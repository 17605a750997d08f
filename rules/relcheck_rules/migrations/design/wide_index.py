"""An index has many columns."""

from __future__ import annotations

from relcheck.sdk import Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class WideIndex(MigrationRule):
    """
    ## What it does
    Finds indexes, other than unique ones, of more than three columns. `columns` is the most that an index may have.

    ## Why is this bad
    Only queries that name the first columns use the others; every write pays for all of them.

    ## Example
    ```sql
    CREATE INDEX orders_all ON orders (customer_id, state, made_at, number);
    ```

    ## Use instead
    ```sql
    CREATE INDEX orders_open ON orders (customer_id, made_at) WHERE state = 'open';
    ```
    """

    enabled = False
    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        columns: int = 3

    options: Options

    def check_operation(self, operation: Operation, migration: Migration) -> MigrationFindings:
        count = len(operation.columns)
        if operation.kind is Kind.CREATE_INDEX and not operation.unique and count > self.options.columns:
            message = (
                f"{{name}} has {count} columns: every write pays for all, and few queries use those behind the first "
                f"ones. Keep to {self.options.columns}"
            )
            yield self.found(operation, migration, message)

    examples = (
        Invalid(
            sql="CREATE INDEX shop_order_all ON shop_order (a, b, c, d);",
            finds="shop_order_all has 4 columns: every write pays for all, and few queries use those behind the first "
            "ones. Keep to 3",
        ),
        Valid(sql="CREATE INDEX shop_order_all ON shop_order (a, b, c);"),
        Valid(sql="CREATE UNIQUE INDEX shop_order_all ON shop_order (a, b, c, d);"),
        Valid(sql="CREATE INDEX shop_order_all ON shop_order (a, b, c, d);", options={"columns": 4}),
    )
