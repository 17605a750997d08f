"""The distributions that a project declares: in `pyproject.toml`, and in files of requirements.

Read are `[project]` with its optional dependencies, `[dependency-groups]`, the tables of Poetry, and the lists of
development dependencies of PDM and uv. Sources: PEP 508 (requirements), PEP 621 ([project]), PEP 735 (groups), and
pip's reference of its requirements file format.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from relcheck.model.finding import Region

_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@(].*)?", re.DOTALL
)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_WHEEL = re.compile(r"(?:.*/)?([A-Za-z0-9][A-Za-z0-9_.]*)-[0-9][^/]*\.whl(?:[#?].*)?")
_INCLUDE = re.compile(r"(?:-r|--requirement)[ \t=]*(?P<file>\S+)")
_REMARK = re.compile(r"(?:^|[ \t])#.*")
_HASH = re.compile(r"[ \t]+--(?:hash|config-settings?|global-option)[ \t=].*")
_MOST_FILES = 50
"""Files of requirements that may include each other."""

BUILD = "build-system"
"""The group of what a build needs."""


class Requirement(msgspec.Struct, frozen=True):
    """A distribution that is declared. `name` is normalised, `said` as it is written; `group` is empty for what is
    always installed, `extra` says that it is an extra of the distribution, which users may install."""

    name: str
    said: str
    path: str
    region: Region
    group: str = ""
    extra: bool = False


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a manifest, and where. `unknown` says that what it declares is therefore not known."""

    message: str
    path: str
    region: Region
    unknown: bool = False


class Manifests(msgspec.Struct, frozen=True):
    """What several manifests declare together. `own` are the normalised names of the projects themselves."""

    requirements: list[Requirement] = []
    faults: list[Fault] = []
    own: set[str] = set()

    @property
    def known(self) -> bool:
        return not any(fault.unknown for fault in self.faults)


def normalised(name: str) -> str:
    """The name of a distribution as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_manifests(paths: Iterable[str], read: Callable[[str], bytes | None]) -> Manifests:
    """What these files declare, with the files of requirements that they name. `read` gives the content of a file of
    the project."""
    manifests = Manifests(own=set())
    pending = [(path, "") for path in paths]
    seen: set[str] = set()
    while pending and len(seen) < _MOST_FILES:
        path, group = pending.pop(0)
        if path in seen:
            continue
        seen.add(path)
        data = read(path)
        if data is None:
            manifests.faults.append(Fault("it cannot be read", path, _FIRST, unknown=True))
            continue
        text = data.decode("utf-8-sig", "replace")
        reader = _Pyproject if path.endswith(".toml") else _Requirements
        one = reader(path, text, group)
        one.read()
        manifests.requirements.extend(one.requirements)
        manifests.faults.extend(one.faults)
        manifests.own.update(one.own)
        pending.extend(one.more)
    return manifests


_FIRST = Region(1, 1, 1, 1)


class _Manifest:
    def __init__(self, path: str, text: str, group: str) -> None:
        self.path = path
        self.group = group
        self.lines = text.splitlines() or [""]
        self.text = text
        self.requirements: list[Requirement] = []
        self.faults: list[Fault] = []
        self.own: set[str] = set()
        self.more: list[tuple[str, str]] = []

    def fault(self, message: str, region: Region = _FIRST, *, unknown: bool = False) -> None:
        self.faults.append(Fault(message, self.path, region, unknown))

    def add(self, said: str, region: Region, group: str, *, extra: bool = False) -> None:
        found = _REQUIREMENT.fullmatch(said)
        if found is None:
            self.fault(
                f"{_shown(said)} is no requirement such as `name>=1.0`, so what it declares is not known", region
            )
            return
        name = found["name"]
        self.requirements.append(Requirement(normalised(name), name, self.path, region, group, extra))

    def include(self, name: str, group: str, region: Region) -> None:
        """Another file of requirements, named from this one; it must lie in the project."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), name))
        if path.startswith(("../", "/")) or "://" in name:
            self.fault(f"{_shown(name)} lies outside of the project, so what it declares is not known", region)
        else:
            self.more.append((path, group))


class _Pyproject(_Manifest):
    """`pyproject.toml`."""

    def read(self) -> None:
        import tomli

        try:
            tables = tomli.loads(self.text)
        except (ValueError, RecursionError) as error:
            line = min(getattr(error, "lineno", 1), len(self.lines))
            column = max(getattr(error, "colno", 1), 1)
            region = Region(line, column, line, column)
            self.fault(f"it is no TOML ({' '.join(str(error).split())}), so nothing that it declares is known", region)
            self.faults[-1] = msgspec.structs.replace(self.faults[-1], unknown=True)
            return
        tool = _table(tables.get("tool"))
        poetry = _table(tool.get("poetry"))
        declared = [self._project(_table(tables.get("project"))), self._poetry(poetry)]
        self._groups(_table(tables.get("dependency-groups")))
        self._groups(_table(_table(tool.get("pdm")).get("dev-dependencies")))
        self._list(_table(tool.get("uv")).get("dev-dependencies"), "dev")
        self._list(_table(tables.get("build-system")).get("requires"), BUILD)
        dynamic = _table(tables.get("project")).get("dynamic")
        if isinstance(dynamic, list) and "dependencies" in dynamic and not any(declared):
            self._dynamic(_table(_table(tool.get("setuptools")).get("dynamic")))
        elif not any(declared) and "project" not in tables and not self.requirements:
            self.fault(
                "it declares no dependencies: there is neither [project] nor [tool.poetry.dependencies]", unknown=True
            )

    def _project(self, project: Mapping[str, object]) -> bool:
        if isinstance(name := project.get("name"), str):
            self.own.add(normalised(name))
        self._list(project.get("dependencies"), self.group)
        for extra, said in _table(project.get("optional-dependencies")).items():
            self._list(said, extra, extra=True)
        return "dependencies" in project

    def _poetry(self, poetry: Mapping[str, object]) -> bool:
        if isinstance(name := poetry.get("name"), str):
            self.own.add(normalised(name))
        self._names(poetry.get("dependencies"), self.group)
        self._names(poetry.get("dev-dependencies"), "dev")
        for group, said in _table(poetry.get("group")).items():
            self._names(_table(said).get("dependencies"), group)
        return "dependencies" in poetry

    def _groups(self, groups: Mapping[str, object]) -> None:
        for group, said in groups.items():
            self._list(said, group)

    def _dynamic(self, said: Mapping[str, object]) -> None:
        """Dependencies that the build works out. Of setuptools' files of requirements it is known what they say."""
        region = self._place("dynamic")
        files = _table(said.get("dependencies")).get("file")
        names = [files] if isinstance(files, str) else files if isinstance(files, list) else []
        if not names:
            self.fault(
                "its dependencies are dynamic: they are not known until it is built. Name the files that hold them in "
                "`manifests`",
                region,
                unknown=True,
            )
        for name in names:
            self.include(str(name), self.group, region)

    def _list(self, said: object, group: str, *, extra: bool = False) -> None:
        for one in said if isinstance(said, list) else ():
            if isinstance(one, str):
                self.add(one, self._place(one), group, extra=extra)

    def _names(self, said: object, group: str) -> None:
        """Poetry's tables have the name as the key."""
        for name in _table(said):
            if normalised(name) != "python":
                self.add(name, self._place(name), group)

    def _place(self, said: str) -> Region:
        """Where something is written: the first line that holds it as it stands, or its name, where TOML spells it
        otherwise."""
        name = _REQUIREMENT.fullmatch(said)
        for text in (said.partition("\n")[0], name["name"] if name is not None else ""):
            for number, line in enumerate(self.lines, 1):
                start = line.find(text) if text else -1
                ends = start + len(text)
                whole = start >= 0 and not _goes_on(line[:start][-1:]) and not _goes_on(line[ends : ends + 1])
                if whole and not line.lstrip().startswith("#"):
                    return Region(number, start + 1, number, ends + 1)
        return _FIRST


class _Requirements(_Manifest):
    """A file of requirements, as pip reads it."""

    def read(self) -> None:
        for number, start, line in self._logical():
            region = Region(number, start + 1, number, start + len(self.lines[number - 1].rstrip()) - start + 1)
            if included := _INCLUDE.fullmatch(line):
                self.include(included["file"], self.group, region)
            elif line.startswith(("-e", "--editable")) or "://" in line.partition(" @ ")[0]:
                if egg := _EGG.search(line) or _WHEEL.fullmatch(line):
                    self.add(egg[1], region, self.group)
            elif not line.startswith(("-", ".", "/")):
                self.add(line, region, self.group)

    def _logical(self) -> Iterator[tuple[int, int, str]]:
        """Number, indentation and text of each line that says something, joined where it ends with a backslash."""
        joined, first = "", 0
        for number, line in enumerate(self.lines, 1):
            first = first or number
            joined += line
            if joined.endswith("\\") and number < len(self.lines):
                joined = joined[:-1]
                continue
            text = _HASH.sub("", _REMARK.sub("", joined.rstrip("\\"))).strip()
            if text:
                own = self.lines[first - 1]
                yield first, len(own) - len(own.lstrip()), text
            joined, first = "", 0


def _goes_on(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "-", ".") if letter else False


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= 60 else f"{flat[:59]}…")
