"""A function does no more to the database than it has declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from relcheck.sdk import (
    File,
    Findings,
    Note,
    PythonRule,
    RuleOptions,
    Site,
    Span,
    call,
    function,
    imports,
    last,
    on,
    opt,
    ref,
    text,
)
from relcheck_rules.transactions._calls import Caller, calls_of, is_query_write, is_table_write
from relcheck_rules.transactions._intent import Intent, declared_intent
from relcheck_rules.transactions._intent_exceeded_examples import EXAMPLES
from relcheck_rules.transactions._nodes import spelled
from relcheck_rules.transactions._options import SESSION, WRITES, IntentOptions, exempt
from relcheck_rules.transactions._orm_locks import LOCKS_BY_KEYWORD, is_flag, takes_lock
from relcheck_rules.transactions._sessions import concerns_rows
from relcheck_rules.transactions._sql_text import EXECUTES, PHRASES, TOLD_AS, TOLD_BY, sql_locks, sql_writes

_STATEMENTS = tuple(
    f"{module}.{name}"
    for module in ("sqlalchemy", "sqlmodel", "postgresql", "mysql", "sqlite", "sqlalchemy.sql.expression")
    for name in ("insert", "update", "delete")
)


@dataclass(frozen=True)
class _Effect:
    """Something that a function does to the database: what it is called, the intent that it needs, and where."""

    what: str
    needs: Intent
    place: Span
    notes: tuple[Note, ...] = ()


@dataclass
class _Function:
    """A function of the file: what it declares, what it does, and whom it calls (worked out at the first need)."""

    caller: Caller
    calls: list[tuple[Span, str]] | None = None
    intent: Intent | None = None
    effects: list[_Effect] = field(default_factory=list)


class IntentExceeded(PythonRule):
    """
    ## What it does
    Finds functions declared READ_ONLY that add, delete, flush, commit or lock, and functions declared ATOMIC_WRITE that
    lock.

    They may do it themselves, through the ORM or in SQL text, in a function inside, or by calling a function or method
    of the same file that does it or that is declared to. A callee's declaration is believed: where it is wrong, that is
    the callee's finding.

    ## Why is this bad
    Callers trust the declaration. A READ_ONLY function may run twice, or on a replica; an ATOMIC_WRITE one runs on a
    plain session, where a lock outlives its connection.

    ## Example
    ```python
    @transactional(TransactionIntent.READ_ONLY)
    def latest(session: Session) -> Report:
        report = session.query(Report).first()
        session.delete(report)
        return report
    ```

    ## Use instead
    ```python
    @transactional(TransactionIntent.ATOMIC_WRITE)
    def take_latest(session: Session) -> Report: ...
    ```
    `writes` names the methods of a session that write, `write_statements` the functions that build such statements,
    `locks`, `lock_methods` and `primitives` what locks. Tests are looked at with `check_tests`.
    """

    upholds = "A function does to the database what it says"
    where = imports(opt.decorators)

    class Options(IntentOptions, frozen=True):
        writes: tuple[str, ...] = WRITES
        write_statements: tuple[str, ...] = _STATEMENTS
        locks: tuple[str, ...] = ("with_for_update", "with_lockmode", "select_for_update")
        lock_by_keyword: tuple[str, ...] = LOCKS_BY_KEYWORD
        executes: tuple[str, ...] = EXECUTES
        told_by: tuple[str, ...] = TOLD_BY
        told_as: tuple[str, ...] = TOLD_AS
        check_function_bodies: bool = False

    options: Options

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self._functions: dict[str, _Function] = {}

    @on(function())
    def found(self, fn: Site, file: File) -> None:
        declared = declared_intent(fn, file, self.options)
        here = self._of(fn)
        if declared is not None and here is not None:
            here.intent = declared.intent

    @on(call(method=opt.writes, receiver=SESSION))
    def write(self, at: Site, file: File) -> None:
        from libcst import Call

        del file
        if isinstance(at.node, Call) and concerns_rows(at):
            self._effect(at, f"{spelled(at.node.func)}()", Intent.ATOMIC_WRITE)

    @on(call(opt.write_statements))
    def write_statement(self, at: Site, file: File) -> None:
        del file
        self._effect(at, f"{last(at.name or '')}()", Intent.ATOMIC_WRITE)

    @on(call(method=("update", "delete")))
    def query_write(self, at: Site, file: File) -> None:
        del file
        if is_query_write(at, call(method="query", receiver=SESSION)):
            self._effect(at, f"{spelled(at.token)}()", Intent.ATOMIC_WRITE)

    @on(call(method=("execute", "scalar", "scalars", "stream", "exec"), receiver=SESSION))
    def table_write(self, at: Site, file: File) -> None:
        del file
        statement = is_table_write(at)
        if statement is not None:
            self._effect(at, f"{spelled(statement.node)}()", Intent.ATOMIC_WRITE, statement)

    @on(text(words=(("insert", "update", "delete", "merge", "replace", "truncate", "copy"),)))
    def write_text(self, at: Site, file: File) -> None:
        del file
        if sql_writes(at, self.options):
            self._effect(at, "this SQL", Intent.ATOMIC_WRITE)

    @on(ref(attribute=opt.locks))
    @on(call(keyword=opt.locks))
    @on(call(method=opt.lock_methods))
    @on(call(opt.primitives))
    def lock(self, at: Site, file: File) -> None:
        del file
        if takes_lock(at, self.options.lock_by_keyword) and not is_flag(at):
            self._effect(at, spelled(at.token), Intent.LOCKED_MUTATION)

    @on(text(*PHRASES))
    def lock_text(self, at: Site, file: File) -> None:
        del file
        for lock in sql_locks(at, self.options):
            self._effect(at, lock.name, Intent.LOCKED_MUTATION, at.part(lock.start, lock.end))

    def finish(self, file: File) -> Findings:
        if file.matches(exempt(self.options)):
            return
        for symbol, here in self._functions.items():
            if here.intent is Intent.READ_ONLY or here.intent is Intent.ATOMIC_WRITE:
                yield from self._exceeded(symbol, here, here.intent, file)

    def _exceeded(self, symbol: str, here: _Function, intent: Intent, file: File) -> Findings:
        """One finding for each kind of excess: where it is first met, and where else."""
        doing = [effect for effect in self._doing(symbol) if _rank(effect.needs) > _rank(intent)]
        doing.sort(key=lambda effect: file.offsets(effect.place))
        for needs in Intent:
            effects = [effect for effect in doing if effect.needs is needs]
            if not effects:
                continue
            first, *others = effects
            does = "locks" if needs is Intent.LOCKED_MUTATION else "writes"
            yield here.caller.site.finding(
                f"{symbol} is declared {self._word(intent)}, and {first.what} {does}. "
                f"Declare {self._word(needs)}, or move this into a function that does",
                kind="by-call" if first.notes else "directly",
                region=first.place,
                related=(*first.notes, *(Note(one.place, f"{one.what} {does} too") for one in others)),
            )

    def _doing(self, symbol: str) -> Iterator[_Effect]:
        """What a declared function does: itself, in undeclared functions inside it, and by its calls."""
        for inner, here in self._functions.items():
            if inner == symbol or (inner.startswith(f"{symbol}.") and not self._is_declared_below(inner, symbol)):
                yield from here.effects
                for place, callee in self._calls(here):
                    worst = self._worst(callee)
                    if worst is not None and not callee.startswith(f"{symbol}."):
                        declared = f"{callee} is declared {self._word(worst.needs)}"
                        how = f"{callee} does it here: {worst.what}" if worst.what else declared
                        yield _Effect(f"{callee}()", worst.needs, place, (Note(worst.place, how),))

    def _is_declared_below(self, inner: str, symbol: str) -> bool:
        while inner != symbol:
            if inner in self._functions and self._functions[inner].intent is not None:
                return True
            inner = inner.rpartition(".")[0]
        return False

    def _worst(self, symbol: str) -> _Effect | None:
        """The gravest thing that comes of calling a function; of a declared one, what it is declared to do."""
        found: list[_Effect] = []
        pending = [symbol]
        for one in pending:
            here = self._functions[one]
            if here.intent is not None:
                found.append(_Effect("", here.intent, here.caller.site.header))
                continue
            found.extend(here.effects)
            pending.extend(callee for _, callee in self._calls(here) if callee not in pending)
        return max(found, key=lambda effect: _rank(effect.needs), default=None)

    def _calls(self, here: _Function) -> list[tuple[Span, str]]:
        if here.calls is None:
            here.calls = list(calls_of(here.caller, self._functions))
        return here.calls

    def _effect(self, at: Site, what: str, needs: Intent, place: Span | None = None) -> None:
        here = self._of(at.function) if at.function is not None else None
        if here is not None:
            here.effects.append(_Effect(what, needs, place or at.span))

    def _of(self, fn: Site) -> _Function | None:
        symbol = fn.symbol
        return self._functions.setdefault(symbol, _Function(Caller(symbol, fn))) if symbol is not None else None

    def _word(self, intent: Intent) -> str:
        options = self.options
        return (options.read_only, options.atomic_write, options.locked_mutation)[_rank(intent)][0]

    examples = EXAMPLES


def _rank(intent: Intent) -> int:
    return list(Intent).index(intent)
