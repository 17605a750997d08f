"""The lines of a text, and places in them."""

from __future__ import annotations

import re

from msgspec import Struct

from relcheck.model.finding import Region

_END = re.compile(r"\r\n?|\n")


class Lines(Struct, frozen=True):
    """Lines without their ends. Form feeds and other separators of Unicode end none, as in Markdown."""

    texts: tuple[str, ...]

    def region(self, line: int, start: int, end: int) -> Region:
        """A part of a line that is counted from 0; one of no width is a character wide."""
        return Region(line + 1, start + 1, line + 1, max(end, start + 1) + 1)

    def whole(self, line: int) -> Region:
        """A line without the space around it."""
        text = self.texts[line] if line < len(self.texts) else ""
        start = len(text) - len(text.lstrip())
        return self.region(line, start, len(text.rstrip()))


def lines_of(text: str) -> Lines:
    return Lines(tuple(_END.split(text)))


def shifted(place: Region, start: int, end: int) -> Region:
    """A part of a one-line place, by offsets into its text."""
    return Region(place.line, place.column + start, place.line, place.column + max(end, start + 1))
