"""A waiver put into a SQL file as a comment: at the end of the finding's line, or on a line before its statement."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.engine.exceptions.inline import waivers_in
from relcheck.engine.exceptions.inline_writing import NoPlaceError
from relcheck.engine.exceptions.stated import Stated, render_stated
from relcheck.sources.comments import sql_comments
from relcheck.sources.migration.sql.scanner import cut
from relcheck.sources.python.syntax import Source, UnparseableError, decode_utf8

_SQL = "waived.sql"


def with_sql_waiver(data: bytes, line: int, rule: str, stated: Stated) -> bytes:
    """The file with a waiver of the rule for the statement that stands in a line; every other byte, all statements and
    all comments are the same. Raises NoPlaceError."""
    try:
        text = decode_utf8(data)
    except UnparseableError as error:
        raise NoPlaceError(error.message) from None
    comment = f"-- relcheck: ignore[{rule}] {render_stated(stated)}".rstrip()
    for at, added in _places(text, line, comment):
        changed = text[:at] + added + text[at:]
        if _is_right(text, changed, line + added.count("\n"), rule, stated):
            return data[: len(data) - len(text.encode())] + changed.encode()
    raise NoPlaceError("there is no place for a comment that changes nothing else")


def _places(text: str, line: int, comment: str) -> Iterator[tuple[int, str]]:
    """Offsets with what would be put there, the best first."""
    source = Source(text)
    start = source.starts[line - 1]
    yield start + len(source.line(line).rstrip()), f" {comment}"
    ending = "\r\n" if "\r\n" in text else "\n"
    for piece in cut(text).pieces:
        if piece.tokens and piece.tokens[0].start < start + len(source.line(line)) and piece.tokens[-1].end > start:
            begin = text.rfind("\n", 0, piece.tokens[0].start) + 1
            indent = text[begin : piece.tokens[0].start]
            if not indent.strip():
                yield begin, f"{indent}{comment}{ending}"


def _is_right(text: str, changed: str, line: int, rule: str, stated: Stated) -> bool:
    if _tokens(text) != _tokens(changed):
        return False
    before, after = [one.text for one in sql_comments(text)], [one.text for one in sql_comments(changed)]
    if len(after) != len(before) + 1 or not all(after.count(one) >= before.count(one) for one in before):
        return False
    return any(
        one.problem is None
        and one.waiver.first <= line <= one.waiver.last
        and rule in one.waiver.rules
        and Stated(one.waiver.reason, one.waiver.until, one.waiver.owner) == stated
        for one in waivers_in(changed, _SQL)
    )


def _tokens(text: str) -> list[list[str]]:
    return [[text[token.start : token.end] for token in piece.tokens] for piece in cut(text).pieces if piece.tokens]
