"""What files yield: from the cache, by a look at their words, or by parsing them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.examining.examiner import NOTHING, Broken, Examined, Examiner, TooDeepError, Work
from relcheck.engine.examining.packed import pack, unpack
from relcheck.engine.files.listing import SourceFile
from relcheck.engine.files.worktree import ContentError

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache

_LFS = b"version https://git-lfs.github.com/spec/"
_FRAMES = 10_000
"""Python frames allowed while trees are looked at."""

_HELD = 32 * 1024 * 1024
"""Bytes of files that are held in memory from the look at their words until they are parsed."""

_WORTH_SIFTING = 200_000
"""Bytes to parse from which it pays to import what reads imports quickly; that takes 30 ms."""

_WORTH_WORKERS = 1_500_000
"""Bytes to parse from which processes of our own pay for their start."""


class Known:
    """What earlier runs have worked out, and what is to be kept of this one. Opened when it is first asked."""

    def __init__(self, open_cache: Callable[[], Cache] | None) -> None:
        self._open = open_cache
        self._cache: Cache | None = None
        self._fresh: dict[tuple[str, str], bytes] = {}

    @property
    def keeps(self) -> bool:
        """Whether anything is kept between runs."""
        return self._open is not None

    def get(self, path: str, content: str) -> Examined | None:
        """What the file yielded when it had this content."""
        if self._open is None:
            return None
        self._cache = self._cache or self._open()
        kept = self._cache.get(path, content)
        if kept is None:
            return None
        try:
            return unpack(kept, Examined) if kept else NOTHING
        except msgspec.MsgspecError:
            return None

    def add(self, path: str, content: str, examined: Examined) -> None:
        self._fresh[(path, content)] = b"" if examined is NOTHING else pack(examined)

    def keep(self) -> None:
        """Store what was added, for the next run."""
        if self._open is not None and self._fresh:
            self._cache = self._cache or self._open()
            self._cache.put(self._fresh)


class Examination:
    """The files of one revision (the scanned one, or one to compare with) and what each yields.

    `read` gives the content by path and may raise ContentError, `blob_id` the object id of a content. `results` holds
    all that was looked at, `left_out` the paths that were not, by reason.
    """

    def __init__(
        self,
        examiner: Examiner,
        known: Known,
        read: Callable[[str], bytes],
        blob_id: Callable[[bytes], str],
        *,
        jobs: int = 0,
    ) -> None:
        self.results: dict[str, Examined] = {}
        self.left_out: dict[str, list[str]] = {}
        self.parsed = 0
        self._examiner = examiner
        self._known = known
        self._read_file = read
        self._blob_id = blob_id
        self._jobs = jobs
        self._asked: set[str] = set()
        self._contents: dict[str, str] = {}
        self._held: dict[str, bytes] = {}
        self._reread: dict[str, str] = {}

    def of(self, files: Sequence[SourceFile]) -> dict[str, Examined]:
        """What each file yields; each is looked at once."""
        fresh = [file for file in files if file.path not in self._asked]
        self._asked.update(file.path for file in fresh)
        if fresh:
            with _ready_for_trees():
                self.results |= self._examine(fresh)
        return {path: self.results[path] for path in sorted(file.path for file in files) if path in self.results}

    def knows_content_of(self, path: str) -> bool:
        """Whether `content_id` tells it without reading the file."""
        return path in self._contents

    def content_id(self, path: str) -> str:
        """The object id of the content of a file. Raises ContentError."""
        if path not in self._contents:
            self._contents[path] = self._blob_id(self._read_file(path))
        return self._contents[path]

    def _examine(self, files: Sequence[SourceFile]) -> dict[str, Examined]:
        results: dict[str, Examined] = {}
        works: list[Work] = []
        size = 0
        for file in files:
            if file.blob is not None:
                self._contents[file.path] = file.blob
            known = self._known.get(file.path, file.blob) if file.blob is not None else None
            if not self._examiner.concerns(file.path):
                known = NOTHING
            data = self._read(file.path, results) if known is None else None
            work = self._examiner.sift(file.path, data) if data is not None else None
            if work is not None and data is not None:
                content = self._contents[file.path] = self._blob_id(data)
                known = self._known.get(file.path, content) if content != file.blob else None
                if known is None:
                    works.append(work)
                    size += len(data)
                    if size <= _HELD:
                        self._held[file.path] = data
            elif data is not None:
                known = NOTHING
                if file.blob is not None and self._known.keeps:
                    content = self._contents[file.path] = self._blob_id(data)
                    self._known.add(file.path, content, NOTHING)
            if known is not None:
                results[file.path] = known
        for work, result in self._parse(works, size):
            results[work.path] = result
            content = self._contents[work.path]
            changed = self._reread.get(work.path, content) != content
            if result.broken is None and not result.crashes and not changed:
                self._known.add(work.path, content, result)
        self.parsed += len(works)
        self._held.clear()
        return results

    def _read(self, path: str, results: dict[str, Examined]) -> bytes | None:
        try:
            data = self._read_file(path)
        except ContentError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                self.left_out.setdefault("vanished during the scan", []).append(path)
                return None
            scopes, plan = self._examiner.scopes, self._examiner.plan
            rules = tuple(rule.spec.name for rule in plan.rules if scopes.concern(rule, path))
            results[path] = Examined(broken=Broken(str(error), rules=rules)) if rules else NOTHING
        else:
            if not data.startswith(_LFS):
                return data
            self.left_out.setdefault("LFS pointer", []).append(path)
        return None

    def _parse(self, works: Sequence[Work], size: int) -> Iterator[tuple[Work, Examined]]:
        sifted: set[str] = set()
        if size >= _WORTH_SIFTING:
            for work in works:
                if self._examiner.sifts_imports(work):
                    data = self._content(work.path)
                    found = self._examiner.read_imports(work, data)
                    if found is not None:
                        sifted.add(work.path)
                        size -= len(data)
                        yield work, found
            works = [work for work in works if work.path not in sifted]
        jobs = self._jobs or (_processors() if size >= _WORTH_WORKERS else 1)
        deep = list(works) if jobs > 1 else []
        for work in works if jobs == 1 else ():
            try:
                yield work, self._examiner.read(work, self._content(work.path))
            except TooDeepError:
                deep.append(work)
        if deep:
            from relcheck.engine.examining.workers import Pool

            yield from Pool(self._examiner.plan, self._examiner.scopes.prefix, jobs).read_all(deep, self._content)

    def _content(self, path: str) -> bytes:
        """The bytes of a file that was sifted: as they were then where they could be held, else as they are now."""
        if path in self._held:
            return self._held[path]
        try:
            data = self._read_file(path)
        except ContentError:
            data = b""
        self._reread[path] = self._blob_id(data)
        return data


@contextmanager
def _ready_for_trees() -> Iterator[None]:
    """Trees are free of cycles: looking for some doubles the time of parsing. libcst writes them recursively."""
    enabled, frames = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(frames, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(frames)
        if enabled:
            gc.enable()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
