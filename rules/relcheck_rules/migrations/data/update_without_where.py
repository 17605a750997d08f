"""All rows of a table are updated at once."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation


class UpdateWithoutWhere(MigrationRule):
    """
    ## What it does
    Finds `UPDATE` without a `WHERE`, and `update()` of an unfiltered query, of a table that the same migration did not
    create.

    ## Why is this bad
    Each row is locked until the transaction ends, and written anew, so that the table is twice as large afterwards.
    Where the statement ends in the middle it begins at the first row again, and rows that were set otherwise in the
    meantime are set back.

    ## Example
    ```sql
    UPDATE shop_order SET state = 'new';
    ```

    ## Use instead
    Update what is not yet as it should be, so that a second run changes nothing; for large tables in batches by the
    key, outside of the deployment.
    ```sql
    UPDATE shop_order SET state = 'new' WHERE state IS NULL;
    ```
    A column that shall have one value in all rows can be added with it as its default instead.
    """

    message = (
        "all rows of {table} are updated in one statement: each is locked until the transaction ends, and a second run "
        "does it again. Say which rows are not done yet (WHERE {undone}), in batches where they are many"
    )

    question = (
        "whether all rows of {table} are updated in one statement cannot be told: its end is put together at run time. "
        "Write out which rows it takes"
    )

    @on(operation("update", has_where=False, object_type=""))
    def updated(self, operation: Operation, migration: Migration) -> MigrationFindings:
        yield self.found(operation, migration, self.message, words=_undone(operation))

    @on(operation("update", object_type=""))
    def perhaps_updated(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.has_where is None and "has_where" in operation.unknown:
            yield self.found(
                operation,
                migration,
                self.question,
                kind="unknown",
                severity=Severity.WARNING,
                confidence=Confidence.LOW,
            )

    @on(operation("data_code", name="update", has_where=False, repeated=False))
    def updated_by_code(self, operation: Operation, migration: Migration) -> MigrationFindings:
        yield self.found(operation, migration, self.message, kind="code", words=_undone(operation))

    examples = (
        Invalid(
            sql="UPDATE shop_order SET state = 'new';",
            finds="all rows of shop_order are updated in one statement: each is locked until the transaction ends, and "
            "a second run does it again. Say which rows are not done yet (WHERE state IS NULL), in batches where they "
            "are many",
        ),
        Invalid(
            alembic="op.execute(sa.table('shop_order', sa.column('state')).update().values(state='new'))",
            finds="all rows of shop_order are updated in one statement: each is locked until the transaction ends, and "
            "a second run does it again. Say which rows are not done yet (WHERE state IS NULL), in batches where they "
            "are many",
            title="A statement of SQLAlchemy is one too:",
        ),
        Invalid(
            sql="UPDATE shop_order SET state = 'new', total = 0;",
            finds="all rows of shop_order are updated in one statement: each is locked until the transaction ends, and "
            "a second run does it again. Say which rows are not done yet (WHERE state IS NULL OR total IS NULL), in "
            "batches where they are many",
        ),
        Invalid(
            alembic="op.execute(f'UPDATE shop_order SET paid = {sa.false().compile(op.get_bind())}')",
            finds="whether all rows of shop_order are updated in one statement cannot be told: its end is put together "
            "at run time. Write out which rows it takes",
            title="The last part may be a value, or hold a condition:",
        ),
        Valid(sql="UPDATE shop_order SET state = 'new'\nWHERE state IS NULL;"),
        Valid(sql="CREATE TABLE shop_import (id bigint, state text);\nUPDATE shop_import SET state = 'new';"),
    )


def _undone(operation: Operation) -> dict[str, str]:
    columns = (operation.column,) if operation.column else operation.columns
    return {"undone": " OR ".join(f"{one} IS NULL" for one in columns) or "the column IS NULL"}
