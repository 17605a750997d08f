"""A type is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid
from relcheck.sdk.migration import Hazard, Kind, Migration, Operation, operation
from relcheck_rules.migrations._replaced import is_made_again


class DropType(Hazard):
    """
    ## What it does
    Finds `DROP TYPE`, `DROP DOMAIN` and `sa.Enum(…).drop(…)`.

    ## Why is this bad
    The server refuses as long as a column has the type, so that the migration fails where one was forgotten; with
    `CASCADE` the columns go. Code that casts to the type fails.

    ## Example
    ```sql
    DROP TYPE order_state;
    ```

    ## Use instead
    Drop it in a later release than its last column and its last cast.
    """

    severity = Severity.WARNING
    on = operation("drop_type")
    message = (
        "the {object} {name} is dropped: casts to it fail at once, and a column that still has it makes the "
        "migration fail. "
        "Drop it in a later release than its last use, and say so beside it: MIGRATION_APPROVED: reason"
    )

    def applies(self, operation: Operation, migration: Migration) -> bool:
        renamed = (one.new_name for one in migration.operations if one.kind is Kind.RENAME_OBJECT)
        return not is_made_again(operation, migration) and operation.name not in renamed

    examples = (
        Invalid(
            sql="DROP TYPE order_state;",
            finds="the type order_state is dropped: casts to it fail at once, and a column that still has it "
            "makes the migration fail. Drop it in a later release than its last use, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP DOMAIN IF EXISTS positive;",
            finds="the domain positive is dropped: casts to it fail at once, and a column that still has it "
            "makes the migration fail. Drop it in a later release than its last use, and say so beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Valid(sql="CREATE TYPE order_state_new AS ENUM ('open', 'paid');"),
        Valid(
            sql="ALTER TYPE order_state RENAME TO order_state_old;\nCREATE TYPE order_state AS ENUM ('open', 'paid');\n"
            "DROP TYPE order_state_old;",
            title="The old type of an exchange, whose columns were changed before:",
        ),
    )
