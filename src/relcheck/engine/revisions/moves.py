"""Files that were moved without telling git: a rename that is not staged is a file gone and another one come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from relcheck.engine.files.index import EMPTY_BLOBS
from relcheck.engine.files.worktree import ContentError

_ALIKE = 0.5
"""The part of the larger file that both must have in common; git's own threshold (git-diff(1), -M)."""

_MANY = 2_500
"""Pairs beyond which only files with the same content are followed."""

Read = Callable[[str], bytes]


def follow_moves(come: Mapping[str, str], gone: Mapping[str, str], read: Read, read_gone: Read) -> dict[str, str]:
    """For files that have come (with their object ids) those that are gone and were moved there, each at most once."""
    moved: dict[str, str] = {}
    left = dict(sorted(gone.items()))
    for path, blob in sorted(come.items()):
        same = [was for was, old in left.items() if old == blob and blob not in EMPTY_BLOBS]
        if same:
            moved[path] = min(same, key=lambda was: (_name(was) != _name(path), was))
            del left[moved[path]]
    new = {path: lines for path in sorted(come) if path not in moved and (lines := _lines(read, path))}
    if not new or len(new) * len(left) > _MANY:
        return moved
    old = {path: _lines(read_gone, path) for path in left}
    scored = sorted((-_alike(new[path], old[was]), path, was) for path in new for was in old)
    for score, path, was in scored:
        if -score >= _ALIKE and path not in moved and was in left:
            moved[path] = was
            del left[was]
    return moved


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _lines(read: Read, path: str) -> Counter[bytes]:
    try:
        return Counter(read(path).splitlines(keepends=True))
    except ContentError:
        return Counter()


def _alike(one: Counter[bytes], other: Counter[bytes]) -> float:
    common = sum(len(line) * count for line, count in (one & other).items())
    return common / max(_size(one), _size(other), 1)


def _size(lines: Counter[bytes]) -> int:
    return sum(len(line) * count for line, count in lines.items())
