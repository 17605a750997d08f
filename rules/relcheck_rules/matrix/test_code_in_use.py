"""What a row says is for tests only is used elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from relcheck.sdk import Expect, Invalid, Region, Related, RuleOptions, Severity, Valid, on
from relcheck.sdk.code import IMPORT, behaviours, callers, relatives
from relcheck.sdk.matrix import Claim, Matrix, MatrixFindings, MatrixRule, Row, row
from relcheck_rules.matrix._evidence import TESTS, Place, places

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_ROW = "| Failure injection | Test-only injectors | Kim | Stubbed | src/inject.ts |\n"
_INJECT = 'export function inject() {\n  if (process.env.INJECT === "1") throw new Error();\n}\n'


class TestCodeInUse(MatrixRule):
    """
    ## What it does
    Where a row says `test-only` or `fixture-only` of what it names, reports every use of it outside of the tests (the
    option `tests`). Uses are found by resolving imports, over re-exports and aliases, never by name alone.

    ## Why is this bad
    Code that breaks things on purpose runs in production, where one variable may switch it on.

    ## Example
    ```markdown
    | Guarantee         | Mechanism           | Owner | Status  | Notes         |
    |-------------------|---------------------|-------|---------|---------------|
    | Failure injection | Test-only injectors | Kim   | Stubbed | src/inject.ts |
    ```
    ```ts
    // src/payments.ts
    import { inject } from "./inject";
    inject();
    ```

    ## Use instead
    Call it from tests. Where production must have a seam for it, pass it in from there, or say so in the row.
    """

    class Options(RuleOptions, frozen=True):
        claims: tuple[str, ...] = ("test-only", "fixture-only")
        tests: tuple[str, ...] = TESTS

    options: Options

    examples = (
        Invalid(
            _HEADER + _ROW,
            Expect(
                3,
                23,
                32,
                "the row says 'Test-only', and src/payments.ts uses inject (line 3) and is no test. Call it from tests "
                "only, or correct the row",
            ),
            path="docs/matrix.md",
            files={
                "src/inject.ts": _INJECT,
                "src/index.ts": 'export * from "./inject";\n',
                "src/payments.ts": 'import { inject } from "./index";\n\ninject();\n',
                "src/payments.test.ts": 'import { inject } from "./inject";\n\ninject();\n',
            },
        ),
        Valid(
            _HEADER + _ROW,
            path="docs/matrix.md",
            files={
                "src/inject.ts": _INJECT,
                "src/payments.ts": "function inject() {}\n\ninject();\n",
                "src/payments.test.ts": 'import { inject } from "./inject";\n\ninject();\n',
            },
        ),
    )

    @on(row())
    def claimed(self, one: Row, matrix: Matrix) -> MatrixFindings:
        del matrix
        claim = next((claim for claim in one.claims if claim.kind in self.options.claims), None)
        if claim is not None:
            for place in places(one, self.project.documents, self.project):
                yield from self._uses(claim, place, one)

    def _uses(self, claim: Claim, place: Place, one: Row) -> MatrixFindings:
        globs = relatives(place.path)

        def look(words: Collection[str]) -> Mapping[str, Sequence[str]]:
            return self.project.words(words, globs)

        functions = [name for name, told in behaviours(self.project.code, place.path).items() if told.callable]
        for symbol in [place.symbol] if place.symbol is not None else functions:
            found = callers(self.project.code, place.path, symbol, look) if symbol != IMPORT else None
            if found is None:
                continue
            files: dict[str, int] = {}
            for use in found.places:
                if use.path != place.path and not self.project.matches(use.path, self.options.tests):
                    files.setdefault(use.path, use.line)
            for path, line in files.items():
                yield self.found(
                    one,
                    claim.place,
                    f"the row says {claim.text!r}, and {path} uses {symbol} (line {line}) and is no test. Call it from "
                    "tests only, or correct the row",
                    key=f"{claim.kind}:{symbol}:{path}",
                    related=[Related(path, Region(line, 1, line, 1), f"uses {symbol}")],
                )
            if not found.complete:
                yield self.found(
                    one,
                    claim.place,
                    f"too many files say {symbol} for all of them to be read: whether one uses it outside of the tests "
                    "is not known. Give it a name of its own",
                    kind="unknown",
                    key=f"{claim.kind}:{symbol}",
                    severity=Severity.WARNING,
                )
