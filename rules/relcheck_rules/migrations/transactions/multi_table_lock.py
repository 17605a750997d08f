"""One transaction locks several tables."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation
from relcheck_rules.migrations._transactions import by_transaction, exclusive


class MultiTableLock(MigrationRule):
    """
    ## What it does
    Finds a transaction that takes `ACCESS EXCLUSIVE` on more than one table that existed before. It is told once for
    each transaction.

    ## Why is this bad
    The first table is out of use while the migration waits for the second one. Code that uses them in the other order
    holds what the migration waits for and waits for what it holds: a deadlock, and the server ends one of the two.

    ## Example
    ```sql
    ALTER TABLE orders ADD COLUMN note text;
    ALTER TABLE customers ADD COLUMN note text;
    ```

    ## Use instead
    A migration for each table, or `lock_timeout` and another try.
    """

    severity = Severity.WARNING

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operations in by_transaction(migration):
            locked: dict[str, Operation] = {}
            for one in operations:
                table = exclusive(one, migration)
                if table is not None:
                    locked.setdefault(table, one)
            if len(locked) > 1:
                first, second, *more = locked.values()
                shown = f"{first.table} and {second.table}" if not more else f"{len(locked)} tables"
                message = (
                    f"one transaction locks {shown} for everybody: whoever uses them in another order waits for it "
                    "while it waits for them. Give each table a migration of its own"
                )
                related = [Related(migration.path, first.region, f"{first.table} is locked here")]
                yield self.found(second, migration, message, related=related)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_customer ADD COLUMN note text;",
            finds=Found(
                "one transaction locks shop_order and shop_customer for everybody: whoever uses them in another order "
                "waits for it while it waits for them. Give each table a migration of its own",
                at="ADD COLUMN note text",
            ),
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_order ADD COLUMN memo text;"),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_order ADD COLUMN memo text;"),
    )
