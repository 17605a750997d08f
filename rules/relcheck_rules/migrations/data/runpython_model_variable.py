"""The name of a model in a data migration is the model's."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule


def _code(variable: str, model: str) -> str:
    return (
        "from django.db import migrations\n\n\n"
        f"def fill(apps, schema_editor):\n    {variable} = apps.get_model('shop', '{model}')\n"
        f"    {variable}.objects.filter(open=None).delete()\n\n\n"
        "class Migration(migrations.Migration):\n    dependencies = []\n"
        "    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n"
    )


class RunpythonModelVariable(MigrationRule):
    """
    ## What it does
    Finds variables for what `apps.get_model` gives that are named after something else than the model. `Order`,
    `order_model` and `OldOrder` all tell of the model `Order`.

    ## Why is this bad
    `Customer.objects.filter(…).delete()` is read as being about customers. In a data migration, where nobody sees the
    rows, the name is all that a reviewer has.

    ## Example
    ```python
    Customer = apps.get_model("shop", "Order")
    ```

    ## Use instead
    ```python
    Order = apps.get_model("shop", "Order")
    ```
    """

    severity = Severity.INFO

    def check_migration(self, migration: Migration) -> MigrationFindings:
        for step in migration.steps:
            for variable, model, region in step.model_variables:
                if not _tells_of(variable, model):
                    yield self.found_in(
                        migration,
                        f"{variable} stands for the model {model}: whoever reviews what is done to its rows reads "
                        f"another name. Call it {model}",
                        key=f"variable:{step.function}:{variable}",
                        region=region,
                    )

    examples = (
        Invalid(
            _code("Customer", "Order"),
            Expect(
                5,
                5,
                13,
                "Customer stands for the model Order: whoever reviews what is done to its rows reads another name. "
                "Call it Order",
            ),
            path="shop/migrations/0001_fill.py",
        ),
        Valid(_code("Order", "Order"), path="shop/migrations/0001_fill.py"),
        Valid(_code("order_model", "Order"), path="shop/migrations/0001_fill.py"),
        Valid(_code("model", "Order"), path="shop/migrations/0001_fill.py", title="It says nothing wrong:"),
    )


_NEUTRAL = frozenset({"model", "cls", "klass", "m", "table"})


def _tells_of(variable: str, model: str) -> bool:
    name, meant = (text.replace("_", "").lower() for text in (variable, model))
    initials = "".join(letter for letter in model if letter.isupper()).lower()
    return name in _NEUTRAL or meant in name or name in meant or name == initials
