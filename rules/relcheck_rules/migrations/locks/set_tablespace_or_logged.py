"""A table is moved or written anew by a setting of its storage."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class SetTablespaceOrLogged(Hazard):
    """
    ## What it does
    Finds `SET TABLESPACE`, `SET LOGGED`, `SET UNLOGGED` and `SET ACCESS METHOD` of PostgreSQL.

    ## Why is this bad
    The table is locked with `ACCESS EXCLUSIVE` while it is copied. An `UNLOGGED` table is empty after a crash and is
    not replicated.

    ## Example
    ```sql
    ALTER TABLE shop_order SET UNLOGGED;
    ```

    ## Use instead
    Make a new table where and how it is wanted, copy in batches, and move the code; or a maintenance window, with an
    approval.
    """

    on = operation("alter_table_storage", dialect="postgres", object_type=("", "table", "materialized view"))
    message = (
        "readers and writers of {table} wait while it is copied for its new {name} ({lock} lock). "
        "Make a new table and copy in batches, or say when it may be: MIGRATION_APPROVED: reason"
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_order SET UNLOGGED;",
            finds="readers and writers of shop_order wait while it is copied for its new unlogged (ACCESS "
            "EXCLUSIVE lock). Make a new table and copy in batches, or say when it may be: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order SET TABLESPACE fast;",
            finds="readers and writers of shop_order wait while it is copied for its new tablespace (ACCESS "
            "EXCLUSIVE lock). Make a new table and copy in batches, or say when it may be: MIGRATION_APPROVED: reason",
        ),
        Valid(sql="ALTER TABLE shop_order SET (fillfactor = 80);"),
        Valid(sql="CREATE UNLOGGED TABLE shop_import (id bigint);"),
    )
