"""What was read of code and of migrations, kept by content between runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import msgspec

from relcheck import __version__
from relcheck.engine.examining.packed import pack, unpack

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache

Reading = TypeVar("Reading")

Key: TypeAlias = tuple[str, str]
"""What was read, as what kind of thing, and the hash of the content."""

_FORM = 2
"""Raised when the shapes of what is kept, or what is read into them, change."""

PLAN = f"code:{_FORM}:{__version__}:{sys.version_info[0]}.{sys.version_info[1]}"
"""The key of what is kept: other rules and options read the same code."""


class Kept:
    """Readings by their keys. `open_cache` is asked at the first need; without it nothing is kept."""

    def __init__(self, open_cache: Callable[[], Cache] | None) -> None:
        self._open = open_cache
        self._cache: Cache | None = None
        self._fresh: dict[Key, bytes] = {}

    @property
    def keeps(self) -> bool:
        """Whether anything is kept between runs."""
        return self._open is not None

    def known(self, key: Key, kind: type[Reading]) -> Reading | None:
        """What was kept; None where there is none of that kind."""
        if self._open is None:
            return None
        self._cache = self._cache or self._open()
        kept = self._fresh.get(key) or self._cache.get(*key)
        try:
            return unpack(kept, kind) if kept is not None else None
        except msgspec.MsgspecError:
            return None

    def add(self, key: Key, reading: object) -> None:
        """Keep it for the next run."""
        self._fresh[key] = pack(reading)

    def keep(self) -> None:
        """Store what was added, for the next run."""
        if self._cache is not None and self._fresh:
            self._cache.put(self._fresh)
