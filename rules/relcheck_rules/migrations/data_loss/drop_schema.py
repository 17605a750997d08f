"""A schema is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Hazard, operation


class DropSchema(Hazard):
    """
    ## What it does
    Finds `DROP SCHEMA`. One that the same migration creates is left alone.

    ## Why is this bad
    All tables of the schema are gone with their rows, those too that nobody thought of.

    ## Example
    ```sql
    DROP SCHEMA billing CASCADE;
    ```

    ## Use instead
    Drop what is in it by name, each with its own approval, and the empty schema (without `CASCADE`) last.
    """

    on = operation("drop_schema")
    message = (
        "the schema {name} is dropped with all that is in it: tables and their rows that nobody names here are lost. "
        "Drop its tables by name, each with MIGRATION_APPROVED: reason, and the empty schema without CASCADE last"
    )
    examples = (
        Invalid(
            sql="DROP SCHEMA billing CASCADE;",
            finds="the schema billing is dropped with all that is in it: tables and their rows that nobody names "
            "here are lost. Drop its tables by name, each with MIGRATION_APPROVED: reason, and the empty schema "
            "without CASCADE last",
        ),
        Invalid(
            sql="DROP SCHEMA IF EXISTS billing;",
            finds="the schema billing is dropped with all that is in it: tables and their rows that nobody names "
            "here are lost. Drop its tables by name, each with MIGRATION_APPROVED: reason, and the empty schema "
            "without CASCADE last",
            title="It succeeds only where it is empty, and that is not known here:",
        ),
        Valid(sql="CREATE SCHEMA billing;"),
        Valid(sql="CREATE SCHEMA scratch;\nDROP SCHEMA scratch;"),
    )
