"""A change moves a mechanism to a status that it cannot have yet."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, Related, RuleOptions, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule, Row
from relcheck_rules.matrix._changes import changes, status_of

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
_OTHER = "| Backups | Job | Kim | Stubbed |\n"


class IllegalTransition(MatrixRule):
    """
    ## What it does
    Compares the status of each row with what it was at the base (`--base`), and reports a step that the lifecycle does
    not have: by default `Defined`, `Stubbed`, `Implemented`, `Enabled`, one after the other; `Deferred` from any of
    them, and from there back to any but `Enabled`; from `Enabled` back to `Implemented`. The option `steps` lists them.
    A row that is added to a matrix with the status `Enabled` (the option `last`) has skipped them all. Rows are
    followed when they are renamed or move to another document.

    ## Why is this bad
    Each step is a review: of the design, of the code, of switching it on. A status that jumps says that one of them was
    left out, or that the matrix was not kept.

    ## Example
    ```diff
    -| Audit log | Writer | Kim | Defined |
    +| Audit log | Writer | Kim | Enabled |
    ```

    ## Use instead
    One step a change.
    """

    class Options(RuleOptions, frozen=True):
        steps: tuple[str, ...] = (
            "Defined -> Stubbed",
            "Stubbed -> Implemented",
            "Implemented -> Enabled",
            "Enabled -> Implemented",
            "Defined -> Deferred",
            "Stubbed -> Deferred",
            "Implemented -> Deferred",
            "Enabled -> Deferred",
            "Deferred -> Defined",
            "Deferred -> Stubbed",
            "Deferred -> Implemented",
        )
        last: str = "Enabled"

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Audit log | Writer | Kim | Enabled |\n",
            Expect(
                3,
                30,
                37,
                "'Audit log' was Defined and is Enabled: the step in between is left out. After Defined comes Stubbed "
                "or Deferred",
                kind="step",
            ),
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + "| Audit log | Writer | Kim | Defined |\n"},
        ),
        Invalid(
            _HEADER + _OTHER + "| Audit log | Writer | Kim | Enabled |\n",
            Expect(
                4,
                30,
                37,
                "'Audit log' is new here and Enabled at once: nobody has seen it Implemented. Let it go through the "
                "steps, each in a change of its own",
                kind="born",
            ),
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + _OTHER},
        ),
        Valid(
            _HEADER + "| Audit log | Writer | Kim | Enabled |\n| Backups, nightly | Job | Kim | Implemented |\n",
            title="one step each, one row renamed",
            path="docs/matrix.md",
            earlier={"docs/matrix.md": _HEADER + "| Audit log | Writer | Kim | Implemented |\n" + _OTHER},
        ),
        Valid(_HEADER + "| Audit log | Writer | Kim | Enabled |\n", title="no base", path="docs/matrix.md"),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        del documents
        steps: dict[str, list[str]] = {}
        for step in self.options.steps:
            before, _, after = (part.strip() for part in step.partition("->"))
            steps.setdefault(before.lower(), []).append(after)
            steps.setdefault(after.lower(), [])
        known = {self.project.origin(change.new.path) for change in changes(self.project) if change.new and change.old}
        for change in changes(self.project):
            now, before = status_of(change.new), status_of(change.old)
            if change.new is None or now == before:
                continue
            if change.old is None:
                if now == self.options.last.lower() and self.project.origin(change.new.path) in known:
                    yield from self._born(change.new)
            elif before in steps and now in steps and now not in [word.lower() for word in steps[before]]:
                yield from self._step(change.old, change.new, steps[before])

    def _born(self, row: Row) -> MatrixFindings:
        cell = row.cell("status")
        message = (
            f"{row.guarantee!r} is new here and {row.text('status')} at once: nobody has seen it Implemented. "
            "Let it go through the steps, each in a change of its own"
        )
        yield self.found(row, cell or row.place, message, kind="born")

    def _step(self, old: Row, new: Row, possible: list[str]) -> MatrixFindings:
        cell = new.cell("status")
        before = old.text("status")
        message = (
            f"{new.guarantee!r} was {before} and is {new.text('status')}: the step in between is left out. "
            f"After {before} comes {' or '.join(possible) or 'nothing'}"
        )
        related = [Related(new.path, new.place, f"was {before} at the base")]
        yield self.found(new, cell or new.place, message, kind="step", key=f"{before}>", related=related)
