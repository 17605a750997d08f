"""A default of a column in use is changed."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, operation


class ChangeDefault(MigrationRule):
    """
    ## What it does
    Finds `SET DEFAULT` and `DROP DEFAULT` of a column that existed before. A first default of a required column is left
    alone: who left it out failed until now.

    ## Why is this bad
    Code that leaves the column out relied on the old default: it writes another value from now on, or NULL, and nothing
    fails.

    ## Example
    ```sql
    ALTER TABLE shop_order ALTER COLUMN channel SET DEFAULT 'app';
    ```

    ## Use instead
    Release code that writes the column itself first, and say so beside it.
    """

    severity = Severity.WARNING
    message = (
        "the default of {table}.{column} {changes}: code that leaves it out writes another value from now on. "
        "Release code that writes it itself first, and say so beside it: MIGRATION_APPROVED: reason"
    )

    @on(operation("set_default", "drop_default"))
    def changed(self, operation: Operation, migration: Migration) -> MigrationFindings:
        before = operation.before
        if before.column_is_new or operation.object_type == "view":
            return
        if operation.kind is Kind.SET_DEFAULT and before.nullable is False and before.has_default is False:
            return
        if operation.kind is Kind.DROP_DEFAULT and before.has_default is False:
            return
        changes = "changes" if operation.kind is Kind.SET_DEFAULT else "is dropped"
        yield self.found(operation, migration, self.message.replace("{changes}", changes))

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET DEFAULT 'app';",
            alembic="op.alter_column('shop_order', 'channel', server_default='app')",
            finds="the default of shop_order.channel changes: code that leaves it out writes another value from "
            "now on. Release code that writes it itself first, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel DROP DEFAULT;",
            alembic="op.alter_column('shop_order', 'channel', server_default=None)",
            finds="the default of shop_order.channel is dropped: code that leaves it out writes another value "
            "from now on. Release code that writes it itself first, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="ALTER TABLE shop_order ALTER COLUMN channel SET DEFAULT 'web';",
            before="CREATE TABLE shop_order (id bigint, channel text NOT NULL);",
            title="Who left it out failed until now:",
        ),
        Valid(
            sql="ALTER TABLE shop_order ADD COLUMN channel text;\n"
            "ALTER TABLE shop_order ALTER COLUMN channel SET DEFAULT 'web';",
        ),
    )
