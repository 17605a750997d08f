"""Two rows of a matrix speak of the same guarantee."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, Valid, on
from relcheck.sdk.matrix import Matrix, MatrixFindings, MatrixRule, Row, matrix

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class DuplicateRow(MatrixRule):
    """
    ## What it does
    Reports a row whose guarantee, or whose number (a column `ID`, or a mark such as `[#G-07]`), an earlier row of the
    same matrix has. Upper and lower case, spaces and punctuation make no difference.

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
        Valid(
            _HEADER
            + "| No partial writes | Wrapper | Kim | Implemented |\n| No partial reads | Snapshot | Lee | Stubbed |\n",
            path="docs/matrix.md",
        ),
    )

    @on(matrix())
    def twice(self, one: Matrix) -> MatrixFindings:
        by_key: dict[str, Row] = {}
        by_id: dict[str, Row] = {}
        for row in one.rows:
            at = row.cell(one.key)
            if at is None or not row.key:
                continue
            first = by_key.setdefault(row.key, row)
            numbered = by_id.setdefault(row.id, row) if row.id is not None else row
            if first is not row:
                yield self.found(
                    row,
                    at,
                    f"the row for {at.text!r} is there twice, first in line {first.place.line}: "
                    "one will go stale. Join the two",
                    kind="key",
                    related=[Related(first.path, first.place, "the first row")],
                )
            elif numbered is not row:
                yield self.found(
                    row,
                    at,
                    f"{row.id} is the number of two guarantees, first in line {numbered.place.line}. "
                    "Give one of them another",
                    kind="id",
                    key=row.key,
                    related=[Related(numbered.path, numbered.place, "the first row")],
                )
