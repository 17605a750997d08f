"""A link differs from the name of its file in upper and lower case."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Severity, Valid
from relcheck.sdk.matrix import DocumentRule
from relcheck_rules.docs._targets import target_of


class CaseMismatch(DocumentRule):
    """
    ## What it does
    Reports a relative link in Markdown whose file exists under a name that differs in upper and lower case only.

    ## Why is this bad
    It works on the author's laptop and nowhere else: GitHub, Linux and most web servers tell the two apart.

    ## Example
    ```markdown
    See [the runbook](Runbook.md).
    ```

    ## Use instead
    ```markdown
    See [the runbook](runbook.md).
    ```
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            "See [the runbook](Runbook.md#restore).\n",
            Expect(1, 19, 37, "docs/Runbook.md is spelled docs/runbook.md: where capitals count, it is not found"),
            path="docs/guide.md",
            files={"docs/runbook.md": "# Runbook\n"},
        ),
        Valid("See [the runbook](runbook.md).\n", path="docs/guide.md", files={"docs/runbook.md": "# Runbook\n"}),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for path, document in sorted(project.documents.by_path.items()):
            for link in document.links:
                target = target_of(link, path, project.documents)
                if target is not None and target.found.state == "other-case":
                    right = target.found.path
                    message = f"{target.path} is spelled {right}: where capitals count, it is not found"
                    yield project.finding(path, link.place, message, key=link.target)
