"""SQL of a Django migration says how it is undone."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule


def _code(operation: str) -> str:
    return (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n"
        f"    operations = [\n        {operation},\n    ]\n"
    )


class IrreversibleRunsql(MigrationRule):
    """
    ## What it does
    Finds `RunSQL` without `reverse_sql`. A comment `ROLLBACK: …` in the file, which says what is done instead, is
    enough.

    ## Why is this bad
    `migrate shop 0001` stops at it with `IrreversibleError`. Whoever rolls back in an emergency has to edit the
    migration first, and all migrations behind it stay applied until then.

    ## Example
    ```python
    migrations.RunSQL("CREATE VIEW shop_open AS SELECT * FROM shop_order WHERE open")
    ```

    ## Use instead
    ```python
    migrations.RunSQL(
        "CREATE VIEW shop_open AS SELECT * FROM shop_order WHERE open",
        reverse_sql="DROP VIEW shop_open",
    )
    ```
    """

    severity = Severity.WARNING
    message = (
        "there is no reverse_sql: migrate stops here on the way back, and with it every migration before this one. "
        "Give the SQL that undoes it, or migrations.RunSQL.noop where nothing need be undone"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.rollback:
            return
        for number, step in enumerate(migration.steps):
            if step.type == "sql" and step.reverse == "missing":
                yield self.found_in(migration, self.message, key=f"sql:{number}", region=step.region)

    examples = (
        Invalid(
            _code("migrations.RunSQL('UPDATE shop_order SET open = true WHERE open IS NULL')"),
            Expect(
                7,
                9,
                26,
                "there is no reverse_sql: migrate stops here on the way back, and with it every migration before "
                "this one. Give the SQL that undoes it, or migrations.RunSQL.noop where nothing need be undone",
            ),
            path="shop/migrations/0001_open.py",
        ),
        Valid(
            _code("migrations.RunSQL('CREATE VIEW shop_open AS SELECT 1', reverse_sql='DROP VIEW shop_open')"),
            path="shop/migrations/0001_open.py",
        ),
        Valid(
            _code("migrations.RunSQL('ANALYZE shop_order', migrations.RunSQL.noop)"),
            path="shop/migrations/0001_open.py",
        ),
    )
