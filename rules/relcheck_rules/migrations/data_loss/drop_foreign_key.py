"""A foreign key is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, operation
from relcheck_rules.migrations._constraints import dropped_type, is_added_again
from relcheck_rules.migrations._replaced import behind, goes_with_its_table


class DropForeignKey(MigrationRule):
    """
    ## What it does
    Finds `DROP CONSTRAINT` of a foreign key and `op.drop_constraint(…, type_="foreignkey")`. One that the same
    migration adds again (under its name, or for the same columns) is left alone.

    ## Why is this bad
    Rows may point at nothing from now on, and then the key cannot be added again before they are mended. Both tables
    are locked with `ACCESS EXCLUSIVE` for a moment.

    ## Example
    ```sql
    ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fkey;
    ```

    ## Use instead
    Keep it as long as the columns are in use, and say why it may go: `MIGRATION_APPROVED: reason`.
    """

    severity = Severity.WARNING

    @on(operation("drop_constraint"))
    def dropped(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if goes_with_its_table(operation, migration) or _goes_with_its_column(operation, migration):
            return
        if dropped_type(operation) == "foreign_key" and not is_added_again(operation, migration):
            yield self.found(
                operation,
                migration,
                "the foreign key {name} of {table} is dropped: rows can point at nothing from now on, "
                "and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT of_customer;",
            before="CREATE TABLE shop_customer (id bigint PRIMARY KEY);\nCREATE TABLE shop_order (id bigint, "
            "customer_id bigint CONSTRAINT of_customer REFERENCES shop_customer (id));",
            finds="the foreign key of_customer of shop_order is dropped: rows can point at nothing from now on, "
            "and then it cannot be had again. Say why it may go beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fkey;",
            alembic="op.drop_constraint('shop_order_customer_id_fkey', 'shop_order', type_='foreignkey')",
            finds="the foreign key shop_order_customer_id_fkey of shop_order is dropped: rows can point at "
            "nothing from now on, and then it cannot be had again. Say why it may go beside it: "
            "MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT of_customer;\nALTER TABLE shop_order DROP COLUMN customer_id;",
            before="CREATE TABLE shop_customer (id bigint PRIMARY KEY);\nCREATE TABLE shop_order (id bigint, "
            "customer_id bigint CONSTRAINT of_customer REFERENCES shop_customer (id));",
            title="The column goes, too:",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fkey;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT shop_order_customer_id_fkey FOREIGN KEY (customer_id) "
            "REFERENCES shop_customer ON DELETE CASCADE NOT VALID;",
            title="Only its action changes:",
        ),
        Valid(sql="ALTER TABLE shop_order DROP CONSTRAINT total_positive;"),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_customer_id_fkey;\nDROP TABLE shop_order;",
            title="The table goes as well, which migrations/drop-table tells:",
        ),
    )


def _goes_with_its_column(operation: Operation, migration: Migration) -> bool:
    """Whether the same migration drops a column of the key afterwards: no row points anywhere then."""
    if operation.name is None:
        return False  # which one it is nobody knows
    columns = {name for one in operation.before.constraints for name in one.columns}
    return any(
        one.kind is Kind.DROP_COLUMN and one.table == operation.table and one.column in columns
        for one in behind(operation, migration)
    )
