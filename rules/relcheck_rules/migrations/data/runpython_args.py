"""The function of a RunPython names its arguments as everybody does."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.migration import Migration, MigrationFindings, MigrationRule


def _code(arguments: str) -> str:
    return (
        f"from django.db import migrations\n\n\ndef fill({arguments}):\n    pass\n\n\n"
        "class Migration(migrations.Migration):\n    dependencies = []\n"
        "    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]\n"
    )


class RunpythonArgs(MigrationRule):
    """
    ## What it does
    Compares the arguments of functions that `RunPython` calls with `names`. An underscore before a name says that it is
    not used.

    ## Why is this bad
    Who reads a data migration looks for `apps`: models that come from elsewhere are today's, not those of its time.
    A function that takes another number of arguments fails when it is called.

    ## Example
    ```python
    def fill(registry, editor): ...
    ```

    ## Use instead
    ```python
    def fill(apps, schema_editor): ...
    ```
    """

    class Options(RuleOptions, frozen=True):
        names: tuple[str, ...] = ("apps", "schema_editor")

    options: Options
    severity = Severity.INFO

    def check_migration(self, migration: Migration) -> MigrationFindings:
        wanted = self.options.names
        for step in migration.steps:
            given = step.parameters
            if given is None or step.signature_region is None:
                continue
            fits = len(given) == len(wanted) and all(
                one in ("_", "__") or one.lstrip("_") == name for one, name in zip(given, wanted, strict=True)
            )
            if not fits:
                yield self.found_in(
                    migration,
                    f"{step.function} takes ({', '.join(given)}), and RunPython calls it with ({', '.join(wanted)}). "
                    "Name them so, that readers see where models come from",
                    key=f"arguments:{step.function}",
                    region=step.signature_region,
                )

    examples = (
        Invalid(
            _code("registry, editor"),
            Expect(
                4,
                10,
                26,
                "fill takes (registry, editor), and RunPython calls it with (apps, schema_editor). Name them so, that "
                "readers see where models come from",
            ),
            path="shop/migrations/0001_fill.py",
        ),
        Valid(_code("apps, schema_editor"), path="shop/migrations/0001_fill.py"),
        Valid(_code("apps, _schema_editor"), path="shop/migrations/0001_fill.py"),
        Valid(_code("*args"), path="shop/migrations/0001_fill.py"),
    )
