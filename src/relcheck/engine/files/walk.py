"""The files below a folder where git cannot be asked, without those that `.gitignore` files leave out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.files.worktree import ContentError, WorkTree, decoded

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from pathspec import GitIgnoreSpec

NOT_SOURCE = frozenset({b".git", b".hg", b"node_modules", b"__pycache__", b".relcheck_cache"})
_ENVIRONMENTS = frozenset({b".venv", b"venv", b".env", b"env"})
# pathspec's expressions backtrack: with more stars than these, a name made for it could take for ever.
_MOST_STARS_IN_A_SEGMENT = 3
_MOST_STARS = 8


class Walked(msgspec.Struct):
    """What was found, paths relative to the tree's root: files, what is no regular file by reason, and what to tell."""

    files: list[bytes] = msgspec.field(default_factory=list)
    not_examined: dict[str, list[bytes]] = msgspec.field(default_factory=dict)
    notes: list[str] = msgspec.field(default_factory=list)

    def leave(self, path: bytes, reason: str) -> None:
        self.not_examined.setdefault(reason, []).append(path)


def walk(tree: WorkTree, folder: bytes = b"", *, heed_above: bool = True, into_repositories: bool = True) -> Walked:
    """All that is below a folder of the tree, in no order. No link is followed.

    `.gitignore` files hold from the root down, or without `heed_above` from the folder down. A repository inside is
    walked as a folder, or counted as `nested repository`.
    """
    walked = Walked()
    chain: tuple[_Ignore, ...] = ()
    if heed_above:
        for above in _folders_above(folder):
            chain += _ignore_file(tree, above, walked)
    todo = [(folder, chain)]
    while todo:
        current, chain = todo.pop()
        try:
            entries = tree.scan(current)
        except OSError:
            walked.leave(current, "unreadable")
            continue
        names = {entry.name for entry in entries}
        if current != folder and b".git" in names and not into_repositories:
            walked.leave(current, "nested repository")
            continue
        if b".gitignore" in names:
            chain += _ignore_file(tree, current, walked)
        todo += [(inner, chain) for inner in _sort_out(tree, current, entries, chain, walked)]
    return walked


def _sort_out(
    tree: WorkTree, folder: bytes, entries: list[os.DirEntry[bytes]], chain: tuple[_Ignore, ...], walked: Walked
) -> Iterator[bytes]:
    """Takes up what stands in a folder; yields the folders to walk next."""
    for entry in entries:
        path = folder + b"/" + entry.name if folder else entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        if _left_out(tree, path, chain, is_folder=is_folder):
            continue
        if is_folder:
            yield path
        elif entry.is_file(follow_symlinks=False):
            walked.files.append(path)
        else:
            walked.leave(path, "symbolic link" if entry.is_symlink() else "not a regular file")


class _Ignore(msgspec.Struct, frozen=True):
    """One `.gitignore`; its patterns are relative to its folder, which takes `length` bytes of a path."""

    length: int
    patterns: GitIgnoreSpec


def _left_out(tree: WorkTree, path: bytes, chain: tuple[_Ignore, ...], *, is_folder: bool) -> bool:
    name = path.rpartition(b"/")[2]
    if name in NOT_SOURCE:
        return True
    if is_folder and name in _ENVIRONMENTS and tree.has_file(path + b"/pyvenv.cfg"):
        return True
    for ignore in reversed(chain):
        verdict = ignore.patterns.check_file(decoded(path[ignore.length :]) + "/" * is_folder).include
        if verdict is not None:
            return verdict
    return False


def _ignore_file(tree: WorkTree, folder: bytes, walked: Walked) -> tuple[_Ignore, ...]:
    path = folder + b"/.gitignore" if folder else b".gitignore"
    try:
        text = decoded(tree.read(path)).removeprefix("\ufeff")
    except FileNotFoundError:
        return ()
    except (OSError, ContentError):
        walked.notes.append(f"{decoded(path)} cannot be read: nothing is left out for it")
        return ()
    from pathspec import GitIgnoreSpec  # 30 ms that a run with git does not need

    lines: list[str] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            GitIgnoreSpec.from_lines([_bounded(line)])
            lines.append(line)
        except (ValueError, re.error):
            walked.notes.append(
                f"{decoded(path)}:{number} is no pattern that can be matched: nothing is left out for it"
            )
    return (_Ignore(len(path) - len(b".gitignore"), GitIgnoreSpec.from_lines(lines)),)


def _bounded(line: str) -> str:
    if line.count("*") > _MOST_STARS or any(part.count("*") > _MOST_STARS_IN_A_SEGMENT for part in line.split("/")):
        raise ValueError("too many stars")
    return line


def _folders_above(folder: bytes) -> list[bytes]:
    """From the root down, without the folder itself."""
    parts = folder.split(b"/") if folder else []
    return [b"/".join(parts[:depth]) for depth in range(len(parts))]
