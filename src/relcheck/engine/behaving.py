"""The code of a project, read as far as rules ask what it does. What was read is kept by content between runs."""

from __future__ import annotations

import hashlib
import posixpath
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from relcheck import __version__
from relcheck.sources.stubs.code import Code
from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.linked import Linked

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.project import ProjectView

_FORM = 1
"""Raised when the shapes of code, or what is read into them, change."""

PLAN = f"code:{_FORM}:{__version__}:{sys.version_info[0]}.{sys.version_info[1]}"
"""The key of what is kept: other rules and options read the same code."""


class KeptCode:
    """Code by the content of its file. `open_cache` is asked at the first need."""

    def __init__(self, open_cache: Callable[[], Cache] | None) -> None:
        self._open = open_cache
        self._cache: Cache | None = None
        self._fresh: dict[tuple[str, str], bytes] = {}
        self._decoder = msgspec.msgpack.Decoder(Code)

    def read(self, path: str, data: bytes) -> Code:
        """What a file holds. Only the ending of its name and the content matter."""
        if self._open is None:
            return collect(path, data)
        self._cache = self._cache or self._open()
        key = (posixpath.splitext(path)[1].lower(), hashlib.sha256(data).hexdigest())
        kept = self._fresh.get(key) or self._cache.get(*key)
        if kept is not None:
            try:
                return self._decoder.decode(kept)
            except (msgspec.MsgspecError, RecursionError):
                pass
        code = collect(path, data)
        if code.language and code.problem is None:
            self._fresh[key] = msgspec.msgpack.encode(code)
        return code

    def keep(self) -> None:
        """Store what was read, for the next run."""
        if self._cache is not None and self._fresh:
            self._cache.put(self._fresh)


def linked(project: ProjectView, kept: KeptCode) -> Linked:
    """The code of the project, linked on demand."""
    prefix = project.scopes.prefix
    roots = {
        name: f"{prefix}{folder}" if folder != "." else prefix[:-1] for name, folder in project.config.roots.items()
    }

    def read(path: str) -> Code:
        data = project.read(path)
        if data is None:
            return Code("", problem="it could not be read, or is no file of the project")
        return kept.read(path, data)

    return Linked(project.paths, read, project.read, roots, base=prefix.rstrip("/"))
