"""Folders such as `backups/` that hold copies of code which lives elsewhere.

A finding in a copy is noise, and a guarantee that is kept in a copy is none. Leaving such a folder out is proposed to
the team and never done unasked: what a gate does not look at is for people to decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from relcheck.engine.files.index import EMPTY_BLOBS
from relcheck.sources.globs import quote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_FOLDER = re.compile(r"(?:^|(?<=/))(?:backups?|old|bak|archive|copies)/", re.IGNORECASE)
_KINDS = (".py", ".pyi", ".sql", ".md")


def propose_excludes(files: Collection[tuple[str, str | None]], prefix: str) -> tuple[str, ...]:
    """A sentence for each such folder. `files` are paths below `prefix` with their object ids where there are any."""
    start = len(prefix)
    folders = {path[start:].rpartition("/")[0] + "/" for path, _ in files}
    if not any(map(_FOLDER.search, folders)):
        return ()
    inside: dict[str, list[tuple[str, str | None]]] = {}
    outside: list[tuple[str, str | None]] = []
    for path, object_id in files:
        local = path[start:]
        found = _FOLDER.search(local)
        (inside.setdefault(local[: found.end()], []) if found else outside).append((local, object_id))
    originals = _Originals(outside)
    counts = {
        folder: sum(originals.have(path, folder, object_id) for path, object_id in kept)
        for folder, kept in sorted(inside.items())
    }
    return tuple(_proposal(folder, count) for folder, count in counts.items() if count)


class _Originals:
    """The files that live outside of all such folders."""

    def __init__(self, files: Iterable[tuple[str, str | None]]) -> None:
        self._blobs: set[str] = set()
        self._by_name: dict[str, list[str]] = {}
        for path, object_id in files:
            if object_id is not None and path.endswith(_KINDS):
                self._blobs.add(object_id)
            self._by_name.setdefault(path.rpartition("/")[2], []).append(f"/{path}")
        self._blobs -= EMPTY_BLOBS

    def have(self, path: str, folder: str, object_id: str | None) -> bool:
        """Whether one of them has this content, or a Python file's place: its path without the folder, at the end."""
        if object_id in self._blobs and path.endswith(_KINDS):
            return True
        tail = path[len(folder) :]
        name = tail.rpartition("/")[2]
        if not name.endswith(".py") or name == "__init__.py":
            return False
        beside = f"/{folder[: folder.rstrip('/').rfind('/') + 1]}{tail}"
        # A first segment may be a date or a label. One name alone says nothing: there are many models.py.
        ends = tuple(f"/{end}" for end in (tail, tail.partition("/")[2]) if "/" in end)
        return any(known == beside or (ends and known.endswith(ends)) for known in self._by_name.get(name, ()))


def _proposal(folder: str, count: int) -> str:
    import json

    copies = "1 copy of a file that lives" if count == 1 else f"{count} copies of files that live"
    pattern = json.dumps(f"{quote(folder)}**", ensure_ascii=False)
    return f"{folder} holds {copies} elsewhere; leave them out with exclude = [{pattern}]"
