"""One approval is for one operation that loses data."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, effect_of

_GONE = {"rows", "columns", "values"}


class ApprovalScopeTooWide(MigrationRule):
    """
    ## What it does
    Reports one `MIGRATION_APPROVED` beside a statement or call in which several columns, tables or rows are lost.

    ## Why is this bad
    One reason is given, and several things go. What is added to the statement later goes with them, approved by
    somebody who has never seen it.

    ## Example
    ```sql
    -- MIGRATION_APPROVED: the address is in its own table
    ALTER TABLE orders DROP COLUMN street, DROP COLUMN city, DROP COLUMN note;
    ```

    ## Use instead
    ```sql
    ALTER TABLE orders
      DROP COLUMN street,  -- MIGRATION_APPROVED: is in addresses since release 41
      DROP COLUMN city;    -- MIGRATION_APPROVED: is in addresses since release 41
    ```
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            sql="-- MIGRATION_APPROVED: moved to addresses\n"
            "ALTER TABLE shop_order DROP COLUMN street, DROP COLUMN city;",
            finds=Found(
                "this approval covers 2 operations that lose data (street, city): one reason for each is asked for. "
                "Put each on a line of its own, with its approval",
                at="MIGRATION_APPROVED: moved to addresses",
            ),
        ),
        Valid(
            sql="ALTER TABLE shop_order\n"
            "  DROP COLUMN street, -- MIGRATION_APPROVED: moved to addresses\n"
            "  DROP COLUMN city; -- MIGRATION_APPROVED: moved to addresses, too"
        ),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for one in migration.annotations:
            lost = [
                each
                for each in migration.operations
                if one.approval is not None
                and each.approval == one.approval
                and _GONE & set(effect_of(each, migration.server_version).loss)
            ]
            if len(lost) > 1:
                names = ", ".join(each.column or each.table or each.name or "?" for each in lost)
                yield self.found_in(
                    migration,
                    f"this approval covers {len(lost)} operations that lose data ({names}): one reason for each is "
                    "asked for. Put each on a line of its own, with its approval",
                    key=f"wide:{names}",
                    region=one.region,
                )
