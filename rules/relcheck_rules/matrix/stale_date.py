"""A matrix has changed, and its document still says when it was last updated before."""

from __future__ import annotations

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Documents, MatrixFinding, MatrixFindings, MatrixRule
from relcheck_rules.matrix._changes import changes

_DATED = "# Stubs\n\nLast updated: 2025-12-28\n\n| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class StaleDate(MatrixRule):
    """
    ## What it does
    Reports a line such as `Last updated: 2025-12-28` (the option `labels`) that is the same as at the base (`--base`),
    in a document whose matrix has other cells or rows now. A date of today, and a document without such a line, are no
    findings.

    ## Why is this bad
    Readers judge by the date whether they can rely on the page. One that is not kept is worse than none.

    ## Example
    ```diff
     Last updated: 2025-12-28
    -| Audit log | Writer | Kim | Stubbed     |
    +| Audit log | Writer | Kim | Implemented |
    ```

    ## Use instead
    The date of the change.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        labels: tuple[str, ...] = ("last updated", "last reviewed", "last modified", "updated")

    options: Options

    examples = (
        Invalid(
            _DATED + "| Audit log | Writer | Kim | Implemented |\n",
            Expect(
                3,
                15,
                25,
                "the matrix below has changed and this date has not: readers take it for older than it is. Write the "
                "date of the change",
            ),
            path="docs/stubs.md",
            earlier={"docs/stubs.md": _DATED + "| Audit log | Writer | Kim | Stubbed |\n"},
        ),
        Valid(
            _DATED.replace("2025-12-28", "2025-12-31") + "| Audit log | Writer | Kim | Implemented |\n",
            path="docs/stubs.md",
            earlier={"docs/stubs.md": _DATED + "| Audit log | Writer | Kim | Stubbed |\n"},
        ),
        Valid(
            _DATED + "| Audit log  |  Writer | Kim | Stubbed |\n\nMore to read.\n",
            title="another layout is no change",
            path="docs/stubs.md",
            earlier={"docs/stubs.md": _DATED + "| Audit log | Writer | Kim | Stubbed |\n"},
        ),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        if self.project.before is None:
            return
        touched: set[str] = set()
        for change in changes(self.project):
            old, new = change.old, change.new
            if old is not None and new is not None and _said(old.cells) == _said(new.cells) and old.key == new.key:
                continue
            touched.update(row.path for row in (new,) if row is not None)
            touched.update(path for path in documents.by_path if old is not None and self._stood_in(path, old.path))
        earlier = self.project.before.documents.by_path
        for path in sorted(touched):
            was = earlier.get(self.project.origin(path) or "")
            for label in self.options.labels:
                stated, before = documents.by_path[path].states(label), was.states(label) if was is not None else None
                if stated is None or before is None or stated.value != before.value:
                    continue
                if str(self.project.today) in stated.value:
                    continue
                yield MatrixFinding(
                    path=path,
                    region=stated.place,
                    message="the matrix below has changed and this date has not: readers take it for older than it is. "
                    "Write the date of the change",
                    key=label,
                )

    def _stood_in(self, path: str, old: str) -> bool:
        return self.project.origin(path) == old


def _said(cells: object) -> list[str]:
    return [cell.text for cell in cells] if isinstance(cells, tuple) else []
