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
from relcheck_rules.transactions._options import TESTS, exempt


def _told(how: str, error: str = "IntentViolationError") -> str:
    return (
        f"{error} is {how} here: it tells of a mistake in the design, which goes on unseen. "
        "Let it through, and mend the function's intent or its caller"
    )


class IntentErrorCaught(PythonRule):
    """
    ## What it does
    Finds `except IntentViolationError`, alone or in a tuple, under any alias, and
    `contextlib.suppress(IntentViolationError)`. A handler that ends in a bare `raise` lets the error through, and
    `pytest.raises` expects it.

    ## Why is this bad
    The error says that a function is not shaped for what it does, or is called where it must not be. Whoever catches it
    goes on with a lock or a write that nobody reckons with.

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
    `errors` names the exceptions. Tests are looked at with `check_tests`.
    """

    upholds = "An intent violation stops the change that makes it"
    local = True

    class Options(RuleOptions, frozen=True):
        errors: tuple[Symbol, ...] = ("IntentViolationError",)
        allowed_in: tuple[Glob, ...] = ()
        check_tests: bool = False
        test_paths: tuple[Glob, ...] = TESTS

    options: Options

    @on(except_(opt.errors))
    def caught(self, at: Site, file: File) -> Findings:
        if not self._allowed(file) and not _ends_in_raise(at):
            yield at.finding(self._message("caught"))

    @on(call("contextlib.suppress"))
    def suppressed(self, at: Site, file: File) -> Findings:
        from libcst import Call

        if not isinstance(at.node, Call) or self._allowed(file):
            return
        for arg in at.node.args:
            if any(is_named(name, error) for name in file.resolve(arg.value) for error in self.options.errors):
                yield at.finding(self._message("suppressed"), region=Span(arg.value))

    def _allowed(self, file: File) -> bool:
        return file.matches(exempt(self.options))

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
            Expect(5, 8, 28, _told("caught")),
            title="Caught and forgotten:",
        ),
        Invalid(
            "from app.infra import transaction as t\n"
            "\n"
            "try:\n"
            "    claim(session)\n"
            "except (ValueError, t.IntentViolationError) as error:\n"
            "    log(error)\n",
            Expect(5, 23, 43, _told("caught")),
            title="In a tuple, through a module:",
        ),
        Invalid(
            "from app.infra.transaction import IntentViolationError as Violation\n"
            "\n"
            "async def claim_all(group):\n"
            "    try:\n"
            "        await group.claim()\n"
            "    except* Violation as error:\n"
            "        if error.fatal:\n"
            "            raise\n",
            Expect(6, 13, 22, _told("caught")),
            title="Raised again on some paths only:",
        ),
        Invalid(
            "import contextlib\n"
            "from contextlib import suppress\n"
            "from app.infra.transaction import IntentViolationError as Violation\n"
            "\n"
            "with suppress(Violation):\n"
            "    claim(session)\n"
            'with open("jobs") as jobs, contextlib.suppress(KeyError, Violation):\n'
            "    claim(session)\n",
            Expect(5, 15, 24, _told("suppressed")),
            Expect(7, 58, 67, _told("suppressed")),
            title="Suppressed:",
        ),
        Invalid(
            "try:\n"
            "    claim(session)\n"
            "except IntentViolationError as error:\n"
            "    raise HTTPException(409) from error\n",
            Expect(3, 8, 28, _told("caught")),
            title="Turned into something else:",
        ),
        Invalid(
            "try:\n    claim(session)\nexcept IntentViolationError: pass\n",
            Expect(3, 8, 28, _told("caught")),
            path="tests/test_claim.py",
            options={"check_tests": True},
        ),
        Invalid(
            "try:\n    claim(session)\nexcept DesignError:\n    pass\n",
            Expect(3, 8, 19, _told("caught", "DesignError")),
            options={"errors": ["DesignError"]},
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
        Valid(
            "try:\n"
            "    claim(session)\n"
            "except IntentViolationError:\n"
            '    logger.exception("claim has the wrong intent")\n'
            "    raise\n"
            "except ValueError:\n"
            "    pass\n",
            title="Logged and raised again:",
        ),
        Valid(
            "try:\n    claim(session)\nexcept IntentViolationError:\n    pass\n",
            path="tests/test_claim.py",
        ),
        Valid(
            "from contextlib import suppress\n\nwith suppress(FileNotFoundError):\n    remove(path)\n",
        ),
    )


def _ends_in_raise(at: Site) -> bool:
    """Whether the handler raises again what it caught."""
    from libcst import ExceptHandler, ExceptStarHandler, Raise, SimpleStatementLine, SimpleStatementSuite

    if not isinstance(at.node, ExceptHandler | ExceptStarHandler):
        return False
    body = at.node.body
    last = body if isinstance(body, SimpleStatementSuite) else body.body[-1]
    if not isinstance(last, SimpleStatementLine | SimpleStatementSuite):
        return False
    return isinstance(last.body[-1], Raise) and last.body[-1].exc is None
