"""Waivers written in the code: `# relcheck: ignore[RULE, …] reason: …; until=YYYY-MM-DD; owner=…`."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.exceptions.stated import parse_stated
from relcheck.model.exceptions import Origin, Waiver
from relcheck.sources.comments import HASHED, SLASHED

if TYPE_CHECKING:
    from relcheck.sources.comments import Comment

MARK = b"relcheck:"

_MARKDOWN = (".md", ".markdown", ".mdx")
READ = (".py", ".pyi", ".sql", *_MARKDOWN, *SLASHED, *HASHED)
"""Names of files whose comments are read end so."""

_BETWEEN = frozenset({tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_WAIVER = re.compile(r"relcheck:\s*ignore\b(?:\s*\[(?P<rules>[^\]]*)\])?(?P<rest>.*)", re.DOTALL)


class Inline(msgspec.Struct, frozen=True):
    """A waiver comment. `problem` says why it waives nothing, where it does not; `column` counts from 1."""

    waiver: Waiver
    column: int
    text: str
    problem: str | None = None


def parse_waiver(comment: str, path: str, line: int, column: int, first: int, last: int) -> Inline | None:
    """The waiver in a comment's text, covering the lines `first` to `last`; None where the comment is none."""
    found = _WAIVER.search(comment)
    if found is None:
        return None
    rules = tuple(part.strip() for part in (found["rules"] or "").split(",") if part.strip())
    stated, problem = parse_stated(found["rest"])
    if not rules and problem is None:
        problem = "it names no rule: write ignore[pack/rule]"
    waiver = Waiver(Origin.INLINE, rules, path, line, stated.reason, stated.until, stated.owner, (), first, last)
    return Inline(waiver, column, comment.strip(), problem)


def waivers_in(text: str, path: str) -> list[Inline]:
    """The waivers of a file in whose language they are read (`READ`)."""
    name = path.lower()
    if name.endswith((".py", ".pyi")):
        return python_waivers(text, path)
    if name.endswith(_MARKDOWN):
        return markdown_waivers(text, path)
    from relcheck.sources.comments import hashed_comments, slashed_comments, sql_comments

    if name.endswith(".sql"):
        return _among(sql_comments(text), path)
    return _among(hashed_comments(text) if name.endswith(HASHED) else slashed_comments(text), path)


def markdown_waivers(text: str, path: str) -> list[Inline]:
    """The waivers of a document, in comments of HTML. One in a row of a table covers the row, one in other text its
    paragraph, item or heading, and one that stands alone the block behind it, such as a whole table."""
    from relcheck.sources.markdown.comments import comments_in

    return _among(comments_in(text), path)


def _among(comments: Iterable[Comment], path: str) -> list[Inline]:
    found = (parse_waiver(one.text, path, one.line, one.column, one.first, one.last) for one in comments)
    return [one for one in found if one is not None]


def python_waivers(text: str, path: str) -> list[Inline]:
    """The waivers of a Python file. One covers its logical statement (a function's or class's header with its
    decorators), or the next one where it stands alone on its line."""
    return [
        inline
        for comment in _comments(text)
        if (inline := parse_waiver(comment.text, path, comment.line, comment.column, comment.first, comment.last))
    ]


def statement_around(text: str, line: int) -> tuple[int, int]:
    """The first and last line of the logical statement (decorators and header count as one) in which a line stands."""
    statements, _ = _read(text)
    return next((group for group in _headers(statements) if group[0] <= line <= group[1]), (line, line))


def logical_statements(text: str) -> list[tuple[int, int]]:
    """The first and last line of every logical statement, decorators and the header that they stand on as one."""
    return list(dict.fromkeys(_headers(_read(text)[0])))


class _Comment(msgspec.Struct, frozen=True):
    text: str
    line: int
    column: int
    first: int
    last: int


class _Statement(msgspec.Struct):
    first: int
    last: int
    decorator: bool


def _comments(text: str) -> Iterator[_Comment]:
    """Comments with the lines that they cover."""
    statements, comments = _read(text)
    groups = _headers(statements)
    for string, line, column, index in comments:
        first, last = groups[index] if index < len(groups) else (line, line)
        yield _Comment(string.lstrip("#"), line, column + 1, min(first, line), last)


def _read(text: str) -> tuple[list[_Statement], list[tuple[str, int, int, int]]]:
    """Logical statements, and comments as (text, line, column from 0, index of the statement that each belongs to).

    A file that cannot be tokenized to its end gives what was read so far.
    """
    statements: list[_Statement] = []
    comments: list[tuple[str, int, int, int]] = []
    start: int | None = None
    decorator = False
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
            line, column = token.start
            if token.type == tokenize.COMMENT:
                ended = start is None and bool(token.line[:column].strip())
                comments.append((token.string, line, column, len(statements) - ended))
            elif token.type == tokenize.NEWLINE:
                if start is not None:
                    statements.append(_Statement(start, line, decorator))
                start = None
            elif start is None and token.type not in _BETWEEN:
                start = line
                decorator = token.string == "@"
    except (tokenize.TokenError, SyntaxError):
        pass
    return statements, comments


def _headers(statements: list[_Statement]) -> list[tuple[int, int]]:
    """The lines of each statement; decorators and the header that they stand on count as one."""
    groups: list[tuple[int, int]] = [(one.first, one.last) for one in statements]
    index = 0
    while index < len(statements):
        end = index
        while end < len(statements) - 1 and statements[end].decorator:
            end += 1
        for member in range(index, end + 1):
            groups[member] = (statements[index].first, statements[end].last)
        index = end + 1
    return groups
