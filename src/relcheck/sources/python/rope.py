"""Text in parts, each of which knows the literal that it comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import libcst as cst

    from relcheck.sources.python.literals import Decoded

    TextNode: TypeAlias = cst.SimpleString | cst.FormattedStringText | cst.TemplatedStringText

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for each unknown part of a text. A literal that holds this character reads as if it had a hole there."""


Node = TypeVar("Node")


class Part(NamedTuple, Generic[Node]):
    """A stretch of one literal, from the character `first` of its value on; a hole has no node."""

    text: str
    node: Node | None
    decoded: Decoded | None
    first: int


Rope: TypeAlias = "list[Part[TextNode]]"
A_HOLE: Part[TextNode] = Part(HOLE, None, None, 0)

FIELD = re.compile(
    r"\{\{|\}\}"
    r"|\{(?P<name>[^{}:!.\[]*+)(?P<path>[^{}:!]*+)(?P<conversion>![^{}:]*+)?+"
    r"(?P<spec>:[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+)?+\}"
)
"""A replacement field or a doubled brace of `str.format`. Source: "Format String Syntax" of the library reference."""

CONVERSION = re.compile(
    r"%(?:\((?P<name>[^()]*+)\))?+(?P<flags>[#0\- +]*+(?:\*|\d++)?+(?:\.(?:\*|\d*+))?+[hlL]?+)"
    r"(?P<type>[diouxXeEfFgGcrsab%])"
)
"""A conversion of `%`, `%%` included. Source: "printf-style String Formatting" of the library reference."""


def substituted(
    rope: list[Part[Node]], pattern: re.Pattern[str], value: Callable[[re.Match[str]], list[Part[Node]] | None]
) -> list[Part[Node]]:
    """The rope with every match replaced; None as value keeps the first character of the match."""
    text = "".join(part.text for part in rope)
    starts = [0, *accumulate(len(part.text) for part in rope)]
    result: list[Part[Node]] = []
    at = 0
    for match in pattern.finditer(text):
        result.extend(_cut(rope, starts, at, match.start()))
        new = value(match)
        result.extend(_cut(rope, starts, match.start(), match.start() + 1) if new is None else new)
        at = match.end()
    result.extend(_cut(rope, starts, at, len(text)))
    return result


def _cut(rope: list[Part[Node]], starts: list[int], start: int, end: int) -> Iterator[Part[Node]]:
    """The parts of the text from `start` to `end`."""
    at = bisect_right(starts, start) - 1
    while start < end:
        part, offset = rope[at], start - starts[at]
        stop = min(end, starts[at + 1])
        if stop > start:
            yield part._replace(text=part.text[offset : stop - starts[at]], first=part.first + offset)
        start = stop
        at += 1
