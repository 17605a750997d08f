"""What relcheck says of transactions is what a real server does."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import Session

from relcheck.sources.migration.alone import runs_alone
from relcheck.sources.migration.sql import read_sql

REFUSED = "cannot run inside a transaction block"
BEFORE = (
    "DROP SCHEMA IF EXISTS tx CASCADE",
    "CREATE SCHEMA tx",
    "CREATE TABLE tx.t (id bigint PRIMARY KEY, a int)",
    "CREATE INDEX i ON tx.t (a)",
    "CREATE TABLE tx.p (id bigint) PARTITION BY LIST (id)",
    "CREATE TABLE tx.p1 PARTITION OF tx.p FOR VALUES IN (1)",
    "CREATE MATERIALIZED VIEW tx.m AS SELECT id FROM tx.t",
    "CREATE UNIQUE INDEX m_id ON tx.m (id)",
    "CREATE TYPE tx.e AS ENUM ('a')",
)
STATEMENTS = (
    "CREATE INDEX CONCURRENTLY j ON tx.t (a)",
    "DROP INDEX CONCURRENTLY tx.i",
    "REINDEX TABLE CONCURRENTLY tx.t",
    "REINDEX TABLE tx.t",
    "REINDEX SCHEMA tx",
    "ALTER TABLE tx.p DETACH PARTITION tx.p1 CONCURRENTLY",
    "ALTER TABLE tx.p DETACH PARTITION tx.p1",
    "VACUUM tx.t",
    "VACUUM FULL tx.t",
    "ANALYZE tx.t",
    "CLUSTER tx.t USING i",
    "CLUSTER",
    "CREATE DATABASE other",
    "ALTER SYSTEM SET work_mem = '4MB'",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY tx.m",
    "CREATE INDEX j ON tx.t (a)",
    "ALTER TYPE tx.e ADD VALUE 'b'",
)


@pytest.fixture
def session(server: Path) -> Iterator[Session]:
    found = Session(server)
    for one in BEFORE:
        found.rows(one)
    yield found
    found.close()


def _sent_at_once(server: Path, sql: str) -> str:
    """The errors of statements that are sent as one query, as Prisma and golang-migrate do."""
    command = ["psql", "-XAtq", "-h", str(server), "-U", "postgres", "-d", "postgres", "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_runs_alone_is_refused_in_a_transaction_and_nothing_else_is(session: Session, statement: str) -> None:
    [operation] = read_sql(statement, "postgres").operations
    session.rows("BEGIN")
    try:
        session.rows(statement)
        refused = False
    except AssertionError as error:
        refused = REFUSED in str(error)
    session.rows("ROLLBACK")
    assert refused == runs_alone(operation)


def test_several_statements_of_one_query_are_one_transaction_and_one_is_none(session: Session, server: Path) -> None:
    alone, both = "DROP INDEX CONCURRENTLY tx.i", "ANALYZE tx.t; DROP INDEX CONCURRENTLY tx.i"
    assert [one.transaction for one in read_sql(both, "postgres", mode="implicit").operations] == [0, 0]
    assert REFUSED in _sent_at_once(server, both)
    assert [one.transaction for one in read_sql(alone, "postgres", mode="implicit").operations] == [None]
    assert _sent_at_once(server, alone) == ""
    assert session.rows("SELECT to_regclass('tx.i')") == [[""]]


def test_what_stands_before_begin_in_one_query_is_committed_with_it(session: Session, server: Path) -> None:
    text = "CREATE TABLE tx.a (); BEGIN; CREATE TABLE tx.b (); COMMIT; CREATE TABLE tx.c (); SELECT 1 / 0"
    numbers = [one.transaction for one in read_sql(text, "postgres", mode="implicit").operations]
    assert numbers == [0, None, 0, 0, 1, 1]
    assert "division by zero" in _sent_at_once(server, text)
    kept = [session.rows(f"SELECT to_regclass('tx.{name}') IS NOT NULL") for name in "abc"]
    assert kept == [[["t"]], [["t"]], [["f"]]]


def test_a_transaction_that_is_not_committed_is_taken_back(session: Session, server: Path) -> None:
    assert _sent_at_once(server, "BEGIN; CREATE TABLE tx.a ()") == ""
    assert session.rows("SELECT to_regclass('tx.a')") == [[""]]


def test_a_new_value_of_an_enum_is_not_used_before_it_is_committed(session: Session, server: Path) -> None:
    old = "BEGIN; ALTER TYPE tx.e ADD VALUE 'new'; SELECT 'new'::tx.e; COMMIT"
    assert "unsafe use of new value" in _sent_at_once(server, old)
    new = "BEGIN; CREATE TYPE tx.f AS ENUM ('a'); ALTER TYPE tx.f ADD VALUE 'new'; SELECT 'new'::tx.f; COMMIT"
    assert "unsafe use of new value" in _sent_at_once(server, new)
    assert session.rows("SELECT to_regtype('tx.f')") == [[""]]


def test_a_lock_is_held_until_the_transaction_ends(session: Session, server: Path) -> None:
    session.rows("BEGIN")
    session.rows("ALTER TABLE tx.t ADD COLUMN b int")
    session.rows("ANALYZE tx.p")
    waiting = _sent_at_once(server, "SET lock_timeout = '100ms'; SELECT count(*) FROM tx.t")
    session.rows("COMMIT")
    assert "lock timeout" in waiting
    assert _sent_at_once(server, "SET lock_timeout = '100ms'; SELECT count(*) FROM tx.t") == ""


def test_an_index_that_could_not_be_built_stays_and_if_not_exists_takes_it(session: Session, server: Path) -> None:
    session.rows("INSERT INTO tx.t VALUES (1, 1), (2, 1)")
    assert "could not create unique index" in _sent_at_once(server, "CREATE UNIQUE INDEX CONCURRENTLY u ON tx.t (a)")
    again = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON tx.t (a)"
    assert "ERROR" not in _sent_at_once(server, again)
    assert session.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tx.u'::regclass") == [["f"]]


def test_a_name_that_is_too_long_is_cut_off(session: Session) -> None:
    name = "n" * 70
    session.rows(f"CREATE TABLE tx.{name} ()")
    found = session.rows("SELECT length(relname) FROM pg_class WHERE relname LIKE 'nnnn%'")
    assert found == [["63"]]
