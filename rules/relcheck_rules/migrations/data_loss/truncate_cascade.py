"""A table is emptied with all tables that refer to it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class TruncateCascade(Hazard):
    """
    ## What it does
    Finds `TRUNCATE … CASCADE`.

    ## Why is this bad
    Every table with a foreign key to the named one is emptied as well, and every table that refers to those (PostgreSQL
    manual, TRUNCATE, "Parameters"). Which tables these are is not written anywhere in the migration.

    ## Example
    ```sql
    TRUNCATE shop_customer CASCADE;
    ```

    ## Use instead
    Name the tables: `TRUNCATE shop_customer, shop_order`. The server then refuses if one was forgotten. Each needs an
    approval.
    """

    on = operation("truncate", cascade=True, created_here=None, dialect="postgres")
    message = (
        "all rows of {table} are thrown away, and with them those of every table that refers to it, however far. "
        "Name the tables in place of CASCADE, so that the server refuses what was not meant"
    )
    examples = (
        Invalid(
            sql="TRUNCATE shop_customer CASCADE;",
            finds="all rows of shop_customer are thrown away, and with them those of every table that refers to "
            "it, however far. Name the tables in place of CASCADE, so that the server refuses what was not meant",
        ),
        Valid(sql="TRUNCATE shop_customer;"),
    )
