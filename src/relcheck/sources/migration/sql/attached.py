"""Which operations an approval in a SQL comment covers: those of one statement, or one action of an ALTER TABLE."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from relcheck.sources.migration.sql.scanner import Comment


class Unit(NamedTuple):
    """A statement, or a statement in the body of a block, and its operations by number with their own places."""

    start: int
    end: int
    operations: tuple[tuple[int, int, int], ...]
    """(number, start, end)"""


class Block(NamedTuple):
    """Comments one below the other, with nothing else on their lines; or one comment beside something else."""

    start: int
    end: int
    alone: bool


class Lines:
    """Numbers of lines, from 0, by offset."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        at = text.find("\n")
        while at >= 0:
            self.starts.append(at + 1)
            at = text.find("\n", at + 1)

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def before(self, offset: int) -> str:
        """What stands before an offset on its line."""
        return self.text[self.starts[self.line(offset)] : offset]

    def behind(self, offset: int) -> str:
        """What stands behind an offset on its line."""
        end = self.text.find("\n", offset)
        return self.text[offset : end if end >= 0 else len(self.text)]


def blocks(comments: Sequence[Comment], lines: Lines) -> list[Block]:
    """Comments, those that stand alone on adjacent lines as one."""
    found: list[Block] = []
    for comment in comments:
        alone = not lines.before(comment.start).strip() and not lines.behind(comment.end).strip()
        last = found[-1] if found else None
        if last is not None and alone and last.alone and lines.line(comment.start) == lines.line(last.end) + 1:
            found[-1] = Block(last.start, comment.end, alone=True)
        else:
            found.append(Block(comment.start, comment.end, alone))
    return found


def covered(block: Block, units: Sequence[Unit], starts: Sequence[int], lines: Lines) -> tuple[int, ...]:
    """The numbers of the operations that a comment stands at: on the lines of their statement, directly above it, or
    directly before it; where the statement has several actions on lines of their own, of that action only. `starts` are
    those of the units."""
    unit = _unit(block, units, starts, lines)
    if unit is None:
        return ()
    everything = tuple(number for number, _, _ in unit.operations)
    line, last = lines.line(block.start), lines.line(max(block.end - 1, block.start))
    head, tail = lines.line(unit.start), lines.line(unit.end - 1)
    if head == tail or last < head or (block.start < unit.start and line == head):
        return everything
    own = [one for one in unit.operations if one[1:] != (unit.start, unit.end)]
    if not own:
        return everything
    if block.alone and block.start < unit.end:
        below = tuple(number for number, start, _ in own if lines.line(start) == last + 1)
        return below or tuple(number for number, start, end in own if start < block.start < end)
    beside = tuple(number for number, start, end in own if lines.line(start) <= line <= lines.line(end - 1))
    return beside or (everything if line in (head, tail) else ())


def _unit(block: Block, units: Sequence[Unit], starts: Sequence[int], lines: Lines) -> Unit | None:
    line, last = lines.line(block.start), lines.line(max(block.end - 1, block.start))
    number = bisect_right(starts, block.start) - 1
    before = units[number] if number >= 0 else None
    if before is not None and block.start < before.end:
        return before
    if before is not None and not block.alone and lines.line(before.end - 1) == line:
        return before
    following = units[number + 1] if number + 1 < len(units) else None
    if following is None or lines.line(following.start) - last not in (0, 1):
        return None
    return following if block.alone or _is_first(block, lines) else None


def _is_first(block: Block, lines: Lines) -> bool:
    """Whether nothing but the comment stands before what follows it on its line."""
    return not lines.before(block.start).strip()
