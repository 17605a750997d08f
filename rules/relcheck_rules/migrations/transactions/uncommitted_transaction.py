"""A transaction is begun and never committed."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class UncommittedTransaction(MigrationRule):
    """
    ## What it does
    Finds `BEGIN` without a `COMMIT` behind it, where the tool opens no transaction of its own.

    ## Why is this bad
    When the connection is closed the server takes everything back. The tool has seen no error and notes the migration
    as applied.

    ## Example
    ```sql
    BEGIN;
    ALTER TABLE orders ADD COLUMN note text;
    ```

    ## Use instead
    ```sql
    BEGIN;
    ALTER TABLE orders ADD COLUMN note text;
    COMMIT;
    ```
    """

    requires = (Kind.BEGIN,)
    message = (
        "BEGIN without a COMMIT behind it: the server takes the migration back when the connection is closed, and the "
        "tool notes it as applied. Add COMMIT at the end"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        begun: Operation | None = None
        for one in migration.operations:
            if one.kind is Kind.BEGIN and one.transaction is None:
                begun = one
            elif one.kind in (Kind.COMMIT, Kind.ROLLBACK):
                begun = None
        if begun is not None:
            yield self.found(begun, migration, self.message)

    examples = (
        Invalid(
            "BEGIN;\nALTER TABLE shop_order ADD COLUMN note text;\n",
            Expect(
                1,
                1,
                6,
                "BEGIN without a COMMIT behind it: the server takes the migration back when the connection is closed, "
                "and the tool notes it as applied. Add COMMIT at the end",
            ),
            path="prisma/migrations/2_note/migration.sql",
        ),
        Valid(
            "BEGIN;\nALTER TABLE shop_order ADD COLUMN note text;\nCOMMIT;\n",
            path="prisma/migrations/2_note/migration.sql",
        ),
        Valid("ALTER TABLE shop_order ADD COLUMN note text;\n", path="prisma/migrations/2_note/migration.sql"),
    )
