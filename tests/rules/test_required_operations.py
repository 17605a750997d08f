"""What a migration rule requires is what it finds nothing without: it finds the same when it is asked of everything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.sdk.migration import MigrationFinding, MigrationRule
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.migration.sql import read_sql

CATALOG = load_catalog()


def rules() -> Iterator[type[MigrationRule]]:
    for spec in CATALOG.rules.values():
        rule = load_rule(spec) if spec.view == "migrations" and spec.cls else None
        if rule is not None and issubclass(rule, MigrationRule):
            yield rule


@cache
def migrations() -> tuple[Migration, ...]:
    """Every example of SQL, as a migration of its own."""
    return tuple(
        Migration(framework="sql", path=f"{rule.__name__}_{number}.sql", id=str(number), operations=operations)
        for rule in rules()
        for number, one in enumerate(rule.examples)
        if one.sql
        for operations in [tuple(Schemas().completed(read_sql(one.sql, one.dialect).operations, one.dialect))]
    )


@pytest.mark.parametrize("rule", [one for one in rules() if one.required()], ids=lambda one: one.__name__)
def test_a_rule_finds_nothing_where_what_it_requires_is_not(rule: type[MigrationRule]) -> None:
    class Unhurried(rule):  # type: ignore[misc, valid-type]  # asks everything of everything
        @classmethod
        def required(cls) -> tuple[str, ...]:
            return ()

        @classmethod
        def _selected(cls) -> None:
            return None

    assert _found(Unhurried(rule.Options())) == _found(rule(rule.Options()))


def _found(rule: MigrationRule) -> list[MigrationFinding]:
    return list(rule.judge(migrations()))


def test_most_rules_say_what_they_require() -> None:
    all_rules = list(rules())
    assert sum(bool(one.required()) for one in all_rules) > len(all_rules) / 2
    assert len(migrations()) > 400
