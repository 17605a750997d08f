"""The markers of one file: pure in its content and in the ending of its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from relcheck.model.finding import Region
from relcheck.sources.markers.comments import ENDINGS, Comment, comments_of
from relcheck.sources.markers.marker import Marker, Markers
from relcheck.sources.stubs.code import Symbol

# A name ends at its quote; one without quotes is a number such as G-07.
_MARK = re.compile(r"relcheck:[ \t]*upholds\b[ \t:]*(?P<names>[^\n]*)")
_NAME = re.compile(r"\"([^\"]*)\"|'([^']*)'|\[#([\w.-]+)\]|([A-Za-z][\w.]*-?\d[\w.-]*)")


def concerns(path: str) -> bool:
    """Whether a file may hold a marker, by its name."""
    return path.lower().endswith(ENDINGS)


def collect(path: str, text: str, tree: object = None) -> Markers | None:
    """The markers of a file; None where there is none."""
    del tree  # comments stand in none
    comments = list(comments_of(path, text))
    said = [(comment, found) for comment in comments for found in _MARK.finditer(comment.text)]
    if not said:
        return None
    lines = _Lines(text, comments)
    symbols = _symbols(path, text)
    return Markers(tuple(one for comment, found in said for one in _markers(comment, found, lines, symbols)))


def _markers(comment: Comment, found: re.Match[str], lines: _Lines, symbols: Sequence[Symbol]) -> Iterator[Marker]:
    at = comment.start + found.start()
    number = lines.number(at)
    following = number if lines.has_code(number) else lines.code_after(number)
    symbol = _symbol(symbols, number, following)
    idle = following is None and symbol is None
    names = list(_NAME.finditer(found["names"]))
    if not names:
        yield Marker("", lines.region(at, comment.start + found.end("names")), symbol, idle)
    for name in names:
        start, end = (comment.start + found.start("names") + one for one in name.span())
        text = next(group for group in name.groups() if group is not None)
        yield Marker(" ".join(text.split()), lines.region(start, end), symbol, idle)


def _symbol(symbols: Sequence[Symbol], number: int, following: int | None) -> str | None:
    """What a marker stands above, otherwise the innermost that it stands in."""
    headed = [one for one in symbols if one.line == following]
    around = [one for one in symbols if one.line <= number <= one.end]
    if headed:
        return max(headed, key=lambda one: one.end).name
    return min(around, key=lambda one: one.end - one.line).name if around else None


def _symbols(path: str, text: str) -> Sequence[Symbol]:
    from relcheck.sources.stubs.collect import collect as code_of
    from relcheck.sources.stubs.collect import language_of

    return code_of(path, text.encode("utf-8", "surrogateescape")).symbols if language_of(path) is not None else ()


class _Lines:
    """The lines of a text, and which of them hold code."""

    def __init__(self, text: str, comments: Sequence[Comment]) -> None:
        import bisect

        self._bisect = bisect.bisect_right
        bare = list(text)
        for one in comments:
            bare[one.start : one.end] = ["\n" if letter == "\n" else " " for letter in text[one.start : one.end]]
        self._bare = "".join(bare).split("\n")
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def number(self, offset: int) -> int:
        return self._bisect(self._starts, offset)

    def region(self, start: int, end: int) -> Region:
        line = self.number(start)
        first = self._starts[line - 1]
        return Region(line, start - first + 1, line, end - first + 1)

    def has_code(self, line: int) -> bool:
        return bool(self._bare[line - 1].strip())

    def code_after(self, line: int) -> int | None:
        return next((number for number in range(line + 1, len(self._bare) + 1) if self.has_code(number)), None)
