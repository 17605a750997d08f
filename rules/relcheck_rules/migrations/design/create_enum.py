"""A set of values is made a type."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, operation


class CreateEnum(Hazard):
    """
    ## What it does
    Finds `CREATE TYPE … AS ENUM`.

    ## Why is this bad
    A value can be added and renamed, and never taken out (PostgreSQL manual, ALTER TYPE). To get rid of one, every
    column of the type is written anew.

    ## Example
    ```sql
    CREATE TYPE order_state AS ENUM ('new', 'paid');
    ```

    ## Use instead
    A table of states with a foreign key, or `text` with a `CHECK` that can be replaced.
    """

    enabled = False
    severity = Severity.WARNING
    on = operation("create_enum", dialect="postgres", created_here=None)
    message = "values of {name} can be added and never taken out. Use a table with a foreign key, or text with a CHECK"

    examples = (
        Invalid(
            sql="CREATE TYPE shop_state AS ENUM ('new', 'paid');",
            finds="values of shop_state can be added and never taken out. Use a table with a foreign key, or text with "
            "a CHECK",
        ),
        Valid(sql="CREATE TYPE shop_address AS (street text, town text);"),
    )
