"""The content of another revision: the base of a comparison, or where the policy is read from.

Its files are told from the index and what the index has changed since, so that its tree need not be listed.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from relcheck.engine.files import git
from relcheck.engine.files.index import INTENT_TO_ADD, REGULAR, SYMBOLIC_LINK, DamagedIndexError
from relcheck.engine.files.listing import index_entries
from relcheck.engine.files.worktree import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from relcheck.engine.files.git import Change, Repository
    from relcheck.engine.files.index import Entry

_KIND = 0o170000
_DEEPEN = (
    "This clone is shallow, so history is missing. In GitHub Actions give actions/checkout `fetch-depth: 0`; "
    "elsewhere run `git fetch --unshallow`"
)
_FETCH = "Fetch it (`git fetch origin BRANCH`), or check the spelling"


class RevisionError(Exception):
    """A revision that cannot be compared with or read from. Says what to do; exit code 2."""


class Revision:
    """One commit. `ref` is what the user called it, `commit` its object id; git lists its differences meanwhile."""

    def __init__(self, repository: Repository, ref: str, commit: str) -> None:
        self.ref = ref
        self.commit = commit
        self._repository = repository
        self._changing = git.Changes(repository, commit)
        self._blobs = git.BlobReader(repository)

    @property
    def name(self) -> str:
        """What people call it."""
        return self.ref if self.ref != self.commit else self.commit[:7]

    @cached_property
    def files(self) -> Mapping[str, str]:
        """The regular files by their paths, with the object ids of their contents. Raises GitError."""
        return self._of_kind(REGULAR)

    @cached_property
    def links(self) -> frozenset[str]:
        """The symbolic links. Raises GitError."""
        return frozenset(self._of_kind(SYMBOLIC_LINK))

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """Where renamed files of the index stood in this revision. Raises GitError."""
        return {
            decoded(change.path): decoded(change.source)
            for change in self._changes
            if change.path is not None and change.source is not None and change.path != change.source
        }

    @cached_property
    def added(self) -> frozenset[str]:
        """Files of the index that this revision does not have, under any name. Raises GitError."""
        return frozenset(decoded(one.path) for one in self._changes if one.path is not None and one.source is None)

    @cached_property
    def identity(self) -> str:
        """Another where the commit, its name, or the index that its differences are told from is. Raises GitError."""
        from hashlib import blake2b

        hashed = blake2b(f"{self.commit} {self.name}".encode("utf-8", "surrogateescape"), digest_size=20)
        for entry in self._entries:
            hashed.update(b"\0%o %d %d %s " % (entry.kind, entry.stage, entry.flags, entry.object_id.encode()))
            hashed.update(entry.path)
        return hashed.hexdigest()

    def read(self, path: str) -> bytes:
        """The content of a regular file of this revision; KeyError for another. Raises GitError."""
        return self._blobs.read(self.files[path])

    def close(self) -> None:
        self._changing.stop()
        self._blobs.close()

    @cached_property
    def _changes(self) -> Sequence[Change]:
        return self._changing.all()

    @cached_property
    def _same(self) -> Sequence[Entry]:
        """What the index has as this revision had it."""
        changed = {change.path for change in self._changes} | {change.source for change in self._changes}
        held = (entry for entry in self._entries if not entry.stage and not entry.flags & INTENT_TO_ADD)
        return [entry for entry in held if entry.path not in changed]

    @property
    def _entries(self) -> Sequence[Entry]:
        try:
            return index_entries(self._repository)[0]
        except DamagedIndexError as damage:
            raise git.GitError(f"{self._repository.index_file} is damaged: {damage}") from damage

    def _of_kind(self, kind: int) -> dict[str, str]:
        files = {decoded(entry.path): entry.object_id for entry in self._same if entry.kind == kind}
        for change in self._changes:
            if change.source is not None and change.mode & _KIND == kind:
                files[decoded(change.source)] = change.object_id
        return files


def find_base(repository: Repository | None, ref: str) -> tuple[Repository, str]:
    """The merge base of a ref and HEAD, of several the one that git names first. Raises RevisionError and GitError."""
    repository, tip = _resolved(repository, "--base", ref)
    head = git.commit_id(repository, "HEAD")
    if head is None:
        raise RevisionError("--base compares with HEAD's history, and nothing is committed yet. Leave --base out")
    found = git.merge_base(repository, tip, head)
    # In a history that is cut off, a later common commit may be hidden; these two cannot have any.
    if found is None or (found not in (tip, head) and repository.is_shallow()):
        if repository.is_shallow():
            raise RevisionError(f"--base {ref}: where it and HEAD parted cannot be told. {_DEEPEN}")
        raise RevisionError(f"--base {ref}: it and HEAD have no common history. Name a branch that HEAD came from")
    return repository, found


def find_policy(repository: Repository | None, ref: str) -> tuple[Repository, str]:
    """The commit that a ref names. Raises RevisionError and GitError."""
    return _resolved(repository, "--policy-from", ref)


def _resolved(repository: Repository | None, option: str, ref: str) -> tuple[Repository, str]:
    if repository is None:
        raise RevisionError(f"{option} {ref}: there is no git repository here. Leave {option} out")
    commit = git.commit_id(repository, ref)
    if commit is None:
        what = _DEEPEN if repository.is_shallow() else _FETCH
        raise RevisionError(f"{option} {ref}: the repository has no such commit. {what}")
    return repository, commit
