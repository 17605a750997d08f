"""What files yielded, kept between runs: `.relcheck_cache/`, one SQLite file. Deleting it changes nothing but time.

It is data, never code, and it is trusted only where the scanned tree cannot have brought it along: a tracked or
symlinked cache is refused. A damaged one, a locked one, a full disk: the run goes on without.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG

FOLDER = ".relcheck_cache"
_FILE = "results.sqlite"
_LARGEST = 256 * 1024 * 1024
_PATIENCE = 1.0
"""Seconds to wait for another run that writes; it takes milliseconds."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    plan TEXT NOT NULL, path BLOB NOT NULL, content TEXT NOT NULL, sum INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (plan, path, content)
) WITHOUT ROWID
"""
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)
"""What another run, the disk or the folder's permissions are the cause of: the file itself may be sound."""

_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""The second where SQLite quotes in its message what is damaged."""


class Cache:
    """Results of one plan by (path, content), where content is a git object id or a hash of the bytes."""

    def __init__(self, root: Path, plan: str, *, usable: bool = True) -> None:
        self._allowed = usable
        self._folder = root / FOLDER
        self._plan = plan
        self._known: dict[tuple[str, str], bytes] | None = None

    def get(self, path: str, content: str) -> bytes | None:
        """What the file yielded when it had this content."""
        if self._known is None:
            self._known = self._load()
        return self._known.get((path, content))

    def put(self, results: Mapping[tuple[str, str], bytes]) -> None:
        """Keep results. Where they cannot be kept, the next run works them out again."""
        if not results or not self._usable():
            return
        keyed = ((_key(path), content, value) for (path, content), value in results.items())
        rows = [(self._plan, key, content, _sum(key, content, value), value) for key, content, value in keyed]
        try:
            self._prepare()
            self._write(rows)
        except _ERRORS as error:
            code = _code(error)
            if code not in _PASSING or (code == sqlite3.SQLITE_READONLY and self._may_be_written()):
                self._discard()
        except OSError:
            return

    def _load(self) -> dict[tuple[str, str], bytes]:
        file = self._folder / _FILE
        if not self._usable():
            return {}
        query = "SELECT path, content, sum, value FROM results WHERE plan = ?"
        known: dict[tuple[str, str], bytes] = {}
        address = f"{file.absolute().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as database:
                for key, content, checked, value in database.execute(query, (self._plan,)):
                    sound = isinstance(key, bytes) and isinstance(content, str) and isinstance(value, bytes)
                    if sound and checked == _sum(key, content, value):
                        known[key.decode("utf-8", "surrogateescape"), content] = value
        except _ERRORS as error:
            # A table that is missing, or locked, may be one that another run is about to make.
            if _code(error) in _BROKEN:
                self._discard()
            return {}
        return known

    def _write(self, rows: Iterable[tuple[str, bytes, str, int, bytes]]) -> None:
        file = self._folder / _FILE
        if file.exists() and file.stat().st_size > _LARGEST:
            file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file.absolute().as_uri(), uri=True, timeout=_PATIENCE)) as database, database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_SCHEMA)
            database.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", rows)

    def _usable(self) -> bool:
        """Whether a real folder and a real file stand there, or nothing yet. A link could point anywhere."""
        if not self._allowed:
            return False
        for path, kind in ((self._folder, S_ISDIR), (self._folder / _FILE, S_ISREG)):
            try:
                if not kind(path.lstat().st_mode):
                    return False
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True

    def _prepare(self) -> None:
        self._folder.mkdir(exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")):
            file = self._folder / name
            try:
                if file.lstat().st_size == 0:  # a run was killed, or the disk was full
                    file.unlink()
            except FileNotFoundError:
                pass
            try:
                with file.open("x", encoding="ascii") as new:
                    new.write(text)
            except FileExistsError:
                continue
            except OSError:
                file.unlink(missing_ok=True)
                raise

    def _may_be_written(self) -> bool:
        """Whether it is the file itself that says that it is only for reading, as one of another SQLite may."""
        return os.access(self._folder, os.W_OK) and os.access(self._folder / _FILE, os.W_OK)

    def _discard(self) -> None:
        """Remove a file that no run can use; the next one makes it anew."""
        with suppress(OSError):
            (self._folder / _FILE).unlink(missing_ok=True)


def _code(error: Exception) -> int:
    """SQLite's primary code; text that is no UTF-8 has none, and is damage."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF


def _key(path: str) -> bytes:
    """A path as bytes: names of files need not be UTF-8, text in the database must be."""
    return path.encode("utf-8", "surrogateescape")


def _sum(key: bytes, content: str, value: bytes) -> int:
    """Covers the key too: a damaged page may give a value to another file."""
    return zlib.crc32(value, zlib.crc32(content.encode(), zlib.crc32(key)))


def clear_cache(root: Path) -> bool:
    """Remove the cache of a repository; False where there is none. A link is removed, never followed."""
    folder = root / FOLDER
    if folder.is_symlink():
        folder.unlink()
        return True
    if not folder.is_dir():
        return False
    import shutil  # late: no scan needs it

    shutil.rmtree(folder)
    return True
