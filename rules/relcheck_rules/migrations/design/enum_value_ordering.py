"""A new value of an enum is put at the end by default."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Migration, Operation, operation


class EnumValueOrdering(Hazard):
    """
    ## What it does
    Finds `ALTER TYPE … ADD VALUE` without `BEFORE` or `AFTER`.

    ## Why is this bad
    Values of an enum are sorted and compared by their place in it. A value that belongs between two others sorts behind
    all of them, and its place cannot be changed.

    ## Example
    ```sql
    ALTER TYPE order_state ADD VALUE 'packed';
    ```

    ## Use instead
    ```sql
    ALTER TYPE order_state ADD VALUE 'packed' AFTER 'paid';
    ```
    """

    enabled = False
    severity = Severity.WARNING
    on = operation("add_enum_value", dialect="postgres", created_here=None)
    message = (
        "'{value}' gets the last place in {name}, and its place cannot be changed: it decides how values are sorted. "
        "Say BEFORE or AFTER"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        del migration
        return not operation.using

    examples = (
        Invalid(
            sql="ALTER TYPE shop_state ADD VALUE 'packed';",
            finds="'packed' gets the last place in shop_state, and its place cannot be changed: it decides how values "
            "are sorted. Say BEFORE or AFTER",
        ),
        Valid(sql="ALTER TYPE shop_state ADD VALUE 'packed' AFTER 'paid';"),
    )
