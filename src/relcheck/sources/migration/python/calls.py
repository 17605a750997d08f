"""Calls: those that are followed, those that are worked out, and the others, which are the framework's to read."""

from __future__ import annotations

import ast
import sys

from relcheck.sources.migration.python.following import follow, make
from relcheck.sources.migration.python.methods import function_outcome, method_outcome
from relcheck.sources.migration.python.module import CHANGING, Module, bound_names
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.scope import Scope
from relcheck.sources.migration.python.values import (
    NOTHING_KNOWN,
    Attribute,
    Call,
    Choice,
    Class,
    Constant,
    Derived,
    Entries,
    Function,
    Instance,
    Items,
    Maybe,
    Path,
    Symbol,
    Unknown,
    Value,
    choice,
    plain_text,
    text_of,
)


def called(run: Run, node: ast.Call, scope: Scope) -> Value:
    """The outcome of a call."""
    run.spend()
    func = run.evaluate(node.func, scope)
    args, keywords, exact = arguments(run, node, scope)
    if type(func) is Attribute and func.name in CHANGING and type(func.of) in (Items, Entries):
        _change(run, func, args, keywords, node, scope)
        if func.name not in {"pop", "setdefault", "popitem"}:
            return Constant(None)
    outcome = applied(run, func, args, keywords, node, scope.module, exact=exact)
    if not run.muted and any(type(arg) in (Items, Entries) for arg in (*args, *keywords.values())):
        for name in _names_given(node):
            before = scope.find(name)
            if type(before) in (Items, Entries):
                _given_away(run, name, before, func, scope)
    return outcome


def _names_given(node: ast.Call) -> list[str]:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return [arg.id for arg in given if isinstance(arg, ast.Name)]


def _given_away(run: Run, name: str, before: Value | None, func: Value, scope: Scope) -> None:
    """A list or dict that a function was given may be another one now: what a function that was followed made of it,
    and unknown where one was not, unless that is of the language or a library that only describes."""
    after = next((final for initial, final in reversed(run.changed) if initial is before), None)
    if after is not None:
        rebind(name, after, scope)
    elif before is not None and _may_change_what_it_is_given(func):
        rebind(name, _with_more(before), scope)


def _may_change_what_it_is_given(func: Value) -> bool:
    return type(func) in (Unknown, Derived) or (type(func) is Symbol and not _is_of_library(func.name))


def _is_of_library(name: str) -> bool:
    head = name.partition(".")[0]
    return head in {"builtins", "sqlalchemy", "alembic"} or head in sys.stdlib_module_names


def _with_more(value: Value) -> Value:
    """The list or dict, of which it is not known any longer what else is in it."""
    if type(value) is Items:
        return Items(value.items, complete=False)
    return Entries(value.entries, complete=False) if type(value) is Entries else value


def arguments(run: Run, node: ast.Call, scope: Scope) -> tuple[list[Value], dict[str, Value], bool]:
    """Positional and named arguments; false as the third where a star hides some."""
    args: list[Value] = []
    keywords: dict[str, Value] = {}
    exact = True
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            values = run.evaluate(arg.value, scope)
            if type(values) is Items:
                args.extend(values.items)
                exact = exact and values.complete
            else:
                args.append(Derived((values,)))
                exact = False
        else:
            args.append(run.evaluate(arg, scope))
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif type(value) is Entries:
            exact = exact and value.complete
            for name, item in value.entries:
                text = text_of(name)
                if text is None:
                    exact = False
                else:
                    keywords[text] = item
        else:
            exact = False
    return args, keywords, exact


def applied(
    run: Run,
    func: Value,
    args: list[Value],
    keywords: dict[str, Value],
    node: ast.AST,
    module: Module,
    *,
    exact: bool = True,
) -> Value:
    """The outcome of calling a value."""
    if type(func) is Choice:
        options: list[tuple[Value, Path]] = []
        for option, path in func.options:
            with run.under(path) as possible:
                if possible:
                    options.append((applied(run, option, args, keywords, node, module, exact=exact), path))
        return choice(options)
    if type(func) is Maybe:
        with run.under(func.path) as possible:
            return applied(run, func.value, args, keywords, node, module, exact=exact) if possible else NOTHING_KNOWN
    call = Call(func, tuple(args), keywords, node, module, exact)
    if type(func) is Function:
        outcome = follow(run, func, call)
        return _left_to_framework(run, call) if outcome is None else outcome
    if type(func) is Class:
        return make(run, func, call)
    if type(func) is Symbol:
        known = function_outcome(run, func.name, call)
        if known is not None:
            return known
    elif type(func) is Attribute:
        known = method_outcome(run, func, call)
        if known is not None:
            return known
    return _left_to_framework(run, call)


def _left_to_framework(run: Run, call: Call) -> Value:
    if run.muted:
        return call
    outcome = run.handler.call(call, run)
    return call if outcome is None else outcome


def _change(
    run: Run, func: Attribute, args: list[Value], keywords: dict[str, Value], node: ast.Call, scope: Scope
) -> None:
    """`names.append(x)`: the name stands for the longer list from here on. What a change is not followed of is known
    no longer."""
    value = func.of
    changed: Value | None = None
    if type(value) is Items and func.name in {"append", "add"} and len(args) == 1:
        changed = Items((*value.items, args[0]), value.complete and not run.repeated)
    elif type(value) is Items and func.name in {"extend", "update"} and len(args) == 1:
        more = args[0]
        changed = (
            Items(value.items + more.items, value.complete and more.complete)
            if type(more) is Items
            else Items((*value.items, Derived((more,))), complete=False)
        )
    elif type(value) is Items and func.name == "insert" and len(args) == 2:
        first = type(args[0]) is Constant and args[0].value == 0
        changed = Items((args[1], *value.items), value.complete) if first else Items((*value.items, args[1]), False)
    elif type(value) is Entries and func.name == "update":
        given = args[0] if args else Entries(())
        pairs = tuple((plain_text(name), item) for name, item in keywords.items())
        complete = value.complete and type(given) is Entries and given.complete
        changed = Entries(value.entries + (given.entries if type(given) is Entries else ()) + pairs, complete)
    elif func.name == "clear":
        changed = Items(()) if type(value) is Items else Entries(())
    target = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(target, ast.Name):
        rebind(target.id, _with_more(value) if changed is None else changed, scope)
    elif isinstance(target, ast.Attribute):
        owner = run.evaluate(target.value, scope)
        if type(owner) is Instance:
            owner.fields[target.attr] = _with_more(value) if changed is None else changed
    else:
        for name in bound_names(ast.Expr(value=node)):
            holder = scope.find(name)
            if holder is not None:
                rebind(name, Derived((holder,), name), scope)


def rebind(name: str, value: Value, scope: Scope) -> None:
    """Gives a name a new value in the scope that binds it."""
    holder: Scope | None = scope
    while holder is not None:
        if name in holder.names:
            holder.names[name] = value
            return
        holder = holder.parent
    scope.names[name] = value
