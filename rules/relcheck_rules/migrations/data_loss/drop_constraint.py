"""A CHECK or UNIQUE constraint is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation
from relcheck_rules.migrations._constraints import dropped_type, is_added_again
from relcheck_rules.migrations._replaced import goes_with_its_table


def _is_spent(operation: Operation) -> bool:
    """A CHECK that only says what NOT NULL says by now."""
    return any(
        set(one.columns) <= set(operation.before.not_null) and "is not null" in one.expression.lower()
        for one in operation.before.constraints
        if one.columns
    )


class DropConstraint(MigrationRule):
    """
    ## What it does
    Finds `DROP CONSTRAINT` of a CHECK, UNIQUE or EXCLUDE constraint, and of one whose type the chain of migrations does
    not tell. One that the same migration adds again under its name is left alone (its definition changes), and so is a
    CHECK `column IS NOT NULL` of a column that is `NOT NULL` by now: the last step of making it so.

    ## Why is this bad
    From now on rows may violate it, and then it cannot be added again: going back needs the rows to be mended. Code
    that relies on the constraint (an upsert by `ON CONFLICT`, a unique name) goes wrong without an error.

    ## Example
    ```sql
    ALTER TABLE shop_order DROP CONSTRAINT total_positive;
    ```

    ## Use instead
    Keep it until the code that needs it is gone, and say why it may go: `MIGRATION_APPROVED: reason`.
    """

    severity = Severity.WARNING

    @on(operation("drop_constraint"))
    def dropped(self, operation: Operation, migration: Migration) -> MigrationFindings:
        kind = dropped_type(operation)
        if kind in ("foreign_key", "primary_key", "not_null") or is_added_again(operation, migration):
            return
        if goes_with_its_table(operation, migration):
            return
        if kind == "check" and _is_spent(operation):
            return
        what = {"check": "the CHECK constraint", "unique": "the UNIQUE constraint", "exclude": "the EXCLUDE constraint"}
        yield self.found(
            operation,
            migration,
            f"{what.get(kind, 'the constraint')} {{name}} of {{table}} is dropped: rows that violate it can come "
            f"from now on, "
            "and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
            kind=kind,
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT total_positive;",
            before="CREATE TABLE shop_order (id bigint, total int, CONSTRAINT total_positive CHECK (total > 0));",
            finds="the CHECK constraint total_positive of shop_order is dropped: rows that violate it can come "
            "from now on, and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT order_number_key;",
            alembic="op.drop_constraint('order_number_key', 'shop_order')",
            title="The chain does not tell what it is:",
            finds="the constraint order_number_key of shop_order is dropped: rows that violate it can come from "
            "now on, and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            alembic="op.drop_constraint('order_number_key', 'shop_order', type_='unique')",
            finds="the UNIQUE constraint order_number_key of shop_order is dropped: rows that violate it can "
            "come from now on, and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: "
            "reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT total_positive;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;",
            title="Its definition changes:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN total SET NOT NULL;\n"
            "ALTER TABLE shop_order DROP CONSTRAINT total_given;",
            before="CREATE TABLE shop_order (id bigint, total int, CONSTRAINT total_given CHECK (total IS NOT NULL));",
            title="The last step of making a column NOT NULL:",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fkey;",
            title="This is migrations/drop-foreign-key:",
        ),
    )
