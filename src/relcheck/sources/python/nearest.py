"""Modules by their dotted names, where nothing is known of what else the project imports: the file is meant whose path
ends so, and of several the one that is nearest to the importer."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class NearestModules:
    """The modules of a project. `read` gives the content of a file."""

    def __init__(self, paths: Iterable[str], read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._by_last: dict[str, list[str]] = {}
        for path in paths:
            if path.endswith(".py"):
                stem = path.removesuffix(".py").removesuffix("/__init__")
                self._by_last.setdefault(stem.rpartition("/")[2], []).append(path)

    def resolver(self, importer: str) -> Callable[[str], str | None]:
        """What `resolve` of a reader is to be, for a file of the project."""

        def resolve(name: str) -> str | None:
            path = self.path(name, importer)
            data = self._read(path) if path is not None else None
            return data.decode("utf-8", "replace") if data is not None else None

        return resolve

    def path(self, name: str, importer: str) -> str | None:
        """The file of a module; a leading dot is the importer's folder, as in Python."""
        level = len(name) - len(name.lstrip("."))
        wanted = name.lstrip(".").replace(".", "/")
        if level:
            folders = importer.split("/")[:-level]
            wanted = "/".join((*folders, wanted)) if wanted else "/".join(folders)
        ends = (f"{wanted}.py", f"{wanted}/__init__.py")
        found = [
            path
            for path in self._by_last.get(wanted.rpartition("/")[2], ())
            if path in ends or (not level and path.endswith(tuple(f"/{end}" for end in ends)))
        ]
        return max(found, key=lambda path: (_shared(path, importer), -len(path), path), default=None)


def _shared(one: str, other: str) -> int:
    """How many leading folders two paths have in common."""
    count = 0
    for left, right in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if left != right:
            break
        count += 1
    return count
