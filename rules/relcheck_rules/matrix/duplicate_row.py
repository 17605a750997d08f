"""Two rows of a matrix speak of the same guarantee."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sdk import Expect, Invalid, Related, Valid
from relcheck.sdk.matrix import Cell, Documents, Matrix, MatrixFinding, MatrixFindings, MatrixRule, Row

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class DuplicateRow(MatrixRule):
    """
    ## What it does
    Reports a row whose guarantee, or whose number (a column `ID`, or a mark such as `[#G-07]`), an earlier row of the
    same matrix has, or a row of an earlier matrix with the same columns in the same document. Upper and lower case,
    spaces and punctuation make no difference.

    ## Why is this bad
    Two rows answer the same question in two ways, and whoever reads one of them does not know of the other. A change of
    status that touches one leaves the other as it was.

    ## Example
    ```markdown
    | Guarantee         | Mechanism           | Owner | Status      |
    |-------------------|---------------------|-------|-------------|
    | No partial writes | Transaction wrapper | Kim   | Implemented |
    | No partial writes | Outbox              | Lee   | Stubbed     |
    ```

    ## Use instead
    One row a guarantee, with both mechanisms in its cell; or two guarantees that say what each one promises.
    """

    examples = (
        Invalid(
            _HEADER
            + "| No partial writes | Wrapper | Kim | Implemented |\n| No  Partial writes. | Outbox | Lee | Stubbed |\n",
            Expect(
                4,
                3,
                22,
                "the row for 'No Partial writes.' is there twice, first in line 3: one will go stale. Join the two",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            "| ID | Guarantee | Mechanism | Owner |\n|---|---|---|---|\n| G-1 | No loss | Backups | Kim |\n"
            "| G-1 | No partial writes | Wrapper | Lee |\n",
            Expect(
                4, 9, 26, "G-1 is the number of two guarantees, first in line 3. Give one of them another", kind="id"
            ),
            title="one number for two guarantees",
            path="docs/matrix.md",
        ),
        Invalid(
            "## One\n\n"
            + _HEADER
            + "| No loss | Backups | Kim | Stubbed |\n\n## Two\n\n"
            + _HEADER
            + "| No loss | Replicas | Kim | Enabled |\n",
            Expect(
                11,
                3,
                10,
                "the row for 'No loss' is there twice, first in line 5: one will go stale. Join the two",
                kind="other-table",
            ),
            title="two tables of one document with the same key",
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER
            + "| No partial writes | Wrapper | Kim | Implemented |\n| No partial reads | Snapshot | Lee | Stubbed |\n",
            path="docs/matrix.md",
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        alike: dict[tuple[str, tuple[str, ...]], list[Matrix]] = {}
        for one in documents.matrices:
            alike.setdefault((one.path, tuple(column.name for column in one.columns)), []).append(one)
        for matrices in alike.values():
            yield from self._twice(matrices)

    def _twice(self, matrices: Sequence[Matrix]) -> MatrixFindings:
        by_key: dict[str, Row] = {}
        by_id: dict[str, Row] = {}
        for one in matrices:
            for row in one.rows:
                at = row.cell(one.key)
                if at is None or not row.key:
                    continue
                first = by_key.setdefault(row.key, row)
                numbered = by_id.setdefault(row.id, row) if row.id is not None else row
                if first is not row:
                    what = (
                        f"the row for {at.text!r} is there twice, first in line {first.place.line}: one will go stale"
                    )
                    kind = "key" if first.matrix == row.matrix else "other-table"
                    yield self._finding(row, at, first, f"{what}. Join the two", kind)
                elif numbered is not row:
                    what = f"{row.id} is the number of two guarantees, first in line {numbered.place.line}"
                    yield self._finding(row, at, numbered, f"{what}. Give one of them another", "id")

    def _finding(self, row: Row, at: Cell, first: Row, message: str, kind: str) -> MatrixFinding:
        related = [Related(first.path, first.place, "the first row")]
        return self.found(row, at, message, kind=kind, key=row.key, related=related)
