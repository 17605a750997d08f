"""Rules about documents, and about the matrices of guarantees in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, TypeAlias

import msgspec

from relcheck.model.finding import Detail, Region, Related
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.cells import cell, matrix, row
from relcheck.sdk.rule import LinkedRule, Project, ProjectDraft, View
from relcheck.sources.markdown.anchors import loosely
from relcheck.sources.markdown.document import Document, Heading, Item, Link, Mention, Span, Stated, Trouble
from relcheck.sources.matrix.link import Documents, Found, key_of, looks_like_matrix_header
from relcheck.sources.matrix.model import Cell, Claim, Matrix, Ref, Row, Word
from relcheck.sources.matrix.named import code_of
from relcheck.sources.matrix.reading import ref_of
from relcheck.sources.matrix.review import NAME as LOCK
from relcheck.sources.matrix.review import LockError, as_it_is, changes, read_lock

__all__ = [
    "LOCK",
    "Cell",
    "Claim",
    "Document",
    "DocumentRule",
    "Documents",
    "Found",
    "Heading",
    "Item",
    "Link",
    "LockError",
    "Matrix",
    "MatrixFinding",
    "MatrixFindings",
    "MatrixRule",
    "Mention",
    "Ref",
    "Region",
    "Row",
    "Span",
    "Stated",
    "Trouble",
    "Word",
    "as_it_is",
    "cell",
    "changes",
    "code_of",
    "key_of",
    "looks_like_matrix_header",
    "loosely",
    "matrix",
    "read_lock",
    "ref_of",
    "row",
]

MARKDOWN = ("**/*.md", "**/*.markdown", "**/*.mdx")
STRUCTURED = ("**/*.yaml", "**/*.yml", "**/*.toml", "**/*.csv", "**/*.tsv")


class DocumentRule(LinkedRule):
    """A rule about documents, which `check` finds as `project.documents`. The facts of a file are the same for all of
    them and are collected once."""

    view = View.DOCUMENTS
    files: ClassVar[tuple[str, ...]] = MARKDOWN


class MatrixFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule found in a matrix."""

    path: str
    region: Region
    message: str
    key: str
    kind: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity | None = None
    confidence: Confidence | None = None
    details: Mapping[str, Detail] = {}


MatrixFindings: TypeAlias = Iterator[MatrixFinding]


class MatrixRule(DocumentRule):
    """A rule about matrices. Methods marked with `@on(cell(…))`, `@on(row(…))` and `@on(matrix(…))` are called for each
    that the selector matches, with (cell, row), (row, matrix) or (matrix), and yield what `found` makes.

    `check_documents` sees all matrices together. `self.project` is the project that is judged. Where there is no
    matrix, neither here nor at the base, and no option is set, it finds nothing; one that may has a `check` of its own.
    """

    files = (*MARKDOWN, *STRUCTURED)
    requires: ClassVar[tuple[str, ...]] = ("matrix",)
    project: Project[object]

    @classmethod
    def required(cls) -> tuple[str, ...]:
        return cls.requires if cls.check is MatrixRule.check else ()

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        """The findings over all matrices of the project."""
        self.project = project
        for one in project.documents.matrices:
            yield from map(self._drafted, self.check_matrix(one))
        yield from map(self._drafted, self.check_documents(project.documents))

    def check_matrix(self, one: Matrix) -> MatrixFindings:
        """The findings in one matrix: what the marked methods yield."""
        for name, selectors in self.handlers:
            method = getattr(self, name)
            for selector in selectors:
                if selector.of == "matrix" and selector.has_matrix(one):
                    yield from method(one)
                for line in one.rows if selector.of != "matrix" else ():
                    if selector.of == "row" and selector.has_row(line):
                        yield from method(line, one)
                    for held in line.cells if selector.of == "cell" else ():
                        if selector.has_cell(held):
                            yield from method(held, line)

    def check_documents(self, documents: Documents) -> MatrixFindings:
        """The findings in all documents together."""
        del documents
        yield from ()

    def found(
        self,
        row: Row,
        at: Cell | Region,
        message: str,
        *,
        kind: str | None = None,
        key: str = "",
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> MatrixFinding:
        """A finding in a row; `key` tells it from others of the rule at the same cell. It is the same finding when the
        heading of the table is another."""
        column = at.column if isinstance(at, Cell) else ""
        named = {"matrix": row.matrix, "guarantee": row.guarantee, **({"column": column} if column else {})}
        return MatrixFinding(
            path=row.path,
            region=at.place if isinstance(at, Cell) else at,
            message=message,
            key=":".join((row.id or row.key, column, key)),
            kind=kind,
            related=tuple(related),
            severity=severity,
            confidence=confidence,
            details={**named, **(details or {})},
        )

    def _drafted(self, found: MatrixFinding) -> ProjectDraft:
        return self.project.finding(
            found.path,
            found.region,
            found.message,
            key=found.key,
            kind=found.kind,
            related=found.related,
            severity=found.severity,
            confidence=found.confidence,
            details=found.details,
        )
