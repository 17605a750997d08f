"""Where the nodes of a libcst tree stand in their file.

libcst trees hold no positions; they are measured by writing the tree out again, which costs about as much as parsing.
So this is done for files that have something to report, and as far as needed.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import libcst as cst

    from relcheck.sources.python.excerpt import Excerpt
    from relcheck.sources.python.measuring import Measured


class Positions:
    """Offsets of nodes in the decoded source, counted in characters from 0."""

    def __init__(self, module: cst.Module, parsed: Excerpt) -> None:
        self._module = module
        self._parsed = parsed

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where the node starts and ends, without the white space and comments around it."""
        start, end = self._measured.span(node)
        length = len(self._parsed.text)  # libcst ends the last line of a file that does not
        return self._parsed.original(min(start, length)), self._parsed.original(min(end, length))

    @cached_property
    def _measured(self) -> Measured:
        from relcheck.sources.python.measuring import Measured

        return Measured(self._module, self._parsed.text)


def line_starts(text: str) -> list[int]:
    """Offsets at which lines start. A line ends as Python ends it: at LF, CRLF or a lone CR."""
    if "\r" not in text:
        lengths = [len(line) + 1 for line in text.split("\n")]
        return list(accumulate(lengths[:-1], initial=0))
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
