"""An import that the file's own header forbids."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from relcheck.sdk import Expect, GraphRule, Invalid, Related, Valid

if TYPE_CHECKING:
    from relcheck.sdk import Project, ProjectDraft
    from relcheck.sources.python.import_graph import Edge
    from relcheck.sources.python.layer_header import Header, Named

_LIKE_A_LAYER = re.compile(r"L[0-9]+(?:\.[0-9]+|[a-z])?")
_SETTINGS = """
[layers]
names = ["L2", "L4", "L6"]
"""
_FILES = {"app/api.py": "# Layer: L2 — API\n", "app/db.py": "# Layer: L6 — Platform\n"}


class HeaderContract(GraphRule):
    """
    ## What it does
    Reports an import that contradicts the file's own lines `# Allowed Imports: …` and `# Forbidden Imports: …`.
    They name layers, or modules (with all below them). Where layers are allowed, another layer than these and the
    file's own is forbidden; files that belong to no layer, and what is not the project's, are judged only where
    they are named.

    Nothing need be configured. Where no layers are, they are those that headers name, and a list with a word in it
    that is neither a layer nor a module is taken for prose.

    ## Why is this bad
    The header is a promise to every reader. One that does not hold is worse than none.

    ## Example
    ```python
    # Layer: L4 — Domain Engine
    # Allowed Imports: L6
    from app.api import views   # L2
    ```

    ## Use instead
    Remove the import, or correct the header, if those who own the layers agree.
    """

    by_headers = True
    examples = (
        Invalid(
            "# Layer: L4 — Domain Engine\n# Allowed Imports: L6\n# Forbidden Imports: requests\n"
            "import requests\n\nfrom app.api import index\n",
            Expect(4, 8, 16, "app.orders imports requests, and its own header forbids requests"),
            Expect(6, 6, 13, "app.orders imports app.api, and its own header allows L6 and not L2"),
            path="app/orders.py",
            files=_FILES,
            settings=_SETTINGS,
        ),
        Invalid(
            "# Layer: L4 — Domain Engine\n# Allowed Imports: L6\nfrom app import db\nfrom app.api import index\n",
            Expect(4, 6, 13, "app.orders imports app.api, and its own header allows L6 and not L2"),
            title="without a configuration the headers say which layers there are",
            path="app/orders.py",
            files=_FILES,
        ),
        Valid(
            "# Layer: L4 — Domain Engine\n# Allowed Imports: whatever you like, but think first\nfrom app import api\n",
            title="prose",
            path="app/orders.py",
            files=_FILES,
        ),
        Valid(
            "# Layer: L4 — Domain Engine\n# Allowed Imports: L6 (platform)\nimport json\nfrom app import db\n",
            path="app/orders.py",
            files=_FILES,
            settings=_SETTINGS,
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        if project.layering.headers == "off":
            return
        for path, file in project.graph.files.items():
            header = file.header
            importer = project.graph.modules.name_of.get(path)
            if header is None or importer is None or (header.allowed is None and header.forbidden is None):
                continue
            for edge in project.graph.edges_from(importer):
                if edge.path == path and (broken := _broken(project, path, header, edge)):
                    line, why = broken
                    related = [Related(path, line.region, "said here")] if line is not None else []
                    message = f"{importer} imports {edge.imported}, and its own header {why}"
                    key = f"{importer} -> {edge.imported}"
                    yield project.finding(path, edge.region, message, key=key, related=related)


def _broken(project: Project[object], path: str, header: Header, edge: Edge) -> tuple[Named | None, str] | None:
    declared = project.selections.declared
    layer = declared.by_module.get(edge.imported)
    for said in header.forbidden if header.forbidden and not _is_prose(header.forbidden, project) else ():
        if _names(said.name, layer, edge.imported, project):
            return said, f"forbids {said.name}"
    own = declared.by_path.get(path)
    if header.allowed and _is_prose(header.allowed, project):
        return None
    if not header.allowed or layer is None or layer == own:
        return (None, "allows nothing") if header.allowed == () and layer not in (None, own) else None
    if any(_names(said.name, layer, edge.imported, project) for said in header.allowed):
        return None
    allowed = ", ".join(said.name for said in header.allowed)
    return header.allowed[0], f"allows {allowed} and not {layer}"


def _names(said: str, layer: str | None, module: str, project: Project[object]) -> bool:
    declared = project.selections.declared
    if (known := declared.known(said)) is not None:
        return layer is not None and declared.covers(known, layer)
    return module == said or module.startswith(f"{said}.")


def _is_prose(listed: tuple[Named, ...], project: Project[object]) -> bool:
    """Whether a list has a word that is neither a layer nor a module, in a project that has not said which layers there
    are; where it has, that word is an unknown layer."""
    declared, graph = project.selections.declared, project.graph
    if declared.configured:
        return False
    known = {one.partition(".")[0] for one in (*graph.inside, *graph.externals, *sys.stdlib_module_names)}
    return not all(
        declared.known(one.name) or _LIKE_A_LAYER.fullmatch(one.name) or one.name.partition(".")[0] in known
        for one in listed
    )
