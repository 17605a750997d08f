"""A document that a reliability document builds on does not exist, or is a draft."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, Region, Related, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Document, Documents, Found, MatrixFinding, MatrixFindings, MatrixRule
from relcheck.sdk.options import Glob

_TABLE = "\n| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n| No loss | Backups | Kim | Stubbed |\n"
_ENDINGS = (".md", ".markdown", ".mdx", ".rst", ".adoc")
_PREFERRED = ("file", "folder", "beyond", "other-case", "missing", "outside")
_PLACEHOLDER = re.compile(r"[<>*{}\[\]$]|YYYY|NNN|XXX|\bfoo\b|\bexample\b|path/to", re.IGNORECASE)


class MissingDocument(MatrixRule):
    """
    ## What it does
    Reports a document that a reliability document names in its text, its lists or its tables (`docs/reliability/
    WRITE_SAFETY.md`, in back quotes or not) and that does not exist, is spelled with other capitals, or says of itself
    `Status: Draft`. Reliability documents are those that hold a matrix, and those of the option `documents`. Paths are
    looked up from the root of the repository and from the folder of the document; a bare name may be anywhere, and is a
    warning.
    Placeholders (`YYYY-MM-DD.md`, `<name>.md`) are none. One that stands in a line with `TODO` is told as information.

    Links are the business of `docs/broken-link`.

    ## Why is this bad
    "Primary inputs" that were never written mean that the matrix rests on nothing, and a checklist that does not exist
    is passed by everyone.

    ## Example
    ```markdown
    ## Primary inputs
    - docs/reliability/WRITE_SAFETY.md
    ```

    ## Use instead
    Write the document, correct the name, or remove it from the list.
    """

    class Options(RuleOptions, frozen=True):
        documents: tuple[Glob, ...] = ()
        drafts: tuple[str, ...] = ("draft", "wip", "work in progress", "proposal")

    options: Options

    examples = (
        Invalid(
            "# Matrix\n\n## Primary inputs\n\n- docs/WRITE_SAFETY.md\n" + _TABLE,
            Expect(
                5,
                3,
                23,
                "docs/WRITE_SAFETY.md does not exist, and this document builds on it. Write it, or correct the name",
                kind="missing",
            ),
            path="docs/matrix.md",
        ),
        Invalid(
            "# Matrix\n\nPass `docs/readiness.md` first.\n" + _TABLE,
            Expect(
                3,
                7,
                24,
                "docs/readiness.md is a draft (Status: Draft 2), and this document builds on it. Finish it, "
                "or say so here",
                kind="draft",
            ),
            path="docs/matrix.md",
            files={"docs/readiness.md": "# Readiness\n\nStatus: Draft 2\n"},
        ),
        Invalid(
            "# Matrix\n\n- docs/Write_Safety.md\n- docs/recovery.md (TODO)\n" + _TABLE,
            Expect(
                3,
                3,
                23,
                "docs/Write_Safety.md is spelled docs/WRITE_SAFETY.md: where capitals count it does not exist. "
                "Correct it",
                kind="other-case",
            ),
            Expect(4, 3, 19, "docs/recovery.md does not exist yet, as this line says", kind="postponed"),
            path="docs/matrix.md",
            files={"docs/WRITE_SAFETY.md": "# Write safety\n"},
        ),
        Valid(
            "# Matrix\n\n- docs/WRITE_SAFETY.md\n- WRITE_SAFETY.md\n- docs/incidents/YYYY-MM-DD.md\n"
            "- https://example.org/notes.md\n" + _TABLE,
            path="docs/matrix.md",
            files={"docs/WRITE_SAFETY.md": "# Write safety\n\nStatus: Canonical\n"},
        ),
        Valid("# Notes\n\n- docs/WRITE_SAFETY.md\n", title="no reliability document", path="docs/notes.md"),
    )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        chosen = {path for path in documents.by_path if self.project.matches(path, self.options.documents)}
        for path in sorted(chosen.union(documents.reliability)):
            document = documents.by_path[path]
            seen: set[str] = set()
            for named, place in _named(document):
                if named not in seen and not _PLACEHOLDER.search(named):
                    seen.add(named)
                    yield from self._judge(path, document, named, place)

    def _judge(self, path: str, document: Document, named: str, place: Region) -> MatrixFindings:
        found = _look_up(self.project, path, named)
        if found.state in ("missing", "outside"):
            if place.line in document.postponed:
                message = f"{named} does not exist yet, as this line says"
                yield _finding(path, place, message, named, "postponed", severity=Severity.INFO)
            elif found.state == "outside":
                message = f"{named} lies outside of the repository, where others do not have it. Name one in it"
                yield _finding(path, place, message, named, "outside")
            else:
                message = f"{named} does not exist, and this document builds on it. Write it, or correct the name"
                severity = None if "/" in named else Severity.WARNING  # a bare name may be another project's
                yield _finding(path, place, message, named, "missing", severity=severity)
        elif found.state == "other-case":
            message = f"{named} is spelled {found.path}: where capitals count it does not exist. Correct it"
            yield _finding(path, place, message, named, "other-case")
        elif (other := self.project.documents.by_path.get(found.path)) is not None:
            status = other.states("status")
            if status is not None and any(status.value.lower().startswith(word) for word in self.options.drafts):
                message = (
                    f"{named} is a draft (Status: {status.value}), and this document builds on it. "
                    "Finish it, or say so here"
                )
                related = Related(found.path, status.place, "says that it is a draft")
                yield _finding(path, place, message, named, "draft", related, severity=Severity.WARNING)


def _named(document: Document) -> Iterator[tuple[str, Region]]:
    """The documents that a text names, in their order."""
    mentions = [(one.path, one.place) for one in document.mentions]
    spans = [(one.text, one.place) for one in document.spans if one.text.endswith(_ENDINGS) and " " not in one.text]
    yield from sorted((*mentions, *spans), key=lambda one: one[1])


def _look_up(project: Project[object], path: str, named: str) -> Found:
    """A document, from the root of the repository or from the folder of the one that names it."""
    documents = project.documents
    own = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    best = min((documents.look_up(named), documents.look_up(own)), key=lambda one: _PREFERRED.index(one.state))
    if best.state == "missing" and "/" not in named:
        anywhere = [one for one in documents.paths if one.rpartition("/")[2] == named]
        return Found("file", min(anywhere)) if anywhere else best
    return best


def _finding(
    path: str,
    place: Region,
    message: str,
    key: str,
    kind: str,
    *related: Related,
    severity: Severity | None = None,
) -> MatrixFinding:
    return MatrixFinding(
        path=path, region=place, message=message, key=key, kind=kind, related=related, severity=severity
    )
