"""A table is locked by hand."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, blocks, operation


class ExplicitLockTable(Hazard):
    """
    ## What it does
    Finds `LOCK TABLE` in a mode that keeps readers or writers waiting (`SHARE` and stronger; without a mode it is
    `ACCESS EXCLUSIVE`).

    ## Why is this bad
    Everybody waits until the transaction ends, and the lock itself waits for everybody who came before, with all others
    queued behind it.

    ## Example
    ```sql
    LOCK TABLE shop_order;
    ```

    ## Use instead
    Leave it out: DDL takes the lock that it needs. Where it is needed, set a `lock_timeout` first, and take the weakest
    mode that does.
    """

    severity = Severity.WARNING
    on = operation("lock_table", dialect="postgres", effect=blocks("writes"))
    message = (
        "{table} is locked by hand: {blocks} wait until the transaction ends ({lock} lock). "
        "Leave it out, or set a lock_timeout before it and take a weaker mode"
    )
    examples = (
        Invalid(
            sql="LOCK TABLE shop_order;",
            finds="shop_order is locked by hand: reads and writes wait until the transaction ends (ACCESS "
            "EXCLUSIVE lock). Leave it out, or set a lock_timeout before it and take a weaker mode",
        ),
        Invalid(
            sql="LOCK TABLE shop_order IN SHARE MODE;",
            finds="shop_order is locked by hand: writes wait until the transaction ends (SHARE lock). Leave it "
            "out, or set a lock_timeout before it and take a weaker mode",
        ),
        Valid(sql="LOCK TABLE shop_order IN ROW EXCLUSIVE MODE;"),
    )
