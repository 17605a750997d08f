"""What a statement does to a filled table, as the server shows it."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec
from postgres_server import Session

_LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = {pid} AND granted AND relation IS NOT NULL"
_FILES = """
SELECT c.relname, c.relkind, coalesce(pg_relation_filenode(c.oid)::text, ''), c.oid FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm', 'i', 'p', 'v', 'S')
"""
_WAITS = "SELECT wait_event_type FROM pg_stat_activity WHERE pid = {pid}"
_READ = "SELECT relname, coalesce(seq_tup_read, 0) FROM pg_stat_xact_user_tables WHERE schemaname = 'public'"
_COLUMNS = """
SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
"""
_COUNTS = """
SELECT c.relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %s', c.oid::regclass), false, true, '')))[1]
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
"""  # noqa: E501  # one expression
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


def observe(socket: Path, before: str, statement: str) -> Observed:
    """Apply a statement to a database in which `before` was done, and undo both."""
    session = Session(socket)
    try:
        session.rows("BEGIN")
        session.rows(before) if before.strip() else None
        session.rows("COMMIT")
        if "concurrently" in statement.lower():
            return _observe_waiting(session, socket, statement)
        return _observe_inside(session, statement)
    finally:
        session.close()
        _clear(socket)


def _observe_inside(session: Session, statement: str) -> Observed:
    """In a transaction of its own, which holds its locks until it ends."""
    files, columns, counts = _files(session), _columns(session), _counts(session)
    session.rows("BEGIN")
    read = {name: int(rows) for name, rows in session.rows(_READ)}
    session.rows(statement)
    after_read = {name: int(rows) for name, rows in session.rows(_READ)}
    locks = _locks(session, session.pid, files)
    files_after = _files(session)
    held = {oid: node for _, (_, node, oid) in files_after.items()}
    rewritten = {
        name for name, (kind, node, oid) in files.items() if kind in "rm" and oid in held and held[oid] != node
    }
    old_files = {node for _, node, _ in files.values()}
    built = {name for name, (kind, node, _) in files_after.items() if kind == "i" and node not in old_files}
    columns_after, counts_after = _columns(session), _counts(session)
    session.rows("ROLLBACK")
    return Observed(
        locks=locks,
        rewritten=frozenset(rewritten),
        built=frozenset(built),
        read=frozenset(
            name for name, rows in after_read.items() if rows - read.get(name, 0) >= counts.get(name, 0) > 0
        ),
        lost_rows=frozenset(name for name, rows in counts.items() if counts_after.get(name, 0) < rows),
        lost_columns=frozenset(columns - columns_after),
    )


def _observe_waiting(session: Session, socket: Path, statement: str) -> Observed:
    """Outside a transaction it is held up by an older one, and looked at meanwhile."""
    older, onlooker = Session(socket), Session(socket)
    try:
        older.rows("BEGIN")
        for name, kind, _, _ in older.rows(_FILES):
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
        return Observed(locks=locks)
    finally:
        older.close()
        onlooker.close()


def _locks(session: Session, pid: int, existing: dict[str, tuple[str, str, str]]) -> dict[str, str]:
    names = {oid: name for name, (_, _, oid) in existing.items()}
    held: dict[str, str] = {}
    for oid, mode in session.rows(_LOCKS.format(pid=pid)):
        if (name := names.get(oid)) and _STRENGTH.index(mode) >= _STRENGTH.index(held.get(name, mode)):
            held[name] = mode
    return {name: _spelled(mode) for name, mode in held.items()}


def _spelled(mode: str) -> str:
    """`ShareRowExclusiveLock` as the manual spells it."""
    name = mode.removesuffix("Lock")
    return "".join(f" {letter}" if letter.isupper() else letter.upper() for letter in name).strip()


def _files(session: Session) -> dict[str, tuple[str, str, str]]:
    return {name: (kind, node, oid) for name, kind, node, oid in session.rows(_FILES)}


def _columns(session: Session) -> set[str]:
    return {f"{table}.{column}" for table, column in session.rows(_COLUMNS)}


def _counts(session: Session) -> dict[str, int]:
    return {name: int(rows) for name, rows in session.rows(_COUNTS)}


def _clear(socket: Path) -> None:
    session = Session(socket)
    session.rows("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    session.close()
