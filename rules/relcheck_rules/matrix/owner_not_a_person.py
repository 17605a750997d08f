"""The owner of a guarantee is a role or a team, not a person."""

from __future__ import annotations

import re

from relcheck.sdk import Expect, Invalid, RuleOptions, Severity, Valid, on
from relcheck.sdk.matrix import Cell, MatrixFindings, MatrixRule, Row, cell

_HEADER = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n"


class OwnerNotAPerson(MatrixRule):
    """
    ## What it does
    Reports an owner that names a role or a group: one whose last word is such as `Owner`, `Team`, `Lead`, `On-call`,
    `SRE` (the option `roles`), and a team of GitHub (`@org/team`). `TBD` is none of its business, and `people` are
    accepted whatever they are called.

    ## Why is this bad
    "System Owner" answers to no message at three in the morning. Roles change hands without the matrix being touched,
    so that nobody notices when they are empty.

    ## Example
    ```markdown
    | Guarantee        | Mechanism       | Owner        | Status  |
    |------------------|-----------------|--------------|---------|
    | Incident logging | Record template | System Owner | Defined |
    ```

    ## Use instead
    A name or a handle: `Kim Ode (System Owner)`, `@kimo`.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        roles: tuple[str, ...] = (
            *(
                "owner",
                "team",
                "lead",
                "leads",
                "manager",
                "on-call",
                "oncall",
                "admin",
                "admins",
                "operator",
                "operators",
            ),
            *(
                "maintainer",
                "maintainers",
                "engineer",
                "engineers",
                "engineering",
                "developer",
                "developers",
                "dev",
                "devs",
            ),
            *("sre", "devops", "ops", "operations", "platform", "security", "dba", "qa", "group", "squad", "committee"),
            *("backend", "frontend", "infra", "infrastructure", "department", "cto", "ciso", "board"),
        )
        people: tuple[str, ...] = ()

    options: Options

    examples = (
        Invalid(
            _HEADER + "| Incident logging | Record template | System Owner | Defined |\n",
            Expect(
                3,
                40,
                52,
                "'System Owner' is a role: nobody answers for 'Incident logging'. Name a person beside it",
            ),
            path="docs/matrix.md",
        ),
        Valid(
            _HEADER
            + "| Incident logging | Record template | Kim Ode (System Owner) | Defined |\n"
            + "| Audit log | Writer | TBD | Defined |\n| Backups | Job | @kimo | Defined |\n",
            path="docs/matrix.md",
        ),
    )

    @on(cell(column="owner", empty=False))
    def role(self, at: Cell, row: Row) -> MatrixFindings:
        if at.text in self.options.people:
            return
        owners = [one.strip() for one in re.split(r"[,;/&+]| and ", at.text.replace("@", " @")) if one.strip()]
        is_team = re.fullmatch(r"@[\w.-]+/[\w.-]+", at.text) is not None
        if owners and (is_team or all(self._is_role(one) for one in owners)):
            yield self.found(
                row,
                at,
                f"{at.text!r} is a role: nobody answers for {row.guarantee!r}. Name a person beside it",
            )

    def _is_role(self, owner: str) -> bool:
        words = owner.lower().split()
        return not owner.startswith("@") and words[-1].strip("().") in self.options.roles and "(" not in owner
