"""A declared dependency that nothing imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Severity, Valid
from relcheck_rules.layers._dependencies import unused
from relcheck_rules.layers._illegal import contracts

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_CONTRACT = """
[[layers.contract]]
id = "dependencies"
kind = "declared-externals"
unused = true
not_imported = ["gunicorn"]
"""
_PYPROJECT = '[project]\nname = "shop"\ndependencies = [\n    "PyYAML>=6",\n    "requests",\n    "gunicorn",\n]\n'


class UnusedDependency(GraphRule):
    """
    ## What it does
    For contracts of the kind `declared-externals` with `unused = true`: reports a dependency of the `manifests` that
    no file of the project imports, where it is declared. Extras and what is for development are not judged.
    `not_imported` names what is used without an import: servers, drivers, plugins.

    ## Why is this bad
    Every dependency is installed, updated and audited. One that nothing needs costs all that, and widens what an
    attacker can reach.

    ## Example
    ```toml
    [[layers.contract]]
    id = "dependencies"
    kind = "declared-externals"
    unused = true
    not_imported = ["gunicorn", "psycopg2-binary"]
    ```

    ## Use instead
    Remove the dependency. Where it is imported under a name that relcheck does not know, say so in `packages`.
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            "import yaml\n",
            Expect(
                5,
                6,
                14,
                "nothing imports requests: it is installed for nothing. Remove it; where it is used without an import, "
                "or under another name, say so in `not_imported` or `packages`",
                path="pyproject.toml",
            ),
            path="shop/feed.py",
            files={"pyproject.toml": _PYPROJECT},
            settings=_CONTRACT,
        ),
        Valid(
            "import requests\n\ndef load(text):\n    from yaml import safe_load\n",
            path="shop/feed.py",
            files={"pyproject.toml": _PYPROJECT},
            settings=_CONTRACT,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for contract in contracts(project, "declared-externals"):
            yield from unused(contract)
