"""No box of a checklist is open when its subject is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Region, Valid
from relcheck.sdk.gating import DeploySettings
from relcheck.sdk.matrix import DocumentRule, Documents

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_BOX = re.compile("[☐☑☒✅]")
_PATH = "docs/reliability/DEPLOYMENT_READINESS_CHECKLIST.md"
_MATRIX = "| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n| Audit log | Writer | Kim Ode | Enabled |\n"


class OpenCheckbox(DocumentRule):
    """
    ## What it does
    Reports an open box (`- [ ]`, `☐`) in a document that is a checklist for deployments: those that `checklists` in
    `[gate.deploy]` names, otherwise those whose name has `DEPLOY` and `CHECKLIST` in it. A checklist without a single
    box, and one that a document with a matrix names and that is not there, are reported too.

    ## Why is this bad
    The list was written for the day on which somebody is in a hurry. What is open on it has not been done.

    ## Example
    ```markdown
    - [x] Restore drill passed
    - [ ] On-call rota filled
    ```

    ## Use instead
    Do what is open, and tick it. What does not hold for this deployment is taken off the list, with the reason in the
    commit.
    """

    stage = "deploy"

    examples = (
        Invalid(
            "# Readiness\n\n- [x] Restore drill passed\n- [ ] On-call rota filled\n\n☐ Alerts reach a person\n",
            Expect(
                4,
                3,
                26,
                "this box is open: 'On-call rota filled' has not been done, and a deployment needs the whole list. "
                "Do it and tick it, or take it off the list with a reason",
            ),
            Expect(
                6,
                1,
                2,
                "this box is open: 'Alerts reach a person' has not been done, and a deployment needs the whole list. "
                "Do it and tick it, or take it off the list with a reason",
            ),
            path=_PATH,
        ),
        Invalid(
            "# Readiness\n\nAll is well, see [the wiki](https://example.org).\n",
            Expect(
                1,
                1,
                12,
                "this checklist has no box, so it shows nothing. Write what must be done as `- [ ] …`, "
                "or take it out of `checklists`",
                kind="no-box",
            ),
            path=_PATH,
        ),
        Invalid(
            f"# Matrix\n\n{_MATRIX}\nBefore a deployment, pass {_PATH}.\n",
            Expect(
                7,
                27,
                27 + len(_PATH),
                f"{_PATH} must be passed before a deployment, and there is no such file. Write it, or correct the path",
                kind="missing",
            ),
            path="docs/matrix.md",
        ),
        Valid("# Readiness\n\n- [x] Restore drill passed\n- ☑ On-call rota filled\n", path=_PATH),
        Valid(
            "# Readiness\n\n- [x] Restore drill passed\n\n```markdown\n- [ ] a box of an example\n☐\n```\n",
            title="a box in a block of code is none",
            path=_PATH,
        ),
        Valid("# Ideas\n\n- [ ] Paint it green\n", title="another list", path="docs/ideas.md"),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        globs = project.gates.deploy.checklists
        said = globs != DeploySettings().checklists
        paths = [path for path in project.paths if project.matches(path, globs)]
        for path in paths:
            yield from self._boxes(project, path)
        for index, glob in enumerate(globs if said else ()):
            if not any(project.matches(path, (glob,)) for path in paths):
                message = f"`checklists` holds {glob!r}, which no file matches. Write the list, or correct the entry"
                yield project.vacuous(message, "gate", "deploy", "checklists", index)
        if not said:
            yield from self._missing(project, project.documents)

    def looks_at(self, project: Project[object]) -> str:
        found = [path for path in project.paths if project.matches(path, project.gates.deploy.checklists)]
        return f"the boxes of {', '.join(found)}" if found else "nothing: there is no checklist"

    def _boxes(self, project: Project[object], path: str) -> Iterator[ProjectDraft]:
        document = project.documents.by_path.get(path)
        items = [one for one in document.items if one.checked is not None] if document is not None else []
        stray = list(_stray_boxes(project.read(path) or b"", {one.place.line for one in items}))
        for text, place in [*((one.text, one.place) for one in items if not one.checked), *_open(stray)]:
            yield project.finding(
                path,
                place,
                f"this box is open: {text!r} has not been done, and a deployment needs the whole list. "
                "Do it and tick it, or take it off the list with a reason",
                key=text,
            )
        if not items and not stray:
            first = document.headings[0].place if document is not None and document.headings else Region(1, 1, 1, 1)
            message = (
                "this checklist has no box, so it shows nothing. Write what must be done as `- [ ] …`, "
                "or take it out of `checklists`"
            )
            yield project.finding(path, first, message, key="no-box", kind="no-box")

    def _missing(self, project: Project[object], documents: Documents) -> Iterator[ProjectDraft]:
        for path in documents.reliability:
            for one in documents.by_path[path].mentions:
                named = project.matches(one.path, project.gates.deploy.checklists)
                if named and documents.look_up(one.path).state == "missing":
                    message = (
                        f"{one.path} must be passed before a deployment, and there is no such file. "
                        "Write it, or correct the path"
                    )
                    yield project.finding(path, one.place, message, key=one.path, kind="missing")


def _stray_boxes(data: bytes, known: set[int]) -> Iterator[tuple[str, str, Region]]:
    """Boxes that are signs and stand in no item of a list: (box, text, place). Blocks of code are left out."""
    fence = ""
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if found := _FENCE.match(line):
            if not fence:
                fence = found[1]
            elif found[1].startswith(fence):
                fence = ""
        elif not fence and number not in known:
            for box in _BOX.finditer(line):
                text = _BOX.split(line[box.end() :])[0].partition("<!--")[0].strip(" |\t")
                place = Region(number, box.start() + 1, number, box.end() + 1)
                yield box.group(), text or line[: box.start()].strip(" |\t"), place


def _open(boxes: list[tuple[str, str, Region]]) -> Iterator[tuple[str, Region]]:
    return ((text, place) for box, text, place in boxes if box == "☐")
