"""libcst, imported in four fifths of the time: half of a short scan's time is its import. A scan imports it here first.

Its 170 kinds of nodes bring their own `__repr__`, `__eq__` and `__hash__`. `dataclass` leaves these alone, as it says,
but only after it has written and compiled others to be thrown away. Here it is told beforehand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["cst"]


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
