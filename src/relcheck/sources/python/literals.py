"""The values of Python string literals, with the place of every character.

The standard library gives a literal's value and loses where its characters stand; a finding inside a string needs both.
The grammar is that of the language reference, "String and Bytes literals".
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

import msgspec


class Decoded(msgspec.Struct, frozen=True):
    """A literal's value, and where each of its characters stands in the raw source.

    `value` is the text; that of a bytes literal is its bytes as Latin-1, and `is_bytes` is true. `end` is the raw
    offset behind the last character of the body. The last three hold the map: from `starts[k]` of the value on,
    characters stand from `raws[k]` of the raw source on, each `widths[k]` raw characters wide; a width above one is
    that of a single escape.
    """

    value: str
    is_bytes: bool
    end: int
    starts: tuple[int, ...]
    raws: tuple[int, ...]
    widths: tuple[int, ...]

    def raw_offset(self, index: int) -> int:
        """Where the character `index` of the value begins in the raw source; the body's end for `len(value)`."""
        if index >= len(self.value):
            return self.end
        run = bisect_right(self.starts, index) - 1
        return self.raws[run] + index - self.starts[run]

    def raw_end(self, index: int) -> int:
        """The raw offset behind the character `index` of the value: behind its whole escape, where it is one."""
        run = bisect_right(self.starts, index) - 1
        return self.raws[run] + index - self.starts[run] + self.widths[run]


def decode(raw: str) -> Decoded | None:
    """Read one string or bytes literal as it stands in a file, prefix and quotes included.

    None for anything else: an f-string, a t-string, two literals, a name. What Python would refuse is read leniently,
    so that no text is lost: a malformed escape (`\\x4`) stays as written, a character name that this Python does not
    know is U+FFFD.
    """
    opening = _OPENING.match(raw)
    if opening is None:
        return None
    prefix, quote = opening.group("prefix").lower(), opening.group("quote")
    begin, end = opening.end(), len(raw) - len(quote)
    if end < begin or not raw.endswith(quote):
        return None
    is_bytes = "b" in prefix
    if "\\" in raw or quote[0] in raw[begin:end]:
        closed = _CLOSING[quote].match(raw, begin)
        if closed is None or closed.end() != len(raw):
            return None
    escapes = _NEWLINE if "r" in prefix else _BYTES_ESCAPE if is_bytes else _ESCAPE
    return _decode_body(raw, begin, end, escapes, is_bytes=is_bytes)


def decode_text(raw: str, *, is_raw: bool) -> Decoded:
    """Read one stretch of text between the placeholders of an f-string, its doubled braces included."""
    return _decode_body(raw, 0, len(raw), _RAW_TEXT_ESCAPE if is_raw else _TEXT_ESCAPE, is_bytes=False)


_OPENING = re.compile(r"""(?P<prefix>[rR]?[bB]?|[bB][rR]|[uU])(?P<quote>\"\"\"|'''|"|')""")


# A body up to and with its closing quote. In a raw string too, a quote behind a backslash does not close it.
_CLOSING = {
    quote: re.compile(rf"(?:[^\\{quote[0]}]++|\\.|(?!{quote}){quote[0]})*+{quote}", re.DOTALL)
    for quote in ('"""', "'''", '"', "'")
}

_NEWLINE = re.compile(r"\r\n?")
_COMMON = r"\\(?:\r\n|[\n\r]|[0-7]{1,3}|x[0-9a-fA-F]{2}"
_UNICODE = r"|u[0-9a-fA-F]{4}|U(?:000[0-9a-fA-F]|0010)[0-9a-fA-F]{4}|N\{[^{}\\]+\}"
_BYTES_ESCAPE = re.compile(_COMMON + r"|.)|\r\n?", re.DOTALL)
_ESCAPE = re.compile(_COMMON + _UNICODE + r"|.)|\r\n?", re.DOTALL)
# A backslash before a brace is a plain one: the brace belongs to the placeholder or to its double.
_TEXT_ESCAPE = re.compile(_COMMON + _UNICODE + r"|[^{}])|\r\n?|\{\{|\}\}", re.DOTALL)
_RAW_TEXT_ESCAPE = re.compile(r"\r\n?|\{\{|\}\}")

_SINGLE = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


def _decode_body(raw: str, begin: int, end: int, escapes: re.Pattern[str], *, is_bytes: bool) -> Decoded:
    parts: list[str] = []
    starts: list[int] = []
    raws: list[int] = []
    widths: list[int] = []
    length = 0
    at = begin
    for match in escapes.finditer(raw, begin, end):
        token = match.group()
        character = _value_of(token, is_bytes=is_bytes)
        if character is None:
            continue
        if at < match.start():
            parts.append(raw[at : match.start()])
            starts.append(length)
            raws.append(at)
            widths.append(1)
            length += match.start() - at
        if character:
            parts.append(character)
            starts.append(length)
            raws.append(match.start())
            widths.append(len(token))
            length += 1
        at = match.end()
    if at < end or not starts:
        parts.append(raw[at:end])
        starts.append(length)
        raws.append(at)
        widths.append(1)
    return Decoded("".join(parts), is_bytes, end, tuple(starts), tuple(raws), tuple(widths))


def _value_of(token: str, *, is_bytes: bool) -> str | None:
    """What an escape, a line end or a doubled brace stands for; "" for nothing, None to keep it as written."""
    if token[0] != "\\":
        return "\n" if token[0] == "\r" else token[0]
    kind = token[1]
    if kind in _SINGLE:
        return _SINGLE[kind]
    if kind in "\r\n":
        return ""
    if kind in "01234567":
        code = int(token[1:], 8)
        return chr(code & 0xFF if is_bytes else code)
    digits = token[2:]
    if not digits:
        return None
    return _named(digits[1:-1]) if kind == "N" else chr(int(digits, 16))


def _named(name: str) -> str:
    try:
        found = unicodedata.lookup(name)
    except KeyError:
        return "\N{REPLACEMENT CHARACTER}"
    # `lookup` knows named sequences too, literals do not.
    return found if len(found) == 1 else "\N{REPLACEMENT CHARACTER}"
