"""A mechanism whose owner is still to be determined."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Valid, on
from relcheck.sdk.gating import NOBODY
from relcheck.sdk.matrix import Cell, MatrixFindings, MatrixRule, Row, cell

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class OwnerUnassigned(MatrixRule):
    """
    ## What it does
    Reports an owner that is a word for nobody: `TBD`, `TBA`, `none`, `unassigned` (the option `words`). It is off until
    it is switched on: many teams allow it before deployment.

    ## Why is this bad
    Whoever owns a mechanism may switch it on and off, runs its runbook and approves what cannot be undone. Without a
    name there is nobody to ask when it matters.

    ## Example
    ```markdown
    | Guarantee | Mechanism          | Owner | Status  |
    |-----------|--------------------|-------|---------|
    | Audit log | Append-only writer | TBD   | Enabled |
    ```

    ## Use instead
    The name of a person, as CODEOWNERS has it.
    """

    enabled = False

    class Options(RuleOptions, frozen=True):
        words: tuple[str, ...] = NOBODY

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Append-only writer | TBD | Enabled |\n",
            Expect(
                3,
                36,
                39,
                "nobody owns 'Audit log' yet (TBD): nobody may switch it on or run its runbook. Name one",
            ),
            path="docs/matrix.md",
        ),
        Valid(_HEADER + "| Audit log | Append-only writer | Kim Ode | Enabled |\n", path="docs/matrix.md"),
    )

    @on(cell(column="owner", empty=False))
    def unassigned(self, at: Cell, row: Row) -> MatrixFindings:
        if at.text.strip("@.").lower() in self.options.words:
            yield self.found(
                row,
                at,
                f"nobody owns {row.guarantee!r} yet ({at.text}): nobody may switch it on or run its runbook. Name one",
            )
