"""A primary key is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, Step, operation
from relcheck_rules.migrations._constraints import dropped_type
from relcheck_rules.migrations._replaced import goes_with_its_table


def _is_exchanged(operation: Operation, migration: Migration) -> bool:
    return any(
        one.kind is Kind.ADD_CONSTRAINT
        and one.table == operation.table
        and one.constraint is not None
        and one.constraint.type == "primary_key"
        for one in migration.operations
    )


class DropPrimaryKey(MigrationRule):
    """
    ## What it does
    Finds `DROP CONSTRAINT` of a primary key and `DROP PRIMARY KEY`. A table that gets another one in the same migration
    is left alone.

    ## Why is this bad
    Nothing keeps rows apart any more, foreign keys to the table go or refuse, and logical replication has nothing to
    identify rows by, so that updates fail.

    ## Example
    ```sql
    ALTER TABLE shop_order DROP CONSTRAINT shop_order_pkey;
    ```

    ## Use instead
    Exchange it in one statement: build a unique index with `CONCURRENTLY`, then drop the old key and add `PRIMARY KEY
    USING INDEX` in the same `ALTER TABLE`.
    """

    safe = (
        Step(
            "CREATE UNIQUE INDEX CONCURRENTLY {table_name}_new_pkey ON {table} (id)",
            transaction=False,
            note="over the new key's columns",
        ),
        Step(
            "ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} PRIMARY KEY USING INDEX "
            "{table_name}_new_pkey"
        ),
    )

    @on(operation("drop_constraint"))
    def dropped(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if goes_with_its_table(operation, migration):
            return
        if dropped_type(operation) == "primary_key" and not _is_exchanged(operation, migration):
            yield self.found(
                operation,
                migration,
                "{table} loses its primary key: nothing keeps its rows apart, and replication cannot tell them apart. "
                "Exchange it in one ALTER TABLE: DROP CONSTRAINT …, ADD PRIMARY KEY USING INDEX …",
                safe=self.safe,
            )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_pkey;",
            alembic="op.drop_constraint('shop_order_pkey', 'shop_order', type_='primary')",
            finds="shop_order loses its primary key: nothing keeps its rows apart, and replication cannot tell "
            "them apart. Exchange it in one ALTER TABLE: DROP CONSTRAINT …, ADD PRIMARY KEY USING INDEX …",
        ),
        Invalid(
            sql="ALTER TABLE shop_order DROP PRIMARY KEY;",
            dialect="mysql",
            finds="shop_order loses its primary key: nothing keeps its rows apart, and replication cannot tell "
            "them apart. Exchange it in one ALTER TABLE: DROP CONSTRAINT …, ADD PRIMARY KEY USING INDEX …",
        ),
        Valid(
            sql="ALTER TABLE shop_order DROP CONSTRAINT shop_order_pkey, "
            "ADD CONSTRAINT shop_order_pkey PRIMARY KEY USING INDEX shop_order_new_pkey;",
            title="It is exchanged:",
        ),
        Valid(sql="ALTER TABLE shop_order DROP CONSTRAINT total_positive;"),
    )
