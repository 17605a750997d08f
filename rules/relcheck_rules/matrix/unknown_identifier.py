"""A row names an identifier that the code does not have."""

from __future__ import annotations

from relcheck.sdk import Confidence, Expect, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.code import CODE
from relcheck.sdk.matrix import Cell, Documents, MatrixFinding, MatrixFindings, MatrixRule, Row, Word

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class UnknownIdentifier(MatrixRule):
    """
    ## What it does
    Reports an identifier in the mechanism cell of a row (`requireActor`, `WRITE_GUARD`, `with_intent`; the option
    `columns`) that stands in no file of the code (the option `code`; by default Python, TypeScript, JavaScript and Go).
    Rows whose status is one of `planned` may name what does not exist yet. Acronyms are no identifiers.

    ## Why is this bad
    The mechanism goes by another name now, or was never built, and who looks for what keeps the promise finds nothing.

    ## Example
    ```markdown
    | Guarantee         | Mechanism               | Owner | Status  |
    |-------------------|-------------------------|-------|---------|
    | Admin attribution | requireActor middleware | Kim   | Enabled |
    ```

    ## Use instead
    The name that the code has, or a status that says that there is none yet.
    """

    severity = Severity.WARNING
    confidence = Confidence.MEDIUM

    class Options(RuleOptions, frozen=True):
        columns: tuple[str, ...] = ("mechanism",)
        code: tuple[str, ...] = (*CODE, "**/*.sql", "**/*.prisma")
        planned: tuple[str, ...] = ("Defined", "Deferred")

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Admin attribution | requireActor middleware | Kim | Enabled |\n",
            Expect(
                3,
                23,
                35,
                "no code says requireActor, which 'Admin attribution' names as its mechanism. Write the name that it "
                "has in the code, or set the status back",
            ),
            path="docs/matrix.md",
            files={"src/auth.ts": "export function requireActors() {}\n"},
        ),
        Valid(
            _HEADER
            + "| Admin attribution | requireActor middleware | Kim | Enabled |\n"
            + "| Read-only mode | WRITE_GUARD gate | Kim | Defined |\n"
            + "| Recovery | PITR and WAL | Kim | Enabled |\n",
            path="docs/matrix.md",
            files={"src/auth.ts": "export function requireActor() {}\n"},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        named = [
            (row, cell, word)
            for matrix in documents.matrices
            for row in matrix.rows
            if not self._is_planned(row)
            for cell in row.cells
            if cell.column in self.options.columns
            for word in cell.words
        ]
        if not named:
            return
        found = self.project.words(sorted({_last(word) for _, _, word in named}), self.options.code)
        for row, cell, word in named:
            if not found.get(_last(word)):
                yield self._missing(row, cell, word)

    def _missing(self, row: Row, cell: Cell, word: Word) -> MatrixFinding:
        return self.found(
            row,
            word.place,
            f"no code says {word.name}, which {row.guarantee!r} names as its mechanism. Write the name that it has in "
            "the code, or set the status back",
            key=f"{cell.column}:{word.name}",
        )

    def _is_planned(self, row: Row) -> bool:
        return any(row.text("status").lower().startswith(word.lower()) for word in self.options.planned)


def _last(word: Word) -> str:
    return word.name.rpartition(".")[2]
