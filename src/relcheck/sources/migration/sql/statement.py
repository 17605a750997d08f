"""One statement of a text: its tokens, its words, and its places in the file that it stands in."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from relcheck.model.finding import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.sources.migration.operation import Operation
    from relcheck.sources.migration.sql.scanner import Token

NOWHERE = Region(1, 1, 1, 1)
"""Where an operation stands as long as it is not placed."""

LONGEST = 4000
"""How many characters of a statement are kept: nobody reads more, and data dumps have far more."""


class Read(NamedTuple):
    """An operation that was read, not yet placed: where it stands in the text, as offsets of characters."""

    operation: Operation
    start: int
    end: int


class Statement:
    """A statement from its first token to its last one, its `;` left out. All offsets are those of the whole text.

    `original` is the text as written, `text` that with holes for what cannot be known; both are of one length.
    `fillings` are what was put into holes before parsing, as (start, end, filling) with offsets of the statement.
    """

    __slots__ = ("_bytes", "_fillings", "_starts", "end", "original", "start", "text", "tokens")

    def __init__(
        self, text: str, original: str, tokens: Sequence[Token], fillings: Sequence[tuple[int, int, str]] = ()
    ) -> None:
        self.tokens = tokens[:-1] if tokens[-1].key == ";" and len(tokens) > 1 else tokens
        self.text = text
        self.original = original
        self.start = self.tokens[0].start
        self.end = self.tokens[-1].end
        self._fillings = fillings
        self._bytes: list[int] | None = None
        self._starts: list[int] | None = None

    @property
    def sql(self) -> str:
        """What is parsed."""
        return with_fillings(self.text[self.start : self.end], self._fillings)

    def words(self, count: int) -> list[str]:
        """Its first words in capitals, up to the first token that is none."""
        found: list[str] = []
        for token in self.tokens[:count]:
            if token.kind != "word":
                break
            found.append(token.key)
        return found

    def offset(self, location: int) -> int:
        """The offset of a location that the parser gives: it counts bytes of UTF-8 from the statement's start."""
        if self._bytes is None:
            sql = self.sql
            self._bytes = [] if sql.isascii() else _byte_offsets(sql)
        at = bisect_left(self._bytes, location) if self._bytes else location
        for start, end, filling in self._fillings:
            if at <= start:
                break
            at = max(at - len(filling) + end - start, start)
        return self.start + at

    def index(self, offset: int) -> int:
        """The number of the first token that starts at this offset or behind it."""
        if self._starts is None:
            self._starts = [token.start for token in self.tokens]
        return bisect_left(self._starts, offset)

    def excerpt(self, start: int, end: int) -> str:
        """The text as written between two offsets, in one line."""
        return " ".join(self.original[start:end].split())

    def between(self, first: int, behind: int) -> str:
        """The text as written from one token up to another one, in one line; empty where there is none."""
        if not 0 <= first < min(behind, len(self.tokens)):
            return ""
        return self.excerpt(self.tokens[first].start, self.tokens[behind - 1].end)

    def find(self, key: str, first: int = 0, behind: int | None = None) -> int:
        """The number of the first token of this key outside of brackets, from `first` on; -1 where there is none."""
        depth = 0
        for number in range(first, len(self.tokens) if behind is None else behind):
            found = self.tokens[number].key
            if found == key and not depth:
                return number
            if found in _OPENING:
                depth += 1
            elif found in _CLOSING:
                depth -= 1
                if depth < 0:
                    return -1
        return -1

    def parts(self, first: int, behind: int | None = None) -> list[tuple[int, int]]:
        """The stretches between commas outside of brackets, as (first token, behind the last); they end at a closing
        bracket of their own level."""
        found: list[tuple[int, int]] = []
        depth, begin = 0, first
        last = len(self.tokens) if behind is None else behind
        for number in range(first, last):
            key = self.tokens[number].key
            if key in _OPENING:
                depth += 1
            elif key in _CLOSING:
                depth -= 1
                if depth < 0:
                    last = number
                    break
            elif key == "," and not depth:
                found.append((begin, number))
                begin = number + 1
        if begin < last:
            found.append((begin, last))
        return found

    def span(self, first: int, behind: int) -> tuple[int, int]:
        return self.tokens[first].start, self.tokens[behind - 1].end


def with_fillings(text: str, fillings: Sequence[tuple[int, int, str]]) -> str:
    """The text with each of these stretches replaced; they are in order."""
    for start, end, filling in reversed(fillings):
        text = f"{text[:start]}{filling}{text[end:]}"
    return text


_OPENING = frozenset("([")
_CLOSING = frozenset(")]")


def _byte_offsets(text: str) -> list[int]:
    """For each character the byte at which it starts."""
    found: list[int] = []
    at = 0
    for character in text:
        found.append(at)
        at += len(character.encode("utf-8", "surrogatepass"))
    return found
