"""The fields of a row of a table, with exact columns.

As GitHub and markdown-it read it: every `|` ends a field unless a backslash stands directly before it, in code too.
Nothing is padded and nothing is cut.
"""

from __future__ import annotations

import re

from relcheck.sources.markdown.document import Field
from relcheck.sources.markdown.lines import Lines

_PIPE = re.compile(r"(?<!\\)\|")
_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?=[ \t])")


def split_row(lines: Lines, line: int, start: int = 0) -> tuple[Field, ...]:
    """The fields of a line (counted from 0) that holds a row from `start` on."""
    text = lines.texts[line].rstrip()
    start += len(text[start:]) - len(text[start:].lstrip())
    if start >= len(text):
        return ()
    ends = [found.start() for found in _PIPE.finditer(text, start)]
    edges = [
        (before, after) for before, after in zip([start, *(one + 1 for one in ends)], [*ends, len(text)], strict=True)
    ]
    if edges and edges[0][0] == edges[0][1]:
        edges.pop(0)
    if edges and edges[-1][0] == edges[-1][1]:
        edges.pop()
    return tuple(_field(lines, line, text, *edge) for edge in edges)


def content_start(text: str, *, quotes: int, markers: int) -> int:
    """Where the content of a line begins behind `quotes` signs `>` and, at most, `markers` marks of list items."""
    at = 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t"))
        if quotes and text.startswith(">", at):
            at, quotes = at + 1, quotes - 1
        elif markers and (found := _MARKER.match(text, at)):
            at, markers = found.end(), markers - 1
        else:
            return at


def _field(lines: Lines, line: int, text: str, start: int, end: int) -> Field:
    raw = text[start:end]
    stripped = raw.strip()
    if not stripped:
        return Field("", lines.region(line, start, end))
    begin = start + len(raw) - len(raw.lstrip())
    return Field(stripped, lines.region(line, begin, begin + len(stripped)))
