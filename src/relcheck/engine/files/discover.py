"""What a scan looks at, and the one way to the content of the files.

A scan is complete (everything below the folder that the configuration governs) or partial: explicit paths, what is
staged, or text from standard input. A partial scan reports on its targets only, but may ask for the whole project; that
is listed when it is first asked for, so that a hook over a few files starts no git and reads no tree.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import TYPE_CHECKING, Self

import msgspec

from relcheck.engine.files import git
from relcheck.engine.files.asked import Asked, DiscoveryError, Scope, governed, missing, resolve
from relcheck.engine.files.contents import Contents, Given, InIndex, OnDisk, is_lfs_pointer
from relcheck.engine.files.index import DamagedIndexError, blob_id
from relcheck.engine.files.listing import (
    LeftOut,
    Listing,
    SourceFile,
    is_tracked,
    list_folder,
    list_index,
    list_work_tree,
    listing_of,
)
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from relcheck.sources.globs import Globs

__all__ = ["ContentError", "DiscoveryError", "SourceFile", "Workspace", "is_lfs_pointer", "open_workspace"]


class Workspace:
    """The files of one scan and their content; made by `open_workspace`, to be closed.

    `root` is the top of the repository, or the governed folder where there is none. `prefix` is the governed folder
    relative to it, empty or with `/` at its end; nothing outside belongs to the project. `partial` says that only
    some of the project's files are targets, `names_folder` that a folder is among what was named. `not_examined`
    maps a reason to the paths that were asked for and left out for it. `notes` are for the person who runs
    relcheck.
    """

    def __init__(
        self,
        place: _Place,
        targets: Listing,
        project: Callable[[], Listing],
        contents: Contents,
        *,
        partial: bool,
    ) -> None:
        self.root = place.root
        self.prefix = place.scope.prefix
        self.partial = partial
        self.names_folder = False
        self.not_examined = targets.not_examined
        self.notes = targets.notes
        self._targets = targets.files
        self._list_project = project
        self._project: Listing | None = None
        self._contents = contents
        self._sha256 = place.sha256
        self._repository = place.repository
        self._left_out = place.left_out

    def targets(self) -> Sequence[SourceFile]:
        """The files to report on, sorted by path."""
        return self._targets

    def project_files(self) -> Sequence[SourceFile]:
        """Every file of the project, sorted by path; listed once, when first asked for. Raises DiscoveryError."""
        return self._whole().files

    def project_leaves(self) -> Mapping[str, Sequence[str]]:
        """The paths of the whole project that are not looked at, by reason. Raises DiscoveryError."""
        return self._whole().not_examined

    def _whole(self) -> Listing:
        if self._project is None:
            self._project = self._list_project()
        return self._project

    def read(self, path: str) -> bytes:
        """The content of a file, from where this scan takes content. Raises ContentError."""
        return self._contents.read(path)

    def governs(self, path: str) -> bool:
        """Whether a file of this name belongs to the project, be it there or not."""
        return path.startswith(self.prefix) and not self._left_out(path)

    def blob_id(self, content: bytes) -> str:
        """The object id that git gives to the content, comparable with `SourceFile.blob`."""
        return blob_id(content, sha256=self._sha256)

    def tracks(self, folder: str) -> bool:
        """Whether the repository brings something in this folder of its root along. Raises DiscoveryError."""
        if self._repository is None:
            return False
        with _explained(self._repository):
            return is_tracked(self._repository, folder)

    def close(self) -> None:
        self._contents.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_workspace(
    scope: Path,
    paths: Sequence[Path],
    *,
    exclude: Globs,
    staged: bool = False,
    stdin: tuple[str, bytes] | None = None,
) -> Workspace:
    """The files of a scan of `scope`, an existing folder.

    `paths` are files and folders inside of it; none, or the folder itself, is everything. `exclude` is relative to the
    folder and holds for explicit paths too. With `staged`, files and contents come from git's index, and without paths
    the targets are those that differ from HEAD. `stdin` is one file by name, whose content is given.
    Raises DiscoveryError.
    """
    if stdin is not None and (staged or paths):
        raise DiscoveryError("text from standard input is one file by itself: leave out --staged and the paths")
    place = _place(scope, exclude)
    if stdin is not None:
        return _given(place, *stdin)
    asked = resolve(paths, place.scope) if paths else None
    if staged:
        return _staged(place, asked)
    return _everything(place) if asked is None else _some(place, asked)


class _Place(msgspec.Struct, frozen=True):
    """Where a scan takes place. `left_out` is asked about paths relative to the root."""

    root: Path
    scope: Scope
    repository: git.Repository | None
    left_out: LeftOut
    tree: WorkTree
    sha256: bool

    def listing(self) -> Listing:
        with _explained(self.repository):
            if self.repository is None:
                return list_folder(self.tree, "", self.left_out)
            return list_work_tree(self.repository, self.scope.prefix, self.left_out)


def _place(folder: Path, exclude: Globs) -> _Place:
    if not folder.is_dir():
        raise DiscoveryError(f"{folder} is not a folder. Name the folder that is to be scanned")
    with _explained(None):
        repository = git.find_repository(folder)
        sha256 = repository is not None and repository.uses_sha256()
    root = repository.root if repository else Path(os.path.realpath(folder))
    scope = governed(folder, root)
    start = len(scope.prefix)

    def left_out(path: str) -> bool:
        return exclude.matches(path[start:])

    return _Place(root, scope, repository, left_out, WorkTree(root), sha256)


def _everything(place: _Place) -> Workspace:
    listing = place.listing()
    return Workspace(place, listing, lambda: listing, OnDisk(place.tree), partial=False)


def _some(place: _Place, asked: Asked) -> Workspace:
    found = _Targets(asked)
    listing: Listing | None = None
    names_folder = any((place.root / path).is_dir() for paths in asked.not_examined.values() for path in paths)
    for path in asked.paths:
        kind = _kind(place, path)
        names_folder |= S_ISDIR(kind) or (S_ISLNK(kind) and (place.root / path).is_dir())
        if S_ISDIR(kind):
            listing = listing or place.listing()
            _add_folder(place, listing, f"{path}/", found)
        elif place.left_out(path):
            continue
        elif S_ISREG(kind):
            found.files.setdefault(path, SourceFile(path, None))
        else:
            found.leave(path, "symbolic link" if S_ISLNK(kind) else "not a regular file")
    known = listing
    project = place.listing if known is None else lambda: known
    workspace = Workspace(place, found.listing(), project, OnDisk(place.tree), partial=True)
    workspace.names_folder = names_folder
    return workspace


def _kind(place: _Place, path: str) -> int:
    try:
        return place.tree.lstat(encoded(path)).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise missing(path, place.root) from None
    except OSError as problem:
        raise DiscoveryError(
            f"{path} cannot be looked at: {problem.strerror}. Mend its permissions, or leave it out"
        ) from None


def _add_folder(place: _Place, listing: Listing, folder: str, found: _Targets) -> None:
    inside = listing.only(_below(folder))
    if inside.is_empty:
        # git ignores it, or it belongs to a repository of its own; it was asked for all the same.
        inside = list_folder(place.tree, folder, place.left_out, heed_above=False)
        found.notes += inside.notes
    if not inside.files:
        found.notes.append(f"{folder} holds no file to look at")
    found.add(inside)


def _staged(place: _Place, asked: Asked | None) -> Workspace:
    repository = place.repository
    if repository is None:
        raise DiscoveryError(f"--staged reads git's index, and {place.root} is in no git repository. Leave it out")
    with _explained(repository):
        listing = list_index(repository, place.scope.prefix, place.left_out)
        names = git.staged(repository)
    changed = listing.only(lambda path: names is None or encoded(path) in names)
    targets = changed if asked is None else _staged_among(place, asked, listing, changed)
    contents = InIndex(repository, {file.path: file.blob for file in listing.files if file.blob})
    return Workspace(place, targets, lambda: listing, contents, partial=True)


def _staged_among(place: _Place, asked: Asked, listing: Listing, changed: Listing) -> Listing:
    """The files that are named, changed or not, and the changed ones of the folders that are named."""
    found = _Targets(asked)
    files = {file.path: file for file in listing.files}
    reasons = {path: reason for reason, paths in listing.not_examined.items() for path in paths}
    for path in asked.paths:
        if path in files:
            found.files[path] = files[path]
        elif path in reasons:
            found.leave(path, reasons[path])
        elif not place.left_out(path):
            if listing.only(_below(f"{path}/")).is_empty and not (place.root / path).is_dir():
                raise DiscoveryError(f"{path} is not in git's index. `git add` it, or leave out --staged")
            found.add(changed.only(_below(f"{path}/")))
    return found.listing()


def _given(place: _Place, name: str, content: bytes) -> Workspace:
    asked = resolve([Path(name)], place.scope)
    if asked is None:
        raise DiscoveryError(f"{name} is a folder. Name the file whose text comes from standard input")
    path = next(iter(asked.paths), None) or next(iter(*asked.not_examined.values()))
    files = () if place.left_out(path) else (SourceFile(path, None),)

    def project() -> Listing:
        listing = place.listing()
        known = {file.path: file for file in (*listing.files, *files)}
        return listing_of(known.values(), listing.not_examined)

    return Workspace(place, Listing(files), project, Given(path, content, OnDisk(place.tree)), partial=True)


class _Targets:
    """Collects what a partial scan reports on."""

    def __init__(self, asked: Asked) -> None:
        self.files: dict[str, SourceFile] = {}
        self.notes: list[str] = []
        self._reasons = {reason: set(paths) for reason, paths in asked.not_examined.items()}

    def add(self, listing: Listing) -> None:
        self.files |= {file.path: file for file in listing.files}
        for reason, paths in listing.not_examined.items():
            self._reasons.setdefault(reason, set()).update(paths)

    def leave(self, path: str, reason: str) -> None:
        self._reasons.setdefault(reason, set()).add(path)

    def listing(self) -> Listing:
        return listing_of(self.files.values(), self._reasons, self.notes)


def _below(folder: str) -> Callable[[str], bool]:
    return lambda path: path.startswith(folder)


@contextmanager
def _explained(repository: git.Repository | None) -> Iterator[None]:
    """What git or its index cannot tell becomes what the person can do about it."""
    try:
        yield
    except DamagedIndexError as damage:
        index = repository.index_file if repository else "git's index"
        raise DiscoveryError(
            f"{index} is damaged: {damage}. "
            "Move it away and run `git reset`: that makes it anew and leaves your files alone"
        ) from damage
    except git.GitError as problem:
        raise DiscoveryError(str(problem)) from problem
