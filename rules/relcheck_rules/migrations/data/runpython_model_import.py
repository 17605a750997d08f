"""A migration changes rows through a model that it imports."""

from __future__ import annotations

from relcheck.sdk import Invalid, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule


class RunpythonModelImport(MigrationRule):
    """
    ## What it does
    Finds migrations that read or change rows through a model of the project which they import, in `RunPython` and in
    Alembic.

    ## Why is this bad
    The import gives the model of today. When a column is added to it next year, this migration asks for a column that
    does not exist yet at its point of the history, and a new database can no longer be built.

    ## Example
    ```python
    from shop.models import Order

    def forwards(apps, schema_editor):
        Order.objects.filter(total=None).update(total=0)
    ```

    ## Use instead
    The model as it was: `apps.get_model` in Django; in Alembic a `sa.table` or a model that the migration declares
    itself, with the columns that it uses.
    ```python
    def forwards(apps, schema_editor):
        Order = apps.get_model("shop", "Order")
        Order.objects.filter(total=None).update(total=0)
    ```
    """

    message = (
        "{model} is imported as it is today: once it has a column more, this migration fails on a new database. "
        "{instead}"
    )

    def check_migration(self, migration: Migration) -> MigrationFindings:
        imported = [*migration.model_imports, *(each for step in migration.steps for each in step.model_imports)]
        instead = (
            'Use apps.get_model("app", "Model")'
            if migration.framework == "django"
            else "Declare what it needs here, as a sa.table() or a model of its own"
        )
        for name, region in imported:
            is_live = name.startswith("django.apps.apps.")
            said = "Take it from the `apps` that the function is given" if is_live else instead
            message = self.message.format(model=name, instead=said)
            yield self.found_in(migration, message, key=name, region=region)

    examples = (
        Invalid(
            alembic="from sqlalchemy.orm import Session\n"
            "from shop.models import Order\n"
            "session = Session(bind=op.get_bind())\n"
            "session.query(Order).filter(Order.total.is_(None)).update({'total': 0})",
            finds="shop.models.Order is imported as it is today: once it has a column more, this migration fails on a "
            "new database. Declare what it needs here, as a sa.table() or a model of its own",
        ),
        Valid(
            alembic="order = sa.table('shop_order', sa.column('total'))\n"
            "op.execute(order.update().where(order.c.total.is_(None)).values(total=0))"
        ),
        Valid(
            alembic="from shop.models import Order\nop.drop_column(Order.__tablename__, 'note')",
            title="The name of a table is no row:",
        ),
    )
