"""The code of a project, read as far as rules ask what it does. What was read is kept by content between runs."""

from __future__ import annotations

import hashlib
import posixpath
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import msgspec

from relcheck import __version__
from relcheck.sources.stubs.code import Code
from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.linked import Linked
from relcheck.sources.stubs.outline import Outline, outline

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.project import ProjectView

Kept = TypeVar("Kept", Code, Outline)

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

    def read(self, path: str, data: bytes) -> Code:
        """What a file holds. Only the ending of its name and the content matter."""
        return self._known("code", path, data, Code, lambda: collect(path, data))

    def outline(self, path: str, data: bytes) -> Outline:
        """Who a file takes from and what it uses."""
        return self._known("outline", path, data, Outline, lambda: outline(self.read(path, data)))

    def _known(self, what: str, path: str, data: bytes, kind: type[Kept], read: Callable[[], Kept]) -> Kept:
        if self._open is None:
            return read()
        key = (what + posixpath.splitext(path)[1].lower(), hashlib.sha256(data).hexdigest())
        kept = self.get(key)
        if kept is not None:
            try:
                return msgspec.msgpack.decode(kept, type=kind)
            except (msgspec.MsgspecError, RecursionError):
                pass
        found = read()
        if found.language and found.problem is None:
            self.add(key, msgspec.msgpack.encode(found))
        return found

    @property
    def keeps(self) -> bool:
        """Whether anything is kept between runs."""
        return self._open is not None

    def get(self, key: tuple[str, str]) -> bytes | None:
        """What was kept by a kind and a hash."""
        if self._open is None:
            return None
        self._cache = self._cache or self._open()
        return self._fresh.get(key) or self._cache.get(*key)

    def add(self, key: tuple[str, str], value: bytes) -> None:
        """Keep it for the next run."""
        self._fresh[key] = value

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

    def code(path: str) -> Code:
        data = project.read(path)
        return kept.read(path, data) if data is not None else Code("", problem=_NOTHING)

    def outlined(path: str) -> Outline:
        data = project.read(path)
        return kept.outline(path, data) if data is not None else Outline("", problem=_NOTHING)

    return Linked(project.paths, code, project.read, roots, base=prefix.rstrip("/"), outline=outlined)


_NOTHING = "it could not be read, or is no file of the project"
