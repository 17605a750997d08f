"""Which file an import leads to.

For TypeScript and JavaScript: relative paths with the endings left out, `index` files, `baseUrl` and `paths` of the
nearest `tsconfig.json` or `jsconfig.json` above the importer (with `extends` by relative path), and packages of the
repository by the `name` in their `package.json`. For Go: packages below the `module` of `go.mod`. For Python:
`sources.python.modules`.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from relcheck.sources.python.modules import Modules

_ENDINGS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
"""Imports in TypeScript name the file that will be made of one."""

_CONFIGURATIONS = ("tsconfig.json", "jsconfig.json")
_GO_MODULE = re.compile(r"^\s*module\s+\"?([^\s\"]+)", re.MULTILINE)

_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/')
_LAST_COMMAS = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])')


class Found(msgspec.Struct, frozen=True):
    """What an import leads to: a file of the project (for Go any file of the package), or a name outside. `of` is what
    is taken from the file. `missing` says that it should be in the project and is not."""

    path: str | None = None
    outside: str = ""
    of: str | None = None
    missing: bool = False


class Aliases(msgspec.Struct, frozen=True):
    """What a `tsconfig.json` says of names: patterns with the places that they stand for, and where bare ones are."""

    paths: tuple[tuple[str, tuple[str, ...]], ...] = ()
    base: str | None = None


class Resolver:
    """`paths` are all files of the project, `read` gives the bytes of one (None where there are none), `roots` are
    Python's, import name to folder."""

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes | None],
        roots: Mapping[str, str] | None = None,
        *,
        base: str = "",
    ) -> None:
        self._paths = frozenset(paths)
        self._read = read
        self._roots = roots
        self._base = base
        self._aliases: dict[str, Aliases] = {}

    def resolve(self, path: str, language: str, module: str, taken: str | None) -> Found:
        """What `taken` of `module` is, in a file."""
        if language == "python":
            return self._python(path, module, taken)
        if language == "go":
            return self._go(path, module, taken)
        return self._script(path, module, taken)

    # ----------------------------------------------------------------- Python

    @cached_property
    def modules(self) -> Modules:
        return Modules(self._paths, self._roots, base=self._base)

    def _python(self, path: str, module: str, taken: str | None) -> Found:
        target = self.modules.resolve(path, module, taken if taken != "*" else None)
        if target is None:
            return Found(missing=True)
        if not target.inside:
            return self._above(path, module, taken) or Found(outside=target.module)
        file = self.modules.path_of.get(target.module)
        if file is None:
            return Found(missing=True) if not target.known else Found(f"{target.module}/", of=target.of)
        return Found(file, of=target.of, missing=not target.known)

    def _above(self, path: str, module: str, taken: str | None) -> Found | None:
        """A module by its place below a folder above the importer: names may begin at a folder that nothing marks."""
        if module.startswith(".") or ("." not in module and module in sys.stdlib_module_names):
            return None
        folder = posixpath.dirname(path)
        below = module.replace(".", "/")
        while True:
            start = posixpath.join(folder, below)
            if taken is not None and f"{start}/{taken}.py" in self._paths:
                return Found(f"{start}/{taken}.py")
            for file in (f"{start}.py", f"{start}/__init__.py"):
                if file in self._paths:
                    return Found(file, of=taken if taken != "*" else None)
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def submodule(self, path: str, name: str) -> str | None:
        """The file of a module below a package, which is given by its `__init__.py` or by its name and `/`."""
        package = path[:-1] if path.endswith("/") else self.modules.name_of.get(path)
        found = self.modules.path_of.get(f"{package}.{name}") if package is not None else None
        beside = f"{posixpath.dirname(path)}/{name}.py"
        return found or (beside if path.endswith("__init__.py") and beside in self._paths else None)

    # ----------------------------------------------------------------- script

    def _script(self, path: str, module: str, taken: str | None) -> Found:
        folder = posixpath.dirname(path)
        if module.startswith(("./", "../")) or module in (".", ".."):
            file = self._file(posixpath.normpath(posixpath.join(folder, module)))
            return (
                Found(file, of=taken)
                if file is not None
                else Found(missing=not module.endswith(_ASSETS), outside=module)
            )
        for candidate in self._candidates(folder, module):
            file = self._file(candidate)
            if file is not None:
                return Found(file, of=taken)
        package = self._package(module)
        if package is not None:
            return Found(package, of=taken)
        name = module if taken in (None, "default") else f"{module}.{taken}"
        return Found(outside=name)

    def _candidates(self, folder: str, module: str) -> Iterator[str]:
        aliases = self._aliases_of(folder)
        best = sorted(aliases.paths, key=lambda one: -len(one[0].partition("*")[0]))
        for pattern, places in best:
            before, star, after = pattern.partition("*")
            if (module == pattern) if not star else module.startswith(before) and module.endswith(after):
                middle = module[len(before) : len(module) - len(after)] if star else ""
                yield from (posixpath.normpath(place.replace("*", middle, 1)) for place in places)
        if aliases.base is not None:
            yield posixpath.normpath(posixpath.join(aliases.base, module))

    def _file(self, wanted: str) -> str | None:
        if wanted.startswith("../") or wanted == "..":
            return None
        stem, ending = posixpath.splitext(wanted)
        tries = [wanted] if ending else []
        tries += [stem + other for other in _WRITTEN_AS.get(ending, ())]
        tries += [wanted + other for other in _ENDINGS]
        tries += [posixpath.join(wanted, "index" + other).removeprefix("./") for other in _ENDINGS]
        return next((one for one in tries if one in self._paths), None)

    def _aliases_of(self, folder: str) -> Aliases:
        if folder not in self._aliases:
            own = [posixpath.join(folder, name) for name in _CONFIGURATIONS]
            file = next((one for one in own if one in self._paths), None)
            if file is not None:
                self._aliases[folder] = self._configured(file)
            else:
                self._aliases[folder] = self._aliases_of(posixpath.dirname(folder)) if folder else Aliases()
        return self._aliases[folder]

    def _configured(self, file: str, depth: int = 0) -> Aliases:
        said = _jsonc(self._read(file))
        options = said.get("compilerOptions")
        options = options if isinstance(options, dict) else {}
        folder = posixpath.dirname(file)
        extended = said.get("extends")
        inherited = Aliases()
        for one in [extended] if isinstance(extended, str) else extended if isinstance(extended, list) else []:
            if isinstance(one, str) and one.startswith(".") and depth < 8:
                wanted = posixpath.normpath(posixpath.join(folder, one))
                found = next((name for name in (wanted, f"{wanted}.json") if name in self._paths), None)
                inherited = self._configured(found, depth + 1) if found is not None else inherited
        base = options.get("baseUrl")
        root = posixpath.normpath(posixpath.join(folder, base)) if isinstance(base, str) else None
        paths = options.get("paths")
        if not isinstance(paths, dict):
            return Aliases(inherited.paths, root if root is not None else inherited.base)
        read = tuple(
            (pattern, tuple(posixpath.join(root or folder, place) for place in places if isinstance(place, str)))
            for pattern, places in paths.items()
            if isinstance(places, list)
        )
        return Aliases(read, root if root is not None else inherited.base)

    @cached_property
    def _packages(self) -> Mapping[str, str]:
        """Packages of the repository by name, where it has several."""
        files = [path for path in self._paths if posixpath.basename(path) == "package.json" and path.count("/") <= 3]
        if len(files) < 2 or len(files) > 200:
            return {}
        names = {path: _jsonc(self._read(path)).get("name") for path in sorted(files)}
        return {name: posixpath.dirname(path) for path, name in names.items() if isinstance(name, str) and name}

    def _package(self, module: str) -> str | None:
        parts = module.split("/")
        name = "/".join(parts[:2]) if module.startswith("@") else parts[0]
        folder = self._packages.get(name)
        if folder is None:
            return None
        rest = module[len(name) :].strip("/")
        tries = [f"{folder}/src/{rest or 'index'}", f"{folder}/{rest or 'index'}", f"{folder}/lib/{rest or 'index'}"]
        return next((file for one in tries if (file := self._file(posixpath.normpath(one))) is not None), None)

    # --------------------------------------------------------------------- Go

    def _go(self, path: str, module: str, taken: str | None) -> Found:
        root = self._go_root(posixpath.dirname(path))
        if root is not None:
            folder, name = root
            if module == name or module.startswith(f"{name}/"):
                below = posixpath.normpath(posixpath.join(folder, module[len(name) :].strip("/")))
                files = self.go_package(below if below != "." else "")
                return Found(files[0], of=taken) if files else Found(missing=True)
        return Found(outside=module)

    def _go_root(self, folder: str) -> tuple[str, str] | None:
        """The folder of the nearest `go.mod` above, and the module's path."""
        while True:
            file = posixpath.join(folder, "go.mod")
            if file in self._paths:
                text = (self._read(file) or b"").decode("utf-8", "replace")
                found = _GO_MODULE.search(text)
                return (folder, found[1]) if found is not None else None
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def go_package(self, folder: str) -> tuple[str, ...]:
        """The files of a package of Go, tests left out."""
        return self._go_folders.get(folder, ())

    @cached_property
    def _go_folders(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            if path.endswith(".go") and not path.endswith("_test.go"):
                found.setdefault(posixpath.dirname(path), []).append(path)
        return {folder: tuple(files) for folder, files in found.items()}


_ASSETS = (".css", ".scss", ".less", ".svg", ".png", ".json", ".graphql", ".txt", ".md")


def _jsonc(data: bytes | None) -> dict[str, object]:
    """JSON with comments and commas at ends, as `tsconfig.json` has them; empty where it is something else."""
    text = (data or b"").decode("utf-8-sig", "replace")
    if len(text) > 200_000:
        return {}
    text = _COMMENTS.sub(lambda match: match[1] or " ", text)
    text = _LAST_COMMAS.sub(lambda match: match[1] or "", text)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
