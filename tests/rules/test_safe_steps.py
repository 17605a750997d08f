"""The way that a migration rule recommends is one: its SQL can be read, and no rule about locks has anything to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.model.severity import Severity
from relcheck.sdk.examples import Example
from relcheck.sdk.migration import MigrationRule
from relcheck.sdk.steps import Step
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.migration.sql import read_sql

CATALOG = load_catalog()


def examples() -> Iterator[tuple[str, int, Example]]:
    for spec in CATALOG.rules.values():
        if spec.pack == "migrations" and spec.cls:
            for number, example in enumerate(load_rule(spec).examples, 1):
                if example.invalid and example.sql and example.dialect == "postgres":
                    yield spec.name, number, example


@cache
def rules_about_locks() -> tuple[MigrationRule, ...]:
    found = []
    for spec in CATALOG.rules.values():
        if ".locks." in spec.module and spec.severity is Severity.ERROR:
            rule = load_rule(spec)
            assert issubclass(rule, MigrationRule)
            found.append(rule(rule.Options()))
    return tuple(found)


def steps_of(rule: MigrationRule, migrations: Sequence[Migration]) -> list[str]:
    return [
        step
        for found in rule.judge(migrations)
        for step in (found.details.get("safe") or ())
        if isinstance(step, str) and not all(line.startswith("--") for line in step.splitlines())
    ]


@pytest.mark.parametrize(
    ("name", "number", "example"), [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in examples()]
)
def test_the_safe_way_can_be_read_and_is_safe(name: str, number: int, example: Example) -> None:
    rule = load_rule(CATALOG.rules[name])
    assert issubclass(rule, MigrationRule)
    past = [part for part in example.before.split(";\n") if part.strip()]
    steps = steps_of(rule(rule.Options()), _chain([*past, example.sql]))
    chain = _chain([*past, *steps])[len(past) :]
    read = [one for migration in chain for one in migration.operations]
    assert not [one.sql for one in read if one.kind in (Kind.UNPARSEABLE, Kind.OTHER, Kind.OPAQUE)]
    assert len(read) >= len(steps)
    told = [found.message for locks in rules_about_locks() for found in locks.judge(chain)]
    assert told == []


@pytest.mark.parametrize(
    ("table", "quoted"),
    [("shop_order", "shop_order"), ("Order", '"Order"'), ("order", '"order"'), ("sales.order", 'sales."order"')],
)
def test_names_are_quoted_where_sql_needs_it(table: str, quoted: str) -> None:
    [operation] = read_sql(f"ALTER TABLE {quoted} DROP COLUMN a", "postgres").operations
    assert operation.table == table
    assert Step("ALTER TABLE {table} DROP COLUMN {column}").filled(operation).sql == (
        f"ALTER TABLE {quoted} DROP COLUMN a"
    )


@pytest.mark.parametrize(("null", "steps"), [("NOT NULL", 2), ("", 1)])
def test_a_column_that_may_be_null_need_not_become_so(null: str, steps: int) -> None:
    rule = load_rule(CATALOG.rules["migrations/drop-column"])
    assert issubclass(rule, MigrationRule)
    chain = _chain(
        [f"CREATE TABLE shop_order (id bigint, note text {null})", "ALTER TABLE shop_order DROP COLUMN note"]
    )
    assert len([step for step in steps_of(rule(rule.Options()), chain) if "ALTER TABLE" in step]) == steps


def test_what_has_no_name_gets_the_one_that_the_server_would_give() -> None:
    [operation] = read_sql("CREATE INDEX ON shop_order (number, lower(shop))", "postgres").operations
    assert (
        Step("CREATE INDEX CONCURRENTLY {name} ON {table} ({columns})")
        .filled(operation)
        .sql.startswith("CREATE INDEX CONCURRENTLY shop_order_number_")
    )


def _chain(parts: Sequence[str]) -> list[Migration]:
    """Each statement as a migration of its own, in its order."""
    schemas, found = Schemas(), []
    for number, sql in enumerate(parts):
        operations: tuple[Operation, ...] = tuple(schemas.completed(read_sql(sql, "postgres").operations, "postgres"))
        found.append(Migration(framework="sql", path=f"{number}.sql", id=str(number), operations=operations))
    return found
