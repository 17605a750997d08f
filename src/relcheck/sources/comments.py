"""Comments of languages that are neither Python nor Markdown, with the lines that each speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from msgspec import Struct

SLASHED = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".go", ".prisma")
"""Names of files whose comments begin with `//`."""

HASHED = (".yaml", ".yml", ".toml")
"""Names of files whose comments begin with `#`; those of Python are read apart."""

_HASHED = re.compile(r"^(?P<before>.*?(?:^|\s))#(?P<text>\s*relcheck:.*)$")
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
    offsets = [piece.tokens[0].start for piece in found.pieces if piece.tokens]
    for one in found.comments:
        line = line_of(one.start)
        near = [at for at, each in enumerate(statements) if each[0] <= line <= each[1]]
        before = [at for at in near if offsets[at] < one.start]
        around = statements[before[-1] if before else near[0]] if near else None
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


def hashed_comments(text: str) -> Iterator[Comment]:
    """The same where comments begin with `#`. One that stands alone covers the entry below it: its line and those that
    are indented further, and of a table of TOML all up to the next one."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        found = _HASHED.match(line)
        if found is None or any(found["before"].count(quote) % 2 for quote in "\"'"):
            continue
        last = number
        if not found["before"].strip():
            last = _end_of_entry(lines, number)
        yield Comment(found["text"], number, len(found["before"]) + 1, number, last)


def _end_of_entry(lines: list[str], below: int) -> int:
    """The last line of the entry that begins below a line, as lines count from 1."""
    code = [at for at in range(below, len(lines)) if lines[at].strip() and not lines[at].lstrip().startswith("#")]
    if not code:
        return below
    first = lines[code[0]]
    indent = len(first) - len(first.lstrip())
    last = code[0]
    for at in code[1:]:
        line = lines[at]
        is_next = line.startswith("[") if first.startswith("[") else len(line) - len(line.lstrip()) <= indent
        if is_next:
            break
        last = at
    return last + 1


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("//")
