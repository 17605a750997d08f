"""Arguments and names in the calls of Alembic and SQLAlchemy."""

from __future__ import annotations

from collections.abc import Sequence

from relcheck.sources.migration.operation import UNKNOWN
from relcheck.sources.migration.python.values import (
    ANYWHERE,
    Attribute,
    Call,
    Choice,
    Class,
    Constant,
    Derived,
    Entries,
    Instance,
    Items,
    Maybe,
    Path,
    Symbol,
    Text,
    Unknown,
    Value,
    combinations,
)
from relcheck.sources.python.rope import HOLE

_WAYS = 16
"""Ways in which one call can turn out that are told apart."""


class Arguments:
    """The arguments of a call by the names of its parameters."""

    def __init__(self, call: Call, parameters: Sequence[str]) -> None:
        self.call = call
        self.exact = call.exact
        self.named: dict[str, Value] = dict(zip(parameters, call.args, strict=False))
        self.named.update(call.keywords)
        self.rest: tuple[Value, ...] = call.args[len(parameters) :]

    def __contains__(self, name: str) -> bool:
        return name in self.named

    def value(self, name: str) -> Value | None:
        return self.named.get(name)

    def name(self, name: str, unknown: list[str] | None = None, field: str = "") -> str | None:
        """The name that an argument gives; None where it is missing or None. What is not known is noted."""
        value = self.named.get(name)
        if value is None:
            if not self.exact and unknown is not None:
                unknown.append(field or name)
                return UNKNOWN
            return None
        found = name_of(value)
        if found is not None and UNKNOWN in found and unknown is not None:
            unknown.append(field or name)
        return found

    def flag(self, name: str) -> bool:
        """Whether an argument is given and true."""
        value = self.named.get(name)
        return type(value) is Constant and bool(value.value)


def name_of(value: Value) -> str | None:
    """A name: its unknown parts as UNKNOWN, None for None."""
    if type(value) is Text:
        return value.text.replace(HOLE, UNKNOWN)
    if type(value) is Constant:
        return None if value.value is None else str(value.value)
    if type(value) is Call and value.args and last_name(value.func) in {"f", "quoted_name", "conv", "text", "str"}:
        return name_of(value.args[0])
    if type(value) is Class or type(value) is Instance:
        return table_of(value)
    return UNKNOWN


def names_of(value: Value | None) -> tuple[str, ...]:
    """The names in a list; UNKNOWN for each that is not known."""
    if value is None:
        return ()
    if type(value) is Items:
        names = tuple(column_name(item) for item in value.items)
        return names if value.complete else (*names, UNKNOWN)
    if type(value) is Constant and value.value is None:
        return ()
    return (column_name(value),)


def column_name(value: Value) -> str:
    """The column that an item of a list of columns names: a string, a column, an attribute of a table."""
    if type(value) is Maybe:
        return column_name(value.value)
    if type(value) is Call:
        last = last_name(value.func)
        if last in {"Column", "column", "text", "literal_column", "mapped_column"} and value.args:
            return name_of(value.args[0]) or UNKNOWN
        if last in {"desc", "asc", "nulls_last", "nulls_first", "nullslast", "nullsfirst"}:
            if value.args:
                return column_name(value.args[0])
            if type(value.func) is Attribute:
                return column_name(value.func.of)
    if type(value) is Attribute:
        return value.name
    return name_of(value) or UNKNOWN


def table_of(value: Value) -> str | None:
    """The table that a model, a `Table`, a `table(…)` or a column of one stands for; None where it is none of them."""
    if type(value) is Class:
        from relcheck.sources.migration.python.attributes import class_attribute

        found = class_attribute(value, "__tablename__")
        if found is not None:
            return name_of(found)
        table = class_attribute(value, "__table__")
        return None if table is None else table_of(table)
    if type(value) is Instance:
        return table_of(value.cls)
    if type(value) is Attribute:
        return table_of(value.of)
    if type(value) is Call:
        last = last_name(value.func)
        if last in {"Table", "table", "quoted_name", "create_table"} and value.args:
            found_name = name_of(value.args[0])
            return qualified(found_name, value.keywords.get("schema"))
        if last in {"aliased", "alias"} and value.args:
            return table_of(value.args[0])
        if last in {"alias", "subquery"} and type(value.func) is Attribute:
            return table_of(value.func.of)
    if type(value) is Text:
        return name_of(value)
    return None


def qualified(name: str | None, schema: Value | None) -> str | None:
    """A name with its schema before it."""
    if name is None or schema is None or (type(schema) is Constant and not schema.value):
        return name
    text = name_of(schema)
    return f"{text}.{name}" if text else name


def dotted(value: Value) -> str:
    """The dotted name of a symbol or an attribute of one; empty for anything else."""
    if type(value) is Symbol:
        return value.name
    if type(value) is Attribute:
        before = dotted(value.of)
        return f"{before}.{value.name}" if before else ""
    return ""


def last_name(value: Value) -> str:
    """The name by which a function is called, without what stands before it."""
    if type(value) is Symbol:
        return value.name.rpartition(".")[2]
    if type(value) in (Attribute, Unknown, Class):
        return value.name  # type: ignore[union-attr]  # all three have a name
    return ""


def is_of(value: Value, package: str) -> bool:
    """Whether a value is a symbol of a package."""
    name = dotted(value)
    return name == package or name.startswith(f"{package}.")


def ways(call: Call) -> list[tuple[Call, Path]]:
    """The call with every choice among its arguments made, in all ways that do not contradict themselves."""
    if not any(_has_choice(value, 0) for value in (*call.args, *call.keywords.values())):
        return [(call, ANYWHERE)]
    names = list(call.keywords)
    operands = [_outward(value, 0) for value in (*call.args, *call.keywords.values())]
    found: list[tuple[Call, Path]] = []
    for values, path in combinations(operands, _WAYS):
        args, rest = tuple(values[: len(call.args)]), values[len(call.args) :]
        found.append(
            (Call(call.func, args, dict(zip(names, rest, strict=True)), call.node, call.module, call.exact), path)
        )
    return found


def _has_choice(value: Value, depth: int) -> bool:
    if type(value) is Choice:
        return True
    if depth > 6:
        return False
    if type(value) is Call:
        return any(_has_choice(inner, depth + 1) for inner in (value.func, *value.args, *value.keywords.values()))
    if type(value) is Items:
        return any(_has_choice(inner, depth + 1) for inner in value.items)
    if type(value) is Entries:
        return any(_has_choice(inner, depth + 1) for pair in value.entries for inner in pair)
    if type(value) is Attribute:
        return _has_choice(value.of, depth + 1)
    return type(value) is Maybe and _has_choice(value.value, depth + 1)


def _outward(value: Value, depth: int) -> Value:
    """The value with the choices in it taken outward: a choice of calls for a call of a choice."""
    from relcheck.sources.migration.python.values import choice

    if depth > 6 or not _has_choice(value, depth):
        return value
    if type(value) is Choice:
        return choice([(_outward(option, depth + 1), path) for option, path in value.options])
    if type(value) is Call:
        names = list(value.keywords)
        operands = [_outward(inner, depth + 1) for inner in (value.func, *value.args, *value.keywords.values())]
        options: list[tuple[Value, Path]] = []
        for values, path in combinations(operands, _WAYS):
            args, rest = tuple(values[1 : len(value.args) + 1]), values[len(value.args) + 1 :]
            keywords = dict(zip(names, rest, strict=True))
            options.append((Call(values[0], args, keywords, value.node, value.module, value.exact), path))
        return choice(options)
    if type(value) is Items:
        operands = [_outward(inner, depth + 1) for inner in value.items]
        return choice([(Items(tuple(way), value.complete), path) for way, path in combinations(operands, _WAYS)])
    if type(value) is Attribute:
        operands = [_outward(value.of, depth + 1)]
        return choice([(Attribute(way[0], value.name), path) for way, path in combinations(operands, _WAYS)])
    return value


__all__ = [
    "Arguments",
    "Derived",
    "column_name",
    "dotted",
    "is_of",
    "last_name",
    "name_of",
    "names_of",
    "qualified",
    "table_of",
    "ways",
]
