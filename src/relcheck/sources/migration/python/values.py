"""What the expressions of a migration evaluate to, as far as its source says it.

Whatever is not known stays a *term*: the call, attribute or item as it is written, with its operands evaluated. So
`sa.Column("a", sa.String(length=5))` is a call of the symbol `sqlalchemy.Column` with two arguments, and who knows the
library can read it.
"""

from __future__ import annotations

import ast
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from relcheck.sources.python.rope import HOLE, Part

if TYPE_CHECKING:
    from relcheck.sources.migration.operation import Dialect
    from relcheck.sources.migration.python.module import Module
    from relcheck.sources.migration.python.scope import Scope

ALL_DIALECTS = frozenset({"postgres", "mysql", "mariadb", "sqlite", "other"})
"""What a database can be: one of ours, or one that relcheck does not read for. MariaDB is read as MySQL; it is a name
of its own, for a test may tell the two apart."""


_MARK = "\0"
_NUMBERS = count()
_OURS: tuple[Dialect, ...] = ("mysql", "postgres", "sqlite")


class Path(msgspec.Struct, frozen=True):
    """The conditions under which a statement runs: which databases are left, and guards, made by `guard`."""

    dialects: frozenset[str] = ALL_DIALECTS
    guards: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """The guards as written, each once."""
        return tuple(dict.fromkeys(one.replace(_mark(one), "") for one in self.guards))

    @property
    def ours(self) -> tuple[Dialect, ...]:
        """The dialects that relcheck reads for: MariaDB is MySQL where nothing else is left."""
        found = tuple(dialect for dialect in _OURS if dialect in self.dialects)
        return found or (("mysql",) if "mariadb" in self.dialects else ())

    def join(self, other: Path) -> Path | None:
        """Both hold; None where they exclude each other."""
        if other is ANYWHERE:
            return self
        dialects = self.dialects & other.dialects
        if not dialects:
            return None
        guards = self.guards
        for guard in other.guards:
            if guard not in guards:
                if negated(guard) in guards:
                    return None
                guards = (*guards, guard)
        return Path(dialects, guards)


ANYWHERE = Path()


def guard(text: str) -> str:
    """The guard of a test that is made now. The same words at another time, in another call or turn, ask something
    else: a mark tells them apart."""
    return f"{text}{_MARK}{next(_NUMBERS)}"


def _mark(guard: str) -> str:
    at = guard.find(_MARK)
    return guard[at:] if at >= 0 else ""


def negated(guard: str) -> str:
    """The opposite of a guard; that of an opposite is the guard itself."""
    mark = _mark(guard)
    text = guard.removesuffix(mark)
    return (text[5:-1] if text.startswith("not (") and text.endswith(")") else f"not ({text})") + mark


class Condition(msgspec.Struct, frozen=True):
    """What a test says: the databases for which it may be true, those for which it may be false, and its text as a
    guard, empty where the databases say it all."""

    true: frozenset[str] = ALL_DIALECTS
    false: frozenset[str] = ALL_DIALECTS
    text: str = ""

    def opposite(self) -> Condition:
        return Condition(self.false, self.true, negated(self.text) if self.text else "")

    def path(self) -> Path:
        return Path(self.true, (self.text,) if self.text else ())


class Origin(msgspec.Struct, frozen=True):
    """The string expression that a stretch of text comes from."""

    module: Module
    node: ast.expr


class Text(msgspec.Struct, frozen=True):
    """A string, in parts that know where they come from, with a HOLE for each unknown part."""

    parts: tuple[Part[Origin], ...]

    @property
    def text(self) -> str:
        return self.parts[0].text if len(self.parts) == 1 else "".join([part.text for part in self.parts])


class Constant(msgspec.Struct, frozen=True):
    """Any other constant."""

    value: bool | int | float | complex | bytes | None


class Items(msgspec.Struct, frozen=True):
    """A list, tuple or set; `complete` says that there are no others. Some of them may be `Maybe`."""

    items: tuple[Value, ...]
    complete: bool = True


class Maybe(msgspec.Struct, frozen=True):
    """An item that is there under a condition."""

    value: Value
    path: Path


class Entries(msgspec.Struct, frozen=True):
    """A dict."""

    entries: tuple[tuple[Value, Value], ...]
    complete: bool = True


class Choice(msgspec.Struct, frozen=True):
    """One of several values, each with the conditions under which it is the one."""

    options: tuple[tuple[Value, Path], ...]


class Predicate(msgspec.Struct, frozen=True):
    """The outcome of a test."""

    condition: Condition


class Symbol(msgspec.Struct, frozen=True):
    """Something that another module defines, by its dotted name: `sqlalchemy.Column`."""

    name: str


class Function(msgspec.Struct, frozen=True, eq=False):
    """A function or lambda of the project. `bound` are values that stand before its arguments (`self`, `partial`)."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scope: Scope
    bound: tuple[Value, ...] = ()

    @property
    def name(self) -> str:
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name


class Class(msgspec.Struct, frozen=True, eq=False):
    """A class of the project, or one that `type(…)` made; `scope` holds its attributes."""

    name: str
    bases: tuple[Value, ...]
    scope: Scope
    node: ast.ClassDef | None = None


class Instance(msgspec.Struct, frozen=True, eq=False):
    """An object of a class of the project, with the attributes that its making sets."""

    cls: Class
    fields: dict[str, Value]
    call: Call


class Call(msgspec.Struct, frozen=True, eq=False):
    """A call that is not evaluated. `exact` says that all arguments are known: none is behind a star."""

    func: Value
    args: tuple[Value, ...]
    keywords: dict[str, Value]
    node: ast.AST
    module: Module
    exact: bool = True


class Attribute(msgspec.Struct, frozen=True, eq=False):
    """An attribute that is not evaluated."""

    of: Value
    name: str


class Derived(msgspec.Struct, frozen=True, eq=False):
    """What is only known to come from others: an item, an element of a loop, the outcome of an operator."""

    of: tuple[Value, ...]
    text: str = ""


class Unknown(msgspec.Struct, frozen=True, eq=False):
    """Nothing is known but the name under which it stands in the source."""

    name: str = ""


Value: TypeAlias = (
    Text
    | Constant
    | Items
    | Maybe
    | Entries
    | Choice
    | Predicate
    | Symbol
    | Function
    | Class
    | Instance
    | Call
    | Attribute
    | Derived
    | Unknown
)

NONE = Constant(None)
NOTHING_KNOWN = Unknown()
A_HOLE: Part[Origin] = Part(HOLE, None, None, 0)

_OPTIONS = 8
"""Values of which one is the one; more are not told apart."""


def text_of(value: Value) -> str | None:
    """A string that is known in full."""
    if type(value) is Text:
        text = value.text
        return None if HOLE in text else text
    return None


def plain_text(text: str) -> Text:
    """A text that stands nowhere."""
    return Text((Part(text, None, None, 0),))


def choice(options: list[tuple[Value, Path]]) -> Value:
    """One of the values; the value itself where it is the same under all conditions."""
    flat: list[tuple[Value, Path]] = []
    for value, path in options:
        if type(value) is Choice:
            for inner, inner_path in value.options:
                joined = path.join(inner_path)
                if joined is not None:
                    flat.append((inner, joined))
        else:
            flat.append((value, path))
    if not flat:
        return NOTHING_KNOWN
    first = flat[0][0]
    if all(same(first, value) for value, _ in flat):
        return first
    return Choice(tuple(flat)) if len(flat) <= _OPTIONS else Derived(tuple(value for value, _ in flat))


def same(a: Value, b: Value) -> bool:
    """Whether two values surely are one."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) is Text and type(b) is Text:
        return a.text == b.text and HOLE not in a.text
    if type(a) is Constant and type(b) is Constant:
        return a.value == b.value and type(a.value) is type(b.value)
    if type(a) is Items and type(b) is Items:
        return (
            a.complete
            and b.complete
            and len(a.items) == len(b.items)
            and all(same(x, y) for x, y in zip(a.items, b.items, strict=True))
        )
    return type(a) is Symbol and a == b


def merged(a: Value, path_a: Path, b: Value, path_b: Path) -> Value:
    """The value of a name behind two branches. A list that one of them made longer holds what it added as `Maybe`."""
    if type(a) is Items and type(b) is Items and a.complete and b.complete:
        short, long, path = (a, b, path_b) if len(a.items) <= len(b.items) else (b, a, path_a)
        if all(same(x, y) for x, y in zip(short.items, long.items, strict=False)):
            added = tuple(_maybe(item, path) for item in long.items[len(short.items) :])
            return Items(long.items[: len(short.items)] + added)
    return choice([(a, path_a), (b, path_b)])


def _maybe(value: Value, path: Path) -> Value:
    if type(value) is Maybe:
        joined = value.path.join(path)
        return value if joined is None else Maybe(value.value, joined)
    return Maybe(value, path)


def combinations(operands: list[Value], cap: int = 16) -> list[tuple[list[Value], Path]]:
    """All ways in which the choices among the operands can turn out, each with its conditions."""
    ways: list[tuple[list[Value], Path]] = [([], ANYWHERE)]
    for operand in operands:
        if type(operand) is not Choice:
            for values, _ in ways:
                values.append(operand)
            continue
        if len(ways) * len(operand.options) > cap:
            for values, _ in ways:
                values.append(NOTHING_KNOWN)
            continue
        ways = [
            ([*values, option], joined)
            for values, path in ways
            for option, option_path in operand.options
            if (joined := path.join(option_path)) is not None
        ]
    return ways


def roots(value: Value, limit: int = 200) -> list[Value]:
    """The value, and all that it is an attribute, a call or an item of, outermost first. What a function of the project
    or of another package gives comes from what it is given."""
    found: list[Value] = []
    waiting: list[Value] = [value]
    while waiting and len(found) < limit:
        one = waiting.pop(0)
        found.append(one)
        if type(one) is Call:
            waiting.append(one.func)
            func = one.func
            if type(func) is Unknown or (type(func) is Symbol and not func.name.startswith("sqlalchemy")):
                waiting.extend(one.args)
        elif type(one) is Attribute:
            waiting.append(one.of)
        elif type(one) is Derived:
            waiting.extend(one.of)
        elif type(one) is Maybe:
            waiting.append(one.value)
        elif type(one) is Choice:
            waiting.extend(option for option, _ in one.options)
    return found
