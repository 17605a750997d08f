"""Comments of languages that are neither Python nor Markdown, with the lines that each speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

SLASHED = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".go", ".prisma")
"""Names of files whose comments begin with `//`."""

_SLASHED = re.compile(r"^(?P<before>.*?)//(?P<text>\s*relcheck:.*)$")


class Comment(Struct, frozen=True):
    """A comment and its place: `line` and `column` count from 1. It covers the lines `first` to `last`."""

    text: str
    line: int
    column: int
    first: int
    last: int


def sql_comments(text: str) -> Iterator[Comment]:
    """The comments of a SQL file. One within or behind a statement, on a line of it, covers the statement; any other
    the next one."""
    from relcheck.sources.migration.sql.scanner import cut

    found = cut(text)
    starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]

    def line_of(offset: int) -> int:
        return bisect_right(starts, offset)

    statements = [
        (line_of(piece.tokens[0].start), line_of(piece.tokens[-1].end - 1)) for piece in found.pieces if piece.tokens
    ]
    for one in found.comments:
        line = line_of(one.start)
        around = next((each for each in statements if each[0] <= line <= each[1]), None)
        first, last = around or next((each for each in statements if each[0] > line), (line, line))
        said = text[one.start : one.end].removeprefix("--").removeprefix("/*").removesuffix("*/")
        yield Comment(said, line, one.start - starts[line - 1] + 1, min(first, line), last)


def slashed_comments(text: str) -> Iterator[Comment]:
    """The comments in which relcheck is spoken to, in a language whose comments begin with `//`. One behind code covers
    its line, one that stands alone the next line of code."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        found = _SLASHED.match(line)
        if found is None:
            continue
        first = number
        if not found["before"].strip():
            code = (later for later, each in enumerate(lines[number:], number + 1) if _is_code(each))
            first = next(code, number)
        yield Comment(found["text"], number, len(found["before"]) + 1, number, first)


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("//")
