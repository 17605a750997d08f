"""Examples of intent-exceeded: what goes beyond a declaration, and what only looks so."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid


def _told(symbol: str, intent: str, what: str) -> str:
    does, needs = ("writes", "ATOMIC_WRITE") if intent == "READ_ONLY" else ("locks", "LOCKED_MUTATION")
    return f"{symbol} is declared {intent}, and {what} {does}. Declare {needs}, or move this into a function that does"


def _locks(symbol: str, intent: str, what: str) -> str:
    return (
        f"{symbol} is declared {intent}, and {what} locks. "
        "Declare LOCKED_MUTATION, or move this into a function that does"
    )


EXAMPLES = (
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
