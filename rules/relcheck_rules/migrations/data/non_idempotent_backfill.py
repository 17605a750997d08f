"""A backfill that does something else when it runs again."""

from __future__ import annotations

import re

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation

_GUARDED = re.compile(r"\b(?:not\s+exists|not\s+in|is\s+null|except|where\s+false)\b", re.IGNORECASE)
_NAME = r"(?:[\w\"`]+\.)?[\"`]?{}[\"`]?"


class NonIdempotentBackfill(MigrationRule):
    """
    ## What it does
    Finds changes of rows in existing tables that a second run would not leave alone: an `UPDATE` that computes a column
    from itself (`SET total = total * 100`) and says nothing of the column in its `WHERE`, and `INSERT … SELECT` without
    `ON CONFLICT`, `NOT EXISTS` or a test for `NULL`.

    ## Why is this bad
    A backfill may have to run again: the deployment was cut off, a replica was restored, rows came in behind it. Then
    this one multiplies what was multiplied already, or inserts rows that are there.

    ## Example
    ```sql
    UPDATE shop_order SET total = total * 100 WHERE currency = 'EUR';
    ```

    ## Use instead
    Write to a new column and say that it is not filled yet; insert what is not there.
    ```sql
    UPDATE shop_order SET total_cents = total * 100 WHERE total_cents IS NULL;
    INSERT INTO shop_total (id) SELECT id FROM shop_order ON CONFLICT DO NOTHING;
    ```
    """

    severity = Severity.WARNING
    computed = (
        "{column} of {table} is computed from itself: a second run computes it again. "
        "Write to a new column WHERE it IS NULL, or test for what is not done yet"
    )
    inserted = (
        "rows are inserted into {table} without asking whether they are there: a second run inserts them again. "
        "Add ON CONFLICT DO NOTHING, or WHERE NOT EXISTS (…)"
    )

    @on(operation("update", object_type=""))
    def update(self, operation: Operation, migration: Migration) -> MigrationFindings:
        for column in operation.columns:
            if _computes_itself(operation, column):
                yield self.found(operation, migration, self.computed, words={"column": column})
                return

    @on(operation("insert", object_type="", value=None, has_where=(True, False)))
    def insert(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.reads and operation.sql and not _GUARDED.search(operation.sql):
            yield self.found(operation, migration, self.inserted)

    examples = (
        Invalid(
            sql="UPDATE shop_order SET total = total * 100 WHERE currency = 'EUR';",
            finds="total of shop_order is computed from itself: a second run computes it again. Write to a new column "
            "WHERE it IS NULL, or test for what is not done yet",
        ),
        Invalid(
            sql="INSERT INTO shop_total (id) SELECT id FROM shop_order WHERE total > 0;",
            finds="rows are inserted into shop_total without asking whether they are there: a second run inserts them "
            "again. Add ON CONFLICT DO NOTHING, or WHERE NOT EXISTS (…)",
        ),
        Valid(sql="UPDATE shop_order SET total_cents = total * 100 WHERE total_cents IS NULL;"),
        Valid(sql="UPDATE shop_order SET state = 'new' WHERE state = 'fresh';"),
        Valid(sql="UPDATE shop_order SET email = lower(email);", title="Twice is the same as once:"),
        Valid(sql="INSERT INTO shop_total (id) SELECT id FROM shop_order ON CONFLICT DO NOTHING;"),
        Valid(
            sql="INSERT INTO shop_total (id) SELECT id FROM shop_order AS o\n"
            "WHERE NOT EXISTS (SELECT 1 FROM shop_total AS t WHERE t.id = o.id);"
        ),
        Valid(sql="CREATE TABLE shop_total (id bigint);\nINSERT INTO shop_total (id) SELECT id FROM shop_order;"),
    )


def _computes_itself(operation: Operation, column: str) -> bool:
    """Whether an UPDATE sets a column by an operator on its own value, and its WHERE says nothing of the column."""
    if operation.sql.casefold().count(column.casefold()) < 2:  # its name, and its name in the value
        return False
    name = _NAME.format(re.escape(column))
    if re.search(rf"\b{re.escape(column)}\b", operation.where, re.IGNORECASE):
        return False
    assigned = re.search(r"(?is)\bset\b(?P<assignments>.*?)(?:\bwhere\b|\bfrom\b|\breturning\b|\Z)", operation.sql)
    if assigned is None:
        return False
    sign = r"(?:\+|-|\*|/|\|\|)"
    own = rf"(?<![\w.\"`]){name}\s*=\s*[^,=]*?(?:{sign}\s*{name}(?![\w(])|(?<![\w.\"`]){name}\s*{sign})"
    return re.search(own, assigned["assignments"], re.IGNORECASE) is not None
