"""The line of every key of a TOML document.

The parser gives values without places; this finds the places without values. It reads what a TOML parser has accepted,
so it tells tables, keys and values apart and checks nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress

import tomli
from msgspec import Struct

from relcheck.config.spelling import Keys

_BARE = r"[A-Za-z0-9_-]++"
_LINE = r""""(?!"")(?:[^"\\\n]|\\.)*+"|'(?!'')[^'\n]*+'"""  # a string on one line
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_KEY = re.compile(f"{_BARE}|{_LINE}")
_DOT = re.compile(r"[ \t]*+\.[ \t]*+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\"]|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    f"|{_LINE}",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^\s,\]}#]++(?: [0-9]{2}:[^\s,\]}#]*+)?")  # a date and its time may stand apart
_SIMPLE = re.compile(  # most lines: one key, and a string, a word or an array of such
    rf"({_BARE}|{_LINE})[ \t]*+=[ \t]*+"
    rf"(?:{_LINE}|\[(?:[^\[\]{{}}\"'#\n]|{_LINE})*+\]|[^\s,\"'\[\]{{}}#]++)[ \t\r]*+(?![^#\n])"
)


def key_lines(text: str) -> dict[Keys, int]:
    """Where each table, key and array entry of a valid TOML document is first mentioned; lines count from 1.

    What is missing stands on the line of what holds it.
    """
    scan = _Scan(text)
    with suppress(_LostError):  # a newer TOML than this knows: what was found up to there still helps
        scan.document()
    return scan.lines


class _LostError(Exception):
    pass


class _Open(Struct):
    """An array or inline table that is not closed yet; `entry` counts the entries of an array."""

    keys: Keys
    entry: int | None


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Keys, int] = {}
        self._ends = [end.start() for end in re.finditer("\n", text)]
        self._entries: dict[Keys, int] = {}

    def document(self) -> None:
        table: Keys = ()
        while self._next():
            if self._skip("[["):
                table = self._entry_header()
            elif self._skip("["):
                table = self._table(self._key())
                self._expect("]")
            elif simple := _SIMPLE.match(self.text, self.at):
                self._mark((*table, _name(simple.group(1))), self.at)
                self.at = simple.end()
            else:
                self._value(self._assigned(table))

    def _entry_header(self) -> Keys:
        """`[[a.b]]`: one more entry of the array."""
        start = self.at
        *outer, last = self._key()
        array = (*self._table(outer, start), last)
        self._mark(array, start)
        entry = self._entries.get(array, 0)
        self._entries[array] = entry + 1
        self._mark((*array, entry), start)
        self._expect("]]")
        return (*array, entry)

    def _table(self, names: list[str], start: int | None = None) -> Keys:
        """The table of a header: a name of an array of tables stands for its last entry."""
        keys: Keys = ()
        for name in names:
            keys += (name,)
            self._mark(keys, self.at if start is None else start)
            if keys in self._entries:
                keys += (self._entries[keys] - 1,)
        return keys

    def _assigned(self, table: Keys) -> Keys:
        """Read `a.b =`, mark both keys and return the way to the value."""
        start = self.at
        keys = table
        for name in self._key():
            keys += (name,)
            self._mark(keys, start)
        self._next()
        self._expect("=")
        return keys

    def _value(self, keys: Keys) -> None:
        opened: list[_Open] = []
        while True:
            self._next()
            if self._skip("["):
                opened.append(_Open(keys, 0))
            elif self._skip("{"):
                opened.append(_Open(keys, None))
            else:
                self._take(_STRING, _PLAIN)
            following = self._following(opened)
            if following is None:
                return
            keys = following

    def _following(self, opened: list[_Open]) -> Keys | None:
        """The way to the next value inside what is open; None where all is closed."""
        while opened:
            self._next()
            if self._skip("]") or self._skip("}"):
                opened.pop()
            elif self._skip(","):
                pass
            elif (entry := opened[-1].entry) is None:
                return self._assigned(opened[-1].keys)
            else:
                opened[-1].entry = entry + 1
                keys = (*opened[-1].keys, entry)
                self._mark(keys, self.at)
                return keys
        return None

    def _key(self) -> list[str]:
        self._next()
        names = [_name(self._take(_KEY))]
        while dot := _DOT.match(self.text, self.at):
            self.at = dot.end()
            names.append(_name(self._take(_KEY)))
        self._next()
        return names

    def _mark(self, keys: Keys, position: int) -> None:
        if keys not in self.lines:
            self.lines[keys] = bisect_right(self._ends, position - 1) + 1

    def _next(self) -> bool:
        """Go to what is neither space nor comment; false at the end."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def _skip(self, token: str) -> bool:
        found = self.text.startswith(token, self.at)
        self.at += len(token) if found else 0
        return found

    def _expect(self, token: str) -> None:
        if not self._skip(token):
            raise _LostError

    def _take(self, *patterns: re.Pattern[str]) -> str:
        for pattern in patterns:
            if match := pattern.match(self.text, self.at):
                self.at = match.end()
                return match.group()
        raise _LostError


def _name(written: str) -> str:
    if written[0] == "'" or (written[0] == '"' and "\\" not in written):
        return written[1:-1]
    if written[0] == '"':
        try:
            return next(iter(tomli.loads(f"{written} = 0")))
        except tomli.TOMLDecodeError:
            raise _LostError from None
    return written
