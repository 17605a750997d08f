"""A row with fewer or more fields than the table has columns."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Region, Valid, on
from relcheck.sdk.matrix import Matrix, MatrixFindings, MatrixRule, Row, row

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class RaggedRow(MatrixRule):
    """
    ## What it does
    Reports a row of a matrix that has fewer fields than the header, or more. A `|` that is meant as text, in code too,
    is written `\\|` in a table.

    ## Why is this bad
    Renderers pad a short row and cut a long one without a word: what stands in the last cells is not what the author
    wrote, and a status that was cut off is not seen by anyone.

    ## Example
    ```markdown
    | Guarantee         | Mechanism    | Owner | Status  |
    |-------------------|--------------|-------|---------|
    | No partial writes | `a | b`      | Kim   | Stubbed |
    ```

    ## Use instead
    ```markdown
    | No partial writes | `a \\| b`     | Kim   | Stubbed |
    ```
    """

    examples = (
        Invalid(
            _HEADER + "| No partial writes | Wrapper | Kim |\n",
            Expect(
                3,
                1,
                38,
                "this row has 3 fields and the table 4 columns: Status is missing. Write it, empty if need be",
                kind="short",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| No partial writes | `a | b` | Kim | Stubbed |\n",
            Expect(
                3,
                39,
                46,
                "this row has 5 fields and the table 4 columns: what is behind them is not shown. Write \\| for | that "
                "is text, in code too",
                kind="long",
            ),
            path="docs/matrix.md",
        ),
        Valid(_HEADER + "| No partial writes | `a \\| b` | Kim | |\n", path="docs/matrix.md"),
    )

    @on(row())
    def ragged(self, one: Row, matrix: Matrix) -> MatrixFindings:
        wanted = len(matrix.columns)
        if one.width < wanted:
            missing = ", ".join(column.title for column in matrix.columns[one.width :])
            yield self.found(
                one,
                one.place,
                f"this row has {_fields(one.width)} and the table {wanted} columns: {missing} "
                f"{'is' if wanted - one.width == 1 else 'are'} missing. Write it, empty if need be",
                kind="short",
            )
        elif one.width > wanted:
            first, last = one.extra[0], one.extra[-1]
            place = Region(first.line, first.column, first.line, last.end_column)
            yield self.found(
                one,
                place,
                f"this row has {_fields(one.width)} and the table {wanted} columns: what is behind them is not shown. "
                "Write \\| for | that is text, in code too",
                kind="long",
            )


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
