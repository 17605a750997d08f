"""Which finding a person points at: by its fingerprint, or by its place."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from relcheck.engine.ground import Ground
    from relcheck.model.finding import Finding

_FINGERPRINT = re.compile(r"[0-9a-f]{6,}")
_PLACE = re.compile(r"(?P<path>.+?)(?::(?P<line>[0-9]+))?(?::[0-9]+)?", re.DOTALL)


def is_fingerprint(what: str) -> bool:
    """Whether a word is one, or the first digits of one: at least six."""
    return _FINGERPRINT.fullmatch(what) is not None


def is_place(what: str) -> bool:
    """Whether a word is PATH:LINE, as reports print it."""
    place = _PLACE.fullmatch(what)
    return place is not None and place["line"] is not None


def pointed_at(findings: Iterable[Finding], what: str, root: Path, cwd: Path) -> list[Finding]:
    """The findings with this fingerprint, or at this place."""
    if is_fingerprint(what):
        return [one for one in findings if one.fingerprint.startswith(what)]
    return at(findings, what, root, cwd)


def at(findings: Iterable[Finding], place: str, root: Path, cwd: Path) -> list[Finding]:
    """The findings at PATH or PATH:LINE; the path as reports print it, or as seen from the working folder."""
    parts = _PLACE.fullmatch(place)
    if parts is None:
        return []
    given = cwd / parts["path"]
    seen = (os.path.relpath(one, root) for one in (given, given.parent.resolve() / given.name))
    paths = {one.replace(os.sep, "/") for one in (os.path.normpath(parts["path"]), *seen)}
    line = int(parts["line"]) if parts["line"] else None
    return [one for one in findings if one.path in paths and line in (None, one.region.line)]


def folder_of(place: str, cwd: Path) -> Path:
    """From where to look for the repository and the configuration of a place: the folder of its file, as `relcheck scan
    PATH` does; the working folder for anything else."""
    from relcheck.engine.files.git import find_repository

    parts = _PLACE.fullmatch(place) if not is_fingerprint(place) else None
    if parts is None:
        return cwd
    seen = cwd / parts["path"]
    if not seen.is_file() and (repository := find_repository(cwd)) is not None:
        seen = repository.root / parts["path"]
    return seen.parent.resolve() if seen.is_file() else cwd


def judged_by(ground: Ground) -> str:
    """Which configuration a scan was made with, for a message about what it has not found."""
    from relcheck.report.escape import visible

    return f"judged by {visible(ground.config.file)}" if ground.config.file else "judged without a configuration"


def listed(findings: Sequence[Finding]) -> str:
    """A line for each of them, to choose from."""
    from relcheck.report.escape import visible

    shown = [
        f"  {one.fingerprint}  {visible(one.path)}:{one.region.line}:{one.region.column}  {visible(one.rule)}"
        + ("" if one.status.value == "new" else f" ({one.status.value})")
        for one in findings[:_MOST]
    ]
    more = [f"  and {len(findings) - _MOST} more"] if len(findings) > _MOST else []
    return "\n".join(shown + more)


_MOST = 20
