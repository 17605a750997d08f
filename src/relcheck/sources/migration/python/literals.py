"""Where the characters of string expressions stand in their file.

`ast` gives a string's value and the span of the whole expression; before Python 3.12 it gives every piece of an
f-string that span too. So the source of the expression is scanned again, for those strings of which somebody asks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from relcheck.sources.python.literals import Decoded, decode, decode_text

_BETWEEN = re.compile(r"(?:\s|\\\r?\n|#[^\r\n]*|[()])*")
_OPENING = re.compile(r"""(?P<prefix>[A-Za-z]{0,2})(?P<quote>\"\"\"|'''|"|')""")
_INSIDE = {'"': re.compile(r"(?:[^\\\"]|\\.)*?\"", re.DOTALL), "'": re.compile(r"(?:[^\\']|\\.)*?'", re.DOTALL)}
_INSIDE_LONG = {
    '"""': re.compile(r'(?:[^\\]|\\.)*?"""', re.DOTALL),
    "'''": re.compile(r"(?:[^\\]|\\.)*?'''", re.DOTALL),
}


class Run(NamedTuple):
    """A stretch of known text: from the character `start` of the value on it is that of `decoded`, whose raw source
    begins at the offset `at` of the file."""

    start: int
    at: int
    decoded: Decoded


class LiteralMap:
    """The known characters of one string expression, those of placeholders left out, and where they stand."""

    def __init__(self, runs: list[Run], length: int) -> None:
        self._runs = runs
        self._length = length

    def offset(self, index: int) -> int | None:
        """Where the known character `index` begins in the file; None for what is not there."""
        run = self._run(index)
        return None if run is None else run.at + run.decoded.raw_offset(index - run.start)

    def end(self, index: int) -> int | None:
        """The offset behind the known character `index`, behind its whole escape where it is one."""
        run = self._run(index)
        return None if run is None else run.at + run.decoded.raw_end(index - run.start)

    def stretches(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The known characters from `start` to `end` in stretches that stand in the file one for one: the first
        character of each, and its offset."""
        if not 0 <= start < end <= self._length:
            return
        at = self.offset(start)
        if at is not None:
            yield start, at
        for run in self._runs:
            for begin, raw in zip(run.decoded.starts, run.decoded.raws, strict=True):
                if start < run.start + begin < end:
                    yield run.start + begin, run.at + raw

    def _run(self, index: int) -> Run | None:
        if not 0 <= index < self._length:
            return None
        return self._runs[bisect_right(self._runs, index, key=_start_of) - 1]


def literal_map(source: str, start: int, end: int, expected: str) -> LiteralMap | None:
    """The map of the string expression that stands from `start` to `end`; None unless its known text is `expected`."""
    runs: list[Run] = []
    length = 0
    for at, decoded in _pieces(source, start, end):
        if decoded.value:
            runs.append(Run(length, at, decoded))
            length += len(decoded.value)
    if "".join(run.decoded.value for run in runs) != expected:
        return None
    return LiteralMap(runs, length)


def _pieces(source: str, start: int, end: int) -> list[tuple[int, Decoded]]:
    """The literals of the expression, those of f-strings cut at their placeholders, each with its offset."""
    pieces: list[tuple[int, Decoded]] = []
    at = start
    while at < end:
        between = _BETWEEN.match(source, at, end)
        at = between.end() if between else at
        opening = _OPENING.match(source, at, end)
        if opening is None:
            break
        prefix, quote = opening["prefix"].lower(), opening["quote"]
        if "f" in prefix or "t" in prefix:
            at = _formatted(source, opening.end(), end, quote, is_raw="r" in prefix, pieces=pieces)
            continue
        close = (_INSIDE if len(quote) == 1 else _INSIDE_LONG)[quote].match(source, opening.end(), end)
        if close is None:
            break
        decoded = decode(source[at : close.end()])
        if decoded is None:
            break
        pieces.append((at, decoded))
        at = close.end()
    return pieces


def _formatted(source: str, at: int, end: int, quote: str, *, is_raw: bool, pieces: list[tuple[int, Decoded]]) -> int:
    """Reads the body of an f-string from `at` on; the offset behind its closing quote."""
    begin = at
    while at < end:
        if source.startswith(quote, at):
            pieces.append((begin, decode_text(source[begin:at], is_raw=is_raw)))
            return at + len(quote)
        character = source[at]
        if character == "\\" and not (is_raw and source[at + 1 : at + 2] in "{}"):
            named = not is_raw and source.startswith("N{", at + 1)
            closing = source.find("}", at) if named else -1
            at = closing + 1 if closing >= 0 else at + 2
        elif character in "{}" and source.startswith(character, at + 1):
            at += 2
        elif character == "{":
            pieces.append((begin, decode_text(source[begin:at], is_raw=is_raw)))
            begin = at = _behind_placeholder(source, at + 1, end)
        else:
            at += 1
    return end


def _behind_placeholder(source: str, at: int, end: int) -> int:
    """The offset behind the brace that closes a placeholder, strings and brackets in it passed over."""
    depth = 1
    while at < end:
        character = source[at]
        if character in "'\"":
            quote = source[at : at + 3] if source.startswith(character * 3, at) else character
            close = (_INSIDE if len(quote) == 1 else _INSIDE_LONG)[quote].match(source, at + len(quote), end)
            at = close.end() if close else end
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return end


def _start_of(run: Run) -> int:
    return run.start
