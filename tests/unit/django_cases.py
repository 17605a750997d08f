"""Operations of Django migrations over the models of a small shop; each line is one migration of its own."""

from __future__ import annotations

IMPORTS = """import uuid

from django.contrib.postgres import constraints as pgc, fields as pgf, indexes as pgi, operations as pgo
from django.db import migrations, models
from django.db.models import F, Q, functions
"""

MODELS = """
    migrations.CreateModel(
        "Customer",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("email", models.EmailField(unique=True)),
            ("age", models.PositiveIntegerField(null=True)),
            ("nick", models.CharField(max_length=30, null=True, blank=True)),
        ],
    ),
    migrations.CreateModel(
        "Item",
        [
            ("id", models.AutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
            ("code", models.SlugField()),
            ("owner", models.ForeignKey("self", null=True, on_delete=models.CASCADE)),
        ],
        options={"db_table": "items", "unique_together": {("name", "code")}},
    ),
    migrations.CreateModel(
        "Order",
        [
            ("id", models.AutoField(primary_key=True)),
            ("customer", models.ForeignKey("shop.Customer", on_delete=models.CASCADE)),
            ("code", models.CharField(max_length=10, db_index=True)),
            ("note", models.TextField(blank=True)),
            ("total", models.DecimalField(max_digits=10, decimal_places=2)),
            ("made", models.DateTimeField(auto_now_add=True)),
            ("flag", models.BooleanField(default=False)),
            ("items", models.ManyToManyField("shop.Item")),
        ],
        options={
            "indexes": [models.Index(fields=["made"], name="made_idx")],
            "constraints": [
                models.CheckConstraint(condition=Q(total__gte=0), name="pos"),
                models.UniqueConstraint(fields=["code", "customer"], name="uq"),
            ],
        },
    ),
"""

CASES = """
migrations.AddField("order", "a", models.IntegerField()),

migrations.AddField("order", "a", models.IntegerField(default=5)),

migrations.AddField("order", "a", models.IntegerField(null=True, default=5)),

migrations.AddField("order", "a", models.IntegerField(null=True)),

migrations.AddField("order", "a", models.IntegerField(default=5), preserve_default=False),
migrations.AlterField("order", "a", models.BigIntegerField()),

migrations.AddField("order", "a", models.IntegerField(db_default=5)),

migrations.AddField("order", "a", models.CharField(max_length=5, db_default="x")),

migrations.AddField("order", "a", models.DateTimeField(db_default=functions.Now())),

migrations.AddField("order", "a", models.CharField(max_length=5, blank=True)),

migrations.AddField("order", "a", models.CharField(max_length=5, blank=True, null=True)),

migrations.AddField("order", "a", models.CharField(max_length=5, unique=True, null=True)),

migrations.AddField("order", "a", models.CharField(max_length=5, db_index=True, default="")),

migrations.AddField("order", "a", models.TextField(db_index=True, default="")),

migrations.AddField("order", "a", models.SlugField(default="")),

migrations.AddField("order", "a", models.PositiveSmallIntegerField(default=1)),

migrations.AddField("order", "a", models.DurationField(null=True)),

migrations.AddField("order", "a", models.GenericIPAddressField(null=True)),

migrations.AddField("order", "a", models.FloatField(default=1.5)),

migrations.AddField("order", "a", models.FileField()),

migrations.AddField("order", "a", models.URLField(null=True)),

migrations.AddField("order", "a", models.TimeField(null=True)),

migrations.AddField("order", "a", models.DateField(null=True)),

migrations.AddField("order", "a", models.BigIntegerField(null=True, db_column="A_b")),

migrations.AddField("order", "a", pgf.ArrayField(models.CharField(max_length=10), null=True)),

migrations.AddField("order", "a", pgf.ArrayField(pgf.ArrayField(models.IntegerField()), default=list)),

migrations.AddField("order", "a", pgf.HStoreField(null=True)),

migrations.AddField("order", "a", pgf.DateTimeRangeField(null=True)),

migrations.AddField(
    "order",
    "a",
    models.GeneratedField(
        expression=F("total") * 2,
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    ),
),

migrations.AddField("order", "a", models.ForeignKey("shop.Item", null=True, on_delete=models.CASCADE)),

migrations.AddField("order", "a", models.ForeignKey("shop.Item", default=1, on_delete=models.CASCADE)),

migrations.AddField(
    "order", "a", models.ForeignKey("shop.Item", null=True, on_delete=models.CASCADE, db_constraint=False)
),

migrations.AddField(
    "order",
    "a",
    models.ForeignKey("shop.Item", null=True, on_delete=models.CASCADE, db_index=False, db_column="itm"),
),

migrations.AddField(
    "order",
    "a",
    models.ForeignKey("shop.Customer", null=True, on_delete=models.CASCADE, to_field="email"),
),

migrations.AddField(
    "order",
    "a",
    models.OneToOneField("shop.Customer", null=True, on_delete=models.CASCADE, related_name="+"),
),

migrations.AddField("order", "a", models.ManyToManyField("shop.Customer", related_name="+")),

migrations.AddField("order", "a", models.ManyToManyField("self")),

migrations.AddField(
    "order", "a", models.ManyToManyField("shop.Customer", related_name="+", db_table="joined")
),

migrations.RemoveField("order", "code"),

migrations.RemoveField("order", "customer"),

migrations.RemoveField("order", "items"),

migrations.RenameField("order", "code", "kode"),

migrations.RenameField("order", "customer", "buyer"),

migrations.RenameField("order", "items", "things"),

migrations.RenameField("order", "note", "note2"),
migrations.AlterField("order", "note2", models.TextField(blank=True, db_column="note")),

migrations.AlterField("order", "note", models.TextField(blank=True, db_column="note")),
migrations.RenameField("order", "note", "note2"),

migrations.AlterField("order", "code", models.CharField(max_length=20, db_index=True)),

migrations.AlterField("order", "code", models.CharField(max_length=5, db_index=True)),

migrations.AlterField("order", "code", models.CharField(max_length=10)),

migrations.AlterField("order", "code", models.CharField(max_length=10, unique=True)),

migrations.AlterField("order", "code", models.CharField(max_length=10, unique=True, db_index=True)),

migrations.AlterField("order", "code", models.TextField(db_index=True)),

migrations.AlterField("order", "code", models.IntegerField(db_index=True)),

migrations.AlterField(
    "order",
    "code",
    models.CharField(
        max_length=10, db_index=True, choices=[("a", "A")], help_text="x", verbose_name="y", default="q"
    ),
),

migrations.AlterField("order", "code", models.CharField(max_length=10, db_index=True, db_column="kode")),

migrations.AlterField("order", "note", models.TextField()),

migrations.AlterField("order", "note", models.TextField(null=True)),

migrations.AlterField("order", "note", models.CharField(max_length=100)),

migrations.AlterField("order", "note", models.TextField(unique=True)),

migrations.AlterField("order", "total", models.DecimalField(max_digits=12, decimal_places=2)),

migrations.AlterField("order", "total", models.FloatField()),

migrations.AlterField("order", "made", models.DateField()),

migrations.AlterField("order", "flag", models.BooleanField(db_default=True)),

migrations.AlterField("order", "flag", models.BooleanField(default=True)),

migrations.AlterField("order", "id", models.BigAutoField(primary_key=True)),

migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, to_field="id")),

migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, db_index=True)),

migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, db_index=False)),

migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, to_field="email")),

migrations.AddField("order", "item", models.ForeignKey("shop.Item", models.CASCADE, default=1), preserve_default=False),
migrations.AlterField("order", "item", models.ForeignKey("shop.Item", models.CASCADE)),

migrations.AlterField("item", "code", models.TextField()),

migrations.AlterField("customer", "id", models.AutoField(primary_key=True)),

migrations.AlterField("customer", "id", models.UUIDField(primary_key=True)),

migrations.AlterField("item", "id", models.BigAutoField(primary_key=True)),

migrations.AlterField("customer", "email", models.EmailField()),

migrations.AlterField("customer", "email", models.EmailField(db_index=True)),

migrations.AlterField("customer", "email", models.EmailField(unique=True, max_length=300)),

migrations.AlterField("customer", "age", models.IntegerField(null=True)),

migrations.AlterField("customer", "age", models.PositiveIntegerField(default=3)),

migrations.AlterField("customer", "age", models.PositiveIntegerField()),

migrations.AlterField("customer", "age", models.BigIntegerField(default=3)),

migrations.AlterField("customer", "nick", models.CharField(max_length=30, blank=True)),

migrations.AlterField("customer", "nick", models.CharField(max_length=30, blank=True, default="")),

migrations.AlterField("customer", "nick", models.CharField(max_length=30, db_default="n")),

migrations.AlterField("customer", "age", models.PositiveIntegerField(null=True, db_index=True)),

migrations.AlterField(
    "order", "customer", models.ForeignKey("shop.Customer", null=True, on_delete=models.CASCADE)
),

migrations.AlterField(
    "order", "customer", models.ForeignKey("shop.Customer", on_delete=models.SET_NULL, related_name="x")
),

migrations.AlterField(
    "order", "customer", models.ForeignKey("shop.Customer", on_delete=models.CASCADE, db_constraint=False)
),

migrations.AlterField(
    "order", "customer", models.ForeignKey("shop.Customer", on_delete=models.CASCADE, db_index=False)
),

migrations.AlterField("order", "customer", models.ForeignKey("shop.Item", on_delete=models.CASCADE)),

migrations.AlterField(
    "order", "customer", models.OneToOneField("shop.Customer", on_delete=models.CASCADE)
),

migrations.AlterField("order", "customer", models.BigIntegerField()),

migrations.AlterField("order", "total", models.ForeignKey("shop.Item", on_delete=models.CASCADE)),

migrations.AlterField("order", "items", models.ManyToManyField("shop.Item", related_name="oo")),

migrations.AlterField("order", "items", models.ManyToManyField("shop.Customer", related_name="oo")),

migrations.AlterField("order", "items", models.ManyToManyField("shop.Item", db_table="zz")),

migrations.DeleteModel("Order"),

migrations.RenameModel("Order", "Purchase"),

migrations.RenameModel("Customer", "Buyer"),

migrations.RenameModel("Item", "Thing"),

migrations.AlterModelTable("order", "orders"),

migrations.AlterModelTable("item", "items"),

migrations.AlterModelTable("item", None),

migrations.AlterModelTable("order", "orders"),
migrations.RenameModel("Order", "Purchase"),

migrations.AlterUniqueTogether("item", set()),

migrations.AlterUniqueTogether("order", {("code", "total")}),

migrations.AlterUniqueTogether(
    "item",
    {
        ("name", "owner"),
    },
),

migrations.AddIndex("order", models.Index(fields=["code", "-total"], name="i1")),

migrations.AddIndex("order", models.Index(fields=["code"], name="i1", condition=Q(total__gt=0))),

migrations.AddIndex("order", pgi.GinIndex(fields=["note"], name="i1", opclasses=["gin_trgm_ops"])),

migrations.AddIndex("order", pgi.BrinIndex(fields=["made"], name="i1")),

pgo.AddIndexConcurrently("order", models.Index(fields=["code"], name="i1")),

pgo.RemoveIndexConcurrently("order", "made_idx"),

migrations.RemoveIndex("order", "made_idx"),

migrations.RenameIndex("order", new_name="made2", old_name="made_idx"),

migrations.AddConstraint("order", models.CheckConstraint(condition=Q(total__lt=1000), name="c1")),

migrations.AddConstraint("order", models.UniqueConstraint(fields=["total"], name="c1")),

migrations.AddConstraint(
    "order", models.UniqueConstraint(fields=["total"], name="c1", condition=Q(flag=True))
),

migrations.AddConstraint(
    "order", models.UniqueConstraint(fields=["total"], name="c1", deferrable=models.Deferrable.DEFERRED)
),

migrations.AddConstraint("order", pgc.ExclusionConstraint(name="c1", expressions=[("made", "=")])),

migrations.RemoveConstraint("order", "pos"),

migrations.RemoveConstraint("order", "uq"),

pgo.AddConstraintNotValid("order", models.CheckConstraint(condition=Q(total__lt=1000), name="c1")),
pgo.ValidateConstraint("order", "c1"),

migrations.AlterOrderWithRespectTo("order", "customer"),

migrations.AlterModelOptions("order", {"ordering": ["code"]}),

migrations.AlterModelManagers("order", []),

migrations.CreateModel(
    "Sub",
    [
        (
            "customer_ptr",
            models.OneToOneField(
                "shop.Customer",
                primary_key=True,
                parent_link=True,
                auto_created=True,
                on_delete=models.CASCADE,
                serialize=False,
            ),
        ),
        ("x", models.IntegerField()),
    ],
    bases=("shop.customer",),
),
migrations.CreateModel(
    "Ref",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("sub", models.ForeignKey("shop.Sub", on_delete=models.CASCADE)),
    ],
),

migrations.CreateModel("P", [], options={"proxy": True}, bases=("shop.customer",)),

migrations.CreateModel("U", [("id", models.AutoField(primary_key=True))], options={"managed": False}),
migrations.AddField("u", "x", models.IntegerField(default=1)),

migrations.CreateModel(
    "L",
    [
        ("id", models.AutoField(primary_key=True)),
        ("a", models.ForeignKey("shop.Order", on_delete=models.CASCADE)),
    ],
),
migrations.AddField("l", "b", models.CharField(max_length=3, db_index=True, default="")),
migrations.RenameField("l", "b", "c"),
migrations.RemoveField("l", "a"),

migrations.CreateModel(
    "L",
    [
        ("id", models.AutoField(primary_key=True)),
        ("a", models.ForeignKey("shop.Order", on_delete=models.CASCADE)),
    ],
),
migrations.DeleteModel("l"),

migrations.CreateModel(
    "L",
    [
        ("id", models.AutoField(primary_key=True)),
        ("a", models.ForeignKey("shop.Order", on_delete=models.CASCADE)),
    ],
),
migrations.RenameModel("L", "M"),

migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "note")]),

migrations.SeparateDatabaseAndState(
    database_operations=[migrations.AlterModelTable("order", "oo")],
    state_operations=[migrations.RenameModel("Order", "Oo")],
),

migrations.CreateModel(
    "AVeryLongModelNameThatGoesOnAndOnForTheTableNameOfIt",
    [
        ("id", models.AutoField(primary_key=True)),
        (
            "another_rather_long_field_name_for_it",
            models.ForeignKey("shop.Order", on_delete=models.CASCADE),
        ),
        ("a_many_to_many_field_with_a_long_name", models.ManyToManyField("shop.Item")),
    ],
),
""".strip().split("\n\n")


def migration(operations: str, *, after: str = "", atomic: bool = True) -> str:
    """The source of a migration with these operations; `after` is the name of the one before it."""
    needs = f'("shop", "{after}")' if after else ""
    return (
        f"{IMPORTS}\n\nclass Migration(migrations.Migration):\n    atomic = {atomic}\n    dependencies = [{needs}]\n"
        f"    operations = [\n{operations}\n    ]\n"
    )
