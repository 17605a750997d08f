"""An intent violation is a mistake in the design: it is mended, not caught."""

from __future__ import annotations

from relcheck.sdk import (
    Expect,
    File,
    Findings,
    Glob,
    Invalid,
    PythonRule,
    RuleOptions,
    Site,
    Span,
    Symbol,
    Valid,
    call,
    except_,
    is_named,
    on,
    opt,
)


class IntentErrorCaught(PythonRule):
    """
    ## What it does
    Finds `except IntentViolationError`, alone or in a tuple, under any alias, and `contextlib.suppress(IntentViolationError)`.
    `pytest.raises` is no catching.

    ## Why is this bad
    The error says that a function does what it did not declare, or is called where it must not be. Whoever catches it goes on with
    a lock or a write that nobody reckons with.

    ## Example
    ```python
    try:
        claim(session, job_id)
    except IntentViolationError:
        pass
    ```

    ## Use instead
    ```python
    with single_connection_transaction() as txn:
        claim(txn, job_id)
    ```
    """

    upholds = "An intent violation stops the change that makes it"

    class Options(RuleOptions):
        errors: tuple[Symbol, ...] = ("IntentViolationError",)
        allowed_in: tuple[Glob, ...] = ()

    options: Options

    @on(except_(opt.errors))
    def caught(self, at: Site, file: File) -> Findings:
        if not file.matches(self.options.allowed_in):
            yield at.finding(self._message("caught"))

    @on(call("contextlib.suppress"))
    def suppressed(self, at: Site, file: File) -> Findings:
        from libcst import Call

        if not isinstance(at.node, Call) or file.matches(self.options.allowed_in):
            return
        for arg in at.node.args:
            if any(is_named(name, error) for name in file.resolve(arg.value) for error in self.options.errors):
                yield at.finding(self._message("suppressed"), region=Span(arg.value))

    def _message(self, how: str) -> str:
        return (
            f"{self.options.errors[0]} is {how} here: it tells of a mistake in the design, which goes on unseen. "
            "Let it through, and mend the function's intent or its caller"
        )

    examples = (
        Invalid(
            "from app.infra.transaction import IntentViolationError\n"
            "\n"
            "try:\n"
            "    claim(session)\n"
            "except IntentViolationError:\n"
            "    pass\n",
            Expect(
                5,
                8,
                28,
                "IntentViolationError is caught here: it tells of a mistake in the design, which goes on unseen. "
                "Let it through, and mend the function's intent or its caller",
            ),
            title="Caught and forgotten:",
        ),
        Invalid(
            "from app.infra import transaction as t\n"
            "\n"
            "try:\n"
            "    claim(session)\n"
            "except (ValueError, t.IntentViolationError) as error:\n"
            "    log(error)\n",
            Expect(
                5,
                23,
                43,
                "IntentViolationError is caught here: it tells of a mistake in the design, which goes on unseen. "
                "Let it through, and mend the function's intent or its caller",
            ),
            title="In a tuple, through a module:",
        ),
        Invalid(
            "from contextlib import suppress\n"
            "from app.infra.transaction import IntentViolationError as Violation\n"
            "\n"
            "with suppress(Violation):\n"
            "    claim(session)\n",
            Expect(
                4,
                15,
                24,
                "IntentViolationError is suppressed here: it tells of a mistake in the design, which goes on unseen. "
                "Let it through, and mend the function's intent or its caller",
            ),
            title="Suppressed, under another name:",
        ),
        Valid(
            "import pytest\n"
            "from app.infra.transaction import IntentViolationError\n"
            "\n"
            "def test_a_session_is_refused():\n"
            "    with pytest.raises(IntentViolationError):\n"
            "        claim(session)\n",
            title="A test that expects it:",
        ),
        Valid("try:\n    claim(session)\nexcept ValueError:\n    pass\n"),
    )
