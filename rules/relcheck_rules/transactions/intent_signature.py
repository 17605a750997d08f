"""A locked mutation takes the transaction as its first parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import (
    Confidence,
    File,
    Findings,
    PythonRule,
    Severity,
    Site,
    Span,
    function,
    imports,
    last,
    on,
    opt,
)
from relcheck_rules.transactions._intent import Intent, declared_intent
from relcheck_rules.transactions._options import IntentOptions

if TYPE_CHECKING:
    import libcst as cst


class IntentSignature(PythonRule):
    """
    ## What it does
    Checks functions that declare LOCKED_MUTATION: they are synchronous, and their first parameter is annotated with the transaction type
    (as a name, a string, `X | None`, through aliases). A method cannot be one: its first argument is `self`, and the decorator
    looks at the first. A static method can. An intent that the code does not tell is reported as unknown.

    ## Why is this bad
    The decorator refuses such a function when its module is imported, at the latest in production. And a lock that is not taken on the transaction that was
    handed in is taken on some other connection.

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
    """

    upholds = "A function that locks is handed the transaction that it locks on"
    where = imports(opt.decorators)

    class Options(IntentOptions):
        pass

    options: Options

    @on(function(decorated=opt.decorators))
    def signature(self, fn: Site, file: File) -> Findings:
        declared = declared_intent(fn, file, self.options)
        if declared is None or file.matches(self.options.allowed_in):
            return
        if declared.intent is None:
            yield fn.finding(
                f"the intent of {fn.symbol} cannot be told from {declared.spelled}. Name it in the decorator: "
                f"{self.options.read_only[0]}, {self.options.atomic_write[0]} or {self.options.locked_mutation[0]}",
                kind="unknown-intent",
                region=declared.place,
                severity=Severity.WARNING,
                confidence=Confidence.LOW,
            )
        elif declared.intent is Intent.LOCKED_MUTATION:
            yield from self._locked(fn, file)

    def _locked(self, fn: Site, file: File) -> Findings:
        from libcst import FunctionDef

        node = fn.node
        if not isinstance(node, FunctionDef):
            return
        wanted = self.options.transaction_types[0]
        locked = self.options.locked_mutation[0]
        if node.asynchronous is not None:
            yield fn.finding(
                f"{fn.symbol} is {locked} and asynchronous: the lock would be held over every await. Make it a plain function",
                kind="asynchronous",
                region=fn.header,
            )
        parameters = (*node.params.posonly_params, *node.params.params)
        if not parameters:
            yield fn.finding(
                f"{fn.symbol} is {locked} and takes no transaction. Make its first parameter txn: {wanted}",
                kind="no-parameter",
                region=fn.header,
            )
            return
        first = parameters[0]
        if _is_method(fn, node):
            yield fn.finding(
                f"{fn.symbol} is {locked} and a method: its first argument is {first.name.value}, where the decorator looks for {wanted}. "
                "Make it a function, or a static method",
                kind="method",
                region=Span(first.name),
            )
        elif not self._is_transaction(fn, file, first):
            yield fn.finding(
                f"{fn.symbol} is {locked}, so its first parameter {first.name.value} must be annotated with {wanted}",
                kind="first-parameter",
                region=Span(first.name),
            )

    def _is_transaction(self, fn: Site, file: File, parameter: cst.Param) -> bool:
        annotation = parameter.annotation.annotation if parameter.annotation is not None else None
        known = file.annotated(annotation)
        wanted = {last(name) for name in self.options.transaction_types}
        return any(last(name) in wanted or wanted & set(file.bases_of(last(name))) for name in known)


def _is_method(fn: Site, node: cst.FunctionDef) -> bool:
    from libcst import ClassDef, IndentedBlock, Name

    block = fn.cell.parent
    if block is None or not isinstance(block.node, IndentedBlock):
        return False
    static = any(isinstance(one.decorator, Name) and one.decorator.value == "staticmethod" for one in node.decorators)
    return not static and block.parent is not None and isinstance(block.parent.node, ClassDef)
