"""The files that make up one configuration: the project's own, and what it extends."""

from __future__ import annotations

import os.path
import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, structs

from relcheck import __version__
from relcheck.config.checks import base_flaw
from relcheck.config.document import Document, parse_document, read_file
from relcheck.config.errors import ConfigError, Problem
from relcheck.config.spelling import Keys
from relcheck.config.suggest import hint, listed

Read: TypeAlias = Callable[[Path], bytes]

_PRESETS = Path(__file__).parent / "presets"
_MAX_DOCUMENTS = 64
_EXTENDS: Keys = ("relcheck", "extends")


class _Source(Struct, frozen=True):
    """A file to read. Files that it extends are named from its own folder and stand below `root`; None: it names none.

    `links` is whether links are followed, so that a file may stand elsewhere than its path says.
    """

    shown: str
    path: Path
    root: Path | None
    shown_folder: str
    read: Read
    links: bool

    @property
    def pyproject(self) -> bool:
        return self.path.name == "pyproject.toml"

    def beside(self, relative: str) -> _Source | None:
        """A file named from this one; None where it is outside of the root."""
        path = Path(os.path.normpath(self.path.parent / relative))
        if self.root is None or not path.is_relative_to(self.root):
            return None
        if self.links and not _really_inside(path, self.root):
            return None
        shown = posixpath.normpath(posixpath.join(self.shown_folder, relative))
        return structs.replace(self, shown=shown, path=path, shown_folder=posixpath.dirname(shown))


class Documents:
    """The files of a configuration as they are read: `found` has the weakest first, `problems` say what is missing."""

    def __init__(self) -> None:
        self.found: list[Document] = []
        self.problems: list[Problem] = []
        self._seen = 0

    def add(self, source: _Source, document: Document, chain: tuple[_Source, ...] = ()) -> None:
        """Add a document, what it extends before it."""
        _require_version(document)
        chain = (*chain, source)
        for index, name in enumerate(_named(document)):
            keys = (*_EXTENDS, index)
            try:
                self._add_base(name, chain)
            except _UnusableError as error:
                self.problems.append(document.problem(keys, str(error)))
            except ConfigError as error:
                self.problems.extend(error.problems)
        self.found.append(document)

    def _add_base(self, name: str, chain: tuple[_Source, ...]) -> None:
        self._seen += 1
        if self._seen > _MAX_DOCUMENTS:
            raise _UnusableError(f"more than {_MAX_DOCUMENTS} configurations are extended")
        source = _source(name, chain[-1])
        if source.path in (other.path for other in chain):
            way = " extends ".join(f"`{other.shown}`" for other in (*chain, source))
            raise _UnusableError(f"a circle: {way}")
        self.add(source, _read(source, name), chain)


class _UnusableError(Exception):
    """What `extends` names cannot be had."""


def read_documents(file: Path, shown: str, *, root: Path | None, read: Read | None) -> Documents:
    """Read a configuration and what it extends.

    Files are looked for below `root` (None: the folder of `file`). `read` stands for reading from the disk. ConfigError
    where the file itself cannot be read or is written for another relcheck.
    """
    path = _absolute(file)
    limit = _absolute(root) if root is not None else path.parent
    source = _Source(shown, path, limit, posixpath.dirname(shown), read or read_file, links=read is None)
    documents = Documents()
    try:
        document = _read(source, None)
    except _UnusableError as error:
        raise ConfigError(Problem(str(error), shown)) from None
    documents.add(source, document)
    return documents


def _absolute(path: Path) -> Path:
    """Without `.` and `..`, links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links


def _read(source: _Source, name: str | None) -> Document:
    said = f"`{name}` " if name is not None else ""
    try:
        content = source.read(source.path)
    except OSError as error:
        raise _UnusableError(f"{said}cannot be read: {error.strerror or error}") from None
    document = parse_document(content, source.shown, pyproject=source.pyproject)
    if document is None:
        raise _UnusableError(f"{said}has no [tool.relcheck]")
    return document


def _named(document: Document) -> tuple[str, ...]:
    """What a document extends, as far as it says so in a usable way; the rest is told when its values are checked."""
    settings = document.tables.get("relcheck")
    entries = settings.get("extends") if isinstance(settings, dict) else None
    if not isinstance(entries, list):
        return ()
    if any(not isinstance(entry, str) or base_flaw(entry) for entry in entries):
        return ()
    return tuple(entries)


def _source(name: str, extending: _Source) -> _Source:
    kind, _, rest = name.partition(":")
    if kind == "preset":
        return _preset(rest)
    if kind == "package":
        return _package(rest)
    if extending.root is None:
        raise _UnusableError("a preset cannot extend a file")
    source = extending.beside(name)
    if source is None:
        where = "package" if extending.shown.startswith("package:") else "repository"
        raise _UnusableError(f"`{name}` is outside of the {where}")
    return source


def _preset(name: str) -> _Source:
    known = preset_names()
    if name not in known:
        raise _UnusableError(f"unknown preset `{name}`{hint(name, known, f'known are {listed(known)}')}")
    return _Source(f"preset:{name}", _PRESETS / f"{name}.toml", None, "", read_file, links=True)


def preset_names() -> tuple[str, ...]:
    """The presets that relcheck ships."""
    return tuple(sorted(file.stem for file in _PRESETS.glob("*.toml")))


def _package(rest: str) -> _Source:
    """A file of an installed package: `relcheck.toml` or the named one. Found without running any of the package."""
    package, _, stem = rest.partition("/")
    name = f"{stem or 'relcheck'}.toml"
    for folder in _package_folders(package):
        if (folder / name).is_file():
            return _Source(f"package:{rest}", folder / name, folder, f"package:{package}", read_file, links=True)
    raise _UnusableError(f"the package `{package}` is not installed here or holds no `{name}`")


def _package_folders(package: str) -> tuple[Path, ...]:
    from importlib.util import find_spec  # late: few configurations extend a package

    try:
        spec = find_spec(package)
    except (ImportError, ValueError):  # a module without a specification, such as __main__
        return ()
    locations = spec.submodule_search_locations if spec is not None else None
    return tuple(Path(location) for location in locations or ())


def _really_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def _require_version(document: Document) -> None:
    """Before anything else is judged: another version may know other keys."""
    settings = document.tables.get("relcheck")
    required = settings.get("required_version") if isinstance(settings, dict) else None
    if not isinstance(required, str):
        return
    from relcheck.config.version import parse_specifier

    try:
        clauses = parse_specifier(required)
    except ValueError:
        return  # told when its value is checked
    if not all(clause.allows(__version__) for clause in clauses):
        message = (
            f"this is relcheck {__version__}, and the configuration is written for `{required}`; install such a version"
        )
        raise ConfigError(document.problem(("relcheck", "required_version"), message))
