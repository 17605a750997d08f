"""What the rules say of losses in SQLite, beside what SQLite does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.sdk.examples import Example
from relcheck.sdk.migration import MigrationRule
from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.migration.sql import read_sql

CATALOG = load_catalog()
REBUILD = CATALOG.rules["migrations/sqlite-table-rebuild-loss"]
SHOP = "CREATE TABLE shop_order (id integer PRIMARY KEY, note text)"


def rebuilds() -> Iterator[tuple[int, Example]]:
    for number, example in enumerate(load_rule(REBUILD).examples, 1):
        if example.sql:
            yield number, example


@pytest.mark.parametrize(
    ("number", "example"), [*rebuilds()], ids=lambda value: str(value) if type(value) is int else ""
)
def test_a_rebuild_is_told_where_sqlite_loses_values_by_it(number: int, example: Example) -> None:
    with sqlite3.connect(":memory:") as database:
        database.executescript(example.before)
        database.execute("INSERT INTO shop_order VALUES (1, 'as a present')")
        before = database.execute("SELECT * FROM shop_order").fetchall()
        database.executescript(example.sql)
        lost = database.execute("SELECT * FROM shop_order").fetchall() != before
    database.close()
    rule = load_rule(REBUILD)
    assert issubclass(rule, MigrationRule)
    told = list(rule(rule.Options()).judge(_chain(example.before, example.sql)))
    assert bool(told) == lost


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE shop_order DROP COLUMN note",
        "ALTER TABLE shop_order ADD COLUMN remark text",
        "ALTER TABLE shop_order RENAME COLUMN note TO remark",
        "DROP TABLE shop_order",
        "DELETE FROM shop_order",
        "CREATE INDEX by_note ON shop_order (note)",
        "DROP TABLE IF EXISTS shop_invoice",
    ],
)
def test_rows_and_columns_go_where_the_effects_table_says_so(sql: str) -> None:
    with sqlite3.connect(":memory:") as database:
        database.execute(SHOP)
        database.execute("INSERT INTO shop_order VALUES (1, 'as a present')")
        before = _shape(database)
        database.execute(sql)
        rows, columns = _shape(database)
    database.close()
    [operation] = _chain(SHOP, sql)[1].operations
    loss = effect_of(operation).loss
    if operation.table == "shop_order":
        assert ("rows" in loss) == (rows < before[0])
        assert ("columns" in loss) == (columns < before[1])
    else:
        assert (rows, columns) == before


def _shape(database: sqlite3.Connection) -> tuple[int, int]:
    """How many rows and columns the table has."""
    columns = database.execute("PRAGMA table_info(shop_order)").fetchall()
    rows = database.execute("SELECT count(*) FROM shop_order").fetchone()[0] if columns else 0
    return rows, len(columns)


def _chain(*parts: str) -> list[Migration]:
    schemas, found = Schemas(), []
    for number, sql in enumerate(parts):
        operations = tuple(schemas.completed(read_sql(sql, "sqlite").operations, "sqlite"))
        found.append(Migration(framework="sql", path=f"{number}.sql", id=str(number), operations=operations))
    return found
