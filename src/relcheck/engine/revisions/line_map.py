"""Which lines of a text are still there in another one.

Lines are anchored where both texts have them once, as in patience diff, and then as far around as they are equal. It
takes linear time in practice and at most a few rounds, whatever the texts: they may be hostile.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

_ROUNDS = 8


class LineMap:
    """The lines of an old and of a new text; numbers count from 1. White space around a line is no part of it."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        before, after = [line.strip() for line in old], [line.strip() for line in new]
        self._old_of: dict[int, int] = {}
        self._match(before, after, range(len(before)), range(len(after)), _ROUNDS)
        self._hunk_of_new: dict[int, int] = {}
        self._hunk_of_old: dict[int, int] = {}
        was, now = 0, 0
        for number, (next_now, next_was) in enumerate([*sorted(self._old_of.items()), (len(after), len(before))]):
            self._hunk_of_new.update(dict.fromkeys(range(now, next_now), number))
            self._hunk_of_old.update(dict.fromkeys(range(was, next_was), number))
            was, now = next_was + 1, next_now + 1

    def old(self, line: int) -> int | None:
        """The old number of a new line that was there before; None for one that the change touched."""
        was = self._old_of.get(line - 1)
        return None if was is None else was + 1

    def meet(self, new: range, old: range) -> bool:
        """Whether some of the new lines came from some of the old: they are the same, or took their place."""
        if any(self.old(line) in old for line in new):
            return True
        hunks = {self._hunk_of_new[line - 1] for line in new if line - 1 in self._hunk_of_new}
        return any(self._hunk_of_old.get(line - 1) in hunks for line in old)

    def _match(self, before: Sequence[str], after: Sequence[str], old: range, new: range, rounds: int) -> None:
        first = 0
        while first < min(len(old), len(new)) and before[old[first]] == after[new[first]]:
            self._old_of[new[first]] = old[first]
            first += 1
        old, new = old[first:], new[first:]
        while old and new and before[old[-1]] == after[new[-1]]:
            self._old_of[new[-1]] = old[-1]
            old, new = old[:-1], new[:-1]
        if not (old and new and rounds):
            return
        anchors = _anchors(before, after, old, new)
        for was, now in anchors:
            self._old_of[now] = was
            self._match(before, after, range(old.start, was), range(new.start, now), rounds - 1)
            old, new = range(was + 1, old.stop), range(now + 1, new.stop)
        if anchors:
            self._match(before, after, old, new, rounds - 1)


def _anchors(before: Sequence[str], after: Sequence[str], old: range, new: range) -> list[tuple[int, int]]:
    """Pairs of lines that stand once on both sides, as many as keep their order: the longest rising chain."""
    places = _once(before, old)
    pairs = sorted((now, places[line]) for line, now in _once(after, new).items() if line in places)
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, was) in enumerate(pairs):
        length = bisect_left(tails, was)
        previous.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [was]
        ends[length : length + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        now, was = pairs[index]
        chain.append((was, now))
        index = previous[index]
    return chain[::-1]


def _once(lines: Sequence[str], within: range) -> dict[str, int]:
    places: dict[str, int] = {}
    repeated = {""}
    for index in within:
        if lines[index] in places:
            repeated.add(lines[index])
        places[lines[index]] = index
    return {line: index for line, index in places.items() if line not in repeated}
