"""A database is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class DropDatabase(Hazard):
    """
    ## What it does
    Finds `DROP DATABASE`.

    ## Why is this bad
    Everything is lost, in whatever environment the migration runs. PostgreSQL refuses it within a transaction, so that
    it is also a migration that fails half-way.

    ## Example
    ```sql
    DROP DATABASE shop;
    ```

    ## Use instead
    Whoever has to drop a database does it by hand, never from a migration.
    """

    on = operation("drop_database", created_here=None)
    message = (
        "the database {name} is dropped, wherever this migration runs: nothing of it remains. "
        "Take the statement out; a database is dropped by hand, by who answers for its backup"
    )
    examples = (
        Invalid(
            sql="DROP DATABASE shop;",
            finds="the database shop is dropped, wherever this migration runs: nothing of it remains. Take the "
            "statement out; a database is dropped by hand, by who answers for its backup",
        ),
        Invalid(
            sql="DROP DATABASE shop;",
            dialect="mysql",
            finds="the database shop is dropped, wherever this migration runs: nothing of it remains. Take the "
            "statement out; a database is dropped by hand, by who answers for its backup",
        ),
        Valid(sql="COMMENT ON DATABASE shop IS 'orders';"),
    )
