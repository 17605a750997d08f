"""MySQL copies a table while writes wait."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Valid, on
from relcheck.sdk.migration import (
    Migration,
    MigrationFindings,
    MigrationRule,
    Operation,
    SqlType,
    is_foreign,
    operation,
)

_ONE_BYTE = 255


def _in_place(old: SqlType, new: SqlType) -> bool:
    """Whether MySQL changes one type into the other without a copy: MySQL manual, "Online DDL Operations", "Extending
    VARCHAR column size" and "Modifying the definition of an ENUM or SET column"."""
    if (old.name, old.arguments) == (new.name, new.arguments):
        return True
    if old.name != new.name:
        return False
    if old.name in ("enum", "set"):
        return new.arguments[: len(old.arguments)] == old.arguments
    if old.name != "varchar" or not old.arguments or not new.arguments:
        return False
    before, after = int(old.arguments[0]), int(new.arguments[0])
    return before <= after and (before > _ONE_BYTE) == (after > _ONE_BYTE)


class MysqlAlgorithmCopy(MigrationRule):
    """
    ## What it does
    Finds `ALGORITHM = COPY`, and what MySQL does by copying alone: another type of a column (except a `VARCHAR` that
    stays within its length byte, and values that are added at the end of an `ENUM`), a primary key that is dropped,
    another character set.

    ## Why is this bad
    Every row is copied into a new table, and writes wait until the end (MySQL manual, "Online DDL Operations").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD COLUMN channel varchar(20), ALGORITHM=COPY;
    ```

    ## Use instead
    `ALGORITHM=INSTANT` or `INPLACE` with `LOCK=NONE`, which fail in place of copying; gh-ost or pt-online-schema-change
    for what must be copied.
    """

    message = (
        "MySQL copies {table} for this, and writes wait until the end. "
        "Ask for ALGORITHM=INPLACE, LOCK=NONE, which fails in place of copying, or use an online tool (gh-ost)"
    )

    @on(operation(dialect="mysql", algorithm="COPY"))
    def asked_for(self, operation: Operation, migration: Migration) -> MigrationFindings:
        yield self.found(operation, migration, self.message, kind="asked-for")

    @on(operation("alter_column_type", dialect="mysql"))
    def only_way(self, operation: Operation, migration: Migration) -> MigrationFindings:
        old, new = operation.before.type, operation.type
        if old is None or new is None or operation.algorithm == "COPY" or is_foreign(old) or is_foreign(new):
            return
        if not _in_place(old, new):
            yield self.found(operation, migration, self.message, kind="only-way")

    @on(operation("drop_constraint", dialect="mysql", constraint="primary_key"))
    def key_dropped(self, operation: Operation, migration: Migration) -> MigrationFindings:
        yield self.found(operation, migration, self.message, kind="only-way")

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20), ALGORITHM=COPY;",
            dialect="mysql",
            finds=Found(
                "MySQL copies shop_order for this, and writes wait until the end. Ask for ALGORITHM=INPLACE, "
                "LOCK=NONE, which fails in place of copying, or use an online tool (gh-ost)",
                at="ADD COLUMN channel varchar(20)",
            ),
        ),
        Invalid(
            sql="ALTER TABLE shop_order MODIFY number bigint;",
            before="CREATE TABLE shop_order (id bigint, number int);",
            dialect="mysql",
            finds="MySQL copies shop_order for this, and writes wait until the end. Ask for ALGORITHM=INPLACE, "
            "LOCK=NONE, which fails in place of copying, or use an online tool (gh-ost)",
        ),
        Valid(
            sql="ALTER TABLE shop_order MODIFY note varchar(200);",
            before="CREATE TABLE shop_order (id bigint, note varchar(100));",
            dialect="mysql",
            title="One byte holds either length:",
        ),
        Valid(sql="ALTER TABLE shop_order ADD COLUMN channel varchar(20), ALGORITHM=INSTANT;", dialect="mysql"),
    )
