"""SQL text, cut into tokens and statements without losing a character.

The cut is ours and not a parser's, for one statement that cannot be parsed must not lose the file. Sources: PostgreSQL,
"Lexical Structure", psql's "Meta-Commands" and "Variables", "COPY"; MySQL, "Comments", "String Literals" and the
client's DELIMITER; SQLite, "Keywords" (quoting).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Dialect

TokenKind: TypeAlias = Literal["word", "quoted", "string", "number", "parameter", "hole", "sign"]


class Token(NamedTuple):
    """A token that means something. `key` is a word in capitals, a sign as it stands, and empty for the rest."""

    kind: TokenKind
    key: str
    start: int
    end: int


class Comment(NamedTuple):
    """A comment with its marks."""

    start: int
    end: int


PieceKind: TypeAlias = Literal["statement", "command", "data", "delimiter", "space"]


class Piece(NamedTuple):
    """A stretch of the text; all of them together are the text.

    `statement` is SQL with what stands before it, up to and with its `;`; `command` a `\\` command of psql; `data` the
    rows of COPY … FROM stdin; `delimiter` a DELIMITER line; `space` what is left: comments and white space.
    """

    kind: PieceKind
    start: int
    end: int
    tokens: tuple[Token, ...] = ()


class Cut(NamedTuple):
    """`pieces` and `comments` in the order of the text."""

    pieces: tuple[Piece, ...]
    comments: tuple[Comment, ...]


def cut(text: str, dialect: Dialect = "postgres", *, by_psql: bool = True) -> Cut:
    """Cut a text into statements and what stands between them. A text that goes to the server as it is, and not through
    psql, holds no commands and no rows of COPY: what looks like them is part of a statement."""
    return _Cutting(text, dialect, by_psql=by_psql).result()


_WORD = rf"[^\W\d][\w${HOLE}]*+"
_HOLE = rf"{HOLE}[\w${HOLE}]*+"
_DOLLAR = r"\$(?:[^\W\d]\w*)?\$"
_PARAMETERS = r"\$\d+|:(?:'\w+'|\"\w+\"|[^\W\d]\w*)|%\(\w+\)s|%s\b"
_POSTGRES = rf"""
      (?P<space> \s+ )
    | (?P<word> {_WORD} (?!['"&]) )
    | (?P<sign> [,;()\[\].=*] )
    | (?P<quoted> "(?:[^"]|"")*+"? | [uU]&"(?:[^"]|"")*+" )
    | (?P<comment> --[^\r\n]*+ )
    | (?P<open_comment> /\* )
    | (?P<string> [eE]'(?:[^'\\]|\\.|'')*+(?:'|\\?\Z) | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*+(?:'|\Z) )
    | (?P<number> \d[\w.]*+ )
    | (?P<hole> {_HOLE} )
    | (?P<dollar> {_DOLLAR} )
    | (?P<cast> ::|:= )
    | (?P<parameter> {_PARAMETERS} )
    | (?P<command> \\[^\r\n]*+ )
    | (?P<name> {_WORD} )
    | (?P<other> . )
    """
_MYSQL = rf"""
      (?P<space> \s+ | /\*!\d* | \*/ )
    | (?P<delimiter> (?<![^\r\n])[ \t]*+(?i:DELIMITER)[ \t]++[^\r\n]++ )
    | (?P<word> {_WORD} )
    | (?P<sign> [,;()\[\].=*] )
    | (?P<quoted> `(?:[^`]|``)*+`? )
    | (?P<comment> --(?=\s|\Z)[^\r\n]*+ | \#[^\r\n]*+ )
    | (?P<open_comment> /\* )
    | (?P<string> '(?:[^'\\]|\\.|'')*+(?:'|\\?\Z) | "(?:[^"\\]|\\.|"")*+(?:"|\\?\Z) )
    | (?P<number> \d[\w.]*+ )
    | (?P<hole> {_HOLE} )
    | (?P<parameter> %\(\w+\)s | %s\b | \? )
    | (?P<other> . )
    """
_SQLITE = rf"""
      (?P<space> \s+ )
    | (?P<word> {_WORD} )
    | (?P<sign> [,;().=*] )
    | (?P<quoted> "(?:[^"]|"")*+"? | `(?:[^`]|``)*+` | \[[^\]]*+\] )
    | (?P<comment> --[^\r\n]*+ )
    | (?P<open_comment> /\* )
    | (?P<string> '(?:[^']|'')*+(?:'|\Z) )
    | (?P<number> \d[\w.]*+ )
    | (?P<hole> {_HOLE} )
    | (?P<parameter> [:@][^\W\d]\w* | %\(\w+\)s | %s\b | \?\d* )
    | (?P<other> . )
    """
_PATTERNS = {"postgres": _POSTGRES, "mysql": _MYSQL, "sqlite": _SQLITE}


@cache
def _pattern(dialect: Dialect) -> re.Pattern[str]:
    return re.compile(_PATTERNS[dialect], re.VERBOSE | re.DOTALL)


_KINDS: dict[str, TokenKind] = {
    "word": "word",
    "name": "word",
    "quoted": "quoted",
    "string": "string",
    "dollar": "string",
    "number": "number",
    "parameter": "parameter",
    "hole": "hole",
}
_COMMENT_MARK = re.compile(r"/\*|\*/")
_END_OF_COPY = re.compile(r"^\\\.[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_ENDING_COMMAND = re.compile(r"\\(?:g\w*|crosstabview|watch|;)")
_ROUTINES = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"})
_BLOCK_ENDS = frozenset({"IF", "LOOP", "WHILE", "REPEAT"})


class _Cutting:
    def __init__(self, text: str, dialect: Dialect, *, by_psql: bool) -> None:
        self._text = text
        self._dialect = dialect
        self._by_psql = by_psql
        self._pattern = _pattern(dialect)
        self._pieces: list[Piece] = []
        self._comments: list[Comment] = []
        self._tokens: list[Token] = []
        self._start = 0
        self._delimiter = ";"
        self._depth = 0
        self._copies = False
        self._ended = False

    def result(self) -> Cut:
        at, end = 0, len(self._text)
        while at < end:
            at = self._read(at)
        self._close(end)
        return Cut(tuple(self._pieces), tuple(self._comments))

    def _read(self, at: int) -> int:
        """Read on until something makes the scan go on elsewhere, and return where."""
        tokens = self._tokens
        for match in self._pattern.finditer(self._text, at):
            group = match.lastgroup or ""
            if group == "space":
                continue
            start, end = match.span()
            if self._delimiter != ";" and self._text.startswith(self._delimiter, start):
                self._end_statement(start + len(self._delimiter))
                return start + len(self._delimiter)
            if group in ("word", "name"):
                key = match.group().upper()
                tokens.append(Token("word", key, start, end))
                if key in _WATCHED:
                    self._watch(key)
                continue
            if group == "command" and not self._by_psql:
                tokens.append(Token("sign", "\\", start, start + 1))
                return start + 1
            if group == "sign" or group == "cast" or group == "other":
                mark = match.group()
                if mark == ";" and self._delimiter == ";" and not self._depth:
                    self._end_statement(end)
                    return self._copy_data(end) if self._copies else end
                tokens.append(Token("sign", mark, start, end))
                continue
            if group == "comment":
                self._comments.append(Comment(start, end))
                continue
            if (kind := _KINDS.get(group)) is not None and group != "dollar":
                tokens.append(Token(kind, "", start, end))
                continue
            return self._special(group, start, end)
        return len(self._text)

    def _special(self, group: str, start: int, end: int) -> int:
        text = self._text
        if group == "dollar":
            tag = text[start:end]
            closing = text.find(tag, end)
            stop = closing + len(tag) if closing >= 0 else len(text)
            self._tokens.append(Token("string", "", start, stop))
            return stop
        if group == "open_comment":
            stop = self._comment_end(end)
            self._comments.append(Comment(start, stop))
            return stop
        if group == "delimiter":
            self._close(start)
            self._delimiter = text[start:end].split(None, 1)[1].strip() or ";"
            self._add("delimiter", end)
        elif group == "command":
            if not self._tokens:
                self._close(start)
                self._add("command", end)
            elif _ENDING_COMMAND.match(text, start):
                self._end_statement(start)
                self._add("command", end)
        return end

    def _watch(self, key: str) -> None:
        """Follow the blocks whose inner `;` end no statement, and see whether rows of COPY come next."""
        tokens = self._tokens
        first = tokens[0].key
        if first == "COPY":
            self._copies |= self._by_psql and key == "STDIN" and len(tokens) > 1 and tokens[-2].key == "FROM"
            return
        if first != "CREATE":
            return
        before = tokens[-2].key if len(tokens) > 1 else ""
        if key == "END":
            self._ended = self._depth > 0
            self._depth -= self._ended
        elif key in _BLOCK_ENDS and before == "END" and self._ended:
            self._depth += 1  # END IF ends no BEGIN
        elif (key == "CASE" and self._depth and before != "END") or (
            self._opens_body(key, before) and any(token.key in _ROUTINES for token in tokens[:12])
        ):
            self._depth += 1

    def _opens_body(self, key: str, before: str) -> bool:
        return key == "BEGIN" if self._dialect != "postgres" else key == "ATOMIC" and before == "BEGIN"

    def _comment_end(self, at: int) -> int:
        """Behind a comment; PostgreSQL nests them. One that is never closed goes to the end."""
        if self._dialect != "postgres":
            closing = self._text.find("*/", at)
            return closing + 2 if closing >= 0 else len(self._text)
        depth = 1
        for mark in _COMMENT_MARK.finditer(self._text, at):
            depth += 1 if mark.group() == "/*" else -1
            if not depth:
                return mark.end()
        return len(self._text)

    def _copy_data(self, at: int) -> int:
        """Behind the rows that follow COPY … FROM stdin; they begin on the next line."""
        line = self._text.find("\n", at)
        self._copies = False
        if line < 0:
            return at
        end = _END_OF_COPY.search(self._text, line + 1)
        self._add("data", end.end() if end else len(self._text))
        return self._start

    def _end_statement(self, end: int) -> None:
        self._close(end)
        self._depth = 0

    def _close(self, end: int) -> None:
        if self._tokens:
            self._add("statement", end)
        elif end > self._start:
            self._add("space", end)

    def _add(self, kind: PieceKind, end: int) -> None:
        if kind != "statement" and self._tokens:
            self._close(self._start)
        self._pieces.append(Piece(kind, self._start, end, tuple(self._tokens)))
        self._tokens.clear()
        self._start = end


_WATCHED = frozenset({"BEGIN", "END", "CASE", "ATOMIC", "STDIN"}) | _BLOCK_ENDS
