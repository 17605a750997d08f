"""Evaluated calls of one migration file: their arguments, where they stand, and the texts in them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.django.facts import NOWHERE, Piece, SqlText
from relcheck.sources.migration.operation import UNKNOWN
from relcheck.sources.migration.python.values import (
    Call,
    Choice,
    Class,
    Constant,
    Instance,
    Items,
    Maybe,
    Symbol,
    Text,
    Value,
)
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from relcheck.sources.migration.python.module import Module


class Written:
    """A call, of a class of Django's or of the project's. `func` is what is called, `path` its dotted name."""

    def __init__(self, call: Call, func: Value) -> None:
        self.call = call
        self.func = func
        self.args = call.args
        self.named: Mapping[str, Value] = call.keywords
        self.path = func.name if isinstance(func, Symbol | Class) else UNKNOWN

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def argument(self, name: str, position: int | None = None) -> Value | None:
        if name in self.named:
            return self.named[name]
        return self.args[position] if position is not None and position < len(self.args) else None

    def source(self, name: str) -> str | None:
        """How a named argument is written, cut where it is long."""
        if name not in self.named:
            return None
        node = self.call.node
        keywords = node.keywords if isinstance(node, ast.Call) else ()
        value = next((keyword.value for keyword in keywords if keyword.arg == name), None)
        return UNKNOWN if value is None else shortened(self.call.module.source(value), 300)


def written(value: Value | None) -> Written | None:
    """The call that a value is; of values under conditions, the first that is one."""
    if type(value) is Call:
        return Written(value, _named_by_setting(value.func))
    if type(value) is Instance:
        return Written(value.call, value.cls)
    if type(value) is Maybe:
        return written(value.value)
    if type(value) is Choice:
        return next((found for option, _ in value.options if (found := written(option)) is not None), None)
    return None


def _named_by_setting(func: Value) -> Value:
    """A class that is named by a text: `import_string(settings.DEFAULT_AUTO_FIELD)`."""
    if type(func) is not Call or type(func.func) is not Symbol or not func.func.name.endswith(".import_string"):
        return func
    named = func.args[0] if func.args else None
    if type(named) is Symbol and named.name.startswith("django.conf.settings."):
        return Symbol(named.name.removeprefix("django.conf."))
    text = text_of(named)
    return func if text is None else Symbol(text)


class Places:
    """Where things stand in the file of `module`; `NOWHERE` for what stands in another one."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def of(self, found: Written | None) -> Region:
        if found is None or found.call.module is not self.module:
            return NOWHERE
        return self.module.region(found.call.node)

    def sql(self, text: Text, around: Region) -> SqlText:
        """The SQL that a text is, with the places of its characters."""
        pieces: list[Piece] = []
        region: Region | None = None
        at = 0
        for part in text.parts:
            origin = part.node
            if origin is not None and origin.module is self.module and part.text != HOLE:
                if region is None:
                    region = self.module.region(origin.node)
                self._map(pieces, at, part.first, part.text, origin.node)
            else:
                pieces.append(Piece(at, 0, 0))
            at += len(part.text)
        whole = text.text
        known = whole.replace(HOLE, " ").strip()
        holes = HOLE in whole
        return SqlText(region or around, whole if known else None, tuple(pieces), holes)

    def _map(self, pieces: list[Piece], at: int, first: int, text: str, node: ast.expr) -> None:
        literals = self.module.literals(node)
        found = () if literals is None else literals.stretches(first, first + len(text))
        count = len(pieces)
        for index, offset in found:
            place = self.module.between(offset, offset)
            pieces.append(Piece(at + index - first, place.line, place.column))
        if len(pieces) == count:
            pieces.append(Piece(at, 0, 0))


def shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def text_of(value: Value | None) -> str | None:
    """A text, `UNKNOWN` for each part of it that is not known; None for what is no text."""
    return value.text.replace(HOLE, UNKNOWN) if type(value) is Text else None


def is_none(value: Value | None) -> bool:
    return value is None or (type(value) is Constant and value.value is None)


def items_of(value: Value | None) -> tuple[Value, ...] | None:
    """The items of a list, tuple or set; None where they are not all known."""
    return value.items if type(value) is Items and value.complete else None
