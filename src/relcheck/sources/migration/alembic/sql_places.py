"""Where the SQL in a migration's strings stands in its file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from relcheck.model.finding import Region
from relcheck.sources.migration.python.module import Module
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.values import Call, Origin, Text
from relcheck.sources.python.rope import Part


def places(text: Text, call: Call, run: Run) -> Callable[[int, int], Region]:
    """The region of two offsets of a text. What cannot be placed exactly is placed at its literal, and what stands in
    no literal of the migration, at the call."""
    starts = list(accumulate((len(part.text) for part in text.parts), initial=0))

    def place(start: int, end: int) -> Region:
        first = _first(text.parts, starts, start, max(end, start + 1), run.module)
        if first is None:
            return run.module.region(run.site(call.node))
        number, begin = first
        last = _last(text.parts, starts, begin, max(end, begin + 1), run.module)
        part = text.parts[number]
        origin = part.node
        assert origin is not None  # noqa: S101  # as _first looks for
        literals = run.module.literals(origin.node)
        opening = None if literals is None else literals.offset(part.first + begin - starts[number])
        if opening is None or last is None:
            return run.module.region(origin.node)
        number, final = last
        part = text.parts[number]
        literals = run.module.literals(part.node.node) if part.node is not None else None
        closing = None if literals is None else literals.end(part.first + final - starts[number])
        if closing is None or closing < opening:
            return run.module.region(origin.node)
        return run.module.between(opening, closing)

    return place


def _first(
    parts: tuple[Part[Origin], ...], starts: list[int], start: int, end: int, module: Module
) -> tuple[int, int] | None:
    """The first character between two offsets that stands in a literal of the module, with its part."""
    number = max(bisect_right(starts, start) - 1, 0)
    while number < len(parts) and starts[number] < end:
        part = parts[number]
        at = max(start, starts[number])
        if part.node is not None and part.node.module is module and at < starts[number] + len(part.text):
            return number, at
        number += 1
    return None


def _last(
    parts: tuple[Part[Origin], ...], starts: list[int], start: int, end: int, module: Module
) -> tuple[int, int] | None:
    """The last such character."""
    number = min(bisect_right(starts, end - 1) - 1, len(parts) - 1)
    while number >= 0 and starts[number] + len(parts[number].text) > start:
        part = parts[number]
        at = min(end, starts[number] + len(part.text)) - 1
        if part.node is not None and part.node.module is module and at >= max(start, starts[number]):
            return number, at
        number -= 1
    return None
