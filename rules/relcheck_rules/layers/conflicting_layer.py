"""A file that is put into two layers: by its place, its header and its docstring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Related, Valid

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft
    from relcheck.sdk.declared import Declared

_SETTINGS = """
[layers.define]
L2 = ["app/api/**"]
L4 = ["app/domain/**"]
"""


class ConflictingLayer(GraphRule):
    """
    ## What it does
    Reports a header `# Layer: NAME` that contradicts the globs of `[layers.define]`, or the line `Layer: NAME` in
    the module's docstring, for which nothing need be configured. A sub-layer such as L2.1 or L2a is no contradiction
    to its layer L2.

    ## Why is this bad
    Readers trust the header, the gate trusts the configuration. One of the two is wrong, and so is every decision
    that was made by it.

    ## Example
    ```python
    # Layer: L2 — API
    ```

    ## Use instead
    Correct the header, or move the file. The layer of the configuration is the one that contracts use.
    """

    by_headers = True
    examples = (
        Invalid(
            "# Layer: L2 — API\nimport json\n",
            Expect(1, 10, 12, "the header says L2, and the configuration puts this file into L4. Correct one of them"),
            title="the header says another layer than the place",
            path="app/domain/orders.py",
            settings=_SETTINGS,
        ),
        Invalid(
            '# Layer: L4 — Domain\n"""Orders.\n\nLayer: L2 — API\n"""\n',
            Expect(4, 8, 10, "the docstring says L2, and the header says L4. Correct one of them"),
            title="the docstring says another layer than the header",
            path="app/domain/orders.py",
            settings=_SETTINGS,
        ),
        Valid("# Layer: L4.1 - Engines\n", title="a sub-layer", path="app/domain/orders.py", settings=_SETTINGS),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        declared = project.selections.declared
        if project.layering.headers == "off":
            return
        for path, file in project.graph.files.items():
            header = file.header
            if header is None:
                continue
            layer, inner = header.layer, header.docstring
            by_glob = declared.by_glob.get(path)
            said = layer or inner
            known = declared.known(said.name) if said is not None else None
            if said is not None and by_glob is not None and known is not None and _differ(declared, by_glob, known):
                why = f"the header says {said.name}, and the configuration puts this file into {by_glob}"
                yield project.finding(path, said.region, f"{why}. Correct one of them", key="path", kind="path")
            if layer is not None and inner is not None and _differ(declared, layer.name, inner.name):
                why = f"the docstring says {inner.name}, and the header says {layer.name}. Correct one of them"
                related = [Related(path, layer.region, f"the header says {layer.name}")]
                yield project.finding(path, inner.region, why, key="docstring", kind="docstring", related=related)


def _differ(declared: Declared, one: str, other: str) -> bool:
    """Whether neither is a sub-layer of the other."""
    return not declared.covers(one, other) and not declared.covers(other, one)
