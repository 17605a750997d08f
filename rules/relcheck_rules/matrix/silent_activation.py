"""Code that was inert does something now, and the row that speaks of it has not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from relcheck.sdk import Expect, Invalid, Valid
from relcheck.sdk.code import behaviour
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck_rules.matrix._changes import changes
from relcheck_rules.matrix._evidence import Told, reason, told, way

if TYPE_CHECKING:
    from relcheck.sdk.matrix import Row

_INERT = ("constant", "no-op", "pass-through", "contained")
_MATRIX = (
    "| Guarantee | Mechanism | Location | Owner | Status | Notes |\n"
    "|---|---|---|---|---|---|\n"
    "| Publishing freeze | Publish guard | App | Kim | Stubbed | src/guards.ts |\n"
)
_INERT_CODE = "export function canPublish(): boolean {\n  return true;\n}\n"
_ACTIVE_CODE = "export function canPublish(): boolean {\n  return fetch('/freeze') === null;\n}\n"


class SilentActivation(MatrixRule):
    """
    ## What it does
    With `--base`: reports a row whose code did nothing at the base and does something now, or may, while the row itself
    is as it was. Code that reads a variable first and is inert without it counts as something.

    ## Why is this bad
    What was planned as an inert place begins to act in production, and those who own the promise read that it does not.
    Such a change is an incident, whatever it does.

    ## Example
    ```diff
     export function canPublish() {
    -  return true;
    +  return !(await freeze.isOn());
     }
    ```

    ## Use instead
    Change the row in the same change: its status, its note, and the pull request in which that was decided.
    """

    examples = (
        Invalid(
            _MATRIX,
            Expect(
                3,
                3,
                20,
                "canPublish of src/guards.ts did nothing before this change (it returned true) and is active now: it "
                "calls fetch(…) (src/guards.ts:2). The row still says Stubbed: change it in the same change",
            ),
            path="docs/matrix.md",
            files={"src/guards.ts": _ACTIVE_CODE},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _INERT_CODE},
        ),
        Valid(
            _MATRIX.replace("Stubbed | src", "Implemented | #41, src"),
            title="with its row",
            path="docs/matrix.md",
            files={"src/guards.ts": _ACTIVE_CODE},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _INERT_CODE},
        ),
        Valid(
            _MATRIX,
            title="still inert",
            path="docs/matrix.md",
            files={"src/guards.ts": _INERT_CODE.replace("true", "false")},
            earlier={"docs/matrix.md": _MATRIX, "src/guards.ts": _INERT_CODE},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        for change in changes(self.project):
            if change.old is not None and change.new is not None and _is_untouched(change.old, change.new):
                yield from self._risen(change.new, documents)

    def _risen(self, row: Row, documents: Documents) -> MatrixFindings:
        before = self.project.before
        for one in told(row, documents, self.project) if before is not None else ():
            was_path = self.project.origin(one.place.path)
            if before is None or was_path is None or one.behaviour.verdict in _INERT or not one.symbol:
                continue
            if not self.project.changed(one.place.path):
                continue
            was = behaviour(before.code, was_path, one.symbol)
            if was is None or was.verdict not in _INERT:
                continue
            constant = str(was.constant).lower() if isinstance(was.constant, bool) else was.constant
            returned = f" (it returned {constant})" if was.constant is not None else ""
            yield self.found(
                row,
                row.cell("guarantee") or row.place,
                f"{one.name} did nothing before this change{returned} and is {_now(one)}. The row still says "
                f"{row.text('status') or 'nothing of it'}: change it in the same change",
                related=way(one),
            )


def _is_untouched(old: Row, new: Row) -> bool:
    return [(one.column, one.text) for one in old.cells] == [(one.column, one.text) for one in new.cells]


def _now(one: Told) -> str:
    verdict = "active now" if one.behaviour.verdict != "unknown" else "not told to be inert any more"
    why = reason(one)
    return f"{verdict}: {why}" if why else verdict
