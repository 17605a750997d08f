"""The git index, read without git: versions 2, 3 and 4, of SHA-1 and SHA-256 repositories.

An unchanged file is known by the object id that stands here, so that a scan neither reads nor hashes it. The format is
described in gitformat-index(5).
"""

from __future__ import annotations

import os
from struct import Struct, error
from typing import NamedTuple

import msgspec

ASSUME_VALID = 0x8000
SKIP_WORKTREE = 0x40000000
INTENT_TO_ADD = 0x20000000

EMPTY_BLOBS = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)

REGULAR = 0o100000
SYMBOLIC_LINK = 0o120000
SUBMODULE = 0o160000
_KIND = 0o170000

_SHA1 = 20
_SHA256 = 32
_HEADER = Struct(">4sII")
_EXTENSION = Struct(">4sI")
_STAGE = 0x3000
_EXTENDED = 0x4000
_NAME_LENGTH = 0x0FFF
_LONGEST_PATH = 1 << 16
_NO_VERSION = 100
_SECOND = 1_000_000_000
_FORBIDDEN_SEGMENTS = frozenset({b"", b".", b"..", b".git"})
_FOREIGN = {b"link": "a split index", b"sdir": "a sparse index"}


class DamagedIndexError(Exception):
    """The bytes are no git index; the message says where they stop being one."""


class Entry(NamedTuple):
    """One line of the index.

    `path` is the bytes that git keeps, with `/`. `stage` is 0, or 1 to 3 for the sides of a conflict. `changed_ns`
    (ctime), `modified_ns` (mtime), `inode` and `size` (modulo 2**32) are what lstat said when git last compared the
    file with the object. `flags` holds `ASSUME_VALID`, `SKIP_WORKTREE` and `INTENT_TO_ADD`.
    """

    path: bytes
    mode: int
    object_id: str
    stage: int
    changed_ns: int
    modified_ns: int
    inode: int
    size: int
    flags: int

    @property
    def kind(self) -> int:
        """`REGULAR`, `SYMBOLIC_LINK` or `SUBMODULE`."""
        return self.mode & _KIND


class Index(msgspec.Struct, frozen=True):
    """What the file says. `only_git_reads` is the reason why the entries do not stand here: then git must be asked."""

    entries: tuple[Entry, ...]
    only_git_reads: str | None = None


def parse_index(data: bytes, *, sha256: bool = False) -> Index:
    """The entries in the order of the file, that is sorted by path and stage.

    A split index (its entries stand in another file), a sparse one (folders stand for their files) and any later format
    are not damaged, but for git alone to read. Raises DamagedIndexError.
    """
    id_length = _SHA256 if sha256 else _SHA1
    if len(data) < _HEADER.size + id_length:
        raise DamagedIndexError(f"it ends after {len(data)} bytes")
    signature, version, count = _HEADER.unpack_from(data)
    if signature != b"DIRC":
        raise DamagedIndexError("it does not begin with DIRC")
    if version not in (2, 3, 4):
        if not 1 < version < _NO_VERSION:
            raise DamagedIndexError(f"there is no version {version} of the format")
        return Index((), only_git_reads=f"version {version} of the format")
    _verify(data, id_length)
    try:
        entries, end = _read_entries(data, version, count, id_length)
        foreign = _foreign_extension(data, end, len(data) - id_length)
    except (error, ValueError, IndexError) as problem:
        raise DamagedIndexError(f"an entry or extension is cut off or out of bounds ({problem})") from problem
    if foreign is not None:
        return Index((), only_git_reads=foreign)
    for entry in entries:
        _refuse_path_outside(entry.path)
    return Index(tuple(entries))


def blob_id(content: bytes, *, sha256: bool = False) -> str:
    """The object id that git gives to a file with this content."""
    import hashlib

    hashed = hashlib.new("sha256" if sha256 else "sha1", b"blob %d\0" % len(content), usedforsecurity=False)
    hashed.update(content)
    return hashed.hexdigest()


def _verify(data: bytes, id_length: int) -> None:
    """The last bytes are the hash of all before them; zeros where `index.skipHash` is set."""
    import hashlib

    stated = data[-id_length:]
    hashed = hashlib.new("sha256" if id_length == _SHA256 else "sha1", usedforsecurity=False)
    hashed.update(memoryview(data)[:-id_length])
    if stated != hashed.digest() and any(stated):
        raise DamagedIndexError("its checksum is not that of its content")


def _read_entries(data: bytes, version: int, count: int, id_length: int) -> tuple[list[Entry], int]:
    """The entries and the place behind them. Raises struct.error, ValueError or IndexError where bytes do not fit."""
    fixed = Struct(f">4I4x2I8xI{id_length}sH")
    unpack, fixed_size, limit = fixed.unpack_from, fixed.size, len(data) - id_length
    entries: list[Entry] = []
    position = _HEADER.size
    path = b""
    for _ in range(count):
        changed, changed_ns, modified, modified_ns, inode, mode, size, object_id, flags = unpack(data, position)
        start = position + fixed_size
        kept = flags & ASSUME_VALID
        if flags & _EXTENDED:
            kept |= int.from_bytes(data[start : start + 2], "big") << 16 & (SKIP_WORKTREE | INTENT_TO_ADD)
            start += 2
        if version == 4:
            dropped, start = _offset(data, start)
            if dropped > len(path):
                raise ValueError(f"a path drops {dropped} of {len(path)} bytes")
            end = data.index(0, start)
            path = path[: len(path) - dropped] + data[start:end]
            position = end + 1
        else:
            length = flags & _NAME_LENGTH
            end = data.index(0, start) if length == _NAME_LENGTH else start + length
            path = data[start:end]
            # One to eight NUL bytes, so that the entry's length is a multiple of eight.
            position += (end - position + 8) & ~7
        if position > limit or len(path) > _LONGEST_PATH:
            raise ValueError(f"an entry ends at byte {position} of {limit}")
        entries.append(
            Entry(
                path,
                mode,
                object_id.hex(),
                (flags & _STAGE) >> 12,
                changed * _SECOND + changed_ns,
                modified * _SECOND + modified_ns,
                inode,
                size,
                kept,
            )
        )
    return entries, position


def _offset(data: bytes, position: int) -> tuple[int, int]:
    """A number in the encoding of pack offsets (gitformat-pack(5)), and the place behind it."""
    byte = data[position]
    value = byte & 0x7F
    while byte & 0x80:
        position += 1
        byte = data[position]
        value = (value + 1) << 7 | byte & 0x7F
        if value > _LONGEST_PATH:
            raise ValueError(f"a path drops more than {_LONGEST_PATH} bytes")
    return value, position + 1


def _refuse_path_outside(path: bytes) -> None:
    """git writes no such path; a hand-made index must not lead out of the work tree."""
    if (path[:1] in (b"", b".", b"/") or b"/." in path or b"//" in path) and not _FORBIDDEN_SEGMENTS.isdisjoint(
        path.removesuffix(b"/").lower().split(b"/")
    ):
        raise DamagedIndexError(f"{os.fsdecode(path)!r} is no path of a work tree")


def _foreign_extension(data: bytes, position: int, end: int) -> str | None:
    """What an extension whose name begins with a small letter means: without it the entries cannot be understood."""
    while position < end:
        name, size = _EXTENSION.unpack_from(data, position)
        position += _EXTENSION.size + size
        if position > end:
            raise ValueError(f"extension {name!r} ends at byte {position} of {end}")
        if not b"A" <= name[:1] <= b"Z":
            return _FOREIGN.get(name, f"extension {name!r}")
    return None
