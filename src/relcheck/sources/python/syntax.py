"""Bytes to text to trees, with a clear error for what Python itself would refuse."""

from __future__ import annotations

import ast
import codecs
import re
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.python.positions import line_of, line_starts

if TYPE_CHECKING:
    import libcst as cst

_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_PLACE = re.compile(r"error at (\d+):(\d+)")
_ACCEPTED = {"utf-8": "utf-8", "ascii": "ascii", "iso8859-1": "latin-1"}


class UnparseableError(Exception):
    """A file that its language does not allow, or that is too large or too deep to be read safely."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type[UnparseableError], tuple[str, int, int]]:
        return (UnparseableError, (self.message, self.line, self.column))


@dataclass(frozen=True)
class Source:
    """The decoded text of a file, without its byte order mark."""

    text: str

    @cached_property
    def starts(self) -> list[int]:
        return line_starts(self.text)

    def line(self, number: int) -> str:
        """A line, counted from 1, without its end."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def region(self, start: int, end: int) -> Region:
        """The part of two offsets that stands on the first line."""
        line = line_of(self.starts, start)
        begin = self.starts[line - 1]
        width = len(self.line(line))
        return Region(line, start - begin + 1, line, max(min(end - begin, width), start - begin) + 1)


def decode(data: bytes) -> str:
    """The text of a Python file. Raises `UnparseableError` for NUL bytes and for encodings other than UTF-8, ASCII and
    Latin-1.

    Source: PEP 263 (a coding line in one of the first two lines), PEP 3120 (else UTF-8).
    """
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnparseableError("it holds a NUL byte, which Python does not allow", data.count(b"\n", 0, nul) + 1)
    body = data.removeprefix(codecs.BOM_UTF8)
    encoding = declared_encoding(body)
    if len(body) != len(data) and encoding != "utf-8":
        raise UnparseableError(f"it has a UTF-8 byte order mark and declares the encoding {encoding}")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise UnparseableError(f"it is not valid {encoding}; save it as UTF-8 or declare its encoding", line) from None


def declared_encoding(body: bytes) -> str:
    """The encoding that a file without byte order mark declares: `utf-8`, `ascii` or `latin-1`."""
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", body[:4096], maxsplit=2)[:2], 1):
        if found := _CODING.match(line):
            name = found[1].decode("ascii", "replace")
            try:
                known = codecs.lookup(name).name
            except LookupError:
                known = name
            if known not in _ACCEPTED:
                message = f"it declares the encoding {name}; relcheck reads UTF-8, ASCII and Latin-1"
                raise UnparseableError(message, number)
            return _ACCEPTED[known]
        if not _BLANK.match(line):
            break
    return "utf-8"


def parse_ast(text: str) -> ast.Module | None:
    """The file's `ast`, or None where this Python's parser does not take it (libcst may know newer syntax)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def parse_tree(text: str) -> cst.Module:
    """The file's libcst tree. Raises `UnparseableError` with line and column."""
    import libcst as cst

    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise _syntax_error(text, error) from None
    except (cst.CSTValidationError, ValueError, RecursionError, UnicodeError) as error:
        raise UnparseableError(f"the parser gave up: {error}") from None


def _syntax_error(text: str, error: cst.ParserSyntaxError) -> UnparseableError:
    """Python's own words where it refuses the file too: they are the ones that people know."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as known:
        return UnparseableError(f"syntax error: {known.msg}", known.lineno or 1, max(known.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError):
        pass
    place = _PLACE.search(error.message)
    line, column = (int(place[1]), int(place[2])) if place else (error.raw_line, error.raw_column)
    return UnparseableError("syntax error", line, column + 1)
