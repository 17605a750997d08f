"""A real PostgreSQL for these tests, once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from observing import Pasts
from postgres_server import Session, programs, started

from needed_programs import missing

_EVERYWHERE = (
    "CREATE ROLE shop",
    "CREATE ROLE reporting",
    "CREATE SCHEMA extensions",
    *(f"CREATE EXTENSION {name} SCHEMA extensions" for name in ("citext", "hstore", "btree_gist", "pg_trgm")),
    "SET allow_in_place_tablespaces = on",
    "CREATE TABLESPACE fast LOCATION ''",
    "CREATE SCHEMA billing",
)


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of a running server's socket."""
    if programs() is None:
        missing("postgres", "install Debian's package postgresql")
    with started() as socket:
        session = Session(socket)
        for one in _EVERYWHERE:
            session.rows(one)
        session.close()
        yield socket


@pytest.fixture(scope="session")
def pasts(server: Path) -> Iterator[Pasts]:
    """What statements are tried on."""
    found = Pasts(server)
    yield found
    found.close()
