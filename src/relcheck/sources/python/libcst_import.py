"""libcst, in less time: half of a short scan's time is its import, and half of a long one's its parsing. A scan
imports it here first.

Its 170 kinds of nodes bring their own `__repr__`, `__eq__` and `__hash__`. `dataclass` leaves these alone, as it says,
but only after it has written and compiled others to be thrown away. Here it is told beforehand, which saves a fifth of
the import.

Each node that is made asks itself whether Python has such code: whether there is space around `and`, whether brackets
are closed. What the parser makes has been read from code. Not asking saves an eighth of the parsing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["cst", "parse_module"]


@contextmanager
def _sparing() -> Iterator[None]:
    """`dataclass` makes no method that the class has already."""
    original = dataclasses.dataclass

    def dataclass(cls: type | None = None, /, **asked: bool) -> type | Callable[[type], type]:
        def decorated(cls: type) -> type:
            own = vars(cls)
            spared = dict(asked)
            if "__repr__" in own:
                spared["repr"] = False
            if "__eq__" in own and "__hash__" in own and not asked.get("order"):
                spared["eq"] = False
            return original(cls, **spared)

        return decorated if cls is None else decorated(cls)

    replaced: Any = dataclasses
    replaced.dataclass = dataclass
    try:
        yield
    finally:
        replaced.dataclass = original


with _sparing():
    import libcst as cst


def parse_module(text: str) -> cst.Module:
    """`libcst.parse_module`, whose nodes are not validated one by one. Raises what that raises."""
    node: Any = cst.CSTNode
    validated = node.__post_init__
    node.__post_init__ = _unasked
    try:
        return cst.parse_module(text)
    finally:
        node.__post_init__ = validated


def _unasked(node: cst.CSTNode) -> None:
    """In the place of the validation."""
