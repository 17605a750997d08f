"""A schema is renamed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class RenameSchema(Hazard):
    """
    ## What it does
    Finds `ALTER SCHEMA … RENAME TO`.

    ## Why is this bad
    Every query that names the schema fails at once, and so does every `search_path` that does, those of functions and
    roles among them.

    ## Example
    ```sql
    ALTER SCHEMA billing RENAME TO invoicing;
    ```

    ## Use instead
    Make the new schema, leave views with the old names behind as tables are moved, and drop the old schema in a later
    release.
    """

    on = operation("rename_schema")
    message = (
        "the schema {name} is renamed to {new_name}: whatever names {name}, search paths too, fails at once. "
        "Make the new schema and move its tables one by one, each with a view left behind"
    )
    examples = (
        Invalid(
            sql="ALTER SCHEMA billing RENAME TO invoicing;",
            finds="the schema billing is renamed to invoicing: whatever names billing, search paths too, fails "
            "at once. Make the new schema and move its tables one by one, each with a view left behind",
        ),
        Valid(sql="CREATE SCHEMA invoicing;"),
        Valid(sql="CREATE SCHEMA scratch;\nALTER SCHEMA scratch RENAME TO invoicing;"),
    )
