"""The way into an evaluation."""

from __future__ import annotations

import ast

from relcheck.sources.migration.python.expressions import EVALUATORS
from relcheck.sources.migration.python.module import Module
from relcheck.sources.migration.python.run import Flow, Handler, Resolve, Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.statements import execute
from relcheck.sources.migration.python.values import ANYWHERE, Function, Unknown, Value


def begin(module: Module, handler: Handler, resolve: Resolve | None) -> Run:
    """A new evaluation of a module; nothing of it is evaluated yet."""
    return Run(module, handler, resolve, EVALUATORS, execute)


def run_function(run: Run, function: Function, arguments: dict[str, Value]) -> Flow:
    """Runs the body of a function as the framework would, with these arguments. Raises `BudgetError`."""
    node = function.node
    scope = Scope(function.module, function.scope)
    for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        scope.names[arg.arg] = arguments.get(arg.arg, Unknown(arg.arg))
    run.path = ANYWHERE
    run.returns.append([])
    run.yields.append(None)
    run.active.append(node)
    try:
        if isinstance(node, ast.Lambda):
            run.evaluate(node.body, scope)
            return Flow.NORMAL
        return run.execute(node.body, scope)
    finally:
        run.returns.pop()
        run.yields.pop()
        run.active.pop()
