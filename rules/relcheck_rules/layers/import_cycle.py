"""An import that closes a cycle among the members of a package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Valid
from relcheck_rules.layers._cycles import cycles
from relcheck_rules.layers._illegal import contracts

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "no-cycles"
kind = "acyclic"
modules = ["app"]
"""


class ImportCycle(GraphRule):
    """
    ## What it does
    For contracts of the kind `acyclic`: reports the imports that are the cheapest to cut so that the members of
    each package import each other in one direction only. `modules` are the packages (without it, all), `depth` is
    how many levels below them are looked at. The way back, from member to member, is in the related places.

    ## Why is this bad
    Parts that need each other cannot be understood, tested or moved alone, and Python finds some of them half
    imported.

    ## Example
    ```toml
    [[layers.contract]]
    id = "no-cycles"
    kind = "acyclic"
    modules = ["app"]
    ```

    ## Use instead
    Move what both members need to a third one, or pass it in where it is used.
    """

    examples = (
        Invalid(
            "from app.orders.model import Order\n",
            Expect(
                1,
                6,
                22,
                "app.billing.invoice imports app.orders.model: it closes the cycle app.billing → "
                "app.orders → app.billing. Cutting this import from app.billing to app.orders is "
                "the cheapest way out",
            ),
            title="app.orders and app.billing import each other",
            path="app/billing/invoice.py",
            files={
                "app/orders/model.py": "from app.billing.price import Price\n",
                "app/orders/cart.py": "from app.billing.price import Price\n",
                "app/billing/price.py": "",
            },
            settings=_CONTRACT,
        ),
        Valid(
            "from app.orders.model import Line, Order\n",
            path="app/billing/invoice.py",
            files={"app/orders/model.py": "from app.shared.price import Price\n", "app/shared/price.py": ""},
            settings=_CONTRACT,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "acyclic"):
            yield from cycles(contract)
