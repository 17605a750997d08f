"""What the top level of a file says about a name, beyond its imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.sdk import File, is_named, last

if TYPE_CHECKING:
    import libcst as cst


def value_of(name: str, file: File) -> cst.BaseExpression | None:
    """What the top level assigns to a name, by `=` or a `type` statement."""
    from libcst import AnnAssign, Assign, Name, SimpleStatementLine, TypeAlias

    for statement in file.module.body:
        for small in statement.body if isinstance(statement, SimpleStatementLine) else ():
            if isinstance(small, Assign):
                targets = [target.target for target in small.targets]
            elif isinstance(small, AnnAssign):
                targets = [small.target]
            elif isinstance(small, TypeAlias):
                targets = [small.name]
            else:
                continue
            if small.value is not None and any(isinstance(one, Name) and one.value == name for one in targets):
                return small.value
    return None


def is_type(name: str, wanted: Sequence[str], file: File) -> bool:
    """Whether a resolved name is one of these types: itself, a class of this file that derives from one, an alias,
    a `TypeVar` or a `NewType` of one."""
    if any(is_named(name, one) for one in wanted):
        return True
    short = last(name)
    bases = {last(one) for one in wanted}
    if not bases.isdisjoint(file.bases_of(short)):
        return True
    value = value_of(short, file)
    return value is not None and any(is_named(one, other) for one in _mentioned(value, file) for other in wanted)


def _mentioned(node: cst.CSTNode, file: File) -> Iterator[str]:
    """The resolved names in an expression, quoted ones included."""
    from libcst import Attribute, Name, SimpleString

    pending: list[cst.CSTNode] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, Attribute | Name):
            yield from file.resolve(one)
        elif isinstance(one, SimpleString):
            yield from file.annotated(one)
        pending.extend(one.children)
