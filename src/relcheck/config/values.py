"""Values of a configuration against the types of its schema: everything that is wrong, in the words of TOML.

msgspec decides whether a value is of a type. It stops at the first error and speaks of Python's types, so the walk
through arrays and tables, and the words, are found here.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import Struct

from relcheck.config.checks import Check
from relcheck.config.schema import OPTION_TYPES
from relcheck.config.spelling import Keys, quote, shorten
from relcheck.config.suggest import hint, listed
from relcheck.sdk.options import OptionType

MAX_ENTRIES = 5000
_MOST = 2**63 - 1

Unknown: TypeAlias = Callable[[str], str]
"""The message about a key that a table does not have."""


class Flaw(NamedTuple):
    """Something wrong with a value, and the way to it."""

    keys: Keys
    message: str


class Type(Struct, frozen=True):
    """A type of the schema, taken apart: `parts` are those of an array, of keys and values, or of a union.

    `mark` names a check on strings, `least` bounds a number from below.
    """

    hint: object
    kind: Literal["table", "array", "map", "union", "choice", "leaf"]
    parts: tuple[Type, ...] = ()
    choices: frozenset[str] = frozenset()
    mark: str = ""
    least: int | None = None


class Checker(Struct, frozen=True):
    """Looks for flaws with the checks for marked strings."""

    checks: Mapping[str, Check]

    def flaws(self, value: object, type_: Type, keys: Keys) -> Iterator[Flaw]:
        """All that is wrong with a value of a configuration."""
        if type_.kind == "array" and isinstance(value, list):
            if len(value) > MAX_ENTRIES:
                yield Flaw(keys, f"holds {len(value)} entries; relcheck reads at most {MAX_ENTRIES}")
                return
            for index, item in enumerate(value):
                yield from self.flaws(item, type_.parts[0], (*keys, index))
        elif type_.kind == "map" and isinstance(value, dict):
            key_type, item_type = type_.parts
            for key, item in value.items():
                yield from self.flaws(key, key_type, (*keys, key))
                yield from self.flaws(item, item_type, (*keys, key))
        elif type_.kind == "table":
            yield from self._struct_flaws(value, type_, keys)
        elif type_.kind == "union" and (part := _part_for(value, type_)) is not None:
            yield from self.flaws(value, part, keys)
        else:
            yield from self._leaf_flaws(value, type_, keys)

    def table_flaws(self, value: object, fields: Mapping[str, Type], keys: Keys, unknown: Unknown) -> Iterator[Flaw]:
        """All that is wrong with a table of these keys and types."""
        if not isinstance(value, dict):
            yield Flaw(keys, f"expected a table, got {described(value)}")
            return
        for key, item in value.items():
            if key in fields:
                yield from self.flaws(item, fields[key], (*keys, key))
            else:
                yield Flaw((*keys, key), unknown(key))

    def _struct_flaws(self, value: object, type_: Type, keys: Keys) -> Iterator[Flaw]:
        struct = cast("type[Struct]", type_.hint)
        fields = struct_fields(struct)
        yield from self.table_flaws(value, fields, keys, lambda key: f"unknown key{_hint(key, fields)}")
        if isinstance(value, dict):
            yield from (Flaw(keys, f"`{name}` is missing") for name in _required(struct) if name not in value)

    def _leaf_flaws(self, value: object, type_: Type, keys: Keys) -> Iterator[Flaw]:
        if type_.kind == "choice" and isinstance(value, str):
            if value not in type_.choices:
                near = hint(value, type_.choices)
                yield Flaw(keys, f"{quote(shorten(value))} is none of {listed(type_.choices)}{near}")
        elif not _conforms(value, type_):
            yield Flaw(keys, f"expected {phrase(type_)}, got {described(value)}")
        elif type_.mark in self.checks and isinstance(value, str):
            message = self.checks[type_.mark](value)
            if message is not None:
                yield Flaw(keys, message)


@cache
def struct_fields(struct: type[Struct]) -> Mapping[str, Type]:
    """The keys of a table and their types."""
    return {field.name: taken_apart(field.type) for field in msgspec.structs.fields(struct)}


@cache
def _required(struct: type[Struct]) -> tuple[str, ...]:
    return tuple(sorted(field.name for field in msgspec.structs.fields(struct) if field.required))


@cache
def option_type(type_: OptionType) -> Type:
    """The type of a rule's option."""
    return taken_apart(OPTION_TYPES[type_])


def taken_apart(hint_: object, mark: str = "", least: int | None = None) -> Type:
    """A type without its annotations, and without None, which TOML cannot say."""
    origin, arguments = typing.get_origin(hint_), typing.get_args(hint_)
    if origin is Annotated:
        for note in arguments[1:]:
            mark = note if isinstance(note, str) else mark
            least = note.ge if isinstance(note, msgspec.Meta) and isinstance(note.ge, int) else least
        return taken_apart(arguments[0], mark, least)
    if origin in (typing.Union, UnionType):
        options = [argument for argument in arguments if argument is not NoneType]
        if len(options) == 1:
            return taken_apart(options[0], mark, least)
        return Type(hint_, "union", tuple(map(taken_apart, options)))
    if origin is tuple:
        return Type(hint_, "array", (taken_apart(arguments[0]),))
    if origin is dict:
        return Type(hint_, "map", tuple(map(taken_apart, arguments)))
    return _atom(hint_, mark, least)


def _atom(hint_: object, mark: str, least: int | None) -> Type:
    if typing.get_origin(hint_) is Literal:
        return Type(hint_, "choice", choices=frozenset(typing.get_args(hint_)))
    if isinstance(hint_, EnumType):
        return Type(hint_, "choice", choices=frozenset(map(str, hint_.__members__.values())))
    if isinstance(hint_, type) and issubclass(hint_, Struct):
        return Type(hint_, "table")
    return Type(hint_, "leaf", mark=mark, least=least)


_ONE: dict[object, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    date: "a date such as 2027-03-31",
}
_MANY: dict[object, str] = {str: "strings", int: "integers", float: "numbers", bool: "booleans", date: "dates"}


def phrase(type_: Type) -> str:
    """A type in words: "an array of strings"."""
    match type_.kind:
        case "table":
            return "a table"
        case "array":
            return f"an array of {_MANY.get(type_.parts[0].hint, 'tables')}"
        case "map":
            return f"a table of {_MANY.get(type_.parts[1].hint, 'tables')}"
        case "union":
            return " or ".join(map(phrase, type_.parts))
        case "choice":
            return f"one of {listed(type_.choices)}"
        case "leaf":
            return _ONE[type_.hint] if type_.least is None else f"an integer of at least {type_.least}"


def described(value: object) -> str:
    """A value in words, short, whatever it holds."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"the string {quote(shorten(value))}"
        case int():
            return f"the integer {value}" if abs(value) <= _MOST else "an integer of more than 64 bits"
        case float():
            return f"the float {value}"
        case datetime() | time():
            return f"the time {value}"
        case date():
            return f"the date {value}"
        case list():
            return "an array" if value else "an empty array"
        case _:
            return "a table"


def _conforms(value: object, type_: Type) -> bool:
    if isinstance(value, int) and abs(value) > _MOST:
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    try:
        msgspec.convert(value, type_.hint)
    except msgspec.ValidationError:
        return False
    return not (type_.least is not None and isinstance(value, int) and value < type_.least)


def _part_for(value: object, union: Type) -> Type | None:
    """The part of a union that a value is meant for: an array for an array, a string for a string."""
    kinds = {"array"} if isinstance(value, list) else {"map", "table"} if isinstance(value, dict) else {"leaf"}
    matching = (part for part in union.parts if part.kind in kinds and (part.kind != "leaf" or _conforms(value, part)))
    return next(matching, None)


def _hint(key: str, names: Iterable[str]) -> str:
    return hint(key, names, f"known are {listed(names)}")
