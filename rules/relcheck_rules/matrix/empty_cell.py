"""A guarantee without an owner, a mechanism, a detection or a recovery."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Valid, on
from relcheck.sdk.matrix import Matrix, MatrixFindings, MatrixRule, Row, row

_WHY = {
    "guarantee": "a row without a guarantee promises nothing",
    "mechanism": "a guarantee that nothing enforces is a wish",
    "owner": "nobody answers for it",
    "status": "nobody can tell whether it is built",
    "location": "nobody can tell where it lives",
    "layer": "nobody can tell what enforces it",
    "detection": "nobody notices when it fails",
    "recovery": "nobody knows what to do when it fails",
}
_HEADER = "| Guarantee | Mechanism stub | Location | Owner | Status | Notes |\n|---|---|---|---|---|---|\n"


class EmptyCell(MatrixRule):
    """
    ## What it does
    Reports a cell that says nothing, in a column that must say something: `guarantee`, `mechanism`, `owner`, `status`,
    `location`, `layer`, `detection` and `recovery` (the option `columns`, or `required` of a `[[matrix]]`). Nothing, a
    dash and a question mark say nothing; `TBD` says something. Columns that a matrix does not have are not missed.

    ## Why is this bad
    A guarantee without an owner is nobody's, one without a mechanism is a wish, and a mechanism without detection fails
    in silence.

    ## Example
    ```markdown
    | Guarantee | Mechanism stub      | Location | Owner | Status  | Notes |
    |-----------|---------------------|----------|-------|---------|-------|
    | Audit log | Append-only writer  | App      |       | Stubbed |       |
    ```

    ## Use instead
    Say it, or write `TBD` where the team allows that before deployment: `matrix/owner-unassigned` keeps the count.
    """

    class Options(RuleOptions, frozen=True):
        columns: tuple[str, ...] = (
            "guarantee",
            "mechanism",
            "owner",
            "status",
            "location",
            "layer",
            "detection",
            "recovery",
        )

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Append-only writer | App |  | Stubbed | |\n",
            Expect(
                3,
                41,
                43,
                "'Audit log' has no owner: nobody answers for it. Fill the cell, or remove the row",
                kind="owner",
            ),
            title="a guarantee without an owner",
            path="docs/stubs.md",
        ),
        Invalid(
            "| Guarantee | Mechanism | Layer | Detection | Recovery |\n|---|---|---|---|---|\n"
            "| No orphans | Foreign keys | DB | — | Repair script |\n",
            Expect(
                3,
                36,
                37,
                "'No orphans' has no detection: nobody notices when it fails. Fill the cell, or remove the row",
                kind="detection",
            ),
            title="a dash says nothing",
            path="docs/matrix.md",
        ),
        Valid(_HEADER + "| Audit log | Append-only writer | App | TBD | Stubbed | |\n", path="docs/stubs.md"),
    )

    @on(row())
    def empty(self, one: Row, matrix: Matrix) -> MatrixFindings:
        required = matrix.required or self.options.columns
        for cell in one.cells:
            if cell.empty and cell.column in required:
                why = _WHY.get(cell.column, "the matrix requires it")
                named = repr(one.guarantee) if one.key and cell.column != matrix.key else "this row"
                yield self.found(
                    one,
                    cell,
                    f"{named} has no {cell.title.lower() if cell.column not in _WHY else cell.column}: {why}. "
                    "Fill the cell, or remove the row",
                    kind=cell.column,
                )
