"""The scanned files beside the same files at another revision: where each stood, and what changed in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from relcheck.engine.files.discover import SourceFile, Workspace
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.revisions.moves import follow_moves
from relcheck.engine.revisions.pairing import Text, Texts

if TYPE_CHECKING:
    from relcheck.engine.examining.examination import Examination
    from relcheck.engine.examining.examiner import Examined
    from relcheck.engine.revisions.revision import Revision

_PYTHON = (".py", ".pyi")


class Past:
    """Another revision of what a scan looks at. `now` has looked at the scanned files, `then` looks at those of the
    revision. Everything raises GitError where the repository cannot answer."""

    def __init__(self, revision: Revision, workspace: Workspace, now: Examination, then: Examination) -> None:
        self.revision = revision
        self._workspace = workspace
        self._now = now
        self._then = then
        self._unchanged: dict[str, bool] = {}
        self._texts: dict[str, Texts | None] = {}
        self._moved: dict[str, str] = {}
        self._asked: set[str] = set()

    @property
    def paths(self) -> list[str]:
        """The files of the project as it was."""
        return [path for path in self.revision.files if self._workspace.governs(path)]

    def origin(self, path: str) -> str | None:
        """Where a scanned file stood in the revision; None where it was not, or was no part of the project."""
        was = self._stood(path)
        return was if was is not None and self._workspace.governs(was) else None

    def is_unchanged(self, path: str) -> bool:
        """Whether the file stood at the same place with the same content."""
        if path not in self._unchanged:
            self._unchanged[path] = self.origin(path) == path and self.has_content_of(path, path)
        return self._unchanged[path]

    def has_content_of(self, path: str, was: str) -> bool:
        """Whether a scanned file holds what a file of the revision did."""
        return self._content_id(path) == self.revision.files[was]

    def texts(self, path: str) -> Texts | None:
        """A file and what it was in the revision; None where it was not, or cannot be read now."""
        was = self._stood(path)
        if path not in self._texts:
            try:
                self._texts[path] = self._side_by_side(path, was) if was is not None else None
            except ContentError:
                self._texts[path] = None
        return self._texts[path]

    def examined(self, paths: Sequence[str]) -> dict[str, Examined]:
        """What files of the revision, by their paths there, yield; those with the same content are not looked at."""
        now = self._now.results
        same = {path: now[path] for path in paths if path in now and self.is_unchanged(path)}
        files = [SourceFile(path, self.revision.files[path]) for path in paths if path not in same]
        return {**same, **self._then.of(files)}

    def follow(self, paths: Iterable[str]) -> None:
        """Find out where files come from that git does not know yet: those that were moved and not staged."""
        unasked = [path for path in paths if path not in self._asked and path in self._now.results]
        self._asked.update(unasked)
        unknown = [path for path in unasked if self._stood(path) is None and path not in self.revision.added]
        here = {file.path for file in self._workspace.project_files()} if unknown else set()
        come = {path: blob for path in unknown if path in here and (blob := self._content_id(path)) is not None}
        if not come:
            return
        taken = {was for now, was in self.revision.moved.items() if now in here}
        gone = {path: self.revision.files[path] for path in self.paths if path not in here and path not in taken}
        self._moved |= follow_moves(come, gone, self._workspace.read, self.revision.read)

    def _content_id(self, path: str) -> str | None:
        try:
            return self._now.content_id(path)
        except ContentError:
            return None

    def _side_by_side(self, path: str, was: str) -> Texts:
        return Texts(_text(path, self._workspace.read(path)), _text(was, self.revision.read(was)))

    def _stood(self, path: str) -> str | None:
        was = self._moved.get(path) or self.revision.moved.get(path, path)
        return was if was in self.revision.files else None


def _text(path: str, data: bytes) -> Text:
    return Text(data.decode("utf-8-sig", "replace"), python=path.endswith(_PYTHON))
