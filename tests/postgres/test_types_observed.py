"""Which changes of a column's type write a table anew: what we say beside what a real server does, pair by pair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import Session

from relcheck.sources.migration.operation import Kind
from relcheck.sources.migration.sql import read_sql
from relcheck.sources.migration.type_changes import type_change

_GROUPS = (
    "int2 int4 int8 numeric numeric(10,2) float4 float8 oid text bool money",
    "varchar(10) varchar(20) varchar text bpchar char(10) char(20) citext name xml json",
    "timestamp timestamp(3) timestamp(0) timestamptz timestamptz(3) date text",
    "time time(3) timetz",
    "interval interval(3)",
    "varbit(5) varbit(8) varbit bit(5)",
    "cidr inet text",
    "numeric(10,2) numeric(12,2) numeric(12,4) numeric",
    "json jsonb text",
    "uuid text varchar",
    "varchar(10)[] varchar(20)[] text[]",
    "int4[] int8[]",
)
_VALUES = {
    "timestamp": "'2020-01-01'",
    "timestamptz": "'2020-01-01'",
    "date": "'2020-01-01'",
    "time": "'10:00'",
    "timetz": "'10:00'",
    "interval": "'1 day'",
    "varbit": "B'1'",
    "bit": "B'10101'",
    "cidr": "'10.0.0.0/8'",
    "inet": "'10.0.0.0/8'",
    "bool": "true",
    "xml": "'<a/>'",
    "uuid": "gen_random_uuid()",
}
_FILES = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relname IN ('tried', 'tried_v')"


def pairs() -> Iterator[tuple[str, str]]:
    seen = set()
    for group in _GROUPS:
        for old in group.split():
            for new in group.split():
                if old != new and (old, new) not in seen:
                    seen.add((old, new))
                    yield old, new


@pytest.fixture(scope="module")
def session(server: Path) -> Iterator[Session]:
    found = Session(server)
    found.rows("SET search_path = public, extensions")
    yield found
    found.close()


@pytest.mark.parametrize("zone", ["UTC", "Europe/Rome"])
def test_types_of_which_we_say_that_nothing_is_written_anew_are_those_of_the_server(
    session: Session, zone: str
) -> None:
    wrong = []
    for old, new in pairs():
        said = _said(old, new)
        observed = _observed(session, old, new, zone)
        if observed is None:
            continue  # there is no cast
        rewritten, reindexed = observed
        if said.rewrite is not None and said.rewrite != rewritten:
            wrong.append(f"{old} to {new}: {'written anew' if rewritten else 'kept'}, said otherwise")
        if said.rewrite is False and reindexed is not None and said.reindex != reindexed:
            wrong.append(f"{old} to {new}: its index is {'built anew' if reindexed else 'kept'}, said otherwise")
    assert wrong == []


def test_what_depends_on_the_time_zone_is_the_only_thing_that_is_not_known() -> None:
    unknown = {(old, new) for old, new in pairs() if _said(old, new).rewrite is None}
    assert all("timestamp" in old and "timestamp" in new for old, new in unknown)
    assert ("timestamp", "timestamptz") in unknown


def _said(old: str, new: str):  # noqa: ANN202  # as type_change says
    script = read_sql(f"CREATE TABLE tried (v {old}); ALTER TABLE tried ALTER v TYPE {new}", "postgres")
    made, changed = (one for one in script.operations if one.kind in (Kind.CREATE_TABLE, Kind.ALTER_COLUMN_TYPE))
    return type_change(made.new_columns[0].type, changed.type, version=(15,))


def _observed(session: Session, old: str, new: str, zone: str) -> tuple[bool, bool | None] | None:
    """Whether the table and its index got other files; None where the server has no such cast, None for the index
    where the type has no order."""
    name = old.partition("(")[0].removesuffix("[]")
    value = "'{1}'" if old.endswith("[]") else _VALUES.get(name, "'1'")
    session.rows(f"BEGIN; SET LOCAL timezone = '{zone}'; CREATE TABLE tried (v {old})")
    try:
        if not session.accepts(f"INSERT INTO tried VALUES ({value}); SAVEPOINT here"):  # noqa: S608  # our own values
            pytest.fail(f"no value of {old}")
        indexed = session.accepts("CREATE INDEX tried_v ON tried (v)")
        if not indexed:
            session.rows("ROLLBACK TO here")
        before = dict(map(tuple, session.rows(_FILES)))
        if not session.accepts(f"ALTER TABLE tried ALTER v TYPE {new}"):
            return None
        after = dict(map(tuple, session.rows(_FILES)))
        return before["tried"] != after["tried"], before["tried_v"] != after["tried_v"] if indexed else None
    finally:
        session.rows("ROLLBACK")
