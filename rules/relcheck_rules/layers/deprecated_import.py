"""An import of something that is on its way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Severity, Valid
from relcheck_rules.layers._illegal import Contract, contracts, missing_of_ours

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "legacy"
kind = "deprecated"
targets = ["app.legacy"]
until = 2027-03-31
guidance = "Use app.ledger."
"""


class DeprecatedImport(GraphRule):
    """
    ## What it does
    For contracts of the kind `deprecated`: reports each import of `targets` (by `sources`, where these are named).
    Up to and including the day `until` it is a warning, afterwards an error; `severity` fixes it.

    ## Why is this bad
    What is to be removed must not win new users, and a date that nothing enforces is a wish.

    ## Example
    ```toml
    [[layers.contract]]
    id = "legacy"
    kind = "deprecated"
    targets = ["app.legacy"]
    until = 2027-03-31
    guidance = "Use app.ledger."
    ```

    ## Use instead
    What the contract's `guidance` names.
    """

    examples = (
        Invalid(
            "def old():\n    from ..legacy import book\n",
            Expect(
                2,
                10,
                18,
                "app.web.view imports app.legacy (inside a function): it is deprecated, to be "
                "gone by 2027-03-31. Use app.ledger.",
            ),
            path="app/web/view.py",
            files={"app/legacy.py": "def book(): ...\n"},
            settings=_CONTRACT,
        ),
        Valid(
            "from app.ledger import book\n",
            path="app/web/view.py",
            files={"app/legacy.py": "def book(): ...\n", "app/ledger.py": "def book(): ...\n"},
            settings=_CONTRACT,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "deprecated"):
            yield from _deprecated(contract)


def _deprecated(contract: Contract) -> Iterator[ProjectDraft]:
    entry, selections = contract.entry, contract.selections
    yield from contract.missing("sources", entry.sources)
    yield from missing_of_ours(contract, "targets", entry.targets)
    targets = selections.all(entry.targets)
    over = entry.until is not None and contract.project.today > entry.until
    by = f" by {entry.until}" if entry.until is not None else ""
    why = f"it was to be gone{by}" if over else f"it is deprecated{by and f', to be gone{by}'}"
    sources = selections.all(entry.sources) if entry.sources else frozenset(contract.graph.importers) - targets
    severity = Severity.ERROR if over else Severity.WARNING
    for importer in sorted(sources):
        for edge in contract.edges_from(importer):
            if edge.imported in targets:
                yield contract.finding(edge, why, severity=severity)
