"""A primary key is added, and everybody waits while its index is built."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, Step, blocks, operation


class AddPrimaryKeyDirect(Hazard):
    """
    ## What it does
    Finds `ADD PRIMARY KEY` without `USING INDEX` and `op.create_primary_key` on a table that existed before.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while all rows are read and sorted, and once more while nullable columns
    are looked through for NULL.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD PRIMARY KEY (id);
    ```

    ## Use instead
    Make the columns `NOT NULL` by a validated CHECK, build a unique index concurrently, and let the key take it over.
    """

    on = operation(
        "add_constraint",
        dialect="postgres",
        constraint="primary_key",
        constraint_using_index=None,
        effect=blocks("reads", during="build"),
    )
    message = (
        "readers and writers of {table} wait while the index of its primary key is built ({lock} lock). "
        "Create a UNIQUE INDEX CONCURRENTLY first, and add PRIMARY KEY USING INDEX"
    )
    safe = (
        Step(note="make {columns} NOT NULL first, by a validated CHECK, where they may hold NULL"),
        Step("CREATE UNIQUE INDEX CONCURRENTLY {index} ON {table} ({columns})", transaction=False),
        Step("ALTER TABLE {table} ADD CONSTRAINT {name} PRIMARY KEY USING INDEX {index}"),
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD PRIMARY KEY (id);",
            alembic="op.create_primary_key(None, 'shop_order', ['id'])",
            finds="readers and writers of shop_order wait while the index of its primary key is built (ACCESS "
            "EXCLUSIVE lock). Create a UNIQUE INDEX CONCURRENTLY first, and add PRIMARY KEY USING INDEX",
        ),
        Valid(sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_pkey PRIMARY KEY USING INDEX shop_order_id;"),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_line ADD PRIMARY KEY (id);"),
    )
