"""Where the nodes of a libcst tree stand in their file.

libcst trees hold no positions; they are measured by writing the tree out again, which costs about as much as parsing.
So this is done for files that have something to report, and once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from relcheck.sources.python.excerpt import Excerpt


class Positions:
    """Offsets of nodes in the decoded source, counted in characters from 0."""

    def __init__(self, module: cst.Module, parsed: Excerpt) -> None:
        self._module = module
        self._parsed = parsed

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where the node starts and ends, without the white space and comments around it."""
        start, end = self._spans[id(node)]
        length = len(self._parsed.text)  # libcst ends the last line of a file that does not
        return self._parsed.original(min(start, length)), self._parsed.original(min(end, length))

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        from relcheck.sources.python.measuring import Measuring

        state = Measuring(self._module.default_indent, self._module.default_newline)
        self._module._codegen(state)  # noqa: SLF001  # libcst's metadata provider does the same, at four times the cost
        written = "".join(state.tokens)
        if written == self._parsed.text:
            return state.spans
        moved = _aligned(written, self._parsed.text)
        return {node: (moved(start), moved(end)) for node, (start, end) in state.spans.items()}


def _aligned(written: str, source: str) -> Callable[[int], int]:
    """libcst drops a form feed at the start of a line; maps offsets of what it wrote to the file as it is."""
    gaps: list[int] = []
    at = 0
    for index, character in enumerate(written):
        while at < len(source) and source[at] != character:
            gaps.append(index)
            at += 1
        at += 1
    return lambda offset: offset + bisect_right(gaps, offset)


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start. A line ends as Python ends it: at LF, CRLF or a lone CR."""
    starts = [0]
    position = 0
    while True:
        lf = text.find("\n", position)
        cr = text.find("\r", position, lf if lf >= 0 else len(text))
        if cr >= 0:
            position = cr + 2 if text.startswith("\n", cr + 1) else cr + 1
        elif lf >= 0:
            position = lf + 1
        else:
            return starts
        starts.append(position)


def line_of(starts: list[int], offset: int) -> int:
    """The line, counted from 1, in which an offset stands."""
    return bisect_right(starts, offset)
