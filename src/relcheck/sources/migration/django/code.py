"""The operations of RunSQL and RunPython: SQL is read as SQL, calls of the ORM become operations on rows."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.operation import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from relcheck.sources.migration.django.editor import Editor
    from relcheck.sources.migration.django.facts import CodeCall, ModelOperation, SqlText
    from relcheck.sources.migration.django.state import State
    from relcheck.sources.migration.migration import Annotation, Problem


class Said:
    """What the comments in SQL say."""

    def __init__(self) -> None:
        self.annotations: list[Annotation] = []
        self.problems: list[Problem] = []


def lower_sql(editor: Editor, operation: ModelOperation) -> Said:
    """The statements of a RunSQL, each at its place in the file."""
    said = Said()
    for sql in operation.sql:
        _read(editor, sql, operation.guards, operation.dialects, said, reason=operation.reason)
    if not operation.sql:
        if operation.reason:
            editor.emit(Kind.OPAQUE, reason=operation.reason)
        else:
            editor.state_only()
    return said


def lower_code(editor: Editor, state: State, operation: ModelOperation) -> Said:
    """What a RunPython does; one that does nothing to the database changes no more than the list of migrations."""
    said = Said()
    own = operation.own_transaction
    transaction = editor.transaction if own is None else editor.new_transaction() if own else editor.transaction
    counts = editor.counts
    for call in operation.calls:
        if call.dialects and state.dialect not in call.dialects:
            continue
        if call.effect == "sql" and call.sql is not None:
            _read(editor, call.sql, call.guards, call.dialects, said, repeated=call.repeated, transaction=transaction)
        else:
            _call(editor, state, call, transaction, (*operation.guards, *call.guards))
    if editor.counts == counts:
        editor.state_only()
    return said


_NAMES = {"insert": "insert", "update": "update", "delete": "delete", "write": "save"}


def _call(editor: Editor, state: State, call: CodeCall, transaction: int | None, guards: tuple[str, ...]) -> None:
    if call.effect in {"opaque", "schema"}:
        editor.emit(
            Kind.OPAQUE,
            at=call.region,
            code=call.code,
            reason=call.reason,
            transaction=transaction,
            repeated=call.repeated,
            guards=guards,
        )
        return
    app, _, name = (call.model or "").rpartition(".")
    model = state.find(app, name) if app else None
    table = None if not app else state.table(model) if model is not None else state.table_of((app, name.lower()))
    columns = call.fields if model is None else tuple(state.column_of(model, field) for field in call.fields)
    editor.emit(
        Kind.DATA_CODE,
        at=call.region,
        code=call.code,
        name=_NAMES[call.effect],
        table=table,
        columns=columns,
        has_where=call.filtered,
        repeated=call.repeated,
        batched=call.batched,
        guards=guards,
        transaction=transaction,
        unknown=() if table is not None else ("table",),
    )


def _read(
    editor: Editor,
    sql: SqlText,
    guards: Sequence[str],
    dialects: Sequence[str],
    said: Said,
    *,
    repeated: bool = False,
    transaction: int | None = -1,
    reason: str = "",
) -> None:
    from relcheck.sources.migration.sql.script import read_sql

    if sql.text is None:
        why = reason or "the SQL is put together elsewhere: write it here, so that it can be read"
        editor.emit(Kind.OPAQUE, at=sql.region, reason=why, repeated=repeated)
        return
    script = read_sql(sql.text, editor.dialect, place=locator(sql))
    within = editor.transaction if transaction == -1 else transaction
    for operation in script.operations:
        editor.take(
            replace(
                operation,
                guards=(*guards, *operation.guards),
                dialects=tuple(one for one in _DIALECTS if one in dialects) or operation.dialects,
                repeated=repeated or operation.repeated,
                transaction=within if operation.transaction == 0 else operation.transaction,
            )
        )
    said.annotations.extend(script.annotations)
    said.problems.extend(script.problems)


_DIALECTS = ("postgres", "mysql", "sqlite")


def locator(sql: SqlText) -> Callable[[int, int], Region]:
    """The function that tells where the characters `start` to `end` of a text stand in the file; the place of the whole
    text for those that do not stand there."""
    text = sql.text or ""
    starts = [piece.start for piece in sql.pieces]

    def position(index: int) -> tuple[int, int] | None:
        number = bisect_right(starts, index) - 1
        piece = sql.pieces[number] if number >= 0 else None
        if piece is None or not piece.line:
            return None
        between = text[piece.start : index]
        breaks = between.count("\n")
        if not breaks:
            return piece.line, piece.column + len(between)
        return piece.line + breaks, len(between) - between.rindex("\n")

    def place(start: int, end: int) -> Region:
        first, last = position(start), position(max(start, end - 1))
        if first is None or last is None or last < first:
            return sql.region
        return Region(*first, last[0], last[1] + 1)

    return place
