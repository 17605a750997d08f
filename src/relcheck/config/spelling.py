"""How keys and values are written in TOML.

What cannot be printed is escaped: a hostile file must not draw on a terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

Keys: TypeAlias = tuple[str | int, ...]
"""A way into a document: names of tables and keys, and positions in arrays (counted from 0)."""

_BARE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_LONGEST = 60


def dotted(keys: Iterable[str | int]) -> str:
    """A way into a document as people write it: `rules."transactions/raw-row-lock".locks[2]`."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{spell_key(key)}" if text else spell_key(key)
    return text


def spell_key(key: str) -> str:
    return key if _BARE.fullmatch(key) else quote(shorten(key))


def spell(value: object) -> str:
    """A value that a configuration may hold, as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(
            f"{key if _BARE.fullmatch(key) else quote(key)} = {spell(item)}" for key, item in value.items()
        )
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(spell, value))}]"
    return str(value)


def quote(text: str) -> str:
    """A basic string of TOML."""
    return f'"{visible(text.replace(chr(92), chr(92) * 2).replace(chr(34), chr(92) + chr(34)))}"'


def visible(text: str) -> str:
    """The text with everything that cannot be printed, controls of text direction included, written as its code."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _code(ord(character)) for character in text)


def shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _code(code: int) -> str:
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
