"""Looking at files of an untrusted tree: no link is followed, nothing but a regular file is opened."""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class ContentError(Exception):
    """A file's content cannot be had; the message says which file, why, and what to do."""


class WorkTree:
    """The files below one real folder, by paths relative to it (bytes, with `/`)."""

    __slots__ = ("_base", "_folders")

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self._base = os.fsencode(root).rstrip(b"/") + b"/"
        self._folders: dict[bytes, bool] = {b"": True}

    @property
    def folders(self) -> tuple[bytes, ...]:
        """The real folders that were asked about so far, with all above them; the root is empty."""
        return tuple(folder for folder, real in self._folders.items() if real)

    def is_folder(self, path: bytes) -> bool:
        """Whether this and all above it are real folders, not links to some."""
        unknown: list[bytes] = []
        while (known := self._folders.get(path)) is None:
            unknown.append(path)
            path = path.rpartition(b"/")[0]
        for folder in reversed(unknown):
            known = self._folders[folder] = known and self._is_real_folder(folder)
        return known

    def lstat(self, path: bytes) -> os.stat_result:
        """What stands at the path itself. OSError, also where a link leads to it."""
        if not self.is_folder(path.rpartition(b"/")[0]):
            raise NotADirectoryError(f"{os.fsdecode(path)} is not below real folders")
        return os.lstat(self._base + path)

    def read(self, path: bytes) -> bytes:
        """The bytes of a regular file. Raises OSError, and ContentError where something else stands there."""
        if not S_ISREG(self.lstat(path).st_mode):
            raise ContentError(f"{os.fsdecode(path)} is not a regular file")
        return read_regular_file(self._base + path, flags=_FLAGS)

    def has_file(self, path: bytes) -> bool:
        try:
            return S_ISREG(self.lstat(path).st_mode)
        except OSError:
            return False

    def scan(self, folder: bytes) -> list[os.DirEntry[bytes]]:
        """What stands in a real folder. OSError where it is none or cannot be listed."""
        if not self.is_folder(folder):
            raise NotADirectoryError(f"{os.fsdecode(folder)} is not a real folder")
        with os.scandir(self._base + folder) as entries:
            return list(entries)

    def _is_real_folder(self, path: bytes) -> bool:
        try:
            return S_ISDIR(os.lstat(self._base + path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False


def read_regular_file(path: bytes, *, flags: int = _FLAGS & ~getattr(os, "O_NOFOLLOW", 0)) -> bytes:
    """The bytes of a file that is regular once links are followed; OSError otherwise, at once also for a pipe."""
    if not S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - bytes
        raise OSError(f"{os.fsdecode(path)} is not a regular file")
    descriptor = os.open(path, flags)
    try:
        state = os.fstat(descriptor)
        if not S_ISREG(state.st_mode):
            raise OSError(f"{os.fsdecode(path)} is not a regular file")
        content = os.read(descriptor, state.st_size + 1)
        if len(content) == state.st_size:
            return content
        chunks = [content]
        while chunk := os.read(descriptor, 1 << 20):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def decoded(path: bytes) -> str:
    """A path as text; bytes that are no UTF-8 come back by `encoded`, whatever the locale."""
    return path.decode("utf-8", "surrogateescape")


def encoded(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
