"""What the rules about data and locks say of their examples, beside what a real server does with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import contradictions, operations, room_for
from observing import Pasts, RefusedError

from relcheck.engine.catalog import load_catalog, load_rule
from relcheck.sdk.examples import Example

_SHOP = tuple(
    line
    for line in (Path(__file__).parent / "shop.sql").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("--")
)
_FOLDERS = ("migrations.data_loss.", "migrations.locks.")
_REFUSED = {
    ("migrations/add-generated-stored", 3): "VIRTUAL came with PostgreSQL 18",
    ("migrations/drop-database", 1): "it is refused within a transaction",
    ("migrations/drop-type", 2): "a column still has the domain",
    ("migrations/truncate-cascade", 2): "another table refers to it",
}
"""Examples that this server, or this shop, does not take."""


def examples() -> Iterator[tuple[str, int, Example]]:
    for spec in load_catalog().rules.values():
        if any(folder in spec.module for folder in _FOLDERS):
            for number, example in enumerate(load_rule(spec).examples, 1):
                if example.sql and example.dialect == "postgres" and not example.server:
                    yield spec.name, number, example


@pytest.mark.parametrize(
    ("rule", "number", "example"), [pytest.param(*one, id=f"{one[0]}-{one[1]}") for one in examples()]
)
def test_the_server_does_what_the_effects_table_says(pasts: Pasts, rule: str, number: int, example: Example) -> None:
    before = (*(part for part in example.before.split(";\n") if part.strip()), *_SHOP, *room_for(example.sql))
    if (rule, number) in _REFUSED:
        with pytest.raises(RefusedError):
            pasts.observe(before, example.sql)
        return
    observed, taken = pasts.observe(before, example.sql)
    assert list(contradictions(observed, operations(taken, example.sql))) == []
