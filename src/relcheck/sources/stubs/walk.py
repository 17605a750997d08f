"""All nodes of code that was read. Verdicts and callers walk hundreds of files, so this is made for speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

import msgspec

from relcheck.sources.stubs import code as kinds
from relcheck.sources.stubs.code import Function


def nodes(tree: object, *, into_functions: bool = True) -> Iterator[msgspec.Struct]:
    """All structures of a tree, the tree itself included: what they hold comes after them, the last of it first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is tuple:
            waiting.extend(node)  # type: ignore[arg-type]  # mypy does not narrow by `type(…) is`
        elif (inside := _INSIDE.get(kind)) is not None:
            yield node  # type: ignore[misc]  # only structures are in the table
            if into_functions or kind is not Function:
                waiting.extend(inside(node))


def _values_of(kind: type[msgspec.Struct]) -> Callable[[object], tuple[object, ...]]:
    """What gives all values of a structure at once."""
    fields = kind.__struct_fields__
    if len(fields) > 1:
        return attrgetter(*fields)
    return lambda node: tuple(getattr(node, field) for field in fields)


_INSIDE: dict[type, Callable[[object], tuple[object, ...]]] = {
    kind: _values_of(kind)
    for kind in vars(kinds).values()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind is not msgspec.Struct
}
