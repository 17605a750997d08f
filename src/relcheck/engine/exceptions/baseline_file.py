"""The baseline on the disk: read like any file of an untrusted tree, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from relcheck.config import ConfigError, Problem
from relcheck.engine.exceptions.baseline import MAX_BYTES, Baseline, Line, load_baseline, render_baseline
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from relcheck.engine.ground import Ground
    from relcheck.engine.revisions.policy import PolicyFiles

_ATTRIBUTES = ".gitattributes"


def read_baseline(ground: Ground, policy: PolicyFiles | None = None) -> Baseline | None:
    """The baseline of the governed folder: the file on the disk, which is there and no link is followed, or what the
    policy's revision has, None where it has none. Raises ConfigError and GitError."""
    shown = shown_name(ground)
    if policy is None:
        return load_baseline(_on_disk(ground, shown), shown_as=shown)
    try:
        return load_baseline(policy.read(ground.scope / ground.config.baseline), shown_as=shown)
    except FileNotFoundError:
        return None


def _on_disk(ground: Ground, shown: str) -> bytes:
    tree = WorkTree(ground.root)
    try:
        state = tree.lstat(encoded(shown))
        if S_ISREG(state.st_mode) and state.st_size > MAX_BYTES:
            raise ConfigError(Problem(f"{state.st_size:,} bytes are more than any baseline has", shown))
        return tree.read(encoded(shown))
    except ContentError:
        raise ConfigError(
            Problem("a link, or no file at all; a baseline must be a file of the repository", shown)
        ) from None
    except OSError as error:
        raise ConfigError(Problem(f"it cannot be read: {error.strerror or error}", shown)) from None


def write_baseline(ground: Ground, lines: Iterable[Line], version: int) -> bool:
    """Put these lines into the file; False where it says this already. Raises ConfigError."""
    shown = shown_name(ground)
    text = render_baseline(lines, version, name=ground.config.baseline.rpartition("/")[2])
    file = ground.scope / ground.config.baseline
    try:
        if not WorkTree(ground.root).is_folder(encoded(shown).rpartition(b"/")[0]):
            raise ConfigError(Problem(f"there is no folder {os.path.dirname(shown)}; make it first", shown))  # noqa: PTH120  # a name
        data = text.encode("utf-8")
        if file.exists() and file.read_bytes() == data:
            return False
        replace_file(file, data)
    except OSError as error:
        raise ConfigError(Problem(f"it cannot be written: {error.strerror or error}", shown)) from None
    return True


def shown_name(ground: Ground) -> str:
    """The file's path relative to the repository's root, as in every message."""
    return ground.prefix + ground.config.baseline


def replace_file(file: Path, data: bytes) -> None:
    """Write a file so that at any moment it is either the old one or the new one. Raises OSError."""
    import tempfile

    try:
        mode = file.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "wb") as new:
            new.write(data)
        os.chmod(name, mode)  # noqa: PTH101  # a name that tempfile made
        os.replace(name, file)  # noqa: PTH105  # as above
    except BaseException:
        with suppress(OSError):
            os.unlink(name)  # noqa: PTH108  # as above
        raise


def merge_proposal(ground: Ground) -> str | None:
    """What to put into .gitattributes, so that branches that both change the baseline can be merged; None where
    something to that effect stands there."""
    if not (ground.root / ".git").exists():
        return None
    baseline = ground.config.baseline
    folder, _, name = baseline.rpartition("/")
    tree = WorkTree(ground.root)
    below = f"{ground.prefix}{folder}/" if folder else ground.prefix
    if any(_merges(tree, f"{place}{_ATTRIBUTES}", name) for place in {"", ground.prefix, below}):
        return None
    line = f"{baseline} merge=union"
    return f"put this line into {ground.prefix}{_ATTRIBUTES}, so that a merge keeps the lines of both sides: {line}"


def _merges(tree: WorkTree, attributes: str, name: str) -> bool:
    """Whether a line of a .gitattributes says how files of this name are merged."""
    try:
        text = tree.read(encoded(attributes)).decode("utf-8", "replace")
    except (OSError, ContentError):
        return False
    for line in text.splitlines():
        pattern, *given = line.split() or ("",)
        if any(one.startswith("merge=") for one in given) and fnmatchcase(name, pattern.rpartition("/")[2]):
            return True
    return False
