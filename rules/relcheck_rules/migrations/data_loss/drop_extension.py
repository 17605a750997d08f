"""An extension is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class DropExtension(Hazard):
    """
    ## What it does
    Finds `DROP EXTENSION`.

    ## Why is this bad
    Its types, functions and operators go with it; with `CASCADE` so do the columns and indexes that use them. Nothing
    in the migration says which these are.

    ## Example
    ```sql
    DROP EXTENSION hstore CASCADE;
    ```

    ## Use instead
    Remove every use first (columns, indexes, defaults, functions), release that, and drop the extension without
    `CASCADE`.
    """

    on = operation("drop_extension")
    message = (
        "the extension {name} is dropped with its types, functions and operators: what uses them fails or goes "
        "as well. "
        "Remove every use in an earlier release, and say so beside it: MIGRATION_APPROVED: reason"
    )

    examples = (
        Invalid(
            sql="DROP EXTENSION hstore;",
            finds="the extension hstore is dropped with its types, functions and operators: what uses them fails "
            "or goes as well. Remove every use in an earlier release, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP EXTENSION IF EXISTS hstore CASCADE;",
            finds="the extension hstore is dropped with its types, functions and operators: what uses them fails "
            "or goes as well. Remove every use in an earlier release, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="COMMENT ON EXTENSION hstore IS 'keys and values';"),
    )
