"""A shorter text of a file for the slow parser: what nothing can be found in, and nothing is told by, is left out.

Parsing with libcst costs ten times what `ast` costs, and most of a large file has nothing to do with the few
functions in which the `ast` saw something. Left out are imports (the table of names is known from the `ast`), other
functions but `__init__`, and the bodies of other classes. What remains tells the types of attributes and variables
around a match.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import TypeAlias

import msgspec

from relcheck.sources.python.syntax import Source

_WORTH_IT = 2_000
"""Characters that the cuts must save."""

_Cut: TypeAlias = tuple[int, int, str]
"""The offsets of a part that is left out, and what stands there instead."""


class Excerpt(msgspec.Struct, frozen=True):
    """A text that is parsed in place of a whole file, and where its parts stand in that."""

    text: str
    starts: tuple[int, ...] = (0,)
    origins: tuple[int, ...] = (0,)

    def original(self, offset: int) -> int:
        """Where a character of the excerpt stands in the file."""
        part = bisect_right(self.starts, offset) - 1
        return self.origins[part] + offset - self.starts[part]


def whole(source: Source) -> Excerpt:
    """The file as it is."""
    return Excerpt(source.text)


def excerpt(source: Source, tree: ast.Module, lines: Collection[int]) -> Excerpt:
    """The file without what has nothing to do with these lines."""
    cuts = list(_Cutting(source, sorted(lines)).of(tree.body, 0))
    if sum(end - start for start, end, _ in cuts) < _WORTH_IT:
        return whole(source)
    text: list[str] = []
    starts: list[int] = []
    origins: list[int] = []
    length = at = 0
    for start, end, instead in cuts:
        for piece, origin in ((source.text[at:start], at), (instead, start)):
            text.append(piece)
            starts.append(length)
            origins.append(origin)
            length += len(piece)
        at = end
    text.append(source.text[at:])
    return Excerpt("".join(text), (*starts, length), (*origins, at))


class _Cutting:
    def __init__(self, source: Source, wanted: Sequence[int]) -> None:
        self._source = source
        self._wanted = wanted

    def of(self, body: Sequence[ast.stmt], before: int) -> Iterator[_Cut]:
        """The cuts in a block; `before` is the last line in front of it. Whole lines only: what shares one is kept."""
        for index, statement in enumerate(body):
            first, last = _lines(statement)
            after = _lines(body[index + 1])[0] if index + 1 < len(body) else last + 1
            if first > before and after > last and not self._goes_on(before):
                yield from self._statement(statement, before, is_alone=len(body) == 1)
            before = last

    def _statement(self, statement: ast.stmt, before: int, *, is_alone: bool) -> Iterator[_Cut]:
        first, last = _lines(statement)
        at = bisect_left(self._wanted, first)
        concerned = at < len(self._wanted) and self._wanted[at] <= last
        if isinstance(statement, ast.ClassDef):
            header = max(statement.lineno, _lines(statement.body[0])[0] - 1)
            if concerned:
                yield from self.of(statement.body, header)
            elif _lines(statement.body[0])[0] > statement.lineno:
                yield self._cut(header, last, f"{self._indent(statement.body[0])}...\n")
        elif not concerned and not is_alone and _is_dispensable(statement):
            yield self._cut(before, last, "")

    def _goes_on(self, line: int) -> bool:
        """Whether a line is joined with the next one: what is put behind it would become a part of its statement."""
        return line > 0 and self._source.line(line).endswith("\\")

    def _cut(self, after: int, last: int, instead: str) -> _Cut:
        starts = self._source.starts
        end = starts[last] if last < len(starts) else len(self._source.text)
        return starts[after], end, instead

    def _indent(self, statement: ast.stmt) -> str:
        line = self._source.line(_lines(statement)[0])
        return line[: len(line) - len(line.lstrip(" \t"))]


def _is_dispensable(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name != "__init__"
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """The first and last line of a statement, its decorators included."""
    decorators = getattr(statement, "decorator_list", ())
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    return first, statement.end_lineno or statement.lineno
