"""Words of guarantees and documents, and how near two of them are."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import SequenceMatcher
from functools import lru_cache

from relcheck.sdk.matrix import Cell, Region

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_SMALL = frozenset(
    {"a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "does", "every", "for", "from", "has", "in", "is"}
    | {"it", "its", "must", "no", "not", "of", "on", "only", "or", "that", "the", "this", "to", "when", "which", "with"}
)
_NEAR = 0.72
_MOSTLY = 0.6


@lru_cache(maxsize=4096)
def significant(text: str) -> frozenset[str]:
    """The words that carry meaning, in lower case, without the s of the plural."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") if len(word) > 3 else word for word in words if word not in _SMALL)


def nearest(name: str, others: Collection[str]) -> str | None:
    """The one of other names that may mean the same."""
    best, degree = None, 0.0
    own = significant(name)
    for other in others:
        theirs = significant(other)
        shared = len(own & theirs)
        overlap = shared / len(own | theirs) if own | theirs else 0.0
        inside = shared >= 2 and shared == min(len(own), len(theirs))  # one shared word says little
        spelled = SequenceMatcher(None, name.lower(), other.lower()).ratio() if shared else 0.0
        near = max(overlap / _MOSTLY * _NEAR, spelled, 0.9 if inside else 0.0)
        if near >= _NEAR and near > degree:
            best, degree = other, near
    return best


def region_of(word: str, cell: Cell) -> Region:
    """Where a word stands in a cell; the whole cell where that is not known."""
    at = cell.raw.find(word)
    if at < 0 or not word:
        return cell.place
    start = cell.place.column + at
    return Region(cell.place.line, start, cell.place.line, start + len(word))
