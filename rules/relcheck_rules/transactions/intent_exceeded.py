"""A function does no more to the database than it has declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    sql,
    text,
)
from relcheck_rules.transactions._intent import Intent, declared_intent
from relcheck_rules.transactions._locks import EXECUTES, TOLD_AS, TOLD_BY, is_told, sql_locks
from relcheck_rules.transactions._options import SESSION, WRITES, IntentOptions

if TYPE_CHECKING:
    import libcst as cst


@dataclass(frozen=True)
class _Effect:
    """Something that a function does to the database: what it is called, the intent that it needs, and where."""

    what: str
    needs: Intent
    place: Span


@dataclass
class _Function:
    site: Site
    intent: Intent | None = None
    effects: list[_Effect] = field(default_factory=list)


class IntentExceeded(PythonRule):
    """
    ## What it does
    Finds functions declared READ_ONLY that add, delete, flush, commit or lock, and functions declared ATOMIC_WRITE that lock: directly, or by
    calling a function or method of the same file that does, or that is declared to.

    ## Why is this bad
    Callers trust the declaration. A READ_ONLY function runs on a replica, or twice; an ATOMIC_WRITE one runs on a plain session, where
    a lock outlives its connection.

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
    """

    upholds = "A function does to the database what it says"
    where = imports(opt.decorators)

    class Options(IntentOptions):
        writes: tuple[str, ...] = WRITES
        write_statements: tuple[str, ...] = (
            "sqlalchemy.insert",
            "sqlalchemy.update",
            "sqlalchemy.delete",
            "sqlmodel.insert",
            "sqlmodel.update",
            "sqlmodel.delete",
        )
        locks: tuple[str, ...] = ("with_for_update", "select_for_update")
        executes: tuple[str, ...] = EXECUTES
        told_by: tuple[str, ...] = TOLD_BY
        told_as: tuple[str, ...] = TOLD_AS
        check_function_bodies: bool = False

    options: Options

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self._functions: dict[str, _Function] = {}

    @on(function(decorated=opt.decorators))
    def declared(self, fn: Site, file: File) -> None:
        declared = declared_intent(fn, file, self.options)
        if declared is not None and fn.symbol is not None:
            self._of(fn.symbol, fn).intent = declared.intent

    @on(call(method=opt.writes, receiver=SESSION))
    def write(self, at: Site, file: File) -> None:
        self._effect(at, f"{file.code(Span(_function_of(at)))}()", Intent.ATOMIC_WRITE)

    @on(call(opt.write_statements))
    def write_statement(self, at: Site, file: File) -> None:
        self._effect(at, f"{last(at.name or '')}()", Intent.ATOMIC_WRITE)

    @on(text(words=(("insert", "update", "delete", "merge", "truncate"),)))
    def write_text(self, at: Site, file: File) -> None:
        del file
        if at.text is not None and not is_told(at, self.options) and sql.writes(at.text.text):
            self._effect(at, "this SQL", Intent.ATOMIC_WRITE)

    @on(ref(attribute=opt.locks))
    @on(call(keyword=opt.locks))
    @on(call(method=opt.lock_methods))
    @on(call(opt.primitives))
    def lock(self, at: Site, file: File) -> None:
        self._effect(at, file.code(at), Intent.LOCKED_MUTATION)

    @on(text("for update", "for share", "for no key update", "for key share", "lock in share mode"))
    def lock_text(self, at: Site, file: File) -> None:
        del file
        for clause in sql_locks(at, self.options):
            strength = f"FOR {clause.strength}"
            self._effect(at, strength, Intent.LOCKED_MUTATION, at.part(clause.start, clause.end))

    def finish(self, file: File) -> Findings:
        if file.matches(self.options.allowed_in):
            return
        for symbol, fn in self._functions.items():
            if fn.intent is Intent.READ_ONLY or fn.intent is Intent.ATOMIC_WRITE:
                yield from self._exceeded(symbol, fn, fn.intent)

    def _exceeded(self, symbol: str, fn: _Function, intent: Intent) -> Findings:
        for effect in fn.effects:
            if _rank(effect.needs) > _rank(intent):
                yield fn.site.finding(self._message(symbol, intent, effect.what, effect.needs), region=effect.place)
        for place, callee in self._calls(fn.site):
            worst = self._worst(callee, {symbol})
            if worst is not None and _rank(worst.needs) > _rank(intent):
                yield fn.site.finding(
                    self._message(symbol, intent, f"{callee}()", worst.needs),
                    kind="by-call",
                    region=place,
                    related=[Note(worst.place, f"{callee} does it here: {worst.what}")],
                )

    def _message(self, symbol: str, intent: Intent, what: str, needs: Intent) -> str:
        does = "locks" if needs is Intent.LOCKED_MUTATION else "writes"
        return (
            f"{symbol} is declared {intent}, and {what} {does}. Declare {needs}, or move this into a function that does"
        )

    def _worst(self, symbol: str, seen: set[str]) -> _Effect | None:
        """The gravest thing that a function of this file does, by itself, by its declaration, or through others."""
        fn = self._functions.get(symbol)
        if fn is None or symbol in seen:
            return None
        seen.add(symbol)
        found = list(fn.effects)
        if fn.intent is not None and fn.intent is not Intent.READ_ONLY:
            found.append(_Effect(f"it is declared {fn.intent}", fn.intent, fn.site.header))
        for _, callee in self._calls(fn.site):
            inner = self._worst(callee, seen)
            if inner is not None:
                found.append(inner)
        return max(found, key=lambda effect: _rank(effect.needs), default=None)

    def _calls(self, fn: Site) -> Iterator[tuple[Span, str]]:
        """Calls in a function of what the same file defines: (place, symbol)."""
        import libcst as cst

        owner = (fn.symbol or "").rpartition(".")[0]
        pending: list[cst.CSTNode] = [fn.node]
        while pending:
            node = pending.pop()
            if isinstance(node, cst.Call):
                for name, place in _same_module(node, fn.symbol or "", owner):
                    if name in self._functions:
                        yield Span(place), name
                        break
            pending.extend(reversed(node.children))

    def _effect(self, at: Site, what: str, needs: Intent, place: Span | None = None) -> None:
        around = at.function
        if around is not None and around.symbol is not None:
            self._of(around.symbol, around).effects.append(_Effect(what, needs, place or at.span))

    def _of(self, symbol: str, site: Site) -> _Function:
        return self._functions.setdefault(symbol, _Function(site))


def _rank(intent: Intent) -> int:
    return list(Intent).index(intent)


def _function_of(at: Site) -> cst.CSTNode:
    from libcst import Call

    return at.node.func if isinstance(at.node, Call) else at.node


def _same_module(node: cst.Call, symbol: str, owner: str) -> Iterator[tuple[str, cst.CSTNode]]:
    """The symbols that a call may mean if the same file defines them: a function inside the caller, of the module, of the class."""
    from libcst import Attribute, Name

    func = node.func
    if isinstance(func, Name):
        yield f"{symbol}.{func.value}", func
        yield func.value, func
    if isinstance(func, Attribute) and isinstance(func.value, Name) and func.value.value in ("self", "cls"):
        yield f"{owner}.{func.attr.value}", func.attr
