"""Names of modules, told from paths alone: nothing is imported and nothing need be installed.

Where a name begins is configured (`roots`), or guessed: above the outermost folder with an `__init__.py`, unless what
the project imports shows that a folder further up is part of the names; at a folder `src`; else at the nearest folder
with a `pyproject.toml`, `setup.py` or `setup.cfg`, or one that holds packages; else at the top. Folders without
`__init__.py` are packages too.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg")
_SUFFIXES = (".py", ".pyi")


class Target(msgspec.Struct, frozen=True):
    """What an import leads to. `module` is a module of the project, or the whole dotted name of something else.

    `inside` is true for the project's own; `known` is false for one of these that has no file. `of` is the name that
    is taken from the module, None where the module itself is imported.
    """

    module: str
    inside: bool
    known: bool = True
    of: str | None = None

    @property
    def stdlib(self) -> bool:
        return not self.inside and self.module.partition(".")[0] in sys.stdlib_module_names


class Modules:
    """The modules of a project. `roots` is import name to folder, `paths` are all files, of whatever kind, `imported`
    the dotted names that its files import, `base` the folder of the configuration."""

    def __init__(
        self,
        paths: Iterable[str],
        roots: Mapping[str, str] | None = None,
        imported: Iterable[str] = (),
        *,
        base: str = "",
    ) -> None:
        listed = list(paths)
        self._python = sorted(path for path in listed if path.endswith(_SUFFIXES))
        self._packages = {_folder(path) for path in self._python if _stem(path) == "__init__"}
        self._marked = {_folder(path) for path in listed if path.endswith(_MARKERS) and _name(path) in _MARKERS}
        self._marked |= {base} - {""}
        self._configured = sorted((roots or {}).items(), key=lambda one: -len(one[1]))
        self._roots: dict[str, tuple[str, str]] = {}
        beginnings = {".".join(name.split(".", 2)[:2]) for name in set(imported)}
        self._named = {name.partition(".")[0] for name in beginnings if "." in name}
        self._beginnings = beginnings
        self._holding = {self._above(folder) for folder in self._packages}
        self.name_of: dict[str, str] = {}
        """Path to name."""
        self.path_of: dict[str, str] = {}
        """Name to path; folders without `__init__.py` have none."""
        self.names: set[str] = set()
        """Every module and package."""
        self._folders: dict[str, str] = {}
        self._plain: dict[str, list[tuple[str, str]]] = {}
        self._name_all()
        self._unambiguous = all(len(found) == 1 for found in self._plain.values())
        self._absolutes: dict[str, dict[tuple[str, str | None], Target]] = {}
        self._root_of = {path: self._root(_folder(path))[0] for path in self._python}

    def resolve(self, path: str, module: str, name: str | None) -> Target | None:
        """What `from module import name` (`import module`, where the name is None) in a file leads to; None for a
        relative import that leaves the project. Dots in front of the module count as Python counts them."""
        if module.startswith("."):
            base = self._relative(path, module)
            return self._taken(base, name) if base is not None else None
        known = self.resolved(path)
        found = known.get((module, name))
        if found is None:
            found = self._taken(self._absolute(path, module, self._root_for(path)), name)
            if self._unambiguous:  # else it depends on the importer
                known[module, name] = found
        return found

    def resolved(self, path: str) -> dict[tuple[str, str | None], Target]:
        """What `resolve` has found for absolute imports, as far as it holds for a file, by module and name."""
        return self._absolutes.setdefault(self._root_for(path), {})

    def _root_for(self, path: str) -> str:
        root = self._root_of.get(path)
        return root if root is not None else self._root(_folder(path))[0]

    def _taken(self, base: Target, name: str | None) -> Target:
        """What a name leads to that is taken from a module."""
        if name is None:
            return base
        if not base.inside:
            return msgspec.structs.replace(base, module=f"{base.module}.{name}" if name != "*" else base.module)
        below = f"{base.module}.{name}"
        if below in self.names:
            return Target(below, inside=True)
        return msgspec.structs.replace(base, of=name)

    def is_package(self, name: str) -> bool:
        """Whether a module is a package, so that others can be below it."""
        path = self.path_of.get(name)
        return path is None or _stem(path) == "__init__"

    def _relative(self, path: str, module: str) -> Target | None:
        rest = module.lstrip(".")
        folder = _folder(path)
        for _ in range(len(module) - len(rest) - 1):
            if not folder:
                return None
            folder = _folder(folder)
        if not rest:
            known = self._folders.get(folder)
            return Target(known, inside=True) if known else None
        below = f"{folder}/{rest.replace('.', '/')}" if folder else rest.replace(".", "/")
        for file in (f"{below}/__init__.py", f"{below}.py", f"{below}/__init__.pyi", f"{below}.pyi"):
            if file in self.name_of:
                return Target(self.name_of[file], inside=True)
        if below in self._folders:
            return Target(self._folders[below], inside=True)
        known = self._folders.get(folder)
        return Target(f"{known}.{rest}" if known else rest, inside=True, known=False)

    def _absolute(self, path: str, module: str, root: str) -> Target:
        top = module.partition(".")[0]
        if (found := self._choose(module, path, root)) is not None:
            return Target(found, inside=True)
        if top in sys.stdlib_module_names:
            return Target(module, inside=False)
        parts = module.split(".")
        for length in range(len(parts) - 1, 0, -1):
            above = self._choose(".".join(parts[:length]), path, root)
            if above is not None:
                return Target(".".join([above, *parts[length:]]), inside=True, known=False)
        return Target(module, inside=False)

    def _choose(self, plain: str, path: str, root: str) -> str | None:
        """Of several modules of a name the one that is nearest to the importer."""
        found = self._plain.get(plain)
        if not found:
            return None
        if plain.partition(".")[0] in sys.stdlib_module_names:
            # Only a file that is started from that folder gets it in place of the standard library's.
            return next((name for place, name in found if place in (root, "")), None)
        if len(found) == 1:
            return found[0][1]
        return min(found, key=lambda one: (one[0] != root, -len(posixpath.commonprefix([path, one[0]])), one[0]))[1]

    def _name_all(self) -> None:
        placed: dict[str, tuple[str, str]] = {}
        by_name: dict[str, set[str]] = {}
        for path in self._python:
            folder = _folder(path)
            root, prefix = self._root(folder)
            inner = path[len(root) + 1 :] if root else path
            parts = inner.split("/")
            parts[-1] = _stem(parts[-1])
            if parts[-1] == "__init__":
                parts.pop()
            plain = ".".join([*(prefix.split(".") if prefix else ()), *parts])
            if not plain:
                continue
            placed[path] = (root, plain)
            by_name.setdefault(plain, set()).add(root)
        twice = {plain.partition(".")[0] for plain, roots in by_name.items() if len(roots) > 1}
        twice |= sys.stdlib_module_names  # `tools/json.py` is another module than `json`
        for path, (root, plain) in placed.items():
            name = f"{root.replace('/', '.')}.{plain}" if root and plain.partition(".")[0] in twice else plain
            self._add(path, root, plain, name)

    def _add(self, path: str, root: str, plain: str, name: str) -> None:
        self.name_of[path] = name
        known = self.path_of.get(name)
        if known is None or _rank(path) < _rank(known):
            self.path_of[name] = path
        folder, inner, dotted = _folder(path), plain, name
        if _stem(path) != "__init__":
            self._know(root, inner, dotted)
            inner, dotted = inner.rpartition(".")[0], dotted.rpartition(".")[0]
        while inner:
            is_new = self._know(root, inner, dotted)
            if self._folders.setdefault(folder, dotted) == dotted and not is_new:
                break  # and so are those above
            folder = _folder(folder)
            inner, dotted = inner.rpartition(".")[0], dotted.rpartition(".")[0]

    def _know(self, root: str, plain: str, name: str) -> bool:
        """Whether that was new."""
        self.names.add(name)
        entries = self._plain.setdefault(plain, [])
        if (root, name) in entries:
            return False
        entries.append((root, name))
        return True

    def _root(self, folder: str) -> tuple[str, str]:
        """The folder in which names begin, and what stands before them, for the files of a folder."""
        if folder not in self._roots:
            self._roots[folder] = self._find_root(folder)
        return self._roots[folder]

    def _find_root(self, folder: str) -> tuple[str, str]:
        for name, place in self._configured:
            if place == "." or folder == place or folder.startswith(f"{place}/"):
                return ("" if place == "." else place), name
        top = self._above(folder)
        parts = top.split("/") if top else []
        for length in range(len(parts), 0, -1):
            if parts[length - 1] == "src":
                return "/".join(parts[:length]), ""
        if folder in self._packages or top != folder:
            return top, ""
        for length in range(len(parts), 0, -1):
            above = "/".join(parts[:length])
            if above in self._marked or above in self._holding:
                return above, ""
        return "", ""

    def _above(self, folder: str) -> str:
        """The first folder upwards that is no package."""
        while folder and (folder in self._packages or self._is_named(folder)):
            folder = _folder(folder)
        return folder

    @cached_property
    def _children(self) -> Mapping[str, set[str]]:
        return _children(self._python)

    def _is_named(self, folder: str) -> bool:
        """Whether the project imports something of a folder without `__init__.py` by the folder's name."""
        name = posixpath.basename(folder)
        if name not in self._named or folder in self._marked or name in sys.stdlib_module_names:
            return False
        return any(f"{name}.{child}" in self._beginnings for child in self._children.get(folder, ()))


def _children(paths: Iterable[str]) -> dict[str, set[str]]:
    """The names below each folder: of modules, and of folders that hold any."""
    found: dict[str, set[str]] = {}
    for path in paths:
        below, folder = _stem(path), _folder(path)
        while below not in found.setdefault(folder, set()):
            found[folder].add(below)
            below, folder = posixpath.basename(folder), _folder(folder)
            if not below:
                break
    return found


def _folder(path: str) -> str:
    """What `posixpath.dirname` gives for a path of the project, at a third of the time: it is asked for every file."""
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    """The name of a file without its ending."""
    name = _name(path)
    stem = name.rpartition(".")[0]
    return stem if stem.strip(".") else name


def _rank(path: str) -> tuple[bool, bool]:
    """Of two files of one name a package goes before a module, source before a stub."""
    return path.endswith(".pyi"), _stem(path) != "__init__"
