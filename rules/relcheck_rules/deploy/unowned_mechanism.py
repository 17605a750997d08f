"""Every mechanism that production depends on has an owner before it is deployed."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck_rules.deploy._critical import ALL_COUNT, critical_rows, said_rows, unknown_rows

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
_CRITICAL = '[gate.deploy]\ncritical = ["Audit log"]\n'


class UnownedMechanism(MatrixRule):
    """
    ## What it does
    Reports a row of a production-critical mechanism whose owner is empty or a word for nobody (`TBD`, `none`; the key
    `unassigned`). `critical` in `[gate.deploy]` names these rows by guarantee or number; without it all rows count.

    ## Why is this bad
    An owner may switch the mechanism on and off, runs its runbook and approves what cannot be undone. In an incident
    nobody can do any of that for a mechanism that nobody owns.

    ## Example
    ```markdown
    | Guarantee | Mechanism          | Owner | Status  |
    |-----------|--------------------|-------|---------|
    | Audit log | Append-only writer | TBD   | Enabled |
    ```

    ## Use instead
    The name of a person. Where a mechanism is not needed in production yet, name those that are:
    ```toml
    [gate.deploy]
    critical = ["Audit log"]
    ```
    """

    stage = "deploy"

    examples = (
        Invalid(
            _HEADER + "| Audit log | Append-only writer | TBD | Enabled |\n| Flags | Feature flags | | Stubbed |\n",
            Expect(
                3,
                36,
                39,
                "nobody owns 'Audit log' yet (TBD), so nobody can switch it off or run its runbook once deployed. "
                "Name a person." + ALL_COUNT,
            ),
            Expect(
                4,
                26,
                27,
                "'Flags' has no owner, so nobody can switch it off or run its runbook once deployed. "
                "Name a person." + ALL_COUNT,
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            _HEADER + "| Audit log | Append-only writer | tbd | Enabled |\n| Flags | Feature flags | TBD | Stubbed |\n",
            Expect(
                3,
                36,
                39,
                "nobody owns 'Audit log' yet (tbd), so nobody can switch it off or run its runbook once deployed. "
                "Name a person.",
            ),
            title="only what production depends on",
            path="docs/matrix.md",
            settings=_CRITICAL,
        ),
        Valid(
            _HEADER + "| Audit log | Append-only writer | Kim Ode | Enabled |\n| Flags | Flags | TBD | Stubbed |\n",
            path="docs/matrix.md",
            settings=_CRITICAL,
        ),
        Valid(
            _HEADER + "| Audit log | Append-only writer | Kim Ode | Enabled |\n",
            path="docs/matrix.md",
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        yield from super().check(project)
        yield from unknown_rows(project, "owner", "who answers for what")

    def looks_at(self, project: Project[object]) -> str:
        return f"the owner of {said_rows(project, 'owner')}"

    def check_documents(self, documents: Documents) -> MatrixFindings:
        settings = self.project.gates.deploy
        nobody = {one.lower() for one in settings.unassigned}
        told = "" if settings.critical else ALL_COUNT
        for _, row in critical_rows(documents, settings.critical, "owner"):
            cell = row.cell("owner")
            if cell is not None and not cell.empty and cell.text.strip(" @.").lower() not in nobody:
                continue
            said = (
                f"'{row.guarantee}' has no owner"
                if cell is None or cell.empty
                else f"nobody owns '{row.guarantee}' yet ({cell.text})"
            )
            yield self.found(
                row,
                cell or row.place,
                f"{said}, so nobody can switch it off or run its runbook once deployed. Name a person.{told}",
            )
