"""What Django migrations do to the database, over the state of models."""

from __future__ import annotations

import pytest
from django_agreement import shapes_of_migration

from relcheck.sources.migration.django.facts import DjangoSettings
from relcheck.sources.migration.django.graph import AppMigration, app_label, in_order
from relcheck.sources.migration.django.lowering import lower
from relcheck.sources.migration.django.reading import read_django
from relcheck.sources.migration.django.settings import merged_settings, read_settings
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Dialect, Kind, Operation

HEAD = "from django.conf import settings\nfrom django.db import migrations, models\n\n"
ORDERS = (
    "migrations.CreateModel('Order', [('id', models.BigAutoField(primary_key=True)),"
    " ('code', models.CharField(max_length=10)), ('note', models.TextField(null=True))])"
)


def migration(operations: str, *, head: str = "", needs: str = "[]", before: str = "") -> str:
    return (
        f"{HEAD}{before}class Migration(migrations.Migration):\n{head}    dependencies = {needs}\n"
        f"    operations = [{operations}]\n"
    )


def lowered(
    sources: dict[str, str], dialect: Dialect | None = None, settings: DjangoSettings | None = None
) -> dict[str, Migration]:
    """Migrations by `app.name`, from their sources by the same."""
    found = []
    for place, source in sources.items():
        app, _, name = place.partition(".")
        facts = read_django(source)
        assert facts is not None
        found.append(AppMigration(path=f"{app}/migrations/{name}.py", app=app, name=name, facts=facts))
    return {one.id: one for one in lower(found, settings, dialect)}


def second(
    operations: str, *, head: str = "", before: str = "", dialect: Dialect | None = None
) -> tuple[Operation, ...]:
    """The operations of a migration behind the one that creates the model Order."""
    sources = {
        "shop.0001_initial": migration(ORDERS),
        "shop.0002_next": migration(operations, head=head, before=before, needs="[('shop', '0001_initial')]"),
    }
    return lowered(sources, dialect)["shop.0002_next"].operations


def test_a_column_that_is_added_with_a_default_loses_it_again() -> None:
    added, dropped = second("migrations.AddField('order', 'total', models.IntegerField(default=0))")
    assert (added.kind, added.new_columns[0].default, added.transient) == (Kind.ADD_COLUMN, "0", False)
    assert (dropped.kind, dropped.column, dropped.transient) == (Kind.DROP_DEFAULT, "total", True)


def test_a_default_of_the_database_stays() -> None:
    (added,) = second("migrations.AddField('order', 'total', models.IntegerField(db_default=0))")
    assert added.new_columns[0].default == "0"


@pytest.mark.parametrize(
    "change", ["choices=[('a', 'A')]", "help_text='x'", "validators=[]", "verbose_name='c'", "default='d'"]
)
def test_what_django_knows_alone_is_no_change_of_the_database(change: str) -> None:
    (operation,) = second(f"migrations.AlterField('order', 'code', models.CharField(max_length=10, {change}))")
    assert operation.kind is Kind.STATE_ONLY


def test_a_change_knows_what_was_before() -> None:
    (operation,) = second("migrations.AlterField('order', 'code', models.CharField(max_length=5))")
    assert (operation.kind, operation.type and operation.type.text) == (Kind.ALTER_COLUMN_TYPE, "varchar(5)")
    assert operation.before.type is not None
    assert operation.before.type.text == "varchar(10)"


def test_a_change_of_a_field_that_no_migration_creates_is_told_as_unknown() -> None:
    (operation,) = second("migrations.AlterField('order', 'other', models.CharField(max_length=5))")
    assert operation.kind is Kind.ALTER_COLUMN_TYPE
    assert operation.unknown == ("before",)


def test_renames_that_keep_the_name_in_the_database_change_nothing() -> None:
    operations = second(
        "migrations.AlterField('order', 'code', models.CharField(max_length=10, db_column='code')),"
        "migrations.RenameField('order', 'code', 'number'),"
        "migrations.AlterModelTable('order', 'shop_order'),"
        "migrations.RenameModel('Order', 'Purchase')"
    )
    assert [one.kind for one in operations] == [Kind.STATE_ONLY] * 4


@pytest.mark.parametrize("options", ["{'managed': False}", "{'proxy': True}"])
def test_models_without_a_table_of_their_own_do_nothing(options: str) -> None:
    operations = second(
        f"migrations.CreateModel('View', [('id', models.AutoField(primary_key=True))], options={options}),"
        "migrations.AddField('view', 'total', models.IntegerField()), migrations.DeleteModel('View')"
    )
    assert {one.kind for one in operations} == {Kind.STATE_ONLY}


def test_a_model_that_a_setting_replaces_has_no_table() -> None:
    sources = {
        "auth.0001_initial": migration(
            "migrations.CreateModel('User', [('id', models.AutoField(primary_key=True))],"
            " options={'swappable': 'AUTH_USER_MODEL'})"
        )
    }
    settings = DjangoSettings(values={"AUTH_USER_MODEL": "shop.Customer"})
    assert [one.kind for one in lowered(sources, None, settings)["auth.0001_initial"].operations] == [Kind.STATE_ONLY]
    assert [one.kind for one in lowered(sources)["auth.0001_initial"].operations] == [Kind.CREATE_TABLE]


def test_a_foreign_key_to_a_model_of_another_package_is_not_guessed() -> None:
    added, _ = second(
        "migrations.AddField('order', 'plan', models.ForeignKey('plans.Plan', null=True, on_delete=models.CASCADE))"
    )
    assert added.new_columns[0].type.name == "?"
    assert added.unknown == ("new_columns",)
    assert added.constraints[0].references is not None
    assert added.constraints[0].references.table == "plans_plan"


def test_a_foreign_key_to_the_user_model_follows_the_setting() -> None:
    field = "models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE)"
    sources = {"shop.0001_initial": migration(ORDERS + f",migrations.AddField('order', 'owner', {field})")}
    unknown = lowered(sources)["shop.0001_initial"].operations[1]
    known = lowered(sources, None, DjangoSettings(values={"AUTH_USER_MODEL": "auth.User"}))[
        "shop.0001_initial"
    ].operations[1]
    assert unknown.constraints[0].references is not None
    assert unknown.constraints[0].references.table == "?"
    assert known.constraints[0].references is not None
    assert (known.constraints[0].references.table, known.new_columns[0].type.name) == ("auth_user", "int4")


def test_operations_on_a_table_of_the_same_migration_say_so() -> None:
    operations = lowered(
        {
            "shop.0001_initial": migration(
                ORDERS + ", migrations.AddIndex('order', models.Index(fields=['code'], name='i'))"
            )
        }
    )["shop.0001_initial"].operations
    assert [(one.kind, one.created_here) for one in operations] == [
        (Kind.CREATE_TABLE, True),
        (Kind.CREATE_INDEX, True),
    ]


def test_what_drops_a_table_before_it_is_created_anew_is_about_the_old_one() -> None:
    dropped, created = second(
        "migrations.DeleteModel('Order'), migrations.CreateModel('Order', [('id', models.AutoField(primary_key=True))])"
    )
    assert (dropped.created_here, created.created_here) == (False, True)


def test_foreign_keys_and_indexes_are_made_at_the_end() -> None:
    operations = second(
        "migrations.AddField('order', 'old', models.IntegerField(db_index=True, null=True)),"
        "migrations.RemoveField('order', 'note')"
    )
    assert [one.kind for one in operations] == [Kind.ADD_COLUMN, Kind.DROP_COLUMN, Kind.CREATE_INDEX]


def test_transactions_are_those_of_the_migration_and_of_its_code() -> None:
    before = "def forwards(apps, schema_editor):\n    apps.get_model('shop', 'Order').objects.all().delete()\n\n"
    code = (
        "migrations.RunPython(forwards), migrations.RunPython(forwards, atomic=True), migrations.RunSQL('DROP TABLE a')"
    )
    assert [one.transaction for one in second(code, before=before)] == [0, 1, 0]
    outside = second(code, head="    atomic = False\n", before=before)
    assert [one.transaction for one in outside] == [None, 1, None]


def test_ddl_of_mysql_is_in_no_transaction() -> None:
    assert [one.transaction for one in second("migrations.RemoveField('order', 'note')", dialect="mysql")] == [None]


def test_sqlite_copies_the_table_for_most_changes() -> None:
    added, altered = second(
        "migrations.AddField('order', 'a', models.IntegerField(null=True)),"
        "migrations.AlterField('order', 'code', models.CharField(max_length=5))",
        dialect="sqlite",
    )
    assert (added.batch, altered.batch) == (False, True)


def test_the_types_of_mysql_are_its_own() -> None:
    (created,) = lowered({"shop.0001_initial": migration(ORDERS)}, "mysql")["shop.0001_initial"].operations
    assert [column.type.text for column in created.new_columns] == ["bigint", "varchar(10)", "longtext"]
    assert created.new_columns[0].serial


def test_of_state_and_database_only_the_database_counts() -> None:
    operations = second(
        "migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField('order', 'note')]),"
        "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('DROP TABLE old', '')]),"
        "migrations.AddField('order', 'note', models.TextField(null=True))"
    )
    assert [(one.kind, one.table) for one in operations] == [
        (Kind.STATE_ONLY, None),
        (Kind.DROP_TABLE, "old"),
        (Kind.ADD_COLUMN, "shop_order"),
    ]


def test_a_column_of_the_state_that_the_database_does_not_get_is_a_problem() -> None:
    found = lowered(
        {
            "shop.0001_initial": migration(ORDERS),
            "shop.0002_next": migration(
                "migrations.SeparateDatabaseAndState("
                "database_operations=[migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN totals integer', '')],"
                "state_operations=[migrations.AddField('order', 'total', models.IntegerField(null=True))])",
                needs="[('shop', '0001_initial')]",
            ),
        }
    )["shop.0002_next"]
    assert [problem.kind for problem in found.mismatches] == ["state-db-mismatch"]


def test_a_squashed_migration_does_not_count_twice() -> None:
    sources = {
        "shop.0001_initial": migration(ORDERS),
        "shop.0002_code": migration("migrations.RemoveField('order', 'code')", needs="[('shop', '0001_initial')]"),
        "shop.0001_squashed": migration(
            "migrations.CreateModel('Order', [('id', models.BigAutoField(primary_key=True))])",
            head="    replaces = [('shop', '0001_initial'), ('shop', '0002_code')]\n",
        ),
        "shop.0003_code": migration(
            "migrations.AddField('order', 'code', models.TextField(null=True)),"
            "migrations.AlterField('order', 'note', models.CharField(max_length=9, null=True))",
            needs="[('shop', '0002_code')]",
        ),
    }
    found = lowered(sources)
    assert [one.kind for one in found["shop.0001_squashed"].operations] == [Kind.CREATE_TABLE]
    assert [one.unknown for one in found["shop.0003_code"].operations] == [(), ()]
    del sources["shop.0001_initial"], sources["shop.0002_code"]
    followed = lowered(sources)["shop.0003_code"].operations
    assert [one.kind for one in followed] == [Kind.ADD_COLUMN, Kind.ALTER_COLUMN_TYPE]


def test_what_builds_on_a_squashed_migration_knows_what_was_replaced() -> None:
    sources = {
        "shop.0001_initial": migration(ORDERS),
        "shop.0001_squashed": migration(ORDERS, head="    replaces = [('shop', '0001_initial')]\n"),
        "shop.0000_next": migration(
            "migrations.AlterField('order', 'code', models.CharField(max_length=9))",
            needs="[('shop', '0001_squashed')]",
        ),
    }
    found = lowered(sources)
    assert found["shop.0001_squashed"].restates
    assert found["shop.0000_next"].operations[0].unknown == ()


def test_operations_of_another_database_are_none_of_this_one() -> None:
    source = (
        "from django.db import connection, migrations\n\n\nclass Migration(migrations.Migration):\n"
        "    if connection.vendor == 'mysql':\n"
        "        operations = [migrations.RunSQL('ALTER TABLE shop_order DROP INDEX `by_code`', '')]\n"
    )
    assert not lowered({"shop.0001_initial": source})["shop.0001_initial"].operations


def test_what_builds_on_a_squashed_migration_follows_what_this_one_replaces() -> None:
    sources = {
        "shop.0001_initial": migration(ORDERS),
        "shop.0002_a": migration("migrations.AddField('order', 'a', models.IntegerField())"),
        "shop.0001_squashed": migration(
            "migrations.CreateModel('Order', [('id', models.BigAutoField(primary_key=True))])",
            head="    replaces = [('shop', '0001_initial'), ('shop', '0002_a')]\n",
        ),
        "shop.0002_b": migration(
            "migrations.AlterField('order', 'a', models.BigIntegerField())", needs="[('shop', '0001_squashed')]"
        ),
    }
    sources["shop.0002_a"] = sources["shop.0002_a"].replace(
        "dependencies = []", "dependencies = [('shop', '0001_initial')]"
    )
    (changed,) = lowered(sources)["shop.0002_b"].operations
    assert changed.kind is Kind.ALTER_COLUMN_TYPE


def test_an_operation_that_is_not_known_is_opaque() -> None:
    (operation,) = second("odd.Operation()", before="import odd\n\n")
    assert operation.kind is Kind.OPAQUE
    assert operation.reason == "relcheck does not know what odd.Operation does"


def test_sql_stands_where_it_is_written() -> None:
    source = migration("migrations.RunSQL('''\n  DROP TABLE a;\n  DROP TABLE b;\n''', '')")
    operations = lowered({"shop.0001_initial": source})["shop.0001_initial"].operations
    lines = source.splitlines()
    written = [lines[one.region.line - 1][one.region.column - 1 : one.region.end_column - 1] for one in operations]
    assert written == ["DROP TABLE a", "DROP TABLE b"]


def test_values_that_the_driver_fills_in_are_no_part_of_the_sql() -> None:
    (operation,) = second("migrations.RunSQL([('UPDATE shop_order SET code = %s WHERE note = %s', ['a', 'b'])], '')")
    assert (operation.kind, operation.table, operation.has_where) == (Kind.UPDATE, "shop_order", True)


def test_an_approval_covers_the_call_below_and_beside_it() -> None:
    operations = second(
        "\n    # MIGRATION_APPROVED: nobody reads it since 4.2; ticket=OPS-1\n"
        "    migrations.RemoveField('order', 'code'),\n"
        "    migrations.RemoveField('order', 'note'),  # MIGRATION_APPROVED: moved to the items\n"
        "    migrations.DeleteModel('Order'),\n"
    )
    assert [one.approval and one.approval.reason for one in operations] == [
        "nobody reads it since 4.2",
        "moved to the items",
        None,
    ]


def test_tables_keep_their_names_whatever_they_are() -> None:
    sources = {
        "shop.0001_initial": migration(
            "migrations.CreateModel('A', [('id', models.AutoField(primary_key=True))], options={'db_table': 'Bills'}),"
            "migrations.CreateModel('B', [('id', models.AutoField(primary_key=True))],"
            " options={'db_table': '\"billing\".\"invoice\"'})"
        )
    }
    assert [one.table for one in lowered(sources)["shop.0001_initial"].operations] == ["Bills", "billing.invoice"]


def test_migrations_come_behind_those_that_they_need() -> None:
    facts = {
        "b.0001_initial": migration("", needs="[('a', '0002_next')]"),
        "a.0002_next": migration("", needs="[('a', '0001_initial')]"),
        "a.0001_initial": migration("", head="    run_before = [('c', '0001_initial')]\n"),
        "c.0001_initial": migration("", needs="[('b', '__first__')]"),
    }
    assert list(lowered(facts)) == ["a.0001_initial", "a.0002_next", "b.0001_initial", "c.0001_initial"]


def test_the_way_back_is_what_django_does_and_what_is_given() -> None:
    found = lowered(
        {
            "shop.0001_initial": migration(ORDERS),
            "shop.0002_next": migration(
                "migrations.AddField('order', 'total', models.IntegerField(null=True)),"
                "migrations.RenameField('order', 'code', 'number'),"
                "migrations.AlterField('order', 'number', models.CharField(max_length=5)),"
                "migrations.RunSQL('CREATE VIEW a AS SELECT 1', 'DROP VIEW a')",
                needs="[('shop', '0001_initial')]",
            ),
            "shop.0003_next": migration("migrations.RunSQL('DROP VIEW a')", needs="[('shop', '0002_next')]"),
        }
    )
    back = found["shop.0002_next"].down
    assert back is not None
    assert [(one.kind, one.column, one.new_name) for one in back] == [
        (Kind.ALTER_COLUMN_TYPE, "number", None),
        (Kind.RENAME_COLUMN, "number", "code"),
        (Kind.DROP_COLUMN, "total", None),
        (Kind.DROP_VIEW, None, None),
    ]
    assert found["shop.0003_next"].down is None


def test_a_circle_of_proxies_ends() -> None:
    proxy = "migrations.CreateModel('{}', [], options={{'proxy': True}}, bases=('shop.{}',))"
    field = "models.ForeignKey('shop.A', null=True, on_delete=models.CASCADE)"
    sources = {
        "shop.0001_initial": migration(
            f"{proxy.format('A', 'b')}, {proxy.format('B', 'a')}, {ORDERS}, migrations.AddField('order', 'a', {field})"
        )
    }
    assert len(lowered(sources)["shop.0001_initial"].operations) == 5


def test_relations_that_point_at_one_another_end() -> None:
    key = "[('key', models.OneToOneField('shop.{}', primary_key=True, on_delete=models.CASCADE))]"
    sources = {
        "shop.0001_initial": migration(
            f"migrations.CreateModel('A', {key.format('B')}), migrations.CreateModel('B', {key.format('A')})"
        )
    }
    created = [one for one in lowered(sources)["shop.0001_initial"].operations if one.kind is Kind.CREATE_TABLE]
    assert [one.new_columns[0].type.name for one in created] == ["?", "?"]


def test_a_circle_of_dependencies_ends() -> None:
    facts = {
        "a.0001_initial": migration("", needs="[('b', '0001_initial')]"),
        "b.0001_initial": migration("", needs="[('a', '0001_initial')]"),
    }
    assert len(lowered(facts)) == 2


@pytest.mark.parametrize(
    ("folder", "config", "label"),
    [
        ("shop/orders/migrations", None, "orders"),
        (
            "shop/orders/migrations",
            "class OrdersConfig(AppConfig):\n    name = 'shop.orders'\n    label = 'sales'\n",
            "sales",
        ),
        ("shop/orders/migrations", "class OrdersConfig(AppConfig):\n    name = 'shop.orders'\n", "orders"),
        ("shop/orders/migrations", "class (AppConfig", "orders"),
        ("migrations", None, "migrations"),
    ],
)
def test_the_label_of_an_app_is_that_of_its_config_or_folder(folder: str, config: str | None, label: str) -> None:
    assert app_label(folder, {}, config, DjangoSettings()) == label


def test_the_label_of_an_app_is_the_one_by_which_its_migrations_name_each_other() -> None:
    first, later = read_django(migration("")), read_django(migration("", needs="[('sales', '0001_initial')]"))
    assert first is not None
    assert later is not None
    files = {"0001_initial": first, "0002_next": later}
    assert app_label("shop/orders/migrations", files, None, DjangoSettings()) == "sales"


def test_an_app_that_builds_on_the_first_migration_of_another_is_not_that_app() -> None:
    first = read_django(migration("", needs="[('accounts', '0001_initial')]"))
    later = read_django(migration("", needs="[('conf', '0001_initial'), ('accounts', '0001_initial')]"))
    assert first is not None
    assert later is not None
    assert app_label("cms/conf/migrations", {"0001_initial": first}, None, DjangoSettings()) == "conf"
    both = {"0001_initial": first, "0002_next": later}
    assert app_label("cms/conf/migrations", both, None, DjangoSettings()) == "conf"


def test_sql_changes_the_state_as_it_says() -> None:
    added, *changed = second(
        "migrations.RunSQL('ALTER TABLE shop_order ADD COLUMN weight int', state_operations=[migrations.AddField("
        "'order', 'weight', models.IntegerField(null=True))]), "
        "migrations.AlterField('order', 'weight', models.IntegerField(default=3))"
    )
    assert added.kind is Kind.ADD_COLUMN
    assert [one.kind for one in changed if not one.transient] == [Kind.UPDATE, Kind.SET_NOT_NULL]


def test_what_a_field_was_given_counts_where_its_class_hides_it() -> None:
    before = (
        "class Slug(models.SlugField):\n    def __init__(self, *args, **kwargs):\n        if unknown():\n"
        "            kwargs.setdefault('allow_unicode', True)\n        super().__init__(*args, **kwargs)\n\n"
    )
    made = "migrations.AddField('order', 'slug', Slug(max_length=128, null=True))"
    added, *_ = second(made, before=before)
    assert (added.new_columns[0].type.arguments, added.new_columns[0].nullable) == (("128",), True)


@pytest.mark.parametrize(("atomic", "transaction"), [("True", 0), ("False", None), ("SETTING", None)])
def test_a_transaction_that_is_not_known_of_is_none(atomic: str, transaction: int | None) -> None:
    head = f"    atomic = {atomic}\n"
    operations = second("migrations.RemoveField('order', 'note')", head=head, before="from conf import SETTING\n\n")
    assert operations[0].transaction == transaction


def test_settings_are_read_where_they_are_literal() -> None:
    found = read_settings(
        "import os\nDATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': os.environ['X'],"
        " 'OPTIONS': {'init_command': 'SET lock_wait_timeout=5'}}}\nAUTH_USER_MODEL = 'accounts.User'\n"
    )
    assert found == DjangoSettings(
        dialect="mysql", values={"AUTH_USER_MODEL": "accounts.User"}, timeouts=("lock_wait_timeout",)
    )
    assert read_settings("DATABASES = {'default': dj_database_url.config(default='postgres://localhost/x')}\n") == (
        DjangoSettings(dialect="postgres")
    )
    assert read_settings("DATABASES = {'default': env.db()}\n") is None


def test_settings_that_contradict_each_other_say_nothing() -> None:
    postgres, sqlite = DjangoSettings(dialect="postgres"), DjangoSettings(dialect="sqlite")
    assert merged_settings({"a/settings.py": postgres, "b/settings.py": sqlite}).dialect is None
    assert merged_settings({"a/settings.py": postgres, "a/settings/test.py": sqlite}).dialect == "postgres"


def test_the_same_migrations_give_the_same_operations() -> None:
    sources = {"shop.0001_initial": migration(ORDERS)}
    assert shapes_of_migration(lowered(sources)["shop.0001_initial"].operations) == shapes_of_migration(
        lowered(sources)["shop.0001_initial"].operations
    )
    assert in_order([]) == []


def test_a_key_that_the_database_does_not_have_is_not_made_again() -> None:
    keyed = "migrations.CreateModel('Tag', [('id', models.AutoField(primary_key=True)), {}])"
    sources = {
        "shop.0001_initial": migration(
            keyed.format("('name', models.CharField(max_length=9, unique=True))")
            + ", migrations.CreateModel('Use', [('id', models.AutoField(primary_key=True)), ('tag', models.ForeignKey("
            "'shop.Tag', models.CASCADE, to_field='name', db_constraint=False))])"
        ),
        "shop.0002_next": migration(
            "migrations.AlterField('tag', 'name', models.CharField(max_length=20, unique=True))",
            needs="[('shop', '0001_initial')]",
        ),
    }
    changed = lowered(sources)["shop.0002_next"].operations
    assert [(one.kind, one.table) for one in changed] == [
        (Kind.ALTER_COLUMN_TYPE, "shop_tag"),
        (Kind.ALTER_COLUMN_TYPE, "shop_use"),
    ]


def test_a_field_that_a_setting_makes_unique_may_become_so() -> None:
    operations = second(
        "migrations.AlterField('order', 'note', models.TextField(null=True, unique=settings.STRICT)), "
        "migrations.AlterField('order', 'note', models.TextField(null=True, unique=settings.STRICT, blank=True))",
        before="from django.conf import settings\n\n",
    )
    told = [(one.kind, one.reason) for one in operations if one.kind is not Kind.STATE_ONLY]
    assert told == [(Kind.OPAQUE, "whether note is unique depends on what cannot be determined")]
