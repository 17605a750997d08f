"""All guarantees of a project with what hangs on them, and how they came to be what they are."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from relcheck.sources.matrix.chain import Chain

Review: TypeAlias = Literal["", "reviewed", "suspect", "never"]


class Was(msgspec.Struct, frozen=True):
    """What a row said of its status from a day on (ISO 8601)."""

    day: str
    status: str


class Entry(msgspec.Struct, frozen=True):
    """A guarantee. `review` is empty where nobody reviews rows; `history` has each status once, the oldest first."""

    chain: Chain
    review: Review = ""
    history: tuple[Was, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """How many rows had each status on a day; `""` counts those without one."""

    day: str
    commit: str
    counts: dict[str, int]


class Trend(msgspec.Struct, frozen=True):
    """The points, the oldest first, that of today last. `cut_off`: this clone has only a part of the history.
    `left_out` is how many commits lie between the points and are none."""

    points: tuple[Point, ...] = ()
    cut_off: bool = False
    left_out: int = 0


class Report(msgspec.Struct, frozen=True):
    """The whole. `statuses` are all words for a status, in the order of the life of a mechanism."""

    entries: tuple[Entry, ...]
    trend: Trend
    statuses: tuple[str, ...]
    results: bool = False
    coverage: bool = False


LIFE = ("defined", "planned", "specified", "stubbed", "implemented", "built", "enabled", "live", "active", "deferred")
"""Words for a status in the order of a mechanism's life; others follow by name."""


def in_order(statuses: set[str]) -> tuple[str, ...]:
    """Words for a status in that order, as they are spelled."""
    return tuple(sorted(statuses, key=lambda one: (LIFE.index(one.lower()) if one.lower() in LIFE else 99, one)))
