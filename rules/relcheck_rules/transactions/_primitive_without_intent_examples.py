"""Examples of primitive-without-intent: who opens the primitive, and for whom."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Valid

_UNDECLARED = (
    "single_connection_transaction is opened here, and nothing that is declared LOCKED_MUTATION is called with it. "
    "Move the locking into a function that is, and call it here"
)


def _wrong(kind: str, method: str = "lock_row") -> str:
    return (
        f"{method} is called on a {kind}: it locks on whatever connection that uses. "
        "Call it on the SingleConnectionTxn that single_connection_transaction() gives"
    )


def _unknown(receiver: str) -> str:
    return (
        f"cannot tell whether {receiver}, on which lock_row is called, is a SingleConnectionTxn. "
        "Annotate it, or waive this with the reason"
    )


def _unknown_callee(callee: str) -> str:
    return (
        f"cannot tell whether {callee}, to which this transaction is given, is declared LOCKED_MUTATION. "
        "Call a function by its name, or waive this with the reason"
    )


_SERVICE = {
    "app/breakers.py": (
        "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
        "\n"
        "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
        "def open_breaker(txn: SingleConnectionTxn, breaker_id: int) -> None: ...\n"
    )
}


EXAMPLES = (
    Invalid(
        "from app.infra.transaction import single_connection_transaction\n"
        "\n"
        "def trip(breaker_id):\n"
        "    with single_connection_transaction() as txn:\n"
        "        txn.lock_row(select(State).where(State.id == breaker_id)).open = True\n",
        Expect(4, 10, 39, _UNDECLARED, kind="no-locked-mutation"),
        title="The work is done in the open:",
        files=_SERVICE,
    ),
    Invalid(
        "from contextlib import ExitStack\n"
        "from app.infra import transaction as t\n"
        "\n"
        "async def trip(breaker_id):\n"
        "    async with t.single_connection_transaction() as txn, lock:\n"
        "        await txn.session.flush()\n"
        "\n"
        "def reset(breaker_id):\n"
        "    with ExitStack() as stack:\n"
        "        txn = stack.enter_context(t.single_connection_transaction())\n"
        "        close_breaker(txn, breaker_id)\n",
        Expect(5, 18, 47, _UNDECLARED, kind="no-locked-mutation"),
        Expect(10, 37, 66, _UNDECLARED, kind="no-locked-mutation"),
        title="However it is entered:",
        files=_SERVICE,
    ),
    Invalid(
        "from app.infra.transaction import SingleConnectionTxn, single_connection_transaction\n"
        "from sqlalchemy.orm import Session\n"
        "\n"
        "def trip(session: Session, breaker_id):\n"
        "    session.lock_row(select(State).where(State.id == breaker_id)).open = True\n"
        "\n"
        "def count(txn: SingleConnectionTxn):\n"
        "    return txn.lock_rows(select(State)) + Session(engine).lock_rows(select(State))\n",
        Expect(5, 13, 21, _wrong("Session"), kind="wrong-receiver"),
        Expect(8, 59, 68, _wrong("Session", "lock_rows"), kind="wrong-receiver"),
        title="A lock on a session:",
        files=_SERVICE,
    ),
    Invalid(
        "def trip(txn, breaker_id):\n    txn.lock_row(select(State).where(State.id == breaker_id)).open = True\n",
        Expect(2, 9, 17, _unknown("txn"), kind="unknown-receiver"),
        title="A lock on nobody knows what:",
        files=_SERVICE,
    ),
    Invalid(
        "from app.infra.transaction import single_connection_transaction\n"
        "\n"
        "def run(action):\n"
        "    with single_connection_transaction() as txn:\n"
        "        return action(txn)\n"
        "\n"
        "class Worker:\n"
        "    def __init__(self, action):\n"
        "        self.action = action\n"
        "\n"
        "    def run(self):\n"
        "        with single_connection_transaction() as txn:\n"
        "            return self.action(txn)\n",
        Expect(4, 10, 39, _unknown_callee("action"), kind="unknown-callee"),
        Expect(12, 14, 43, _unknown_callee("self.action"), kind="unknown-callee"),
        title="A transaction that is given to whatever is asked for:",
        files=_SERVICE,
    ),
    Invalid(
        "from app.infra.transaction import single_connection_transaction\n"
        "\n"
        "def test_trip():\n"
        "    with single_connection_transaction() as txn:\n"
        "        txn.lock_row(select(State)).open = True\n",
        Expect(4, 10, 39, _UNDECLARED, kind="no-locked-mutation"),
        path="tests/test_breakers.py",
        options={"check_tests": True},
        files=_SERVICE,
    ),
    Valid(
        "from app.breakers import open_breaker\n"
        "from app.infra.transaction import single_connection_transaction\n"
        "\n"
        "def trip(breaker_id):\n"
        "    with single_connection_transaction() as txn:\n"
        "        open_breaker(txn, breaker_id)\n"
        "\n"
        "def trip_later(breaker_id):\n"
        "    with single_connection_transaction() as txn:\n"
        "        run_with_retries(open_breaker, txn, breaker_id)\n",
        title="A locked mutation of another module:",
        files=_SERVICE,
    ),
    Valid(
        "from app.infra import transaction as t\n"
        "\n"
        "locked = t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
        "\n"
        "@locked\n"
        "def close(txn: t.SingleConnectionTxn): ...\n"
        "\n"
        "hold = t.transactional(intent=t.TransactionIntent.LOCKED_MUTATION)(close)\n"
        "\n"
        "def run():\n"
        "    with t.single_connection_transaction() as txn:\n"
        "        close(txn)\n"
        "    with t.single_connection_transaction() as txn:\n"
        "        hold(txn)\n",
    ),
    Valid(
        "from app import breakers\n"
        "from app.infra.transaction import SingleConnectionTxn, single_connection_transaction\n"
        "\n"
        "def trip_all(txn: SingleConnectionTxn, breaker_ids):\n"
        "    for breaker_id in breaker_ids:\n"
        "        breakers.open_breaker(txn, breaker_id)\n"
        "\n"
        "class Board:\n"
        "    def trip(self, breaker_ids):\n"
        "        with single_connection_transaction() as txn:\n"
        "            self._trip(txn, breaker_ids)\n"
        "\n"
        "    def _trip(self, txn, breaker_ids):\n"
        "        trip_all(txn, breaker_ids)\n",
        title="Behind helpers that hand it on:",
        files=_SERVICE,
    ),
    Valid(
        "from contextlib import contextmanager\n"
        "from app.infra.transaction import SingleConnectionTxn, single_connection_transaction\n"
        "\n"
        "@contextmanager\n"
        "def audited_transaction() -> Iterator[SingleConnectionTxn]:\n"
        "    with single_connection_transaction() as txn:\n"
        "        yield txn\n"
        "        txn.session.add(Audit())\n"
        "\n"
        "def begin():\n"
        "    return single_connection_transaction()\n"
        "\n"
        "def states():\n"
        "    with audited_transaction() as txn:\n"
        "        return txn.lock_rows(select(State))\n",
        title="A transaction that is opened for others:",
        files=_SERVICE,
    ),
    Valid(
        "from app.infra.transaction import TransactionIntent, single_connection_transaction, transactional\n"
        "\n"
        "class SingleConnectionTxn:\n"
        "    def lock_row(self, statement):\n"
        "        return self.lock_rows(statement)[0]\n"
        "\n"
        "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
        "def move(txn: SingleConnectionTxn):\n"
        "    with single_connection_transaction() as other:\n"
        "        other.lock_row(select(State))\n"
        "\n"
        "class AuditedTxn(SingleConnectionTxn):\n"
        "    def lock_row(self, statement):\n"
        "        return super().lock_row(statement)\n",
        title="A declared function, and the transaction itself:",
        files=_SERVICE,
    ),
    Valid(
        "from app.infra.transaction import single_connection_transaction\n"
        "\n"
        "def trip(breaker_id):\n"
        "    with single_connection_transaction() as txn:\n"
        "        txn.lock_row(select(State)).open = True\n",
        title="A project that declares no intents yet:",
    ),
    Valid(
        "def test_trip(txn):\n    txn.lock_row(select(State)).open = True\n",
        path="tests/test_breakers.py",
        files=_SERVICE,
    ),
)
