"""Statements, in the order in which they would run, with every branch that may be taken."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import cast

from relcheck.sources.migration.python.assigning import assign
from relcheck.sources.migration.python.calls import applied, rebind
from relcheck.sources.migration.python.comparing import TRUE, compared, truth
from relcheck.sources.migration.python.contexts import with_contexts
from relcheck.sources.migration.python.expressions import operated
from relcheck.sources.migration.python.iterating import elements
from relcheck.sources.migration.python.module import bound_names
from relcheck.sources.migration.python.run import Flow, Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import (
    ANYWHERE,
    NONE,
    Class,
    Condition,
    Constant,
    Derived,
    Entries,
    Function,
    Items,
    Path,
    Symbol,
    Text,
    Unknown,
    Value,
    choice,
    guard,
    merged,
)

_TURNS = 200
"""Turns of a loop that are unrolled."""


def execute(run: Run, body: Sequence[ast.stmt], scope: Scope) -> Flow:
    """Runs statements in a scope; how the block ends."""
    for statement in body:
        run.spend()
        executor = _EXECUTORS.get(type(statement))
        flow = Flow.NORMAL if executor is None else executor(run, statement, scope)
        if flow != Flow.NORMAL:
            return flow
    return Flow.NORMAL


def _assign(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.Assign", statement)
    value = run.evaluate(statement.value, scope)
    for target in statement.targets:
        assign(run, target, value, scope, statement)
    return Flow.NORMAL


def _annotated(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.AnnAssign", statement)
    if statement.value is not None:
        assign(run, statement.target, run.evaluate(statement.value, scope), scope, statement)
    return Flow.NORMAL


def _augmented(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.AugAssign", statement)
    old = run.evaluate(cast("ast.expr", statement.target), scope)
    new = run.evaluate(statement.value, scope)
    value = Derived((old, new)) if run.repeated and type(old) is not Text else operated(statement.op, old, new)
    if isinstance(statement.target, ast.Name):
        rebind(statement.target.id, value, scope)
    else:
        assign(run, statement.target, value, scope, statement)
    return Flow.NORMAL


def _expression(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.Expr", statement)
    if not isinstance(statement.value, ast.Constant):
        run.evaluate(statement.value, scope)
    return Flow.NORMAL


def _return(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.Return", statement)
    value = NONE if statement.value is None else run.evaluate(statement.value, scope)
    if run.returns:
        run.returns[-1].append((value, run.path))
    return Flow.RETURN


def _raise(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    return Flow.RAISE


def _leave_turn(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    return Flow.LOOP


def _if(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.If", statement)
    value = run.evaluate(statement.test, scope)
    return branches(
        run, [(truth(value, statement.test, scope.module), statement.body), (TRUE, statement.orelse)], scope
    )


def branches(run: Run, cases: Sequence[tuple[Condition, Sequence[ast.stmt]]], scope: Scope) -> Flow:
    """All branches that may be taken, one beside the other; then the names as they may stand behind them."""
    condition, body = cases[0]
    rest = cases[1:]
    start, names = run.path, dict(scope.names)
    taken = start.join(condition.path()) if condition.true else None
    opposite = condition.opposite()
    skipped = start.join(opposite.path()) if opposite.true and condition.false else None
    ends: list[tuple[dict[str, Value], Path, Path]] = []
    flows: list[Flow] = []
    if taken is not None:
        run.path = taken
        flows.append(execute(run, body, scope))
        if flows[-1] == Flow.NORMAL:
            ends.append((scope.names, run.path, condition.path()))
    if skipped is not None:
        scope.names = dict(names)
        run.path = skipped
        flow = Flow.NORMAL
        if rest:
            only_else = len(rest) == 1 and rest[0][0] is TRUE
            flow = execute(run, rest[0][1], scope) if only_else else branches(run, rest, scope)
        flows.append(flow)
        if flow == Flow.NORMAL:
            ends.append((scope.names, run.path, opposite.path()))
    if not ends:
        run.path = start
        return min(flows, default=Flow.NORMAL)
    if len(ends) == 1:
        scope.names = ends[0][0]
        raising = Flow.RAISE in flows and Flow.RETURN not in flows and Flow.LOOP not in flows
        run.path = Path(ends[0][1].dialects, start.guards) if raising or len(flows) == 1 else ends[0][1]
        return Flow.NORMAL
    run.path = Path(ends[0][1].dialects | ends[1][1].dialects, start.guards)
    scope.names = _merged_names(ends)
    return Flow.NORMAL


def _merged_names(ends: list[tuple[dict[str, Value], Path, Path]]) -> dict[str, Value]:
    (first, _, path_a), (second, _, path_b) = ends
    result = dict(first)
    for name, value in second.items():
        other = first.get(name)
        if other is None:
            result[name] = value
        elif other is not value:
            result[name] = merged(other, path_a, value, path_b)
    return result


def _for(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.For", statement)
    source = run.evaluate(statement.iter, scope)
    found = elements(source)
    start = run.path
    if found is None or len(found) > _TURNS:
        text = statement.target.id if isinstance(statement.target, ast.Name) else ""
        unknown = Derived((source,), text)
        _once(run, statement, scope, lambda: assign(run, statement.target, unknown, scope, statement))
    else:
        for item, path in found:
            with run.under(path) as possible:
                if possible:
                    assign(run, statement.target, item, scope, statement)
                    flow = execute(run, statement.body, scope)
                    if flow in (Flow.RETURN, Flow.RAISE):
                        run.path = start
                        return flow
    run.path = start
    return execute(run, statement.orelse, scope)


def _while(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.While", statement)
    start = run.path
    first = truth(run.evaluate(statement.test, scope), statement.test, scope.module)
    if not first.true:
        return execute(run, statement.orelse, scope)
    _once(run, statement, scope, lambda: run.evaluate(statement.test, scope))
    run.path = start
    return execute(run, statement.orelse, scope)


def _once(run: Run, statement: ast.For | ast.While, scope: Scope, before: Callable[[], object]) -> None:
    """The body of a loop whose turns are not known, once: what it changes is not known while it runs."""
    held: dict[str, Value] = {}
    for inner in statement.body:
        bound = set(bound_names(inner, changed=False))
        for name in sorted(set(bound_names(inner))):
            value = scope.names.get(name)
            if value is not None and (name in bound or type(value) in (Items, Entries)):
                held.setdefault(name, value)
                scope.names[name] = Derived((value,), name)
    run.repeated += 1
    try:
        before()
        execute(run, statement.body, scope)
    finally:
        run.repeated -= 1
    for name, value in held.items():
        if type(value) is Constant:  # what it was, where there was no turn
            scope.names[name] = choice([(scope.names[name], ANYWHERE), (value, ANYWHERE)])


def _try(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.Try", statement)
    start, before = run.path, dict(scope.names)
    flow = execute(run, statement.body, scope)
    if flow == Flow.NORMAL:
        flow = execute(run, statement.orelse, scope)
    end = run.path
    stops = [flow]
    after = dict(scope.names)
    ways = [(after, ANYWHERE)] if flow == Flow.NORMAL else []
    for handler in statement.handlers:
        caught = scope.module.source(handler.type) if handler.type is not None else ""
        failed = Path(guards=(f"except {caught}".strip(),))
        scope.names = {**after, **before}  # what the body sets may not have been set
        if handler.name is not None:
            scope.names[handler.name] = Unknown(handler.name)
        run.path = start.join(failed) or start
        stops.append(execute(run, handler.body, scope))
        if stops[-1] == Flow.NORMAL:
            ways.append((scope.names, failed))
    scope.names = _any_names(ways) if ways else after
    run.path = end if flow == Flow.NORMAL else start
    last = execute(run, statement.finalbody, scope)
    return last if last != Flow.NORMAL else min(stops)


def _any_names(ways: list[tuple[dict[str, Value], Path]]) -> dict[str, Value]:
    """The names behind several ways: a value of its own for each, where they differ."""
    result = dict(ways[0][0])
    for names, _ in ways[1:]:
        for name, value in names.items():
            if result.get(name) is not value:
                found = [(names[name], path) for names, path in ways if name in names]
                result[name] = choice(found)
    return result


def _function(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.FunctionDef", statement)
    value: Value = Function(statement, scope.module, scope)
    for decorator in reversed(statement.decorator_list):
        wrapper = run.evaluate(decorator, scope)
        if type(wrapper) is Function:  # one of the project, which may do something around the function
            wrapped = applied(run, wrapper, [value], {}, decorator, scope.module)
            value = wrapped if type(wrapped) is Function else value
    scope.names[statement.name] = value
    return Flow.NORMAL


def _class(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.ClassDef", statement)
    inner = Scope(scope.module, scope)
    bases = tuple(run.evaluate(base, scope) for base in statement.bases)
    for each in statement.body:
        if isinstance(each, ast.If):  # what only one branch binds is, on the other way, what a base class says
            inner.names.update((name, NONE) for name in bound_names(each))
    run.muted += 1
    try:
        execute(run, statement.body, inner)
    finally:
        run.muted -= 1
    scope.names[statement.name] = Class(statement.name, bases, inner, statement)
    return Flow.NORMAL


def _import(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    for alias in cast("ast.Import", statement).names:
        name = alias.asname or alias.name.partition(".")[0]
        scope.names[name] = Symbol(alias.name if alias.asname else name)
    return Flow.NORMAL


def _import_from(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.ImportFrom", statement)
    base = statement.module or ""
    if statement.level and scope.module.name:
        base = _absolute(run, scope.module.name, statement.level, base)
    elif statement.level:
        base = "." * statement.level + base
    for alias in statement.names:
        if alias.name != "*":
            separator = "" if base.endswith(".") and not base.strip(".") else "."
            scope.names[alias.asname or alias.name] = Symbol(f"{base}{separator}{alias.name}")
    return Flow.NORMAL


def _absolute(run: Run, name: str, level: int, base: str) -> str:
    """The name of a module that another one imports by a relative name. Only a package has modules below it, so one
    that is found there tells that the importing module is a package's `__init__`."""
    parts = name.split(".")
    below = [*parts[: len(parts) - level + 1], *([base] if base else [])]
    if base and run.has_module(".".join(below)):
        return ".".join(below)
    return ".".join([*parts[:-level], *([base] if base else [])])


def _declare(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    scope.globals.update(cast("ast.Global", statement).names)
    return Flow.NORMAL


def _assert(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    run.evaluate(cast("ast.Assert", statement).test, scope)
    return Flow.NORMAL


def _match(run: Run, statement: ast.stmt, scope: Scope) -> Flow:
    statement = cast("ast.Match", statement)
    subject = run.evaluate(statement.subject, scope)
    cases = [(_case(run, case, subject, scope, statement), case.body) for case in statement.cases]
    return branches(run, cases, scope)


def _case(run: Run, case: ast.match_case, subject: Value, scope: Scope, statement: ast.Match) -> Condition:
    patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
    text = guard(f"{scope.module.source(statement.subject)} matches {scope.module.source(case.pattern)}")
    said: list[Condition] = []
    for pattern in patterns:
        if isinstance(pattern, ast.MatchValue):
            value = run.evaluate(pattern.value, scope)
            said.append(compared(ast.Eq(), subject, value, pattern, scope.module))
        elif isinstance(pattern, ast.MatchAs) and pattern.pattern is None and case.guard is None:
            if pattern.name is not None:
                scope.names[pattern.name] = subject
            return TRUE
        else:
            said.append(Condition(text=text))
    true: frozenset[str] = frozenset().union(*(one.true for one in said))
    false = frozenset.intersection(*(one.false for one in said))
    plain = not any(one.text for one in said) and case.guard is None
    return Condition(true, false if case.guard is None else Condition().false, "" if plain else text)


_EXECUTORS: dict[type[ast.stmt], Callable[[Run, ast.stmt, Scope], Flow]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _leave_turn,
    ast.Continue: _leave_turn,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: with_contexts,
    ast.AsyncWith: with_contexts,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _declare,
    ast.Nonlocal: _declare,
    ast.Assert: _assert,
    ast.Match: _match,
}
