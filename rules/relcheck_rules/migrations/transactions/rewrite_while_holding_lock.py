"""A table is scanned or rewritten while another one is locked."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, effect_of
from relcheck_rules.migrations._transactions import by_transaction, exclusive


class RewriteWhileHoldingLock(MigrationRule):
    """
    ## What it does
    Finds an operation that scans or rewrites a table, or builds an index, in a transaction that has locked another
    table with `ACCESS EXCLUSIVE` before. It is told once for each table and transaction.

    ## Why is this bad
    Both tables are out of use for as long as the slow one takes. Code that uses them in the other order waits for the
    one while it holds the other: a deadlock.

    ## Example
    ```sql
    ALTER TABLE customers ADD COLUMN note text;
    ALTER TABLE orders ALTER COLUMN id TYPE bigint;
    ```

    ## Use instead
    A migration for each table.
    """

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operations in by_transaction(migration):
            locked: dict[str, Operation] = {}
            told: set[str] = set()
            for one in operations:
                work = effect_of(one, migration.server_version).work
                others = [each for table, each in locked.items() if table != one.table]
                if work and others and one.table is not None and one.table not in told and not one.created_here:
                    told.add(one.table)
                    related = [Related(migration.path, others[0].region, f"{others[0].table} is locked here")]
                    message = (
                        f"all rows of {{table}} are worked through while {others[0].table} is locked for everybody: "
                        "the lock of an earlier statement is held until the transaction ends. Put each into a "
                        "migration of its own"
                    )
                    yield self.found(one, migration, message, related=related)
                table_locked = exclusive(one, migration)
                if table_locked is not None:
                    locked.setdefault(table_locked, one)

    examples = (
        Invalid(
            sql="ALTER TABLE shop_customer ADD COLUMN note text;\nALTER TABLE shop_order ALTER COLUMN id TYPE bigint;",
            before="CREATE TABLE shop_order (id int);",
            finds=Found(
                "all rows of shop_order are worked through while shop_customer is locked for everybody: the lock of an "
                "earlier statement is held until the transaction ends. Put each into a migration of its own",
                at="ALTER COLUMN id TYPE bigint",
            ),
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN id TYPE bigint;\nALTER TABLE shop_customer ADD COLUMN note text;"
        ),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nALTER TABLE shop_order ALTER COLUMN id TYPE bigint;"),
    )
