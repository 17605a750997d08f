"""A document names a file in code, and there is none."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, RuleOptions, Severity, Valid
from relcheck.sdk.matrix import Document, DocumentRule, Ref, Span, ref_of
from relcheck.sdk.options import Glob

_TABLE = "\n| Guarantee | Mechanism | Owner | Status |\n|---|---|---|---|\n| No loss | Backups | Kim | Stubbed |\n"
_PLACEHOLDER = re.compile(r"[<>{}$]|YYYY|NNN|XXX|\bfoo\b|\bbar\b|example|path/to|your[-_]", re.IGNORECASE)
_DOCUMENTS = (".md", ".markdown", ".mdx", ".rst", ".adoc")


class MissingFileInCode(DocumentRule):
    """
    ## What it does
    Reports a path in back quotes (`src/lib/audit.ts`, with a line or a symbol behind it or not) that is no file of the
    repository: from its root, from the folder of the document, or at the end of the path of any file. It looks at
    documents that hold a matrix and at those of the option `documents`, and at no others: elsewhere most of such text
    is no path. Globs, placeholders, commands and the rows of matrices, which have rules of their own, are left out.

    ## Why is this bad
    A reliability document that names what was moved or never written sends people to the wrong place when it matters.

    ## Example
    ```markdown
    The guard is in `src/lib/guard.ts`.
    ```

    ## Use instead
    The path where it is now.
    """

    severity = Severity.WARNING

    class Options(RuleOptions, frozen=True):
        documents: tuple[Glob, ...] = ()

    options: Options

    examples = (
        Invalid(
            "The guard is in `src/lib/guard.ts:check()`,\ntested by `tests/guard.py` (TODO).\n" + _TABLE,
            Expect(1, 18, 42, "there is no file src/lib/guard.ts. Correct the path, or write the file", kind="missing"),
            Expect(2, 12, 26, "there is no file tests/guard.py yet, as this line says", kind="postponed"),
            path="docs/matrix.md",
        ),
        Valid(
            "The guard is in `src/lib/guard.ts`, `lib/guard.ts` and `src/**/*.ts`;\n"
            "run `npm test a/b.ts` or `x/<name>.ts`.\n" + _TABLE,
            path="docs/matrix.md",
            files={"src/lib/guard.ts": "export {}\n"},
        ),
        Valid("The guard is in `src/lib/guard.ts`.\n", title="a document without a matrix", path="docs/notes.md"),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        documents = project.documents
        chosen = {path for path in documents.by_path if project.matches(path, self.options.documents)}
        rows = {(one.path, row.place.line) for one in documents.matrices for row in one.rows}
        for path in sorted(chosen.union(documents.reliability)):
            document = documents.by_path[path]
            for span in document.spans:
                ref = _ref(span)
                if ref is None or (path, span.place.line) in rows or _is_there(ref.path, path, project):
                    continue
                yield self._finding(path, document, span, ref, project)

    def _finding(self, path: str, document: Document, span: Span, ref: Ref, project: Project[object]) -> ProjectDraft:
        if span.place.line in document.postponed:
            message = f"there is no file {ref.path} yet, as this line says"
            return project.finding(path, span.place, message, key=span.text, kind="postponed", severity=Severity.INFO)
        message = f"there is no file {ref.path}. Correct the path, or write the file"
        return project.finding(path, span.place, message, key=span.text, kind="missing")


def _ref(span: Span) -> Ref | None:
    """The file that a whole span names."""
    ref = ref_of(span.text, code=True)
    if ref is None or ref.kind != "path" or "/" not in ref.path or ref.path.startswith(("/", "..")):
        return None
    return None if _PLACEHOLDER.search(ref.path) or ref.path.endswith(_DOCUMENTS) else ref


def _is_there(named: str, path: str, project: Project[object]) -> bool:
    documents = project.documents
    own = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    if any(documents.look_up(one).state in ("file", "folder", "beyond") for one in (named, own)):
        return True
    return any(one.endswith(f"/{named}") for one in documents.paths)
