"""A waiver put into a Python file as a comment: at the end of its statement's first line, or on a line before it.

Where it may stand is tried rather than reasoned about: a place is right if the file has the same tokens as before, and
all waivers that it had, and the new one.
"""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from relcheck.engine.exceptions.inline import Inline, python_waivers, statement_around
from relcheck.engine.exceptions.stated import Stated, render_stated
from relcheck.model.exceptions import Waiver
from relcheck.sources.python.syntax import Source, UnparseableError, declared_encoding, decode

_RULES = re.compile(r"relcheck:\s*ignore\s*\[([^\]]*)\]")
_INDENT = re.compile(r"[ \t]*")
_UNSEEN = frozenset({tokenize.COMMENT, tokenize.NL})


class NoPlaceError(Exception):
    """A waiver cannot be written into a file as a comment; the message says why."""


def with_python_waiver(data: bytes, line: int, rule: str, stated: Stated) -> bytes:
    """The file with a waiver of the rule for the statement that stands in a line; every other byte is the same.

    Where a waiver for the statement says the same already, the rule joins it. Raises NoPlaceError.
    """
    try:
        text = decode(data)
        encoding = declared_encoding(data.removeprefix(codecs.BOM_UTF8))
    except UnparseableError as error:
        raise NoPlaceError(error.message) from None
    for at, added in _places(text, line, rule, stated):
        changed = text[:at] + added + text[at:]
        if not _is_right(text, changed, line, rule, stated):
            continue
        start = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        try:
            written = start + changed.encode(encoding)
            if decode(written) == changed:  # a comment in the first lines can look like a declaration
                return written
        except UnicodeEncodeError:
            raise NoPlaceError(f"the file is {encoding}, in which the reason or the owner cannot be written") from None
        except UnparseableError:
            continue
    raise NoPlaceError("there is no place for a comment that changes nothing else")


def _places(text: str, line: int, rule: str, stated: Stated) -> Iterator[tuple[int, str]]:
    """Offsets with what would be put there, the best first."""
    source = Source(text)
    waivers = python_waivers(text, "")
    for inline in waivers:
        waiver = inline.waiver
        if inline.problem is None and waiver.first <= line <= waiver.last and _says(waiver) == stated:
            start = source.starts[waiver.line - 1] + inline.column - 1
            if found := _RULES.search(text, start, source.starts[waiver.line - 1] + len(source.line(waiver.line))):
                named = found[1].rstrip()
                yield found.start(1) + len(named), f" {rule}" if named.endswith(",") else f", {rule}"
    comment = f"# relcheck: ignore[{rule}] {render_stated(stated)}".rstrip()
    first, last = statement_around(text, line)
    commented = _lines_with_comments(text)
    if first not in commented:
        yield _end(source, first), f"  {comment}"
    indent = _INDENT.match(source.line(first))
    yield source.starts[first - 1], f"{indent[0] if indent is not None else ''}{comment}{_newline(source, first)}"
    if last not in commented:
        yield _end(source, last), f"  {comment}"


def _end(source: Source, line: int) -> int:
    return source.starts[line - 1] + len(source.line(line))


def _newline(source: Source, line: int) -> str:
    """How this line ends; as the one before where it is the last."""
    for number in (line, line - 1):
        if 0 < number < len(source.starts):
            return source.text[_end(source, number) : source.starts[number]]
    return "\n"


def _says(waiver: Waiver) -> Stated:
    return Stated(waiver.reason, waiver.until, waiver.owner)


def _is_right(before: str, after: str, line: int, rule: str, stated: Stated) -> bool:
    if _code(before) != _code(after):
        return False
    moved = line + len(Source(after).starts) - len(Source(before).starts)
    old, new = python_waivers(before, ""), python_waivers(after, "")
    covering = [
        one.waiver
        for one in new
        if one.problem is None
        and one.waiver.first <= moved <= one.waiver.last
        and rule in one.waiver.rules
        and _says(one.waiver) == stated
    ]
    if not covering:
        return False
    said, says = _said(old, rule), _said(new, rule)
    return not said - says and says - said <= _said([one for one in new if one.waiver is covering[0]], rule)


def _said(waivers: list[Inline], rule: str) -> Counter[tuple[tuple[str, ...], Stated, str | None]]:
    """What waivers say, as a multiset; the rule itself left out of their lists."""
    return Counter(
        (tuple(name for name in one.waiver.rules if name != rule), _says(one.waiver), one.problem) for one in waivers
    )


def _code(text: str) -> list[tuple[int, str]]:
    """All tokens but comments."""
    return [(token.type, token.string) for token in _tokens(text) if token.type not in _UNSEEN]


def _lines_with_comments(text: str) -> frozenset[int]:
    return frozenset(token.start[0] for token in _tokens(text) if token.type == tokenize.COMMENT)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Of a file that cannot be read to its end those before, and one with the error."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    except (tokenize.TokenError, SyntaxError) as error:
        yield tokenize.TokenInfo(tokenize.ERRORTOKEN, type(error).__name__, (0, 0), (0, 0), "")
