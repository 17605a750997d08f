"""Holes in what was read: names and values that are put in at run time."""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from relcheck.sources.migration.operation import UNKNOWN, Operation
from relcheck.sources.python.rope import HOLE

_HOLES = re.compile(f"{HOLE}+")


def scrubbed(operation: Operation) -> Operation:
    """The operation with UNKNOWN for each hole, and the fields that held one in `unknown`."""
    fields = {name: value for name in operation.__struct_fields__ if (value := getattr(operation, name))}
    changed = {name: new for name, value in fields.items() if (new := _without(value)) != value}
    if not changed:
        return operation
    unknown = tuple(dict.fromkeys((*operation.unknown, *changed)))
    return replace(operation, **changed, unknown=unknown)


def without_holes(text: str) -> str:
    return _HOLES.sub(UNKNOWN, text)


def _without(value: object) -> object:
    if isinstance(value, str):
        return without_holes(value) if HOLE in value else value
    if isinstance(value, tuple):
        return tuple(_without(item) for item in value)
    if isinstance(value, msgspec.Struct):
        changed = {
            name: new for name in value.__struct_fields__ if (new := _without(old := getattr(value, name))) != old
        }
        return replace(value, **changed) if changed else value
    return value
