"""An evaluation whose calls nobody needs to hear of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from relcheck.sources.migration.python.values import Call, Value

if TYPE_CHECKING:
    from relcheck.sources.migration.python.run import Run


class Unheard:
    """A handler that lets everything pass."""

    def call(self, call: Call, run: Run) -> Value | None:  # noqa: ARG002  # it hears nothing
        return None

    def enter(self, value: Value, node: ast.AST, run: Run) -> Value | None:  # noqa: ARG002  # it hears nothing
        return None

    def leave(self, value: Value, run: Run) -> None:
        pass

    def store(self, target: Value, name: str, value: Value, node: ast.AST, run: Run) -> None:
        pass
