"""The files of a project: tracked and untracked ones of a git work tree, the index's content, or a plain folder's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.files import git
from relcheck.engine.files.conversion import ATTRIBUTES, conversion
from relcheck.engine.files.copies import propose_excludes
from relcheck.engine.files.index import (
    EMPTY_BLOBS,
    INTENT_TO_ADD,
    SKIP_WORKTREE,
    SUBMODULE,
    SYMBOLIC_LINK,
    DamagedIndexError,
    Entry,
    Index,
    parse_index,
)
from relcheck.engine.files.walk import Walked, walk
from relcheck.engine.files.worktree import WorkTree, decoded, encoded, read_regular_file

if TYPE_CHECKING:
    from pathlib import Path

LeftOut = Callable[[str], bool]


class SourceFile(msgspec.Struct, frozen=True):
    """A file to look at.

    `path` is relative to the repository's root, with `/`, exactly as git or the file system spells it (bytes that are
    no UTF-8 by surrogateescape). `blob` is the git object id of the content that will be read; None where that is not
    certain.
    """

    path: str
    blob: str | None


class Listing(msgspec.Struct, frozen=True):
    """The files, sorted by path; what was not examined, by reason; and what to tell the person who runs relcheck."""

    files: tuple[SourceFile, ...] = ()
    not_examined: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.files and not self.not_examined

    def only(self, holds: Callable[[str], bool]) -> Listing:
        """What is said of the paths for which `holds` is true; notes are about the whole and left out."""
        files = tuple(file for file in self.files if holds(file.path))
        kept = {reason: tuple(filter(holds, paths)) for reason, paths in self.not_examined.items()}
        return Listing(files, {reason: paths for reason, paths in kept.items() if paths})


def listing_of(files: Iterable[SourceFile], reasons: Mapping[str, Iterable[str]], notes: Iterable[str] = ()) -> Listing:
    """A listing in its order."""
    return Listing(
        tuple(sorted(files, key=lambda file: file.path)),
        {reason: tuple(sorted(reasons[reason])) for reason in sorted(reasons)},
        tuple(notes),
    )


def list_work_tree(repository: git.Repository, prefix: str, left_out: LeftOut) -> Listing:
    """Tracked files that are there, and files that are neither tracked nor ignored.

    `prefix` is a folder with `/` at its end, or empty for the root. `left_out` is asked for every path. Without a git
    program the untracked files come from a walk. Raises GitError and DamagedIndexError.
    """
    found = _Found(WorkTree(repository.root), prefix, left_out)
    try:
        # git lists what it does not track while we read what it tracks.
        with git.Untracked(repository, prefix) as untracked:
            found.add_tracked(repository)
            found.add_untracked(untracked.paths())
            found.notes += untracked.warnings
    except git.GitMissing as missing:
        found = _Found(WorkTree(repository.root), prefix, left_out)
        found.add_tracked(repository)
        found.add_walked(walk(found.tree, encoded(prefix.rstrip("/")), into_repositories=False))
        found.notes.append(f"files that git does not track were listed without it: {missing}")
    return found.listing()


def list_index(repository: git.Repository, prefix: str, left_out: LeftOut) -> Listing:
    """What is in the index, whatever stands in the work tree; every blob is the content's. Errors as above."""
    files: list[SourceFile] = []
    reasons: dict[str, set[str]] = {}
    for entry in index_entries(repository)[0]:
        path = decoded(entry.path)
        if not path.startswith(prefix) or left_out(path):
            continue
        reason = _KINDS_NOT_EXAMINED.get(entry.kind) or ("merge conflict" if entry.stage else None)
        if reason is not None:
            reasons.setdefault(reason, set()).add(path)
        elif not entry.flags & INTENT_TO_ADD:
            files.append(SourceFile(path, entry.object_id))
    return listing_of(files, reasons)


def is_tracked(repository: git.Repository, folder: str) -> bool:
    """Whether the index holds anything in a folder (or by its name), which is in small letters; case does not count,
    since it does not everywhere. Raises GitError and DamagedIndexError."""
    name = encoded(folder)
    end = len(name)
    found = (entry.path for entry in index_entries(repository)[0] if entry.path[:end].lower() == name)
    return any(path[end : end + 1] in (b"", b"/") for path in found)


def list_folder(tree: WorkTree, folder: str, left_out: LeftOut, *, heed_above: bool = True) -> Listing:
    """The files of a folder without git; `.gitignore` files above it count unless told not to."""
    found = _Found(tree, "", left_out)
    found.add_walked(walk(tree, encoded(folder.rstrip("/")), heed_above=heed_above))
    return found.listing()


_KINDS_NOT_EXAMINED = {SUBMODULE: "submodule", SYMBOLIC_LINK: "symbolic link"}


class _Found:
    """Collects one listing."""

    def __init__(self, tree: WorkTree, prefix: str, left_out: LeftOut) -> None:
        self.tree = tree
        self.notes: list[str] = []
        self._prefix = prefix
        self._left_out = left_out
        self._blobs: dict[str, str | None] = {}
        self._objects: dict[str, str] = {}
        self._reasons: dict[str, set[str]] = {}

    def add_tracked(self, repository: git.Repository) -> None:
        entries, written_ns = index_entries(repository)
        inside = encoded(self._prefix)
        for entry in entries:
            if entry.path.startswith(inside):
                path = decoded(entry.path)
                if not self._left_out(path):
                    self._add_entry(entry, path, written_ns)
        if any(self._blobs.values()):
            attributes = {entry.path for entry in entries if entry.path.endswith(ATTRIBUTES)}
            converts = conversion(repository, self.tree, attributes)
            self._blobs = {path: blob if blob and not converts(path) else None for path, blob in self._blobs.items()}

    def add_untracked(self, paths: Iterable[bytes]) -> None:
        for each in paths:
            path = decoded(each)
            if path.endswith("/"):
                self._leave(path.rstrip("/"), "nested repository")
            elif not self._left_out(path):
                self._add_file(each, path)

    def add_walked(self, walked: Walked) -> None:
        tracked = self._blobs.keys() | {path for paths in self._reasons.values() for path in paths}
        self.add_untracked(path for path in walked.files if decoded(path) not in tracked)
        for reason, paths in walked.not_examined.items():
            for path in map(decoded, paths):
                if path not in tracked:
                    self._leave(path, reason)
        self.notes += walked.notes

    def listing(self) -> Listing:
        known = [(path, self._objects.get(path)) for path in self._blobs]
        notes = (*self.notes, *propose_excludes(known, self._prefix))
        return listing_of((SourceFile(path, blob) for path, blob in self._blobs.items()), self._reasons, notes)

    def _add_entry(self, entry: Entry, path: str, written_ns: int) -> None:
        if entry.kind == SUBMODULE:
            self._leave(path, "submodule")
            return
        state = self._add_file(entry.path, path, sparse=bool(entry.flags & SKIP_WORKTREE))
        if state is not None and not entry.stage and not entry.flags & INTENT_TO_ADD:
            self._objects[path] = entry.object_id
            if _is_unchanged(entry, state, written_ns):
                self._blobs[path] = entry.object_id

    def _add_file(self, raw: bytes, path: str, *, sparse: bool = False) -> os.stat_result | None:
        """What lstat says, if there is a file to read; without a blob for now."""
        try:
            state = self.tree.lstat(raw)
        except (FileNotFoundError, NotADirectoryError):
            if sparse:
                self._leave(path, "sparse checkout")
            return None
        except OSError:
            self._leave(path, "unreadable")
            return None
        if S_ISREG(state.st_mode):
            self._blobs[path] = None
            return state
        # A folder where the index has a file: the file is deleted, and what the folder holds is listed by itself.
        if not S_ISDIR(state.st_mode):
            self._leave(path, "symbolic link" if S_ISLNK(state.st_mode) else "not a regular file")
        return None

    def _leave(self, path: str, reason: str) -> None:
        if not self._left_out(path) and not self._left_out(f"{path}/."):
            self._reasons.setdefault(reason, set()).add(path)


def index_entries(repository: git.Repository) -> tuple[Sequence[Entry], int]:
    """The index and when it was written, in nanoseconds; the time is 0 where git had to read it for us."""
    file = repository.index_file
    try:
        # Before the content: should another git replace the file now, more entries count as racy, not fewer.
        state = file.stat()
        index = _index(file, (state.st_mtime_ns, state.st_size, state.st_ino), sha256=repository.uses_sha256())
    except (FileNotFoundError, NotADirectoryError):
        return (), 0
    except OSError as problem:
        raise DamagedIndexError(f"it cannot be read: {problem.strerror or problem}") from problem
    if index.only_git_reads is not None:
        return git.tracked(repository), 0
    return index.entries, state.st_mtime_ns


@lru_cache(maxsize=1)
def _index(file: Path, state: tuple[int, int, int], *, sha256: bool) -> Index:
    """A run asks more than once; git puts a new file in the place of an index that changes."""
    del state
    return parse_index(read_regular_file(os.fsencode(file)), sha256=sha256)


def _is_unchanged(entry: Entry, state: os.stat_result, written_ns: int) -> bool:
    """Whether the file is surely what git hashed.

    One that was written when the index was, or later, may have changed in the same tick of the clock (gitracy(7)): git
    then keeps a size of 0 in the entry, which an emptied file would seem to match.
    """
    return (
        entry.modified_ns == state.st_mtime_ns
        and entry.size == state.st_size
        and entry.modified_ns < written_ns
        and (os.name == "nt" or (entry.changed_ns == state.st_ctime_ns and entry.inode == state.st_ino & 0xFFFFFFFF))
        and (entry.size > 0 or entry.object_id in EMPTY_BLOBS)
    )
