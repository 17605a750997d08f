"""The lock primitive is opened for a function that declares that it locks."""

from __future__ import annotations

from collections.abc import Iterator
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
)
from relcheck_rules.transactions._intent import Intent, declared_intent
from relcheck_rules.transactions._options import IntentOptions

if TYPE_CHECKING:
    import libcst as cst


class Opening(msgspec.Struct, frozen=True):
    """A place that opens the primitive, and the functions that are called with it open."""

    region: Region
    symbol: str
    primitive: str
    called: tuple[str, ...]


class Misplaced(msgspec.Struct, frozen=True):
    """A lock method on an object of these types; none where the code does not tell."""

    region: Region
    symbol: str
    method: str
    receiver: str
    types: tuple[str, ...]


class Uses(msgspec.Struct, frozen=True):
    """What a file has to do with the primitive."""

    openings: tuple[Opening, ...]
    misplaced: tuple[Misplaced, ...]
    declared: tuple[str, ...]
    locked: tuple[str, ...]


class PrimitiveWithoutIntent(ProjectRule[Uses]):
    """
    ## What it does
    Finds places that open the lock primitive and call no function that is declared LOCKED_MUTATION while it is open, in a function that
    does not declare it itself; and `lock_row` or `lock_rows` on anything but the transaction. Functions are looked up in the whole
    project. It holds once the project declares intents at all.

    ## Why is this bad
    The locking then happens in the open, in code that says nothing about it. The next change moves a commit or an `await` between, and no
    declaration stands against it.

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
    """

    upholds = "Lock scope equals connection scope"
    view = View.TREE
    facts = Uses

    class Options(IntentOptions):
        pass

    options: Options

    def __init__(self, options: RuleOptions) -> None:
        super().__init__(options)
        self._openings: list[Opening] = []
        self._misplaced: list[Misplaced] = []
        self._declared: list[str] = []
        self._locked: list[str] = []

    @on(function(decorated=opt.decorators))
    def declared(self, fn: Site, file: File) -> None:
        found = declared_intent(fn, file, self.options)
        if found is not None and fn.symbol is not None:
            self._declared.append(fn.symbol)
            if found.intent is Intent.LOCKED_MUTATION:
                self._locked.append(fn.symbol)

    @on(call(opt.primitives))
    def opening(self, at: Site, file: File) -> None:
        around = at.up("with")
        scope = around if around is not None and _is_item(around, at) else at.function
        called = tuple(dict.fromkeys(_called(scope.node, file))) if scope is not None else ()
        self._openings.append(Opening(file.region(at), at.symbol or "", file.code(at), called))

    @on(call(method=opt.lock_methods))
    def locking(self, at: Site, file: File) -> None:
        from libcst import Attribute, Call

        if not isinstance(at.node, Call) or not isinstance(at.node.func, Attribute):
            return
        receiver = at.node.func.value
        types = tuple(name.removesuffix("()") for name in at.types_of(receiver) or ())
        wanted = {last(name) for name in (*self.options.transaction_types, *self.options.primitives)}
        if not any(last(name) in wanted or wanted & set(file.bases_of(last(name))) for name in types):
            self._misplaced.append(
                Misplaced(file.region(at), at.symbol or "", file.code(at), file.code(Span(receiver)), types)
            )

    def collect(self, seen: File) -> Uses | None:
        del seen
        if not (self._openings or self._misplaced or self._declared):
            return None
        return Uses(tuple(self._openings), tuple(self._misplaced), tuple(self._declared), tuple(self._locked))

    def check(self, project: Project[Uses]) -> Iterator[ProjectDraft]:
        if not any(uses.declared for uses in project.facts.values()):
            return
        locked = {last(symbol) for uses in project.facts.values() for symbol in uses.locked}
        tests = () if self.options.check_tests else self.options.test_paths
        for path, uses in project.facts.items():
            if project.matches(path, (*self.options.allowed_in, *tests)):
                continue
            for opening in uses.openings:
                if opening.symbol not in uses.locked and locked.isdisjoint(opening.called):
                    yield project.finding(
                        path,
                        opening.region,
                        f"{opening.primitive} is opened here, and nothing that is declared {self.options.locked_mutation[0]} is called "
                        "with it. Move the locking into a function that is, and call it here",
                        key=opening.primitive,
                        kind="no-locked-mutation",
                        symbol=opening.symbol or None,
                    )
            for misplaced in uses.misplaced:
                yield self._wrong_receiver(project, path, misplaced)

    def _wrong_receiver(self, project: Project[Uses], path: str, misplaced: Misplaced) -> ProjectDraft:
        wanted = self.options.transaction_types[0]
        if misplaced.types:
            message = (
                f"{misplaced.method} is called on a {last(misplaced.types[0])}: it locks on whatever connection that uses. "
                f"Call it on the {wanted} that {self.options.primitives[0]}() gives"
            )
            return project.finding(
                path,
                misplaced.region,
                message,
                key=misplaced.receiver,
                kind="wrong-receiver",
                symbol=misplaced.symbol or None,
            )
        message = (
            f"cannot tell whether {misplaced.receiver}, on which {misplaced.method} is called, is a {wanted}. "
            "Annotate it, or waive this with the reason"
        )
        return project.finding(
            path,
            misplaced.region,
            message,
            key=misplaced.receiver,
            kind="unknown-receiver",
            symbol=misplaced.symbol or None,
            severity=Severity.WARNING,
            confidence=Confidence.LOW,
        )


def _is_item(around: Site, at: Site) -> bool:
    """Whether the call is what the `with` statement enters."""
    from libcst import With

    return isinstance(around.node, With) and any(item.item is at.node for item in around.node.items)


def _called(scope: cst.CSTNode, file: File) -> Iterator[str]:
    """The last names of all that is called in a node."""
    from libcst import Attribute, Call, Name

    pending = [scope]
    while pending:
        node = pending.pop()
        if isinstance(node, Call):
            if isinstance(node.func, Attribute):
                yield node.func.attr.value
            elif isinstance(node.func, Name):
                yield from (last(name) for name in file.resolve(node.func))
            for arg in node.args:
                if isinstance(arg.value, Name | Attribute):
                    yield from (last(name) for name in file.resolve(arg.value))
        pending.extend(node.children)
