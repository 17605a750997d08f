"""Attributes and items of values."""

from __future__ import annotations

import ast

from relcheck.sources.migration.python.comparing import dialects_named, is_dialect_name
from relcheck.sources.migration.python.run import Run
from relcheck.sources.migration.python.values import (
    ALL_DIALECTS,
    Attribute,
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
    Text,
    Value,
    choice,
    plain_text,
    same,
    text_of,
)


def attribute_of(run: Run, value: Value, name: str, node: ast.AST) -> Value:
    """`value.name`."""
    if type(value) is Symbol:
        return run.resolved(Symbol(f"{value.name}.{name}"))
    if type(value) is Choice:
        return choice([(attribute_of(run, option, name, node), path) for option, path in value.options])
    if type(value) is Maybe:
        return attribute_of(run, value.value, name, node)
    if type(value) is Class:
        found = class_attribute(value, name)
        if found is None:
            return plain_text(value.name) if name == "__name__" else Attribute(value, name)
        if type(found) is Function and "classmethod" in _decorators(found):
            return Function(found.node, found.module, found.scope, (value, *found.bound))
        return found
    if type(value) is Instance:
        return _of_instance(run, value, name, node)
    return Attribute(value, name)


def class_attribute(cls: Class, name: str, depth: int = 0) -> Value | None:
    """What the class or one of its bases in the project has under a name."""
    found = cls.scope.names.get(name)
    if found is not None or depth > 10:
        return found
    for base in cls.bases:
        if type(base) is Class:
            found = class_attribute(base, name, depth + 1)
            if found is not None:
                return found
    return None


def _of_instance(run: Run, instance: Instance, name: str, node: ast.AST) -> Value:
    from relcheck.sources.migration.python.calls import applied

    if name in instance.fields:
        return instance.fields[name]
    found = class_attribute(instance.cls, name)
    if type(found) is not Function or isinstance(found.node, ast.Lambda):
        return Attribute(instance, name) if found is None else found
    decorators = _decorators(found)
    if "staticmethod" in decorators:
        return found
    owner: Value = instance.cls if "classmethod" in decorators else instance
    bound = Function(found.node, found.module, found.scope, (owner, *found.bound))
    if decorators & {"property", "cached_property", "hybrid_property"}:
        return applied(run, bound, [], {}, node, run.module)
    return bound


def _decorators(function: Function) -> set[str]:
    return {_last_name(decorator) for decorator in getattr(function.node, "decorator_list", ())}


def _last_name(decorator: ast.expr) -> str:
    if isinstance(decorator, ast.Call):
        decorator = decorator.func
    return decorator.attr if isinstance(decorator, ast.Attribute) else getattr(decorator, "id", "")


def item_of(value: Value, key: Value) -> Value:
    """`value[key]`."""
    if type(value) is Choice:
        return choice([(item_of(option, key), path) for option, path in value.options])
    if type(key) is Choice:
        return choice([(item_of(value, option), path) for option, path in key.options])
    if type(value) is Items and type(key) is Constant and isinstance(key.value, int):
        position = key.value
        certain = value.complete and not any(type(item) is Maybe for item in value.items)
        if certain and -len(value.items) <= position < len(value.items):
            return value.items[position]
    if type(value) is Entries:
        return entry_of(value, key)
    return Derived((value, key))


def entry_of(entries: Entries, key: Value, default: Value | None = None) -> Value:
    """What a dict holds under a key; for the name of the dialect, one value for each database."""
    if is_dialect_name(key) and entries.entries and all(type(name) is Text for name, _ in entries.entries):
        options: list[tuple[Value, Path]] = []
        left = ALL_DIALECTS
        for name, value in entries.entries:
            named = dialects_named(text_of(name) or "")
            options.append((value, Path(named)))
            left -= named
        if default is not None and left:
            options.append((default, Path(left)))
        return choice(options)
    for name, value in reversed(entries.entries):
        if same(name, key):
            return value
    known = type(key) is Text and text_of(key) is not None and entries.complete
    if known and default is not None and all(text_of(name) is not None for name, _ in entries.entries):
        return default
    return Derived((entries, key, *(() if default is None else (default,))))
