"""Approvals are written in the word that the gate knows."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule


class ForeignApproval(MigrationRule):
    """
    ## What it does
    Reports comments that look like approvals and are none here: `MIGRATION_OVERRIDE`, `MIGRATION_ALLOWED`,
    `MIGRATION APPROVED`, and misspellings.

    ## Why is this bad
    Whoever wrote it believes that the operation is approved. It is not: only `MIGRATION_APPROVED: reason` is read.

    ## Example
    ```sql
    -- MIGRATION_OVERRIDE: moved to notes
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    ```sql
    -- MIGRATION_APPROVED: moved to notes
    ALTER TABLE orders DROP COLUMN note;
    ```
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            sql="-- MIGRATION_OVERRIDE: moved to notes\nALTER TABLE shop_order DROP COLUMN note;",
            finds=Found(
                "MIGRATION_OVERRIDE approves nothing here. Where the operation is agreed on, write MIGRATION_APPROVED: "
                "and why it may run",
                at="MIGRATION_OVERRIDE: moved to notes",
            ),
        ),
        Valid(sql="-- MIGRATION_APPROVED: moved to notes\nALTER TABLE shop_order DROP COLUMN note;"),
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for number, one in enumerate(migration.annotations):
            if one.problem == "foreign":
                yield self.found_in(
                    migration,
                    f"{one.word} approves nothing here. Where the operation is agreed on, write MIGRATION_APPROVED: "
                    "and why it may run",
                    key=f"{one.word}:{number}",
                    region=one.region,
                )
