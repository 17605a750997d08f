"""Imports as most files write them, at the top of the module, one below the other, read by their lines.

It is for lines of which it is known that an import begins there, in valid Python. Whatever is written in another way
is left to a tree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from relcheck.model.finding import Region
from relcheck.sources.python.imports import Imported

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTTED = rf"{_NAME}(?:\.{_NAME})*"
_AS = rf"(?: as {_NAME})?"
_REST = r"[ \t]*(?:#.*)?"
_IMPORT = re.compile(rf"import ({_DOTTED}{_AS}(?:, {_DOTTED}{_AS})*){_REST}")
_FROM = re.compile(rf"from (\.+|\.*{_DOTTED}) import (?:(\*|{_NAME}{_AS}(?:, {_NAME}{_AS})*){_REST}|\({_REST})")
_MEMBERS = re.compile(rf"[ \t]+({_NAME}{_AS}(?:, {_NAME}{_AS})*),?{_REST}|{_REST}")
_CLOSES = re.compile(rf"\){_REST}")
_ONE = re.compile(rf"(?P<name>\*|{_DOTTED})(?: as (?P<alias>{_NAME}))?")
_MOST_KNOWN = 50_000


class _Taken(NamedTuple):
    """A name with its alias and its columns, from 0."""

    name: str
    alias: str | None
    start: int
    end: int


class _Line(NamedTuple):
    """What a line imports; `module` is None for `import …`, and `open` says that the names follow on other lines."""

    module: str | None
    taken: tuple[_Taken, ...]
    open: bool = False


def plain_imports(lines: Sequence[str], wanted: Collection[int]) -> tuple[Imported, ...] | None:
    """The imports that begin on the wanted lines (from 1), in their order; None where one of them is written otherwise
    than plainly."""
    found: list[Imported] = []
    for number in sorted(wanted):
        if number > 1 and lines[number - 2].endswith("\\"):
            return None
        text = lines[number - 1]
        line = _KNOWN.get(text, _UNKNOWN)
        if line is _UNKNOWN:
            line = _remembered(text)
        if line is None:
            return None
        if line.module is None:
            for name, alias, start, end in line.taken:
                found.append(Imported(name, None, alias, Region(number, start + 1, number, end + 1)))
            continue
        module = line.module
        target = Region(number, 6, number, 6 + len(module))
        for name, alias, start, end in line.taken:
            found.append(Imported(module, name, alias, Region(number, start + 1, number, end + 1), target))
        if line.open:
            members = list(_members(lines, number))
            if not members or members[-1] is None:
                return None
            for inner in members:
                if inner is not None:
                    at, (name, alias, start, end) = inner
                    found.append(Imported(module, name, alias, Region(at, start + 1, at, end + 1), target))
    return tuple(found)


def _members(lines: Sequence[str], number: int) -> Iterator[tuple[int, _Taken] | None]:
    """The names in brackets, with their lines; None at the end where they are not written plainly."""
    for at in range(number + 1, len(lines) + 1):
        line = lines[at - 1]
        if line[:1] == ")":
            if not _CLOSES.fullmatch(line):
                yield None
            return
        said = _MEMBERS.fullmatch(line)
        if said is None:
            break
        if said[1]:
            yield from ((at, one) for one in _taken(said[1], said.start(1)))
    yield None


def _remembered(text: str) -> _Line | None:
    """What a line imports. Projects write the same lines over and over."""
    if len(_KNOWN) > _MOST_KNOWN:
        _KNOWN.clear()
    line = _KNOWN[text] = _read(text)
    return line


def _read(text: str) -> _Line | None:
    if said := _FROM.fullmatch(text):
        names = said[2]
        return _Line(said[1], tuple(_taken(names, said.start(2))) if names else (), open=not names)
    if said := _IMPORT.fullmatch(text):
        return _Line(None, tuple(_taken(said[1], said.start(1))))
    return None


def _taken(names: str, offset: int) -> Iterator[_Taken]:
    for one in _ONE.finditer(names):
        yield _Taken(one["name"], one["alias"], offset + one.start(), offset + one.end())


_UNKNOWN = _Line("", ())
_KNOWN: dict[str, _Line | None] = {}
