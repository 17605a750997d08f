"""Row locks go through the blessed transaction primitive."""

from __future__ import annotations

from relcheck.sdk import (
    Confidence,
    Defined,
    File,
    Findings,
    Glob,
    PythonRule,
    RuleOptions,
    Severity,
    Site,
    Symbol,
    any_of,
    call,
    on,
    opt,
    ref,
    sql,
    text,
)
from relcheck_rules.transactions._locks import EXECUTES, TOLD_AS, TOLD_BY, is_told, sql_locks
from relcheck_rules.transactions._options import TESTS


class RawRowLock(PythonRule):
    """
    ## What it does
    Finds row locks taken by hand: `.with_for_update()`, `with_for_update=` of `get` and `refresh`, a bare reference to either,
    `getattr(query, "with_for_update")`, and `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE` in SQL text, wherever that text
    is put together: several lines, implicit concatenation, `+`, `%`, `.format`, `join`, f-strings, constants.
    Docstrings, comments, log and error messages are not SQL and are left alone, as are SQL comments and SQL strings.

    ## Why is this bad
    A row lock lives as long as its connection's transaction. `session.commit()` gives the connection back to the pool; the next
    statement may run on another one and wait for the lock that the first still holds. The program hangs, under load only.
    A primitive that ties the lock to one connection makes the mistake impossible.

    ## Example
    ```python
    row = session.execute(select(State).where(State.id == 1).with_for_update()).scalar_one()
    ```

    ## Use instead
    ```python
    with single_connection_transaction() as txn:
        row = txn.lock_row(select(State).where(State.id == 1))
    ```
    List the module that implements the primitive in `allowed_in`. Where the project defines none of `primitives` and none is configured, the
    rule warns instead of failing. Django's `select_for_update` is looked for once it is added to `locks`
    (`extends = ["preset:django"]`).
    """

    upholds = "Lock scope equals connection scope"
    convention = Defined(opt.primitives, otherwise=Severity.WARNING)

    class Options(RuleOptions):
        locks: tuple[str, ...] = ("with_for_update",)
        primitives: tuple[Symbol, ...] = ("single_connection_transaction", "async_single_connection_transaction")
        allowed_in: tuple[Glob, ...] = ()
        executes: tuple[str, ...] = EXECUTES
        told_by: tuple[str, ...] = TOLD_BY
        told_as: tuple[str, ...] = TOLD_AS
        check_function_bodies: bool = False
        check_tests: bool = False
        test_paths: tuple[Glob, ...] = TESTS

    options: Options

    @on(ref(attribute=opt.locks))
    @on(call("getattr", arg1=opt.locks))
    @on(call("operator.methodcaller", "operator.attrgetter", arg0=opt.locks))
    @on(call(keyword=opt.locks))
    def orm_lock(self, at: Site, file: File) -> Findings:
        if not self._allowed(file):
            yield at.finding(self._message())

    @on(any_of(text(words=("for", ("update", "share"))), text(words=("lock", "share", "mode"))))
    def sql_lock(self, at: Site, file: File) -> Findings:
        if not self._allowed(file):
            for clause in sql_locks(at, self.options):
                yield at.finding(self._message(), region=at.part(clause.start, clause.end))

    @on(text(words=("select", "for")))
    def unknown_lock(self, at: Site, file: File) -> Findings:
        if self._allowed(file) or at.text is None or is_told(at, self.options):
            return
        for position in sql.unknown_strength(at.text.text):
            yield at.finding(
                "the strength of this row lock is only known when it runs. If it is one, "
                f"{self._advice()}; if not, say so in a waiver",
                region=at.part(position, position + 3),
                severity=Severity.WARNING,
                confidence=Confidence.MEDIUM,
            )

    def _allowed(self, file: File) -> bool:
        tests = () if self.options.check_tests else self.options.test_paths
        return file.matches((*self.options.allowed_in, *tests))

    def _message(self) -> str:
        blessed = " and ".join(self.options.allowed_in[:2]) or "the transaction primitive"
        return f"row lock outside {blessed}: the lock can outlive its connection. {self._advice().capitalize()}"

    def _advice(self) -> str:
        primitive = self.options.primitives[0] if self.options.primitives else "the primitive"
        return f"take it through txn.lock_row(…) inside {primitive}()"
