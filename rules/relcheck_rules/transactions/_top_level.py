"""What the top level of a file says about a name, beyond its imports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.sdk import File, is_named, last
from relcheck_rules.transactions._nodes import below

if TYPE_CHECKING:
    import libcst as cst


def value_of(name: str, file: File) -> cst.BaseExpression | None:
    """What the top level assigns to a name, by `=` or a `type` statement."""
    return next((value for names, value in _assignments(file) if name in names), None)


def applied_to(name: str, file: File) -> Iterator[cst.Call]:
    """The inner calls of `other = decorate(…)(name)` at the top level."""
    from libcst import Call, Name

    for _, value in _assignments(file):
        if isinstance(value, Call) and isinstance(value.func, Call) and value.args:
            first = value.args[0].value
            if isinstance(first, Name) and first.value == name:
                yield value.func


def _assignments(file: File) -> Iterator[tuple[tuple[str, ...], cst.BaseExpression]]:
    """The names that statements of the top level assign to, with the value."""
    from libcst import AnnAssign, Assign, Name, SimpleStatementLine, TypeAlias

    for statement in file.module.body:
        for small in statement.body if isinstance(statement, SimpleStatementLine) else ():
            match small:
                case Assign(targets=targets, value=value):
                    names = [one.target for one in targets]
                case AnnAssign(target=target, value=value) if value is not None:
                    names = [target]
                case TypeAlias(name=target, value=value):
                    names = [target]
                case _:
                    continue
            yield tuple(one.value for one in names if isinstance(one, Name)), value


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

    for one in below(node):
        if isinstance(one, Attribute | Name):
            yield from file.resolve(one)
        elif isinstance(one, SimpleString):
            yield from file.annotated(one)
