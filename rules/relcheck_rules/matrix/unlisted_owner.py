"""The owner of a guarantee does not own its code, as far as CODEOWNERS says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relcheck.sdk import Expect, Invalid, Related, RuleOptions, Severity, Valid
from relcheck.sdk.gating import NOBODY
from relcheck.sdk.matrix import Cell, Documents, MatrixFinding, MatrixFindings, MatrixRule, Row

_HEADER = "| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
_HANDLE = re.compile(r"@[\w.-]+(?:/[\w.-]+)?|[\w.+-]+@[\w.-]+\.\w+")
_PLACES = ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class UnlistedOwner(MatrixRule):
    """
    ## What it does
    Compares the column `owner` with CODEOWNERS. A handle (`@kimo`, `@org/team`, an address) must be named there. Names
    are translated by the option `handles`; a name that it does not know is told as information, since nothing can be
    said of it. `TBD` is none. It is off until it is switched on.

    ## Why is this bad
    Who is named in the matrix is not asked when the code changes, and who is asked does not know of the guarantee.

    ## Example
    ```markdown
    | Guarantee | Mechanism | Owner | Status  | Notes         |
    |-----------|-----------|-------|---------|---------------|
    | Audit log | Writer    | @kimo | Enabled | `app/audit.py` |
    ```

    ## Use instead
    ```text
    # CODEOWNERS
    /app/audit.py @kimo
    ```
    """

    enabled = False

    class Options(RuleOptions, frozen=True):
        handles: dict[str, str] = {}  # noqa: RUF012  # msgspec makes it anew for each
        nobody: tuple[str, ...] = NOBODY

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | @kimo | Enabled | |\n| Backups | Job | Lee | Enabled | |\n",
            Expect(
                3,
                24,
                29,
                "@kimo owns 'Audit log', and CODEOWNERS does not name them: changes pass them by. Add them there",
            ),
            Expect(
                4,
                19,
                22,
                "'Lee' is no handle, so that CODEOWNERS cannot be asked. Write one, or give it in `handles`",
                kind="unknown",
            ),
            path="docs/matrix.md",
            files={".github/CODEOWNERS": "# owners\n* @lee\n"},
        ),
        Valid(
            _HEADER + "| Audit log | Writer | @kimo | Enabled | |\n| Backups | Job | Lee | Enabled | |\n",
            path="docs/matrix.md",
            files={"CODEOWNERS": "*.py @kimo @lee\n"},
            options={"handles": {"Lee": "@lee"}},
        ),
        Valid(
            _HEADER + "| Audit log | Writer | @kimo | Enabled | |\n",
            title="a project without CODEOWNERS",
            path="docs/matrix.md",
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        file = next((path for path in _PLACES if path in documents.by_path), None)
        if file is None:
            return
        listed = {owner.lower() for one in documents.by_path[file].owned for owner in one.owners}
        for one in documents.matrices:
            for row in one.rows:
                cell = row.cell("owner")
                if cell is not None and not cell.empty and cell.text.lower() not in self.options.nobody:
                    yield from self._judge(row, cell, listed, file)

    def _judge(self, row: Row, cell: Cell, listed: set[str], file: str) -> MatrixFindings:
        handles: Sequence[str] = _HANDLE.findall(cell.text)
        if not handles and cell.text in self.options.handles:
            handles = (self.options.handles[cell.text],)
        if not handles:
            message = (
                f"{cell.text!r} is no handle, so that CODEOWNERS cannot be asked. Write one, or give it in `handles`"
            )
            yield self.found(row, cell, message, kind="unknown", severity=Severity.INFO)
        for handle in handles:
            if handle.lower() not in listed:
                yield self._unlisted(row, cell, handle, file)

    def _unlisted(self, row: Row, cell: Cell, handle: str, file: str) -> MatrixFinding:
        owned = self.project.documents.by_path[file].owned
        related = [Related(file, owned[0].place, "the owners of the code")] if owned else []
        message = (
            f"{handle} owns {row.guarantee!r}, and CODEOWNERS does not name them: changes pass them by. Add them there"
        )
        return self.found(row, cell, message, kind="unlisted", key=handle, related=related)
