"""Strings that are put together from others. Every part keeps the literal that it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from relcheck.sources.migration.python.values import (
    A_HOLE,
    NOTHING_KNOWN,
    Choice,
    Constant,
    Entries,
    Items,
    Origin,
    Text,
    Value,
    choice,
    combinations,
)
from relcheck.sources.python.rope import CONVERSION, FIELD, Part, substituted

_LONGEST = 200_000
"""Characters of one text; what would be longer is not known."""


def parts_of(value: Value) -> list[Part[Origin]]:
    """A value as a part of a text: what is no known string is a hole."""
    if type(value) is Text:
        return list(value.parts)
    if type(value) is Constant and not isinstance(value.value, bytes):
        return [Part(str(value.value), None, None, 0)]
    return [A_HOLE]


def text(parts: Sequence[Part[Origin]]) -> Value:
    if sum(len(part.text) for part in parts) > _LONGEST:
        return Text((A_HOLE,))
    return Text(tuple(parts))


def joined_parts(pieces: Sequence[Part[Origin] | Value]) -> Value:
    """Known parts and values in a row; a choice among the values is one among texts."""
    if any(type(piece) is Choice for piece in pieces):
        values = [piece if not isinstance(piece, Part) else Text((piece,)) for piece in pieces]
        return choice([(joined_parts(way), path) for way, path in combinations(values)])
    parts: list[Part[Origin]] = []
    for piece in pieces:
        if isinstance(piece, Part):
            parts.append(piece)
        else:
            parts.extend(parts_of(piece))
    return text(parts)


def added(left: Value, right: Value) -> Value:
    return text([*parts_of(left), *parts_of(right)])


def percent(template: Text, right: Value) -> Value:
    """`template % right`."""
    operands: Sequence[Value] = right.items if type(right) is Items else (right,)
    if type(right) is Entries:
        return _filled(template, CONVERSION, _Fields([], right).conversion)
    return choice(
        [
            (_filled(template, CONVERSION, _Fields(values, None).conversion), path)
            for values, path in combinations(list(operands))
        ]
    )


def formatted(template: Text, args: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """`template.format(*args, **keywords)`."""
    names = list(keywords)
    ways = combinations([*args, *keywords.values()])
    return choice(
        [
            (
                _filled(
                    template,
                    FIELD,
                    _Fields(values[: len(args)], None, dict(zip(names, values[len(args) :], strict=True))).field,
                ),
                path,
            )
            for values, path in ways
        ]
    )


def joined(separator: Text, items: Value) -> Value:
    """`separator.join(items)`."""
    if type(items) is not Items or not items.complete:
        return Text((A_HOLE,))
    pieces: list[Part[Origin] | Value] = []
    for position, item in enumerate(items.items):
        if position:
            pieces.extend(separator.parts)
        pieces.append(item)
    return joined_parts(pieces)


def replaced(template: Text, old: str, new: Value) -> Value:
    """`template.replace(old, new)`."""
    if not old:
        return Text((A_HOLE,))
    return _filled(template, re.compile(re.escape(old)), lambda _: parts_of(new))


def mapped(template: Text, change: Callable[[str], str]) -> Text:
    """A change of letters that keeps the number of characters in each part."""
    parts: list[Part[Origin]] = []
    for part in template.parts:
        new = change(part.text)
        parts.append(part._replace(text=new) if len(new) == len(part.text) else Part(new, None, None, 0))
    return Text(tuple(parts))


def stripped(template: Text, *, left: bool, right: bool, characters: str | None) -> Text:
    """`strip`, `lstrip` and `rstrip`."""
    whole = template.text
    start = len(whole) - len(whole.lstrip(characters)) if left else 0
    end = len(whole.rstrip(characters)) if right else len(whole)
    return cut(template, start, max(start, end))


def cut(template: Text, start: int, end: int) -> Text:
    """The characters from `start` to `end`."""
    parts: list[Part[Origin]] = []
    at = 0
    for part in template.parts:
        begin, stop = max(start - at, 0), min(end - at, len(part.text))
        if begin < stop:
            parts.append(part._replace(text=part.text[begin:stop], first=part.first + begin))
        at += len(part.text)
    return Text(tuple(parts))


def dedented(template: Text) -> Text:
    """`textwrap.dedent`: the space that all lines begin with is taken away."""
    whole = template.text
    lines = whole.split("\n")
    margins = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    margin = min(margins, key=len, default="")
    if any(not found.startswith(margin) for found in margins):
        return template
    pieces: list[Part[Origin]] = []
    at = 0
    for position, line in enumerate(lines):
        end = at + len(line)
        skipped = len(margin) if line.strip() else len(line)
        ending = 1 if position < len(lines) - 1 else 0
        pieces.extend(cut(template, at + skipped, end + ending).parts)
        at = end + 1
    return Text(tuple(pieces))


def _filled(
    template: Text, pattern: re.Pattern[str], value: Callable[[re.Match[str]], list[Part[Origin]] | None]
) -> Value:
    return text(substituted(list(template.parts), pattern, value))


class _Fields:
    """The arguments of one `%`, or of one call of `format`."""

    def __init__(
        self, positional: Sequence[Value], mapping: Entries | None, named: dict[str, Value] | None = None
    ) -> None:
        self._values: dict[int | str, Value] = dict(enumerate(positional))
        self._values.update(named or {})
        for key, value in mapping.entries if mapping is not None else ():
            if type(key) is Text:
                self._values[key.text] = value
        self._next = 0

    def field(self, match: re.Match[str]) -> list[Part[Origin]] | None:
        """What a replacement field of `str.format` becomes; None for a doubled brace."""
        if match.group() in {"{{", "}}"}:
            return None
        name = match["name"]
        key: int | str = int(name) if name.isdecimal() else name or self._following()
        plain = not match["path"] and match["conversion"] in (None, "!s") and (match["spec"] or ":") in {":", ":s"}
        return parts_of(self._values.get(key, NOTHING_KNOWN)) if plain else [A_HOLE]

    def conversion(self, match: re.Match[str]) -> list[Part[Origin]] | None:
        """What a conversion of the `%` operator becomes; None for `%%`."""
        if match["type"] == "%":
            return None
        key = match["name"] if match["name"] is not None else self._following()
        value = self._values.get(key, NOTHING_KNOWN)
        number = type(value) is Constant and match["type"] in "di"
        plain = not match["flags"] and (match["type"] in "sb" or number)
        return parts_of(value) if plain else [A_HOLE]

    def _following(self) -> int:
        self._next += 1
        return self._next - 1
