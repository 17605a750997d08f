"""Which rows a deployment depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relcheck.sdk import Project, ProjectDraft
from relcheck.sdk.matrix import Documents, Matrix, Row, key_of

ALL_COUNT = " All rows count: `critical` in [gate.deploy] names none."


def critical_rows(documents: Documents, critical: Sequence[str], column: str) -> Iterator[tuple[Matrix, Row]]:
    """The rows of matrices with a column that a deployment depends on."""
    keys, ids = {key_of(one) for one in critical}, set(critical)
    for matrix in documents.matrices:
        if matrix.column(column) is not None:
            for row in matrix.rows:
                if not critical or row.key in keys or row.id in ids:
                    yield matrix, row


def said_rows(project: Project[object], column: str) -> str:
    """Which rows are looked at, for people."""
    critical = project.gates.deploy.critical
    count = sum(1 for _ in critical_rows(project.documents, critical, column))
    rows = "1 row" if count == 1 else f"{count} rows"
    return f"{rows}, {'those named in `critical`' if critical else 'all of them, since `critical` names none'}"


def unknown_rows(project: Project[object], column: str, what: str) -> Iterator[ProjectDraft]:
    """What cannot be judged: guarantees that no matrix has, and a project in which no matrix has the column."""
    matrices = [one for one in project.documents.matrices if one.column(column) is not None]
    if not matrices:
        yield project.vacuous(f"no matrix has a column {column!r}, so nothing says {what}. Add it", "gate", "deploy")
        return
    known = {name for one in matrices for row in one.rows for name in (row.key, row.id)}
    for index, name in enumerate(project.gates.deploy.critical):
        if name not in known and key_of(name) not in known:
            message = f"{name!r} is production-critical, and no row with a column {column!r} is named so. Correct it"
            yield project.vacuous(message, "gate", "deploy", "critical", index)
