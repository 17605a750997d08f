"""The names that a piece of code sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from relcheck.sources.migration.python.module import Module
    from relcheck.sources.migration.python.values import Value


class Scope:
    """The names of a function or class body, with those around it. Those of a module are the module's own."""

    __slots__ = ("globals", "module", "names", "parent")

    def __init__(self, module: Module, parent: Scope | None = None) -> None:
        self.module = module
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.globals: set[str] = set()
        module.scopes.append(self)

    def find(self, name: str) -> Value | None:
        """What the name stands for here or around; None leaves it to the module."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.names.get(name)
            if value is not None:
                return value
            scope = scope.parent
        return None
