"""How a RunSQL or RunPython says that it is undone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from relcheck.model.finding import Region
from relcheck.sources.migration.django.model_use import imported_models, model_variables
from relcheck.sources.migration.django.written import is_none
from relcheck.sources.migration.migration import Step
from relcheck.sources.migration.python.values import Function, Items, Symbol, Text, Value

if TYPE_CHECKING:
    from relcheck.sources.migration.python.module import Module


def sql_step(head: Region, reverse: Value | None, *, does_nothing: bool) -> Step:
    """A RunSQL, called at `head`."""
    return Step(type="sql", region=head, reverse=_reverse(reverse), noop=does_nothing)


def python_step(head: Region, code: Value | None, reverse: Value | None, *, does_nothing: bool, module: Module) -> Step:
    """A RunPython, called at `head` in `module`, with what is known of its function."""
    step = Step(
        type="python",
        region=head,
        reverse=_reverse(reverse),
        noop=is_noop(code) or (type(code) is Function and does_nothing and is_empty(code)),
    )
    if type(code) is not Function:
        return replace(step, function=code.name if type(code) is Symbol else "")
    node = code.node
    arguments = [*node.args.posonlyargs, *node.args.args][len(code.bound) :]
    names = None if node.args.vararg is not None else tuple(one.arg for one in arguments)
    step = replace(step, function=code.name, parameters=names)
    if code.module is not module or isinstance(node, ast.Lambda):
        return step
    nodes = list(ast.walk(node))
    return replace(
        step,
        signature_region=_signature(node, arguments, module),
        model_imports=imported_models(nodes, module),
        model_variables=model_variables(nodes, module),
    )


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, arguments: list[ast.arg], module: Module) -> Region:
    """The parameters, where they stand on one line; else the function's name."""
    if arguments:
        first, last = module.region(arguments[0]), module.region(arguments[-1])
        if first.line == last.end_line:
            return Region(first.line, first.column, last.end_line, last.end_column)
    start = module.region(node)
    column = start.column + (len("async def ") if isinstance(node, ast.AsyncFunctionDef) else len("def "))
    return Region(start.line, column, start.line, column + len(node.name))


def _reverse(value: Value | None) -> Literal["given", "noop", "missing"]:
    return "missing" if is_none(value) else "noop" if is_noop(value) else "given"


def is_empty(function: Function) -> bool:
    """Whether a function does nothing: `pass`, a docstring, a bare return."""
    node = function.node
    if isinstance(node, ast.Lambda):
        return isinstance(node.body, ast.Constant)
    return all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (
            isinstance(statement, ast.Return) and (statement.value is None or isinstance(statement.value, ast.Constant))
        )
        for statement in node.body
    )


def is_noop(value: Value | None) -> bool:
    if type(value) is Symbol:
        return value.name.endswith((".noop", "RunSQL.noop"))
    if type(value) is Text:
        return not value.text.strip()
    if type(value) is Items:
        return value.complete and not value.items
    return type(value) is Function and is_empty(value)
