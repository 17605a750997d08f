"""A function, procedure or trigger is dropped."""

from __future__ import annotations

from relcheck.sdk import Invalid, Severity, Valid, on
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule, Operation, operation
from relcheck_rules.migrations._replaced import is_made_again


class DropRoutineOrTrigger(MigrationRule):
    """
    ## What it does
    Finds `DROP FUNCTION`, `DROP PROCEDURE`, `DROP AGGREGATE` and `DROP TRIGGER`. One that the same migration creates,
    before or afterwards, is left alone.

    ## Why is this bad
    Whoever calls the function fails at once. A trigger stops silently: what it kept in step (a second column while code
    is being moved, a search index, an audit trail) drifts from then on.

    ## Example
    ```sql
    DROP TRIGGER keep_totals ON shop_order;
    ```

    ## Use instead
    Remove the callers first, and release that. Drop a trigger that writes to two columns when nobody reads the old one.
    """

    severity = Severity.WARNING

    @on(operation("drop_routine"))
    def routine(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if not is_made_again(operation, migration):
            yield self.found(
                operation,
                migration,
                "the {object} {name} is dropped: whoever still calls it fails at once. "
                "Drop it in a later release than its last call, and say so beside it: MIGRATION_APPROVED: reason",
                kind="routine",
            )

    @on(operation("drop_trigger"))
    def trigger(self, operation: Operation, migration: Migration) -> MigrationFindings:
        if not is_made_again(operation, migration):
            yield self.found(
                operation,
                migration,
                "the trigger {name} of {table} is dropped: what it kept in step drifts from now on, and nothing fails. "
                "Drop it when nobody relies on it, and say so beside it: MIGRATION_APPROVED: reason",
                kind="trigger",
            )

    examples = (
        Invalid(
            sql="DROP FUNCTION shop_total(bigint);",
            finds="the function shop_total is dropped: whoever still calls it fails at once. Drop it in a later "
            "release than its last call, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Invalid(
            sql="DROP TRIGGER keep_totals ON shop_order;",
            finds="the trigger keep_totals of shop_order is dropped: what it kept in step drifts from now on, "
            "and nothing fails. Drop it when nobody relies on it, and say so beside it: MIGRATION_APPROVED: reason",
        ),
        Valid(
            sql="DROP TRIGGER keep_totals ON shop_order;\nCREATE TRIGGER keep_totals AFTER INSERT ON shop_order "
            "FOR EACH ROW EXECUTE FUNCTION shop_keep_totals();",
            title="It is made anew in the same transaction:",
        ),
        Valid(
            sql="DROP TRIGGER IF EXISTS keep_totals;\nCREATE TRIGGER keep_totals AFTER INSERT ON shop_order "
            "BEGIN UPDATE shop_total SET total = 0 WHERE id = 1; END;",
            dialect="sqlite",
            title="SQLite names it without its table:",
        ),
        Valid(sql="CREATE OR REPLACE FUNCTION shop_one() RETURNS int LANGUAGE sql AS 'SELECT 1';"),
    )
