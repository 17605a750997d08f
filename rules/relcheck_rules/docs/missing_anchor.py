"""A link names a heading that its document does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Severity, Valid
from relcheck.sdk.matrix import Document, DocumentRule, loosely
from relcheck_rules.docs._targets import target_of

_OF_THE_PAGE = re.compile(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|top|fn(?:ref)?[:\w-]*|:~:.*")
_READ = (".md", ".markdown")


class MissingAnchor(DocumentRule):
    """
    ## What it does
    Reports a link whose part behind `#` is no heading of the document that it leads to, in the same document or in
    another. Anchors are made as GitHub, GitLab, MkDocs and Docusaurus make them; `<a id="…">`, `<a name="…">` and
    `{#name}` count. Lines (`#L10`) are not judged, nor is MDX, whose components may bring headings.

    ## Why is this bad
    The reader lands at the top of a long page and does not know what was meant.

    ## Example
    ```markdown
    # Restore
    See [how](#verify-it).
    ```

    ## Use instead
    ```markdown
    See [how](#verify).

    ## Verify
    ```
    """

    severity = Severity.WARNING

    examples = (
        Invalid(
            "# Restore\n\nSee [how](#verifi), [why](other.md#reasons).\n\n## Verify\n",
            Expect(3, 11, 18, "this document has no heading for #verifi; did you mean #verify?"),
            Expect(3, 27, 43, "docs/other.md has no heading for #reasons"),
            path="docs/restore.md",
            files={"docs/other.md": "# Other\n"},
        ),
        Valid(
            "# The `restore()` call: why, and *how*?\n\n[a](#the-restore-call-why-and-how) [b](#own) [c](#given) "
            '[d](other.md#other-1)\n[e](x.py#L3) [f](#top)\n\n<a id="own"></a>\n\n## Set {#given}\n',
            path="docs/restore.md",
            files={"docs/other.md": "# Other\n\n# Other\n", "docs/x.py": "x = 1\n"},
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        documents = project.documents
        known: dict[str, frozenset[str]] = {}
        for path, document in sorted(documents.by_path.items()):
            for link in document.links:
                target = target_of(link, path, documents) if "#" in link.target else None
                if target is None or not target.anchor or target.found.state != "file":
                    continue
                other = documents.by_path.get(target.found.path)
                anchor = target.anchor.removeprefix("user-content-")
                if other is None or not target.found.path.endswith(_READ) or _OF_THE_PAGE.fullmatch(anchor):
                    continue
                loose = known.setdefault(target.found.path, _anchors(other))
                if loosely(anchor) in loose:
                    continue
                where = "this document" if target.found.path == path else target.found.path
                near = get_close_matches(anchor, [one.anchor for one in other.headings], n=1, cutoff=0.7)
                hint = f"; did you mean #{near[0]}?" if near else ""
                message = f"{where} has no heading for #{anchor}{hint}"
                yield project.finding(path, link.place, message, key=link.target)


def _anchors(document: Document) -> frozenset[str]:
    """The anchors of a document, as far as all renderers agree on them."""
    return frozenset(loosely(one) for one in (*(heading.anchor for heading in document.headings), *document.anchors))
