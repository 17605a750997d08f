"""What hangs on a guarantee: rows, places, symbols, what they do, who calls them, rules, tests, evidence."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Result: TypeAlias = Literal["passed", "failed", "skipped"]


class TestCase(msgspec.Struct, frozen=True, order=True):
    """One test, and what it came to. `file` is the path that the report gives, or `""`."""

    __test__ = False  # no test of pytest's

    name: str
    result: Result
    group: str = ""
    file: str = ""


class Spot(msgspec.Struct, frozen=True, order=True):
    """A line of a file."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class TracedSymbol(msgspec.Struct, frozen=True):
    """A symbol, what it does when it is called, and who does. `verdict` is None where the file has no such symbol.
    `covered` is the part of its lines that tests run, from 0 to 1, where coverage was given."""

    name: str
    line: int
    verdict: str | None
    reason: str
    inert: bool
    callers: tuple[Spot, ...]
    tests: tuple[Spot, ...]
    covered: float | None = None
    constant: str | None = None
    env: tuple[str, ...] = ()


State: TypeAlias = Literal["file", "folder", "missing", "other-case", "outside", "beyond"]
"""As `Documents.look_up` tells it."""


class TracedPlace(msgspec.Struct, frozen=True):
    """A place that a row names, or that a marker ties to it (`marker` is where). `problem` says why nothing is known of
    what its code does."""

    path: str
    state: State
    symbols: tuple[TracedSymbol, ...] = ()
    named: Spot | None = None
    marker: Spot | None = None
    problem: str | None = None
    more: int = 0


class TracedRow(msgspec.Struct, frozen=True):
    """A row with the places that it names. `cells` are texts by the titles of columns; `elsewhere` says that what it is
    about is no code: a process, a person, a provider."""

    at: Spot
    matrix: str
    cells: dict[str, str]
    status: str
    owner: str
    places: tuple[TracedPlace, ...]
    elsewhere: bool = False


class TracedRule(msgspec.Struct, frozen=True):
    """A rule that upholds the guarantee."""

    name: str
    summary: str


class TracedTest(msgspec.Struct, frozen=True):
    """A file of tests, why it belongs to the guarantee, and what its tests came to."""

    path: str
    why: str
    cases: tuple[TestCase, ...] = ()

    @property
    def result(self) -> Literal["passed", "failed", "skipped", "unknown"]:
        """What the run says of it; of several the worst."""
        found = {one.result for one in self.cases}
        return next((one for one in ("failed", "passed", "skipped") if one in found), "unknown")


class Chain(msgspec.Struct, frozen=True):
    """All that hangs on a guarantee. `gaps` says what is missing, a sentence each."""

    guarantee: str
    id: str | None
    rows: tuple[TracedRow, ...]
    places: tuple[TracedPlace, ...]
    rules: tuple[TracedRule, ...]
    tests: tuple[TracedTest, ...]
    gaps: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """What its rows say of how far it is; of several the first."""
        return next((row.status for row in self.rows if row.status), "")

    @property
    def owner(self) -> str:
        return next((row.owner for row in self.rows if row.owner), "")

    @property
    def all_places(self) -> tuple[TracedPlace, ...]:
        """The files of its rows and of its markers, each once, with the symbols of all that name it."""
        found: dict[str, TracedPlace] = {}
        for one in (*(place for row in self.rows for place in row.places), *self.places):
            before = found.get(one.path)
            if before is not None:
                known = {symbol.name for symbol in before.symbols}
                more = tuple(symbol for symbol in one.symbols if symbol.name not in known)
                one = msgspec.structs.replace(before, symbols=(*before.symbols, *more))
            found[one.path] = one
        return tuple(found.values())
