"""No Python text makes the reader of Django migrations fail, and what it reads can be kept and lowered."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.sources.migration.django.facts import DjangoMigration, DjangoSettings
from relcheck.sources.migration.django.graph import AppMigration
from relcheck.sources.migration.django.lowering import lower
from relcheck.sources.migration.django.reading import read_django
from relcheck.sources.migration.django.settings import read_settings
from relcheck.sources.migration.operation import Dialect


def _call(parts: tuple[str, list[str], dict[str, str]]) -> str:
    name, positional, named = parts
    return f"models.{name}({', '.join([*positional, *(f'{key}={value}' for key, value in named.items())])})"


NAMES = st.sampled_from(["Order", "order", "Item", "code", "note", "id", "x" * 70, "ü", "?", ""])
VALUES = st.recursive(
    st.one_of(
        NAMES.map(repr),
        st.integers(-1, 300).map(str),
        st.sampled_from(
            ["None", "True", "False", "name", "settings.X", "unknown()", "lambda a, b: None", "*more", "''"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}, {pair[1]})"),
        st.tuples(
            st.sampled_from(
                [
                    "CharField",
                    "TextField",
                    "IntegerField",
                    "ForeignKey",
                    "OneToOneField",
                    "ManyToManyField",
                    "AutoField",
                    "DecimalField",
                    "GeneratedField",
                    "Index",
                    "Q",
                    "UniqueConstraint",
                    "CheckConstraint",
                ]
            ),
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    [
                        "to",
                        "through",
                        "null",
                        "unique",
                        "db_index",
                        "default",
                        "db_default",
                        "max_length",
                        "db_column",
                        "fields",
                        "name",
                    ]
                ),
                inner,
                max_size=3,
            ),
        ).map(_call),
    ),
    max_leaves=8,
)
OPERATIONS = st.tuples(
    st.sampled_from(
        [
            "CreateModel",
            "DeleteModel",
            "RenameModel",
            "AddField",
            "RemoveField",
            "AlterField",
            "RenameField",
            "AlterModelTable",
            "AddIndex",
            "AlterUniqueTogether",
            "AlterIndexTogether",
            "AddConstraint",
            "RemoveConstraint",
            "RunSQL",
            "RunPython",
            "SeparateDatabaseAndState",
            "AlterOrderWithRespectTo",
            "RemoveIndex",
            "RenameIndex",
            "AlterModelOptions",
        ]
    ),
    st.lists(VALUES, max_size=4),
)


def lowered(found: DjangoMigration, dialect: Dialect) -> None:
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=DjangoMigration)
    assert again == found
    files = [AppMigration(path=f"shop/migrations/{name}.py", app="shop", name=name, facts=again) for name in ("a", "b")]
    assert len(lower(files, DjangoSettings(), dialect)) == 2


@settings(deadline=None)  # the first SQL that is read loads its parser
@given(st.lists(OPERATIONS, max_size=6), st.sampled_from(["postgres", "mysql", "sqlite"]))
def test_any_operations_are_read_and_lowered(operations: list[tuple[str, list[str]]], dialect: Dialect) -> None:
    lines = "".join(f"        migrations.{name}({', '.join(values)}),\n" for name, values in operations)
    text = (
        "from django.db import migrations, models\nmore = [1]\n\nclass Migration(migrations.Migration):\n"
        f"    operations = [\n{lines}    ]\n"
    )
    found = read_django(text)
    assert found is not None
    lowered(found, dialect)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read_django(text)
    read_django(
        f"from django.db import migrations\nclass Migration(migrations.Migration):\n    operations = [{text}]\n"
    )
    read_settings(f"DATABASES = {text}\n")
