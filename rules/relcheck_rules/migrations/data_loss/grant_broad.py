"""More is allowed than is needed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class GrantBroad(MigrationRule):
    """
    ## What it does
    Finds `GRANT ALL`, grants to `PUBLIC`, and functions that are `SECURITY DEFINER` without a `search_path` of their
    own.

    ## Why is this bad
    Everybody who reaches the database may then do it, whoever comes later included. A `SECURITY DEFINER` function runs
    with its owner's rights and finds tables by the caller's `search_path`, which the caller may point at tables of its
    own (PostgreSQL manual, CREATE FUNCTION, "Writing SECURITY DEFINER Functions Safely").

    ## Example
    ```sql
    GRANT ALL ON shop_order TO PUBLIC;
    ```

    ## Use instead
    Grant what is needed to the role that needs it, and write `SET search_path = …` into the function.
    """

    severity = Severity.WARNING

    @on(operation("grant", created_here=None))
    def granted(self, operation: Operation, migration: Migration) -> MigrationFindings:
        everybody = "public" in (operation.name or "").lower().split(", ")
        everything = (operation.value or "").lower() in ("all", "all privileges") and operation.object_type != "role"
        if not (everybody or everything):
            return
        whom = "everybody who reaches the database" if everybody else "{name}"
        what = "everything" if everything else "{value}"
        yield self.found(
            operation,
            migration,
            f"{what} is granted to {whom}: that is more than a program needs. Grant what is needed to the role "
            f"that needs it",
            kind="grant",
        )

    @on(operation("create_routine", created_here=None, value="security definer", dialect="postgres"))
    def definer(self, operation: Operation, migration: Migration) -> MigrationFindings:
        yield self.found(
            operation,
            migration,
            "the {object} {name} runs with its owner's rights and finds tables by its caller's search_path, "
            "which the caller "
            "may point at tables of its own. Add SET search_path = … to it",
            kind="security-definer",
        )

    examples = (
        Invalid(
            sql="GRANT ALL ON shop_order TO reporting;",
            finds="everything is granted to reporting: that is more than a program needs. Grant what is needed "
            "to the role that needs it",
        ),
        Invalid(
            sql="GRANT SELECT ON shop_order TO PUBLIC;",
            finds="select is granted to everybody who reaches the database: that is more than a program needs. "
            "Grant what is needed to the role that needs it",
        ),
        Invalid(
            sql="CREATE FUNCTION shop_one() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
            finds="the function shop_one runs with its owner's rights and finds tables by its caller's "
            "search_path, which the caller may point at tables of its own. Add SET search_path = … to it",
        ),
        Valid(sql="GRANT SELECT, INSERT ON shop_order TO shop;"),
        Valid(
            sql="CREATE FUNCTION shop_one() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = shop AS "
            "'SELECT 1';",
        ),
    )
