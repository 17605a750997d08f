"""SQL text without what is not SQL in it: comments, string literals and the insides of quoted names; and its tokens."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator


def blank(sql: str, *, function_bodies: bool = False) -> str:
    """The text, of the same length, with everything blanked that only looks like SQL.

    Spaces stand for comments (`--`, nested `/* */`), string literals (standard, `E''`, dollar-quoted) and the tags of
    templates (`{% %}`, `{# #}`); letters `x` for quoted identifiers; holes for placeholders (`{name}`, `{{ name }}`).
    A dollar-quoted body is kept where `function_bodies` asks for it, and always behind `DO`, which runs at once.

    A quote that is never closed blanks nothing, and neither does an apostrophe behind a letter: the text may be prose
    or a fragment, and what stands behind the quote must not be lost.
    """
    return _Blanking(sql, function_bodies=function_bodies).result()


class Token(NamedTuple):
    """A token of blanked text; `kind` is the group's name in the pattern, `key` the text in upper case."""

    kind: str
    key: str
    text: str
    start: int
    end: int


def tokens(blanked: str) -> Iterator[Token]:
    """The tokens of a text that `blank` made."""
    for match in _TOKEN.finditer(blanked):
        text = match.group()
        yield Token(match.lastgroup or "", text.upper(), text, match.start(), match.end())


_TOKEN = re.compile(
    rf"""
      (?P<hole> {HOLE}+ )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<number> \d[\w.]* )
    | (?P<cast> ::|:= )
    | (?P<parameter> %\(\w+\)s | %s\b | (?<!\w):[^\W\d]\w* | \$\d+ | (?<!\w)\? | @\w+ )
    | (?P<ellipsis> \.\.\. | … )
    | (?P<operator> [-+*/<>=~!@\#%^&|]+ )
    | (?P<other> \S )
    """,
    re.VERBOSE,
)

_QUOTED = {
    "'": re.compile(r"'(?:[^']++|'')*+'"),
    '"': re.compile(r'"(?:[^"]++|"")*+"'),
    "`": re.compile(r"`(?:[^`]++|``)*+`"),
}
_ESCAPED = re.compile(r"'(?:[^'\\]++|\\.|'')*+'", re.DOTALL)
_WORD_BEFORE = re.compile(r"\w{1,20}\Z")
# Words behind which a quote opens a string although no space stands between.
_OPENERS = frozenset(
    {"E", "B", "X", "N", "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "SELECT", "LIKE", "ILIKE", "IN", "AND"}
    | {"OR", "THEN", "ELSE", "WHEN", "AS", "BETWEEN", "ESCAPE", "RETURN"}
)
_LINE_COMMENT = re.compile(r"--[^\r\n]*")
_COMMENT_MARK = re.compile(r"/\*|\*/")
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_DOLLARS = re.compile(r"(?=(\$(?:[^\W\d]\w*)?\$))")
_DO_BEFORE = re.compile(r"\bDO(?:\s+LANGUAGE\s+\w+)?\s*\Z", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|\$?\{[\w.\[\]]*(?:![rsa])?(?::[^{}\s]*)?\}")
_START = re.compile(r"--|/\*|\{[%#]|\$?\{|['\"`$]")


class _Blanking:
    def __init__(self, sql: str, *, function_bodies: bool) -> None:
        self._sql = sql
        self._function_bodies = function_bodies
        self._odd_quotes = sql.count("'") % 2 == 1
        self._bodies = [(0, len(sql))]
        self._spans: list[tuple[int, int, str]] = []

    def result(self) -> str:
        while self._bodies:
            at, end = self._bodies.pop()
            self._absent: set[str] = set()
            while (match := _START.search(self._sql, at, end)) is not None:
                at = self._skip(match, end)
        parts: list[str] = []
        at = 0
        for start, stop, filling in sorted(self._spans):
            parts.append(self._sql[at:start])
            parts.append(filling)
            at = stop
        return "".join(parts) + self._sql[at:]

    def _skip(self, match: re.Match[str], end: int) -> int:
        """Blank what begins here and return where it ends; the next character, where it turns out to be nothing."""
        start, mark = match.start(), match.group()
        if mark == "--":
            stop = _matched(_LINE_COMMENT.match(self._sql, start, end), start)
        elif mark == "/*":
            stop = self._comment_end(start, end)
        elif mark == "'":
            stop = self._string_end(start, end)
        elif mark in '"`':
            return self._identifier(mark, start, end)
        elif mark == "$":
            return self._dollar(start, end)
        elif mark in {"{%", "{#"}:
            stop = self._found(mark[1] + "}", start + 2, end)
        else:
            stop = _matched(_PLACEHOLDER.match(self._sql, start, end), start)
            self._fill(start, stop, HOLE)
            return max(stop, match.end())
        self._fill(start, stop, " ")
        return max(stop, match.end())

    def _fill(self, start: int, stop: int, character: str) -> None:
        if stop > start:
            self._spans.append((start, stop, character * (stop - start)))

    def _found(self, closing: str, start: int, end: int) -> int:
        """Behind the next `closing`, or 0. One that is absent once is absent for good: the scan only goes forward."""
        if closing in self._absent:
            return 0
        at = self._sql.find(closing, start, end)
        if at < 0:
            self._absent.add(closing)
        return at + len(closing) if at >= 0 else 0

    def _comment_end(self, start: int, end: int) -> int:
        """PostgreSQL nests comments and MySQL does not: one that is closed only the second way ends there."""
        nested = self._nested_comments.get(start, end)
        return nested + 2 if nested + 2 <= end else self._found("*/", start + 2, end)

    @cached_property
    def _nested_comments(self) -> dict[int, int]:
        opened: list[int] = []
        ends: dict[int, int] = {}
        for match in _COMMENT_MARK.finditer(self._sql):
            if match.group() == "/*":
                opened.append(match.start())
            elif opened:
                ends[opened.pop()] = match.start()
        return ends

    def _string_end(self, start: int, end: int) -> int:
        if self._odd_quotes and not self._sql[:start].strip() and self._sql[start + 1 : start + 2].isspace():
            return 0  # the text goes on behind a string that begins in another one
        before = self._sql[start - 1] if start else " "
        pattern = _QUOTED["'"]
        if before == HOLE and self._sql[start + 1 : start + 3].rstrip() == "s":
            return 0
        if before.isalnum() or before == "_":
            word = _WORD_BEFORE.search(self._sql, max(start - 20, 0), start)
            opener = word.group().upper() if word else ""
            if opener not in _OPENERS and not opener.startswith("_"):
                return 0
            pattern = _ESCAPED if opener == "E" else pattern
        return _matched(pattern.match(self._sql, start, end), start)

    def _identifier(self, quote: str, start: int, end: int) -> int:
        stop = _matched(_QUOTED[quote].match(self._sql, start, end), start)
        if stop == start:
            return start + 1
        # Letters that would join a word beside the quote: `select"id"from` holds three words.
        first = " " if start and self._sql[start - 1].isalnum() else "x"
        last = " " if self._sql[stop : stop + 1].isalnum() else "x"
        self._spans.append((start, stop, first + "x" * (stop - start - 2) + last))
        return stop

    def _dollar(self, start: int, end: int) -> int:
        tag = _DOLLAR.match(self._sql, start, end)
        if tag is None or (start and (self._sql[start - 1].isalnum() or self._sql[start - 1] in "_$")):
            return start + 1
        places = self._dollars[tag.group()]
        following = bisect_left(places, tag.end())
        if following == len(places) or places[following] + len(tag.group()) > end:
            return start + 1
        closing = places[following]
        stop = closing + len(tag.group())
        if self._function_bodies or _DO_BEFORE.search(self._sql, max(start - 60, 0), start):
            self._fill(start, tag.end(), " ")
            self._fill(closing, stop, " ")
            self._bodies.append((tag.end(), closing))
        else:
            self._fill(start, stop, " ")
        return stop

    @cached_property
    def _dollars(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = defaultdict(list)
        for match in _DOLLARS.finditer(self._sql):
            places[match.group(1)].append(match.start())
        return places


def _matched(match: re.Match[str] | None, start: int) -> int:
    return start if match is None else match.end()
