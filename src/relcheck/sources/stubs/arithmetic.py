"""Operators and pure functions of the languages on values that are known."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sources.stubs.outside import PRODUCTION
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    NOTHING,
    Closure,
    Either,
    Inert,
    Known,
    Listed,
    Object,
    Record,
    Some,
    Space,
    Type,
    Value,
    flags_of,
    joined_all,
)

_FALSE_WORDS = frozenset({"", "0", "f", "F", "false", "FALSE", "False"})
_STAGE = max(PRODUCTION, key=len)


def truth(value: Value, language: str) -> bool | None:
    """Whether a value holds in a condition; None where that cannot be told."""
    match value:
        case Known(value=known):
            return bool(known)
        case Either(options=options):
            held = {bool(one.value) for one in options}
            return held.pop() if len(held) == 1 else None
        case Listed(items=items, open=False):
            return True if language in ("typescript", "javascript") else bool(items)
        case Record(entries=entries, open=False):
            return True if language in ("typescript", "javascript") else bool(entries)
        case Closure() | Type() | Object() | Space() | Inert():
            return True
        case _:
            return None


def operation(operator: str, operands: Sequence[Value], language: str) -> Value:  # noqa: C901  # a case for each kind
    """What an operator gives."""
    flags = NO_FLAGS.union(*(flags_of(one) for one in operands))
    match operator, operands:
        case "not" | "!", [one]:
            known = truth(one, language)
            return Known(not known) if known is not None else Some(flags)
        case "==" | "!=", [one, other]:
            equal = _equal(one, other)
            return Some(flags) if equal is None else Known(equal is (operator == "=="))
        case "in" | "not in", [Known() as one, Listed(items=items, open=False)]:
            found = [_equal(one, item) for item in items]
            if True in found:
                return Known(operator == "in")
            return Some(flags) if None in found else Known(operator == "not in")
        case "in" | "not in", [Known(value=key), Record(entries=entries, open=False)]:
            return Known((str(key) in entries) is (operator == "in"))
        case "<" | ">" | "<=" | ">=", [Known(value=int() | float() as one), Known(value=int() | float() as other)]:
            return Known({"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[operator])
        case "+", [Known(value=int() | float() as one), Known(value=int() | float() as other)]:
            return Known(one + other)
        case "+", [Known(value=str() as one), Known(value=str() as other)]:
            return Known(one + other)
        case "*", [Known(value=int() as one), Known(value=int() as other)] if abs(one * other) < 2**53:
            return Known(one * other)
        case "-", [Known(value=int() | float() as one), Known(value=int() | float() as other)]:
            return Known(one - other)
        case "-", [Known(value=int() | float() as one)]:
            return Known(-one)
        case "text", _ if all(isinstance(one, Known) for one in operands):
            return Known("".join(_text(one.value, language) for one in operands if isinstance(one, Known)))
        case "convert", [Known() as one]:
            return one
        case "typeof", [Known(value=known)]:
            return Known({bool: "boolean", str: "string", int: "number", float: "number"}.get(type(known), "undefined"))
        case _:
            return Some(flags)


def _text(value: object, language: str) -> str:
    if language == "python" or not isinstance(value, (bool, type(None))):
        return str(value)
    return {True: "true", False: "false", None: "null"}[value]


def _equal(one: Value, other: Value) -> bool | None:
    """Whether two values are equal; None where that cannot be told."""
    if isinstance(one, Known) and isinstance(other, Known):
        first, second = one.value, other.value
        if isinstance(first, str) and isinstance(second, str) and _STAGE in (first, second):
            return first in PRODUCTION and second in PRODUCTION
        return first == second
    for some, known in ((one, other), (other, one)):
        if known == NOTHING:
            if isinstance(some, (Listed, Record, Closure, Type, Object, Inert)):
                return False
            if isinstance(some, Some) and some.failure:
                return False
    if one is other and isinstance(one, (Type, Closure)):
        return True
    return None


def builtin(language: str, name: str, arguments: Sequence[Value], home: int, depth: int) -> Value | None:  # noqa: C901  # a case for each kind
    """What a function of the language gives for known arguments; None where that cannot be told."""
    first = arguments[0] if arguments else None
    flags = NO_FLAGS.union(*(flags_of(one) for one in arguments))
    match name:
        case "bool" | "Boolean" if first is not None:
            known = truth(first, language)
            return Known(known) if known is not None else Some(flags)
        case "str" | "String" if isinstance(first, Known):
            return Known(_text(first.value, language))
        case "int" | "Number" | "parseInt" | "float" | "parseFloat" | "strconv.Atoi" if isinstance(first, Known):
            number = _number(first.value)
            return Known(number) if number is not None else Some(flags)
        case "strconv.ParseBool" if isinstance(first, Known):
            return Listed([Known(first.value not in _FALSE_WORDS), NOTHING], home, depth)
        case "strings.ToLower" if isinstance(first, Known) and isinstance(first.value, str):
            return Known(first.value.lower())
        case "strings.TrimSpace" if isinstance(first, Known) and isinstance(first.value, str):
            return Known(first.value.strip())
        case "len" if isinstance(first, Listed) and not first.open:
            return Known(len(first.items))
        case "len" if isinstance(first, Record) and not first.open:
            return Known(len(first.entries))
        case "len" if isinstance(first, Known) and isinstance(first.value, str):
            return Known(len(first.value))
        case "Object.freeze" | "Object.seal" | "types.MappingProxyType" | "Promise.resolve" if len(arguments) == 1:
            return first
        case "frozenset" | "tuple" | "list" | "dict" | "set" | "copy.copy" | "copy.deepcopy" if len(arguments) == 1:
            return _copied(arguments[0], home, depth)
        case "functools.update_wrapper" | "functools.partial" if isinstance(first, Closure):
            return first
        case "cast" | "typing.cast" if len(arguments) == 2:
            return arguments[1]
        case "Object.values" if isinstance(first, Record) and not first.open:
            return Listed(list(first.entries.values()), home, depth)
        case "Object.keys" if isinstance(first, Record) and not first.open:
            return Listed([Known(key) for key in first.entries], home, depth)
        case "Object.entries" if isinstance(first, Record) and not first.open:
            pairs: list[Value] = [Listed([Known(key), one], home, depth) for key, one in first.entries.items()]
            return Listed(pairs, home, depth)
        case "dict" | "list" | "set" | "tuple" | "Map" | "Set" | "Array" if not arguments:
            empty = name in ("dict", "Map")
            return Record({}, home, depth) if empty else Listed([], home, depth)
        case "make" | "new" if language == "go":
            return Record({}, home, depth, open=True)
        case "append" if language == "go" and isinstance(first, Listed):
            return Listed([*first.items, *arguments[1:]], home, depth, first.open)
        case (
            "len"
            | "min"
            | "max"
            | "any"
            | "all"
            | "int"
            | "str"
            | "float"
            | "Number"
            | "String"
            | "parseInt"
            | "Object.values"
            | "Object.keys"
            | "sorted"
            | "strconv.Atoi"
            | "strings.ToLower"
            | "strconv.ParseBool"
        ):
            return Some(flags)
        case _:
            return None


def _copied(value: Value, home: int, depth: int) -> Value:
    """Another list or dict with the same in it: what is done to it the first one does not see."""
    match value:
        case Listed(items=items, open=opened, flags=flags):
            return Listed(list(items), home, depth, opened, flags)
        case Record(entries=entries, open=opened, flags=flags):
            return Record(dict(entries), home, depth, opened, flags)
        case _:
            return Some(flags_of(value), what="a copy")


def _number(value: object) -> int | float | None:
    if isinstance(value, (bool, int, float)):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, str):
        try:
            return int(value.strip() or "0")
        except ValueError:
            return None
    return 0 if value is None else None


def method(base: Value, name: str, arguments: Sequence[Value], home: int, depth: int) -> Value | None:  # noqa: C901  # a case for each kind
    """What a method of a known value gives, without changing it; None where that cannot be told."""
    first = arguments[0] if arguments else None
    match base, name:
        case Known(value=str() as text), "lower" | "toLowerCase" | "casefold":
            return Known(text.lower())
        case Known(value=str() as text), "upper" | "toUpperCase":
            return Known(text.upper())
        case Known(value=str() as text), "strip" | "trim" if not arguments:
            return Known(text.strip())
        case Known(value=str() as text), "split" if (
            isinstance(first, Known) and isinstance(first.value, str) and first.value
        ):
            return Listed([Known(part) for part in text.split(first.value)], home, depth)
        case Known(), "toString" | "valueOf":
            return base
        case Listed(items=items, open=False), "includes" if isinstance(first, Known):
            return operation("in", [first, Listed(items, home, depth)], "")
        case Record(entries=entries, open=False), "get" if isinstance(first, Known):
            return entries.get(str(first.value), arguments[1] if len(arguments) > 1 else NOTHING)
        case Record(entries=entries, open=False), "get" if first is not None and entries:
            default = arguments[1] if len(arguments) > 1 else NOTHING
            return joined_all(list(entries.values()), default)
        case Record(entries=entries, open=False), "has" | "hasOwnProperty" if isinstance(first, Known):
            return Known(str(first.value) in entries)
        case Record(entries=entries, open=False), "values":
            return Listed(list(entries.values()), home, depth)
        case Record(entries=entries, open=False), "items" | "entries":
            return Listed([Listed([Known(key), one], home, depth) for key, one in entries.items()], home, depth)
        case Record(entries=entries, open=False), "keys":
            return Listed([Known(key) for key in entries], home, depth)
        case ((Record() | Listed()), "copy"):
            return base
        case _:
            return None
