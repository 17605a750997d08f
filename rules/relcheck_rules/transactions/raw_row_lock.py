"""Row locks go through the blessed transaction primitive."""

from __future__ import annotations

import re

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
    call,
    last,
    on,
    opt,
    ref,
    text,
)
from relcheck_rules.transactions._options import PRIMITIVES, TESTS, exempt
from relcheck_rules.transactions._orm_locks import LOCKS_BY_KEYWORD, is_argument_name, is_flag, takes_lock
from relcheck_rules.transactions._raw_row_lock_examples import EXAMPLES
from relcheck_rules.transactions._sql_text import EXECUTES, PHRASES, TOLD_AS, TOLD_BY, sql_locks, unknown_sql_locks

_PAGE = "`relcheck explain transactions/raw-row-lock` shows such a primitive"


class RawRowLock(PythonRule):
    """
    ## What it does
    Finds row locks that are taken by hand.

    - In the ORM: `.with_for_update()`, called or only referred to, `with_for_update=` of `get` and `refresh`, the same
      as a key of `**{…}`, `getattr(query, "with_for_update")`. The keyword of any other function is that function's
      business.
    - In SQL text: `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE` and `LOCK IN SHARE MODE`, however the
      text is put together: several lines, implicit concatenation, `+`, `%`, `.format`, `join`, f-strings, a constant
      that holds nothing but the clause. Where a `FOR` is followed by something that only a run will tell, it warns.

    Comments, docstrings, help texts, log and error messages are left alone, and so are SQL comments, SQL strings and
    the bodies of functions that a migration creates.

    ## Why is this bad
    A row lock lives as long as its transaction, and a transaction lives on one connection. `session.commit()` gives the
    connection back to the pool, and the next statement may get another one and wait for the lock that the first still
    holds. The program hangs, and only under load. A primitive that ties lock and connection together rules that out.

    ## Example
    ```python
    row = session.execute(select(State).where(State.id == 1).with_for_update()).scalar_one()
    ```

    ## Use instead
    ```python
    with single_connection_transaction() as txn:
        row = txn.lock_row(select(State).where(State.id == 1))
    ```
    The primitive itself has to lock, so name its module in `allowed_in`. As long as the project defines none of
    `primitives` and configures none, the rule warns instead of failing. A minimal one:
    ```python
    @contextmanager
    def single_connection_transaction() -> Iterator[SingleConnectionTxn]:
        with engine.connect() as connection, connection.begin(), Session(bind=connection) as session:
            yield SingleConnectionTxn(session)
            session.flush()
    ```
    `locks` names the methods that lock, `lock_by_keyword` those that take such a keyword. Django's `select_for_update`
    is not among them until you add it, by hand or with `extends = ["preset:django"]`. `executes`, `told_by` and
    `told_as` say which calls run a text, and which calls and keywords only show it to people. Tests are looked at with
    `check_tests`, bodies of `CREATE FUNCTION` with `check_function_bodies`.
    """

    upholds = "Lock scope equals connection scope"
    convention = Defined(opt.primitives, otherwise=Severity.WARNING)
    local = True

    class Options(RuleOptions, frozen=True):
        locks: tuple[str, ...] = ("with_for_update", "with_lockmode")
        lock_by_keyword: tuple[str, ...] = LOCKS_BY_KEYWORD
        primitives: tuple[Symbol, ...] = PRIMITIVES
        allowed_in: tuple[Glob, ...] = ()
        executes: tuple[str, ...] = EXECUTES
        told_by: tuple[str, ...] = TOLD_BY
        told_as: tuple[str, ...] = TOLD_AS
        check_function_bodies: bool = False
        check_tests: bool = False
        test_paths: tuple[Glob, ...] = TESTS

    options: Options
    _defined: str | None = None

    @on(ref(attribute=opt.locks))
    @on(call("getattr", arg1=opt.locks))
    @on(call("operator.methodcaller", "operator.attrgetter", arg0=opt.locks))
    @on(call(keyword=opt.locks))
    def orm_lock(self, at: Site, file: File) -> Findings:
        if takes_lock(at, self.options.lock_by_keyword) and not is_flag(at) and not self._allowed(file):
            yield at.finding(self._message(file.code(at).strip("\"'"), file))

    @on(text(words=(("with_for_update", "select_for_update"),)))
    def lock_by_name(self, at: Site, file: File) -> Findings:
        name = at.text.text if at.text is not None else ""
        if (
            name in self.options.locks
            and is_argument_name(at, self.options.lock_by_keyword)
            and not self._allowed(file)
        ):
            yield at.finding(self._message(name, file), kind="orm-lock", confidence=Confidence.MEDIUM)

    @on(text(*PHRASES))
    def sql_lock(self, at: Site, file: File) -> Findings:
        if not self._allowed(file):
            for lock in sql_locks(at, self.options):
                yield at.finding(self._message(lock.name, file), region=at.part(lock.start, lock.end))

    @on(text("for {}", words=("select", "from")))
    def unknown_lock(self, at: Site, file: File) -> Findings:
        if self._allowed(file):
            return
        for lock in unknown_sql_locks(at, self.options):
            yield at.finding(
                "only a run tells what stands behind this FOR: it may lock rows. "
                f"If it does, {self._advice(file)}; if not, say so in a waiver",
                region=at.part(lock.start, lock.end),
                severity=Severity.WARNING,
                confidence=Confidence.MEDIUM,
            )

    def _allowed(self, file: File) -> bool:
        return file.matches(exempt(self.options))

    def _message(self, lock: str, file: File) -> str:
        blessed = " and ".join(self.options.allowed_in[:2]) or "the transaction primitive"
        advice = self._advice(file)
        page = "" if self._defined_in(file) or self._is_configured else f". {_PAGE}"
        return f"{lock} outside {blessed}: the lock can outlive its connection. {advice[0].upper()}{advice[1:]}{page}"

    def _advice(self, file: File) -> str:
        if defined := self._defined_in(file):
            return f"add this module to allowed_in, for it defines {defined}"
        primitive = self.options.primitives[0] if self.options.primitives else "the primitive"
        return f"use txn.lock_row(…) inside {primitive}()"

    def _defined_in(self, file: File) -> str | None:
        """The primitive that the file itself defines, told from its text: the tree may be that of an excerpt."""
        if self._defined is None:
            names = "|".join(re.escape(last(name)) for name in self.options.primitives)
            found = re.search(
                rf"^(?:(?:async[ \t]+)?def|class)[ \t]+({names})\b|^({names})[ \t]*=", file.text, re.MULTILINE
            )
            self._defined = (found[1] or found[2] or "") if found is not None else ""
        return self._defined or None

    @property
    def _is_configured(self) -> bool:
        """Whether the project has said that it has a primitive."""
        return bool(self.options.allowed_in) or self.options.primitives != PRIMITIVES

    examples = EXAMPLES
