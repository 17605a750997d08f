"""A link of a document leads to a file that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import DocumentRule
from relcheck.sdk.options import Glob
from relcheck_rules.docs._targets import target_of


class BrokenLink(DocumentRule):
    """
    ## What it does
    Reports a relative link, an image or the target of a reference in Markdown that leads to no file and no folder of
    the repository, or out of it. Only what is in the repository is looked at: no network is asked. Code, comments,
    templates (`{{ url }}`, `<name>`, `YYYY`), files that `exclude` leaves out, and links to pages that a site makes of
    documents (`guide/`, `guide.html`) are no findings. `generated` are globs of files that are made later. A link in a
    line with `TODO` is told as information.

    ## Why is this bad
    Whoever follows it in an incident finds nothing.

    ## Example
    ```markdown
    See [the runbook](runbooks/restore.md).
    ```

    ## Use instead
    The place where the document is now, or no link.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        generated: tuple[Glob, ...] = ()

    options: Options

    examples = (
        Invalid(
            "# Guide\n\nSee [the runbook](runbooks/restore.md) and ![a picture](<a b.png>).\n\n[ref]: ../gone.md#x\n",
            Expect(
                3, 19, 38, "docs/runbooks/restore.md does not exist. Correct the link, or remove it", kind="missing"
            ),
            Expect(3, 58, 65, "docs/a b.png does not exist. Correct the link, or remove it", kind="missing"),
            Expect(5, 8, 20, "gone.md does not exist. Correct the link, or remove it", kind="missing"),
            path="docs/guide.md",
        ),
        Invalid(
            "[up](../../other/readme.md)\n[later](later.md), which is still TODO.\n",
            Expect(1, 6, 27, "this leads out of the repository, where others do not have it", kind="outside"),
            Expect(2, 9, 17, "docs/later.md does not exist yet, as this line says", kind="postponed"),
            path="docs/guide.md",
        ),
        Valid(
            "[a](../README.md) [b](notes)\n[c](https://x.org/y) "
            "[d](#guide) [e](<a b.md>) `[f](gone.md)` [g]({{ url }})\n"
            "[h](../../issues/12) [i](notes/index.html) [j](/docs/guide.md?plain=1#L3) [k](YYYY.md) \\[l](gone.md)\n\n"
            "```markdown\n[m](gone.md)\n```\n\n<!-- [n](gone.md) -->\n",
            path="docs/guide.md",
            files={"README.md": "# Guide\n", "docs/notes/index.md": "# Notes\n", "docs/a b.md": "# A\n"},
        ),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        for path, document in sorted(project.documents.by_path.items()):
            for link in document.links:
                target = target_of(link, path, project.documents)
                if target is None or target.found.state not in ("missing", "outside"):
                    continue
                if project.matches(target.path, self.options.generated):
                    continue
                kind: str = target.found.state
                severity = None
                if link.place.line in document.postponed:
                    message = f"{target.path} does not exist yet, as this line says"
                    kind, severity = "postponed", Severity.INFO
                elif target.found.state == "outside":
                    message = "this leads out of the repository, where others do not have it"
                else:
                    message = f"{target.path} does not exist. Correct the link, or remove it"
                yield project.finding(path, link.place, message, key=link.target, kind=kind, severity=severity)
