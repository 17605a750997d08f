"""A trigger of a table in use is made, dropped or switched."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation, operation


class TriggerLock(MigrationRule):
    """
    ## What it does
    Finds `CREATE TRIGGER`, `DROP TRIGGER`, `ENABLE TRIGGER` and `DISABLE TRIGGER` on a table that the same migration
    did not create.

    ## Why is this bad
    Writes wait (`SHARE ROW EXCLUSIVE`), for `DROP TRIGGER` everybody does (`ACCESS EXCLUSIVE`): for a moment, but
    behind every transaction that runs. `DISABLE TRIGGER ALL` switches the checks of foreign keys off as well, and rows
    that are written meanwhile are never looked at again.

    ## Example
    ```sql
    ALTER TABLE shop_order DISABLE TRIGGER ALL;
    ```

    ## Use instead
    Set a `lock_timeout` and try again when it strikes. Leave triggers on; where one must be off, switch off that one by
    name, and on again in the same transaction.
    """

    severity = Severity.WARNING

    @on(operation("create_trigger", "drop_trigger", "enable_trigger", dialect="postgres"))
    def switched(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if operation.table is None:
            return
        done = {Kind.CREATE_TRIGGER: "made", Kind.DROP_TRIGGER: "dropped", Kind.ENABLE_TRIGGER: "switched on"}
        yield self.found(
            operation,
            migration,
            f"{{blocks}} of {{table}} wait until the trigger {{name}} is {done[operation.kind]}, and that waits "
            f"for all "
            "transactions that run ({lock} lock). Set a lock_timeout, and try again when it strikes",
            kind="lock",
        )

    @on(operation("disable_trigger", dialect="postgres"))
    def disabled(self, operation: Operation, migration: Migration) -> MigrationFindings:
        keys = operation.name == "all"
        what = (
            "all triggers of {table}, those that check foreign keys too," if keys else "the trigger {name} of {table}"
        )
        yield self.found(
            operation,
            migration,
            f"{what} {'are' if keys else 'is'} off from now on: what is written meanwhile is never looked at again. "
            "Switch off one by name at most, and on again in the same transaction",
            kind="disabled",
        )

    examples = (
        Invalid(
            sql="ALTER TABLE shop_order DISABLE TRIGGER ALL;",
            finds="all triggers of shop_order, those that check foreign keys too, are off from now on: what is "
            "written meanwhile is never looked at again. Switch off one by name at most, and on again in the "
            "same transaction",
        ),
        Invalid(
            sql="CREATE TRIGGER keep_totals AFTER INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION "
            "shop_keep_totals();",
            finds="writes of shop_order wait until the trigger keep_totals is made, and that waits for all "
            "transactions that run (SHARE ROW EXCLUSIVE lock). Set a lock_timeout, and try again when it strikes",
        ),
        Invalid(
            sql="DROP TRIGGER keep_totals ON shop_order;",
            finds="reads and writes of shop_order wait until the trigger keep_totals is dropped, and that waits "
            "for all transactions that run (ACCESS EXCLUSIVE lock). Set a lock_timeout, and try again when it strikes",
        ),
        Valid(
            sql="CREATE TABLE shop_line (id bigint);\nCREATE TRIGGER keep_totals AFTER INSERT ON shop_line "
            "FOR EACH ROW EXECUTE FUNCTION shop_keep_totals();",
        ),
    )
