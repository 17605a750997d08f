"""Which file configures relcheck."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from relcheck.config.document import parse_document, read_file
from relcheck.config.errors import ConfigError, Problem
from relcheck.config.extends import Read

_OWN = "relcheck.toml"
_SHARED = "pyproject.toml"


def find_config(start: Path, *, stop: Path | None, read: Read | None = None) -> Path | None:
    """The nearest configuration from the folder `start` upwards to `stop` (included; None: to the file system's root).

    In one folder `relcheck.toml` comes before a `pyproject.toml` that has `[tool.relcheck]`. `read` stands for reading
    from the disk, as in `load_config`. ConfigError for one that is a link out of `stop`: a repository must not have
    other files of the machine read.
    """
    start = start.absolute()
    stop = stop.absolute() if stop is not None else None
    for folder in (start, *start.parents):
        for name, configures in ((_OWN, _exists), (_SHARED, _configures)):
            candidate = folder / name
            if read is not None:
                if _is_read(candidate, read, configures):
                    return candidate
            elif _exists(candidate):
                _refuse_outside(candidate, stop)
                if configures(candidate):
                    return candidate
        if folder == stop:
            break
    return None


def _exists(file: Path) -> bool:
    """A broken link exists too: that its configuration is missing must be said."""
    return os.path.islink(file) or os.path.isfile(file)  # noqa: PTH113, PTH114  # Path's raise where they may not look


def _is_read(file: Path, read: Read, configures: Callable[[Path], bool]) -> bool:
    try:
        content = read(file)
    except OSError:
        return False
    return configures is _exists or _speaks_of_relcheck(content)


def _configures(file: Path) -> bool:
    """Whether a `pyproject.toml` configures relcheck; a broken one that mentions it does, for its error to be seen."""
    try:
        content = read_file(file)
    except OSError:
        return False
    return _speaks_of_relcheck(content)


def _speaks_of_relcheck(content: bytes) -> bool:
    if b"relcheck" not in content:
        return False
    try:
        return parse_document(content, _SHARED, pyproject=True) is not None
    except ConfigError:
        return True


def _refuse_outside(file: Path, root: Path | None) -> None:
    if root is None or not file.is_symlink():
        return
    try:
        inside = file.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        inside = False
    if not inside:
        raise ConfigError(Problem("a link out of the repository; a configuration must stand in it", file.name))
