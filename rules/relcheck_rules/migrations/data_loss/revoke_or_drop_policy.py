"""Who may do what is changed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, operation
from relcheck_rules.migrations._replaced import is_made_again


class RevokeOrDropPolicy(MigrationRule):
    """
    ## What it does
    Finds `REVOKE`, `DROP POLICY`, `DISABLE ROW LEVEL SECURITY`, `NO FORCE ROW LEVEL SECURITY`, `DROP ROLE` and `ALTER
    ROLE`.

    ## Why is this bad
    Code that runs loses its access at once, or everybody gains access to rows that were hidden. Such a change is signed
    by the owner of the system and the owner of its security.

    ## Example
    ```sql
    ALTER TABLE shop_order DISABLE ROW LEVEL SECURITY;
    ```

    ## Use instead
    A migration of its own, reviewed by who answers for access, with `MIGRATION_APPROVED: reason`.
    """

    opens = (
        "{what}: rows that were hidden are there for everybody who may read the table. "
        "Put it into a migration of its own, and have who answers for access sign it"
    )
    closes = (
        "{what}: code that relies on it fails at once. "
        "Put it into a migration of its own, and have who answers for access sign it"
    )

    @on(operation("drop_policy", "disable_row_security"))
    def opened(self, operation: Operation, migration: Migration) -> MigrationFindings:
        what = (
            "the policy {name} of {table} is dropped"
            if operation.kind is Kind.DROP_POLICY
            else "row level security of {table} is switched off"
        )
        if operation.kind is Kind.DROP_POLICY and is_made_again(operation, migration):
            return
        yield self.found(operation, migration, self.opens.replace("{what}", what), kind="opened")

    @on(operation("revoke", "drop_role", "alter_role", created_here=None))
    def closed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        what = {
            Kind.REVOKE: "{value} is revoked from {name}",
            Kind.DROP_ROLE: "the role {name} is dropped",
            Kind.ALTER_ROLE: "the role {name} is altered",
        }[operation.kind]
        yield self.found(operation, migration, self.closes.replace("{what}", what), kind="closed")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DISABLE ROW LEVEL SECURITY;",
            finds="row level security of shop_order is switched off: rows that were hidden are there for "
            "everybody who may read the table. Put it into a migration of its own, and have who answers for "
            "access sign it",
        ),
        Invalid(
            sql="DROP POLICY own_orders ON shop_order;",
            finds="the policy own_orders of shop_order is dropped: rows that were hidden are there for everybody "
            "who may read the table. Put it into a migration of its own, and have who answers for access sign it",
        ),
        Invalid(
            sql="REVOKE SELECT ON shop_order FROM reporting;",
            finds="select is revoked from reporting: code that relies on it fails at once. Put it into a "
            "migration of its own, and have who answers for access sign it",
        ),
        Invalid(
            sql="DROP ROLE reporting;",
            finds="the role reporting is dropped: code that relies on it fails at once. Put it into a migration "
            "of its own, and have who answers for access sign it",
        ),
        Valid(sql="ALTER TABLE shop_order ENABLE ROW LEVEL SECURITY;"),
        Valid(
            sql="DROP POLICY own_orders ON shop_order;\nCREATE POLICY own_orders ON shop_order USING (owner = "
            "current_user);",
            title="It is made anew in the same transaction:",
        ),
        Valid(sql="GRANT SELECT ON shop_order TO reporting;"),
    )
