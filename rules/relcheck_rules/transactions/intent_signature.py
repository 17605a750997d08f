"""A locked mutation takes the transaction as its first parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import (
    Confidence,
    Expect,
    File,
    Findings,
    Invalid,
    PythonRule,
    Severity,
    Site,
    Span,
    Valid,
    function,
    imports,
    on,
    opt,
)
from relcheck_rules.transactions._intent import Declared, Intent, declared_intent
from relcheck_rules.transactions._options import IntentOptions, exempt
from relcheck_rules.transactions._top_level import is_type

if TYPE_CHECKING:
    import libcst as cst


def _parameter(symbol: str, parameter: str) -> str:
    return f"{symbol} is LOCKED_MUTATION, so its first parameter {parameter} must be annotated with SingleConnectionTxn"


def _no_parameter(symbol: str) -> str:
    return f"{symbol} is LOCKED_MUTATION and takes no transaction. Make its first parameter txn: SingleConnectionTxn"


def _method(symbol: str, parameter: str = "self") -> str:
    return (
        f"{symbol} is LOCKED_MUTATION and a method: its first argument is {parameter}, where the decorator looks for "
        "SingleConnectionTxn. Make it a function, or a static method"
    )


def _asynchronous(symbol: str) -> str:
    return (
        f"{symbol} is LOCKED_MUTATION and asynchronous: the lock would be held over every await. "
        "Make it a plain function"
    )


def _unknown(symbol: str, spelled: str) -> str:
    return (
        f"the intent of {symbol} cannot be told from {spelled}. "
        "Name it in the decorator: READ_ONLY, ATOMIC_WRITE or LOCKED_MUTATION"
    )


class IntentSignature(PythonRule):
    """
    ## What it does
    Checks functions that declare LOCKED_MUTATION. They are synchronous, and their first parameter is annotated with the
    transaction type: as a name, as a string, as `X | None`, through an alias, as a class derived from it in the same
    file.

    A method cannot be a locked mutation: its first argument is `self`, and the decorator looks at the first. A static
    method can. An intent that the code does not tell is reported as unknown.

    ## Why is this bad
    The decorator refuses such a function when its module is imported or when it is called, at the latest in production.
    And a lock that is not taken on the transaction that was handed in is taken on some other connection.

    ## Example
    ```python
    @transactional(TransactionIntent.LOCKED_MUTATION)
    def claim(session: Session, job_id: int) -> None: ...
    ```

    ## Use instead
    ```python
    @transactional(TransactionIntent.LOCKED_MUTATION)
    def claim(txn: SingleConnectionTxn, job_id: int) -> None: ...
    ```
    `decorators`, `transaction_types` and the names of the three intents are options. Tests are looked at with
    `check_tests`.
    """

    upholds = "A function that locks is handed the transaction that it locks on"
    where = imports(opt.decorators)
    local = True

    class Options(IntentOptions, frozen=True):
        pass

    options: Options

    @on(function())
    def signature(self, fn: Site, file: File) -> Findings:
        declared = declared_intent(fn, file, self.options)
        if declared is None or file.matches(exempt(self.options)):
            return
        if declared.intent is None:
            yield from self._not_told(fn, declared, file)
        elif declared.intent is Intent.LOCKED_MUTATION:
            yield from self._locked(fn, file)

    def _not_told(self, fn: Site, declared: Declared, file: File) -> Findings:
        read, write, lock = (self.options.read_only[0], self.options.atomic_write[0], self.options.locked_mutation[0])
        yield fn.finding(
            f"the intent of {fn.symbol} cannot be told from {file.code(declared.argument)}. "
            f"Name it in the decorator: {read}, {write} or {lock}",
            kind="unknown-intent",
            region=declared.place,
            severity=Severity.WARNING,
            confidence=Confidence.LOW,
        )

    def _locked(self, fn: Site, file: File) -> Findings:
        from libcst import FunctionDef

        node = fn.node
        if not isinstance(node, FunctionDef):
            return
        wanted = self.options.transaction_types[0]
        locks = f"{fn.symbol} is {self.options.locked_mutation[0]}"
        if node.asynchronous is not None:
            yield fn.finding(
                f"{locks} and asynchronous: the lock would be held over every await. Make it a plain function",
                kind="asynchronous",
                region=fn.header,
            )
        parameters = (*node.params.posonly_params, *node.params.params)
        if not parameters:
            yield fn.finding(
                f"{locks} and takes no transaction. Make its first parameter txn: {wanted}",
                kind="no-parameter",
                region=fn.header,
            )
            return
        first = parameters[0]
        if _is_method(fn, node):
            yield fn.finding(
                f"{locks} and a method: its first argument is {first.name.value}, "
                f"where the decorator looks for {wanted}. Make it a function, or a static method",
                kind="method",
                region=Span(first.name),
            )
        elif not self._is_transaction(file, first):
            yield fn.finding(
                f"{locks}, so its first parameter {first.name.value} must be annotated with {wanted}",
                kind="first-parameter",
                region=Span(first.name),
            )

    def _is_transaction(self, file: File, parameter: cst.Param) -> bool:
        annotation = parameter.annotation.annotation if parameter.annotation is not None else None
        return any(is_type(name, self.options.transaction_types, file) for name in file.annotated(annotation))

    examples = (
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def claim(session: Session, job_id: int): ...\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def release(txn, job_id: int): ...\n",
            Expect(4, 11, 18, _parameter("claim", "session"), kind="first-parameter"),
            Expect(7, 13, 16, _parameter("release", "txn"), kind="first-parameter"),
            title="A session, or nobody knows what, in place of the transaction:",
        ),
        Invalid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "async def claim(txn: SingleConnectionTxn, job_id: int): ...\n",
            Expect(4, 11, 16, _asynchronous("claim"), kind="asynchronous"),
            title="A coroutine:",
        ),
        Invalid(
            "from app.infra import transaction as t\n"
            "\n"
            "class Jobs:\n"
            "    @t.transactional(intent=t.TransactionIntent.LOCKED_MUTATION)\n"
            "    def claim(self, txn: t.SingleConnectionTxn, job_id: int): ...\n"
            "\n"
            "    if True:\n"
            "        @classmethod\n"
            "        @t.transactional(intent=t.TransactionIntent.LOCKED_MUTATION)\n"
            "        def release(cls, txn: t.SingleConnectionTxn, job_id: int): ...\n",
            Expect(5, 15, 19, _method("Jobs.claim"), kind="method"),
            Expect(10, 21, 24, _method("Jobs.release", "cls"), kind="method"),
            title="A method:",
        ),
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def claim_all(): ...\n"
            "\n"
            "@transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "def claim_some(*jobs, txn: SingleConnectionTxn): ...\n",
            Expect(
                4,
                5,
                14,
                _no_parameter("claim_all"),
                kind="no-parameter",
            ),
            Expect(
                7,
                5,
                15,
                _no_parameter("claim_some"),
                kind="no-parameter",
            ),
            title="No first parameter at all:",
        ),
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "def declare(intent, name):\n"
            "    @transactional(intent)\n"
            "    def run(session): ...\n"
            "\n"
            "    @transactional(TransactionIntent[name])\n"
            "    def walk(session): ...\n"
            "\n"
            "    @transactional(TransactionIntent.READ_ONLY if intent else TransactionIntent.ATOMIC_WRITE)\n"
            "    def stand(session): ...\n",
            Expect(4, 20, 26, _unknown("declare.run", "intent"), kind="unknown-intent"),
            Expect(7, 20, 43, _unknown("declare.walk", "TransactionIntent[name]"), kind="unknown-intent"),
            Expect(
                10,
                20,
                93,
                _unknown("declare.stand", "TransactionIntent.READ_ONLY if intent else TransactionIntent.ATOMIC_WRITE"),
                kind="unknown-intent",
            ),
            title="An intent that only a run tells:",
        ),
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "@transactional\n"
            "def claim(txn): ...\n"
            "\n"
            "LOCKED = TransactionIntent.LOCKED_MUTATION\n",
            Expect(3, 2, 15, _unknown("claim", "transactional"), kind="unknown-intent"),
        ),
        Invalid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "locked = transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "LOCKED = TransactionIntent.LOCKED_MUTATION\n"
            "\n"
            "@locked\n"
            "def claim(session: Session): ...\n"
            "\n"
            "@transactional(LOCKED)\n"
            "def release(session: Session): ...\n"
            "\n"
            '@transactional("LOCKED_MUTATION")\n'
            "def extend(session: Session): ...\n"
            "\n"
            '@transactional(TransactionIntent["LOCKED_MUTATION"])\n'
            "def renew(session: Session): ...\n"
            "\n"
            "def lapse(session: Session): ...\n"
            "\n"
            "lapse = transactional(LOCKED)(lapse)\n",
            Expect(7, 11, 18, _parameter("claim", "session"), kind="first-parameter"),
            Expect(10, 13, 20, _parameter("release", "session"), kind="first-parameter"),
            Expect(13, 12, 19, _parameter("extend", "session"), kind="first-parameter"),
            Expect(16, 11, 18, _parameter("renew", "session"), kind="first-parameter"),
            Expect(18, 11, 18, _parameter("lapse", "session"), kind="first-parameter"),
            title="Names for the decorator or the intent:",
        ),
        Invalid(
            "from app.db import Mode, in_transaction\n"
            "\n"
            "@in_transaction(Mode.EXCLUSIVE)\n"
            "def claim(session: Session): ...\n",
            Expect(
                4,
                11,
                18,
                "claim is EXCLUSIVE, so its first parameter session must be annotated with Txn",
                kind="first-parameter",
            ),
            title="Another team's names:",
            options={"decorators": ["in_transaction"], "locked_mutation": ["EXCLUSIVE"], "transaction_types": ["Txn"]},
        ),
        Valid(
            "from __future__ import annotations\n"
            "\n"
            "import typing\n"
            "from typing import TypeVar\n"
            "from app.infra import transaction as t\n"
            "from app.infra.transaction import SingleConnectionTxn as Txn\n"
            "\n"
            'Given = typing.Annotated[Txn, "handed in"]\n'
            'AnyTxn = TypeVar("AnyTxn", bound=Txn)\n'
            "\n"
            "class Audited(Txn): ...\n"
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            "def claim(txn: Txn): ...\n"
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            'def release(txn: "t.SingleConnectionTxn", job_id: int): ...\n'
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            "def extend(txn: Txn | None, /): ...\n"
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            'def renew(txn: typing.Optional["Txn"] = None): ...\n'
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            "def expire(txn: Given): ...\n"
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            "def lapse(txn: AnyTxn): ...\n"
            "\n"
            "@t.transactional(t.TransactionIntent.LOCKED_MUTATION)\n"
            "def audit(txn: Audited): ...\n",
            title="However the type is written:",
        ),
        Valid(
            "from app.infra.transaction import SingleConnectionTxn, TransactionIntent, transactional\n"
            "\n"
            "class Jobs:\n"
            "    @staticmethod\n"
            "    @transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "    def claim(txn: SingleConnectionTxn): ...\n"
            "\n"
            "    def later(self):\n"
            "        @transactional(TransactionIntent.LOCKED_MUTATION)\n"
            "        def claim(txn: SingleConnectionTxn): ...\n"
            "        return claim\n",
            title="A static method, and a function inside a method:",
        ),
        Valid(
            "from app.infra.transaction import TransactionIntent, transactional\n"
            "\n"
            "class Jobs:\n"
            "    @transactional(TransactionIntent.READ_ONLY)\n"
            "    async def all(self): ...\n"
            "\n"
            "    @transactional(intent=TransactionIntent.ATOMIC_WRITE)\n"
            "    def add(self, job): ...\n",
            title="The other intents ask nothing of the signature:",
        ),
        Valid(
            "from google.cloud import ndb\n"
            "from app.db import transactional\n"
            "\n"
            "@ndb.transactional(retries=3)\n"
            "def rename(key): ...\n"
            "\n"
            "@transactional\n"
            "def claim(session): ...\n"
            "\n"
            '@transactional("replica")\n'
            "def release(session): ...\n",
            title="A decorator of the same name that knows no intents:",
        ),
    )


def _is_method(fn: Site, node: cst.FunctionDef) -> bool:
    from libcst import ClassDef, FunctionDef, Module, Name

    if any(isinstance(one.decorator, Name) and one.decorator.value == "staticmethod" for one in node.decorators):
        return False
    around = (cell.node for cell in fn.around())
    scope = next((one for one in around if isinstance(one, ClassDef | FunctionDef | Module)), None)
    return isinstance(scope, ClassDef)
