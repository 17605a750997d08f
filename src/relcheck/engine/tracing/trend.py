"""How the statuses of rows have changed, out of git's history of the documents that hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from relcheck.engine.files import git
from relcheck.engine.files.git import BlobReader, Repository, Touched
from relcheck.engine.project import ProjectView
from relcheck.sources.markdown.document import Document
from relcheck.sources.matrix.facts import collect
from relcheck.sources.matrix.link import Documents, link
from relcheck.sources.matrix.named import names_of
from relcheck.sources.matrix.report import Point, Trend, Was

_MOST_COMMITS = 5000
_MOST_POINTS = 120
_LARGEST = 5_000_000


def trend_of(project: ProjectView, repository: Repository | None) -> tuple[Trend, Mapping[str, tuple[Was, ...]]]:
    """The trend, and the statuses of each row by its text and number. A document is followed as far as it has its name
    of today. Raises GitError."""
    documents = project.documents
    paths = sorted({one.path for one in documents.matrices if one.column("status") is not None})
    touched = git.commits_touching(repository, paths, _MOST_COMMITS) if repository is not None and paths else []
    points: list[Point] = []
    history: dict[str, list[Was]] = {}
    chosen = _spread(touched)
    if repository is not None and chosen:
        with BlobReader(repository) as blobs:
            past = _Past(project, repository, blobs)
            for one in chosen:
                day = datetime.fromtimestamp(one.seconds, UTC).date().isoformat()
                _add(past.at(one.commit, paths), day, one.commit[:10], points, history)
    _add(documents, project.today.isoformat(), "", points, history)
    cut_off = repository is not None and repository.is_shallow()
    trend = Trend(tuple(points), cut_off, len(touched) - len(chosen))
    return trend, {name: tuple(several) for name, several in history.items()}


def _spread(touched: list[Touched]) -> list[Touched]:
    """Some of many commits, evenly, the first and the last among them."""
    if len(touched) <= _MOST_POINTS:
        return touched
    step = (len(touched) - 1) / (_MOST_POINTS - 1)
    return [touched[round(number * step)] for number in range(_MOST_POINTS)]


def _add(documents: Documents, day: str, commit: str, points: list[Point], history: dict[str, list[Was]]) -> None:
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for one in documents.matrices:
        if one.column("status") is None:
            continue
        for row in one.rows:
            names = names_of(row)
            if not names or not seen.isdisjoint(names):
                continue
            seen |= names
            status = row.text("status").strip()
            counts[status] += 1
            for name in names:
                known = history.setdefault(name, [])
                if not known or known[-1].status != status:
                    known.append(Was(day, status))
    point = Point(day, commit, dict(sorted(counts.items())))
    if points and points[-1].day == day:
        points[-1] = point
    elif counts or points:
        points.append(point)


class _Past:
    """The documents of earlier commits; each content is read once."""

    def __init__(self, project: ProjectView, repository: Repository, blobs: BlobReader) -> None:
        self._project = project
        self._repository = repository
        self._blobs = blobs
        self._read: dict[tuple[str, str], Document | None] = {}

    def at(self, commit: str, paths: list[str]) -> Documents:
        facts: dict[str, Document] = {}
        for path, blob in git.blobs_at(self._repository, commit, paths).items():
            document = self._document(path, blob)
            if document is not None:
                facts[path] = document
        return link(facts, paths, self._project.shapes, self._project.scopes.matches, base=self._project.scopes.prefix)

    def _document(self, path: str, blob: str) -> Document | None:
        if (path, blob) not in self._read:
            data = self._blobs.read(blob)
            text = data[:_LARGEST].decode("utf-8-sig", "replace")
            self._read[path, blob] = collect(path, text)
        return self._read[path, blob]
