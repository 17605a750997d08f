"""Rows that people have reviewed: how each stands, and accepting them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from stat import S_ISREG

import msgspec

from relcheck.config import ConfigError, Problem
from relcheck.config.suggest import hint
from relcheck.engine.exceptions.baseline_file import replace_file
from relcheck.engine.files.worktree import ContentError, WorkTree, encoded
from relcheck.engine.ground import Ground
from relcheck.engine.project import ProjectView
from relcheck.sources.matrix.link import key_of
from relcheck.sources.matrix.model import Row
from relcheck.sources.matrix.named import code_of, names_of
from relcheck.sources.matrix.review import NAME, LockError, Reviewed, as_it_is, changes, read_lock, written


class Standing(msgspec.Struct, frozen=True):
    """A row, as it is and as it was reviewed; None where nobody has. `changed` says what differs."""

    row: Row
    now: Reviewed
    was: Reviewed | None
    changed: tuple[str, ...] = ()

    @property
    def suspect(self) -> bool:
        return self.was is not None and bool(self.changed)


class Standings(msgspec.Struct, frozen=True):
    """Every row of every matrix, and what was reviewed of rows that are gone; `begun`: there is a lock file."""

    rows: tuple[Standing, ...]
    gone: tuple[Reviewed, ...]
    begun: bool


class UnknownRow(Exception):  # noqa: N818  # the name says what is wrong
    """A name that no row has; the message names the nearest."""


def standings(project: ProjectView) -> Standings:
    """How each row stands. Raises ConfigError for a lock file that cannot be read."""
    path, data = project.lock(NAME)
    try:
        locked = {key: one for key, (one, _) in read_lock(data).items()} if data is not None else {}
    except LockError as error:
        raise ConfigError(Problem(str(error), path, line=error.line)) from None
    rows = [_standing(row, project, locked) for one in project.documents.matrices for row in one.rows if row.key]
    there = {one.now.key for one in rows}
    gone = tuple(one for key, one in sorted(locked.items()) if key not in there)
    return Standings(tuple(rows), gone, data is not None)


def _standing(row: Row, project: ProjectView, locked: dict[tuple[str, str], Reviewed]) -> Standing:
    named = code_of(row, project.documents, project.scopes.matches, project.markers)
    now = as_it_is(row, named, project.code.code, project.read)
    was = locked.get(now.key)
    return Standing(row, now, was, changes(was, now) if was is not None else ())


def chosen(rows: Sequence[Standing], words: Iterable[str]) -> list[Standing]:
    """The rows that words stand for: a guarantee, its number, or PATH:LINE. Raises UnknownRow."""
    found: dict[tuple[str, str], Standing] = {}
    for word in words:
        named = [one for one in rows if _is_named(one.row, word)]
        if not named:
            known = {one.row.guarantee for one in rows} | {one.row.id for one in rows if one.row.id is not None}
            raise UnknownRow(f"no matrix has a row {word!r}{hint(word, known)}")
        found |= {one.now.key: one for one in named}
    return list(found.values())


def _is_named(row: Row, word: str) -> bool:
    return key_of(word) in names_of(row) or word == f"{row.path}:{row.place.line}"


def accept(ground: Ground, known: Standings, rows: Collection[Standing]) -> bool:
    """Write these rows as they are into the lock file, beside those that it has; rows that are gone leave it. False
    where it says this already. Raises ConfigError."""
    kept = {one.now.key: one.was for one in known.rows if one.was is not None}
    kept |= {one.now.key: one.now for one in rows}
    file, shown = ground.scope / NAME, ground.prefix + NAME
    data = written(kept.values()).encode()
    tree = WorkTree(ground.root)
    try:
        if not tree.is_folder(encoded(shown).rpartition(b"/")[0]):
            raise ConfigError(Problem("its folder is a link, or below one", shown))
        if file.is_symlink() or (file.exists() and not S_ISREG(tree.lstat(encoded(shown)).st_mode)):
            raise ConfigError(Problem("a link, or no file at all; remove it", shown))
        if file.exists() and file.read_bytes() == data:
            return False
        replace_file(file, data)
    except ContentError as error:
        raise ConfigError(Problem(f"it cannot be written: {error}", shown)) from None
    except OSError as error:
        raise ConfigError(Problem(f"it cannot be written: {error.strerror or error}", shown)) from None
    return True
