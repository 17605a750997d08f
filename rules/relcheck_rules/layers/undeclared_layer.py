"""A file that belongs to no layer, where each must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Region, Severity, Valid
from relcheck_rules.layers._illegal import contracts
from relcheck_rules.layers._stack import unlisted

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_TOP = Region(1, 1, 1, 1)
_HEADERS = """
[layers]
names = ["L2", "L4"]
headers = "required"
"""
_EXHAUSTIVE = """
[[layers.contract]]
id = "house"
kind = "layers"
layers = ["api", "domain"]
containers = ["app"]
exhaustive = true
"""


class UndeclaredLayer(GraphRule):
    """
    ## What it does
    Reports a Python file that belongs to no layer where one is demanded: every file, with `headers = "required"` in
    `[layers]`; the files of `required_in`; the modules in the containers of a contract that is `exhaustive`.

    ## Why is this bad
    A file outside of all layers may import anything and be imported by anything. It is the hole through which the
    layers below reach those above.

    ## Example
    ```toml
    [layers]
    headers = "required"
    ```

    ## Use instead
    Write the layer in the file's first comment (`# Layer: L4 — Domain Engine`), or add the file to the globs of a
    layer in `[layers.define]`. For an exhaustive contract, put the module into one of its layers or into
    `exhaustive_ignores`.
    """

    examples = (
        Invalid(
            "# Layer L4 compliance: see the handbook.\nimport json\n",
            Expect(1, 1, 1, "it has no header, and every file needs one. Write `# Layer: NAME` in its first comment"),
            title="a sentence about a layer is no header",
            path="app/domain/orders.py",
            settings=_HEADERS,
        ),
        Invalid(
            "import json\n",
            Expect(1, 1, 1, "app.helpers is in no layer of app, and the contract house is exhaustive. Put it into one"),
            title="an exhaustive contract",
            path="app/helpers.py",
            files={"app/api/views.py": "", "app/domain/orders.py": ""},
            settings=_EXHAUSTIVE,
        ),
        Valid(
            "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# Layer: L4 — Domain Engine\nimport json\n",
            title="behind a shebang and a coding line",
            path="app/domain/orders.py",
            settings=_HEADERS,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        layering, declared = project.layering, project.selections.declared
        required = layering.headers == "required"
        for path in project.paths:
            if not path.endswith((".py", ".pyi")):
                continue
            layer = declared.by_path.get(path)
            header = project.graph.files.get(path)
            if required and path not in declared.by_header and (header is None or header.header is None):
                why = "it has no header, and every file needs one. Write `# Layer: NAME` in its first comment"
                yield project.finding(path, _TOP, why, key="header", kind="header")
            elif layer is None and project.matches(path, layering.required_in):
                why = "it belongs to no layer. Add it to a layer in [layers.define], or write `# Layer: NAME` above"
                yield project.finding(path, _TOP, why, key="layer", kind="layer")
        for contract in contracts(project, "layers"):
            entry = contract.entry
            for box, module in unlisted(contract) if entry.exhaustive else ():
                yield project.finding(
                    project.graph.modules.path_of[module],
                    _TOP,
                    f"{module} is in no layer of {box}, and the contract {entry.id} is exhaustive. Put it into one",
                    key=module,
                    kind="exhaustive",
                    contract=entry.id,
                    severity=Severity(entry.severity) if entry.severity not in (None, "off") else None,
                )
