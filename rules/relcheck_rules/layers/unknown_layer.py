"""A header that names a layer which there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Valid

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft

_SETTINGS = """
[layers]
names = ["L2", "L4"]
"""
_LIKE_A_LAYER = re.compile(r"L[0-9]+(?:\.[0-9]+|[a-z])?")


class UnknownLayer(GraphRule):
    """
    ## What it does
    Reports a layer in a header or docstring (`# Layer: L9`), or in its lists of allowed and forbidden imports, that
    the configuration does not know. Known are those of `[layers.define]`, of `names`, and the rows of a matrix;
    sub-layers such as L2.1 and L2a belong to theirs.

    ## Why is this bad
    The file belongs to no layer, so that no contract holds for it, and nobody notices.

    ## Example
    ```python
    # Layer: L9 — Miscellaneous
    ```

    ## Use instead
    A layer that there is, or a new one in the configuration.
    """

    examples = (
        Invalid(
            "# Layer: L9 — Miscellaneous\nimport json\n",
            Expect(1, 10, 12, "there is no layer L9; known are L2, L4"),
            path="app/misc.py",
            settings=_SETTINGS,
        ),
        Valid("# Layer: L2a -- API\n", path="app/api.py", settings=_SETTINGS),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        declared = project.selections.declared
        if project.layering.headers == "off" or not declared.configured:
            return
        for path, file in project.graph.files.items():
            header = file.header
            if header is None:
                continue
            listed = [one for one in (*(header.allowed or ()), *(header.forbidden or ())) if _like_a_layer(one.name)]
            for said in (header.layer, header.docstring, *listed):
                if said is not None and declared.known(said.name) is None:
                    near = get_close_matches(said.name, declared.names, n=1)
                    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(declared.names))}"
                    yield project.finding(path, said.region, f"there is no layer {said.name}; {hint}", key=said.name)


def _like_a_layer(name: str) -> bool:
    return _LIKE_A_LAYER.fullmatch(name) is not None
