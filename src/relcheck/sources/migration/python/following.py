"""Calls of the project's own functions and classes, which are followed into their bodies."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from relcheck.sources.migration.python.attributes import class_attribute
from relcheck.sources.migration.python.module import Module
from relcheck.sources.migration.python.run import Flow, Frame, Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import (
    NONE,
    Call,
    Class,
    Derived,
    Entries,
    Function,
    Instance,
    Items,
    Path,
    Unknown,
    Value,
    choice,
    plain_text,
    text_of,
)

_DEPTH = 5
"""Helpers that call each other are followed so far."""


def follow(run: Run, function: Function, call: Call) -> Value | None:
    """What the function returns for these arguments; None where it is not followed: it is too deep, or calls itself."""
    node = function.node
    if node in run.active or len(run.active) > _DEPTH:
        return None
    scope = Scope(function.module, function.scope)
    bind(run, function, call, scope)
    given = [(name, value) for name, value in scope.names.items() if type(value) in (Items, Entries)]
    if isinstance(node, ast.Lambda):
        with _entered(run, function, call):
            return run.evaluate(node.body, scope)
    yielded: list[Value] = []
    with _entered(run, function, call) as returns:
        run.yields.append(yielded.append)
        try:
            flow = run.execute(node.body, scope)
        finally:
            run.yields.pop()
        if flow == Flow.NORMAL:
            returns.append((NONE, run.path))
    for name, value in given:
        if scope.names[name] is not value:
            run.changed.append((value, scope.names[name]))
    if yielded or is_generator(node, function.module):
        return Derived((call, *yielded, *call.args))
    return choice(returns) if returns else NONE


@contextmanager
def _entered(run: Run, function: Function, call: Call) -> Iterator[list[tuple[Value, Path]]]:
    """The course of one call: its frame, its place for what is returned, and the path as it was before."""
    path = run.path
    run.frames.append(Frame(call.module, call.node, function.name, function.module))
    run.active.append(function.node)
    run.returns.append([])
    try:
        yield run.returns[-1]
    finally:
        run.path = path
        run.frames.pop()
        run.active.pop()
        run.returns.pop()


def bind(run: Run, function: Function, call: Call, scope: Scope) -> None:
    """Gives the parameters their values: arguments, defaults, or what stands for an argument that is not known."""
    arguments = function.node.args
    names = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    positional = [*function.bound, *call.args]
    keywords = dict(call.keywords)
    for name, value in zip(names, positional, strict=False):
        scope.names[name] = value
    if arguments.vararg is not None:
        scope.names[arguments.vararg.arg] = Items(tuple(positional[len(names) :]), call.exact)
    defaults: dict[str, ast.expr] = dict(
        zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=False)
    )
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        names.append(arg.arg)
        if default is not None:
            defaults[arg.arg] = default
    for name in names:
        if name in keywords:
            scope.names[name] = keywords.pop(name)
        elif name not in scope.names:
            known = name in defaults and call.exact
            scope.names[name] = run.evaluate(defaults[name], function.scope) if known else Unknown(name)
    if arguments.kwarg is not None:
        pairs = tuple((plain_text(name), value) for name, value in keywords.items())
        scope.names[arguments.kwarg.arg] = Entries(pairs, call.exact)


def is_generator(node: ast.FunctionDef | ast.AsyncFunctionDef, module: Module) -> bool:
    """Whether the function's own body yields."""
    if "yield" not in module.text:
        return False
    kept = module.generators.get(node)
    if kept is None:
        kept = module.generators[node] = _yields(node)
    return kept


def _yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    waiting: list[ast.AST] = list(node.body)
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(one))
    return False


def make(run: Run, cls: Class, call: Call) -> Value:
    """An object of a class of the project."""
    instance = Instance(cls, {}, call)
    init = class_attribute(cls, "__init__")
    if type(init) is Function and not isinstance(init.node, ast.Lambda):
        bound = Function(init.node, init.module, init.scope, (instance,))
        if follow(run, bound, call) is not None:
            return instance
    elif cls.node is not None:
        fields = [
            statement.target.id
            for statement in cls.node.body
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        ]
        instance.fields.update(zip(fields, call.args, strict=False))
    instance.fields.update(call.keywords)
    return instance


def made_class(name: Value, bases: Value, attributes: Value, call: Call) -> Value:
    """`type("Name", (Base,), {…})`."""
    scope = Scope(call.module)
    for key, value in attributes.entries if type(attributes) is Entries else ():
        text = text_of(key)
        if text is not None:
            scope.names[text] = value
    return Class(text_of(name) or "", bases.items if type(bases) is Items else (), scope)
