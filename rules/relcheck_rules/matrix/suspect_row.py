"""A row, or the code that it is about, has changed since somebody reviewed it."""

from __future__ import annotations

from collections.abc import Iterator

from relcheck.sdk import Expect, Invalid, Project, ProjectDraft, Region, Related, Severity, Valid, View
from relcheck.sdk.matrix import (
    LOCK,
    Documents,
    LockError,
    MatrixFindings,
    MatrixRule,
    as_it_is,
    changes,
    code_of,
    read_lock,
)

_MATRIX = (
    "# Mechanisms\n\n| Guarantee | Mechanism | Owner | Status | Notes |\n|---|---|---|---|---|\n"
    "| Audit log | Writer | Kim Ode | Implemented | app/audit.py:write |\n"
)
_LOCKED = (
    '{"code":{"app/audit.py:write":"%s"},"matrix":"docs/matrix.md#mechanisms","row":"audit log",'
    '"text":"229730c64005b5cc4dd8"}\n'
)
_CODE = "def write(row):\n    # one line for each\n    return [row]\n"
_AS_IS = _LOCKED % "b20540a074aedc11b4df"


class SuspectRow(MatrixRule):
    """
    ## What it does
    Compares rows with what was reviewed of them, as `relcheck matrix review` has written it into
    `relcheck.matrix.lock`: the text of the row, and the tokens of the code that it names or that a marker ties to it.
    Where either has changed the row is suspect until somebody reviews it again. Comments and layout of the code do not
    count. Without the file nothing is compared; a row that is not in it, in a matrix of which others are, is told as
    information.

    ## Why is this bad
    The sentence in the document was true of the code of that day. Whoever changed either of them had no reason to look
    at the other.

    ## Example
    `audit.py` was rewritten, and the row that says what it does was not looked at.

    ## Use instead
    Read the row and the code side by side, mend what is wrong, and accept it:
    ```sh
    relcheck matrix review "Audit log"
    ```
    """

    reads = (View.MARKERS,)

    examples = (
        Invalid(
            _MATRIX,
            Expect(
                5,
                3,
                12,
                "'Audit log' is suspect: app/audit.py:write changed since it was reviewed. "
                'Read the row beside the code, then: relcheck matrix review "Audit log"',
                kind="suspect",
            ),
            path="docs/matrix.md",
            files={"app/audit.py": "def write(row):\n    return []\n", LOCK: _AS_IS},
        ),
        Invalid(
            _MATRIX,
            Expect(
                1,
                1,
                1,
                "'Kill switches' of docs/matrix.md#mechanisms was reviewed, and there is no such row any more. "
                "Remove the line: relcheck matrix review --prune",
                path=LOCK,
                kind="gone",
            ),
            Expect(
                5,
                3,
                12,
                "nobody has reviewed 'Audit log' since this matrix is reviewed row by row. "
                'Read it beside its code, then: relcheck matrix review "Audit log"',
                kind="unreviewed",
            ),
            path="docs/matrix.md",
            files={"app/audit.py": _CODE, LOCK: _AS_IS.replace("audit log", "Kill switches")},
        ),
        Invalid(
            _MATRIX,
            Expect(
                2,
                1,
                1,
                "a merge was not finished here: keep the lines of both sides. Nothing was compared",
                path=LOCK,
                kind="unreadable",
            ),
            path="docs/matrix.md",
            files={"app/audit.py": _CODE, LOCK: f"# relcheck matrix lock\n<<<<<<< HEAD\n{_AS_IS}=======\n"},
        ),
        Valid(_MATRIX, path="docs/matrix.md", files={"app/audit.py": _CODE, LOCK: _AS_IS}),
        Valid(
            _MATRIX,
            title="comments and layout are no change",
            path="docs/matrix.md",
            files={
                "app/audit.py": "# Of the audit.\n\ndef write(row):\n    return [\n        row\n    ]\n",
                LOCK: _AS_IS,
            },
        ),
        Valid(_MATRIX, title="nothing was ever reviewed", path="docs/matrix.md", files={"app/audit.py": "x = 1\n"}),
    )

    def check(self, project: Project[object]) -> Iterator[ProjectDraft]:
        path, data = project.lock(LOCK)
        if data is None:
            return
        try:
            self._locked = read_lock(data)
        except LockError as error:
            place = Region(error.line, 1, error.line, 1)
            yield project.finding(path, place, f"{error}. Nothing was compared", key="unreadable", kind="unreadable")
            return
        yield from super().check(project)
        there = {(row.matrix, row.id or row.key) for one in project.documents.matrices for row in one.rows}
        for key, (one, line) in self._locked.items():
            if key not in there:
                message = (
                    f"{one.row!r} of {one.matrix} was reviewed, and there is no such row any more. "
                    "Remove the line: relcheck matrix review --prune"
                )
                yield project.finding(
                    path,
                    Region(line, 1, line, 1),
                    message,
                    key=f"{one.matrix}:{one.row}",
                    kind="gone",
                    severity=Severity.WARNING,
                )

    def check_documents(self, documents: Documents) -> MatrixFindings:
        begun = {matrix for matrix, _ in self._locked}
        for matrix in documents.matrices:
            for row in matrix.rows if matrix.id in begun else ():
                at = row.cell(matrix.key) or row.place
                was = self._locked.get((matrix.id, row.id or row.key))
                accept = f'relcheck matrix review "{row.id or row.guarantee}"'
                if was is None:
                    yield self.found(
                        row,
                        at,
                        f"nobody has reviewed {row.guarantee!r} since this matrix is reviewed row by row. "
                        f"Read it beside its code, then: {accept}",
                        kind="unreviewed",
                        severity=Severity.INFO,
                    )
                    continue
                named = code_of(row, documents, self.project.matches, self.project.markers)
                now = as_it_is(row, named, self.project.code.code, self.project.read)
                if changed := changes(was[0], now):
                    yield self.found(
                        row,
                        at,
                        f"{row.guarantee!r} is suspect: {', '.join(changed)} changed since it was reviewed. "
                        f"Read the row beside the code, then: {accept}",
                        kind="suspect",
                        related=[
                            Related(one.path, Region(1, 1, 1, 1), "is about this row")
                            for one in named
                            if str(one) in changed
                        ],
                    )
