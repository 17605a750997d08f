"""Comments in Markdown (`<!-- … -->`), with the lines that each speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.sources.comments import Comment
from relcheck.sources.markdown.inline import read_inline
from relcheck.sources.markdown.lines import Lines, lines_of
from relcheck.sources.markdown.read import blocks_of

if TYPE_CHECKING:
    from markdown_it.token import Token


def comments_in(text: str) -> list[Comment]:
    """The comments of a document, those in code left out.

    One that stands in a row of a table covers the row; one in a paragraph, a heading or an item covers that; one that
    stands alone covers the block behind it: a paragraph, a heading, a list, a whole table.
    """
    lines = lines_of(text)
    return list(_comments(blocks_of(text), lines))


def _comments(tokens: Sequence[Token], lines: Lines) -> Iterator[Comment]:
    row: tuple[int, int] | None = None
    for index, token in enumerate(tokens):
        if token.type == "tr_open" and token.map is not None:
            row = token.map[0], token.map[0] + 1
            yield from _within(lines, *row, row)
        elif token.type == "tr_close":
            row = None
        elif token.type == "inline" and row is None and token.map is not None:
            yield from _within(lines, token.map[0], token.map[1], (token.map[0], token.map[1]))
        elif token.type == "html_block" and token.map is not None:
            following = next((one.map for one in tokens[index + 1 :] if one.map is not None and one.nesting >= 0), None)
            first, last = token.map
            yield from _within(lines, first, last, (first, following[1] if following is not None else last))


def _within(lines: Lines, first: int, last: int, covered: tuple[int, int]) -> Iterator[Comment]:
    text = "\n".join(lines.texts[first:last])
    if "<!--" not in text:
        return
    codes = [(one.start, one.end) for one in read_inline(text).codes]
    start = text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        if not any(begin <= start < stop for begin, stop in codes):
            line = text.count("\n", 0, start)
            column = start - (text.rfind("\n", 0, start) + 1) + 1
            yield Comment(text[start + 4 : end].strip(), first + line + 1, column, covered[0] + 1, covered[1])
        start = text.find("<!--", end + 3)
