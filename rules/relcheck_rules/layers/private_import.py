"""An import that reaches behind the interface of a package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Valid
from relcheck_rules.layers._illegal import contracts
from relcheck_rules.layers._interfaces import interface

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "billing-api"
kind = "interface"
modules = ["app.billing"]
expose = ["types.*"]
"""
_FILES = {
    "app/billing/__init__.py": "from app.billing.charges import charge\n__all__ = ['charge']\n",
    "app/billing/charges.py": "def charge(): ...\n",
    "app/billing/types/money.py": "class Money: ...\n",
}


class PrivateImport(GraphRule):
    """
    ## What it does
    For contracts of the kind `interface`: reports an import from outside of a package that reaches a module which
    the package does not expose, or a name that is not public. Exposed are the package itself and what `expose`
    lists below it (`api`, `types.*`). Public is what stands in `__all__`; without one, what has no leading
    underscore. A submodule that the package itself shows (in `__all__`, or by an import of that name) is public
    too. `importers` may reach in.

    ## Why is this bad
    Whoever imports from the inside of a package decides that it can never be changed there.

    ## Example
    ```toml
    [[layers.contract]]
    id = "billing-api"
    kind = "interface"
    modules = ["app.billing"]
    expose = ["types.*"]
    ```

    ## Use instead
    Import the public name. What is missing is added to the interface, by those who own it.
    """

    examples = (
        Invalid(
            "from app.billing.charges import charge\n",
            Expect(
                1,
                6,
                25,
                "app.web.view imports app.billing.charges: app.billing.charges is internal to "
                "app.billing. Import from app.billing, app.billing.types.*, or have it exposed "
                "there",
            ),
            title="a module behind the interface",
            path="app/web/view.py",
            files=_FILES,
            settings=_CONTRACT,
        ),
        Invalid(
            "from app.billing import refund\n",
            Expect(
                1,
                6,
                17,
                "app.web.view imports app.billing: refund is not in the __all__ of app.billing. "
                "Use what is, or add it there",
            ),
            title="a name that is not in `__all__`",
            path="app/web/view.py",
            files=_FILES,
            settings=_CONTRACT,
        ),
        Valid(
            "from app.billing import charge\nfrom app.billing.types.money import Money\n",
            path="app/web/view.py",
            files=_FILES,
            settings=_CONTRACT,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "interface"):
            yield from interface(contract)
