"""Calls that are not followed: which of them surely change no database."""

from __future__ import annotations

import ast
import sys

from relcheck.sources.migration.python.values import (
    Attribute,
    Call,
    Class,
    Constant,
    Derived,
    Entries,
    Function,
    Instance,
    Items,
    Predicate,
    Symbol,
    Text,
    Unknown,
    Value,
)

_HARMLESS = frozenset(
    {
        "alembic", "builtins", "click", "croniter", "cryptography", "dateutil", "logging", "numpy", "orjson",
        "packaging", "pendulum", "pytz", "simplejson", "sqlalchemy", "sqlalchemy_utils", "tqdm", "ujson", "uuid6",
        "yaml",
    }
)  # fmt: skip
"""Packages that compute, read or describe, and reach no database by themselves."""

_LOGGERS = frozenset({"logger", "log", "_logger", "_log", "LOGGER", "LOG", "logging", "warnings"})
_ACTING = frozenset({"execute", "exec_driver_sql", "commit", "add_all", "bulk_insert", "flush"})


def is_harmless(call: Call) -> bool:
    """Whether a call is one of the language, its library, or of a package that reaches no database by itself."""
    root = _root(call.func)
    if type(root) is Symbol:
        head = root.name.partition(".")[0]
        return head in _HARMLESS or head in sys.stdlib_module_names or root.name.rpartition(".")[2] in _LOGGERS
    if type(root) is Unknown:
        return root.name in _LOGGERS
    return type(root) in (Text, Constant, Items, Entries, Predicate)


def is_method(call: Call) -> bool:
    """Whether it is a method of an object that the evaluation has met: a row, a result, an object of the project."""
    root = _root(call.func)
    return type(call.func) is Attribute and type(root) in (Derived, Instance, Class, Function)


def _root(value: Value) -> Value:
    """What an attribute or call is of."""
    while True:
        if type(value) is Attribute:
            value = value.of
        elif type(value) is Call:
            value = value.func
        else:
            return value


def may_change(function: Function) -> bool:
    """Whether a function, or one of its module that it calls, says a word of what changes a database."""
    changing = function.module.changing
    if function.node not in changing:
        changing[function.node] = _says_so(function)
    return changing[function.node]


def _says_so(function: Function) -> bool:
    waiting: list[ast.AST] = [function.node]
    seen: set[str] = set()
    while waiting:
        for node in ast.walk(waiting.pop()):
            if isinstance(node, ast.Name) and node.id in {"op", "batch_op"}:
                return True
            if isinstance(node, ast.Attribute) and node.attr in _ACTING:
                return True
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in seen:
                seen.add(node.func.id)
                called = function.module.binders.get(node.func.id, ())
                waiting.extend(one for one in called if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return False
