"""A module that does not import what a contract requires."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Region, Severity, Valid
from relcheck_rules.layers._illegal import Contract, contracts

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "audited"
kind = "require"
sources = ["app.handlers.*"]
targets = ["app.audit"]
"""


class MissingImport(GraphRule):
    """
    ## What it does
    For contracts of the kind `require`: reports each of `sources` that imports none of `targets`. What a wildcard
    matches is one source each, with all below it. With `indirect = true` it is enough to reach a target over other
    modules.

    ## Why is this bad
    Some duties are done by calling the module that does them: audit, tracing, permissions. A handler that does not
    even import it does not do its duty.

    ## Example
    ```toml
    [[layers.contract]]
    id = "audited"
    kind = "require"
    sources = ["app.handlers.*"]
    targets = ["app.audit"]
    ```

    ## Use instead
    Import the module and use it, or take the source out of the contract with a reason.
    """

    examples = (
        Invalid(
            "import json\n",
            Expect(1, 1, 1, "app.handlers.refund must import app.audit and does not"),
            path="app/handlers/refund.py",
            files={"app/audit.py": "def log(): ...\n"},
            settings=_CONTRACT,
        ),
        Valid(
            "from app.audit import log\n",
            path="app/handlers/refund.py",
            files={"app/audit.py": "def log(): ...\n"},
            settings=_CONTRACT,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "require"):
            yield from _required(contract)


def _required(contract: Contract) -> Iterator[ProjectDraft]:
    entry, selections, graph = contract.entry, contract.selections, contract.graph
    yield from contract.missing("sources", entry.sources)
    yield from contract.missing("targets", entry.targets)
    targets = selections.all(entry.targets)
    if not targets:
        return
    ways = contract.ways(targets, lambda _: True)
    for text in entry.sources:
        for name, modules in selections.members(text).items():
            direct = any(edge.imported in targets for one in modules for edge in contract.edges_from(one))
            path = graph.modules.path_of.get(name)
            if direct or modules & targets or (entry.indirect and any(map(ways.reaches, modules))):
                continue
            if path is None:
                path = min(
                    (graph.modules.path_of[one] for one in modules if one in graph.modules.path_of), default=None
                )
            if path is None:
                continue
            message = f"{name} must import {', '.join(entry.targets)} and does not"
            yield contract.project.finding(
                path,
                Region(1, 1, 1, 1),
                f"{message}. {entry.guidance}" if entry.guidance else message,
                key=name,
                kind=entry.kind,
                contract=entry.id,
                severity=Severity(entry.severity) if entry.severity not in (None, "off") else None,
            )
