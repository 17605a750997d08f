"""SQL that a migration executes: what is handed to `op.execute`, `connection.execute` and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.core import core_operation
from relcheck.sources.migration.alembic.database import is_autocommit, is_database
from relcheck.sources.migration.alembic.sql_places import places
from relcheck.sources.migration.alembic.terms import dotted, last_name
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import Dialect, Kind, Operation
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.values import Attribute, Call, Constant, Items, Text, Value
from relcheck.sources.python.rope import HOLE

EXECUTING = frozenset({"execute", "exec_driver_sql", "executemany", "scalar", "scalars", "stream", "run_sql"})
_STATEMENTS = ("sqltext", "statement", "text", "clause", "sql", "query")
_AROUND = frozenset({"bindparams", "columns", "params", "execution_options", "options", "on", "execute_if"})
_TEXTS = frozenset({"text", "DDL", "TextClause", "quoted_name", "f", "literal_column", "SQL", "inline_literal"})


class Emitter(Protocol):
    """Where what was read goes."""

    annotations: list[Annotation]

    def dialect_under(self, run: Run) -> Dialect: ...

    def emit(self, operations: list[Operation], call: Call, run: Run, *, outside: bool = False) -> None: ...

    def emit_placed(self, operations: list[Operation], call: Call, run: Run, *, outside: bool = False) -> None: ...

    def note_rollback(self, note: str) -> None: ...


def is_execution(call: Call) -> bool:
    """Whether a call hands a statement to a connection or session."""
    func = call.func
    if type(func) is not Attribute or func.name not in EXECUTING or not (call.args or call.keywords):
        return False
    return is_database(func.of) or dotted(func.of) in {"alembic.context", "context"}


def execute(emitter: Emitter, call: Call, run: Run) -> None:
    """Reads the statement of such a call."""
    given = next((call.keywords[name] for name in _STATEMENTS if name in call.keywords), None)
    value = call.args[0] if call.args else given
    outside = is_autocommit(call.func) or _asks_for_autocommit(call)
    if value is None:
        return
    for one in value.items if type(value) is Items else (value,):
        _statement(emitter, one, call, run, outside=outside)


def _asks_for_autocommit(call: Call) -> bool:
    options = call.keywords.get("execution_options")
    return options is not None and any(
        type(value) is Text and value.text.upper() == "AUTOCOMMIT" for _, value in getattr(options, "entries", ())
    )


def _statement(emitter: Emitter, value: Value, call: Call, run: Run, *, outside: bool) -> None:
    text = sql_text(value)
    if text is not None:
        if text.text.replace(HOLE, "").strip(" \t\r\n;"):
            _read(emitter, text, call, run, outside=outside)
            return
        reason = "the SQL that this executes is not in the source: it is put together at run time"
        emitter.emit([_opaque(reason)], call, run, outside=outside)
        return
    parameters = call.args[1] if len(call.args) > 1 else call.keywords.get("parameters")
    found = core_operation(value, emitter.dialect_under(run), parameters)
    if found is None:
        if type(value) is Constant:
            return
        name = dotted(value) or (last_name(value.func) if type(value) is Call else "")
        what = f"the statement {name}" if name else "the statement"
        found = [_opaque(f"{what} that this executes is not known: it is made elsewhere")]
    emitter.emit(found, call, run, outside=outside)


def _opaque(reason: str) -> Operation:
    return Operation(kind=Kind.OPAQUE, region=NOWHERE, reason=reason, unknown=("sql",))


def sql_text(value: Value) -> Text | None:
    """The SQL text of a statement; None for one that is no text."""
    while type(value) is Call:
        func = value.func
        if type(func) is Attribute and func.name in _AROUND:
            value = func.of
        elif last_name(func) in _TEXTS and value.args:
            value = value.args[0]
        else:
            return None
    return value if type(value) is Text else None


def _read(emitter: Emitter, text: Text, call: Call, run: Run, *, outside: bool) -> None:
    from relcheck.sources.migration.sql.script import read_sql

    place: Callable[[int, int], Region] = places(text, call, run)
    script = read_sql(text.text, emitter.dialect_under(run), place=place)
    emitter.emit_placed(list(script.operations), call, run, outside=outside)
    emitter.annotations.extend(script.annotations)
    emitter.note_rollback(script.rollback)
