"""An EXCLUDE constraint is added to a table in use."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, blocks, operation


class AddExclusionConstraint(Hazard):
    """
    ## What it does
    Finds `ADD … EXCLUDE`, `op.create_exclude_constraint` and `ExclusionConstraint` on a table that existed before.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while its index is built. There is neither `NOT VALID` nor `USING INDEX`
    for it, so that no part of the work can be done before.

    ## Example
    ```sql
    ALTER TABLE shop_booking ADD CONSTRAINT apart EXCLUDE USING gist (room WITH =, during WITH &&);
    ```

    ## Use instead
    Create a new table with the constraint, copy in batches, and move the code; or do it in a maintenance window, with
    an approval.
    """

    on = operation("add_constraint", dialect="postgres", constraint="exclude", effect=blocks("reads", during="build"))
    message = (
        "readers and writers of {table} wait while the index of {name} is built ({lock} lock), and no part of "
        "that can be done "
        "before. Make a new table with the constraint and copy, or say when it may be: MIGRATION_APPROVED: reason"
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_booking ADD CONSTRAINT apart EXCLUDE USING gist (room WITH =, during WITH &&);",
            finds="readers and writers of shop_booking wait while the index of apart is built (ACCESS EXCLUSIVE "
            "lock), and no part of that can be done before. Make a new table with the constraint and copy, or "
            "say when it may be: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="CREATE TABLE shop_booking (room int, during tsrange, EXCLUDE USING gist (room WITH =, during "
            "WITH &&));",
        ),
    )
