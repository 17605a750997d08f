"""What a run of the tests has shown: results as JUnit XML, coverage as coverage.py's JSON, Cobertura XML or LCOV.

The files are given on the command line and were written by tools that ran untrusted code, so they are read as data:
entities are refused, sizes are bounded, and paths in them are only compared.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from xml.parsers import expat

import msgspec

from relcheck.sources.matrix.chain import Result, TestCase

LARGEST = 256 * 1024 * 1024
_MODULE = re.compile(r"[\w.]+")


class Lines(msgspec.Struct, frozen=True):
    """The lines of a file that tests have run, and those that they could have."""

    run: frozenset[int]
    all: frozenset[int]


class EvidenceError(Exception):
    """A file that cannot be read as what it was given for; the message says which, and why."""


class Evidence(msgspec.Struct, frozen=True):
    """What is known. `lines` are by path in the project."""

    cases: tuple[TestCase, ...] = ()
    lines: Mapping[str, Lines] = {}

    def cases_of(self, path: str) -> tuple[TestCase, ...]:
        """The tests of a file: the report names it, or a module or class in it."""
        return tuple(sorted(one for one in self.cases if _is_of(one, path)))

    def covered(self, path: str, lines: range) -> float | None:
        """The part of some lines that tests have run; None where nothing is known of them."""
        known = self.lines.get(path)
        asked = known.all.intersection(lines) if known is not None else frozenset()
        return len(known.run & asked) / len(asked) if known is not None and asked else None


def read_evidence(junit: Collection[Path], coverage: Collection[Path], paths: Collection[str], root: Path) -> Evidence:
    """What these files say of a project with these paths. Raises EvidenceError."""
    cases = [one for file in junit for one in _junit(file)]
    found: dict[str, Lines] = {}
    match = _Paths(paths, root)
    for file in coverage:
        for said, lines in _coverage(file):
            path = match.of(said)
            if path is None:
                continue
            before = found.get(path, _NONE)
            found[path] = Lines(before.run | lines.run, before.all | lines.all)
    return Evidence(tuple(cases), found)


_NONE = Lines(frozenset(), frozenset())


def _is_of(one: TestCase, path: str) -> bool:
    if one.file:
        said = posixpath.normpath(one.file.replace("\\", "/"))
        return said == path or said.endswith(f"/{path}") or path.endswith(f"/{said}")
    group = one.group.replace("\\", "/")
    if "/" in group:
        return group == path or group.endswith(f"/{path}") or path.endswith(f"/{group}")
    if not _MODULE.fullmatch(group):
        return False
    module = posixpath.splitext(path)[0].replace("/", ".")
    return group == module or group.startswith(f"{module}.") or module.endswith(f".{group}")


def _junit(file: Path) -> Iterator[TestCase]:
    """Source: the schema of Jenkins' xunit plugin, and what pytest, jest-junit, vitest and gotestsum write."""
    held: dict[str, str] | None = None
    result: Result = "passed"
    found: list[TestCase] = []
    suites: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal held, result
        if tag == "testsuite":
            suites.append(attributes.get("file", ""))
        elif tag == "testcase":
            held, result = attributes, "passed"
        elif held is not None and tag in ("failure", "error"):
            result = "failed"
        elif held is not None and tag == "skipped" and result == "passed":
            result = "skipped"

    def end(tag: str) -> None:
        nonlocal held
        if tag == "testsuite" and suites:
            suites.pop()
        elif tag == "testcase" and held is not None:
            file = held.get("file") or (suites[-1] if suites else "")
            found.append(TestCase(held.get("name", ""), result, held.get("classname", ""), file))
            held = None

    _parse(file, start, end)
    if not found:
        raise EvidenceError(f"{file}: it holds no test case; give the JUnit XML of a run of the tests")
    return iter(found)


def _coverage(file: Path) -> Iterator[tuple[str, Lines]]:
    data = _read(file)
    head = data.lstrip()[:1]
    if head == b"{":
        return iter(_of_coverage_py(file, data))
    if head == b"<":
        return iter(_cobertura(file))
    return iter(_lcov(file, data))


class _CoverageFile(msgspec.Struct):
    executed_lines: list[int]
    missing_lines: list[int]


class _CoverageReport(msgspec.Struct):
    files: dict[str, _CoverageFile]


def _of_coverage_py(file: Path, data: bytes) -> list[tuple[str, Lines]]:
    """Source: `coverage json`, format 2 and 3."""
    try:
        report = msgspec.json.decode(data, type=_CoverageReport)
    except msgspec.MsgspecError as error:
        raise EvidenceError(f"{file}: this is no report of `coverage json` ({error})") from None
    return [
        (path, Lines(frozenset(one.executed_lines), frozenset((*one.executed_lines, *one.missing_lines))))
        for path, one in report.files.items()
    ]


def _cobertura(file: Path) -> list[tuple[str, Lines]]:
    """Source: Cobertura's coverage-04.dtd."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    current = ""
    sources: list[str] = []
    text: list[str] | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current, text
        if tag == "class":
            current = attributes.get("filename", "")
        elif tag == "source":
            text = []
        elif tag == "line" and current and attributes.get("number", "").isdecimal():
            run, every = found.setdefault(current, (set(), set()))
            number = int(attributes["number"][:9])
            every.add(number)
            if attributes.get("hits", "0") not in ("", "0"):
                run.add(number)

    def end(tag: str) -> None:
        nonlocal current, text
        if tag == "class":
            current = ""
        elif tag == "source" and text is not None:
            sources.append("".join(text).strip())
            text = None

    def characters(data: str) -> None:
        if text is not None:
            text.append(data)

    _parse(file, start, end, characters)
    if not found:
        raise EvidenceError(f"{file}: it holds no line of any class; give Cobertura's XML")
    folder = sources[0].rstrip("/") if len(sources) == 1 else ""
    return [
        (f"{folder}/{path}" if folder and not path.startswith("/") else path, Lines(frozenset(run), frozenset(every)))
        for path, (run, every) in found.items()
    ]


def _lcov(file: Path, data: bytes) -> list[tuple[str, Lines]]:
    """Source: geninfo(1), records SF, DA and end_of_record."""
    found: list[tuple[str, Lines]] = []
    path, run, every = "", set[int](), set[int]()
    for line in data.decode("utf-8", "replace").splitlines():
        if line.startswith("SF:"):
            path, run, every = line[3:].strip(), set(), set()
        elif line.startswith("DA:"):
            number, _, hits = line[3:].partition(",")
            if number.isdecimal():
                every.add(int(number[:9]))
                if hits.partition(",")[0].strip() not in ("", "0"):
                    run.add(int(number[:9]))
        elif line.strip() == "end_of_record" and path:
            found.append((path, Lines(frozenset(run), frozenset(every))))
    if not found:
        raise EvidenceError(f"{file}: this is no coverage that is read here: coverage.py's JSON, Cobertura XML or LCOV")
    return found


class _Paths:
    """Paths of a report as paths of the project: the same, below the root, or the only one that ends so."""

    def __init__(self, paths: Collection[str], root: Path) -> None:
        self._paths = frozenset(paths)
        self._root = f"{root.as_posix().rstrip('/')}/"
        self._by_name: dict[str, list[str]] = {}
        for path in paths:
            self._by_name.setdefault(posixpath.basename(path), []).append(path)

    def of(self, said: str) -> str | None:
        path = posixpath.normpath(said.replace("\\", "/")).removeprefix(self._root)
        if path in self._paths:
            return path
        same = self._by_name.get(posixpath.basename(path), [])
        ends = [one for one in same if path.endswith(f"/{one}") or one.endswith(f"/{path}")]
        return ends[0] if len(ends) == 1 else None


def _parse(
    file: Path,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None] | None = None,
) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(_read(file), True)
    except expat.ExpatError as error:
        raise EvidenceError(f"{file}: {error}") from None
    except _EntityError:
        raise EvidenceError(f"{file}: it declares entities, which no such report needs; it is not read") from None


class _EntityError(Exception):
    pass


def _refuse(*_: object) -> None:
    raise _EntityError


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise EvidenceError(f"{file}: {file.stat().st_size:,} bytes; reports are read up to {LARGEST:,}")
        return file.read_bytes()
    except OSError as error:
        raise EvidenceError(f"{file}: it cannot be read: {error.strerror or error}") from None
