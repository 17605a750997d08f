"""A default is judged alike wherever it is written."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.alembic.defaults import is_volatile
from relcheck.sources.migration.sql import read_sql


@pytest.mark.parametrize(
    ("default", "volatile"),
    [
        ("0", False),
        ("now()", False),
        ("sha512('a')", False),
        ("make_date(2024, 1, 1)", False),
        ("gen_random_uuid()", True),
        ("pg_catalog.random()", True),
        ("lower(gen_random_uuid()::text)", True),
        ("our_own()", None),
        ("our_own() + random()", True),
    ],
)
def test_sql_and_alembic_agree(default: str, volatile: bool | None) -> None:
    (added,) = read_sql(f"ALTER TABLE orders ADD COLUMN a text DEFAULT {default}", "postgres").operations
    assert added.volatile is volatile
    assert is_volatile(default) is volatile
