"""The code of a Go file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.sources.stubs.code import (
    Assign,
    Bind,
    Call,
    Cannot,
    Class,
    Code,
    Const,
    Define,
    Do,
    Each,
    Export,
    Expr,
    Function,
    If,
    Import,
    Index,
    Jump,
    Lambda,
    Let,
    Member,
    Name,
    Once,
    Op,
    Parameter,
    Raise,
    Return,
    Spread,
    Stmt,
    Symbol,
    Table,
    While,
)
from relcheck.sources.stubs.code import Sequence as Items
from relcheck.sources.stubs.grammar import Digests, first_error, line, parse, text

if TYPE_CHECKING:
    from tree_sitter import Node

_ZERO: dict[str, bool | int | str] = {
    "bool": False,
    "string": "",
    **dict.fromkeys(("int", "int8", "int16", "int32", "int64", "uint", "byte", "rune", "float64", "float32"), 0),
    "time.Duration": 0,
}
_OPERATORS = {"&&": "and", "||": "or", "!": "not"}
_BLANK = Bind("_")


def go_code(data: bytes) -> Code:
    """Raises UnparseableError."""
    root = parse(data, "go")
    package = next((text(one.named_children[0]) for one in root.named_children if one.type == "package_clause"), None)
    reader = _Reader()
    body = reader.block(root.named_children)
    methods: dict[str, list[Function]] = {}
    for one in root.named_children:
        if one.type == "method_declaration":
            methods.setdefault(_receiver(one), []).append(reader.method(one))
    classes = tuple(_class(one, methods) for one in _types(root))
    named = {one.of.name for one in classes}
    others = (Class(found[0].line, name, (), tuple(found), ()) for name, found in methods.items() if name not in named)
    known = (*classes, *(Define(one.line, one) for one in others))
    exports = tuple(_exports(body, known))
    symbols = tuple(_symbols(root.named_children, Digests(root)))
    return Code("go", (*known, *body), exports, symbols, package, broken=first_error(root))


class _Reader:
    def __init__(self) -> None:
        self._held = 0

    def block(self, nodes: Sequence[Node]) -> tuple[Stmt, ...]:
        return tuple(found for node in nodes for found in self.statement(node))

    def _body(self, node: Node | None) -> tuple[Stmt, ...]:
        if node is None:
            return ()
        if node.type == "block":
            inner = [one for one in node.named_children if one.type != "comment"]
            return tuple(found for one in inner for found in self._body(one))
        if node.type == "statement_list":
            return self.block(node.named_children)
        return tuple(self.statement(node))

    def statement(self, node: Node) -> Iterator[Stmt]:  # noqa: C901  # one case a kind of statement
        at = line(node)
        match node.type:
            case "package_clause" | "type_declaration" | "comment" | "method_declaration" | "empty_statement":
                return
            case "import_declaration":
                yield from self._imports(node)
            case "const_declaration" | "var_declaration":
                yield from self._declared(node)
            case "function_declaration":
                yield Define(at, self.function(node))
            case "short_var_declaration":
                yield from self._let(at, node.child_by_field_name("left"), node.child_by_field_name("right"))
            case "assignment_statement":
                yield from self._assigned(at, node)
            case "inc_statement" | "dec_statement":
                target = self.expr(node.named_children[0])
                yield Do(at, Assign(at, target, Op(at, "?", ())))
            case "expression_statement":
                yield from self._expression(at, node.named_children[0])
            case "defer_statement" | "go_statement":
                yield Do(at, self.expr(node.named_children[0]))
            case "return_statement":
                yield Return(at, self._several(node.named_children[0]) if _named(node) else None)
            case "if_statement":
                yield from self._body(node.child_by_field_name("initializer"))
                then = self._body(node.child_by_field_name("consequence"))
                otherwise = self._body(node.child_by_field_name("alternative"))
                yield If(at, self._field(node, "condition"), then, otherwise)
            case "for_statement":
                yield from self._loop(at, node)
            case "block" | "statement_list":
                yield from self._body(node)
            case "expression_switch_statement" | "type_switch_statement" | "select_statement":
                yield from self._switch(at, node)
            case "break_statement" | "continue_statement" | "goto_statement" | "fallthrough_statement":
                yield Jump(at)
            case "labeled_statement":
                yield Once(at, tuple(one for child in _named(node)[1:] for one in self._body(child)))
            case "send_statement":
                yield Do(at, Call(at, Member(at, self._field(node, "channel"), "send"), (self._field(node, "value"),)))
            case "receive_statement":
                yield from self._let(at, node.child_by_field_name("left"), node.child_by_field_name("right"))
            case "ERROR":
                yield Do(at, Cannot(at, "it cannot be parsed"))
            case _:
                yield Do(at, self.expr(node))

    def _expression(self, at: int, node: Node) -> Iterator[Stmt]:
        function = text(node.child_by_field_name("function")) if node.type == "call_expression" else ""
        if function == "panic":
            yield Raise(at, self.expr(node))
        else:
            yield Do(at, self.expr(node))

    def _imports(self, node: Node) -> Iterator[Stmt]:
        waiting = list(node.named_children)
        for one in waiting:
            if one.type == "import_spec_list":
                waiting.extend(one.named_children)
            elif one.type == "import_spec":
                module = _string(one.child_by_field_name("path"))
                given = text(one.child_by_field_name("name"))
                if given not in ("_", "."):
                    yield Import(line(one), given or _package_name(module), module)

    def _declared(self, node: Node) -> Iterator[Stmt]:
        specs = [
            one for child in node.named_children for one in (_named(child) if child.type.endswith("_list") else [child])
        ]
        number = 0
        for spec in specs:
            if spec.type not in ("const_spec", "var_spec"):
                continue
            at = line(spec)
            names = spec.children_by_field_name("name")
            values = spec.child_by_field_name("value")
            if values is None:
                zero = Const(
                    at, number if node.type == "const_declaration" else _zero(spec.child_by_field_name("type"))
                )
                for name in names:
                    yield Let(at, (Bind(text(name)),), zero)
            else:
                yield from self._bound(at, [text(one) for one in names], _named(values))
            number += 1

    def _let(self, at: int, left: Node | None, right: Node | None) -> Iterator[Stmt]:
        values = [] if right is None else _named(right) if right.type == "expression_list" else [right]
        yield from self._bound(at, [text(one) for one in _named(left)], values)

    def _bound(self, at: int, names: Sequence[str], values: Sequence[Node]) -> Iterator[Stmt]:
        if len(names) == len(values):
            for name, value in zip(names, values, strict=True):
                if name == "iota" or text(value) == "iota":
                    yield Let(at, (Bind(name),), Const(at, 0))
                else:
                    yield Let(at, (Bind(name),), self.expr(value))
        elif values:
            call = values[0].type == "call_expression"
            ways = [(str(position),) if call else ("*",) for position in range(len(names))]
            yield Let(at, tuple(Bind(name, way) for name, way in zip(names, ways, strict=True)), self.expr(values[0]))
        else:
            yield Let(at, tuple(Bind(name, ("*",)) for name in names), None)

    def _assigned(self, at: int, node: Node) -> Iterator[Stmt]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        targets, values = _named(left), _named(right)
        plain = any(child.type == "=" for child in node.children)
        several: Expr = Const(at, None)
        if len(values) != len(targets) and values:
            several, first = self._once(at, self.expr(values[0]))
            yield first
        for position, target in enumerate(targets):
            if text(target) == "_":
                if len(values) == len(targets):
                    yield Do(at, self.expr(values[position]))
                continue
            read = self.expr(target)
            if len(values) != len(targets):
                value: Expr = Index(at, several, Const(at, str(position)))
            else:
                value = self.expr(values[position])
            yield Do(at, Assign(at, read, value if plain else Op(at, "?", (value,))))

    def _loop(self, at: int, node: Node) -> Iterator[Stmt]:
        body = self._body(node.child_by_field_name("body"))
        clause = next((one for one in _named(node) if one.type in ("for_clause", "range_clause")), None)
        if clause is None:
            tests = [one for one in _named(node) if one.type != "block"]
            yield While(at, self.expr(tests[0]) if tests else None, body)
        elif clause.type == "range_clause":
            names = [text(one) for one in _named(clause.child_by_field_name("left"))]
            binds = tuple(Bind(name, ("*",) if position == 0 else ()) for position, name in enumerate(names))
            yield Each(at, binds, self._field(clause, "right"), body)
        else:
            yield from self._body(clause.child_by_field_name("initializer"))
            step = self._body(clause.child_by_field_name("update"))
            condition = clause.child_by_field_name("condition")
            yield While(at, self.expr(condition) if condition is not None else None, (*body, *step))

    def _once(self, at: int, value: Expr) -> tuple[Expr, Stmt]:
        """A name for a value that is used several times: code that were repeated could grow without end."""
        self._held += 1
        name = f"#{self._held}"
        return Name(at, name), Let(at, (Bind(name),), value)

    def _switch(self, at: int, node: Node) -> Iterator[Stmt]:
        """From the first case that matches on, its body is run, and with `fallthrough` the next one."""
        yield from self._body(node.child_by_field_name("initializer"))
        value = node.child_by_field_name("value")
        subject, first = self._once(at, self.expr(value) if value is not None else Const(at, value=True))
        reached, begin = self._once(at, Const(at, value=False))
        alias = [text(one) for one in _named(node.child_by_field_name("alias"))]
        found: list[Stmt] = [first, begin]
        default: tuple[Stmt, ...] = ()
        for case in (one for one in node.named_children if one.type.endswith("_case")):
            place = line(case)
            held = tuple(Let(place, (Bind(name, ("*",)),), subject) for name in alias) + self._case_body(case)
            falls = any(child.type == "fallthrough_statement" for child in _inner(case))
            held = held[:-1] if falls else (*held, Jump(place))
            if case.type == "default_case":
                default = held
            else:
                test = self._case_test(node, case, subject)
                found.append(Do(place, Assign(place, reached, Op(place, "or", (reached, test)))))
                found.append(If(place, reached, held))
        yield Once(at, (*found, *default))

    def _case_body(self, case: Node) -> tuple[Stmt, ...]:
        received = case.child_by_field_name("communication")
        first = self._body(received)
        return (*first, *(found for one in _inner_lists(case) for found in self.block(one.named_children)))

    def _case_test(self, node: Node, case: Node, subject: Expr) -> Expr:
        at = line(case)
        if node.type != "expression_switch_statement":
            return Op(at, "matches", (subject,))
        values = tuple(Op(at, "==", (subject, self.expr(one))) for one in _named(case.child_by_field_name("value")))
        return values[0] if len(values) == 1 else Op(at, "or", values)

    def function(self, node: Node) -> Function:
        body = self._body(node.child_by_field_name("body"))
        result = node.child_by_field_name("result")
        named = [
            (text(name), one.child_by_field_name("type"))
            for one in (_named(result) if result is not None and result.type == "parameter_list" else [])
            for name in one.children_by_field_name("name")
        ]
        if named:
            at = line(node)
            first = tuple(Let(at, (Bind(name),), Const(at, _zero(kind))) for name, kind in named)
            names = tuple(Name(at, name) for name, _ in named)
            returned = names[0] if len(names) == 1 else Items(at, names)
            body = (*first, *_with_results(body, returned))
        return Function(
            line(node),
            text(node.child_by_field_name("name")),
            tuple(self._parameters(node.child_by_field_name("parameters"))),
            body,
            bodiless=node.child_by_field_name("body") is None,
            end=node.end_point[0] + 1,
        )

    def method(self, node: Node) -> Function:
        import msgspec

        receivers = _named(node.child_by_field_name("receiver"))
        name = text(receivers[0].child_by_field_name("name")) if receivers else ""
        kind = receivers[0].child_by_field_name("type") if receivers else None
        by_value = kind is not None and kind.type != "pointer_type"
        return msgspec.structs.replace(self.function(node), owner=name or "_", by_value=by_value)

    def _parameters(self, node: Node | None) -> Iterator[Parameter]:
        for one in _named(node):
            rest = one.type == "variadic_parameter_declaration"
            names = one.children_by_field_name("name")
            for name in names:
                yield Parameter(text(name), rest=rest)
            if not names:
                yield Parameter("_", rest=rest)

    def _several(self, node: Node) -> Expr:
        values = tuple(map(self.expr, _named(node) if node.type == "expression_list" else [node]))
        return values[0] if len(values) == 1 else Items(line(node), values)

    def _field(self, node: Node, field: str) -> Expr:
        found = node.child_by_field_name(field)
        return self.expr(found) if found is not None else Cannot(line(node), "it cannot be parsed")

    def expr(self, node: Node) -> Expr:  # noqa: C901  # one case a kind of expression
        at = line(node)
        match node.type:
            case "identifier" | "field_identifier" | "package_identifier" | "type_identifier":
                return Name(at, text(node))
            case "interpreted_string_literal" | "raw_string_literal":
                return Const(at, _string(node))
            case "int_literal" | "float_literal":
                return Const(at, _number(text(node)))
            case "rune_literal" | "imaginary_literal":
                return Const(at, text(node))
            case "true" | "false":
                return Const(at, node.type == "true")
            case "nil":
                return Const(at, None)
            case "iota":
                return Op(at, "?", ())
            case "parenthesized_expression" | "literal_element" | "type_assertion_expression" | "slice_expression":
                inner = _named(node)
                return self.expr(inner[0]) if inner else Cannot(at, "it cannot be parsed")
            case "selector_expression":
                return Member(at, self._field(node, "operand"), text(node.child_by_field_name("field")))
            case "index_expression":
                return Index(at, self._field(node, "operand"), self._field(node, "index"))
            case "call_expression":
                return self._call(node)
            case "type_conversion_expression":
                return Op(at, "convert", (self._field(node, "operand"),))
            case "func_literal":
                return Lambda(at, self.function(node))
            case "composite_literal":
                return self._composite(node)
            case "literal_value":
                return Items(at, tuple(map(self.expr, _named(node))))
            case "unary_expression":
                sign = text(node.child_by_field_name("operator"))
                operand = self._field(node, "operand")
                if sign in ("&", "*"):
                    return operand
                return Op(at, _OPERATORS.get(sign, sign), (operand,))
            case "binary_expression":
                sign = text(node.child_by_field_name("operator"))
                return Op(at, _OPERATORS.get(sign, sign), (self._field(node, "left"), self._field(node, "right")))
            case "expression_list":
                return self._several(node)
            case "variadic_argument":
                return Spread(at, self.expr(node.named_children[0]))
            case kind if kind.endswith("_type"):
                return Const(at, text(node)[:80])
            case _:
                reason = "it cannot be parsed" if node.type == "ERROR" else f"relcheck does not read {node.type}"
                return Cannot(at, reason)

    def _call(self, node: Node) -> Expr:
        function = node.child_by_field_name("function")
        arguments = tuple(map(self.expr, _named(node.child_by_field_name("arguments"))))
        if function is None:
            return Cannot(line(node), "it cannot be parsed")
        if function.type in ("make", "new"):
            return Table(line(node), ())
        if function.type.endswith("_type") and function.type != "parenthesized_type":
            return Op(line(node), "convert", arguments)
        return Call(line(node), self.expr(function), arguments)

    def _composite(self, node: Node) -> Expr:
        at = line(node)
        kind = node.child_by_field_name("type")
        elements = _named(node.child_by_field_name("body"))
        keyed = [one for one in elements if one.type == "keyed_element"]
        pairs = [(one.child_by_field_name("key"), self._field(one, "value")) for one in keyed]
        if kind is not None and kind.type in ("type_identifier", "qualified_type", "generic_type"):
            named = tuple((text(key), value) for key, value in pairs)
            if kind.type == "qualified_type":
                package, _, name = text(kind).partition(".")
                return Table(at, tuple((Const(at, key), value) for key, value in named)) if name else Name(at, package)
            return Call(at, Name(at, text(kind)), tuple(map(self.expr, elements)) if not keyed else (), named, new=True)
        if keyed:
            return Table(at, tuple((self.expr(key) if key is not None else None, value) for key, value in pairs))
        return Items(at, tuple(map(self.expr, elements))) if elements else _empty(at, kind)


def _empty(at: int, kind: Node | None) -> Expr:
    return Table(at, ()) if kind is not None and kind.type == "map_type" else Items(at, ())


def _with_results(body: Sequence[Stmt], returned: Expr) -> tuple[Stmt, ...]:
    """A bare `return` gives the named results."""
    import msgspec

    found: list[Stmt] = []
    for one in body:
        match one:
            case Return(value=None):
                found.append(Return(one.line, returned))
            case If():
                then, otherwise = _with_results(one.then, returned), _with_results(one.otherwise, returned)
                found.append(msgspec.structs.replace(one, then=then, otherwise=otherwise))
            case Each() | While() | Once():
                found.append(msgspec.structs.replace(one, body=_with_results(one.body, returned)))
            case _:
                found.append(one)
    return tuple(found)


def _types(root: Node) -> Iterator[Node]:
    for one in root.named_children:
        if one.type == "type_declaration":
            yield from (spec for spec in one.named_children if spec.type == "type_spec")


def _class(node: Node, methods: dict[str, list[Function]]) -> Define:
    name = text(node.child_by_field_name("name"))
    kind = node.child_by_field_name("type")
    fields: list[tuple[str, Expr | None]] = []
    if kind is not None and kind.type == "struct_type":
        for one in _named(kind.named_children[0]) if kind.named_children else []:
            of = one.child_by_field_name("type")
            fields += [(text(field), Const(line(one), _zero(of))) for field in one.children_by_field_name("name")]
    found = Class(line(node), name, (), tuple(methods.get(name, ())), tuple(fields), (), node.end_point[0] + 1)
    return Define(found.line, found)


def _receiver(node: Node) -> str:
    """The name of the type that a method belongs to."""
    receivers = _named(node.child_by_field_name("receiver"))
    kind = receivers[0].child_by_field_name("type") if receivers else None
    while kind is not None and kind.type in ("pointer_type", "generic_type", "parenthesized_type") and _named(kind):
        kind = _named(kind)[0]
    return text(kind)


def _exports(body: Sequence[Stmt], classes: Sequence[Define]) -> Iterator[Export]:
    for one in (*classes, *body):
        names: list[str] = []
        if isinstance(one, Define):
            names = [one.of.name]
        elif isinstance(one, Let):
            names = [bind.name for bind in one.binds]
        for name in names:
            if name[:1].isupper() or name == "init":
                yield Export(name, one.line, local=name)


def _symbols(nodes: Sequence[Node], digests: Digests) -> Iterator[Symbol]:
    for node in nodes:
        if node.type == "function_declaration":
            yield digests.symbol(text(node.child_by_field_name("name")), node)
        elif node.type == "method_declaration":
            yield digests.symbol(f"{_receiver(node)}.{text(node.child_by_field_name('name'))}", node)
        elif node.type in ("const_declaration", "var_declaration", "type_declaration"):
            for child in node.named_children:
                for spec in _named(child) if child.type.endswith("_list") else [child]:
                    for name in spec.children_by_field_name("name"):
                        yield digests.symbol(text(name), spec)


def _inner_lists(case: Node) -> list[Node]:
    return [one for one in case.named_children if one.type == "statement_list"]


def _inner(case: Node) -> Iterator[Node]:
    for one in _inner_lists(case):
        yield from one.named_children


def _named(node: Node | None) -> list[Node]:
    return [one for one in node.named_children if one.type != "comment"] if node is not None else []


def _zero(kind: Node | None) -> bool | int | str | None:
    return _ZERO.get(text(kind))


def _string(node: Node | None) -> str:
    """The text of a string, its escapes as they are written."""
    return "".join(text(one) for one in node.named_children) if node is not None else ""


def _number(written: str) -> int | float | str:
    try:
        return int(written.replace("_", ""), 0) if len(written) < 16 else written
    except ValueError:
        try:
            return float(written)
        except ValueError:
            return written


def _package_name(module: str) -> str:
    """The name under which a package is known, told from its path: `v2` at the end is a version."""
    parts = [part for part in module.split("/") if part]
    if len(parts) > 1 and parts[-1][:1] == "v" and parts[-1][1:].isdigit():
        parts.pop()
    return parts[-1].removeprefix("go-") if parts else module
