"""A primary key takes over an index whose columns may hold NULL."""

from __future__ import annotations

from relcheck.sdk import Confidence, Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, effect_of, operation


class AddPrimaryKeyNullableIndex(MigrationRule):
    """
    ## What it does
    Finds `PRIMARY KEY USING INDEX` where the chain of migrations does not say that all columns of the index are `NOT
    NULL`.

    ## Why is this bad
    The columns become `NOT NULL` by the way: every row is looked at under `ACCESS EXCLUSIVE` (PostgreSQL manual, ALTER
    TABLE, `ADD table_constraint_using_index`: "this will … require a full table scan").

    ## Example
    ```sql
    ALTER TABLE shop_order ADD CONSTRAINT shop_order_pkey PRIMARY KEY USING INDEX shop_order_id;
    ```

    ## Use instead
    Make the columns `NOT NULL` first: a CHECK that is `NOT VALID`, then validated, then `SET NOT NULL`, which finds the
    CHECK and looks at nothing.
    """

    severity = Severity.WARNING
    message = (
        "the columns of {table}'s new primary key {are}: every row is looked at while readers and writers wait "
        "({lock} lock). "
        "Make them NOT NULL first, by a validated CHECK"
    )

    @on(operation("add_constraint", dialect="postgres", constraint="primary_key"))
    def added(self, operation: Operation, migration: Migration) -> MigrationFindings:
        constraint = operation.constraint
        if constraint is None or constraint.using_index is None:
            return
        if "scan" not in effect_of(operation, migration.server_version).work:
            return
        known = bool(operation.before.columns) and bool(constraint.columns)
        are = "may hold NULL" if known else "may hold NULL, as far as the chain tells"
        yield self.found(
            operation,
            migration,
            self.message.replace("{are}", are),
            confidence=None if known else Confidence.MEDIUM,
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_pkey PRIMARY KEY USING INDEX shop_order_id;",
            before="CREATE TABLE shop_order (id bigint);\nCREATE UNIQUE INDEX shop_order_id ON shop_order (id);",
            finds="the columns of shop_order's new primary key may hold NULL, as far as the chain tells: every "
            "row is looked at while readers and writers wait (ACCESS EXCLUSIVE lock). Make them NOT NULL first, "
            "by a validated CHECK",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD CONSTRAINT shop_order_pkey PRIMARY KEY USING INDEX shop_order_id;",
            before="CREATE TABLE shop_order (id bigint NOT NULL);\n"
            "CREATE UNIQUE INDEX shop_order_id ON shop_order (id);",
        ),
    )
