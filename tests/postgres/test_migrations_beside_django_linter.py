"""relcheck and django-migration-linter on the same migrations: what that finds relcheck finds, or it is said why not.

The linter imports the project and asks Django for the SQL, which asks the database; relcheck reads the files.
`docs/beside-django-migration-linter.md` shows it; `make test-postgres ARGS=--snapshot-update` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import msgspec
import pytest

from shown_page import check_page

_HEAD = """\
# Beside django-migration-linter

What django-migration-linter {version} says of a migration beside what relcheck says, each found by running both. The
linter imports the project and asks Django and a PostgreSQL server for the SQL; relcheck reads the files.

`make test-postgres` holds both against this table; with `ARGS=--snapshot-update` it writes it anew.

| operation | django-migration-linter | relcheck |
|---|---|---|
"""
_FIRST = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True)),
                ("number", models.CharField(max_length=20)),
                ("total", models.IntegerField(null=True)),
                ("note", models.TextField(null=True, db_index=True)),
            ],
        ),
        migrations.CreateModel("Tag", fields=[("id", models.BigAutoField(primary_key=True))]),
        migrations.AddIndex("Order", models.Index(fields=["total"], name="shop_order_sum")),
        migrations.AddConstraint("Order", models.UniqueConstraint(fields=["number"], name="shop_order_number")),
    ]
"""
_NEXT = """\
from django.db import migrations, models

{before}

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [{operation}]
"""
_SETTINGS = """\
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {{
    "default": {{"ENGINE": "django.db.backends.postgresql", "HOST": "{socket}", "NAME": "postgres", "USER": "postgres"}}
}}
"""
_LINT = """\
import json

import django

django.setup()
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import analyse_sql_statements

linter = MigrationLinter(no_cache=True, no_output=True)
told = {}
for (app, name), migration in linter.migration_loader.disk_migrations.items():
    found = [
        *analyse_sql_statements(linter.sql_analyser_class, linter.get_sql(app, name), []),
        *linter.analyse_data_migration(migration),
    ]
    told[name] = sorted({issue.code for issues in found for issue in issues})
print(json.dumps(told))
"""


class Case(msgspec.Struct, frozen=True):
    """An operation that a check of the linter is about, and the rules of relcheck that find it. Without any, `reason`
    says why nothing is to be found; without a code the linter is silent."""

    code: str
    operation: str
    relcheck: tuple[str, ...] = ()
    reason: str = ""
    before: str = ""


_FILL = "def fill(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n    Order.objects.all()\n"
CASES = [
    Case(
        "NOT_NULL",
        "migrations.AddField('Order', 'state', models.TextField(default='new'))",
        ("not-null-default-dropped",),
    ),
    Case(
        "NOT_NULL",
        "migrations.AlterField('Order', 'total', models.IntegerField())",
        ("set-not-null-scan", "set-not-null-breaks-writers"),
    ),
    Case("DROP_COLUMN", "migrations.RemoveField('Order', 'total')", ("drop-column",)),
    Case("DROP_TABLE", "migrations.DeleteModel('Tag')", ("drop-table",)),
    Case("RENAME_COLUMN", "migrations.RenameField('Order', 'total', 'sum')", ("rename-column",)),
    Case("RENAME_TABLE", "migrations.RenameModel('Tag', 'Label')", ("rename-table",)),
    Case(
        "ALTER_COLUMN",
        "migrations.AlterField('Order', 'total', models.BigIntegerField(null=True))",
        ("column-type-rewrite",),
    ),
    Case(
        "ALTER_COLUMN",
        "migrations.AlterField('Order', 'number', models.CharField(max_length=40))",
        reason="a longer varchar touches neither the rows nor the code",
    ),
    Case(
        "ADD_UNIQUE",
        "migrations.AlterUniqueTogether('Order', {('total', 'note')})",
        ("add-unique-constraint-direct", "add-unique-breaks-writers"),
    ),
    Case(
        "ADD_UNIQUE",
        "migrations.AddField('Order', 'code', models.IntegerField(null=True)), "
        "migrations.AlterUniqueTogether('Order', {('total', 'code')})",
        ("add-unique-constraint-direct",),
    ),
    Case(
        "CREATE_INDEX",
        "migrations.AddIndex('Order', models.Index(fields=['total'], name='shop_order_total'))",
        ("index-not-concurrent",),
    ),
    Case(
        "CREATE_INDEX_EXCLUSIVE",
        "migrations.AddField('Order', 'total_cents', models.IntegerField(null=True)), "
        "migrations.AddIndex('Order', models.Index(fields=['total'], name='shop_order_total'))",
        ("statements-after-exclusive-lock",),
    ),
    Case("DROP_INDEX", "migrations.RemoveIndex('Order', 'shop_order_sum')", ("drop-index-not-concurrent",)),
    Case(
        "DROP_INDEX",
        "migrations.RunSQL(migrations.RunSQL.noop, 'DROP INDEX shop_order_total;')",
        reason="it is the way back; the way up does nothing",
    ),
    Case("REINDEX", "migrations.RunSQL('REINDEX TABLE shop_order;', '')", ("reindex-not-concurrent",)),
    Case(
        "RUNPYTHON_REVERSIBLE",
        "migrations.RunPython(fill)",
        ("irreversible-runpython",),
        before=_FILL,
    ),
    Case(
        "RUNPYTHON_ARGS_NAMING_CONVENTION",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        ("runpython-args",),
        before=_FILL.replace("schema_editor", "editor"),
    ),
    Case(
        "RUNPYTHON_ARGS_NAMING_CONVENTION",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        reason="an underscore says that it is not used",
        before=_FILL.replace("schema_editor", "_schema_editor"),
    ),
    Case(
        "RUNPYTHON_MODEL_IMPORT",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        ("runpython-model-import",),
        before="def fill(apps, schema_editor):\n    from shop.models import Order\n\n    Order.objects.all()\n",
    ),
    Case(
        "RUNPYTHON_MODEL_VARIABLE_NAME",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        ("runpython-model-variable",),
        before=_FILL.replace("Order = ", "Purchase = ").replace("Order.objects", "Purchase.objects"),
    ),
    Case("RUNSQL_REVERSIBLE", "migrations.RunSQL('SELECT 1;')", ("irreversible-runsql",)),
    Case("", "migrations.RunSQL('DELETE FROM shop_order;', '')", ("delete-without-where",)),
    Case("", "migrations.RunSQL('TRUNCATE shop_order CASCADE;', '')", ("truncate-cascade",)),
    Case("", "migrations.RunSQL('VACUUM FULL shop_order;', '')", ("vacuum-full-or-cluster",)),
    Case(
        "",
        "migrations.AddConstraint('Order', models.CheckConstraint(condition=models.Q(total__gt=0), name='positive'))",
        ("add-check-validating", "add-check-breaks-writers"),
    ),
    Case(
        "",
        "migrations.AlterField('Order', 'note', models.TextField(null=True))",
        ("drop-index-not-concurrent",),
    ),
    Case(
        "",
        "migrations.RunPython(fill, migrations.RunPython.noop)",
        ("update-without-where",),
        before=_FILL.replace(".all()", ".update(note='')"),
    ),
]


@pytest.fixture(scope="module")
def told(server: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], dict[str, set[str]]]:
    """What the linter and what relcheck say of each migration, by its name."""
    root = tmp_path_factory.mktemp("project")
    folder = root / "shop" / "migrations"
    folder.mkdir(parents=True)
    for file in (root / "shop" / "__init__.py", folder / "__init__.py"):
        file.touch()
    (root / "shop" / "models.py").write_text("class Order:\n    pass\n", encoding="utf-8")
    (root / "settings.py").write_text(_SETTINGS.format(socket=server), encoding="utf-8")
    (folder / "0001_initial.py").write_text(_FIRST, encoding="utf-8")
    for number, case in enumerate(CASES):
        text = _NEXT.format(before=case.before, operation=case.operation)
        (folder / f"{_name(number)}.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(root)}
    theirs = subprocess.run(
        [sys.executable, "-c", _LINT], env=environment, cwd=root, capture_output=True, text=True, check=False
    )
    assert theirs.returncode == 0, theirs.stderr
    command = [sys.executable, "-m", "relcheck", "scan", "--select", "migrations", "--output", "json", "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    ours: dict[str, set[str]] = defaultdict(set)
    for one in json.loads(done.stdout)["findings"]:
        ours[Path(one["path"]).stem].add(one["rule"])
    return json.loads(theirs.stdout), ours


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].code or 'ours'}-{number}")
def test_what_the_linter_finds_is_found_or_it_is_said_why_not(
    told: tuple[dict[str, list[str]], dict[str, set[str]]], number: int
) -> None:
    theirs, ours = told
    case = CASES[number]
    assert case.code in theirs[_name(number)] if case.code else theirs[_name(number)] == []
    assert bool(case.relcheck) != bool(case.reason)
    assert {f"migrations/{name}" for name in case.relcheck} <= ours[_name(number)]


def test_what_is_left_alone_is_left_alone_by_every_rule_that_could_mean_it(
    told: tuple[dict[str, list[str]], dict[str, set[str]]],
) -> None:
    meant: dict[str, set[str]] = defaultdict(set)
    for case in CASES:
        meant[case.code] |= {f"migrations/{name}" for name in case.relcheck}
    for number, case in enumerate(CASES):
        if case.reason:
            assert meant[case.code].isdisjoint(told[1][_name(number)])


def test_the_page_shows_it(request: pytest.FixtureRequest) -> None:
    linter = version("django-migration-linter")
    page = _HEAD.format(version=linter) + "".join(map(_line, CASES))
    check_page("beside-django-migration-linter.md", page, f"django-migration-linter {linter}", request)


def _name(number: int) -> str:
    return f"0002_case_{number:02}"


def _line(case: Case) -> str:
    said = ", ".join(f"`{name}`" for name in case.relcheck) or f"nothing: {case.reason}"
    code = "; ".join(line.strip() for line in case.before.splitlines() if line).replace(":; ", ": ")
    operation = f"`{case.operation.replace('migrations.', '')}`" + (f" with `{code}`" if code else "")
    return f"| {operation} | {f'`{case.code}`' if case.code else 'nothing'} | {said} |\n"
