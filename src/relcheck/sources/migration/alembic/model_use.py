"""Models of the project that a migration reaches by importing them."""

from __future__ import annotations

import ast

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.terms import table_of
from relcheck.sources.migration.python.module import Module
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.values import Attribute, Call, Class, Instance, Symbol, Value

QUERYING = frozenset({"query", "select", "insert", "update", "delete", "add", "merge", "get"})
"""Functions that are given models, or objects of them."""

_LIBRARIES = frozenset({"sqlalchemy", "alembic", "builtins", "sqlmodel", "datetime", "uuid"})


def imported_model(value: Value, module: Module) -> str | None:
    """The dotted name of a model that a value is, or is an object or a column of; None for one that the migration
    declares itself, or that other migrations share."""
    while type(value) in (Attribute, Instance, Call):
        if type(value) is Attribute:
            value = value.of
        elif type(value) is Instance:
            value = value.cls
        elif type(value) is Call and type(value.func) is Symbol and _is_class(value.func.name):
            value = value.func
        else:
            return None
    if type(value) is Class:
        home = value.scope.module
        if home is module or "migrations" in home.name.split(".") or not home.name or table_of(value) is None:
            return None
        return f"{home.name}.{value.name}"
    return value.name if type(value) is Symbol and _is_class(value.name) else None


def _is_class(name: str) -> bool:
    """Whether a symbol is named as a model of a project is."""
    parts = name.split(".")
    if len(parts) < 2 or parts[0] in _LIBRARIES or "migrations" in parts:
        return False
    return any(part[:1].isupper() and not part.isupper() for part in parts[1:])


def named_in(call: Call, name: str, run: Run) -> Region | None:
    """Where a call of the migration names it."""
    if call.module is not run.module:
        return None
    last = name.rpartition(".")[2]
    for node in ast.walk(call.node):
        if isinstance(node, ast.Name | ast.Attribute) and last in (getattr(node, "id", ""), getattr(node, "attr", "")):
            return run.module.region(node)
    return None
