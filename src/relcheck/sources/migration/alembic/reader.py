"""The calls of one migration, read in the order in which they would run."""

from __future__ import annotations

import ast
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from relcheck.model.finding import Region, Related
from relcheck.sources.migration.alembic import database
from relcheck.sources.migration.alembic.execution import EXECUTING, execute, is_execution
from relcheck.sources.migration.alembic.model_use import QUERYING, imported_model, named_in
from relcheck.sources.migration.alembic.objects import OBJECT_METHODS, object_operation
from relcheck.sources.migration.alembic.orm import ORM_METHODS, orm_operation, stored
from relcheck.sources.migration.alembic.schema_operations import BATCH, OPERATIONS
from relcheck.sources.migration.alembic.terms import dotted, last_name, ways
from relcheck.sources.migration.alembic.unplaced import NOWHERE
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import Dialect, Kind, Operation
from relcheck.sources.migration.python.calls import applied
from relcheck.sources.migration.python.run import BudgetError, Run
from relcheck.sources.migration.python.unfollowed import is_harmless, is_method, may_change
from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Function,
    Symbol,
    Unknown,
    Value,
    text_of,
)
from relcheck.sources.migration.sql.transactions import COMMITS_IN_MYSQL

_ALL = 3
"""Databases that relcheck reads for."""
_OF_ROWS = frozenset({Kind.DATA_CODE, Kind.UPDATE, Kind.DELETE, Kind.INSERT, Kind.READ})
_OPERATIONS = 3000
"""Operations of one migration that are read; real ones have some hundreds at most."""
_CODE = 400
"""Characters of a call that are kept."""
_TELLING = OBJECT_METHODS | ORM_METHODS | EXECUTING
"""Methods of which some mean a change of the database."""
_NEUTRAL = frozenset(
    {"get_bind", "get_context", "batch_alter_table", "register_operation", "implementation_for", "context"}
)

Places: TypeAlias = tuple[tuple[int, int], ...]
"""First and last line of each call of the migration's file in whose course an operation stands."""


class Emitted(NamedTuple):
    operation: Operation
    lines: Places


class Reader:
    """What the calls of one migration mean. It serves one function of it: `upgrade` or `downgrade`."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect: Dialect = dialect
        self.emitted: list[Emitted] = []
        self.annotations: list[Annotation] = []
        self.rollback = ""
        self.unread: list[str] = []
        self.commits = False
        self._transaction: int | None = 0
        self._transactions = 0
        self._recreated: list[tuple[Value, int]] = []
        self.model_imports: dict[str, Region] = {}
        self._seen: set[Operation] = set()
        self._stores: dict[tuple[Region | None, str | None], int] = {}

    def call(self, call: Call, run: Run) -> Value | None:
        name = database.operation_name(call)
        if name is not None:
            return self._operation(name, call, run, None)
        func = call.func
        if type(func) is Attribute and (batch := database.batch_of(func.of)) is not None:
            return self._operation(func.name, call, run, batch)
        self._callbacks(call, run)
        self._other(_split(call, func) if type(func) is Symbol else call, run)
        return None

    def _callbacks(self, call: Call, run: Run) -> None:
        """Functions of the project that are handed to one that is not followed, which will call them."""
        for value in (*call.args, *call.keywords.values()):
            if type(value) is Function and value.node not in run.active and may_change(value):
                run.repeated += 1
                applied(run, value, [], {}, call.node, call.module, exact=False)
                run.repeated -= 1

    def enter(self, value: Value, node: ast.AST, run: Run) -> Value | None:
        del node, run
        if _is_autocommit_block(value):
            self._transaction = None
        if type(value) is not Call:
            return None
        recreate = value.keywords.get("recreate")
        if recreate is not None and text_of(recreate) == "always" and database.batch_of(value) is not None:
            self._recreated.append((value, len(self.emitted)))
        return value.args[0] if last_name(value.func) in {"nullcontext", "closing"} and value.args else None

    def leave(self, value: Value, run: Run) -> None:
        if _is_autocommit_block(value):
            self._transactions += 1
            self._transaction = self._transactions
        if self._recreated and self._recreated[-1][0] is value:
            _, before = self._recreated.pop()
            first = self.emitted[before].operation if len(self.emitted) > before else None
            if first is not None and isinstance(value, Call):
                copied = Operation(
                    kind=Kind.ALTER_TABLE_STORAGE, region=NOWHERE, table=first.table, name="recreate", batch=True
                )
                self.emit([copied], value, run)

    def store(self, target: Value, name: str, value: Value, node: ast.AST, run: Run) -> None:
        del value
        operation = stored(target, name)
        if operation is None:
            return
        key = (run.module.region(run.site(node)) if run.frames else None, operation.table)
        before = self._stores.get(key)
        if before is None:
            number = len(self.emitted)
            self._emit(operation, node, run, run.innermost.source(node))
            if len(self.emitted) > number:
                self._stores[key] = number
            return
        one = self.emitted[before].operation
        guards = tuple(guard for guard in one.guards if guard in run.path.said)
        columns = one.columns if name in one.columns else (*one.columns, name)
        changed = replace(one, columns=columns, guards=guards, repeated=one.repeated or run.repeated > 0)
        self.emitted[before] = self.emitted[before]._replace(operation=changed)

    def emit(self, operations: list[Operation], call: Call, run: Run, *, outside: bool = False) -> None:
        """Adds what one call does, at the call of the migration in whose course it stands."""
        code = call.module.source(call.node) if operations else ""
        for operation in operations:
            self._emit(operation, call.node, run, code, outside=outside)

    def emit_placed(self, operations: list[Operation], call: Call, run: Run, *, outside: bool = False) -> None:
        """Adds what SQL does: where no helper is between, each statement stands at its own place."""
        for operation in operations:
            self._emit(operation, call.node, run, "", placed=True, outside=outside)

    def note_rollback(self, note: str) -> None:
        self.rollback = self.rollback or note

    def dialect_under(self, run: Run) -> Dialect:
        """The dialect in which SQL is read here: the configured one, unless a guard says another."""
        ours = run.path.ours
        if self.dialect in ours or not ours:
            return self.dialect
        return "postgres" if "postgres" in ours else ours[0]

    def _emit(
        self,
        operation: Operation,
        node: ast.AST,
        run: Run,
        code: str,
        *,
        placed: bool = False,
        outside: bool = False,
    ) -> None:
        dialects = run.path.ours
        if not dialects:
            return  # for a database that relcheck does not read for
        if len(self.emitted) >= _OPERATIONS:
            raise BudgetError
        region, related, lines = _place(node, run)
        if placed and not run.frames:
            if operation.region.line < region.line or operation.region.line > region.end_line:
                related = (Related("", region, "executed here"),)
            region = operation.region
        elif placed:
            related = (*related, Related("", operation.region, "the statement"))
        dialect = self.dialect_under(run)
        alone = operation.kind in COMMITS_IN_MYSQL if dialect == "mysql" else placed and operation.transaction is None
        transaction = None if outside or alone else self._transaction
        operation = replace(
            operation,
            region=region,
            related=(*related, *operation.related),
            dialect=dialect,
            guards=(*run.path.said, *operation.guards),
            dialects=() if len(dialects) == _ALL else dialects,
            transaction=transaction,
            repeated=run.repeated > 0 or operation.repeated,
            code=operation.code or (code if len(code) <= _CODE else code[: _CODE - 1] + "…"),
        )
        if run.frames and operation.kind in _OF_ROWS:
            if operation in self._seen:
                return  # the same call for another turn or branch
            self._seen.add(operation)
        self.emitted.append(Emitted(operation, lines))
        if self.dialect not in run.path.dialects:
            return
        if operation.kind is Kind.COMMIT and transaction is not None:
            self._transaction = None  # the driver knows nothing of it: what follows is committed by itself
        elif operation.kind is Kind.BEGIN and self._transaction is None:
            self._transactions += 1
            self._transaction = self._transactions

    def _operation(self, name: str, call: Call, run: Run, batch: Value | None) -> Value | None:
        if name == "f":
            return call.args[0] if call.args else None
        if name in _NEUTRAL or name == "inline_literal":
            return None
        if name == "run_async" and call.args:  # op.run_async(function, …): it is given a connection
            given = [Unknown("connection"), *call.args[1:]]
            return applied(run, call.args[0], given, call.keywords, call.node, call.module, exact=call.exact)
        reader = (BATCH if batch is not None else OPERATIONS).get(name)
        for one, path in ways(call):
            with run.under(path) as possible:
                if not possible:
                    continue
                if name == "execute":
                    execute(self, one, run)
                elif reader is None:
                    reason = f"op.{name}() is none of Alembic's operations: another package or the project gives it"
                    self.emit([Operation(kind=Kind.OPAQUE, region=NOWHERE, reason=reason)], one, run)
                else:
                    self.emit(reader(one, self.dialect_under(run), batch), one, run)
        return None

    def _other(self, call: Call, run: Run) -> None:
        if last_name(call.func) in QUERYING:
            self._note_models(call, run)
        if type(call.func) is Attribute and call.func.name in _TELLING:
            found = False
            for one, path in ways(call):
                with run.under(path) as possible:
                    found = (possible and self._recognised(one, run)) or found
            if found:
                return
        if last_name(call.func) in {"commit", "flush"} and database.is_database(call.func):
            self.commits = True
        elif not is_harmless(call) and not database.is_database(call.func):
            self._unfollowed(call, run)

    def _note_models(self, call: Call, run: Run) -> None:
        """Models that are imported: what they are today is not what they were when the migration was written."""
        for value in call.args:
            name = imported_model(value, run.module)
            if name is not None and name not in self.model_imports:
                self.model_imports[name] = named_in(call, name, run) or run.module.region(run.site(call.node))

    def _recognised(self, call: Call, run: Run) -> bool:
        """Reads a call of a schema object, a session or a connection; false where it is none of them."""
        operations = object_operation(call, self.dialect_under(run))
        if operations is None:
            operations = orm_operation(call)
        if operations is not None:
            self.emit(operations, call, run)
        elif is_execution(call):
            execute(self, call, run)
        else:
            return False
        return True

    def _unfollowed(self, call: Call, run: Run) -> None:
        """A function that is not followed: opaque where it can change the database, else remembered."""
        func = call.func
        given = database.touches_database(call)
        if type(func) is Function:
            if func.node not in run.active:
                self.unread.append(func.name)
                if given or may_change(func):
                    self._opaque(f"{func.name}() lies too deep in helpers to be followed", call, run)
            return
        name = last_name(func)
        if database.only_reads(name) or (is_method(call) and not given):
            return
        telling = any(word in name.lower() for word in ("drop", "delete", "rename", "alter", "truncate"))
        if given or (telling and type(func) in (Symbol, Attribute) and dotted(func)):
            where = dotted(func) or name or "a function"
            self._opaque(f"what {where}() does is not known: its definition is not in the project's files", call, run)
        else:
            self.unread.append(dotted(func) or name or "a function that is chosen at run time")

    def _opaque(self, reason: str, call: Call, run: Run) -> None:
        self.emit([Operation(kind=Kind.OPAQUE, region=NOWHERE, reason=reason)], call, run)


def _place(node: ast.AST, run: Run) -> tuple[Region, tuple[Related, ...], Places]:
    """The call of the migration, the helper's line, and the lines on which an approval may stand."""
    region = run.module.region(run.site(node))
    if not run.frames:
        return region, (), ((region.line, region.end_line),)
    inner = run.innermost
    span = inner.region(node)
    lines = [(region.line, region.end_line)]
    for frame in run.frames[1:]:
        if frame.module is run.module:
            within = run.module.region(frame.call)
            lines.append((within.line, within.end_line))
    if inner is run.module:
        lines.append((span.line, span.end_line))
    path = "" if inner is run.module else inner.name
    return region, (Related(path, span, f"in {run.frames[-1].name}()"),), tuple(lines)


def _split(call: Call, func: Symbol) -> Call:
    """`a.b.session.execute` as attributes, as if `a.b` had been told apart."""
    head, _, last = func.name.rpartition(".")
    first, _, middle = head.rpartition(".")
    if not first or func.name.startswith(("sqlalchemy.", "builtins.")):
        return call
    return Call(
        Attribute(Attribute(Symbol(first), middle), last), call.args, call.keywords, call.node, call.module, call.exact
    )


def _is_autocommit_block(value: Value) -> bool:
    return type(value) is Call and last_name(value.func) == "autocommit_block"
