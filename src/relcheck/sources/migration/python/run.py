"""One evaluation of one migration: what is known while it goes on."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import NamedTuple, Protocol, TypeAlias

from relcheck.sources.migration.python.module import Module, helper_module
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import (
    ANYWHERE,
    NOTHING_KNOWN,
    Attribute,
    Call,
    Path,
    Symbol,
    Unknown,
    Value,
)

Resolve: TypeAlias = Callable[[str], str | None]
"""The source of a module of the project by its dotted name (relative ones begin with dots), None for any other."""

_STEPS = 30_000
"""Statements and calls that one migration may take; loops and helpers of a real one take some hundreds."""

_OTHERS = frozenset(
    {"sqlalchemy", "alembic", "django", "flask", "sqlalchemy_utils", "geoalchemy2", "alembic_utils", "pgvector"}
)
"""Packages that are surely none of the project's, beside those of the standard library."""

_IMPORTS = 8
"""Modules through which a name may be imported from one another."""

_BUILTINS = frozenset(dir(builtins))


class Flow(IntEnum):
    """How a block ends: at its end, or by leaving the loop, the function, or all."""

    NORMAL = 0
    LOOP = 1
    RETURN = 2
    RAISE = 3


class BudgetError(Exception):
    """The migration takes more steps than anybody would read."""


class Handler(Protocol):
    """What the calls of a migration mean is known to its framework."""

    def call(self, call: Call, run: Run) -> Value | None:
        """A call that the evaluator does not follow: its outcome, None for the call itself."""

    def enter(self, value: Value, node: ast.AST, run: Run) -> Value | None:
        """`with value as …`: what `…` is, None for the value itself."""

    def leave(self, value: Value, run: Run) -> None:
        """The end of that block."""

    def store(self, target: Value, name: str, value: Value, node: ast.AST, run: Run) -> None:
        """`target.name = value`, or an item of it."""


class Frame(NamedTuple):
    """A call that is followed: where it stands, the name of the function, and the module into which it leads."""

    module: Module
    call: ast.AST
    name: str
    into: Module


class Run:
    """The state of one evaluation, and the ways into its parts."""

    def __init__(
        self,
        module: Module,
        handler: Handler,
        resolve: Resolve | None,
        evaluators: Mapping[type[ast.expr], Callable[[Run, ast.expr, Scope], Value]],
        execute: Callable[[Run, Sequence[ast.stmt], Scope], Flow],
    ) -> None:
        self.module = module
        self.handler = handler
        self.path: Path = ANYWHERE
        self.frames: list[Frame] = []
        self.active: list[ast.AST] = []
        self.returns: list[list[tuple[Value, Path]]] = []
        self.yields: list[Callable[[Value], None] | None] = []
        self.changed: list[tuple[Value, Value]] = []
        self.repeated = 0
        self.muted = 0
        self.unresolved: set[str] = set()
        self._resolve = resolve
        self._evaluators = evaluators
        self._execute = execute
        self._modules: dict[str, Module | None] = {}
        self._globals: dict[tuple[Module, str], Value] = {}
        self._symbols: dict[str, Value] = {}
        self._steps = 0

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression in a scope."""
        evaluator = self._evaluators.get(type(node))
        return NOTHING_KNOWN if evaluator is None else evaluator(self, node, scope)

    def execute(self, body: Sequence[ast.stmt], scope: Scope) -> Flow:
        return self._execute(self, body, scope)

    def restart(self) -> None:
        """Another function begins: nothing is entered, and its steps are counted anew."""
        self.path, self.repeated, self.muted, self._steps = ANYWHERE, 0, 0, 0
        for stack in (self.frames, self.active, self.returns, self.yields, self.changed):
            stack.clear()

    def forget(self) -> None:
        """The evaluation is over: nothing of it is held any longer."""
        self.restart()
        for module in (self.module, *self._modules.values()):
            if module is not None:
                module.forget()
        self._globals.clear()
        self._symbols.clear()
        self._modules.clear()

    def spend(self) -> None:
        """One step more. Raises `BudgetError` where there are too many."""
        self._steps += 1
        if self._steps > _STEPS:
            raise BudgetError

    @contextmanager
    def under(self, path: Path) -> Iterator[bool]:
        """A part that runs under further conditions; false where they exclude those that hold already."""
        before = self.path
        joined = before.join(path)
        self.path = joined or before
        try:
            yield joined is not None
        finally:
            self.path = before

    @property
    def innermost(self) -> Module:
        """The module of the code that is evaluated."""
        return self.frames[-1].into if self.frames else self.module

    def site(self, node: ast.AST) -> ast.AST:
        """The call of the migration in whose course a node is evaluated: the node itself where no helper is between."""
        for frame in self.frames:
            if frame.module is self.module:
                return frame.call
        return node

    def find(self, name: str, scope: Scope) -> Value:
        """What a name stands for."""
        found = scope.find(name)
        return self.global_value(scope.module, name) if found is None else found

    def global_value(self, module: Module, name: str) -> Value:
        """What a name of a module's top level stands for once the module has been read."""
        key = (module, name)
        value = self._globals.get(key)
        if value is None:
            self._globals[key] = NOTHING_KNOWN  # what a name refers to while it is worked out
            value = self._globals[key] = self._bound(module, name)
        return value

    def _bound(self, module: Module, name: str) -> Value:
        statements = module.binders.get(name)
        if statements is None:
            if name == "__file__" or name == "__name__":
                return Unknown(name)
            return Symbol(f"builtins.{name}") if name in _BUILTINS else Unknown(name)
        scope = Scope(module)
        before, self.path = self.path, ANYWHERE
        self.muted += 1
        self.returns.append([])
        self.yields.append(None)
        try:
            self.execute(statements, scope)
        finally:
            self.path = before
            self.muted -= 1
            self.returns.pop()
            self.yields.pop()
        return scope.names.get(name, Unknown(name))

    def resolved(self, symbol: Symbol, depth: int = 0) -> Value:
        """What the project says of a symbol; the symbol itself where it says nothing."""
        known = self._symbols.get(symbol.name)
        if known is None:
            known = self._symbols[symbol.name] = self._looked_up(symbol, depth)
        return known

    def _looked_up(self, symbol: Symbol, depth: int) -> Value:
        parts = symbol.name.split(".")
        lead = next((position for position, part in enumerate(parts) if part), len(parts))
        if lead == 0 and (parts[0] in _OTHERS or parts[0] in sys.stdlib_module_names or parts[0] == "builtins"):
            return symbol
        for cut in range(len(parts) - 1, max(lead, 0), -1):
            module = self.module_named(".".join(parts[:cut]))
            if module is None:
                continue
            name, *attributes = parts[cut:]
            if name not in module.binders:
                return self._starred(module, name, symbol, depth)
            value = self.global_value(module, name)
            for attribute in attributes:
                value = Attribute(value, attribute)
            if isinstance(value, Symbol) and value.name != symbol.name:
                return self.resolved(value, depth + 1) if depth < _IMPORTS else value
            return value
        return symbol

    def _starred(self, module: Module, name: str, symbol: Symbol, depth: int) -> Value:
        """What a module has of a name that it imports by `from x import *`."""
        for base in module.stars if depth < _IMPORTS else ():
            found = self.resolved(Symbol(f"{base}.{name}"), depth + 1)
            if type(found) is not Symbol:
                return found
        return symbol

    def has_module(self, name: str) -> bool:
        """Whether the project has a module of this name; that it has none is nothing to note."""
        noted = name in self.unresolved
        found = self.module_named(name) is not None
        if not noted:
            self.unresolved.discard(name)
        return found

    def module_named(self, name: str) -> Module | None:
        """A module of the project. A name that nobody knows is noted as unresolved."""
        if name not in self._modules:
            text = None if self._resolve is None else self._resolve(name)
            self._modules[name] = None if text is None else helper_module(text, name)
            if text is None:
                self.unresolved.add(name)
        return self._modules[name]
