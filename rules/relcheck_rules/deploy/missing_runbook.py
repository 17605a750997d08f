"""Whoever owns a mechanism that production depends on has a runbook for it."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Valid
from relcheck.sdk.matrix import Documents, MatrixFindings, MatrixRule, Row
from relcheck_rules.deploy._critical import critical_rows, said_rows

_HEADER = "| Guarantee | Mechanism | Owner | Runbook |\n|---|---|---|---|\n"
_PLAIN = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class MissingRunbook(MatrixRule):
    """
    ## What it does
    Reports a production-critical mechanism with an owner and without a runbook. The runbook is the document in the
    row's column `Runbook`, or the one that `runbooks` in `[gate.deploy]` gives for the owner. It is asked for where
    there is such a column or such a key, and it must exist.

    ## Why is this bad
    Owning a mechanism means to run its runbook. At three in the morning an owner without one makes it up.

    ## Example
    ```markdown
    | Guarantee | Mechanism          | Owner   | Runbook               |
    |-----------|--------------------|---------|-----------------------|
    | Audit log | Append-only writer | Kim Ode | docs/runbooks/aduit.md |
    ```

    ## Use instead
    Write it, and name it where its mechanism is:
    ```toml
    [gate.deploy.runbooks]
    "Kim Ode" = "docs/runbooks/audit.md"
    ```
    """

    stage = "deploy"

    examples = (
        Invalid(
            _HEADER
            + "| Audit log | Writer | Kim Ode | docs/runbooks/aduit.md |\n| Flags | Switches | Ada Lin | |\n"
            + "| Restore | Drill | TBD | |\n",
            Expect(
                3,
                34,
                56,
                "the runbook of 'Audit log' is not there: docs/runbooks/aduit.md is no file. "
                "Correct the path, or write it",
                kind="not-there",
            ),
            Expect(
                4,
                31,
                32,
                "Ada Lin owns 'Flags' and has no runbook for it. Name one in this column, or in [gate.deploy.runbooks]",
            ),
            path="docs/matrix.md",
            files={"docs/runbooks/audit.md": "# Audit\n"},
        ),
        Invalid(
            _PLAIN + "| Audit log | Writer | Kim Ode | Enabled |\n| Flags | Switches | Ada Lin | Enabled |\n",
            Expect(
                4,
                22,
                29,
                "Ada Lin owns 'Flags' and has no runbook for it. Name one in [gate.deploy.runbooks]",
            ),
            path="docs/matrix.md",
            files={"docs/runbooks/audit.md": "# Audit\n"},
            settings='[gate.deploy.runbooks]\n"Kim Ode" = "docs/runbooks/audit.md"\n',
        ),
        Valid(
            _HEADER + "| Audit log | Writer | Kim Ode | docs/runbooks/audit.md |\n",
            path="docs/matrix.md",
            files={"docs/runbooks/audit.md": "# Audit\n"},
        ),
        Valid(
            _PLAIN + "| Audit log | Writer | Kim Ode | Enabled |\n", title="none is asked for", path="docs/matrix.md"
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        yield from super().check(project)
        for owner, glob in project.gates.deploy.runbooks.items():
            if not any(project.matches(path, (glob,)) for path in project.paths):
                message = f"the runbook of {owner} is not there: {glob} matches no file. Correct the path, or write it"
                path, region = project.setting("gate", "deploy", "runbooks", owner)
                yield project.finding(path, region, message, key=owner, kind="not-there")

    def looks_at(self, project: Project[object]) -> str:
        asked = project.gates.deploy.runbooks or any(one.column("runbook") for one in project.documents.matrices)
        if not asked:
            return "nothing: there is neither a column `Runbook` nor the key `runbooks`"
        return f"the runbook of each owner of {said_rows(project, 'owner')}"

    def check_documents(self, documents: Documents) -> MatrixFindings:
        settings = self.project.gates.deploy
        by_owner = {owner.lower(): glob for owner, glob in settings.runbooks.items()}
        nobody = {one.lower() for one in settings.unassigned}
        for matrix, row in critical_rows(documents, settings.critical, "owner"):
            column = matrix.column("runbook") is not None
            owner = row.text("owner").strip()
            if not (column or by_owner) or not owner or owner.strip("@.").lower() in nobody:
                continue
            cell = row.cell("runbook")
            if cell is not None and not cell.empty:
                yield from self._named(documents, row)
            elif owner.lower() not in by_owner:
                where = "this column, or in [gate.deploy.runbooks]" if column else "[gate.deploy.runbooks]"
                at = cell or row.cell("owner") or row.place
                yield self.found(
                    row, at, f"{owner} owns '{row.guarantee}' and has no runbook for it. Name one in {where}"
                )

    def _named(self, documents: Documents, row: Row) -> MatrixFindings:
        cell = row.cell("runbook")
        if cell is None:
            return
        found = [documents.look_up(ref.path) for ref in cell.refs]
        if any(one.state in ("file", "beyond") for one in found) or "://" in cell.raw:
            return
        said = f"{found[0].path} is no file" if found else f"{cell.text!r} names no file"
        yield self.found(
            row,
            cell,
            f"the runbook of '{row.guarantee}' is not there: {said}. Correct the path, or write it",
            kind="not-there",
        )
