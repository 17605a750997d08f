"""A domain gets a constraint."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class DomainConstraint(MigrationRule):
    """
    ## What it does
    Finds `CREATE DOMAIN … CHECK` or `NOT NULL`, `ALTER DOMAIN … ADD CONSTRAINT` without `NOT VALID`, `SET NOT NULL`,
    and `ADD COLUMN` of a domain that has a constraint, as far as the chain of migrations tells.

    ## Why is this bad
    To add one, every table with a column of the domain is read under a `SHARE` lock: writes to all of them wait. Which
    tables these are is not written anywhere. A domain that is created with one cannot lose or change it without that.
    And a column of such a domain cannot be added to a table without a rewrite.

    ## Example
    ```sql
    ALTER DOMAIN positive ADD CONSTRAINT above_zero CHECK (VALUE > 0);
    ```

    ## Use instead
    A CHECK on the columns, one by one, with `NOT VALID` and a later `VALIDATE`; or `ALTER DOMAIN … ADD CONSTRAINT … NOT
    VALID`, and `VALIDATE CONSTRAINT` in a later migration.
    """

    severity = Severity.WARNING

    @on(operation("create_domain", dialect="postgres", created_here=None))
    def created(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.constraints:
            yield self.found(
                operation,
                migration,
                "the domain {name} has a constraint: to change it, all tables that use it are read while writes wait. "
                "Put the CHECK on the columns",
                kind="created",
            )

    @on(operation("add_column", dialect="postgres"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.before.checked_domain:
            yield self.found(
                operation,
                migration,
                "readers and writers of {table} wait while every row is written anew for {column}, whose type is "
                "a domain "
                "with a constraint ({lock} lock). Give it the plain type, and a CHECK with NOT VALID",
                kind="column",
            )

    @on(operation("alter_domain", dialect="postgres"))
    def altered(self, operation: Operation, migration: Migration) -> MigrationFindings:
        adds = operation.constraint is not None and not operation.constraint.not_valid
        if adds or operation.value == "set not null":
            yield self.found(
                operation,
                migration,
                "writes to every table with a column of {name} wait while its rows are looked at (SHARE lock). "
                "Add the constraint with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
                kind="altered",
            )

    examples = (
        Invalid(
            sql="CREATE DOMAIN positive AS int CHECK (VALUE > 0);",
            finds="the domain positive has a constraint: to change it, all tables that use it are read while "
            "writes wait. Put the CHECK on the columns",
        ),
        Invalid(
            sql="ALTER DOMAIN positive ADD CONSTRAINT above_zero CHECK (VALUE > 0);",
            finds="writes to every table with a column of positive wait while its rows are looked at (SHARE "
            "lock). Add the constraint with NOT VALID, and VALIDATE CONSTRAINT in a later migration",
        ),
        Invalid(
            sql="ALTER TABLE shop_line ADD COLUMN count above_zero;",
            before="CREATE DOMAIN above_zero AS int;\n"
            "ALTER DOMAIN above_zero ADD CONSTRAINT greater CHECK (VALUE > 0) NOT VALID;",
            title="A column of such a domain:",
            finds="readers and writers of shop_line wait while every row is written anew for count, whose type is a "
            "domain with a constraint (ACCESS EXCLUSIVE lock). Give it the plain type, and a CHECK with NOT VALID",
        ),
        Valid(
            sql="ALTER TABLE shop_line ADD COLUMN count above_zero;",
            before="CREATE DOMAIN above_zero AS int;",
            title="A domain without a constraint is what it is made of:",
        ),
        Valid(sql="CREATE DOMAIN positive AS int;"),
        Valid(sql="ALTER DOMAIN positive ADD CONSTRAINT above_zero CHECK (VALUE > 0) NOT VALID;"),
    )
