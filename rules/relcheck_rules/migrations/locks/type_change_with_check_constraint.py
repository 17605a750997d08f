"""A column with a CHECK constraint gets another type."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, blocks, operation


class TypeChangeWithCheckConstraint(Hazard):
    """
    ## What it does
    Finds `ALTER COLUMN … TYPE` of PostgreSQL that needs no rewrite, of a column that a CHECK constraint names.

    ## Why is this bad
    The constraint is made anew and every row is looked at for it, under `ACCESS EXCLUSIVE`: a change that would take a
    moment takes as long as a scan.

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN note TYPE text;
    ```

    ## Use instead
    Drop the CHECK, change the type, add the CHECK with `NOT VALID`, and validate it in a later migration.
    """

    severity = Severity.WARNING
    on = operation("alter_column_type", dialect="postgres", effect=blocks("reads", during="scan"))
    message = (
        "readers and writers of {table} wait while every row is looked at, for {column} has a CHECK constraint "
        "({lock} lock). "
        "Drop it first, add it again with NOT VALID, and VALIDATE CONSTRAINT in a later migration"
    )
    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text;",
            before="CREATE TABLE shop_order (id bigint, note varchar(100) CHECK (note <> ''));",
            finds="readers and writers of shop_order wait while every row is looked at, for note has a CHECK "
            "constraint (ACCESS EXCLUSIVE lock). Drop it first, add it again with NOT VALID, and VALIDATE "
            "CONSTRAINT in a later migration",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN note TYPE text;",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
        ),
    )
