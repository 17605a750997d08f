"""A mechanism that production depends on has a status that the team deploys with."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule
from relcheck_rules.deploy._critical import critical_rows, said_rows, unknown_rows

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"
_ROWS = _HEADER + "| Audit log | Writer | Kim Ode | Stubbed |\n| Flags | Feature flags | Kim Ode | Enabled |\n"


class UnfinishedMechanism(MatrixRule):
    """
    ## What it does
    Reports a production-critical mechanism whose status is none of `statuses` in `[gate.deploy]`. Without `statuses`
    none is asked for. `critical` names the rows; without it all of them count.

    ## Why is this bad
    Production would run without what the document promises: a stub that allows every write protects nothing.

    ## Example
    ```toml
    [gate.deploy]
    statuses = ["Implemented", "Enabled"]
    ```
    ```markdown
    | Guarantee | Mechanism | Owner   | Status  |
    |-----------|-----------|---------|---------|
    | Audit log | Writer    | Kim Ode | Stubbed |
    ```

    ## Use instead
    Build the mechanism, and say so in its row. What may be missing is not production-critical: leave it out of
    `critical`.
    """

    stage = "deploy"

    examples = (
        Invalid(
            _ROWS,
            Expect(
                3,
                34,
                41,
                "'Audit log' is Stubbed, and a deployment needs Implemented or Enabled: its promise would not hold. "
                "Finish it, or leave it out of `critical`",
            ),
            path="docs/matrix.md",
            settings='[gate.deploy]\nstatuses = ["Implemented", "Enabled"]\n',
        ),
        Valid(_ROWS, path="docs/matrix.md", title="no status is asked for"),
        Valid(
            _ROWS,
            path="docs/matrix.md",
            settings='[gate.deploy]\ncritical = ["Flags"]\nstatuses = ["Enabled"]\n',
            title="what is not critical may be a stub",
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        if project.gates.deploy.statuses:
            yield from super().check(project)
            yield from unknown_rows(project, "status", "how far a mechanism is")

    def looks_at(self, project: Project[object]) -> str:
        ready = " or ".join(project.gates.deploy.statuses)
        if not ready:
            return "nothing: `statuses` names none that is required"
        return f"whether {ready} is the status of {said_rows(project, 'status')}"

    def check_documents(self, documents: Documents) -> MatrixFindings:
        settings = self.project.gates.deploy
        ready = {one.lower() for one in settings.statuses}
        for _, row in critical_rows(documents, settings.critical, "status"):
            cell = row.cell("status")
            if cell is not None and cell.text.strip().lower() in ready:
                continue
            said = "has no status" if cell is None or cell.empty else f"is {cell.text}"
            yield self.found(
                row,
                cell or row.place,
                f"'{row.guarantee}' {said}, and a deployment needs {' or '.join(settings.statuses)}: "
                "its promise would not hold. Finish it, or leave it out of `critical`",
            )
