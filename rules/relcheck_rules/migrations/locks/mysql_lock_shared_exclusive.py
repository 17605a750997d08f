"""A change of MySQL asks for a lock that keeps others waiting."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class MysqlLockSharedExclusive(MigrationRule):
    """
    ## What it does
    Finds `LOCK = SHARED` and `LOCK = EXCLUSIVE` of `ALTER TABLE`, `CREATE INDEX` and `DROP INDEX`.

    ## Why is this bad
    With `SHARED` writes wait, with `EXCLUSIVE` reads too, for as long as the change takes (MySQL manual, "ALTER TABLE
    Statement", "Concurrency Control").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD INDEX by_number (number), LOCK=SHARED;
    ```

    ## Use instead
    `LOCK=NONE`: the statement fails at once where that is not possible.
    """

    message = (
        "{who} of {table} wait for as long as this takes: it asks for LOCK={mode}. "
        "Ask for LOCK=NONE, which fails at once where that is not possible"
    )

    @on(operation(dialect="mysql", lock=("SHARED", "EXCLUSIVE")))
    def locked(self, operation: Operation, migration: Migration) -> MigrationFindings:
        who = "writes" if operation.lock == "SHARED" else "reads and writes"
        yield self.found(operation, migration, self.message, words={"who": who, "mode": operation.lock})

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20), LOCK=SHARED;",
            dialect="mysql",
            finds=Found(
                "writes of shop_order wait for as long as this takes: it asks for LOCK=SHARED. Ask for "
                "LOCK=NONE, which fails at once where that is not possible",
                at="ADD COLUMN channel varchar(20)",
            ),
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20), LOCK=NONE;", dialect="mysql"),
        Valid(sql="LOCK TABLES shop_order WRITE;", dialect="mysql", title="Another lock:"),
    )
