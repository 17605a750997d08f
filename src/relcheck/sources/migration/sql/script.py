"""SQL text to operations, statement by statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.migration import Annotation, Problem
from relcheck.sources.migration.operation import Approval, Kind, Operation
from relcheck.sources.migration.sql.attached import Lines, Unit, blocks, covered
from relcheck.sources.migration.sql.commands import command
from relcheck.sources.migration.sql.holes import scrubbed, without_holes
from relcheck.sources.migration.sql.placeholders import filled
from relcheck.sources.migration.sql.scanner import Comment, cut
from relcheck.sources.migration.sql.statement import LONGEST, Read, Statement
from relcheck.sources.migration.sql.transactions import Transactions
from relcheck.sources.python.rope import HOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.sql.scanner import Piece

    Place: TypeAlias = Callable[[int, int], Region]

Mode: TypeAlias = Literal["tool", "implicit", "batches", "autocommit"]
"""What surrounds a text: `tool` opens a transaction and commits it, `implicit` sends all statements at once (which the
server makes one transaction of, unless it is one statement), `batches` does so with what lies between statements that
cannot run in a transaction, and `autocommit` sends one after the other."""


class Script(msgspec.Struct, frozen=True):
    """What a SQL text does. `rollback` is what its comments say of the way back."""

    operations: tuple[Operation, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    problems: tuple[Problem, ...] = ()
    rollback: str = ""


def read_sql(
    text: str,
    dialect: Dialect,
    *,
    place: Place | None = None,
    mode: Mode = "tool",
    start: int = 0,
    end: int | None = None,
) -> Script:
    """The operations of a SQL text, in its order.

    `place` gives the region of a file for two offsets of the text; without it the text is the file. What cannot be
    known (values from elsewhere) is a `HOLE` in the text, or a placeholder of a template. Only what stands between
    `start` and `end` is read. Never raises for what a text holds: what the server would refuse is an UNPARSEABLE
    operation.
    """
    return _Reading(text, dialect, place, mode).read(start, len(text) if end is None else end)


class _Reading:
    def __init__(self, text: str, dialect: Dialect, place: Place | None, mode: Mode) -> None:
        self._original = text
        self._dialect = dialect
        self._lines: Lines | None = None
        self._by_psql = place is None
        self._place = place or self._in_file
        self._transactions = Transactions(mode, dialect)
        self._operations: list[Operation] = []
        self._units: list[Unit] = []
        self._comments: list[Comment] = []
        self._problems: list[Problem] = []
        self._guards: list[str] = []
        self._has_holes = False
        self._routines: dict[str, Statement] = {}

    def read(self, start: int, end: int) -> Script:
        original = self._original
        nul = original.find("\0", start, end)
        if nul >= 0:
            region = self._place(nul, nul + 1)
            reason = "the text holds a NUL character, and a server would read no further: nothing of it is known"
            problem = Problem("nul", f"{reason}. Save it as UTF-8 text", region)
            return Script(
                (Operation(kind=Kind.UNPARSEABLE, region=region, dialect=self._dialect, reason=reason),), (), (problem,)
            )
        text = filled(original)
        self._has_holes = HOLE in text or _MAY_FOLD.search(text) is not None
        if end < len(text) or start:
            text = " " * start + text[start:end]
        if text.startswith("\ufeff"):
            text = " " + text[1:]
        result = cut(text, self._dialect, by_psql=self._by_psql)
        self._comments.extend(result.comments)
        statements = sum(piece.kind == "statement" for piece in result.pieces)
        self._transactions.begin(statements)
        for piece in result.pieces:
            if piece.kind == "statement":
                self._statement(Statement(text, original, piece.tokens))
            elif piece.kind == "command":
                self._command(piece)
        return self._script()

    def _script(self) -> Script:
        annotations = tuple(self._approve()) if _CLAIM.search(self._original) else ()
        rollback = ""
        if "ROLLBACK" in self._original:
            from relcheck.sources.migration.approvals import rollback_note

            notes = (rollback_note(self._original[comment.start : comment.end]) for comment in self._comments)
            rollback = next((note for note in notes if note), "")
        return Script(tuple(self._operations), annotations, tuple(self._problems), rollback)

    def _statement(self, statement: Statement) -> None:
        reads = self._reads(statement)
        inner: list[tuple[int, int, int]] = []
        whole: Region | None = None
        for read in reads:
            inner.append((len(self._operations), read.start, read.end))
            if (read.start, read.end) != (statement.start, statement.end):
                whole = whole or self._place(statement.start, statement.end)
                self._operations.append(self._finished(read, whole))
            else:
                self._operations.append(self._finished(read))
        self._units.append(Unit(statement.start, statement.end, tuple(inner)))
        if statement.text[statement.start : statement.start + 2].upper() == "DO" and self._dialect == "postgres":
            self._comments_of_bodies(statement)

    def _reads(self, statement: Statement) -> list[Read]:
        if self._dialect == "postgres":
            from relcheck.sources.migration.sql.postgres.reader import read_statement

            return [known for read in read_statement(statement) for known in self._called(read, statement)]
        from relcheck.sources.migration.sql.other.reader import read_statement as read_other

        return [known for read in read_other(statement, self._dialect) for known in self._called(read, statement)]

    def _called(self, read: Read, statement: Statement) -> list[Read]:
        """A call of a function that the same text makes is what its body does, at the place of the call."""
        operation = read.operation
        if operation.kind is Kind.CREATE_ROUTINE and operation.name is not None:
            self._routines[operation.name] = statement
        made = self._routines.get(operation.name or "") if operation.object_type == "call" else None
        if made is None or operation.kind is not Kind.OPAQUE:
            return [read]
        if self._dialect == "postgres":
            from relcheck.sources.migration.sql.postgres.blocks import routine
        else:
            from relcheck.sources.migration.sql.other.routine import routine

        body = routine(made)
        if body is None:
            return [read]
        return [
            Read(replace(one, sql=one.sql or made.text[start:end]), read.start, read.end) for one, start, end in body
        ]

    def _command(self, piece: Piece) -> None:
        """A `\\` command of psql."""
        start, end = piece.start, piece.end
        text = self._original[start:end]
        start += len(text) - len(text.lstrip())
        found = command(text.strip(), self._guards)
        if found is not None:
            self._operations.append(self._finished(Read(found, start, end)))
            self._units.append(Unit(start, end, ((len(self._operations) - 1, start, end),)))

    def _finished(self, read: Read, statement: Region | None = None) -> Operation:
        operation, start, end = read
        number = self._transactions.of(operation)
        sql = operation.sql or self._original[start:end]
        if self._has_holes:
            operation, sql = scrubbed(operation), without_holes(sql)
        return replace(
            operation,
            region=self._place(start, end),
            dialect=self._dialect,
            transaction=number,
            sql=sql if len(sql) <= LONGEST else f"{sql[:LONGEST]}…",
            guards=(*self._guards, *operation.guards),
            statement=statement,
        )

    def _comments_of_bodies(self, statement: Statement) -> None:
        """Comments in the body of a block stand at the statements in it."""
        if not _CLAIM.search(self._original, statement.start, statement.end):
            return
        for token in statement.tokens:
            opening = _DOLLAR.match(statement.text, token.start) if token.kind == "string" else None
            if opening is None:
                continue
            body = statement.text[: token.end - len(opening.group())]
            self._comments.extend(cut(" " * opening.end() + body[opening.end() :], by_psql=False).comments)
        self._comments.sort()

    def _approve(self) -> Iterator[Annotation]:
        from relcheck.sources.migration.approvals import read_annotations

        lines = self._of_lines()
        starts = [unit.start for unit in self._units]
        for block in blocks(self._comments, lines):
            found = read_annotations(self._original[block.start : block.end], self._placing(block.start))
            numbers = covered(block, self._units, starts, lines) if found else ()
            for annotation in found:
                if annotation.approval is not None:
                    self._cover(numbers, annotation.approval)
                yield replace(annotation, covers=len(numbers))

    def _placing(self, shift: int) -> Place:
        return lambda start, end: self._place(shift + start, shift + end)

    def _cover(self, numbers: Sequence[int], approval: Approval) -> None:
        for number in numbers:
            if self._operations[number].approval is None:
                self._operations[number] = replace(self._operations[number], approval=approval)

    def _in_file(self, start: int, end: int) -> Region:
        lines = self._of_lines()
        first, last = lines.line(start), lines.line(end)
        return Region(first + 1, start - lines.starts[first] + 1, last + 1, end - lines.starts[last] + 1)

    def _of_lines(self) -> Lines:
        if self._lines is None:
            self._lines = Lines(self._original)
        return self._lines


_MAY_FOLD = re.compile(r"\b(?:execute|%s|%\()|:\w", re.IGNORECASE)
"""Where holes may come in that the text does not show: parameters, and parts of a text that EXECUTE runs."""
_CLAIM = re.compile(r"MIGRATION[ _-]", re.IGNORECASE)
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
