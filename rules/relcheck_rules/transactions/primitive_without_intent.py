"""The lock primitive is opened for a function that declares that it locks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from relcheck.sdk import (
    Confidence,
    File,
    Project,
    ProjectDraft,
    ProjectRule,
    Region,
    RuleOptions,
    Severity,
    Site,
    Span,
    View,
    call,
    function,
    last,
    on,
    opt,
    ref,
)
from relcheck_rules.transactions._intent import Intent, declared_intent, intent_of
from relcheck_rules.transactions._opened import (
    called_in,
    decorated_with,
    handing,
    is_handed_on,
    scope_of,
    unknown_callee,
)
from relcheck_rules.transactions._options import IntentOptions, exempt
from relcheck_rules.transactions._primitive_without_intent_examples import EXAMPLES
from relcheck_rules.transactions._top_level import is_type

if TYPE_CHECKING:
    import libcst as cst


class Opening(msgspec.Struct, frozen=True):
    """A place that opens the primitive, the functions that are called with it open, and one that nobody can look up."""

    region: Region
    symbol: str
    primitive: str
    called: tuple[str, ...]
    unknown: str | None


class Misplaced(msgspec.Struct, frozen=True):
    """A lock method on an object of these types; none where the code does not tell."""

    region: Region
    symbol: str
    method: str
    receiver: str
    types: tuple[str, ...]


class Uses(msgspec.Struct, frozen=True):
    """What a file has to do with the primitive: who is declared, who gives a transaction to whom, who returns one."""

    openings: tuple[Opening, ...]
    misplaced: tuple[Misplaced, ...]
    declared: bool
    locked: tuple[str, ...]
    handing: dict[str, tuple[str, ...]]
    giving: tuple[str, ...]


class PrimitiveWithoutIntent(ProjectRule[Uses]):
    """
    ## What it does
    Finds places that open the lock primitive and call no function that is declared LOCKED_MUTATION while it is open,
    in a function that does not declare it itself; and `lock_row` or `lock_rows` on anything but the transaction.

    Functions are looked up in the whole project, also behind helpers that hand the transaction on. A context manager
    that yields the transaction, and a function that returns the primitive, open it for others. The rule holds once the
    project declares intents at all.

    ## Why is this bad
    The locking happens in code that says nothing about it. The next change puts a commit or an `await` between the lock
    and the write, and no declaration stands against it.

    ## Example
    ```python
    def trip(breaker_id: int) -> None:
        with single_connection_transaction() as txn:
            state = txn.lock_row(select(State).where(State.id == breaker_id))
            state.open = True
    ```

    ## Use instead
    ```python
    @transactional(TransactionIntent.LOCKED_MUTATION)
    def open_breaker(txn: SingleConnectionTxn, breaker_id: int) -> None:
        txn.lock_row(select(State).where(State.id == breaker_id)).open = True

    def trip(breaker_id: int) -> None:
        with single_connection_transaction() as txn:
            open_breaker(txn, breaker_id)
    ```
    `primitives`, `transaction_types` and `lock_methods` name what the project calls these. Tests are looked at with
    `check_tests`.
    """

    upholds = "Lock scope equals connection scope"
    view = View.TREE
    facts = Uses

    class Options(IntentOptions, frozen=True):
        pass

    options: Options

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self._openings: list[tuple[Site, Site | None, tuple[str, ...]]] = []
        self._misplaced: list[Misplaced] = []
        self._declared = False
        self._locked: list[str] = []
        self._named: list[str] = []
        self._giving: list[str] = []
        self._knows_type = False

    @on(function(decorated=opt.decorators))
    def declared(self, fn: Site, file: File) -> None:
        found = declared_intent(fn, file, self.options)
        if found is not None and fn.symbol is not None:
            self._declared = True
            if found.intent is Intent.LOCKED_MUTATION:
                self._locked.append(fn.symbol)

    @on(call(opt.decorators))
    def applied(self, at: Site, file: File) -> None:
        """`locked = transactional(…)`, `claim = transactional(…)(claim)`."""
        argument = at.arg(0) or at.arg("intent")
        if argument is not None and intent_of(argument, file, self.options) is Intent.LOCKED_MUTATION:
            self._named.extend(_assigned_names(at))

    @on(ref(opt.transaction_types))
    def type_named(self, at: Site, file: File) -> None:
        del file
        self._knows_type = True
        if _is_returned(at) and at.function is not None:
            self._giving.append(last(at.function.symbol or ""))

    @on(call(opt.primitives))
    def opening(self, at: Site, file: File) -> None:
        scope = scope_of(at)
        if not is_handed_on(at, scope):
            self._openings.append((at, scope, tuple(dict.fromkeys(called_in(scope.node, file))) if scope else ()))

    @on(call(method=opt.lock_methods))
    def locking(self, at: Site, file: File) -> None:
        from libcst import Attribute, Call

        if not isinstance(at.node, Call) or not isinstance(at.node.func, Attribute):
            return
        receiver = at.node.func.value
        types = _types(at, receiver)
        wanted = (*self.options.transaction_types, *self.options.primitives)
        if not any(is_type(name.removesuffix("()"), wanted, file) for name in types):
            self._misplaced.append(
                Misplaced(file.region(at), at.symbol or "", file.code(at), file.code(Span(receiver)), types)
            )

    def collect(self, seen: File) -> Uses | None:
        self._locked.extend((*self._named, *decorated_with(self._named, seen.module)))
        handed = handing(seen.module, seen) if self._openings or self._knows_type else {}
        openings = tuple(self._undecided(seen))
        if not (openings or self._misplaced or self._declared or handed or self._giving):
            return None
        return Uses(
            openings,
            tuple(self._misplaced),
            self._declared,
            tuple(self._locked),
            handed,
            tuple(self._giving),
        )

    def _undecided(self, file: File) -> Iterator[Opening]:
        """The openings that this file does not justify by itself."""
        here = {last(symbol) for symbol in self._locked}
        for at, scope, called in self._openings:
            symbol = at.symbol or ""
            if not _is_within(symbol, self._locked) and here.isdisjoint(called):
                unknown = unknown_callee(scope) if scope is not None else None
                yield Opening(file.region(at), symbol, file.code(at), called, unknown)

    def check(self, project: Project[Uses]) -> Iterator[ProjectDraft]:
        every = project.facts.values()
        if not any(uses.declared for uses in every):
            return
        locked = _reaching({last(symbol) for uses in every for symbol in uses.locked}, every)
        giving = {name for uses in every for name in uses.giving}
        for path, uses in project.facts.items():
            if project.matches(path, exempt(self.options)):
                continue
            for opening in uses.openings:
                if locked.isdisjoint(opening.called):
                    yield self._undeclared(project, path, opening)
            for misplaced in uses.misplaced:
                if not giving & {last(name.removesuffix("()")) for name in misplaced.types}:
                    yield self._wrong_receiver(project, path, misplaced)

    def _undeclared(self, project: Project[Uses], path: str, opening: Opening) -> ProjectDraft:
        locked = self.options.locked_mutation[0]
        if opening.unknown is None:
            message = (
                f"{opening.primitive} is opened here, and nothing that is declared {locked} is called with it. "
                "Move the locking into a function that is, and call it here"
            )
            return project.finding(
                path,
                opening.region,
                message,
                key=opening.primitive,
                kind="no-locked-mutation",
                symbol=opening.symbol or None,
            )
        return project.finding(
            path,
            opening.region,
            f"cannot tell whether {opening.unknown}, to which this transaction is given, is declared {locked}. "
            "Call a function by its name, or waive this with the reason",
            key=opening.primitive,
            kind="unknown-callee",
            symbol=opening.symbol or None,
            severity=Severity.WARNING,
            confidence=Confidence.LOW,
        )

    def _wrong_receiver(self, project: Project[Uses], path: str, misplaced: Misplaced) -> ProjectDraft:
        wanted = self.options.transaction_types[0]
        known = [name for name in misplaced.types if not name.endswith("()") or last(name)[:1].isupper()]
        if known:
            message = (
                f"{misplaced.method} is called on a {last(known[0]).removesuffix('()')}: it locks on whatever "
                f"connection that uses. Call it on the {wanted} that {self.options.primitives[0]}() gives"
            )
            return project.finding(
                path,
                misplaced.region,
                message,
                key=misplaced.receiver,
                kind="wrong-receiver",
                symbol=misplaced.symbol or None,
            )
        return project.finding(
            path,
            misplaced.region,
            f"cannot tell whether {misplaced.receiver}, on which {misplaced.method} is called, is a {wanted}. "
            "Annotate it, or waive this with the reason",
            key=misplaced.receiver,
            kind="unknown-receiver",
            symbol=misplaced.symbol or None,
            severity=Severity.WARNING,
            confidence=Confidence.LOW,
        )

    examples = EXAMPLES


def _types(at: Site, receiver: cst.CSTNode) -> tuple[str, ...]:
    """What the receiver may be an instance of; `self` and `super()` go by the class around."""
    from libcst import Call, Name

    around = at.up("class")
    if around is not None and around.symbol is not None:
        if isinstance(receiver, Name) and receiver.value == "self":
            return (around.symbol,)
        if isinstance(receiver, Call) and isinstance(receiver.func, Name) and receiver.func.value == "super":
            return at.file.bases_of(around.symbol)
    return at.types_of(receiver) or ()


def _assigned_names(at: Site) -> Iterator[str]:
    """What a statement assigns to that holds nothing but this call, or a call of its result."""
    from libcst import Assign, AssignTarget, Call, Name

    for cell in at.around():
        if isinstance(cell.node, Assign):
            yield from (one.target.value for one in cell.node.targets if isinstance(one.target, Name))
        if not isinstance(cell.node, Call | AssignTarget):
            return


def _is_returned(at: Site) -> bool:
    """Whether a type stands in what a function says that it returns."""
    from libcst import Annotation, FunctionDef

    annotation = None
    for cell in at.around():
        if isinstance(cell.node, Annotation):
            annotation = cell.node
        elif isinstance(cell.node, FunctionDef):
            return annotation is not None and cell.node.returns is annotation
    return False


def _reaching(locked: set[str], every: Iterable[Uses]) -> set[str]:
    """The names of functions that lock, and of those that hand what they are given to one that does."""
    callers: dict[str, set[str]] = {}
    for uses in every:
        for name, called in uses.handing.items():
            for one in called:
                callers.setdefault(one, set()).add(name)
    pending = list(locked)
    found = set(locked)
    while pending:
        for caller in callers.get(pending.pop(), ()):
            if caller not in found:
                found.add(caller)
                pending.append(caller)
    return found


def _is_within(symbol: str, locked: Iterable[str]) -> bool:
    return any(symbol == one or symbol.startswith(f"{one}.") for one in locked)
