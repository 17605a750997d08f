"""Where the content of files comes from: the work tree, git's index, or what was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from relcheck.engine.files import git
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded

if TYPE_CHECKING:
    from collections.abc import Mapping


class Contents(Protocol):
    """Content by path, relative to the root; ContentError where there is none to be had."""

    def read(self, path: str) -> bytes: ...

    def close(self) -> None: ...


class OnDisk:
    """What the work tree holds now."""

    def __init__(self, tree: WorkTree) -> None:
        self._tree = tree

    def read(self, path: str) -> bytes:
        if "\0" in path or path.startswith("/") or ".." in path.split("/"):
            raise ContentError(f"{path!r} is no path inside of the project")
        try:
            return self._tree.read(encoded(path))
        except (FileNotFoundError, NotADirectoryError) as problem:
            raise ContentError(
                f"{path} is not there, or vanished during the scan. If it should exist, run again"
            ) from problem
        except OSError as problem:
            raise ContentError(
                f"{path} cannot be read: {problem.strerror or problem}. Mend that, or leave the file out with `exclude`"
            ) from problem

    def close(self) -> None:
        pass


class InIndex:
    """What git's index holds, by the object id of each path."""

    def __init__(self, repository: git.Repository, object_ids: Mapping[str, str]) -> None:
        self._object_ids = object_ids
        self._blobs = git.BlobReader(repository)

    def read(self, path: str) -> bytes:
        object_id = self._object_ids.get(path)
        if object_id is None:
            raise ContentError(f"{path} is not among the files of the index that belong to the project")
        try:
            return self._blobs.read(object_id)
        except git.GitError as problem:
            raise ContentError(f"{path} cannot be read from the index: {problem}") from problem

    def close(self) -> None:
        self._blobs.close()


class Given:
    """One file whose content is given; all others come from elsewhere."""

    def __init__(self, path: str, content: bytes, others: Contents) -> None:
        self._path = path
        self._content = content
        self._others = others

    def read(self, path: str) -> bytes:
        return self._content if path == self._path else self._others.read(path)

    def close(self) -> None:
        self._others.close()


def is_lfs_pointer(data: bytes) -> bool:
    """Whether the bytes only stand for a file that Git LFS keeps elsewhere (Git LFS, docs/spec.md, "The Pointer")."""
    return data.startswith(b"version https://git-lfs.github.com/spec/v1\n")
