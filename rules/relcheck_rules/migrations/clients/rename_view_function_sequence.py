"""A view, function, sequence or type is renamed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation


class RenameViewFunctionSequence(Hazard):
    """
    ## What it does
    Finds `ALTER VIEW`, `ALTER FUNCTION`, `ALTER SEQUENCE`, `ALTER TYPE` and so on with `RENAME TO` or `SET SCHEMA`.
    What the same migration creates, before or afterwards, is left alone.

    ## Why is this bad
    Callers still use the old name and fail at once. `nextval('old')` in a default goes on, in code it does not.

    ## Example
    ```sql
    ALTER VIEW shop_sales RENAME TO shop_revenue;
    ```

    ## Use instead
    Create it under the new name beside the old one, move the callers, and drop the old one in a later release.
    """

    severity = Severity.WARNING
    on = operation("rename_object")
    message = (
        "the {object} {name} is renamed to {new_name}: whoever still uses {name} fails at once. "
        "Create it under the new name beside the old one, and drop that in a later release"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if "constraint" in operation.object_type or operation.object_type in ("trigger", "policy", "rule", "database"):
            return False  # nobody calls these by their name
        return not any(
            one.kind.value.startswith("create_") and operation.name in (one.name, one.table)
            for one in migration.operations
        )

    examples = (
        Invalid(
            sql="ALTER VIEW shop_sales RENAME TO shop_revenue;",
            finds="the view shop_sales is renamed to shop_revenue: whoever still uses shop_sales fails at once. "
            "Create it under the new name beside the old one, and drop that in a later release",
        ),
        Invalid(
            sql="ALTER SEQUENCE shop_number RENAME TO shop_invoice_number;",
            finds="the sequence shop_number is renamed to shop_invoice_number: whoever still uses shop_number "
            "fails at once. Create it under the new name beside the old one, and drop that in a later release",
        ),
        Valid(
            sql="ALTER TYPE order_state RENAME TO order_state_old;\nCREATE TYPE order_state AS ENUM ('open', 'paid');",
            title="The old name stands for the new type:",
        ),
        Valid(sql="ALTER TRIGGER keep_totals ON shop_order RENAME TO keep_order_totals;"),
    )
