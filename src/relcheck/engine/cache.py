"""What files yielded, kept between runs: `.relcheck_cache/`, one SQLite file. Deleting it changes nothing but time.

It is data, never code, and it is trusted only where the scanned tree cannot have brought it along: a tracked or
symlinked cache is refused. A damaged one, a locked one, a full disk: the run goes on without.
"""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

FOLDER = ".relcheck_cache"
_FILE = "results.sqlite"
_LARGEST = 256 * 1024 * 1024
_PATIENCE = 3.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    plan TEXT NOT NULL, path TEXT NOT NULL, content TEXT NOT NULL, sum INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (plan, path, content)
) WITHOUT ROWID
"""


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
        rows = [(self._plan, path, content, zlib.crc32(value), value) for (path, content), value in results.items()]
        try:
            self._prepare()
            self._write(rows)
        except sqlite3.DatabaseError as error:
            if not isinstance(error, sqlite3.OperationalError):
                self._discard()
        except OSError:
            return

    def _load(self) -> dict[tuple[str, str], bytes]:
        file = self._folder / _FILE
        if not self._usable() or not file.exists():
            return {}
        query = "SELECT path, content, sum, value FROM results WHERE plan = ?"
        try:
            with closing(
                sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)
            ) as database:
                rows = database.execute(query, (self._plan,)).fetchall()
        except sqlite3.OperationalError:
            return {}
        except (sqlite3.DatabaseError, UnicodeError):
            self._discard()
            return {}
        return {(path, content): value for path, content, checked, value in rows if zlib.crc32(value) == checked}

    def _write(self, rows: Iterable[tuple[str, str, str, int, bytes]]) -> None:
        file = self._folder / _FILE
        if file.exists() and file.stat().st_size > _LARGEST:
            file.unlink(missing_ok=True)
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as database, database:
            database.execute("PRAGMA synchronous = OFF")
            database.execute(_SCHEMA)
            database.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", rows)

    def _usable(self) -> bool:
        """A link could point anywhere: neither the folder nor the file may be one."""
        return self._allowed and not (self._folder.is_symlink() or (self._folder / _FILE).is_symlink())

    def _prepare(self) -> None:
        self._folder.mkdir(exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n")):
            if not (self._folder / name).exists():
                (self._folder / name).write_text(text)

    def _discard(self) -> None:
        (self._folder / _FILE).unlink(missing_ok=True)


def clear_cache(root: Path) -> bool:
    """Remove the cache of a repository; False where there is none. A link is removed, never followed."""
    folder = root / FOLDER
    if folder.is_symlink():
        folder.unlink()
        return True
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    return True
