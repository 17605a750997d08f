"""Code begins to call a stub."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Invalid, Region, Related, RuleOptions, Severity, Valid
from relcheck.sdk.code import CODE, Caller, callers
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck_rules.matrix._changes import status_of
from relcheck_rules.matrix._evidence import TESTS, told

if TYPE_CHECKING:
    from relcheck.sdk import Project
    from relcheck.sdk.matrix import Row

_MATRIX = (
    "| Guarantee | Mechanism | Location | Owner | Status | Notes |\n"
    "|---|---|---|---|---|---|\n"
    "| Publishing freeze | Publish guard | App | Kim | Stubbed | src/guards.ts |\n"
)
_GUARD = "export function canPublish() {\n  return true;\n}\n"
_CALL = 'import { canPublish } from "./guards";\n\nif (canPublish()) publish();\n'


class NewStubCaller(MatrixRule):
    """
    ## What it does
    With `--base`: reports a use of a stub (a row whose status is one of `statuses`) outside of the tests that the base
    does not have. Uses are found by resolving imports.

    ## Why is this bad
    The caller believes that it is protected: the guard lets everything pass, the backup copies nothing.

    ## Example
    ```ts
    import { canPublish } from "./guards"; // Stubbed: always allows

    if (canPublish()) publish();
    ```

    ## Use instead
    Build the mechanism first, with its row; or say beside the call that it is a placeholder, and waive it with a date.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        statuses: tuple[str, ...] = ("Stubbed",)
        tests: tuple[str, ...] = TESTS

    options: Options

    examples = (
        Invalid(
            _MATRIX,
            Expect(
                3,
                3,
                20,
                "src/pages.ts begins to use canPublish of src/guards.ts (line 3), which is Stubbed and does nothing "
                "yet: the caller is not protected. Build it first, or say beside the call that it is a placeholder",
            ),
            path="docs/matrix.md",
            files={"src/guards.ts": _GUARD, "src/pages.ts": _CALL},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _GUARD, "src/pages.ts": "publish();\n"},
        ),
        Valid(
            _MATRIX,
            title="called before",
            path="docs/matrix.md",
            files={"src/guards.ts": _GUARD, "src/pages.ts": f"{_CALL}\n"},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _GUARD, "src/pages.ts": _CALL},
        ),
        Valid(
            _MATRIX,
            title="called from a test",
            path="docs/matrix.md",
            files={"src/guards.ts": _GUARD, "src/guards.test.ts": _CALL},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _GUARD},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        if self.project.before is None:
            return
        wanted = {word.lower() for word in self.options.statuses}
        for matrix in documents.matrices:
            for row in matrix.rows:
                if status_of(row) in wanted:
                    yield from self._of_row(row, documents, self.project.before)

    def _of_row(self, row: Row, documents: Documents, before: Project[object]) -> MatrixFindings:
        for one in told(row, documents, self.project):
            was_path = self.project.origin(one.place.path)
            if not one.symbol or was_path is None:
                continue
            here = callers(self.project.code, one.place.path, one.symbol, _look(self.project)).places
            fresh = [use for use in here if use.path != one.place.path and self._is_fresh(use)]
            if not fresh:
                continue
            there = {use.path for use in callers(before.code, was_path, one.symbol, _look(before)).places}
            for use in {use.path: use for use in reversed(fresh)}.values():
                if self.project.origin(use.path) not in there:
                    yield self.found(
                        row,
                        row.cell("guarantee") or row.place,
                        f"{use.path} begins to use {one.name} (line {use.line}), which is {row.text('status')} and "
                        "does nothing yet: the caller is not protected. Build it first, or say beside the call that it "
                        "is a placeholder",
                        related=[Related(use.path, Region(use.line, 1, use.line, 1), "it is used here")],
                    )

    def _is_fresh(self, use: Caller) -> bool:
        return self.project.changed(use.path) and not self.project.matches(use.path, self.options.tests)


def _look(project: Project[object]) -> Callable[[Collection[str]], Mapping[str, Sequence[str]]]:
    def look(words: Collection[str]) -> Mapping[str, Sequence[str]]:
        return project.words(words, CODE)

    return look
