"""The shapes in which the code of every language is held: expressions, statements, functions, files.

Only what decides about behaviour is kept: types, comments and layout are gone. Names of variants are those of Python
where languages differ: `Raise` is also `throw` and `panic`.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Scalar: TypeAlias = bool | int | float | str | None


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Something at a line, counted from 1."""

    line: int


class Const(Node, frozen=True):
    """A literal. None stands for `None`, `null`, `undefined` and `nil`."""

    value: Scalar


class Name(Node, frozen=True):
    name: str


class Member(Node, frozen=True):
    """`of.name`"""

    of: Expr
    name: str


class Index(Node, frozen=True):
    """`of[key]`"""

    of: Expr
    key: Expr


class Call(Node, frozen=True):
    """A call, `new X()` included. Keyword arguments follow in `named`."""

    callee: Expr
    arguments: tuple[Expr, ...] = ()
    named: tuple[tuple[str, Expr], ...] = ()
    new: bool = False


class Op(Node, frozen=True):
    """An operator without effects of its own: `and`, `or`, `??`, `not`, `==`, `!=`, `in`, `+`, … of its operands."""

    operator: str
    operands: tuple[Expr, ...]


class Choice(Node, frozen=True):
    """`then if test else otherwise`"""

    test: Expr
    then: Expr
    otherwise: Expr


class Table(Node, frozen=True):
    """An object or dict. An entry without a key is spread (`...other`, `**other`)."""

    entries: tuple[tuple[Expr | None, Expr], ...]


class Sequence(Node, frozen=True):
    """A list, array, tuple or set; also what a function returns that returns several values."""

    items: tuple[Expr, ...]


class Spread(Node, frozen=True):
    value: Expr


class Lambda(Node, frozen=True):
    function: Function


class Anonymous(Node, frozen=True):
    """A class that is a value."""

    of: Class


class Await(Node, frozen=True):
    value: Expr


class Yield(Node, frozen=True):
    value: Expr | None


class Assign(Node, frozen=True):
    """A write to something that exists already: a name, a member, an item."""

    target: Expr
    value: Expr


class Naming(Node, frozen=True):
    """`(name := value)`, which binds a local."""

    name: str
    value: Expr


class Bring(Node, frozen=True):
    """`import(module)` and `require(module)` as a value."""

    module: str


class Cannot(Node, frozen=True):
    """What relcheck does not read, and why."""

    reason: str


Expr: TypeAlias = (
    Const
    | Name
    | Member
    | Index
    | Call
    | Op
    | Choice
    | Table
    | Sequence
    | Spread
    | Lambda
    | Anonymous
    | Await
    | Yield
    | Assign
    | Naming
    | Bring
    | Cannot
)


class Bind(msgspec.Struct, frozen=True, array_like=True):
    """A name that a declaration binds, and the way into the value: keys, or `*` for what cannot be told."""

    name: str
    way: tuple[str, ...] = ()
    default: Expr | None = None


class Let(Node, frozen=True):
    """A declaration of locals."""

    binds: tuple[Bind, ...]
    value: Expr | None


class Do(Node, frozen=True):
    """An expression whose value nobody takes."""

    value: Expr


class Return(Node, frozen=True):
    value: Expr | None


class Raise(Node, frozen=True):
    value: Expr | None


class If(Node, frozen=True):
    test: Expr
    then: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...] = ()


class Each(Node, frozen=True):
    """A loop over something."""

    binds: tuple[Bind, ...]
    over: Expr
    body: tuple[Stmt, ...]


class While(Node, frozen=True):
    """A loop with a condition; None where it has none. `step` runs behind each turn."""

    test: Expr | None
    body: tuple[Stmt, ...]


class Once(Node, frozen=True):
    """A block that `break` leaves."""

    body: tuple[Stmt, ...]


class Handler(msgspec.Struct, frozen=True, array_like=True):
    name: str | None
    body: tuple[Stmt, ...]


class Try(Node, frozen=True):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    final: tuple[Stmt, ...] = ()


class With(Node, frozen=True):
    """`with context as …`"""

    context: Expr
    binds: tuple[Bind, ...]
    body: tuple[Stmt, ...]


class Define(Node, frozen=True):
    """A function or a class with a name."""

    of: Function | Class


class Import(Node, frozen=True):
    """`name` stands for `taken` of a module; for the module itself where `taken` is None."""

    name: str
    module: str
    taken: str | None = None


class Jump(Node, frozen=True):
    """`break` or `continue`"""


Stmt: TypeAlias = Let | Do | Return | Raise | If | Each | While | Once | Try | With | Define | Import | Jump


class Parameter(msgspec.Struct, frozen=True, array_like=True):
    """A parameter. One that takes an object apart has `binds`; `rest` takes all that is left."""

    name: str
    binds: tuple[Bind, ...] = ()
    default: Expr | None = None
    rest: bool = False


class Function(Node, frozen=True):
    """A function, method or lambda. `owner` is the receiver's name of a method that has one in its parameters
    (Python's `self`, Go's receiver), or `this`. `end` is the last line."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Stmt, ...]
    decorators: tuple[Expr, ...] = ()
    owner: str | None = None
    generator: bool = False
    bodiless: bool = False
    by_value: bool = False
    """A Go method that gets a copy of its receiver."""
    kind: str = ""
    """`static`, `class` or `property`, for methods."""
    end: int = 0


class Class(Node, frozen=True):
    name: str
    bases: tuple[Expr, ...]
    methods: tuple[Function, ...]
    fields: tuple[tuple[str, Expr | None], ...]
    decorators: tuple[Expr, ...] = ()
    end: int = 0


class Export(msgspec.Struct, frozen=True, array_like=True):
    """What a file offers under a name: a local name, or `taken` of another module (the module itself where None).
    With the name `*` it offers all that the module does."""

    name: str
    line: int
    local: str | None = None
    module: str | None = None
    taken: str | None = None


class Symbol(msgspec.Struct, frozen=True, array_like=True):
    """A definition (`canWrite`, `Guard.check`), its lines, and a hash of its tokens without comments and layout."""

    name: str
    line: int
    end: int
    digest: str


class Code(msgspec.Struct, frozen=True):
    """One file. `package` is Go's package name. `problem` is why it could not be read (then it holds nothing else, and
    `line` is where); `broken` is the first line that the parser did not understand. `changes` are the names of the
    module that functions in it write, or whose content they change."""

    language: str
    body: tuple[Stmt, ...] = ()
    exports: tuple[Export, ...] = ()
    symbols: tuple[Symbol, ...] = ()
    package: str | None = None
    problem: str | None = None
    line: int = 1
    broken: int | None = None
    changes: tuple[str, ...] = ()
