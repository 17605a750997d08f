"""A UNIQUE constraint or index comes over columns that are in use."""

from __future__ import annotations

import re

from relcheck.sdk import Found, Invalid, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, operation


def _was_unique(operation: Operation, migration: Migration) -> bool:
    """Whether the same migration drops a unique constraint or index that let no more pass than this one does. Of one
    that no migration made, the name is all that tells."""
    constraint = operation.constraint
    columns, where = (constraint.columns, "") if constraint is not None else (operation.columns, operation.where)
    for one in migration.operations:
        if one.kind not in (Kind.DROP_INDEX, Kind.DROP_CONSTRAINT):
            continue
        dropped = _kept_apart(one)
        if dropped is None and one.name is not None and one.name == operation.name:
            return True
        if one.table == operation.table and any(
            known.issubset(columns) and condition in ("", where) for known, condition in dropped or ()
        ):
            return True
    return False


def _cannot_be_equal(operation: Operation, migration: Migration) -> bool:
    """Whether rows differ anyway: in a primary key or what is unique already, or by the NULL of a new column, which
    equals nothing."""
    columns = operation.constraint.columns if operation.constraint is not None else operation.columns
    held = [one.columns for one in operation.before.constraints if one.type in ("unique", "primary_key")]
    if any(one and set(one).issubset(columns) for one in held):
        return True
    if _NULLS_ALIKE.search(operation.sql + operation.code):
        return False
    here = [one for one in migration.operations if one.table == operation.table]
    empty = {
        column.name
        for one in here
        if one.kind is Kind.ADD_COLUMN
        for column in one.new_columns
        if column.nullable and column.default is None and not (column.serial or column.identity or column.generated)
    }
    return not empty.isdisjoint(columns) and not any(one.kind in _FILLING for one in migration.operations)


_NULLS_ALIKE = re.compile(r"(?i)nulls\s+not\s+distinct|nulls_distinct\s*=\s*False|nulls_not_distinct\s*=\s*True")
"""Where NULL equals NULL, in SQL, Django and Alembic."""

_FILLING = (Kind.UPDATE, Kind.DATA_CODE, Kind.OPAQUE, Kind.SET_NOT_NULL, Kind.SET_DEFAULT)
"""What may put values into a new column."""


def _kept_apart(dropped: Operation) -> list[tuple[frozenset[str], str]] | None:
    """The columns, and the condition, in which no two rows could be equal before; None where nobody says what it was
    that is dropped."""
    before = dropped.before
    if dropped.kind is Kind.DROP_INDEX:
        unique = [(frozenset(before.index_columns), before.index_where)] if before.unique_index else []
        return unique if before.unique_index is not None else None
    if not before.constraints:
        return None
    return [(frozenset(one.columns), "") for one in before.constraints if one.type in ("unique", "primary_key")]


class AddUniqueBreaksWriters(MigrationRule):
    """
    ## What it does
    Finds `ADD UNIQUE`, `CREATE UNIQUE INDEX`, `op.create_unique_constraint`, `op.create_index(…, unique=True)`,
    `unique=True` and `UniqueConstraint` over columns that the table had before. A constraint that takes over an index
    (`USING INDEX`) says nothing new.

    ## Why is this bad
    If there are duplicates, the migration fails; a concurrent one leaves an invalid index behind. If not, the release
    that still runs may write one and fails.

    ## Example
    ```sql
    CREATE UNIQUE INDEX CONCURRENTLY shop_order_number ON shop_order (number);
    ```

    ## Use instead
    Look for duplicates and mend them, and release code that writes none (or can bear the error) first; then say so
    beside it.
    """

    message = (
        "{columns} of {table} must be unique from now on: rows that are equal make this fail, "
        "and code that still writes equal ones fails afterwards. Mend the rows, release code that writes none, "
        "and say so beside it: MIGRATION_APPROVED: reason"
    )

    @on(operation("add_constraint", constraint="unique", constraint_using_index=None))
    @on(operation("create_index", unique=True))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if (
            operation.before.column_is_new
            or _was_unique(operation, migration)
            or _cannot_be_equal(operation, migration)
        ):
            return
        yield self.found(operation, migration, self.message)

    examples = (
        Invalid(
            sql="CREATE UNIQUE INDEX CONCURRENTLY shop_order_number ON shop_order (number);",
            alembic="op.create_index('shop_order_number', 'shop_order', ['number'], unique=True)",
            finds="number of shop_order must be unique from now on: rows that are equal make this fail, and code "
            "that still writes equal ones fails afterwards. Mend the rows, release code that writes none, and "
            "say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_number UNIQUE (number, shop);",
            alembic="op.create_unique_constraint('shop_order_number', 'shop_order', ['number', 'shop'])",
            django="migrations.AddConstraint('order', models.UniqueConstraint(fields=['number', 'shop'], "
            "name='shop_order_number'))",
            models="migrations.CreateModel('Order', fields=[('id', models.BigAutoField(primary_key=True)), "
            "('number', models.TextField()), ('shop', models.TextField())])",
            finds="number, shop of shop_order must be unique from now on: rows that are equal make this fail, "
            "and code that still writes equal ones fails afterwards. Mend the rows, release code that writes "
            "none, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_number UNIQUE USING INDEX shop_order_number_idx;",
            title="The index has kept them apart before:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_of_shop UNIQUE (id, shop);",
            before="CREATE TABLE shop_order (id bigint PRIMARY KEY, shop text);",
            title="The primary key keeps them apart:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN code text;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT shop_order_code UNIQUE (shop, code);",
            title="The new column is NULL in all of them:",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ADD COLUMN code text;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT shop_order_code UNIQUE NULLS NOT DISTINCT (shop, code);",
            finds=Found(
                "shop, code of shop_order must be unique from now on: rows that are equal make this fail, and code "
                "that still writes equal ones fails afterwards. Mend the rows, release code that writes none, and say "
                "so beside it: MIGRATION_APPROVED: reason",
                at="ADD CONSTRAINT shop_order_code UNIQUE NULLS NOT DISTINCT (shop, code)",
            ),
            title="Here NULL equals NULL:",
        ),
        Valid(
            sql="DROP INDEX shop_order_open;\n"
            "CREATE UNIQUE INDEX shop_order_pending ON shop_order (number, shop) WHERE state = 'open';",
            before="CREATE TABLE shop_order (number text, shop text, state text);\n"
            "CREATE UNIQUE INDEX shop_order_open ON shop_order (number) WHERE state = 'open';",
            title="They were kept apart before, by fewer columns and the same condition:",
        ),
        Invalid(
            sql="DROP INDEX shop_order_open;\n"
            "CREATE UNIQUE INDEX shop_order_open ON shop_order (number) WHERE state <> 'closed';",
            before="CREATE TABLE shop_order (number text, state text);\n"
            "CREATE UNIQUE INDEX shop_order_open ON shop_order (number) WHERE state = 'open';",
            finds=Found(
                "number of shop_order must be unique from now on: rows that are equal make this fail, and code that "
                "still writes equal ones fails afterwards. Mend the rows, release code that writes none, and say so "
                "beside it: MIGRATION_APPROVED: reason",
                at="CREATE UNIQUE INDEX shop_order_open ON shop_order (number) WHERE state <> 'closed'",
            ),
            title="More rows are kept apart than before:",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_key;\n"
            "ALTER TABLE shop_order ADD CONSTRAINT shop_order_number UNIQUE (number, shop);",
            before="CREATE TABLE shop_order (number text, shop text, CONSTRAINT shop_order_key UNIQUE (shop, number));",
            title="Another name for it:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN number text;\n"
            "CREATE UNIQUE INDEX shop_order_number ON shop_order (number);",
            title="Running code writes NULL, which equals nothing:",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint, number text);\n"
            "CREATE UNIQUE INDEX line_number ON shop_line (number);"
        ),
        Valid(sql="CREATE INDEX CONCURRENTLY shop_order_number ON shop_order (number);"),
    )
