"""What an expression evaluates to."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

from relcheck.sources.migration.python.assigning import assign
from relcheck.sources.migration.python.attributes import attribute_of, item_of
from relcheck.sources.migration.python.calls import called
from relcheck.sources.migration.python.comparing import compared, truth
from relcheck.sources.migration.python.iterating import elements
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.texts import added, joined_parts, percent
from relcheck.sources.migration.python.values import (
    ANYWHERE,
    NONE,
    NOTHING_KNOWN,
    Condition,
    Constant,
    Derived,
    Entries,
    Function,
    Items,
    Maybe,
    Origin,
    Path,
    Predicate,
    Symbol,
    Text,
    Value,
    choice,
    combinations,
    guard,
)
from relcheck.sources.python.rope import Part

_TURNS = 200
"""Items over which a loop is unrolled."""


def _constant(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Constant", node)
    if isinstance(node.value, str):
        return Text((Part(node.value, Origin(scope.module, node), None, 0),))
    return NOTHING_KNOWN if node.value is ... else Constant(node.value)


def _formatted(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.JoinedStr", node)
    origin = Origin(scope.module, node)
    pieces: list[Part[Origin] | Value] = []
    known = 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            pieces.append(Part(str(value.value), origin, None, known))
            known += len(str(value.value))
        elif isinstance(value, ast.FormattedValue):
            inner = run.evaluate(value.value, scope)
            plain = value.conversion in (-1, 115) and value.format_spec is None
            pieces.append(inner if plain else NOTHING_KNOWN)
    return joined_parts(pieces)


def _name(run: Run, node: ast.expr, scope: Scope) -> Value:
    value = run.find(cast("ast.Name", node).id, scope)
    return run.resolved(value) if type(value) is Symbol else value


def _attribute(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Attribute", node)
    return attribute_of(run, run.evaluate(node.value, scope), node.attr, node)


def _call(run: Run, node: ast.expr, scope: Scope) -> Value:
    return called(run, cast("ast.Call", node), scope)


def _binary(run: Run, node: ast.expr, scope: Scope) -> Value:
    """The left spine is walked, not recursed into: long concatenations are common."""
    spine: list[ast.BinOp] = []
    rest = node
    while isinstance(rest, ast.BinOp):
        spine.append(rest)
        rest = rest.left
    value = run.evaluate(rest, scope)
    for step in reversed(spine):
        right = run.evaluate(step.right, scope)
        ways = combinations([value, right])
        value = choice([(operated(step.op, left, other), path) for (left, other), path in ways])
    return value


def operated(operator: ast.operator, left: Value, right: Value) -> Value:
    """The outcome of an operator, as far as it can be told."""
    if isinstance(operator, ast.Add):
        if type(left) is Text or type(right) is Text:
            return added(left, right)
        if type(left) is Items and type(right) is Items:
            return Items(left.items + right.items, left.complete and right.complete)
        if type(left) is Items:
            return Items((*left.items, right), complete=False)
    if isinstance(operator, ast.Mod) and type(left) is Text:
        return percent(left, right)
    if isinstance(operator, ast.BitOr) and type(left) is Entries and type(right) is Entries:
        return Entries(left.entries + right.entries, left.complete and right.complete)
    if type(left) is Constant and type(right) is Constant:
        return _calculated(operator, left, right)
    return Derived((left, right))


def _calculated(operator: ast.operator, left: Constant, right: Constant) -> Value:
    a, b = left.value, right.value
    if not isinstance(a, int | float) or not isinstance(b, int | float) or max(abs(a), abs(b)) > 1e15:
        return Derived((left, right))
    try:
        if isinstance(operator, ast.Add):
            return Constant(a + b)
        if isinstance(operator, ast.Sub):
            return Constant(a - b)
        if isinstance(operator, ast.Mult):
            return Constant(a * b)
        if isinstance(operator, ast.FloorDiv):
            return Constant(a // b)
        if isinstance(operator, ast.Div):
            return Constant(a / b)
        if isinstance(operator, ast.Mod):
            return Constant(a % b)
    except (ArithmeticError, ValueError):
        pass
    return Derived((left, right))


def _boolean(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.BoolOp", node)
    is_and = isinstance(node.op, ast.And)
    before = run.path
    result: list[tuple[Value, Path]] = []
    predicates: list[Condition] = []
    for operand in node.values:
        value = run.evaluate(operand, scope)
        condition = truth(value, operand, scope.module)
        predicates.append(condition)
        if operand is node.values[-1]:
            result.append((value, run.path))
            break
        leaves, stays = (condition.opposite(), condition) if is_and else (condition, condition.opposite())
        if leaves.true:
            result.append((value, leaves.path()))
        joined = run.path.join(stays.path()) if stays.true else None
        if joined is None:
            break
        run.path = joined
    run.path = before
    if len(result) == 1:
        return result[0][0]
    if any(type(value) is Predicate for value, _ in result):
        return Predicate(_joined(predicates, node, scope, is_and=is_and))
    return choice(result)


def _joined(conditions: list[Condition], node: ast.BoolOp, scope: Scope, *, is_and: bool) -> Condition:
    true, false = conditions[0].true, conditions[0].false
    for condition in conditions[1:]:
        true, false = (
            (true & condition.true, false | condition.false)
            if is_and
            else (true | condition.true, false & condition.false)
        )
    plain = not any(condition.text for condition in conditions)
    return Condition(true, false, "" if plain else guard(scope.module.source(node)[:200]))


def _unary(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.UnaryOp", node)
    value = run.evaluate(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return Predicate(truth(value, node.operand, scope.module).opposite())
    if type(value) is Constant and isinstance(value.value, int | float) and isinstance(node.op, ast.USub):
        return Constant(-value.value)
    return Derived((value,))


def _compare(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Compare", node)
    values = [run.evaluate(operand, scope) for operand in (node.left, *node.comparators)]
    if len(node.ops) != 1:
        return Predicate(Condition(text=guard(scope.module.source(node)[:200])))
    return Predicate(compared(node.ops[0], values[0], values[1], node, scope.module))


def _conditional(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.IfExp", node)
    condition = truth(run.evaluate(node.test, scope), node.test, scope.module)
    options: list[tuple[Value, Path]] = []
    for branch, side in ((node.body, condition), (node.orelse, condition.opposite())):
        if side.true:
            with run.under(side.path()) as possible:
                if possible:
                    options.append((run.evaluate(branch, scope), side.path()))
    return choice(options)


def _subscript(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Subscript", node)
    value = run.evaluate(node.value, scope)
    if isinstance(node.slice, ast.Slice):
        for bound in (node.slice.lower, node.slice.upper, node.slice.step):
            if bound is not None:
                run.evaluate(bound, scope)
        return Derived((value,))
    return item_of(value, run.evaluate(node.slice, scope))


def _display(run: Run, node: ast.expr, scope: Scope) -> Value:
    items: list[Value] = []
    complete = True
    for element in cast("ast.List", node).elts:
        if isinstance(element, ast.Starred):
            inner = run.evaluate(element.value, scope)
            if type(inner) is Items:
                items.extend(inner.items)
                complete = complete and inner.complete
            else:
                items.append(Derived((inner,)))
                complete = False
        else:
            items.append(run.evaluate(element, scope))
    return Items(tuple(items), complete)


def _dict(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Dict", node)
    entries: list[tuple[Value, Value]] = []
    complete = True
    for key, item in zip(node.keys, node.values, strict=True):
        value = run.evaluate(item, scope)
        if key is not None:
            entries.append((run.evaluate(key, scope), value))
        elif type(value) is Entries:
            entries.extend(value.entries)
            complete = complete and value.complete
        else:
            complete = False
    return Entries(tuple(entries), complete)


def _comprehension(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.ListComp", node)
    inner = Scope(scope.module, scope)
    results: list[Value] = []
    complete = _turns(run, node, inner, 0, ANYWHERE, results)
    if isinstance(node, ast.DictComp):
        pairs = tuple((pair.items[0], pair.items[1]) for pair in results if type(pair) is Items)
        return Entries(pairs, complete)
    return Items(tuple(results), complete)


def _turns(run: Run, node: ast.ListComp, inner: Scope, depth: int, condition: Path, results: list[Value]) -> bool:
    """Collect what the loops of a comprehension give, and say whether that is all."""
    if depth == len(node.generators):
        run.spend()
        value = _element(run, node, inner)
        results.append(value if condition == ANYWHERE else Maybe(value, condition))
        return True
    generator = node.generators[depth]
    source = run.evaluate(generator.iter, inner)
    found = elements(source)
    unknown = found is None or len(found) > _TURNS
    complete = not unknown
    if found is None or unknown:
        found = [(Derived((source,)), ANYWHERE)]
        run.repeated += 1
    for item, path in found:
        assign(run, generator.target, item, inner, node)
        joined: Path | None = condition.join(path)
        for test in generator.ifs:
            said = truth(run.evaluate(test, inner), test, inner.module)
            joined = joined.join(said.path()) if joined is not None and said.true else None
            if joined is None:
                break
        if joined is not None:
            with run.under(joined) as possible:
                if possible:
                    complete = _turns(run, node, inner, depth + 1, joined, results) and complete
    if unknown:
        run.repeated -= 1
    return complete


def _element(run: Run, node: ast.expr, scope: Scope) -> Value:
    if isinstance(node, ast.DictComp):
        return Items((run.evaluate(node.key, scope), run.evaluate(node.value, scope)))
    return run.evaluate(cast("ast.ListComp", node).elt, scope)


def _lambda(run: Run, node: ast.expr, scope: Scope) -> Value:
    return Function(cast("ast.Lambda", node), scope.module, scope)


def _named(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.NamedExpr", node)
    value = run.evaluate(node.value, scope)
    scope.names[node.target.id] = value
    return value


def _inner(run: Run, node: ast.expr, scope: Scope) -> Value:
    return run.evaluate(cast("ast.Await", node).value, scope)


def _yield(run: Run, node: ast.expr, scope: Scope) -> Value:
    node = cast("ast.Yield", node)
    value = NONE if node.value is None else run.evaluate(node.value, scope)
    if run.yields and run.yields[-1] is not None:
        run.yields[-1](value)
    return NOTHING_KNOWN


EVALUATORS: dict[type[ast.expr], Callable[[Run, ast.expr, Scope], Value]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _formatted,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.BoolOp: _boolean,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.List: _display,
    ast.Tuple: _display,
    ast.Set: _display,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
}
