"""One run over code: its limits, what it meets on its way, and what it asks of the project's files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol, TypeAlias

import msgspec

from relcheck.sources.stubs.code import (
    Await,
    Call,
    Expr,
    Function,
    Index,
    Member,
    Name,
)
from relcheck.sources.stubs.values import (
    NO_FLAGS,
    Called,
    Flags,
    Given,
    Pending,
    Scope,
    Some,
    Value,
)

Kind: TypeAlias = Literal["effect", "log", "opaque", "raise", "callback"]

STEPS = 20_000
"""Expressions and statements that one run follows."""

CALLS = 30
"""Calls in one another that are followed."""

HOPS = 2
"""Imports that are followed one after another; re-exports do not count."""

UNROLLED = 64
"""Items of a list whose loop is followed turn by turn."""

FALLS, JUMPS = 1, 2
"""How a block may end, beside by returning or raising: at its end, or by leaving the loop around it."""


class Step(msgspec.Struct, frozen=True):
    """A place on the way, with what happens there."""

    path: str
    line: int
    text: str


class Event(msgspec.Struct, frozen=True):
    """Something that reaches beyond the function. `chain` are the calls that lead there; `flags` the settings that it
    stands behind."""

    kind: Kind
    step: Step
    chain: tuple[Step, ...] = ()
    flags: Flags = NO_FLAGS


class Files(Protocol):
    """The files of a project, linked."""

    def scope(self, path: str, *, opened: bool) -> Scope: ...
    def language(self, path: str) -> str: ...
    def follow(self, value: Pending, *, opened: bool) -> Value: ...
    def bring(self, path: str, module: str) -> Value: ...
    def member(self, path: str, name: str, *, opened: bool) -> Value: ...
    def beside(self, path: str, name: str, *, opened: bool) -> Value | None: ...
    def changes(self, path: str) -> frozenset[str]: ...


class EndedError(Exception):
    """What is called never comes back: it raises."""


class TooFarError(Exception):
    """There is more to follow than a run may."""


class Returned(msgspec.Struct):
    """How a function can end. `nothing` says that its end can be reached without a value."""

    values: list[Value]
    flags: Flags = NO_FLAGS
    nothing: bool = False


class Run(ABC):
    """The state of one run, and what it meets. `opened` leaves settings open, otherwise none is set; `importing`
    follows what a module does when it is imported."""

    def __init__(self, files: Files, *, opened: bool, importing: bool = False) -> None:
        self.events: list[Event] = []
        self.converts = False
        """Whether errors of a function that was passed are caught."""
        self._files = files
        self.opened = opened
        self._gates: Flags = NO_FLAGS
        self._undecided = 0
        self._chain: list[Step] = []
        self._active: list[Function] = []
        self._importing = importing
        self._homes = 0
        self._entry = 0
        self._steps = 0
        self._hops = 0
        self._handling = 0
        self._catching = 0
        self._risky = False
        self._yields: list[Value] = []

    def _event(self, kind: Kind, at: Step) -> None:
        self.events.append(Event(kind, at, tuple(self._chain), self._gates))

    def _step(self) -> None:
        self._steps += 1
        if self._steps > STEPS:
            raise TooFarError(f"it does more than {STEPS:,} steps, which are not followed further")

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        self._undecided += 1
        try:
            yield
        finally:
            self._undecided -= 1

    def _new_home(self) -> None:
        """What a module makes while it is imported is its state, wherever it is made."""
        self._homes += not self._importing

    def _raised(self, at: Step) -> None:
        self._risky = True
        if not self._handling and not self._catching:
            self._event("raise", at)

    def _followed(self, value: Value) -> Value:
        return self._files.follow(value, opened=self.opened) if isinstance(value, Pending) else value

    @abstractmethod
    def value(self, expr: Expr, scope: Scope, *, dropped: bool = False, awaited: bool = False) -> Value:
        """What is known of an expression, when it has been followed. `dropped`: nobody takes its value."""

    @abstractmethod
    def call(
        self,
        callee: Value,
        arguments: list[Value],
        named: dict[str, Value],
        at: Step,
        *,
        new: bool = False,
        dropped: bool = False,
        awaited: bool = False,
    ) -> Value:
        """What a call gives. `dropped` says that nobody takes it."""

    @abstractmethod
    def follow_body(self, function: Function, scope: Scope, returned: Returned) -> int:
        """Follow the statements of a function; how they may end."""


def owner_of(value: Value) -> str:
    return "given" if isinstance(value, (Given, Called)) else value.owner if isinstance(value, Some) else "own"


def spelled(expr: Expr, depth: int = 0) -> str:
    """An expression as a reader knows it, shortened."""
    match expr:
        case Name(name=name):
            return name
        case Member(of=of, name=name) if depth < 6:
            return f"{spelled(of, depth + 1)}.{name}"
        case Call(callee=callee) if depth < 6:
            return f"{spelled(callee, depth + 1)}()"
        case Index(of=of) if depth < 6:
            return f"{spelled(of, depth + 1)}[…]"
        case Await(value=value) if depth < 6:
            return spelled(value, depth + 1)
        case _:
            return "…"
