"""The two halves of a SeparateDatabaseAndState tell of the same columns."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_HEAD = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True))]),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddField("order", "total", models.IntegerField(null=True))],
"""


class StateDbMismatch(MigrationRule):
    """
    ## What it does
    Compares the two halves of `SeparateDatabaseAndState`: a column that the models get and the database does not,
    though it gets another one of the same table; a column that is NOT NULL in one half and nullable in the other. A
    half that stands alone is no mismatch: the other one is done elsewhere.

    ## Why is this bad
    Django believes what the state says. Queries name a column that is not there, and `makemigrations` never sees the
    difference.

    ## Example
    ```python
    migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN totals integer")],
        state_operations=[migrations.AddField("order", "total", models.IntegerField(null=True))],
    )
    ```

    ## Use instead
    ```python
    migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN total integer")],
        state_operations=[migrations.AddField("order", "total", models.IntegerField(null=True))],
    )
    ```
    """

    severity = Severity.INFO

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for number, one in enumerate(migration.mismatches):
            yield self.found_in(migration, one.message, key=f"mismatch:{number}", region=one.region)

    examples = (
        Invalid(
            _HEAD
            + "            database_operations=[migrations.RunSQL('ALTER TABLE shop_order ADD totals integer', '')],\n"
            "        ),\n    ]\n",
            Expect(
                8,
                9,
                44,
                "the models get a column total of shop_order, the database gets totals: queries will name a column "
                "that is not there. Give both the same column",
            ),
            path="shop/migrations/0001_total.py",
        ),
        Valid(
            _HEAD
            + "            database_operations=[migrations.RunSQL('ALTER TABLE shop_order ADD total integer', '')],\n"
            "        ),\n    ]\n",
            path="shop/migrations/0001_total.py",
        ),
        Valid(
            _HEAD + "        ),\n    ]\n",
            path="shop/migrations/0001_total.py",
            title="The column is there already:",
        ),
    )
