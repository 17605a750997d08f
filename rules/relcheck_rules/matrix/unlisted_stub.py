"""A file in a folder of stubs that no row names."""

from __future__ import annotations

import posixpath

from relcheck.sdk import Expect, Invalid, Region, Related, RuleOptions, Valid
from relcheck.sdk.code import language_of
from relcheck.sdk.matrix import Documents, MatrixFinding, MatrixFindings, MatrixRule
from relcheck.sdk.options import Glob
from relcheck_rules.matrix._evidence import TESTS, places

_MATRIX = (
    "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
    "| Read-only mode | Write guard | Kim | Stubbed | src/stubs/guard.ts |\n"
    "| Kill switches | Flags | Kim | Stubbed | src/stubs/switches.ts |\n"
)
_GUARD = "export const canWrite = () => true;\n"


class UnlistedStub(MatrixRule):
    """
    ## What it does
    Reports a file of code that no row of any matrix names, in a folder of stubs: one of the option `folders`, or one in
    which rows say `Stubbed` (the option `statuses`) of at least two files. Files that
    only export others again (`index.ts`, `__init__.py`), tests and declarations of types are left out.

    ## Why is this bad
    A mechanism without a row has no owner and no status. When it starts to do something, nobody notices.

    ## Example
    `src/lib/reliability/rateLimit.ts` exists beside three stubs with rows, and has none.

    ## Use instead
    ```markdown
    | Guarantee    | Mechanism   | Owner | Status  | Notes                            |
    |--------------|-------------|-------|---------|----------------------------------|
    | Backpressure | Rate limits | Kim   | Stubbed | src/lib/reliability/rateLimit.ts |
    ```
    """

    class Options(RuleOptions, frozen=True):
        folders: tuple[Glob, ...] = ()
        statuses: tuple[str, ...] = ("Stubbed",)
        aside: tuple[str, ...] = ("**/index.*", "**/__init__.py", "**/doc.go", "**/types.ts", "**/*.d.ts")
        tests: tuple[str, ...] = TESTS

    options: Options

    examples = (
        Invalid(
            _MATRIX,
            Expect(
                1,
                1,
                1,
                "no row names src/stubs/limit.ts, which stands in a folder of stubs: it has no owner and no status. "
                "Add a row in docs/matrix.md",
                path="src/stubs/limit.ts",
            ),
            path="docs/matrix.md",
            files={
                "src/stubs/guard.ts": _GUARD,
                "src/stubs/switches.ts": _GUARD,
                "src/stubs/limit.ts": _GUARD,
                "src/stubs/index.ts": 'export * from "./guard";\n',
                "src/stubs/guard.test.ts": _GUARD,
            },
        ),
        Valid(
            _MATRIX,
            path="docs/matrix.md",
            files={"src/stubs/guard.ts": _GUARD, "src/stubs/switches.ts": _GUARD, "src/app.ts": _GUARD},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        named: dict[str, str] = {}
        stubs: dict[str, set[str]] = {}
        for matrix in documents.matrices:
            for row in matrix.rows:
                stubbed = any(row.text("status").lower().startswith(word.lower()) for word in self.options.statuses)
                for place in places(row, documents, self.project):
                    named.setdefault(place.path, row.path)
                    if stubbed:
                        stubs.setdefault(posixpath.dirname(place.path), set()).add(place.path)
        chosen = {folder for folder, paths in stubs.items() if len(paths) >= 2}
        for path in self.project.paths:
            folder = posixpath.dirname(path)
            listed = folder in chosen or self.project.matches(path, self.options.folders)
            if listed and path not in named and self._counts(path):
                where = next((document for other, document in named.items() if posixpath.dirname(other) == folder), "")
                yield self._missing(path, where or next(iter(documents.reliability), "the matrix"), documents)

    def _counts(self, path: str) -> bool:
        aside = self.project.matches(path, self.options.aside) or self.project.matches(path, self.options.tests)
        return language_of(path) is not None and not aside

    def _missing(self, path: str, document: str, documents: Documents) -> MatrixFinding:
        matrix = next((one for one in documents.matrices if one.path == document), None)
        related = (
            (Related(document, matrix.place, "the matrix that names its neighbours"),) if matrix is not None else ()
        )
        return MatrixFinding(
            path=path,
            region=Region(1, 1, 1, 1),
            message=f"no row names {path}, which stands in a folder of stubs: it has no owner and no status. Add a row "
            f"in {document}",
            key=path,
            related=related,
        )
