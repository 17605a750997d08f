"""`docs/observed-locks.md` is what a real server showed. `make test-postgres ARGS=--snapshot-update` writes it anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from claims import contradictions, operations, strength
from observing import Observed, Pasts
from postgres_server import Session

from shown_page import check_page

HERE = Path(__file__).parent
_HEAD = """\
# What PostgreSQL locks

What a real PostgreSQL {version} showed for each statement, in a transaction of its own, on tables with 300 rows
([shop.sql](../tests/postgres/shop.sql)): the strongest lock that it held on each table (`pg_locks`; plain reads are
left out, and locks on indexes that say no more), whether the table got another file (it was written anew), whether an
index did (it was built), whether all rows of a table were read (`pg_stat_xact_user_tables`), and what was gone
afterwards. What runs outside a transaction was looked at while an older one held it up, so that only its locks are
known.

`make test-postgres` holds the rules about migrations against the same observations; with `ARGS=--snapshot-update` it
writes this page anew.

| statement | locks | work | lost |
|---|---|---|---|
"""


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line.rstrip(";") for line in text.splitlines() if line and not line.startswith("--")]


@pytest.fixture(scope="module")
def observed(pasts: Pasts) -> dict[str, tuple[Observed, tuple[str, ...]]]:
    shop = lines("shop.sql")
    return {statement: pasts.observe(shop, statement) for statement in lines("statements.sql")}


@pytest.mark.parametrize("statement", lines("statements.sql"))
def test_the_effects_table_says_what_the_server_does(
    observed: dict[str, tuple[Observed, tuple[str, ...]]], statement: str
) -> None:
    found, taken = observed[statement]
    assert list(contradictions(found, operations(taken, statement))) == []


def test_the_page_shows_what_the_server_does(
    observed: dict[str, tuple[Observed, tuple[str, ...]]], server: Path, request: pytest.FixtureRequest
) -> None:
    session = Session(server)
    version = session.rows("SHOW server_version")[0][0].partition(".")[0]
    session.close()
    page = _HEAD.format(version=version) + "".join(
        f"| `{statement}` | {_locks(found)} | {_work(found)} | {_lost(found)} |\n"
        for statement, (found, _) in observed.items()
    )
    check_page("observed-locks.md", page, f"PostgreSQL {version}", request)


def _locks(found: Observed) -> str:
    tables = [strength(mode) for name, mode in found.locks.items() if found.relations[name] != "i"]
    shown = [
        f"{name}: {mode}"
        for name, mode in sorted(found.locks.items())
        if mode != "ACCESS SHARE" and (found.relations[name] != "i" or strength(mode) > max(tables, default=0))
    ]
    return ", ".join(shown) or "none"


def _work(found: Observed) -> str:
    if found.unfinished:
        return "not seen"
    parts = []
    if found.rewritten:
        parts.append(f"new file for {', '.join(sorted(found.rewritten))}")
    if found.built and not found.rewritten:
        parts.append(f"builds {', '.join(sorted(found.built))}")
    if found.read:
        parts.append(f"reads all of {', '.join(sorted(found.read))}")
    return "; ".join(parts) or "none"


def _lost(found: Observed) -> str:
    rows = [f"rows of {name}" for name in sorted(found.lost_rows)]
    columns = [one for one in sorted(found.lost_columns) if one.partition(".")[0] not in found.lost_rows]
    return ", ".join([*rows, *columns]) or ("not seen" if found.unfinished else "nothing")
