"""The code of a Python file, read by `ast`.

`ast` knows all that running Python knows, so nothing is lost for behaviour; a file whose syntax is newer than the
Python that relcheck runs on has a problem, and what it does is unknown.
"""

from __future__ import annotations

import ast
import hashlib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence

from relcheck.sources.python.syntax import UnparseableError, decode, parse_ast
from relcheck.sources.stubs.code import (
    Anonymous,
    Assign,
    Await,
    Bind,
    Call,
    Cannot,
    Choice,
    Class,
    Code,
    Const,
    Define,
    Do,
    Each,
    Export,
    Expr,
    Function,
    Handler,
    If,
    Import,
    Index,
    Jump,
    Lambda,
    Let,
    Member,
    Name,
    Naming,
    Op,
    Parameter,
    Raise,
    Return,
    Scalar,
    Spread,
    Stmt,
    Symbol,
    Table,
    Try,
    While,
    With,
    Yield,
)
from relcheck.sources.stubs.code import Sequence as Items

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "==",
    ast.IsNot: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.And: "and",
    ast.Or: "or",
    ast.Not: "not",
    ast.USub: "-",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
}


def python_code(data: bytes) -> Code:
    """Raises UnparseableError."""
    text = decode(data)
    tree = parse_ast(text)
    if tree is None:
        raise _refused(text)
    try:
        body = _Reader().block(tree.body)
        symbols = tuple(_symbols(tree.body, ""))
    except RecursionError:
        raise UnparseableError("it is nested too deeply to be followed") from None
    return Code("python", body, tuple(_exports(tree.body)), symbols)


def _refused(text: str) -> UnparseableError:
    """What this Python says of a file that it does not read; another one may know its syntax."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return UnparseableError(f"syntax error: {error.msg}", error.lineno or 1, max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError):
        pass
    return UnparseableError("it is nested too deeply to be followed")


class _Reader:
    """`outer` are the names that the function being read has declared `global` or `nonlocal`."""

    def __init__(self) -> None:
        self.outer: frozenset[str] = frozenset()
        self._held = 0

    def _once(self, line: int, value: Expr) -> tuple[Expr, Stmt]:
        """A name for a value that is used several times: code that were repeated could grow without end."""
        self._held += 1
        name = f"#{self._held}"
        return Name(line, name), Let(line, (Bind(name),), value)

    def block(self, statements: Iterable[ast.stmt]) -> tuple[Stmt, ...]:
        return tuple(found for statement in statements for found in self.statement(statement))

    def statement(self, node: ast.stmt) -> Iterator[Stmt]:  # noqa: C901  # one case a kind of statement
        line = node.lineno
        match node:
            case ast.Expr(value=ast.Constant()):
                return
            case ast.Expr(value=value):
                yield Do(line, self.expr(value))
            case ast.Return(value=value):
                yield Return(line, self.expr(value) if value is not None else None)
            case ast.Assign(targets=targets, value=value):
                yield from self._stored(line, targets, self.expr(value))
            case ast.AnnAssign(target=target, value=value):
                if value is not None:
                    yield from self._stored(line, [target], self.expr(value))
            case ast.AugAssign(target=target, op=op, value=value):
                changed = Op(line, _OPERATORS.get(type(op), "?"), (self.expr(target), self.expr(value)))
                yield from self._stored(line, [target], changed)
            case ast.If(test=test, body=body, orelse=orelse):
                yield If(line, self.expr(test), self.block(body), self.block(orelse))
            case ast.For() | ast.AsyncFor():
                yield Each(line, tuple(self._binds(node.target, ())), self.expr(node.iter), self.block(node.body))
                yield from self.block(node.orelse)
            case ast.While(test=test, body=body, orelse=orelse):
                yield While(line, self.expr(test), self.block(body))
                yield from self.block(orelse)
            case ast.Try() | ast.TryStar():
                handlers = tuple(Handler(one.name, self.block(one.body)) for one in node.handlers)
                yield Try(line, self.block([*node.body, *node.orelse]), handlers, self.block(node.finalbody))
            case ast.With() | ast.AsyncWith():
                yield self._with(line, node.items, node.body)
            case ast.Raise(exc=exc):
                yield Raise(line, self.expr(exc) if exc is not None else None)
            case ast.Assert(test=test):
                yield Do(line, self.expr(test))  # who asserts says what cannot be otherwise, and does not refuse
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield Define(line, self.function(node))
            case ast.ClassDef():
                yield Define(line, self.class_(node))
            case ast.Import(names=names):
                for one in names:
                    if one.asname is not None:
                        yield Import(line, one.asname, one.name)
                    else:
                        yield Import(line, one.name.partition(".")[0], one.name.partition(".")[0])
            case ast.ImportFrom(module=module, names=names, level=level):
                for one in names:
                    yield Import(line, one.asname or one.name, "." * level + (module or ""), one.name)
            case ast.Delete(targets=targets):
                gone = [self.expr(one) for one in targets if not isinstance(one, ast.Name)]
                yield from (Do(line, Assign(line, one, Const(line, None))) for one in gone)
            case ast.Match(subject=subject, cases=cases):
                held, once = self._once(line, self.expr(subject))
                yield once
                yield from self._cases(line, held, cases)
            case ast.Break() | ast.Continue():
                yield Jump(line)
            case ast.Pass() | ast.Global() | ast.Nonlocal():
                return
            case _:
                if type(node).__name__ != "TypeAlias":
                    yield Do(line, Cannot(line, f"relcheck does not read the statement {type(node).__name__}"))

    def _cases(self, line: int, subject: Expr, cases: Sequence[ast.match_case]) -> Iterator[Stmt]:
        """`match` as a chain of `if`: exact for patterns that are values, otherwise either way."""
        rest: tuple[Stmt, ...] = ()
        for case in reversed(cases):
            bound = tuple(
                Let(line, (Bind(name, ("*",)),), subject)
                for one in ast.walk(case.pattern)
                if (name := getattr(one, "name", None) or getattr(one, "rest", None)) is not None
            )
            body = (*bound, *self.block(case.body))
            if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None and case.guard is None:
                rest = body
            else:
                rest = (If(line, self._test(line, subject, case), body, rest),)
        yield from rest

    def _test(self, line: int, subject: Expr, case: ast.match_case) -> Expr:
        if isinstance(case.pattern, ast.MatchValue) and case.guard is None:
            return Op(line, "==", (subject, self.expr(case.pattern.value)))
        tests = [self.expr(case.guard)] if case.guard is not None else []
        return Op(line, "matches", (subject, *tests))

    def _with(self, line: int, items: Sequence[ast.withitem], body: Sequence[ast.stmt]) -> Stmt:
        first, *rest = items
        binds = tuple(self._binds(first.optional_vars, ())) if first.optional_vars is not None else ()
        inner = (self._with(line, rest, body),) if rest else self.block(body)
        return With(line, self.expr(first.context_expr), binds, inner)

    def _stored(self, line: int, targets: Sequence[ast.expr], value: Expr) -> Iterator[Stmt]:
        if not isinstance(value, Name) and (len(targets) > 1 or not isinstance(targets[0], (ast.Name, ast.Attribute))):
            value, once = self._once(line, value)
            yield once
        for target in targets:
            if isinstance(target, (ast.Name, ast.Tuple, ast.List)):
                binds = tuple(self._binds(target, ()))
                yield Let(line, tuple(one for one in binds if one.name not in self.outer), value)
                for one in binds:
                    if one.name in self.outer:
                        yield Do(line, Assign(line, Name(line, one.name), value))
                for place in _places(target):
                    yield Do(line, Assign(line, self.expr(place), Op(line, "item", (value,))))
            else:
                yield Do(line, Assign(line, self.expr(target), value))

    def _binds(self, target: ast.expr, way: tuple[str, ...]) -> Iterator[Bind]:
        match target:
            case ast.Name(id=name):
                yield Bind(name, way)
            case ast.Tuple(elts=elts) | ast.List(elts=elts):
                for position, one in enumerate(elts):
                    yield from self._binds(one, (*way, str(position)))
            case ast.Starred(value=value):
                yield from self._binds(value, ("*",))
            case _:
                return

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool = False) -> Function:
        decorators = tuple(self.expr(one) for one in node.decorator_list)
        plain = {name for one in decorators if (name := _last(one)) is not None}
        kind = next((word for word, names in _KINDS.items() if plain & names), "")
        parameters = self._parameters(node.args)
        owner = parameters[0].name if method and kind != "static" and parameters else None
        body, generator = self._body(node.body)
        return Function(
            node.lineno,
            node.name,
            parameters[1:] if owner is not None else parameters,
            body,
            tuple(one for one in decorators if _last(one) not in _TRANSPARENT),
            owner,
            generator,
            bodiless="abstractmethod" in plain or "overload" in plain,
            kind=kind,
            end=node.end_lineno or node.lineno,
        )

    def _body(self, statements: Sequence[ast.stmt]) -> tuple[tuple[Stmt, ...], bool]:
        before = self.outer
        nodes = list(_own_nodes(statements))
        self.outer = frozenset(
            name for one in nodes if isinstance(one, (ast.Global, ast.Nonlocal)) for name in one.names
        )
        try:
            body = self.block(statements)
        finally:
            self.outer = before
        return body, any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in nodes)

    def _parameters(self, args: ast.arguments) -> tuple[Parameter, ...]:
        plain = [*args.posonlyargs, *args.args]
        none: list[ast.expr | None] = [None] * (len(plain) - len(args.defaults))
        defaults = [*none, *args.defaults]
        found = [
            Parameter(one.arg, default=self.expr(default) if default is not None else None)
            for one, default in zip(plain, defaults, strict=True)
        ]
        if args.vararg is not None:
            found.append(Parameter(args.vararg.arg, rest=True))
        found += [
            Parameter(one.arg, default=self.expr(default) if default is not None else None)
            for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        ]
        if args.kwarg is not None:
            found.append(Parameter(args.kwarg.arg, rest=True))
        return tuple(found)

    def class_(self, node: ast.ClassDef) -> Class:
        methods: list[Function] = []
        fields: list[tuple[str, Expr | None]] = []
        for one in node.body:
            match one:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    methods.append(self.function(one, method=True))
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    fields.append((name, self.expr(value)))
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    fields.append((name, self.expr(value) if value is not None else None))
                case ast.ClassDef():
                    fields.append((one.name, Anonymous(one.lineno, self.class_(one))))
                case ast.Expr(value=ast.Constant()) | ast.Pass():
                    pass
                case _:
                    fields.append(("", Cannot(one.lineno, "relcheck does not read statements in the body of a class")))
        return Class(
            node.lineno,
            node.name,
            tuple(self.expr(one) for one in node.bases),
            tuple(methods),
            tuple(fields),
            tuple(one for one in map(self.expr, node.decorator_list) if _last(one) not in _TRANSPARENT),
            node.end_lineno or node.lineno,
        )

    def expr(self, node: ast.expr) -> Expr:  # noqa: C901  # one case a kind of expression
        line = node.lineno
        match node:
            case ast.Constant(value=value):
                return Const(line, _scalar(value))
            case ast.Name(id=name):
                return Name(line, name)
            case ast.Attribute(value=value, attr=attr):
                return Member(line, self.expr(value), attr)
            case ast.Subscript(value=value, slice=key):
                return Index(line, self.expr(value), self.expr(key))
            case ast.Call(func=func, args=args, keywords=keywords):
                named = tuple((one.arg or "*", self.expr(one.value)) for one in keywords)
                return Call(line, self.expr(func), tuple(map(self.expr, args)), named)
            case ast.BoolOp(op=op, values=values):
                return Op(line, _OPERATORS[type(op)], tuple(map(self.expr, values)))
            case ast.UnaryOp(op=op, operand=operand):
                return Op(line, _OPERATORS.get(type(op), "?"), (self.expr(operand),))
            case ast.BinOp(left=left, op=op, right=right):
                return Op(line, _OPERATORS.get(type(op), "?"), (self.expr(left), self.expr(right)))
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._comparison(line, [left, *comparators], ops)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Choice(line, self.expr(test), self.expr(body), self.expr(orelse))
            case ast.Dict(keys=keys, values=values):
                entries = zip(keys, values, strict=True)
                return Table(line, tuple((self.expr(k) if k is not None else None, self.expr(v)) for k, v in entries))
            case ast.List(elts=elts) | ast.Tuple(elts=elts) | ast.Set(elts=elts):
                return Items(line, tuple(map(self.expr, elts)))
            case ast.Starred(value=value):
                return Spread(line, self.expr(value))
            case ast.Lambda(args=args, body=body):
                returned = (Return(body.lineno, self.expr(body)),)
                end = node.end_lineno or line
                return Lambda(line, Function(line, "", self._parameters(args), returned, end=end))
            case ast.Await(value=value):
                return Await(line, self.expr(value))
            case ast.Yield(value=value):
                return Yield(line, self.expr(value) if value is not None else None)
            case ast.YieldFrom(value=value):
                return Yield(line, self.expr(value))
            case ast.NamedExpr(target=target, value=value):
                if target.id in self.outer:
                    return Assign(line, self.expr(target), self.expr(value))
                return Naming(line, target.id, self.expr(value))
            case ast.JoinedStr(values=values):
                return Op(line, "text", tuple(map(self.expr, values)))
            case ast.FormattedValue(value=value):
                return self.expr(value)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self._comprehension(line, node.generators, [node.elt])
            case ast.DictComp(key=key, value=value, generators=generators):
                return self._comprehension(line, generators, [key, value])
            case ast.Slice(lower=lower, upper=upper, step=step):
                return Op(line, "slice", tuple(self.expr(one) for one in (lower, upper, step) if one is not None))
            case _:
                return Cannot(line, f"relcheck does not read the expression {type(node).__name__}")

    def _comparison(self, line: int, sides: Sequence[ast.expr], ops: Sequence[ast.cmpop]) -> Expr:
        read = [self.expr(one) for one in sides]
        return Op(line, _OPERATORS.get(type(ops[0]), "?") if len(ops) == 1 else "?", tuple(read))

    def _comprehension(self, line: int, generators: Sequence[ast.comprehension], elements: Sequence[ast.expr]) -> Expr:
        """A function that is called for each turn: what it does counts, what it gives is not told apart."""
        body: tuple[Stmt, ...] = tuple(Do(one.lineno, self.expr(one)) for one in elements)
        over, first = self._once(line, self.expr(generators[0].iter))
        for number, one in reversed(list(enumerate(generators))):
            for test in reversed(one.ifs):
                body = (If(test.lineno, self.expr(test), body),)
            binds = tuple(self._binds(one.target, ()))
            body = (Each(line, binds, over if number == 0 else self.expr(one.iter), body),)
        gathered = Return(line, Op(line, "gather", (over,)))
        return Call(line, Lambda(line, Function(line, "", (), (first, *body, gathered), end=line)))


_KINDS = {
    "static": frozenset({"staticmethod"}),
    "class": frozenset({"classmethod"}),
    "property": frozenset({"property", "cached_property", "setter"}),
}

_TRANSPARENT = frozenset(
    {
        *("staticmethod", "classmethod", "property", "cached_property", "setter", "getter", "deleter"),
        *("abstractmethod", "overload", "override", "final", "wraps", "cache", "lru_cache", "no_type_check"),
        *("contextmanager", "asynccontextmanager", "dataclass", "total_ordering", "runtime_checkable", "deprecated"),
        "unique",
    }
)
"""Decorators of the standard library that leave what a function does as it is."""


def _scalar(value: object) -> Scalar:
    """What the facts of a file can hold: text without halves of characters, numbers of 64 bits."""
    match value:
        case None | bool():
            return value
        case str():
            return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
        case int() if -(2**63) <= value < 2**63:
            return value
        case float():
            return value
        case int():
            return hex(value)
        case _:
            return repr(value)[:200]


def _last(decorator: Expr) -> str | None:
    match decorator:
        case Call(callee=callee):
            return _last(callee)
        case Name(name=name) | Member(name=name):
            return name
        case _:
            return None


def _places(target: ast.expr) -> Iterator[ast.expr]:
    """What is written to in a target that takes a value apart, names left out."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for one in target.elts:
            yield from _places(one)
    elif isinstance(target, ast.Starred):
        yield from _places(target.value)
    elif not isinstance(target, ast.Name):
        yield target


def _own_nodes(statements: Sequence[ast.AST]) -> list[ast.AST]:
    """The nodes of a body, without those of functions and classes in it."""
    found: list[ast.AST] = []
    waiting = list(statements)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, _SCOPES):
            for field in node._fields:
                value = getattr(node, field, None)
                if isinstance(value, ast.AST):
                    waiting.append(value)
                elif isinstance(value, list):
                    waiting.extend(one for one in value if isinstance(one, ast.AST))
    return found


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.expr_context, ast.operator)


def _exports(body: Sequence[ast.stmt]) -> Iterator[Export]:
    """What `__all__` lists; else every name of the top level, those that are imported by `from` included."""
    listed = _listed(body)
    for node in body:
        match node:
            case ast.ImportFrom(module=module, names=names, level=level):
                for one in names:
                    name = one.asname or one.name
                    if one.name == "*":
                        yield Export("*", node.lineno, module="." * level + (module or ""))
                    elif listed is None or name in listed:
                        yield Export(name, node.lineno, module="." * level + (module or ""), taken=one.name)
            case _:
                for name in _defined(node):
                    if name in listed if listed is not None else not name.startswith("_"):
                        yield Export(name, node.lineno, local=name)


def _listed(body: Sequence[ast.stmt]) -> frozenset[str] | None:
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=elts) | ast.Tuple(elts=elts))
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.List(elts=elts) | ast.Tuple(elts=elts))
            ):
                return frozenset(
                    one.value for one in elts if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )
    return None


def _defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            for target in targets:
                yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.If(body=body, orelse=orelse) | ast.Try(body=body, orelse=orelse):
            for one in (*body, *orelse):
                yield from _defined(one)


def _symbols(body: Iterable[ast.stmt], prefix: str, known: dict[ast.AST, str] | None = None) -> Iterator[Symbol]:
    """`known` are the hashes of what has been hashed: a class is made of those of its methods."""
    known = {} if known is None else known
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                begin = min((node.lineno, *(one.lineno for one in node.decorator_list)))
                inner = list(_symbols(node.body, f"{prefix}{name}.", known)) if isinstance(node, ast.ClassDef) else []
                known[node] = _digest(node, known)
                yield Symbol(f"{prefix}{name}", begin, node.end_lineno or begin, known[node])
                yield from inner
            case ast.Assign() | ast.AnnAssign():
                known[node] = _digest(node, known)
                for name in _defined(node):
                    yield Symbol(f"{prefix}{name}", node.lineno, node.end_lineno or node.lineno, known[node])
            case ast.If() | ast.Try():
                yield from _symbols([*node.body, *node.orelse], prefix, known)


def _digest(root: ast.AST, known: Mapping[ast.AST, str]) -> str:
    """A hash of the syntax without docstrings and places; the same in every version of Python that reads it."""
    written: list[str] = []
    waiting: list[object] = [root]
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is _Text:
            written.append(node)  # type: ignore[arg-type]  # mypy does not narrow by `type(…) is`
        elif kind is list:
            waiting.append(_END)
            waiting.extend(
                one
                for one in node  # type: ignore[attr-defined]  # the same
                if not (type(one) is ast.Expr and type(one.value) is ast.Constant)
            )
        elif (fields := _FIELDS.get(kind)) is None:
            written.append(repr(node))
        elif (hashed := known.get(node)) is not None:  # type: ignore[call-overload]  # the same
            written.append(hashed)
        else:
            written.append(kind.__name__)
            waiting.append(_END)
            for field in fields:
                value = getattr(node, field, None)
                if value is not None and value != []:
                    waiting.append(value)
                    waiting.append(field)
    return hashlib.blake2b("\0".join(written).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Text(str):
    """A word of ours, told from a string of the program."""

    __slots__ = ()


_END = _Text(")")
_SILENT = frozenset({"ctx", "type_comment", "kind"})
_FIELDS: dict[type, tuple[_Text, ...]] = {
    kind: tuple(_Text(field) for field in kind._fields if field not in _SILENT)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
