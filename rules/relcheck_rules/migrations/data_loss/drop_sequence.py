"""A sequence is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, operation


class DropSequence(Hazard):
    """
    ## What it does
    Finds `DROP SEQUENCE`.

    ## Why is this bad
    Where the numbers stood is lost: a new sequence begins anew and collides with what exists. Whoever calls `nextval`
    fails at once.

    ## Example
    ```sql
    DROP SEQUENCE shop_invoice_number;
    ```

    ## Use instead
    Drop it in a later release than its last use; note its last value in the approval.
    """

    severity = Severity.WARNING
    on = operation("drop_sequence")
    message = (
        "the sequence {name} is dropped with where it stood: `nextval` fails at once, and a new one would give "
        "numbers again. "
        "Drop it in a later release than its last use, and say so beside it: MIGRATION_APPROVED: reason"
    )

    examples = (
        Invalid(
            sql="DROP SEQUENCE shop_invoice_number;",
            finds="the sequence shop_invoice_number is dropped with where it stood: `nextval` fails at once, and "
            "a new one would give numbers again. Drop it in a later release than its last use, and say so beside "
            "it: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="CREATE SEQUENCE shop_invoice_number;"),
        Valid(sql="CREATE SEQUENCE scratch;\nDROP SEQUENCE scratch;"),
    )
