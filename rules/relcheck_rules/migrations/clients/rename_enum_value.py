"""A value of an enum is renamed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Step, operation


class RenameEnumValue(Hazard):
    """
    ## What it does
    Finds `ALTER TYPE … RENAME VALUE`.

    ## Why is this bad
    The old label is unknown at once: code that still writes it or compares with it fails, and code that reads gets a
    label that it does not know.

    ## Example
    ```sql
    ALTER TYPE order_state RENAME VALUE 'open' TO 'placed';
    ```

    ## Use instead
    Add the new value, release code that knows both, change the rows in batches, and leave the old label where it is: it
    costs nothing.
    """

    on = operation("rename_enum_value", dialect="postgres")
    message = (
        "the value {value} of {name} becomes {new_name}: code that still writes or expects {value} fails at once. "
        "Add {new_name}, release code that knows both, change the rows in batches, and keep {value}"
    )
    safe = (
        Step("ALTER TYPE {name} ADD VALUE IF NOT EXISTS '{new_value}'"),
        Step(note="release code that knows both, then change the rows in batches"),
    )
    examples = (
        Invalid(
            sql="ALTER TYPE order_state RENAME VALUE 'open' TO 'placed';",
            finds="the value open of order_state becomes placed: code that still writes or expects open fails at "
            "once. Add placed, release code that knows both, change the rows in batches, and keep open",
        ),
        Valid(sql="ALTER TYPE order_state ADD VALUE 'placed';"),
        Valid(
            sql="CREATE TYPE order_state AS ENUM ('open');\nALTER TYPE order_state RENAME VALUE 'open' TO 'placed';",
            title="Nobody knows the type yet:",
        ),
    )
