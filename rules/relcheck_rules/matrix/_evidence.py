"""What a row names of the code, and what that does."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

import msgspec

from relcheck.sdk import Project, Region, Related
from relcheck.sdk.code import IMPORT, Behaviour, Step, behaviour, behaviours, language_of
from relcheck.sdk.matrix import Cell, Documents, Ref, Row

UNREAD = frozenset(
    {
        *(".rb", ".java", ".kt", ".kts", ".rs", ".php", ".cs", ".c", ".cc", ".cpp", ".h", ".hpp", ".swift", ".scala"),
        *(".ex", ".exs", ".erl", ".clj", ".lua", ".pl", ".dart", ".vue", ".svelte", ".groovy", ".hs", ".ml", ".zig"),
    }
)
"""Endings of code whose behaviour relcheck does not read."""

TESTS = (
    *("tests/**", "test/**", "e2e/**", "**/tests/**", "**/test/**", "**/__tests__/**", "**/testing/**", "**/e2e/**"),
    *("**/test_*.py", "**/*_test.py", "**/conftest.py", "**/*_test.go", "**/testdata/**", "**/fixtures/**"),
    *("**/*.{test,spec}.{ts,tsx,js,jsx,mts,mjs,cts,cjs}", "**/*.stories.{ts,tsx,js,jsx}", "**/cypress/**"),
)
"""Where tests are."""


class Place(msgspec.Struct, frozen=True):
    """A file of code that a row names, and the symbol in it where the row names one."""

    path: str
    symbol: str | None
    cell: Cell
    ref: Ref


class Told(msgspec.Struct, frozen=True):
    """What a symbol of the code does that a row names."""

    place: Place
    symbol: str
    behaviour: Behaviour

    @property
    def name(self) -> str:
        """As a message says it."""
        if self.symbol == IMPORT:
            return f"importing {self.place.path}"
        return f"{self.symbol} of {self.place.path}" if self.symbol else self.place.path


def places(row: Row, documents: Documents, project: Project[object]) -> list[Place]:
    """The files of code that the cells of a row name and that exist; globs and folders stand for all in them."""
    found: dict[tuple[str, str | None], Place] = {}
    for cell in row.cells:
        for ref in cell.refs:
            for path in _files(ref, documents, project):
                if is_code(path):
                    found.setdefault((path, ref.symbol), Place(path, ref.symbol, cell, ref))
    return list(found.values())


def _files(ref: Ref, documents: Documents, project: Project[object]) -> Sequence[str]:
    if ref.kind == "glob":
        return [path for path in project.paths if project.matches(path, (ref.path,))]
    found = documents.look_up(ref.path)
    if found.state == "folder":
        return [path for path in project.paths if path.startswith(f"{found.path}/")]
    return [found.path] if found.state in ("file", "other-case") else []


def is_code(path: str) -> bool:
    """Whether a file holds code, in a language whose behaviour relcheck reads or in another."""
    return language_of(path) is not None or posixpath.splitext(path)[1].lower() in UNREAD


def told(row: Row, documents: Documents, project: Project[object]) -> list[Told]:
    """What the code does that a row names: its symbols, or all that its files offer. What cannot be read is unknown."""
    return [one for place in places(row, documents, project) for one in _told(place, project)]


def _told(place: Place, project: Project[object]) -> Iterator[Told]:
    code = project.code.code(place.path)
    if code.problem is not None:
        step = Step(place.path, code.line, code.problem)
        yield Told(place, place.symbol or "", Behaviour("unknown", reach=(step,), line=code.line))
        return
    if place.symbol is not None:
        one = behaviour(project.code, place.path, place.symbol)
        if one is not None:
            yield Told(place, place.symbol, one)
        return
    found = behaviours(project.code, place.path)
    functions = {name: one for name, one in found.items() if one.callable}
    for name, one in (functions or found).items():
        yield Told(place, name, one)


def way(told: Told) -> tuple[Related, ...]:
    """The places that show why it is so."""
    return tuple(
        Related(step.path, Region(step.line, 1, step.line, 1), step.text) for step in told.behaviour.reach if step.text
    )


def reason(told: Told) -> str:
    """The last place of the way, in words."""
    steps = [step for step in told.behaviour.reach if step.text]
    if not steps:
        return ""
    last = steps[-1]
    return (
        f"it {last.text} ({last.path}:{last.line})" if _is_verb(last.text) else f"{last.text} ({last.path}:{last.line})"
    )


def _is_verb(text: str) -> bool:
    return text.split(" ", 1)[0] in (
        "calls",
        "writes",
        "makes",
        "raises",
        "enters",
        "returns",
        "reads",
        "depends",
        "imports",
    )
