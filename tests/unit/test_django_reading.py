"""What is read from single files of Django migrations."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.django.facts import DjangoMigration
from relcheck.sources.migration.django.reading import read_django

HEAD = "from django.conf import settings\nfrom django.db import migrations, models\n\n"


def read(operations: str, *, before: str = "", modules: dict[str, str] | None = None) -> DjangoMigration:
    body = f"    dependencies = []\n    operations = {operations}\n"
    text = f"{HEAD}{before}\nclass Migration(migrations.Migration):\n{body}"
    found = read_django(text, None if modules is None else modules.get)
    assert found is not None
    return found


def test_dependencies_replaced_migrations_and_flags_are_read() -> None:
    found = read_django(
        HEAD + "class Migration(migrations.Migration):\n"
        "    initial = True\n    atomic = False\n"
        "    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ('shop', '0001_initial')]\n"
        "    run_before = [('sites', '0001_initial')]\n    replaces = [('shop', '0001_old')]\n    operations = []\n"
    )
    assert found is not None
    assert found.dependencies == (("settings.AUTH_USER_MODEL", "__first__"), ("shop", "0001_initial"))
    assert found.run_before == (("sites", "0001_initial"),)
    assert found.replaces == (("shop", "0001_old"),)
    assert (found.initial, found.atomic) == (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class Migration:\n    pass\n",
        "# migrations.Migration\n",
        "class Plan(migrations.Migration):\n    operations = []\n",
        "Migration = 3\n",
        "class Migration:\n    operations = []\n    dependencies = []\n",
        "from django.db import models\nclass Migration(models.Model):\n    operations = models.TextField()\n",
    ],
)
def test_a_file_without_a_migration_is_none(text: str) -> None:
    assert read_django(text) is None


def test_a_file_that_python_cannot_parse_is_a_problem_with_its_line() -> None:
    found = read_django(HEAD + "class Migration(migrations.Migration:\n    operations = []\n")
    assert found is not None
    assert [(problem.kind, problem.region.line) for problem in found.problems] == [("unparseable-python", 4)]


def test_operations_of_a_helper_a_loop_and_a_concatenation_are_read() -> None:
    found = read(
        "first() + [migrations.DeleteModel(name) for name in NAMES] + [*more]",
        before=(
            "NAMES = ('Order', 'Item')\nmore = []\nmore.append(migrations.DeleteModel('Line'))\n"
            "def first():\n    return [migrations.DeleteModel('Customer')]\n"
        ),
    )
    assert [operation.model for operation in found.operations] == ["Customer", "Order", "Item", "Line"]


def test_an_operation_under_a_condition_keeps_it() -> None:
    found = read(
        "[migrations.DeleteModel('Order')]\n    if settings.SHOP_IS_CLOSED:\n"
        "        operations += [migrations.DeleteModel('Item')]"
    )
    assert [(one.model, one.guards) for one in found.operations] == [
        ("Order", ()),
        ("Item", ("settings.SHOP_IS_CLOSED",)),
    ]


def test_an_operation_for_one_database_keeps_it() -> None:
    found = read(
        "[]\n    if connection.vendor == 'mysql':\n        operations += [migrations.DeleteModel('Item')]",
        before="from django.db import connection\n",
    )
    assert [(one.model, one.dialects) for one in found.operations] == [("Item", ("mysql",))]


def test_operations_that_are_there_for_one_database_only_keep_it() -> None:
    found = read_django(
        "from django.db import connection, migrations\n\nclass Migration(migrations.Migration):\n"
        "    if connection.vendor == 'mysql' and not connection.mysql_is_mariadb:\n"
        "        operations = [migrations.DeleteModel('Item')]\n"
    )
    assert found is not None
    assert [(one.model, one.dialects) for one in found.operations] == [("Item", ("mysql",))]


def test_operations_that_cannot_be_determined_are_opaque() -> None:
    found = read("build() + [migrations.DeleteModel('Order')]", before="from elsewhere import build\n")
    assert "opaque" in [operation.type for operation in found.operations]


def test_an_operation_of_the_project_is_read_as_its_base() -> None:
    found = read(
        "[Checked('order', 'code'), Named('order')]",
        before=(
            "class Checked(migrations.RemoveField):\n    pass\n\n"
            "class Named(migrations.RunSQL):\n    def __init__(self, table):\n"
            "        super().__init__(sql=f'DROP TABLE shop_{table}', reverse_sql='')\n"
        ),
    )
    assert [operation.type for operation in found.operations] == ["RemoveField", "RunSQL"]
    assert found.operations[0].name == "code"
    assert found.operations[1].sql[0].text == "DROP TABLE shop_order"


def test_an_operation_with_code_of_its_own_is_read_by_that_code() -> None:
    found = read(
        "[Wipe()]",
        before=(
            "class Wipe(migrations.operations.base.Operation):\n"
            "    def database_forwards(self, app_label, schema_editor, from_state, to_state):\n"
            "        schema_editor.execute('DELETE FROM shop_order')\n"
        ),
    )
    (operation,) = found.operations
    assert [(call.effect, call.sql and call.sql.text) for call in operation.calls] == [
        ("sql", "DELETE FROM shop_order")
    ]


def test_an_operation_of_another_package_is_opaque() -> None:
    (operation,) = read("[CleanUp('x')]", before="from hierarchy.utils import CleanUp\n").operations
    assert operation.type == "opaque"
    assert operation.reason == "relcheck does not know what hierarchy.utils.CleanUp does"


def test_a_field_class_of_the_project_is_what_it_inherits_from() -> None:
    found = read(
        "[migrations.AddField('order', 'code', NullableText(max_length=20))]",
        before="from shop.fields import NullableText\n",
        modules={
            "shop.fields": (
                "from django.db.models import CharField\nclass NullableText(CharField):\n"
                "    def __init__(self, *args, **kwargs):\n        kwargs['null'] = True\n"
                "        super().__init__(*args, **kwargs)\n"
            )
        },
    )
    field = found.operations[0].field
    assert field is not None
    assert (field.kind, field.null, field.max_length) == ("CharField", True, 20)


def test_a_field_class_that_nobody_knows_is_noted() -> None:
    found = read("[migrations.AddField('order', 'code', Odd())]", before="from odd.fields import Odd\n")
    field = found.operations[0].field
    assert field is not None
    assert field.kind == ""
    assert "odd.fields" in found.unresolved


def steps(operation: str, before: str = "") -> tuple[str, bool]:
    (step,) = read(f"[{operation}]", before=before).steps
    return step.reverse, step.noop


FUNCTIONS = "def forwards(apps, schema_editor):\n    apps.get_model('shop', 'Order').objects.all().delete()\n\n"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("migrations.RunSQL('DROP TABLE a')", ("missing", False)),
        ("migrations.RunSQL('DROP TABLE a', migrations.RunSQL.noop)", ("noop", False)),
        ("migrations.RunSQL('DROP TABLE a', reverse_sql='CREATE TABLE a (id int)')", ("given", False)),
        ("migrations.RunSQL(migrations.RunSQL.noop, 'DROP TABLE a')", ("given", True)),
        ("migrations.RunPython(forwards)", ("missing", False)),
        ("migrations.RunPython(forwards, None)", ("missing", False)),
        ("migrations.RunPython(forwards, migrations.RunPython.noop)", ("noop", False)),
        ("migrations.RunPython(forwards, lambda apps, editor: None)", ("noop", False)),
        ("migrations.RunPython(migrations.RunPython.noop, forwards)", ("given", True)),
        ("migrations.RunPython(code=forwards, reverse_code=forwards)", ("given", False)),
    ],
)
def test_how_code_and_sql_are_undone_is_read(operation: str, expected: tuple[str, bool]) -> None:
    assert steps(operation, FUNCTIONS) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", []),
        ("return", []),
        ("print('done')", []),
        ("Order.objects.all().delete()", [("delete", "shop.Order", False)]),
        ("Order.objects.filter(code='').delete()", [("delete", "shop.Order", True)]),
        ("Order.objects.update(code='x')", [("update", "shop.Order", False)]),
        ("Order.objects.filter(code='').update(code='x')", [("update", "shop.Order", True)]),
        ("for one in Order.objects.all():\n        one.save()", [("write", "shop.Order", None)]),
        ("Order.objects.bulk_update(rows, ['code'])", [("update", "shop.Order", True)]),
        ("Order.objects.create(code='x')", [("insert", "shop.Order", None)]),
        ("Order(code='x').save()", [("write", "shop.Order", None)]),
        ("apps.get_model(model_name='Item', app_label='shop').objects.create()", [("insert", "shop.Item", None)]),
        ("for one in Order.objects.all():\n        one.lines.create(code='x')", [("insert", None, None)]),
        ("for one in Order.objects.all():\n        one.customer.delete()", [("delete", None, True)]),
        ("Order.objects.first().extra.update({'a': 1})", []),
        ("schema_editor.add_field(Order, field)", [("schema", None, None)]),
        ("call_command('loaddata', 'x')", [("opaque", None, None)]),
        ("rebuild(apps)", [("opaque", None, None)]),
        ("rebuild(schema_editor.connection)", [("opaque", None, None)]),
        ("for one in Order.objects.all():\n        rebuild(one)", [("opaque", None, None)]),
        ("for one in Order.objects.all():\n        rebuild(one.code)", []),
        ("schema_editor.quote_name('a')", []),
        ("helper(Order)", [("delete", "shop.Order", False)]),
    ],
)
def test_what_python_code_does_to_rows_is_read(body: str, expected: list[tuple[str, str | None, bool | None]]) -> None:
    before = (
        "from elsewhere import call_command, tidy as rebuild\n"
        "def helper(model):\n    model.objects.all().delete()\n\n"
        f"def forwards(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n    {body}\n"
    )
    (operation,) = read("[migrations.RunPython(forwards)]", before=before).operations
    assert [(call.effect, call.model, call.filtered) for call in operation.calls] == expected


def test_models_that_a_function_imports_are_noted_with_their_place() -> None:
    before = "from shop.models import Order\n\ndef forwards(apps, schema_editor):\n    Order.objects.all().delete()\n"
    (step,) = read("[migrations.RunPython(forwards)]", before=before).steps
    assert [(name, region.line, region.column) for name, region in step.model_imports] == [("shop.models.Order", 7, 5)]


def test_a_name_that_the_function_takes_from_the_registry_is_no_import() -> None:
    before = (
        "from shop.models import Order\n\n"
        "def forwards(apps, schema_editor):\n    Order = apps.get_model('shop', 'Order')\n"
        "    Order.objects.all().delete()\n"
    )
    (step,) = read("[migrations.RunPython(forwards)]", before=before).steps
    assert step.model_imports == ()


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("from django.apps import apps\n\ndef fill(apps, editor):\n    apps.get_model('shop', 'Order')\n", []),
        (
            "from django.apps import apps\n\ndef fill(old, editor):\n    apps.get_model('shop', 'Order')\n",
            ["django.apps.apps.Order"],
        ),
        (
            "def fill(apps, editor):\n    from django.apps import apps as now\n    now.get_model('shop.Order')\n",
            ["django.apps.apps.Order"],
        ),
    ],
)
def test_models_of_the_registry_of_today_are_told(before: str, found: list[str]) -> None:
    [step] = read("[migrations.RunPython(fill, migrations.RunPython.noop)]", before=before).steps
    assert [name for name, _ in step.model_imports] == found
