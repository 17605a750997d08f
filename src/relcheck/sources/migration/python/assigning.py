"""What a target is bound to."""

from __future__ import annotations

import ast

from relcheck.sources.migration.python.calls import rebind
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import Derived, Entries, Instance, Items, Value


def assign(run: Run, target: ast.expr, value: Value, scope: Scope, node: ast.AST) -> None:
    """Binds a target."""
    if isinstance(target, ast.Name):
        if target.id in scope.globals:
            rebind(target.id, value, scope)
        else:
            scope.names[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        known = (
            value.items if type(value) is Items and value.complete and len(value.items) == len(target.elts) else None
        )
        if known is not None and any(isinstance(element, ast.Starred) for element in target.elts):
            known = None
        for position, element in enumerate(target.elts):
            inner = element.value if isinstance(element, ast.Starred) else element
            text = inner.id if isinstance(inner, ast.Name) else ""
            assign(run, inner, Derived((value,), text) if known is None else known[position], scope, node)
    elif isinstance(target, ast.Attribute):
        of = run.evaluate(target.value, scope)
        if type(of) is Instance:
            of.fields[target.attr] = value
        if not run.muted:
            run.handler.store(of, target.attr, value, node, run)
    elif isinstance(target, ast.Subscript):
        of = run.evaluate(target.value, scope)
        key = run.evaluate(target.slice, scope)
        if type(of) is Entries and isinstance(target.value, ast.Name):
            rebind(target.value.id, Entries((*of.entries, (key, value)), of.complete), scope)
        elif not run.muted:
            run.handler.store(of, "[]", value, node, run)
