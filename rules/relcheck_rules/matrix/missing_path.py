"""A row names a path that is not there."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid, on
from relcheck.sdk.matrix import Cell, MatrixFinding, MatrixFindings, MatrixRule, Ref, Row, cell

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_DOCUMENTS = (".md", ".markdown", ".mdx", ".rst", ".adoc")


class MissingPath(MatrixRule):
    """
    ## What it does
    Reports a path in a row that leads to no file of the project: it does not exist, is spelled with other capitals,
    lies outside of the repository, or is there and not tracked. Folders and globs must hold a file. Paths are written
    from the root of the repository, or from the folder of the configuration. In rows whose status is one of `planned`
    the path may still be missing. Paths of documents are the business of `matrix/missing-document`.

    ## Why is this bad
    The row says that a mechanism stands behind the guarantee, and nobody can find it: the file was moved, renamed or
    never written. Where capitals count, a path that works on one machine is missing on the next.

    ## Example
    ```markdown
    | Guarantee | Mechanism | Owner | Status      | Notes            |
    |-----------|-----------|-------|-------------|------------------|
    | Audit log | Writer    | Kim   | Implemented | src/lib/Audit.ts |
    ```

    ## Use instead
    ```markdown
    | Guarantee | Mechanism | Owner | Status      | Notes            |
    |-----------|-----------|-------|-------------|------------------|
    | Audit log | Writer    | Kim   | Implemented | src/lib/audit.ts |
    ```
    """

    class Options(RuleOptions, frozen=True):
        planned: tuple[str, ...] = ("Defined", "Deferred")

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | src/lib/audit.ts |\n",
            Expect(
                3,
                44,
                60,
                "src/lib/audit.ts is not in the repository, and 'Audit log' rests on it. Correct the path, or the "
                "status of the row",
                kind="missing",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | src/lib/Audit.ts |\n",
            Expect(
                3,
                44,
                60,
                "src/lib/Audit.ts is spelled src/lib/audit.ts: where capitals count it does not exist. Correct it",
                kind="other-case",
            ),
            path="docs/matrix.md",
            files={"src/lib/audit.ts": "export const audit = () => {};\n"},
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | ../other/src/audit.ts |\n",
            Expect(
                3,
                44,
                65,
                "../other/src/audit.ts lies outside of the repository, where nothing can be held against it. Name a "
                "file in it",
                kind="outside",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Implemented | src/audit/*.ts |\n",
            Expect(
                3,
                44,
                58,
                "src/audit/*.ts matches no file, and 'Audit log' rests on it. Correct the pattern, or the status of "
                "the row",
                kind="missing",
            ),
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER
            + "| Audit log | Writer | Kim | Implemented | src/lib/audit.ts |\n"
            + "| Backups | Job | Kim | Defined | will be src/lib/backup.ts |\n",
            path="docs/matrix.md",
            files={"src/lib/audit.ts": "export const audit = () => {};\n"},
        ),
    )

    @on(cell())
    def judged(self, one: Cell, row: Row) -> MatrixFindings:
        planned = any(row.text("status").lower().startswith(word.lower()) for word in self.options.planned)
        for ref in one.refs:
            if not ref.path.lower().endswith(_DOCUMENTS):
                yield from self._judge(ref, one, row, planned=planned)

    def _judge(self, ref: Ref, one: Cell, row: Row, *, planned: bool) -> MatrixFindings:
        if ref.kind == "glob":
            if not planned and not any(self.project.matches(path, (ref.path,)) for path in self.project.paths):
                yield self._found(
                    row,
                    ref,
                    one,
                    f"{ref.path} matches no file, and {row.guarantee!r} rests on it. Correct the pattern, or the "
                    "status of the row",
                    "missing",
                )
            return
        found = self.project.documents.look_up(ref.path)
        if found.state == "missing" and not planned:
            yield self._found(
                row,
                ref,
                one,
                f"{ref.path} is not in the repository, and {row.guarantee!r} rests on it. Correct the path, or the "
                "status of the row",
                "missing",
            )
        elif found.state == "other-case":
            message = f"{ref.path} is spelled {found.path}: where capitals count it does not exist. Correct it"
            yield self._found(row, ref, one, message, "other-case")
        elif found.state == "outside":
            message = (
                f"{ref.path} lies outside of the repository, where nothing can be held against it. Name a file in it"
            )
            yield self._found(row, ref, one, message, "outside")
        elif found.state == "beyond" and not planned:
            message = (
                f"{ref.path} is no file that relcheck looks at: it is ignored, excluded, a link or not tracked, so "
                f"nothing holds {row.guarantee!r} against it. Track it, or name another"
            )
            yield self._found(row, ref, one, message, "untracked", Severity.WARNING)

    def _found(
        self, row: Row, ref: Ref, one: Cell, message: str, kind: str, severity: Severity | None = None
    ) -> MatrixFinding:
        return self.found(row, ref.place, message, kind=kind, key=f"{one.column}:{ref.path}", severity=severity)
