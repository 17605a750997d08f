"""What a stored procedure of MySQL does when it is called, where its body is no more than statements under conditions.

Source: MySQL 8.4, "Compound Statement Syntax".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.sql.other.reader import read_statement
from relcheck.sources.migration.sql.statement import Read, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.sources.migration.sql.scanner import Token


def routine(statement: Statement) -> list[Read] | None:
    """What the body of a CREATE PROCEDURE does, with places in the text of this statement; None where it holds what is
    not followed: loops, handlers, statements that are put together."""
    keys = [token.key for token in statement.tokens]
    if "BEGIN" not in keys or keys[-1] != "END":
        return None
    body = statement.tokens[keys.index("BEGIN") + 1 : -1]
    try:
        return list(_of_body(statement, body))
    except _NotFollowedError:
        return None


class _NotFollowedError(Exception):
    """The body holds more than statements under conditions."""


def _of_body(made: Statement, tokens: Sequence[Token]) -> Iterator[Read]:
    guards: list[str] = []
    for part in _parts(tokens):
        keys = [token.key for token in part]
        if keys[:2] == ["END", "IF"]:
            if not guards:
                raise _NotFollowedError
            guards.pop()
            continue
        while keys[0] in ("IF", "ELSEIF", "ELSE"):
            if keys[0] == "ELSE":
                taken = 1
                guards[-1] = f"not ({guards[-1]})"
            else:
                if "THEN" not in keys:
                    raise _NotFollowedError
                taken = keys.index("THEN") + 1
                if keys[0] == "ELSEIF":
                    guards.pop()
                guards.append(made.excerpt(part[1].start, part[taken - 2].end))
            part, keys = part[taken:], keys[taken:]
            if not keys:
                raise _NotFollowedError
        if keys[0] in _NOT_FOLLOWED:
            raise _NotFollowedError
        for operation, start, end in read_statement(Statement(made.text, made.original, part), "mysql"):
            yield Read(replace(operation, guards=(*guards, *operation.guards)), start, end)


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    begin = 0
    for number, token in enumerate(tokens):
        if token.key == ";":
            if number > begin:
                yield tokens[begin:number]
            begin = number + 1
    if begin < len(tokens):
        yield tokens[begin:]


_NOT_FOLLOWED = frozenset(
    {
        *("BEGIN", "CALL", "CASE", "CLOSE", "DECLARE", "END", "EXECUTE", "FETCH"),
        *("ITERATE", "LEAVE", "LOOP", "OPEN", "PREPARE", "REPEAT", "RETURN", "WHILE"),
    }
)
