"""A view loses columns or gets them in another order."""

from __future__ import annotations

from relcheck.sdk import Found, Invalid, Severity, Valid
from relcheck.sdk.migration import Kind, Migration, MigrationFindings, MigrationRule, Operation


class ReplaceViewColumns(MigrationRule):
    """
    ## What it does
    Finds `CREATE OR REPLACE VIEW`, and `DROP VIEW` with `CREATE VIEW` in one migration, where the new view lacks
    columns of the old one or has them in another order, as far as the chain of migrations tells.

    ## Why is this bad
    Whoever reads a column that is gone fails. Whoever reads by position gets the wrong one. PostgreSQL refuses it for
    `CREATE OR REPLACE`, so that the migration fails (CREATE VIEW, "Description").

    ## Example
    ```sql
    CREATE OR REPLACE VIEW shop_sales AS SELECT id FROM shop_order;
    ```

    ## Use instead
    Add columns at the end only; make a new view for another shape, and drop the old one in a later release.
    """

    requires = (Kind.CREATE_VIEW, Kind.CREATE_MATERIALIZED_VIEW)
    severity = Severity.WARNING

    def check_migration(self, migration: Migration) -> MigrationFindings:
        old: dict[str | None, tuple[str, ...] | None] = {}
        for one in migration.operations:
            if one.kind is Kind.DROP_VIEW and not one.created_here:
                old[one.table] = one.before.view_columns
            elif one.kind in (Kind.CREATE_VIEW, Kind.CREATE_MATERIALIZED_VIEW):
                before = one.before.view_columns if one.or_replace else old.get(one.table)
                if before and one.columns and "columns" not in one.unknown:
                    yield from self._compared(before, one, migration)

    def _compared(self, before: tuple[str, ...], one: Operation, migration: Migration) -> MigrationFindings:
        lost = [name for name in before if name not in one.columns]
        if lost:
            yield self.found(
                one,
                migration,
                "the view {table} loses {lost}: whoever still reads that fails at once. "
                "Make a new view, and drop the old one in a later release",
                kind="lost",
                words={"lost": ", ".join(lost)},
            )
        elif one.columns[: len(before)] != before:
            yield self.found(
                one,
                migration,
                "the view {table} gets its columns in another order: whoever reads by position gets the wrong ones. "
                "Add columns at the end only",
                kind="moved",
            )

    examples = (
        Invalid(
            sql="CREATE OR REPLACE VIEW shop_sales AS SELECT id FROM shop_order;",
            before="CREATE VIEW shop_sales AS SELECT id, total FROM shop_order;",
            finds="the view shop_sales loses total: whoever still reads that fails at once. Make a new view, and "
            "drop the old one in a later release",
        ),
        Invalid(
            sql="DROP VIEW shop_sales;\nCREATE VIEW shop_sales AS SELECT total, id FROM shop_order;",
            before="CREATE VIEW shop_sales AS SELECT id, total FROM shop_order;",
            finds=Found(
                "the view shop_sales gets its columns in another order: whoever reads by position gets the wrong "
                "ones. Add columns at the end only",
                at="CREATE VIEW shop_sales AS SELECT total, id FROM shop_order",
            ),
        ),
        Valid(
            sql="CREATE OR REPLACE VIEW shop_sales AS SELECT id, total, channel FROM shop_order;",
            before="CREATE VIEW shop_sales AS SELECT id, total FROM shop_order;",
            title="At the end:",
        ),
        Valid(sql="CREATE VIEW shop_sales AS SELECT id FROM shop_order;"),
    )
