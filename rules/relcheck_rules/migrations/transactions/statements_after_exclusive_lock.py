"""Slow work goes on while a table is locked by an earlier statement."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Related, Severity, Valid
from relcheck.sdk.migration import (
    Kind,
    LockMode,
    Migration,
    MigrationFinding,
    MigrationFindings,
    MigrationRule,
    Operation,
    effect_of,
)
from relcheck_rules.migrations._transactions import by_transaction, changes_rows, exclusive


class StatementsAfterExclusiveLock(MigrationRule):
    """
    ## What it does
    Finds work that takes time (an index or a scan of the same table that would let others read, rows of another table,
    code of which nothing is known) behind a statement that has locked a table with `ACCESS EXCLUSIVE` in the same
    transaction. It is told once
    for each transaction. Rows of the locked table itself are `migrations/backfill-with-ddl`, scans of another table
    `migrations/rewrite-while-holding-lock`.

    ## Why is this bad
    A lock is held until its transaction ends. A change that would take a moment keeps everybody out for as long as what
    comes after it.

    ## Example
    ```sql
    ALTER TABLE orders ADD COLUMN note text;
    UPDATE customers SET seen = now();
    ```

    ## Use instead
    Two migrations, the slow one by itself.
    """

    severity = Severity.WARNING

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for operations in by_transaction(migration):
            found = self._first(operations, migration)
            if found is not None:
                yield found

    def _first(self, operations: tuple[Operation, ...], migration: Migration) -> MigrationFinding | None:
        locked: dict[str, Operation] = {}
        for one in operations:
            holder = self._held(one, locked, migration)
            if holder is not None:
                message = (
                    f"{holder.table} stays locked for everybody while this runs: the lock of an earlier statement is "
                    "held until the transaction ends. Put it into a migration of its own"
                )
                related = [Related(migration.path, holder.region, f"{holder.table} is locked here")]
                return self.found(one, migration, message, related=related)
            table = exclusive(one, migration)
            if table is not None:
                locked.setdefault(table, one)
        return None

    def _held(self, one: Operation, locked: dict[str, Operation], migration: Migration) -> Operation | None:
        """What was locked by another statement while this one, if it is slow, runs."""
        before = {table: each for table, each in locked.items() if each.region != one.region}
        if not before:
            return None
        if one.kind is Kind.OPAQUE or (changes_rows(one) and one.table not in locked):
            return next(iter(before.values()))
        effect = effect_of(one, migration.server_version)
        weaker = effect.mode is not None and effect.mode < LockMode.ACCESS_EXCLUSIVE
        return before.get(one.table or "") if effect.work and weaker and not one.created_here else None

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nUPDATE shop_customer SET seen = now();",
            finds=Found(
                "shop_order stays locked for everybody while this runs: the lock of an earlier statement is held until "
                "the transaction ends. Put it into a migration of its own",
                at="UPDATE shop_customer SET seen = now()",
            ),
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nCREATE INDEX shop_order_note ON shop_order (note);",
            finds=Found(
                "shop_order stays locked for everybody while this runs: the lock of an earlier statement is held until "
                "the transaction ends. Put it into a migration of its own",
                at="CREATE INDEX shop_order_note ON shop_order (note)",
            ),
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_order ADD COLUMN memo text;"),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN note text;\nALTER TABLE shop_order ALTER COLUMN id TYPE bigint;",
            title="The second one would lock the table as much:",
        ),
        Valid(
            "-- Deploy note\nBEGIN;\nALTER TABLE shop_order ADD COLUMN note text;\nCOMMIT;\n"
            "UPDATE shop_customer SET seen = now();\n",
            path="deploy/note.sql",
            title="The first is committed before:",
        ),
        Valid(sql="CREATE TABLE shop_line (id bigint);\nUPDATE shop_customer SET seen = now();"),
    )
