"""An index is built concurrently by a version that may corrupt it."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class HashOrCorruptIndexVersion(Hazard):
    """
    ## What it does
    Finds `CREATE INDEX CONCURRENTLY` and `REINDEX CONCURRENTLY` where the configured server is PostgreSQL 14.0 to 14.3.

    ## Why is this bad
    These versions may leave rows out of the index that are changed while it is built (release notes 14.4, "Prevent
    possible corruption of indexes created or rebuilt with the CONCURRENTLY option"). Queries by the index then do not
    find them, and a unique one lets duplicates in.

    ## Example
    ```sql
    CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);
    ```

    ## Use instead
    Bring the server to 14.4 or later first, and rebuild what was built concurrently before.
    """

    on = operation(
        "create_index", "reindex", dialect="postgres", concurrently=True, since=(14, 0), before_version=(14, 4)
    )
    message = (
        "PostgreSQL 14.0 to 14.3 may leave rows out of an index that is built concurrently: {name} may be corrupt. "
        "Bring the server to 14.4 or later first"
    )
    examples = (
        Invalid(
            sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);",
            server="14.2",
            finds="PostgreSQL 14.0 to 14.3 may leave rows out of an index that is built concurrently: "
            "shop_order_number may be corrupt. Bring the server to 14.4 or later first",
        ),
        Valid(sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);", server="14.4"),
        Valid(sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);", server="16"),
        Valid(sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);"),
    )
