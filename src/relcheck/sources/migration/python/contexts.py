"""Blocks in contexts: those of the framework, of the project's classes, and of its generators."""

from __future__ import annotations

import ast
from typing import cast

from relcheck.sources.migration.python.assigning import assign
from relcheck.sources.migration.python.attributes import attribute_of
from relcheck.sources.migration.python.calls import applied, arguments
from relcheck.sources.migration.python.following import bind, is_generator
from relcheck.sources.migration.python.run import Flow, Frame, Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import Call, Function, Instance, Value


def with_contexts(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.With", statement)
    return _entered(run, statement, 0, scope)


def _entered(run: Run, statement: ast.With, position: int, scope: Scope) -> Flow:
    """The block inside of its contexts from `position` on."""
    if position == len(statement.items):
        return run.execute(statement.body, scope)
    item = statement.items[position]
    manager = _own_manager(run, item.context_expr, scope)
    if manager is not None:
        return _in_own_manager(run, statement, position, manager, scope)
    value = run.evaluate(item.context_expr, scope)
    target = _called_by_with(run, value, "__enter__", item.context_expr)
    if target is None and not run.muted:
        target = run.handler.enter(value, item.context_expr, run)
    if item.optional_vars is not None:
        assign(run, item.optional_vars, value if target is None else target, scope, statement)
    try:
        return _entered(run, statement, position + 1, scope)
    finally:
        _called_by_with(run, value, "__exit__", item.context_expr)
        if not run.muted:
            run.handler.leave(value, run)


def _called_by_with(run: Run, value: Value, name: str, node: ast.AST) -> Value | None:
    """What a method of a class of the project does that a `with` calls; None where there is none."""
    method = attribute_of(run, value, name, node) if type(value) is Instance else None
    return applied(run, method, [], {}, node, run.module) if type(method) is Function else None


def _own_manager(run: Run, node: ast.expr, scope: Scope) -> tuple[Function, Call] | None:
    """A context manager of the project that is written as a generator, and its call."""
    if not isinstance(node, ast.Call):
        return None
    func = run.evaluate(node.func, scope) if isinstance(node.func, ast.Name | ast.Attribute) else None
    if type(func) is not Function or isinstance(func.node, ast.Lambda) or not is_generator(func.node, func.module):
        return None
    if func.node in run.active:
        return None
    args, keywords, exact = arguments(run, node, scope)
    return func, Call(func, tuple(args), keywords, node, scope.module, exact)


def _in_own_manager(run: Run, statement: ast.With, position: int, manager: tuple[Function, Call], scope: Scope) -> Flow:
    """The manager's body with the block in the place of its first `yield`."""
    function, call = manager
    path, frames, active = run.path, list(run.frames), list(run.active)
    ended: list[Flow] = []

    def block(value: Value) -> None:
        if ended:
            return
        ended.append(Flow.NORMAL)
        inner = run.path, run.frames, run.active
        run.path, run.frames, run.active = path, frames, active
        run.yields.append(run.yields[-2] if len(run.yields) > 1 else None)
        run.returns.append(run.returns[-2] if len(run.returns) > 1 else [])
        try:
            target = statement.items[position].optional_vars
            if target is not None:
                assign(run, target, value, scope, statement)
            ended[0] = _entered(run, statement, position + 1, scope)
        finally:
            run.yields.pop()
            run.returns.pop()
            run.path, run.frames, run.active = inner

    inner_scope = Scope(function.module, function.scope)
    bind(run, function, call, inner_scope)
    run.frames = [*frames, Frame(call.module, call.node, function.name, function.module)]
    run.active = [*active, function.node]
    run.yields.append(block)
    run.returns.append([])
    try:
        run.execute(cast("ast.FunctionDef", function.node).body, inner_scope)
    finally:
        run.returns.pop()
        run.yields.pop()
        run.path, run.frames, run.active = path, frames, active
    if not ended:
        return _entered(run, statement, position + 1, scope)
    return ended[0]
