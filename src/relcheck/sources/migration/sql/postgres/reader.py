"""One statement of PostgreSQL to its operations: parsed as it stands, and with its holes filled where that fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.sources.migration.operation import UNKNOWN, Kind, Operation
from relcheck.sources.migration.sql.postgres.parser import SqlError, parse
from relcheck.sources.migration.sql.postgres.statements import operations
from relcheck.sources.migration.sql.statement import NOWHERE, Read, Statement, with_fillings
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from relcheck.sources.migration.sql.postgres.parser import Node
    from relcheck.sources.migration.sql.scanner import Token

DEEPEST = 2000
"""How many tokens may stand between two commas. Beyond this a tree may be nested so deeply that the parser, which is
native code, would end the process."""


def read_statement(statement: Statement) -> list[Read]:
    """What a statement does; one UNPARSEABLE operation where the server would refuse it, and one OPAQUE operation where
    its holes hide what it is."""
    if _is_deep(statement.tokens):
        return [_refused(statement, "it is nested too deeply to be read", None)]
    try:
        nodes = parse(statement.sql)
    except SqlError as error:
        return _with_holes(statement, error)
    found = [read for node in nodes for read in _of(node, statement)]
    if HOLE in statement.text:
        found = [read._replace(operation=_doubted(read.operation, statement)) for read in found]
    return found


def _of(node: Node, statement: Statement) -> Iterator[Read]:
    if node.kind in ("DoStmt", "CallStmt"):
        from relcheck.sources.migration.sql.postgres.blocks import call, do_block

        yield from do_block(node, statement) if node.kind == "DoStmt" else call(node, statement)
        return
    yield from operations(node, statement)


def _is_deep(tokens: Sequence[Token]) -> bool:
    if len(tokens) <= DEEPEST:
        return False
    run = 0
    for token in tokens:
        run = 0 if token.key in (",", ";") else run + 1
        if run > DEEPEST:
            return True
    return False


def _refused(statement: Statement, message: str, at: int | None) -> Read:
    start = statement.start if at is None else min(statement.start + at, statement.end)
    near = statement.excerpt(start, min(start + 40, statement.end))
    reason = f"{message} (near `{near}`)" if at is not None and near else message
    verb = " ".join(statement.words(2))
    operation = Operation(kind=Kind.UNPARSEABLE, region=NOWHERE, object_type=verb, reason=reason)
    return Read(operation, statement.start, statement.end)


_FILLINGS = ("0", " ", "''")
_MOST_ATTEMPTS = 60
_PARAMETER = re.compile(r"%\(\w+\)s|%s|:'\w+'|:\"\w+\"|:[^\W\d]\w*|\?")
_HOLES = re.compile(f"{HOLE}+")


def _with_holes(statement: Statement, error: SqlError) -> list[Read]:
    """Read a statement that does not parse as it stands. Parameters (`%s`, `:name`) are values, and a hole may be a
    number, a string, or words that may as well be absent; if nothing helps, the holes hide the statement's kind."""
    text = statement.text
    for token in statement.tokens:
        if token.kind == "parameter" and _PARAMETER.fullmatch(text, token.start, token.end):
            text = text[: token.start] + HOLE * (token.end - token.start) + text[token.end :]
    if not _has_holes(statement, text):
        return [_refused(statement, str(error), error.at)]
    if statement.tokens[0].kind == "hole" or (fillings := _fillings(text[statement.start : statement.end])) is None:
        return [_opaque(statement)]
    read = Statement(text, statement.original, statement.tokens, fillings)
    dropped = any(filling == " " for _, _, filling in fillings)
    quoted = any(filling == "''" for _, _, filling in fillings)
    found = [one for node in parse(read.sql) for one in _of(node, read)]
    return [one._replace(operation=_doubted(one.operation, read, dropped=dropped, quoted=quoted)) for one in found]


def _fillings(text: str) -> list[tuple[int, int, str]] | None:
    """What in the holes of a text makes it parse; None where nothing does. Holes that the parser does not complain
    about stay, for a hole is a good name."""
    runs = [match.span() for match in _HOLES.finditer(text)]
    chosen: dict[tuple[int, int], str] = {}
    at = _error(text, chosen)
    attempts = 0
    while at is not None and attempts < _MOST_ATTEMPTS:
        near = [run for run in runs if run not in chosen and run[0] <= at]
        if not near:
            return None
        further: dict[str, int] = {}
        for filling in _FILLINGS:
            found = _error(text, {**chosen, near[-1]: filling})
            attempts += 1
            if found is None:
                chosen[near[-1]] = filling
                return _in_order(chosen)
            further[filling] = found
        chosen[near[-1]] = max(further, key=lambda filling: further[filling])
        at = further[chosen[near[-1]]]
    return _in_order(chosen) if at is None else None


def _in_order(chosen: dict[tuple[int, int], str]) -> list[tuple[int, int, str]]:
    return [(start, end, filling) for (start, end), filling in sorted(chosen.items())]


def _error(text: str, chosen: dict[tuple[int, int], str]) -> int | None:
    """Where a text with these fillings is wrong, as an offset of the text itself; None where it is right."""
    fillings = _in_order(chosen)
    try:
        parse(with_fillings(text, fillings))
    except SqlError as error:
        at = len(text) if error.at is None else error.at
        for start, end, filling in fillings:
            if at > start:
                at = max(at - len(filling) + end - start, start)
        return at
    return None


def _has_holes(statement: Statement, text: str) -> bool:
    """Whether a hole stands outside of strings, where it may be why the statement does not parse."""
    return any(HOLE in text[token.start : token.end] for token in statement.tokens if token.kind != "string")


def _opaque(statement: Statement) -> Read:
    """A statement whose verb is in a hole, or what it does to a table that is known."""
    words = [word for word in statement.words(3) if HOLE not in word]
    table = None
    if words[:2] == ["ALTER", "TABLE"]:
        names = [token for token in statement.tokens[2:8] if token.key not in ("IF", "EXISTS", "ONLY", "")]
        table = statement.excerpt(names[0].start, names[0].end).lower() if names else None
    quoted = statement.excerpt(statement.start, min(statement.start + 60, statement.end)).replace(HOLE, "{…}")
    operation = Operation(
        kind=Kind.OPAQUE,
        region=NOWHERE,
        table=table,
        object_type=" ".join(words[:2]),
        reason=f"what it does is put together at run time: `{quoted}`",
        unknown=("kind",),
    )
    return Read(operation, statement.start, statement.end)


def _doubted(operation: Operation, statement: Statement, *, dropped: bool = False, quoted: bool = False) -> Operation:
    """The operation with what its holes may hide: a hole behind UPDATE or DELETE may be its WHERE, and one that had to
    be left out may be any of its options."""
    unknown = list(operation.unknown)
    loose = [token for token in statement.tokens if token.kind == "hole"]
    if operation.kind in (Kind.UPDATE, Kind.DELETE) and operation.has_where is False and loose:
        operation = replace(operation, has_where=None)
        unknown.append("has_where")
    if dropped:
        unknown.extend(("concurrently", "unique") if operation.kind is Kind.CREATE_INDEX else ())
        unknown.append("sql")
    if quoted and operation.kind in (Kind.ADD_ENUM_VALUE, Kind.SET) and not operation.value:
        operation = replace(operation, value=UNKNOWN)
        unknown.append("value")
    if operation.type is not None and operation.type.arguments == ("0",) and "0" not in statement.original:
        operation = replace(operation, type=replace(operation.type, arguments=(UNKNOWN,)))
        unknown.append("type")
    return replace(operation, unknown=tuple(dict.fromkeys(unknown))) if unknown else operation
