"""What tests say: which are decided by the source, and which ask for the database."""

from __future__ import annotations

import ast
import re

from relcheck.sources.migration.python.module import Module
from relcheck.sources.migration.python.values import (
    ALL_DIALECTS,
    Attribute,
    Call,
    Choice,
    Class,
    Condition,
    Constant,
    Derived,
    Entries,
    Function,
    Items,
    Maybe,
    Predicate,
    Symbol,
    Text,
    Unknown,
    Value,
    combinations,
    guard,
    text_of,
)
from relcheck.sources.python.rope import HOLE

_NO_DIALECT: frozenset[str] = frozenset()
TRUE = Condition(ALL_DIALECTS, _NO_DIALECT)
FALSE = Condition(_NO_DIALECT, ALL_DIALECTS)

_NAMES = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "sqlite": "sqlite",
    "mssql": "other",
    "oracle": "other",
    "cockroachdb": "other",
}
_CLASSES = re.compile(
    r"(?P<postgres>PG|Postgres)|(?P<mysql>MySQL|MariaDB)|(?P<sqlite>SQLite)|(?P<other>MS|Oracle)", re.IGNORECASE
)
_DIALECT_NAMES = frozenset({"dialect", "dialect_name", "db_dialect", "dialectname"})
_GUARD = 200
"""Characters of a guard that are kept."""


def truth(value: Value, node: ast.AST, module: Module) -> Condition:
    """What a value says as a test."""
    if type(value) is Predicate:
        return value.condition
    if type(value) is Choice:
        said = [(truth(option, node, module), path.dialects, path.guards) for option, path in value.options]
        return _any_of(said, _guard(node, module))
    known = _known_truth(value)
    return Condition(text=_guard(node, module)) if known is None else TRUE if known else FALSE


def _known_truth(value: Value) -> bool | None:
    if type(value) is Constant:
        return bool(value.value)
    if type(value) is Text:
        return True if value.text.replace(HOLE, "") else None if value.text else False
    if type(value) is Items:
        if not value.complete:  # what stands in it may stand for any number of items
            return None
        certain = any(type(item) is not Maybe for item in value.items)
        return True if certain else None if value.items else False
    if type(value) is Entries:
        return bool(value.entries) if value.complete else None
    if type(value) is Symbol and value.name == "typing.TYPE_CHECKING":
        return False
    return True if type(value) in (Function, Class) else None


def compared(operator: ast.cmpop, left: Value, right: Value, node: ast.AST, module: Module) -> Condition:
    """What a comparison says."""
    ways = combinations([left, right])
    if len(ways) > 1:
        said = [(_compared(operator, a, b, node, module), path.dialects, path.guards) for (a, b), path in ways]
        return _any_of(said, _guard(node, module))
    return _compared(operator, left, right, node, module)


def _any_of(said: list[tuple[Condition, frozenset[str], tuple[str, ...]]], text: str) -> Condition:
    true: frozenset[str] = _NO_DIALECT
    false: frozenset[str] = _NO_DIALECT
    plain = True
    for condition, dialects, guards in said:
        true |= condition.true & dialects
        false |= condition.false & dialects
        plain = plain and not condition.text and not guards
    decided = plain and not (true & false) - {"other"}  # each database has one answer
    return Condition(true, false, "" if decided or not (true and false) else text)


def _compared(operator: ast.cmpop, left: Value, right: Value, node: ast.AST, module: Module) -> Condition:
    if isinstance(operator, ast.NotEq | ast.NotIn | ast.IsNot):
        positive = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is}[type(operator)]()
        return _opposed(_compared(positive, left, right, node, module), _guard(node, module))
    decided: Condition | None = None
    if isinstance(operator, ast.Eq | ast.Is):
        decided = _equal(left, right)
    elif isinstance(operator, ast.In):
        decided = _contained(left, right)
    elif type(left) is Constant and type(right) is Constant:
        decided = _ordered(operator, left.value, right.value)
    return Condition(text=_guard(node, module)) if decided is None else decided


def _opposed(condition: Condition, text: str) -> Condition:
    return Condition(condition.false, condition.true, text if condition.text else "")


def _equal(left: Value, right: Value) -> Condition | None:
    if is_dialect_name(right) and not is_dialect_name(left):
        left, right = right, left
    if is_dialect_name(left):
        name = text_of(right)
        return None if name is None else _for_dialects(dialects_named(name), exact=name.lower() in _NAMES)
    a, b = text_of(left), text_of(right)
    if a is not None and b is not None:
        return TRUE if a == b else FALSE
    if type(left) is Constant and type(right) is Constant:
        return TRUE if left.value == right.value else FALSE
    known = (Text, Items, Entries, Function, Class, Constant)
    one_is_none = any(type(value) is Constant and value.value is None for value in (left, right))
    if one_is_none and type(left) in known and type(right) in known:
        return FALSE
    return None


def _contained(left: Value, right: Value) -> Condition | None:
    text = text_of(left)
    if is_dialect_name(right) and text is not None:  # "postgres" in bind.dialect.name
        named = frozenset(dialect for name, dialect in _NAMES.items() if text.lower() in name)
        return _for_dialects(named) if named else None
    if type(right) is Entries:
        right = Items(tuple(key for key, _ in right.entries), right.complete)
    if type(right) is Text and text is not None and text_of(right) is not None:
        return TRUE if text in right.text else FALSE
    if type(right) is not Items:
        return None
    names = [text_of(item) for item in right.items]
    if is_dialect_name(left) and right.complete and None not in names:
        dialects: frozenset[str] = frozenset().union(*(dialects_named(name or "") for name in names))
        return _for_dialects(dialects)
    if text is not None:
        if text in names:
            return TRUE
        return FALSE if right.complete and None not in names else None
    return None


def _ordered(operator: ast.cmpop, a: object, b: object) -> Condition | None:
    if not isinstance(a, int | float) or not isinstance(b, int | float):
        return None
    if isinstance(operator, ast.Lt):
        return TRUE if a < b else FALSE
    if isinstance(operator, ast.LtE):
        return TRUE if a <= b else FALSE
    if isinstance(operator, ast.Gt):
        return TRUE if a > b else FALSE
    return (TRUE if a >= b else FALSE) if isinstance(operator, ast.GtE) else None


def is_instance(value: Value, classes: Value, text: str) -> Condition:
    """`isinstance(bind.dialect, PGDialect)`; of anything else it is not told."""
    given = classes.items if type(classes) is Items else (classes,)
    names = [one.name for one in given if type(one) in (Symbol, Attribute, Unknown)]  # type: ignore[union-attr]  # as tested
    if type(value) is Attribute and value.name == "dialect" and names:
        dialects: set[str] = set()
        for name in names:
            found = _CLASSES.match(name.rpartition(".")[2]) or _CLASSES.search(name)
            dialects.add(str(found.lastgroup) if found else "other")
            if found and found.lastgroup == "mysql":
                dialects.add("mariadb")
        return _for_dialects(frozenset(dialects))
    builtin = {"builtins.str": Text, "builtins.dict": Entries, "builtins.list": Items, "builtins.tuple": Items}
    if names and type(value) in (Text, Entries, Items) and all(name in builtin for name in names):
        return TRUE if type(value) in {builtin[name] for name in names} else FALSE
    return Condition(text=guard(text))


def starts_with(value: Value, prefix: Value) -> Condition | None:
    """`dialect.name.startswith("postgres")`."""
    text = text_of(prefix)
    if text is None or not is_dialect_name(value):
        return None
    return _for_dialects(frozenset(dialect for name, dialect in _NAMES.items() if name.startswith(text.lower())))


def is_dialect_name(value: Value) -> bool:
    """Whether a value is the name of the database: `bind.dialect.name`, `engine.name`, or what is called so."""
    if type(value) is Attribute:
        if value.name in {"name", "dialect_description"}:
            of = value.of
            if type(of) is Attribute:
                return of.name in {"dialect", "engine"}
            if type(of) is Derived or type(of) is Unknown:
                return _called(of) in {"dialect", "engine"}
            return False
        return value.name in {"dialect_name", "__dialect__", "vendor"}
    if type(value) is Symbol:
        return value.name.endswith(".connection.vendor")
    if type(value) is Call and type(value.func) is Attribute and value.func.name in {"lower", "strip"}:
        return is_dialect_name(value.func.of)
    return _called(value) in _DIALECT_NAMES


def _called(value: Value) -> str:
    return value.name if type(value) is Unknown else value.text if type(value) is Derived else ""


def dialects_named(name: str) -> frozenset[str]:
    """What a dialect's name stands for: `postgresql` is `postgres`."""
    return frozenset({_NAMES.get(name.lower().partition("+")[0], "other")})


def _for_dialects(dialects: frozenset[str], *, exact: bool = True) -> Condition:
    """True for these databases; for "other" ones it may be false as well, as they are several."""
    false = ALL_DIALECTS - dialects
    return Condition(dialects, false | (dialects & {"other"}) if exact else ALL_DIALECTS)


def _guard(node: ast.AST, module: Module) -> str:
    text = module.source(node)
    return guard(text if len(text) <= _GUARD else text[: _GUARD - 1] + "…")
