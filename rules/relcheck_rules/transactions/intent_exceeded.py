"""A function does no more to the database than it has declared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from relcheck.sdk import (
    Expect,
    File,
    Findings,
    Invalid,
    Note,
    PythonRule,
    RuleOptions,
    Site,
    Span,
    Valid,
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


def _told(symbol: str, intent: str, what: str) -> str:
    does, needs = ("writes", "ATOMIC_WRITE") if intent == "READ_ONLY" else ("locks", "LOCKED_MUTATION")
    return f"{symbol} is declared {intent}, and {what} {does}. Declare {needs}, or move this into a function that does"


def _locks(symbol: str, intent: str, what: str) -> str:
    return (
        f"{symbol} is declared {intent}, and {what} locks. "
        "Declare LOCKED_MUTATION, or move this into a function that does"
    )


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
                        how = f"{callee} does it here: {worst.what}" if worst.what else f"{callee} is declared to"
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

    examples = (
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def view(session, invoice_id):\n"
            "    invoice = session.get(Invoice, invoice_id)\n"
            "    session.add(View(invoice))\n"
            "    session.commit()\n"
            "    return invoice\n",
            Expect(6, 13, 16, _told("view", "READ_ONLY", "session.add()"), kind="directly"),
            title="A reading function that writes:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def find(session, invoice_id):\n"
            "    return session.get(Invoice, invoice_id) or create(session, invoice_id)\n"
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def create(session, invoice_id): ...\n",
            Expect(5, 48, 54, _told("find", "READ_ONLY", "create()"), kind="by-call"),
            title="It calls a function that is declared to write:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def move(txn: SingleConnectionTxn, source, target):\n"
            "    rows = txn.lock_rows(select(Wallet).where(Wallet.id.in_((source, target))))\n"
            "\n"
            "@transactional(intent=TransactionIntent.ATOMIC_WRITE)\n"
            "def charge(session, wallet_id):\n"
            "    session.get(Wallet, wallet_id, with_for_update=True).charged = True\n"
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def refund(session, wallet_id):\n"
            '    session.execute(text("SELECT 1 FROM wallets WHERE id = :id FOR UPDATE"), {"id": wallet_id})\n'
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def close(wallet_id):\n"
            "    with single_connection_transaction() as txn:\n"
            "        finish(txn, wallet_id)\n",
            Expect(5, 16, 25, _locks("move", "ATOMIC_WRITE", "lock_rows"), kind="directly"),
            Expect(9, 36, 51, _locks("charge", "ATOMIC_WRITE", "with_for_update"), kind="directly"),
            Expect(13, 64, 74, _locks("refund", "ATOMIC_WRITE", "FOR UPDATE"), kind="directly"),
            Expect(17, 10, 39, _locks("close", "ATOMIC_WRITE", "single_connection_transaction"), kind="directly"),
            title="A writing function that locks:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def total(session):\n"
            "    session.query(Draft).filter(Draft.old).delete()\n"
            "    return session.scalar(select(func.count(Invoice.id)))\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def names(session):\n"
            "    session.execute(users.update().where(users.c.old).values(name=None))\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def dates(cursor):\n"
            '    cursor.execute("UPDATE invoices SET seen = now() WHERE id = %s", (1,))\n',
            Expect(5, 44, 50, _told("total", "READ_ONLY", "delete()"), kind="directly"),
            Expect(10, 21, 33, _told("names", "READ_ONLY", "users.update()"), kind="directly"),
            Expect(14, 20, 68, _told("dates", "READ_ONLY", "this SQL"), kind="directly"),
            title="By a query, a table, and in SQL:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "from sqlalchemy import insert\n"
            "from sqlalchemy.dialects.postgresql import insert as upsert\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def keep(session, row):\n"
            "    session.execute(insert(Invoice).values(row))\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def keep_once(session, row):\n"
            "    session.execute(upsert(Invoice).values(row).on_conflict_do_nothing())\n",
            Expect(8, 21, 27, _told("keep", "READ_ONLY", "insert()"), kind="directly"),
            Expect(12, 21, 27, _told("keep_once", "READ_ONLY", "insert()"), kind="directly"),
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def read(session):\n"
            "    return session.execute(select(Invoice).with_for_update(), execution_options={}).all()\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def pay(session, invoice):\n"
            "    debit(session, invoice)\n"
            "    session.flush()\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def debit(txn: SingleConnectionTxn, invoice): ...\n",
            Expect(5, 44, 59, _locks("read", "READ_ONLY", "with_for_update")),
            Expect(9, 5, 10, _locks("pay", "READ_ONLY", "debit()")),
            Expect(10, 13, 18, _told("pay", "READ_ONLY", "session.flush()")),
            title="A reading function that locks, and one that does both:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "class Invoices:\n"
            "    @transactional(TransactionIntent.READ_ONLY)\n"
            "    def find(self, key):\n"
            "        return self._load(key)\n"
            "\n"
            "    @transactional(TransactionIntent.READ_ONLY)\n"
            "    async def find_later(self, key):\n"
            "        return await to_thread(self._load, key)\n"
            "\n"
            "    def _load(self, key):\n"
            "        return self._known.get(key) or self._make(key)\n"
            "\n"
            "    def _make(self, key):\n"
            "        self.session.add(Invoice(key))\n"
            "\n"
            "class Drafts(Invoices):\n"
            "    @transactional(TransactionIntent.READ_ONLY)\n"
            "    def draft(self, key):\n"
            "        return self._make(key)\n"
            "\n"
            "    @transactional(TransactionIntent.READ_ONLY)\n"
            "    def old(self, key):\n"
            "        return super()._load(key)\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def load(key):\n"
            "    return Invoices._load(Invoices(), key)\n",
            Expect(6, 21, 26, _told("Invoices.find", "READ_ONLY", "Invoices._load()"), kind="by-call"),
            Expect(10, 37, 42, _told("Invoices.find_later", "READ_ONLY", "Invoices._load()"), kind="by-call"),
            Expect(21, 21, 26, _told("Drafts.draft", "READ_ONLY", "Invoices._make()"), kind="by-call"),
            Expect(25, 24, 29, _told("Drafts.old", "READ_ONLY", "Invoices._load()"), kind="by-call"),
            Expect(29, 21, 26, _told("load", "READ_ONLY", "Invoices._load()"), kind="by-call"),
            title="Through several methods, in a thread, of the base class:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def export(session, run):\n"
            "    def keep(row):\n"
            "        session.merge(row)\n"
            "    run(keep)\n"
            "    return [lambda row: session.add(row)]\n",
            Expect(6, 17, 22, _told("export", "READ_ONLY", "session.merge()"), kind="directly"),
            title="In a function inside:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "reading = transactional(TransactionIntent.READ_ONLY)\n"
            "\n"
            "@reading\n"
            'def view(db: "Session"):\n'
            "    db.delete(Invoice())\n",
            Expect(7, 8, 14, _told("view", "READ_ONLY", "db.delete()"), kind="directly"),
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def test_view(session):\n"
            "    session.add(View())\n",
            Expect(5, 13, 16, _told("test_view", "READ_ONLY", "session.add()"), kind="directly"),
            path="tests/test_views.py",
            options={"check_tests": True},
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def count(session, rows, cache):\n"
            "    seen = set()\n"
            "    counts: dict[str, int] = {}\n"
            "    for row in session.scalars(select(Invoice)):\n"
            "        seen.add(row.id)\n"
            "        counts.update({row.name: counts.get(row.name, 0) + 1})\n"
            '    logger.info("delete from the cart, update the list, insert into the box")\n'
            '    return session.execute(select(Invoice).where(Invoice.note == "DELETE FROM invoices")).all()\n',
            title="What is added to a set or said in a log is not written:",
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.ATOMIC_WRITE)\n"
            "def create(session, name):\n"
            "    session.add(Invoice(name))\n"
            '    session.execute(text("DELETE FROM drafts WHERE name = :name"), {"name": name})\n'
            "    session.commit()\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def pay(txn: SingleConnectionTxn, invoice_id):\n"
            "    txn.lock_row(select(Invoice).where(Invoice.id == invoice_id)).paid = True\n"
            '    create(txn.session, "receipt")\n',
            title="What is declared:",
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def outer(session):\n"
            "    return inner(session)\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def inner(session): ...\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def over(session, create):\n"
            "    return create(session)\n"
            "\n"
            "def create(session):\n"
            "    session.add(Invoice())\n",
            title="A parameter that is called like a function of the file is none:",
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def test_view(session):\n"
            "    session.add(View())\n",
            path="tests/test_views.py",
        ),
        Valid(
            "from app.db import transactional\n\n@transactional\ndef create(session):\n    session.add(Invoice())\n",
            title="A decorator of the same name that knows no intents:",
        ),
        Valid(
            "def view(session):\n    session.add(View())\n",
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.READ_ONLY)\n"
            "def a(session):\n"
            "    return b(session)\n"
            "\n"
            "def b(session):\n"
            "    return c(session)\n"
            "\n"
            "def c(session):\n"
            "    return b(session) or a(session)\n",
        ),
    )


def _rank(intent: Intent) -> int:
    return list(Intent).index(intent)
