"""The code of a project, read as far as rules ask what it does. What was read is kept by content between runs."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from relcheck.sources.stubs.code import Code
from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.linked import Linked
from relcheck.sources.stubs.outline import Outline, outline

if TYPE_CHECKING:
    from relcheck.engine.kept import Kept
    from relcheck.engine.project import ProjectView

Read = TypeVar("Read", Code, Outline)


def linked(project: ProjectView, kept: Kept) -> Linked:
    """The code of the project, linked on demand."""
    prefix = project.scopes.prefix
    roots = {
        name: f"{prefix}{folder}" if folder != "." else prefix[:-1] for name, folder in project.config.roots.items()
    }

    def code(path: str) -> Code:
        data = project.read(path)
        return _code(kept, path, data) if data is not None else Code("", problem=_NOTHING)

    def outlined(path: str) -> Outline:
        data = project.read(path)
        return _outline(kept, path, data) if data is not None else Outline("", problem=_NOTHING)

    return Linked(project.paths, code, project.read, roots, base=prefix.rstrip("/"), outline=outlined)


def _code(kept: Kept, path: str, data: bytes) -> Code:
    """What a file holds. Only the ending of its name and the content matter."""
    return _known(kept, "code", path, data, Code, lambda: collect(path, data))


def _outline(kept: Kept, path: str, data: bytes) -> Outline:
    """Who a file takes from and what it uses."""
    return _known(kept, "outline", path, data, Outline, lambda: outline(_code(kept, path, data)))


def _known(kept: Kept, what: str, path: str, data: bytes, kind: type[Read], read: Callable[[], Read]) -> Read:
    if not kept.keeps:
        return read()
    key = (what + posixpath.splitext(path)[1].lower(), hashlib.sha256(data).hexdigest())
    known = kept.known(key, kind)
    if known is not None:
        return known
    found = read()
    if found.language and found.problem is None:
        kept.add(key, found)
    return found


_NOTHING = "it could not be read, or is no file of the project"
