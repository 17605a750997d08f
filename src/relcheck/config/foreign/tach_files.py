"""What tach reads beside `tach.toml`: `tach.domain.toml` in the folders of modules, and `# tach-ignore` in the code."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import tomli

from relcheck.config.document import MAX_BYTES
from relcheck.config.foreign.carried import Carried, Table, tables, texts
from relcheck.config.spelling import visible

DOMAIN = "tach.domain.toml"
_ROOT = "<domain_root>"
_PROJECT_ROOT = "<root>"
_IGNORE = re.compile(r"#[ \t]*tach-ignore(?:\((?P<reason>[^)]*)\))?(?P<names>(?:[ \t]+[\w.]+)*)[ \t]*$", re.MULTILINE)
_NO_SOURCE = {"__pycache__", "node_modules", "site-packages"}
_MOST_FILES = 50_000
_SHOWN = 20
"""Comments that are told one by one."""


def with_domains(section: Table, folder: Path, carried: Carried) -> Table:
    """The configuration of a project with the modules and interfaces of its domains, whose names are whole then. What
    cannot be read is lost in `carried`."""
    roots = texts(section.get("source_roots")) or ["."]
    modules, interfaces = list(tables(section.get("modules"))), list(tables(section.get("interfaces")))
    for path in _files(folder, DOMAIN):
        shown = visible(path.relative_to(folder).as_posix())
        try:
            table = tomli.loads(_text(path))
        except (OSError, ValueError, RecursionError) as error:
            carried.lose(shown, f"left out: it cannot be read ({' '.join(str(error).split())})")
            continue
        domain = _dotted(path.parent.relative_to(folder), roots)
        if domain is None:
            carried.lose(shown, "left out: it lies in no source root, so its names cannot be told")
            continue
        own = _Domain(domain)
        found = list(own.modules(table))
        modules += found
        interfaces += own.interfaces(table, [path for one in found for path in texts(one["paths"])])
    return {**section, "modules": modules, "interfaces": interfaces} if modules or interfaces else section


def tell_ignores(folder: Path, carried: Carried) -> None:
    """Name the comments that except an import from tach: which contract they are about only a scan can tell."""
    places = []
    for path in _files(folder, ".py"):
        try:
            text = _text(path)
        except (OSError, ValueError):
            continue
        for found in _IGNORE.finditer(text) if "tach-ignore" in text else ():
            line = text.count("\n", 0, found.start()) + 1
            reason = f" ({found['reason'].strip()})" if found["reason"] else ""
            places.append(f"{visible(path.relative_to(folder).as_posix())}:{line}{visible(reason)}")
    if not places:
        return
    shown = ", ".join(places[:_SHOWN]) + (f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else "")
    number = "a comment" if len(places) == 1 else f"{len(places)} comments"
    carried.lose(
        "tach-ignore",
        f"{number} not carried over: {shown}. Where a scan then reports the import below, "
        '`relcheck waive PATH:LINE --reason "…"` writes the exception, with the reason that was given',
    )


class _Domain:
    """The names of one domain: relative ones are below it, `//` begins a whole one."""

    def __init__(self, name: str) -> None:
        self.name = name

    def modules(self, table: Table) -> Iterator[Table]:
        root = table.get("root")
        if isinstance(root, dict):
            yield self._resolved({**root, "path": _ROOT})
        for said in tables(table.get("modules")):
            yield self._resolved(said)

    def interfaces(self, table: Table, own: list[str]) -> Iterator[Table]:
        """Without `from` an interface is that of every module of the domain."""
        for said in tables(table.get("interfaces")):
            modules = [self.whole(one) for one in texts(said.get("from"))] or own
            visibility = {"visibility": self._names(said["visibility"])} if "visibility" in said else {}
            yield {**said, "from": modules, **visibility}

    def _resolved(self, said: Table) -> Table:
        paths = [self.whole(one) for one in texts(said.get("path")) + texts(said.get("paths"))]
        found = {key: value for key, value in said.items() if key not in ("path", "paths")}
        for key in ("depends_on", "cannot_depend_on", "visibility"):
            if key in found:
                found[key] = self._names(found[key])
        return {**found, "paths": paths}

    def _names(self, said: object) -> object:
        if not isinstance(said, list):
            return said
        return [
            {**one, "path": self.whole(one["path"])}
            if isinstance(one, dict) and isinstance(one.get("path"), str)
            else self.whole(one)
            if isinstance(one, str) and one != "*"
            else one
            for one in said
        ]

    def whole(self, name: str) -> str:
        if name.startswith("//"):
            return name[2:]
        if name in (_ROOT, ""):
            return self.name
        return name if name == _PROJECT_ROOT or not self.name else f"{self.name}.{name}"


def _dotted(folder: Path, roots: list[str]) -> str | None:
    """The name of the package that a folder is, by the source root that is nearest above it."""
    inner = None
    for root in sorted(roots, key=len):
        place = PurePosixPath(os.path.normpath(root))
        if folder.is_relative_to(place):
            inner = folder.relative_to(place)
    return ".".join(inner.parts) if inner is not None else None


def _files(folder: Path, ending: str) -> Iterator[Path]:
    """The files below a folder whose names end so, sorted. Links are not followed."""
    seen = 0
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if one not in _NO_SOURCE and not one.startswith("."))
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        for name in sorted(files):
            seen += 1
            if seen > _MOST_FILES:
                return
            path = Path(place, name)
            if name.endswith(ending) and not path.is_symlink():
                yield path


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
    return content.decode("utf-8-sig")
