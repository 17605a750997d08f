"""A mechanism becomes Enabled by a change of documents alone."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck.sdk.options import Glob
from relcheck_rules.matrix._changes import changes, status_of

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
_IMPLEMENTED = _HEADER + "| Audit log | Writer | Kim | Implemented |\n"
_ENABLED = _HEADER + "| Audit log | Writer | Kim | Enabled |\n"


class EnabledOnPaper(MatrixRule):
    """
    ## What it does
    Reports a row that becomes `Enabled` (the option `statuses`) against the base (`--base`) in a change that touches no
    file but documents (the option `documents`). What is switched on outside of the repository is waived where it is
    written, with how.

    ## Why is this bad
    Nothing in the repository has changed, so either the mechanism was on before without its row, or it is off still.

    ## Example
    ```diff
    -| Audit log | Writer | Kim | Implemented |
    +| Audit log | Writer | Kim | Enabled     |
    ```

    ## Use instead
    The change that switches it on, with the row in the same change.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        statuses: tuple[str, ...] = ("Enabled",)
        documents: tuple[Glob, ...] = (
            "**/*.md",
            "**/*.markdown",
            "**/*.mdx",
            "**/*.rst",
            "**/*.adoc",
            "**/*.txt",
            "docs/**",
        )

    options: Options

    examples = (
        Invalid(
            _ENABLED,
            Expect(
                3,
                30,
                37,
                "'Audit log' becomes Enabled here, and nothing but documents has changed: either it was on before, or "
                "it is off still. Change the row with what switches it on",
            ),
            path="docs/matrix.md",
            files={"src/audit.ts": "export const on = true;\n"},
            earlier={"docs/matrix.md": _IMPLEMENTED, "src/audit.ts": "export const on = true;\n"},
        ),
        Valid(
            _ENABLED,
            path="docs/matrix.md",
            files={"src/audit.ts": "export const on = true;\n"},
            earlier={"docs/matrix.md": _IMPLEMENTED, "src/audit.ts": "export const on = false;\n"},
        ),
        Valid(_ENABLED, title="no base", path="docs/matrix.md"),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        del documents
        wanted = {word.lower() for word in self.options.statuses}
        risen = [
            change.new
            for change in changes(self.project)
            if change.new is not None
            and change.old is not None
            and status_of(change.new) in wanted
            and status_of(change.old) not in wanted
        ]
        if not risen or self._code_has_changed():
            return
        for row in risen:
            yield self.found(
                row,
                row.cell("status") or row.place,
                f"{row.guarantee!r} becomes {row.text('status')} here, and nothing but documents has changed: either "
                "it was on before, or it is off still. Change the row with what switches it on",
            )

    def _code_has_changed(self) -> bool:
        project = self.project
        here = [path for path in project.paths if not project.matches(path, self.options.documents)]
        there = set(project.before.paths) if project.before is not None else set()
        gone = there.difference(project.paths)
        return any(not project.matches(path, self.options.documents) for path in gone) or any(
            map(project.changed, here)
        )
