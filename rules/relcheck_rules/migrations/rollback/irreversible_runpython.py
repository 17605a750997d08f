"""Code of a Django migration says how it is undone."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_HEAD = """from django.db import migrations


def fill(apps, schema_editor):
    apps.get_model("shop", "Order").objects.filter(channel="").update(channel="web")


class Migration(migrations.Migration):
    dependencies = []
"""


class IrreversibleRunpython(MigrationRule):
    """
    ## What it does
    Finds `RunPython` without `reverse_code`. A comment `ROLLBACK: …` in the file, which says what is done instead, is
    enough.

    ## Why is this bad
    `migrate shop 0001` stops at it with `IrreversibleError`. Whoever rolls back in an emergency has to edit the
    migration first, and all migrations behind it stay applied until then.

    ## Example
    ```python
    migrations.RunPython(fill_channel)
    ```

    ## Use instead
    ```python
    migrations.RunPython(fill_channel, migrations.RunPython.noop)
    ```
    """

    severity = Severity.WARNING
    message = (
        "there is no reverse_code: migrate stops here on the way back, and with it every migration before this one. "
        "Give the function that undoes it, or migrations.RunPython.noop where nothing need be undone"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        if migration.rollback:
            return
        for number, step in enumerate(migration.steps):
            if step.type == "python" and step.reverse == "missing":
                yield self.found_in(
                    migration, self.message, key=f"python:{step.function or number}", region=step.region
                )

    examples = (
        Invalid(
            _HEAD + "    operations = [migrations.RunPython(fill)]\n",
            Expect(
                10,
                19,
                39,
                "there is no reverse_code: migrate stops here on the way back, and with it every migration before "
                "this one. Give the function that undoes it, or migrations.RunPython.noop where nothing need be undone",
            ),
            path="shop/migrations/0001_channel.py",
        ),
        Valid(
            _HEAD + "    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n",
            path="shop/migrations/0001_channel.py",
        ),
        Valid(
            _HEAD + "    # ROLLBACK: restore orders from the backup of the same night\n"
            "    operations = [migrations.RunPython(fill)]\n",
            path="shop/migrations/0001_channel.py",
            title="It is said what is done instead:",
        ),
    )
