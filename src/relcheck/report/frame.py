"""The line of code that a finding points at, with carets below the region.

Carets must stand below the right characters on a terminal, so everything is counted in cells: an East Asian wide
character takes two (Unicode Standard Annex 11), a combining one none, an escape as many as it has letters, and a tab
runs to the next stop.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from relcheck.report.escape import visible

if TYPE_CHECKING:
    from relcheck.model.finding import Region

ELLIPSIS = "..."
_TAB = 4


def code_frame(snippet: str, region: Region, room: int) -> tuple[str, str] | None:
    """The line as it can be shown in `room` cells, and the carets for the line below it; None for a blank line.

    Of a region of several lines the first is marked, to its end. A line that is too long is cut to a window around the
    region.
    """
    line = snippet.rstrip("\r\n")
    if not line.strip():
        return None
    start = min(max(region.column - 1, 0), len(line))
    end = len(line.rstrip()) if region.end_line > region.line else min(region.end_column - 1, len(line))
    end = max(start, end)

    first, last = _window(line, start, end, room)
    before = (ELLIPSIS if first else "") + _shown(line[first:start], len(ELLIPSIS) if first else 0)
    marked = _shown(line[start : min(end, last)], cells(before))
    after = _shown(line[min(end, last) : last], cells(before) + cells(marked))
    cut = ELLIPSIS if last < len(line) else ""
    return before + marked + after + cut, " " * cells(before) + "^" * max(cells(marked), 1)


def numbered_frame(snippet: str | None, region: Region, room: int) -> list[str]:
    """The line with its number, and the carets below it, for a report without colours; empty where there is none."""
    frame = code_frame(snippet, region, room) if snippet is not None else None
    if frame is None:
        return []
    number = str(region.line)
    return [f"{number} | {frame[0]}", f"{' ' * len(number)} | {frame[1]}"]


def cells(text: str) -> int:
    """How many cells of a terminal a text takes that holds nothing invisible."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    # Vowels and finals of conjoining Hangul join the syllable's first letter, though they are no marks.
    if unicodedata.category(character) in {"Mn", "Me"} or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _shown(text: str, at: int) -> str:
    """The text made visible, its tabs run to the stops as they stand when it begins at cell `at`."""
    first, *rest = text.split("\t")
    shown = [visible(first)]
    at += cells(shown[0])
    for piece in rest:
        gap = _TAB - at % _TAB
        shown.append(" " * gap + visible(piece))
        at += cells(shown[-1])
    return "".join(shown)


def _window(line: str, start: int, end: int, room: int) -> tuple[int, int]:
    """The characters of the line to show: all that fit, else those around the region, with room for two ellipses."""
    # Only this stretch is measured: a line may have a hundred million characters.
    lowest, highest = max(start - room, 0), min(start + room, len(line))
    if (lowest, highest) == (0, len(line)) and cells(_shown(line, 0)) <= room:
        return 0, len(line)

    room -= 2 * len(ELLIPSIS)
    region = min(sum(_most_cells(character) for character in line[start : min(end, highest)]), room)
    first, used = start, 0
    to_begin = sum(_most_cells(character) for character in line[lowest:start])
    if lowest == 0 and to_begin + region <= room:
        first, used = 0, to_begin
    else:
        while first > lowest and used + _most_cells(line[first - 1]) <= (room - region) // 2:
            first -= 1
            used += _most_cells(line[first])
    last = start
    while last < highest and used + _most_cells(line[last]) <= room:
        used += _most_cells(line[last])
        last += 1
    return first, last


def _most_cells(character: str) -> int:
    return _TAB if character == "\t" else cells(visible(character))
