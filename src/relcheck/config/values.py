"""Values of a configuration against the types of its schema: everything that is wrong, in the words of TOML.

msgspec decides what a value of a type is; it stops at the first error and speaks of Python's types, so that a wrong
value is walked once more for messages.
"""

from __future__ import annotations

import math
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Literal, NamedTuple, TypeAlias

import msgspec
from msgspec import Struct

from relcheck.config.checks import Check
from relcheck.config.spelling import Keys, quote, shorten
from relcheck.config.suggest import hint, listed

_MOST = 2**63 - 1

Unknown: TypeAlias = Callable[[str], str]
"""The message about a key that a table does not have."""


class Flaw(NamedTuple):
    """Something wrong with a value, and the way to it."""

    keys: Keys
    message: str


class Type(Struct, frozen=True):
    """A type of the schema, taken apart. `mark` names a check on strings, `least` bounds a number from below."""

    hint: object
    mark: str | None = None
    least: int | None = None


class Checker(Struct, frozen=True):
    """Looks for flaws with the checks for marked strings."""

    checks: Mapping[str, Check]

    def flaws(self, value: object, type_: object, keys: Keys) -> Iterator[Flaw]:
        """All that is wrong with a value of a configuration."""
        expected = taken_apart(type_)
        hint_ = expected.hint
        origin = typing.get_origin(hint_)
        if isinstance(hint_, type) and issubclass(hint_, msgspec.Struct):
            fields = struct_fields(hint_)
            yield from self.table_flaws(value, fields, keys, lambda key: f"unknown key{_hint(key, fields)}")
            if isinstance(value, dict):
                missing = required(hint_) - value.keys()
                yield from (Flaw(keys, f"`{name}` is missing") for name in sorted(missing))
        elif origin is tuple and isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.flaws(item, typing.get_args(hint_)[0], (*keys, index))
        elif origin is dict and isinstance(value, dict):
            key_type, item_type = typing.get_args(hint_)
            for key, item in value.items():
                yield from self._string_flaws(key, taken_apart(key_type), (*keys, key))
                yield from self.flaws(item, item_type, (*keys, key))
        elif origin in (typing.Union, UnionType) and (option := _option(value, hint_)):
            yield from self.flaws(value, option, keys)
        else:
            yield from self._leaf_flaws(value, expected, type_, keys)

    def table_flaws(self, value: object, fields: Mapping[str, object], keys: Keys, unknown: Unknown) -> Iterator[Flaw]:
        """All that is wrong with a table of these keys and types."""
        if not isinstance(value, dict):
            yield Flaw(keys, f"expected a table, got {described(value)}")
            return
        for key, item in value.items():
            if key in fields:
                yield from self.flaws(item, fields[key], (*keys, key))
            else:
                yield Flaw((*keys, key), unknown(key))

    def _leaf_flaws(self, value: object, expected: Type, type_: object, keys: Keys) -> Iterator[Flaw]:
        choices = _choices(expected.hint)
        if choices and isinstance(value, str) and value not in choices:
            yield Flaw(keys, f"{quote(shorten(value))} is none of {listed(choices)}{hint(value, choices)}")
        elif not _conforms(value, type_):
            yield Flaw(keys, f"expected {phrase(type_)}, got {described(value)}")
        elif isinstance(value, str):
            yield from self._string_flaws(value, expected, keys)

    def _string_flaws(self, value: str, expected: Type, keys: Keys) -> Iterator[Flaw]:
        check = self.checks.get(expected.mark or "")
        message = check(value) if check is not None else None
        if message is not None:
            yield Flaw(keys, message)


@cache
def struct_fields(struct: type[msgspec.Struct]) -> Mapping[str, object]:
    """The keys of a table and their types."""
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


@cache
def required(struct: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(field.name for field in msgspec.structs.fields(struct) if field.required)


@cache
def taken_apart(type_: object) -> Type:
    """A type without its annotations, and without None, which TOML cannot say."""
    mark, least = None, None
    while True:
        if typing.get_origin(type_) is Annotated:
            for note in typing.get_args(type_)[1:]:
                mark = note if isinstance(note, str) else mark
                least = note.ge if isinstance(note, msgspec.Meta) and isinstance(note.ge, int) else least
            type_ = typing.get_args(type_)[0]
        elif (options := typing.get_args(type_)) and len(options) == 2 and options[1] is NoneType:
            type_ = options[0]
        else:
            return Type(type_, mark, least)


_ONE = {str: "a string", int: "an integer", float: "a number", bool: "true or false", date: "a date such as 2027-03-31"}
_MANY = {str: "strings", int: "integers", float: "numbers", bool: "booleans", date: "dates"}


def phrase(type_: object) -> str:
    """A type in words: "an array of strings"."""
    expected = taken_apart(type_)
    hint_, arguments = expected.hint, typing.get_args(expected.hint)
    if expected.least is not None:
        return f"an integer of at least {expected.least}"
    if choices := _choices(hint_):
        return f"one of {listed(choices)}"
    if typing.get_origin(hint_) is tuple:
        return f"an array of {_MANY.get(_key(arguments[0]), 'tables')}"
    if typing.get_origin(hint_) is dict:
        return f"a table of {_MANY.get(_key(arguments[1]), 'tables')}"
    if arguments:
        return " or ".join(phrase(argument) for argument in arguments)
    return _ONE.get(_key(hint_), "a table")


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


def _key(type_: object) -> type:
    hint_ = taken_apart(type_).hint
    return hint_ if isinstance(hint_, type) else object


def _conforms(value: object, type_: object) -> bool:
    if isinstance(value, int) and abs(value) > _MOST:
        return False
    if isinstance(value, float) and not math.isfinite(value):
        return False
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True


def _choices(hint_: object) -> frozenset[str]:
    if isinstance(hint_, EnumType):
        return frozenset(map(str, hint_.__members__.values()))
    return frozenset(typing.get_args(hint_)) if typing.get_origin(hint_) is Literal else frozenset()


def _option(value: object, union: object) -> object | None:
    """The part of a union that a value is meant for: an array for an array, a string for a string."""
    kinds: Mapping[object, type] = {tuple: list, dict: dict}
    for option in typing.get_args(union):
        hint_ = taken_apart(option).hint
        python = kinds.get(typing.get_origin(hint_), hint_)
        if isinstance(python, type) and isinstance(value, python):
            return typing.cast("object", option)
    return None


def _hint(key: str, names: Iterable[str]) -> str:
    return hint(key, names, f"known are {listed(names)}")
