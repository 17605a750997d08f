"""What relcheck reads from Django's migrations, beside the SQL that Django makes of them."""

from __future__ import annotations

import pytest
from django_agreement import Shape, shapes_of_migration, shapes_of_sql
from django_cases import CASES, MODELS, migration
from django_sql import sql_of

from relcheck.sources.migration.django.graph import AppMigration
from relcheck.sources.migration.django.lowering import lower
from relcheck.sources.migration.django.reading import read_django


def lowered(sources: dict[str, str], name: str) -> list[Shape]:
    migrations = []
    for one, source in sources.items():
        facts = read_django(source)
        assert facts is not None
        migrations.append(AppMigration(path=f"shop/migrations/{one}.py", app="shop", name=one, facts=facts))
    found = next(each for each in lower(migrations) if each.id == f"shop.{name}")
    return shapes_of_migration(found.operations)


def test_new_models_become_what_django_creates() -> None:
    sources = {"0001_initial": migration(MODELS)}
    assert lowered(sources, "0001_initial") == shapes_of_sql(sql_of(sources)["0001_initial"])


@pytest.mark.parametrize("operations", CASES)
def test_operations_become_what_django_does(operations: str) -> None:
    changed = migration(operations, after="0001_initial", atomic="Concurrently" not in operations)
    sources = {"0001_initial": migration(MODELS), "0002_changed": changed}
    assert sorted(lowered(sources, "0002_changed")) == sorted(shapes_of_sql(sql_of(sources)["0002_changed"]))
