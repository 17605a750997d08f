"""A CHECK constraint comes over columns that are in use."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, operation


class AddCheckBreaksWriters(Hazard):
    """
    ## What it does
    Finds `ADD CHECK`, `op.create_check_constraint` and `CheckConstraint` over columns that the table had before, `NOT
    VALID` ones too: these look at new rows as well. One that replaces another of its name is left alone.

    ## Why is this bad
    The release that still runs may write what the constraint refuses, and fails.

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
    ```

    ## Use instead
    Release code that keeps to it first, and say so beside it.
    """

    severity = Severity.WARNING
    on = operation("add_constraint", constraint="check")
    message = (
        "rows of {table} must satisfy {name} from now on: code that still writes others fails at once. "
        "Release code that keeps to it first, and say so beside it: MIGRATION_APPROVED: reason"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        if operation.before.column_is_new:
            return False
        return not any(
            one.kind is Kind.DROP_CONSTRAINT and one.table == operation.table and one.name == operation.name
            for one in migration.operations
            if operation.name is not None
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;",
            alembic="op.create_check_constraint('total_positive', 'shop_order', 'total > 0')",
            finds="rows of shop_order must satisfy total_positive from now on: code that still writes others "
            "fails at once. Release code that keeps to it first, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN rebate int;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT rebate_positive CHECK (rebate > 0) NOT VALID;",
            title="Running code does not know the column:",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT total_positive;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;",
            title="It replaces another one:",
        ),
        Valid(sql="CREATE TABLE shop_line (id bigint, amount int CHECK (amount > 0));"),
    )
