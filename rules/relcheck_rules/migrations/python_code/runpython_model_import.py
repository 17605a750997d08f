"""A data migration works with the models of its time."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule

_TAIL = """

class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
"""


class RunpythonModelImport(MigrationRule):
    """
    ## What it does
    Finds migrations that reach rows through a model which they import: `Order.objects` in the function of a
    `RunPython`, and models of the project in a session of an Alembic revision.

    ## Why is this bad
    The import gives today's model. As soon as it has a column more, the query names a column that does not exist yet
    when the migration runs: a new database cannot be set up, and a server that is a few releases behind cannot be
    upgraded.

    ## Example
    ```python
    from shop.models import Order

    def fill(apps, schema_editor):
        Order.objects.filter(channel="").update(channel="web")
    ```

    ## Use instead
    ```python
    def fill(apps, schema_editor):
        Order = apps.get_model("shop", "Order")
        Order.objects.filter(channel="").update(channel="web")
    ```
    In Alembic: `sa.table("shop_order", sa.column("channel"))`.
    """

    def check_migration(self, migration: Migration) -> MigrationFindings:
        instead = (
            "Take it from apps.get_model"
            if migration.framework == "django"
            else "Describe what is needed of it with sa.table"
        )
        for name, region in migration.model_imports:
            yield self.found_in(
                migration,
                f"{name.rpartition('.')[2]} is today's model: once it has another column, this migration fails where "
                f"it has not run yet. {instead}",
                key=f"import:{name}",
                region=region,
            )

    examples = (
        Invalid(
            "from django.db import migrations\n\nfrom shop.models import Order\n\n\n"
            "def fill(apps, schema_editor):\n    Order.objects.filter(channel='').update(channel='web')\n" + _TAIL,
            Expect(
                7,
                5,
                10,
                "Order is today's model: once it has another column, this migration fails where it has not run yet. "
                "Take it from apps.get_model",
            ),
            path="shop/migrations/0001_channel.py",
        ),
        Valid(
            "from django.db import migrations\n\n\ndef fill(apps, schema_editor):\n"
            "    Order = apps.get_model('shop', 'Order')\n"
            "    Order.objects.filter(channel='').update(channel='web')\n" + _TAIL,
            path="shop/migrations/0001_channel.py",
        ),
        Valid(
            "from django.db import migrations\n\nfrom shop.models import Channel\n\n\n"
            "def fill(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n"
            "    Order.objects.filter(channel='').update(channel=Channel.WEB)\n" + _TAIL,
            path="shop/migrations/0001_channel.py",
            title="A constant is no row:",
        ),
    )
