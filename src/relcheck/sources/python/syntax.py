"""Bytes to text to trees, with a clear error for what Python itself would refuse."""

from __future__ import annotations

import ast
import codecs
import re
import unicodedata
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.positions import line_of, line_starts

if TYPE_CHECKING:
    import libcst as cst

_CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"[ \t\f]*(?:#.*)?")
_FIRST_LINES = re.compile(rb"([^\r\n]*)(?:(?:\r\n|\r|\n)([^\r\n]*))?")
_PLACE = re.compile(r"error at (\d+):(\d+)")
_ACCEPTED = {"utf-8": "utf-8", "ascii": "ascii", "iso8859-1": "latin-1"}
_SUFFIXED = ("utf-8", "latin-1", "iso-8859-1", "iso-latin-1")
"""Encodings whose names may have an ending (`utf-8-unix`), as Python's tokenizer allows."""

_HARD_LIMITS = ("too many nested parenthes", "too many levels of indentation")
"""What every version of Python says of files that none can run; libcst would try to read them, for hours perhaps."""

_QUADRATIC = frozenset({"punycode", "idna"})
"""Encodings whose decoders take minutes for a file of a megabyte."""

_STRAY_FEED = r"""(?xs)
    \#[^\r\n]*
    | (?P<quotes>\"{3}|'{3}) (?:\\.|(?!(?P=quotes)).)* (?P=quotes)
    | "(?:\\.|[^"\\\r\n])*" | '(?:\\.|[^'\\\r\n])*'
    | (?P<stray>(?<![^\r\n]) (?: [ \t\f]*\f(?=[ \t]+[^\s\#]) | [ \t\f]*[ \t]\f+(?=[^\s\#]) ))
    """
"""Comments and strings, to pass over them, and form feeds in the indentation of code. Compiled where there is one."""


class UnparseableError(Exception):
    """A file that its language does not allow, or that is too large or too deep to be read safely."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type[UnparseableError], tuple[str, int, int]]:
        return (UnparseableError, (self.message, self.line, self.column))


class Source(msgspec.Struct, frozen=True, dict=True):
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
        raise UnparseableError("it holds a NUL byte, which Python does not allow", *_place(data, nul))
    body = data.removeprefix(codecs.BOM_UTF8)
    encoding = declared_encoding(body)
    if len(body) != len(data) and encoding != "utf-8":
        raise UnparseableError(f"it has a UTF-8 byte order mark and declares the encoding {encoding}")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"it is not valid {encoding}; save it as UTF-8 or declare its encoding"
        raise UnparseableError(message, *_place(body, error.start)) from None


def decode_utf8(data: bytes) -> str:
    """The text of a file that declares no encoding. Raises `UnparseableError` for what is not UTF-8."""
    nul = data.find(b"\0")
    if nul >= 0:
        raise UnparseableError("it holds a NUL byte; save it as UTF-8", *_place(data, nul))
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnparseableError("it is not valid utf-8; save it as UTF-8", *_place(body, error.start)) from None


def declared_encoding(body: bytes) -> str:
    """The encoding that a file without byte order mark declares: `utf-8`, `ascii` or `latin-1`.

    Raises `UnparseableError` for any other.
    """
    for number, name in _declared(body):
        known = _codec(name)
        if known not in _ACCEPTED:
            message = f"it declares the encoding {name}; relcheck reads UTF-8, ASCII and Latin-1"
            raise UnparseableError(message, number)
        return _ACCEPTED[known]
    return "utf-8"


def searchable(data: bytes) -> bytes | None:
    """The bytes in which each ASCII word of a Python file's text stands; None where that cannot be told.

    That is the file itself, unless it declares an encoding in which a word can be written in another way (UTF-7, or the
    wide letters of GBK); identifiers of such a file are NFKC-normalised, as Python does.
    """
    second = data.find(b"\n", data.find(b"\n") + 1)
    if b"coding" not in (data[:second] if second >= 0 else data):
        return data
    for _, name in _declared(data.removeprefix(codecs.BOM_UTF8)):
        codec = _codec(name)
        if codec in _ACCEPTED:
            continue
        if codec in _QUADRATIC:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                text = data.decode(codec)
        except (LookupError, ValueError):
            continue  # Python cannot read it either
        return unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")
    return data


def _declared(body: bytes) -> Iterator[tuple[int, str]]:
    """The encoding that the first or second line names, with the line's number; nothing where none does."""
    lines = _FIRST_LINES.match(body)
    for number, line in enumerate(lines.groups(b"") if lines is not None else (), 1):
        if found := _CODING.match(line):
            yield number, found[1].decode("ascii", "replace")
            return
        if not _BLANK.fullmatch(line):
            return


def _codec(name: str) -> str:
    """Python's name for an encoding; the name itself where Python knows none."""
    plain = name[:12].lower().replace("_", "-")
    for known in _SUFFIXED:
        if plain == known or plain.startswith(f"{known}-"):
            name = known
    try:
        return codecs.lookup(name).name
    except LookupError:
        return name


def _place(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column, in characters as far as they can be read, of a byte."""
    text = data[:offset].removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    starts = line_starts(text)
    return len(starts), len(text) - starts[-1] + 1


def parse_ast(text: str, *, deep_stack: bool = False) -> ast.Module | None:
    """The file's `ast`, or None where this Python's parser does not take it (libcst may know newer syntax).

    Raises `UnparseableError` where no version of Python can take it. `deep_stack` says that this thread has the stack
    and the recursion limit of a worker: what is too deep for it is too deep for all.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            if any(limit in error.msg for limit in _HARD_LIMITS):
                raise _refused(error) from None
            return None
        except (MemoryError, RecursionError) as error:
            if isinstance(error, RecursionError) and not deep_stack:
                return None
            raise UnparseableError("it is nested so deeply that Python's own parser gives up") from None
        except ValueError:
            return None


def parse_tree(text: str) -> cst.Module:
    """The file's libcst tree. Raises `UnparseableError` with line and column.

    A form feed in the indentation of code is left out: libcst takes it for a part of the block's indentation.
    """
    from relcheck.sources.python.libcst_import import cst, parse_module

    try:
        return parse_module(re.sub(_STRAY_FEED, _kept, text) if "\f" in text else text)
    except cst.ParserSyntaxError as error:
        raise _syntax_error(text, error) from None
    except (cst.CSTValidationError, cst.CSTLogicError, ValueError, RecursionError, UnicodeError) as error:
        raise UnparseableError(f"the parser gave up: {error}") from None


def _kept(match: re.Match[str]) -> str:
    return "" if match["stray"] else match[0]


def _syntax_error(text: str, error: cst.ParserSyntaxError) -> UnparseableError:
    """Python's own words where it refuses the file too: they are the ones that people know."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as known:
        return _refused(known)
    except (ValueError, RecursionError, MemoryError):
        reason = "syntax error"
    else:
        reason = "relcheck's parser (libcst) does not read this, though Python does"
    place = _PLACE.search(error.message)
    line, column = (int(place[1]), int(place[2])) if place else (error.raw_line, error.raw_column + 1)
    return UnparseableError(reason, min(line, len(line_starts(text))), max(column, 1))


def _refused(error: SyntaxError) -> UnparseableError:
    return UnparseableError(f"syntax error: {error.msg}", error.lineno or 1, max(error.offset or 1, 1))
