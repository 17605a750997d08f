"""What the paths of the command line name, seen from the folder that the configuration governs."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.files.worktree import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class DiscoveryError(Exception):
    """The files of a scan cannot be told: a wrong path or a broken repository. Says what to do; exit code 2."""


class Scope(msgspec.Struct, frozen=True):
    """The governed folder as it was named, without links, and relative to the root (empty, or with `/` at its end)."""

    written: str
    folder: str
    prefix: str


class Asked(msgspec.Struct):
    """Paths relative to the root, in the order of the arguments, each once."""

    paths: dict[str, None] = msgspec.field(default_factory=dict)
    not_examined: dict[str, set[str]] = msgspec.field(default_factory=dict)


def governed(folder: Path, root: Path) -> Scope:
    """The scope `folder`, which lies in `root` once links are followed."""
    actual = os.path.realpath(folder)
    prefix = _below(actual, str(root))
    return Scope(_absolute(folder), actual, f"{prefix}/" if prefix else "")


def resolve(arguments: Iterable[Path], scope: Scope) -> Asked | None:
    """The paths that the arguments name; None where one of them is the governed folder itself, that is everything.

    What lies behind a link inside of the folder is not examined. Raises DiscoveryError for a path that lies outside.
    """
    asked = Asked()
    without_links = lru_cache(maxsize=None)(os.path.realpath)
    for argument in arguments:
        written = _absolute(argument)
        above, _, name = written.rpartition(os.sep)
        local = _below(os.path.join(without_links(above + os.sep), name), scope.folder)  # noqa: PTH118 - strings
        named = _below(written, scope.written)
        if local is None:
            # An alias from outside, such as a link to the governed folder, is followed to where it leads.
            local = _below(os.path.realpath(written), scope.folder)
        if local == "" or named == "":
            return None
        if local is None and named is None:
            raise DiscoveryError(
                f"{argument} lies outside of {scope.folder}, the folder that the configuration governs. "
                "Scan it by itself, or put the configuration above both"
            )
        if local is not None and named in (None, local):
            asked.paths[scope.prefix + local] = None
        elif named is not None:
            reason = "outside the root" if local is None else "symbolic link"
            asked.not_examined.setdefault(reason, set()).add(scope.prefix + named)
    return asked


def missing(path: str, root: Path) -> DiscoveryError:
    """The error for a path that is not there, with the nearest name beside it."""
    from difflib import get_close_matches

    above, _, name = path.rpartition("/")
    folder = root / above
    beside = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    near = get_close_matches(name, sorted(beside), n=1) or [each for each in beside if each.lower() == name.lower()]
    hint = f"Did you mean {above and above + '/'}{near[0]}?" if near else "Check the spelling, or leave it out"
    return DiscoveryError(f"{path} does not exist. {hint}")


def _absolute(path: Path) -> str:
    """Without `.` and `..`, links left as they are."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.resolve would follow links


def _below(path: str, folder: str) -> str | None:
    """`path` relative to `folder` with `/`, empty where it is the folder, None where it lies outside."""
    if path == folder:
        return ""
    start = folder.rstrip(os.sep) + os.sep
    if not path.startswith(start):
        return None
    return decoded(os.fsencode(path[len(start) :])).replace(os.sep, "/")
