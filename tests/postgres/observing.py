"""What a statement does to a filled table, as the server shows it."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from postgres_server import Session

_LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = {pid} AND relation IS NOT NULL"
_FILES = """
SELECT c.relname, c.relkind, coalesce(pg_relation_filenode(c.oid)::text, ''), c.oid,
    coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = c.oid), 0) FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'm', 'i', 'p', 'v', 'S')
"""
_WAITS = "SELECT wait_event_type FROM pg_stat_activity WHERE pid = {pid}"
_READ = "SELECT relname, coalesce(seq_tup_read, 0) FROM pg_stat_xact_user_tables WHERE schemaname = current_schema()"
_COLUMNS = """
SELECT c.oid || '.' || a.attnum, c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
_COUNTS = """
SELECT c.oid, (
    xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), false, true, '')))[1]
FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
"""
_STRENGTH = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """`locks` maps relations that were there before to the strongest mode held on each. `rewritten` tables have another
    file than before, `built` indexes are new or have another file, `read` tables were read from end to end."""

    locks: dict[str, str]
    rewritten: frozenset[str] = frozenset()
    built: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    lost_rows: frozenset[str] = frozenset()
    lost_columns: frozenset[str] = frozenset()
    unfinished: bool = False
    """Only locks were seen, for it could not be looked at from within its transaction."""
    relations: dict[str, str] = {}
    """What was there before, with PostgreSQL's letter for its kind."""


class RefusedError(Exception):
    """The server does not take a statement."""


class Pasts:
    """What statements are tried on: a schema for each different past, made once, filled, and left as it is by what is
    rolled back."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._session = Session(socket)
        self._made: dict[tuple[str, ...], tuple[str, tuple[str, ...]]] = {}
        self._count = 0

    def close(self) -> None:
        self._session.close()

    def observe(self, before: Sequence[str], statement: str) -> tuple[Observed, tuple[str, ...]]:
        """What a statement does after those of `before`. Returns with it which of them the server took."""
        if _OUTSIDE.search(statement):
            place, taken = self._make(before)  # nothing undoes it, so that nobody else gets it
            return _observe_waiting(self._session, self._socket, place, statement), taken
        past = tuple(before)
        if past not in self._made:
            self._made[past] = self._make(before)
        place, taken = self._made[past]
        self._session.rows(_USE.format(place))
        return _observe_inside(self._session, statement), taken

    def _make(self, before: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        self._count += 1
        place = f"past_{self._count}"
        self._session.rows(f"CREATE SCHEMA {place}; {_USE.format(place)}")
        taken = tuple(one for one in before if self._session.accepts(one))
        self._session.rows(_FILL)
        return place, taken


_USE = "SET search_path = {}, extensions"
_OUTSIDE = re.compile(r"(?i)\b(?:index|reindex\s+\w+)\s+concurrently\b|\bdetach\b.*\bconcurrently\b|^\s*vacuum\b")
"""Statements that the server refuses within a transaction."""

_FILL = """
DO $fill$
DECLARE
    one record;
    names text;
    filled text;
BEGIN
    FOR one IN SELECT oid, relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
            ORDER BY relname <> 'shop_customer', oid LOOP
        SELECT string_agg(quote_ident(attname), ', '), string_agg(CASE
            WHEN typname IN ('date', 'timestamp', 'timestamptz') AND one.relname LIKE '%2020'
                THEN format('(date ''2020-01-01'' + i)::%s', typname)
            WHEN typname IN ('date', 'timestamp', 'timestamptz')
                THEN format('(date ''2021-01-01'' + i)::%s', typname)
            WHEN typname IN ('cidr', 'inet') THEN '''10.0.0.0/8'''
            WHEN typname = 'int4range' THEN 'int4range(i, i + 1)'
            WHEN typtype = 'e' THEN format('enum_first(null::%s)', typname)
            WHEN typname IN ('text', 'varchar', 'bpchar', 'citext') THEN '''x'' || i'
            WHEN typname IN ('json', 'jsonb') THEN '''1'''
            WHEN typname = 'uuid' THEN 'gen_random_uuid()'
            ELSE 'i' END, ', ')
        INTO names, filled
        FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
        WHERE attrelid = one.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
        IF names IS NOT NULL THEN
            EXECUTE format(
                'INSERT INTO %I (%s) SELECT %s FROM generate_series(1, 300) AS i', one.relname, names, filled);
        END IF;
    END LOOP;
END
$fill$
"""
"""Puts 300 different rows into every table."""


def _observe_inside(session: Session, statement: str) -> Observed:
    """In a transaction of its own, which holds its locks until it ends."""
    files, columns, counts = _files(session), _columns(session), _counts(session)
    session.rows("BEGIN")
    read = {name: int(rows) for name, rows in session.rows(_READ)}
    if not session.accepts(statement):
        session.rows("ROLLBACK")
        raise RefusedError(statement)
    after_read = {name: int(rows) for name, rows in session.rows(_READ)}
    locks = _locks(session, session.pid, files)
    files_after = _files(session)
    oids = {name: oid for name, (_, _, oid, _) in files.items()}
    names = {oid: name for name, oid in oids.items()}
    held = {oid: node for _, (_, node, oid, _) in files_after.items()}
    rewritten = {
        name for name, (kind, node, oid, _) in files.items() if kind in "rm" and oid in held and held[oid] != node
    }
    old_files = {node for _, node, _, _ in files.values()}
    tables = {oid for _, _, oid, _ in files.values()}
    built = {
        name
        for name, (kind, node, _, table) in files_after.items()
        if kind == "i" and node not in old_files and table in tables
    }
    columns_after, counts_after = _columns(session), _counts(session)
    session.rows("ROLLBACK")
    return Observed(
        locks=locks,
        rewritten=frozenset(rewritten),
        built=frozenset(built),
        read=frozenset(
            name
            for name, rows in after_read.items()
            if rows - read.get(name, 0) >= counts.get(oids.get(name, ""), 0) > 0
        ),
        lost_rows=frozenset(names[oid] for oid, rows in counts.items() if counts_after.get(oid, 0) < rows),
        lost_columns=frozenset(name for key, name in columns.items() if key not in columns_after),
        relations={name: kind for name, (kind, _, _, _) in files.items()},
    )


def _observe_waiting(session: Session, socket: Path, place: str, statement: str) -> Observed:
    """Outside a transaction it is held up by an older one, and looked at meanwhile."""
    older, onlooker = Session(socket), Session(socket)
    try:
        for one in (older, onlooker):
            one.rows(_USE.format(place))
        older.rows("BEGIN")
        for name, (kind, _, _, _) in _files(older).items():
            if kind == "r":
                older.rows(f"SELECT FROM {name} LIMIT 1; DELETE FROM {name} WHERE false")  # noqa: S608  # our names
        files = _files(onlooker)
        session.start(statement)
        locks: dict[str, str] = {}
        for _ in range(100):
            waits = onlooker.rows(_WAITS.format(pid=session.pid))
            locks = _locks(onlooker, session.pid, files)
            if waits[0][0] == "Lock" and locks:
                break
            time.sleep(0.02)
        older.rows("ROLLBACK")
        session.answer()
        return Observed(locks=locks, unfinished=True, relations={name: kind for name, (kind, _, _, _) in files.items()})
    finally:
        older.close()
        onlooker.close()


def _locks(session: Session, pid: int, existing: dict[str, tuple[str, str, str, str]]) -> dict[str, str]:
    names = {oid: name for name, (_, _, oid, _) in existing.items()}
    held: dict[str, str] = {}
    for oid, mode in session.rows(_LOCKS.format(pid=pid)):
        if (name := names.get(oid)) and _STRENGTH.index(mode) >= _STRENGTH.index(held.get(name, mode)):
            held[name] = mode
    return {name: _spelled(mode) for name, mode in held.items()}


def _spelled(mode: str) -> str:
    """`ShareRowExclusiveLock` as the manual spells it."""
    name = mode.removesuffix("Lock")
    return "".join(f" {letter}" if letter.isupper() else letter.upper() for letter in name).strip()


def _files(session: Session) -> dict[str, tuple[str, str, str, str]]:
    return {name: (kind, node, oid, table) for name, kind, node, oid, table in session.rows(_FILES)}


def _columns(session: Session) -> dict[str, str]:
    return dict(map(tuple, session.rows(_COLUMNS)))


def _counts(session: Session) -> dict[str, int]:
    return {oid: int(rows) for oid, rows in session.rows(_COUNTS)}
