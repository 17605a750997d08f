"""A status changes, and the row does not say by which pull request."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck_rules.matrix._changes import changes, references, status_of

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"


class UnreferencedStatusChange(MatrixRule):
    """
    ## What it does
    Reports a row whose status is another than at the base (`--base`) and that names no pull request and no issue in any
    of its cells: `#12`, `!12`, `PR 12`, `INC-204`, or a link to one. For a row that becomes `Enabled` (the option
    `graver`) this is an error.

    ## Why is this bad
    Whoever asks in half a year who switched this on, and who agreed, finds a word in a table.

    ## Example
    ```diff
    -| Audit log | Writer | Kim | Implemented | src/audit.ts |
    +| Audit log | Writer | Kim | Enabled     | src/audit.ts |
    ```

    ## Use instead
    ```diff
    +| Audit log | Writer | Kim | Enabled     | src/audit.ts, #118 |
    ```
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        graver: tuple[str, ...] = ("Enabled",)

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Enabled | src/audit.ts |\n",
            Expect(
                3,
                30,
                37,
                "'Audit log' was Implemented and is Enabled, and the row names no pull request: nobody will know who "
                "agreed. Add its number",
            ),
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + "| Audit log | Writer | Kim | Implemented | src/audit.ts |\n"},
        ),
        Valid(
            _HEADER
            + "| Audit log | Writer | Kim | Enabled | src/audit.ts, #118 |\n| Backups | Job | Lee | Stubbed | |\n",
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + "| Audit log | Writer | Kim | Implemented | src/audit.ts |\n"},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        del documents
        grave = {word.lower() for word in self.options.graver}
        for change in changes(self.project):
            old, new = change.old, change.new
            if old is None or new is None or not status_of(old) or status_of(old) == status_of(new) or references(new):
                continue
            yield self.found(
                new,
                new.cell("status") or new.place,
                f"{new.guarantee!r} was {old.text('status')} and is {new.text('status') or 'without a status'}, and "
                "the row names no pull request: nobody will know who agreed. Add its number",
                severity=Severity.ERROR if status_of(new) in grave else None,
            )
