"""Which finding of a file is which of the same file at another revision.

Findings with equal fingerprints are told apart by where they stand: a finding on a line that the change left alone is
the one that was on it, one whose statement was only moved or reformatted is the one of that statement, one in code that
took the place of other code is the one of that code. What is left over is new: it stands where the change put it.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from textwrap import dedent

from relcheck.engine.exceptions.inline import logical_statements
from relcheck.engine.revisions.line_map import LineMap
from relcheck.model.finding import Finding
from relcheck.sources.python.syntax import Source

_LAYOUT = re.compile(r"[\s,;()'\"\\]+")
"""What formatters change: space, brackets that only hold lines together, commas behind the last entry, quotes."""
_MANY = 10_000
"""Comparisons beyond which equal findings are told apart by their order alone."""


class Text:
    """A file's text with its statements. Only those of Python are known, elsewhere a line stands for itself."""

    def __init__(self, text: str, *, python: bool) -> None:
        self._text = text
        self._python = python
        self._words: dict[range, str] = {}

    @cached_property
    def lines(self) -> list[str]:
        source = Source(self._text)
        return [source.line(number) for number in range(1, len(source.starts) + 1)]

    def statement(self, line: int) -> range:
        """The lines of the statement that a line belongs to."""
        index = bisect_right(self._starts, line) - 1
        if index >= 0 and line <= self._statements[index][1]:
            first, last = self._statements[index]
            return range(first, last + 1)
        return range(line, line + 1)

    def words(self, lines: range) -> str:
        """What stands on some lines, without layout; without comments where it is known what one is."""
        if lines not in self._words:
            said = "\n".join(self.lines[line - 1] for line in lines if 0 < line <= len(self.lines))
            self._words[lines] = _LAYOUT.sub(" ", " ".join(_tokens(said)) if self._python else said).strip()
        return self._words[lines]

    @cached_property
    def _statements(self) -> list[tuple[int, int]]:
        return sorted(logical_statements(self._text)) if self._python else []

    @cached_property
    def _starts(self) -> list[int]:
        return [first for first, _ in self._statements]


class Texts:
    """A file at the head and at the other revision, put side by side."""

    def __init__(self, head: Text, base: Text) -> None:
        self.head = head
        self.base = base

    @cached_property
    def lines(self) -> LineMap:
        return LineMap(self.base.lines, self.head.lines)

    def was(self, head: int) -> int | None:
        """The line that a line of the head was; None where the change touched it."""
        return self.lines.old(head)

    def same_place(self, head: int, base: int) -> bool:
        """Whether the statements on these lines are the same lines, or such that took the place of others."""
        return self.lines.meet(self.head.statement(head), self.base.statement(base))


def pair(head: Sequence[Finding], base: Sequence[Finding], texts: Texts | None) -> list[Finding | None]:
    """For each finding of the head the one of the base that it is; None where it is new.

    `texts` is None where the content is the same: then lines are the same too.
    """
    found: list[Finding | None] = [None] * len(head)
    groups: dict[str, list[int]] = {}
    for index in sorted(range(len(head)), key=lambda index: head[index].sort_key):
        groups.setdefault(head[index].fingerprint, []).append(index)
    known: dict[str, list[Finding]] = {}
    for one in sorted(base, key=lambda one: one.sort_key):
        known.setdefault(one.fingerprint, []).append(one)
    for fingerprint, indexes in groups.items():
        if left := known.get(fingerprint):
            _settle(indexes, left, head, texts, found)
    return found


def _settle(
    indexes: list[int], left: list[Finding], head: Sequence[Finding], texts: Texts | None, found: list[Finding | None]
) -> None:
    """Pair findings with equal fingerprints, by the surest sign first."""

    def line(index: int) -> int:
        return head[index].region.line

    if texts is None:
        _settle_by(lambda index: line(index), lambda one: one.region.line, indexes, left, found)
        # One of a project rule may stand elsewhere though the content is the same.
        _settle_by(lambda _: None, lambda _: None, indexes, left, found)
        return
    new, old = texts.head, texts.base
    _settle_by(lambda index: texts.was(line(index)), lambda one: one.region.line, indexes, left, found)
    if indexes and left:
        _settle_by(
            lambda index: new.words(new.statement(line(index))),
            lambda one: old.words(old.statement(one.region.line)),
            indexes,
            left,
            found,
        )
    if len(indexes) * len(left) > _MANY:
        _settle_by(lambda _: None, lambda _: None, indexes, left, found)
    for index in tuple(indexes):
        place = next((n for n, one in enumerate(left) if texts.same_place(line(index), one.region.line)), None)
        if place is not None:
            found[index] = left.pop(place)
            indexes.remove(index)


def _settle_by(
    sign: Callable[[int], object],
    old_sign: Callable[[Finding], object],
    indexes: list[int],
    left: list[Finding],
    found: list[Finding | None],
) -> None:
    """Pair those with equal signs, in their order. Takes what it pairs from both lists."""
    by_sign: dict[object, deque[Finding]] = {}
    for one in left:
        by_sign.setdefault(old_sign(one), deque()).append(one)
    taken: set[int] = set()
    for index in indexes:
        if waiting := by_sign.get(sign(index)):
            one = found[index] = waiting.popleft()
            taken.add(id(one))
    indexes[:] = [index for index in indexes if found[index] is None]
    left[:] = [one for one in left if id(one) not in taken]


def _tokens(code: str) -> Iterator[str]:
    """The tokens of a piece of Python without comments; all of it where it cannot be told apart."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(dedent(code)).readline))
    except (tokenize.TokenError, SyntaxError):
        yield code
        return
    yield from (token.string for token in tokens if token.type != tokenize.COMMENT)
