"""A change removes a guarantee, or what was noted about it."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Region, Severity, Valid
from relcheck.sdk.matrix import Documents, MatrixFinding, MatrixFindings, MatrixRule, Row
from relcheck_rules.matrix._changes import changes

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_AUDIT = "| Audit log | Writer | Kim | Enabled | src/audit.ts |\n"


class RemovedRow(MatrixRule):
    """
    ## What it does
    Reports a row of a matrix that was there at the base (`--base`) and is nowhere now, and, as a warning, a row whose
    note has been emptied. A row that was renamed is followed by its number, and by its mechanism and the paths that it
    names; one that moved to another document by its guarantee.

    ## Why is this bad
    A promise that vanishes from the matrix is not kept any more by anyone, and those who rely on it are not told.

    ## Example
    ```diff
    -| Audit log | Writer | Kim | Enabled | src/audit.ts |
    ```

    ## Use instead
    Keep the row with the status `Deferred` and the reason. Where the promise is really taken back, say so in a waiver
    above the table, with who decided it.
    """

    examples = (
        Invalid(
            _HEADER + "| Backups | Job | Kim | Enabled | |\n",
            Expect(
                1,
                3,
                12,
                "the row for 'Audit log' was here and is gone: nobody keeps this promise any more. Bring it back as "
                "Deferred with the reason, or say here who took it back",
                kind="row",
            ),
            Expect(
                3,
                34,
                35,
                "the note of 'Backups' was 'src/backup.ts' and is empty: nobody finds the code any more. Bring it back",
                kind="note",
            ),
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + _AUDIT + "| Backups | Job | Kim | Enabled | src/backup.ts |\n"},
        ),
        Valid(
            _HEADER + "| Acts can be traced | Writer | Kim | Enabled | src/audit.ts |\n",
            title="a row that was renamed",
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + _AUDIT},
        ),
        Valid(
            "# Notes\n",
            title="a row that moved",
            path="docs/matrix.md",
            files={"docs/other.md": _HEADER + _AUDIT},
            earlier={"docs/matrix.md": _HEADER + _AUDIT},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        for change in changes(self.project):
            old, new = change.old, change.new
            if old is None:
                continue
            if new is None:
                yield self._gone(old, documents)
                continue
            was, now = old.text("notes"), new.cell("notes")
            if was and now is not None and now.empty:
                yield self.found(
                    new,
                    now,
                    f"the note of {new.guarantee!r} was {was!r} and is empty: nobody finds the code any more. "
                    "Bring it back",
                    kind="note",
                    severity=Severity.WARNING,
                )

    def _gone(self, old: Row, documents: Documents) -> MatrixFinding:
        """At the table that it stood in; where that is gone, at the beginning of its document, or of any."""
        here = [one for one in documents.matrices if self.project.origin(one.path) == old.path]
        same = next((path for path in documents.by_path if self.project.origin(path) == old.path), None)
        path = here[0].path if here else same or min(documents.by_path)
        region = here[0].columns[0].place if here else Region(1, 1, 1, 2)
        return MatrixFinding(
            path=path,
            region=region,
            message=f"the row for {old.guarantee!r} was {'here' if same else f'in {old.path}'} and is gone: nobody "
            "keeps this promise any more. Bring it back as Deferred with the reason, or say here who took it back",
            key=f"gone:{old.id or old.key}",
            kind="row",
            details={"guarantee": old.guarantee, "was": f"{old.path}:{old.place.line}"},
        )
