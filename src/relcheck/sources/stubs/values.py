"""What is known of a value while code is followed without running it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias

import msgspec

from relcheck.sources.stubs.code import Class, Function, Scalar

Flags: TypeAlias = frozenset[str]
"""Names of environment variables and settings that a value hangs on."""

NO_FLAGS: Flags = frozenset()


class Known(msgspec.Struct, frozen=True):
    """A value that is the same in every run."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        """1 and True are two values."""
        return isinstance(other, Known) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


class Either(msgspec.Struct, frozen=True):
    """One of a few values that are the same in every run."""

    options: tuple[Known, ...]


class Listed(msgspec.Struct):
    """A list whose items are known; `open` when more may be in it. `home` and `depth` say where it was made."""

    items: list[Value]
    home: int
    depth: int
    open: bool = False
    flags: Flags = NO_FLAGS


class Record(msgspec.Struct):
    """An object or dict with its entries, as with lists."""

    entries: dict[str, Value]
    home: int
    depth: int
    open: bool = False
    flags: Flags = NO_FLAGS


class Given(msgspec.Struct, frozen=True):
    """A parameter as it was passed."""

    name: str


class Called(msgspec.Struct, frozen=True):
    """What a function gives that was passed as a parameter."""

    name: str


class Some(msgspec.Struct, frozen=True):
    """A value that cannot be told. `owner` says whose it is: `own`, `given`, `state` (of the module or the object) or
    `outside`; `what` names it. An `opaque` one could be anything, so what is done with it is unknown; a `failure` is an
    error that is returned."""

    flags: Flags = NO_FLAGS
    owner: str = "own"
    what: str = ""
    opaque: bool = False
    failure: bool = False


class Closure(msgspec.Struct, frozen=True, eq=False):
    """A function with the variables around it. `wrapped` names decorators that cannot be followed."""

    function: Function
    scope: Scope
    this: Value | None = None
    wrapped: str = ""
    defined_by: Type | None = None


class Type(msgspec.Struct, frozen=True, eq=False):
    """A class."""

    of: Class
    scope: Scope
    wrapped: str = ""


class Object(msgspec.Struct, eq=False):
    """An instance of a class of the project."""

    of: Type
    fields: dict[str, Value]
    home: int
    depth: int
    finished: bool = False


class Above(msgspec.Struct, frozen=True, eq=False):
    """`super`: the classes above one, for an object."""

    of: Type
    this: Value


class Space(msgspec.Struct, frozen=True):
    """A file of the project as a value: what it exports are its members."""

    path: str


class Outside(msgspec.Struct, frozen=True):
    """Something that is not the project's, by its dotted name; what a package gives begins with the package's name."""

    name: str


class Inert(msgspec.Struct, frozen=True):
    """A function that does nothing to see: `resolve` of a promise."""


class Pending(msgspec.Struct, frozen=True, eq=False):
    """An import that has not been followed yet."""

    path: str
    module: str
    taken: str | None
    line: int


Value: TypeAlias = (
    Known
    | Either
    | Listed
    | Record
    | Given
    | Called
    | Some
    | Closure
    | Type
    | Object
    | Above
    | Space
    | Outside
    | Inert
    | Pending
)

NOTHING = Known(None)


class Scope(msgspec.Struct, eq=False):
    """Variables. `home` numbers the call that they belong to; 0 is the module's beginning. `depth` is how many
    undecided branches were open when they came to be."""

    path: str
    variables: dict[str, Value]
    outer: Scope | None
    home: int
    depth: int
    this: Value | None = None
    within: Type | None = None


class NotConstantError(Exception):
    """A value is not the same in every run."""


_WIDE = 200
"""Items of a value that are asked for settings; it is asked often."""


def flags_of(value: Value, depth: int = 0) -> Flags:
    """The settings that a value hangs on."""
    match value:
        case Some(flags=flags):
            return flags
        case Listed(items=items, flags=flags) if depth < 8:
            return flags.union(*(flags_of(one, depth + 1) for one in items[:_WIDE]))
        case Record(entries=entries, flags=flags) if depth < 8:
            return flags.union(*(flags_of(one, depth + 1) for one in islice(entries.values(), _WIDE)))
        case _:
            return NO_FLAGS


def constant(value: Value, depth: int = 0) -> object:
    """The value as plain data. Raises NotConstantError."""
    match value:
        case Known(value=found):
            return found
        case Listed(items=items, open=False) if depth < 16:
            return [constant(one, depth + 1) for one in items]
        case Record(entries=entries, open=False) if depth < 16:
            return {key: constant(one, depth + 1) for key, one in entries.items()}
        case Object(fields=fields) if fields and depth < 16:
            return {key: constant(one, depth + 1) for key, one in fields.items()}
        case _:
            raise NotConstantError


_FEW = 4


def _options(value: Known | Either) -> tuple[Known, ...]:
    return value.options if isinstance(value, Either) else (value,)


def same(one: Value, other: Value) -> bool:
    """Whether two values are surely the same."""
    if isinstance(one, (Given, Called)) or isinstance(other, (Given, Called)):
        return one == other
    try:
        first, second = constant(one), constant(other)
    except NotConstantError:
        return one is other
    return first == second and repr(first) == repr(second)


def joined(one: Value, other: Value, flags: Flags = NO_FLAGS) -> Value:
    """What is known where it may be the one or the other."""
    if same(one, other):
        return one
    if not flags and isinstance(one, (Known, Either)) and isinstance(other, (Known, Either)):
        options = tuple(dict.fromkeys((*_options(one), *_options(other))))
        if len(options) <= _FEW:
            return Either(options)
    owners = {found.owner for found in (one, other) if isinstance(found, Some)}
    owners |= {"given" for found in (one, other) if isinstance(found, (Given, Called))}
    owners |= {"outside" for found in (one, other) if isinstance(found, Outside)}
    owner = next((name for name in ("state", "outside", "given") if name in owners), "own")
    unclear = any(isinstance(found, (Closure, Type, Object)) for found in (one, other))
    opaque = any(isinstance(found, Some) and found.opaque for found in (one, other)) or unclear
    what = next((found.what for found in (one, other) if isinstance(found, Some) and found.what), "")
    failure = all(isinstance(found, Some) and found.failure for found in (one, other))
    return Some(flags | flags_of(one) | flags_of(other), owner, what, opaque, failure)


def joined_all(values: Sequence[Value], other: Value) -> Value:
    """What is known where it may be any of several."""
    for one in values:
        other = joined(other, one)
    return other
