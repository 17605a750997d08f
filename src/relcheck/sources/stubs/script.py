"""The code of a TypeScript or JavaScript file, with or without JSX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.sources.stubs.code import (
    Anonymous,
    Assign,
    Await,
    Bind,
    Bring,
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
    Once,
    Op,
    Parameter,
    Raise,
    Return,
    Spread,
    Stmt,
    Symbol,
    Table,
    Try,
    While,
    Yield,
)
from relcheck.sources.stubs.code import Sequence as Items
from relcheck.sources.stubs.grammar import Digests, first_error, line, parse, text

if TYPE_CHECKING:
    from tree_sitter import Node

_FUNCTIONS = frozenset(
    {
        *("function_declaration", "generator_function_declaration", "function_expression", "generator_function"),
        *("arrow_function", "method_definition"),
    }
)
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
_TRANSPARENT = frozenset(
    {
        *("parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression"),
        *("instantiation_expression", "computed_property_name", "else_clause"),
    }
)
_SAID_BY_TYPES = frozenset(
    {
        *("type_alias_declaration", "interface_declaration", "function_signature", "ambient_declaration"),
        *("empty_statement", "comment", "debugger_statement", "import_alias", "hash_bang_line"),
    }
)
_OPERATORS = {"&&": "and", "||": "or", "===": "==", "!==": "!=", "!": "not"}


def script_code(data: bytes, grammar: str, language: str) -> Code:
    """Raises UnparseableError."""
    root = parse(data, grammar)
    reader = _Reader()
    body = reader.block(root.named_children)
    symbols = tuple(_symbols(root.named_children, Digests(root), ""))
    return Code(language, body, tuple(reader.exports), symbols, broken=first_error(root))


class _Reader:
    def __init__(self) -> None:
        self.exports: list[Export] = []
        self._held = 0

    def block(self, nodes: Sequence[Node]) -> tuple[Stmt, ...]:
        return tuple(found for node in nodes for found in self.statement(node))

    def _body(self, node: Node | None) -> tuple[Stmt, ...]:
        """A statement, or those of a block."""
        if node is None:
            return ()
        if node.type == "else_clause":
            return self._body(node.named_children[0] if node.named_children else None)
        return self.block(node.named_children if node.type in ("statement_block", "class_static_block") else [node])

    def statement(self, node: Node) -> Iterator[Stmt]:  # noqa: C901  # one case a kind of statement
        at = line(node)
        match node.type:
            case kind if kind in _SAID_BY_TYPES:
                return
            case kind if kind in _FUNCTIONS:
                yield Define(at, self.function(node))
            case kind if kind in _CLASSES:
                yield Define(at, self.class_(node))
            case "expression_statement":
                yield from self._expression(node)
            case "lexical_declaration" | "variable_declaration":
                for one in node.named_children:
                    if one.type == "variable_declarator" and (name := one.child_by_field_name("name")) is not None:
                        value = one.child_by_field_name("value")
                        binds = tuple(self.binds(name, ()))
                        yield Let(line(one), binds, self.expr(value) if value is not None else Const(at, None))
            case "return_statement":
                yield Return(at, self.expr(node.named_children[0]) if _code(node) else None)
            case "throw_statement":
                yield Raise(at, self.expr(node.named_children[0]) if _code(node) else None)
            case "if_statement":
                test = self._field(node, "condition")
                then, otherwise = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
                yield If(at, test, self._body(then), self._body(otherwise))
            case "statement_block":
                yield from self.block(node.named_children)
            case "for_in_statement":
                binds = tuple(self.binds(node.child_by_field_name("left"), ("*",) if _over_keys(node) else ()))
                body = self._body(node.child_by_field_name("body"))
                yield Each(at, binds, self._field(node, "right"), body)
            case "for_statement":
                yield from self._body(node.child_by_field_name("initializer"))
                step = node.child_by_field_name("increment")
                body = self._body(node.child_by_field_name("body"))
                turn = (Do(at, self.expr(step)),) if step is not None else ()
                yield While(at, self._condition(node), (*body, *turn))
            case "while_statement" | "do_statement":
                body = self._body(node.child_by_field_name("body"))
                going = self._condition(node)
                if node.type == "do_statement" and going is not None:
                    yield While(at, Op(at, "?", ()), (*body, Do(at, going)))
                else:
                    yield While(at, going, body)
            case "switch_statement":
                yield Once(at, self._cases(node))
            case "try_statement":
                yield self._try(node)
            case "labeled_statement":
                yield Once(at, self._body(node.child_by_field_name("body")))
            case "break_statement" | "continue_statement":
                yield Jump(at)
            case "import_statement":
                yield from self._imports(node)
            case "export_statement":
                yield from self._exported(node)
            case "enum_declaration":
                yield self._enum(node)
            case "internal_module" | "module":
                yield from self._namespace(node)
            case _:
                yield Do(at, self.expr(node))

    def _expression(self, node: Node) -> Iterator[Stmt]:
        at = line(node)
        inner = node.named_children[0] if node.named_children else None
        if inner is None or inner.type == "string":
            return  # "use server"
        if inner.type in ("internal_module", "module"):
            yield from self._namespace(inner)
            return
        if inner.type == "assignment_expression":
            left = text(inner.child_by_field_name("left"))
            if left == "module.exports" or left.startswith(("module.exports.", "exports.")):
                yield from self._common(at, left, inner.child_by_field_name("right"))
                return
            if (target := inner.child_by_field_name("left")) is not None and target.type.endswith("_pattern"):
                yield from self._taken_apart(at, target, self._field(inner, "right"))
                return
        yield Do(at, self.expr(inner))

    def _taken_apart(self, at: int, target: Node, value: Expr) -> Iterator[Stmt]:
        """`({a, b} = value)`: the names are those of variables that exist."""
        held, once = self._once(at, value)
        yield once
        for one in self.binds(target, ()):
            of: Expr = held
            for key in one.way:
                of = Index(at, of, Const(at, key))
            yield Do(at, Assign(at, Name(at, one.name), of))

    def _common(self, at: int, left: str, value: Node | None) -> Iterator[Stmt]:
        """CommonJS: `module.exports = …`, `exports.name = …`."""
        if value is None:
            return
        read = self.expr(value)
        name = left.removeprefix("module.").removeprefix("exports").removeprefix(".") or "default"
        if name == "default" and isinstance(read, Table):
            entries: list[tuple[Expr | None, Expr]] = []
            for key, one in read.entries:
                if isinstance(key, Const) and isinstance(key.value, str):
                    local = one.name if isinstance(one, Name) else f"exports.{key.value}"
                    if not isinstance(one, Name):
                        yield Let(at, (Bind(local),), one)
                    self.exports.append(Export(key.value, at, local=local))
                    entries.append((key, Name(at, local)))
                else:
                    entries.append((key, one))
            read = Table(at, tuple(entries))
        local = read.name if isinstance(read, Name) else f"exports.{name}"
        if not isinstance(read, Name):
            yield Let(at, (Bind(local),), read)
        self.exports.append(Export(name, at, local=local))

    def _once(self, at: int, value: Expr) -> tuple[Expr, Stmt]:
        """A name for a value that is used several times: code that were repeated could grow without end."""
        self._held += 1
        name = f"#{self._held}"
        return Name(at, name), Let(at, (Bind(name),), value)

    def _cases(self, node: Node) -> tuple[Stmt, ...]:
        """A `switch` as what it is: from the first case that matches on, everything is run until something leaves."""
        at = line(node)
        subject, first = self._once(at, self._field(node, "value"))
        reached, begin = self._once(at, Const(at, value=False))
        found: list[Stmt] = [first, begin]
        body = node.child_by_field_name("body")
        cases = _named(body)
        for number, case in enumerate(cases):
            place = line(case)
            held = self.block(case.children_by_field_name("body"))
            if case.type != "switch_default":
                test = Op(place, "==", (subject, self._field(case, "value")))
                found.append(Do(place, Assign(place, reached, Op(place, "or", (reached, test)))))
                found.append(If(place, reached, held))
            elif number == len(cases) - 1:
                found += held
            else:  # whether a later case matches decides
                found.append(If(place, Op(place, "?", ()), held))
        return tuple(found)

    def _try(self, node: Node) -> Stmt:
        handlers: tuple[Handler, ...] = ()
        if (caught := node.child_by_field_name("handler")) is not None:
            parameter = caught.child_by_field_name("parameter")
            name = text(parameter) if parameter is not None and parameter.type == "identifier" else None
            handlers = (Handler(name, self._body(caught.child_by_field_name("body"))),)
        final = node.child_by_field_name("finalizer")
        last = self._body(final.child_by_field_name("body")) if final is not None else ()
        return Try(line(node), self._body(node.child_by_field_name("body")), handlers, last)

    def _imports(self, node: Node) -> Iterator[Stmt]:
        at = line(node)
        if any(child.type == "type" for child in node.children):
            return
        source = _string(node.child_by_field_name("source"))
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                name = next((text(one) for one in clause.named_children if one.type == "identifier"), "")
                yield Import(at, name, _string(clause.child_by_field_name("source")), "default")
            for one in clause.named_children if clause.type == "import_clause" else ():
                if one.type == "identifier":
                    yield Import(at, text(one), source, "default")
                elif one.type == "namespace_import":
                    yield Import(at, text(one.named_children[0]), source)
                else:
                    for taken in one.named_children:
                        name = text(taken.child_by_field_name("name"))
                        alias = text(taken.child_by_field_name("alias"))
                        if name and not any(child.type == "type" for child in taken.children):
                            yield Import(at, alias or name, source, name)

    def _exported(self, node: Node) -> Iterator[Stmt]:  # noqa: C901  # one case a form of export
        at = line(node)
        kinds = {child.type for child in node.children}
        if "type" in kinds:
            return
        source = node.child_by_field_name("source")
        module = _string(source) if source is not None else None
        declaration = node.child_by_field_name("declaration")
        value = node.child_by_field_name("value")
        decorators = tuple(self.expr(one.named_children[0]) for one in node.named_children if one.type == "decorator")
        if declaration is not None:
            for stated in self.statement(declaration):
                if decorators and isinstance(stated, Define) and isinstance(stated.of, Class):
                    stated = _decorated(stated, stated.of, decorators)
                yield stated
                names = [stated.of.name] if isinstance(stated, Define) else []
                names += [one.name for one in stated.binds] if isinstance(stated, Let) else []
                for name in names:
                    self.exports.append(Export("default" if "default" in kinds else name, at, local=name or "default"))
        elif value is not None:
            read = self.expr(value)
            if isinstance(read, Name):
                self.exports.append(Export("default", at, local=read.name))
            else:
                yield Let(at, (Bind("default"),), read)
                self.exports.append(Export("default", at, local="default"))
        for one in node.named_children:
            if one.type == "export_clause":
                for taken in one.named_children:
                    name = text(taken.child_by_field_name("name"))
                    given = text(taken.child_by_field_name("alias")) or name
                    if name and not any(child.type == "type" for child in taken.children):
                        local = name if module is None else None
                        self.exports.append(Export(given, at, local, module, name if module is not None else None))
            elif one.type == "namespace_export":
                self.exports.append(Export(text(one.named_children[0]), at, module=module))
            elif one.type == "identifier" and "=" in kinds:
                self.exports.append(Export("default", at, local=text(one)))
        if "*" in kinds:
            self.exports.append(Export("*", at, module=module))

    def _enum(self, node: Node) -> Stmt:
        at = line(node)
        entries: list[tuple[Expr | None, Expr]] = []
        body = node.child_by_field_name("body")
        for number, one in enumerate(body.named_children if body is not None else ()):
            value = one.child_by_field_name("value")
            name = _key(one.child_by_field_name("name") if value is not None else one)
            entries.append((name, self.expr(value) if value is not None else Const(at, number)))
        return Let(at, (Bind(text(node.child_by_field_name("name"))),), Table(at, tuple(entries)))

    def _namespace(self, node: Node) -> Iterator[Stmt]:
        """`namespace N { export … }` as an object that a function makes once."""
        at = line(node)
        outer, self.exports = self.exports, []
        body = self._body(node.child_by_field_name("body"))
        inner, self.exports = self.exports, outer
        names = [(one.name, one.local) for one in inner if one.local is not None]
        entries = tuple((Const(at, name), Name(at, local)) for name, local in names)
        made = Function(at, "", (), (*body, Return(at, Table(at, entries))), end=node.end_point[0] + 1)
        yield Let(at, (Bind(text(node.child_by_field_name("name"))),), Call(at, Lambda(at, made)))

    def binds(self, node: Node | None, way: tuple[str, ...], default: Expr | None = None) -> Iterator[Bind]:
        match node.type if node is not None else "":
            case "identifier" | "shorthand_property_identifier_pattern":
                name = text(node)
                own = (name,) if node is not None and node.type != "identifier" else ()
                yield Bind(name, (*way, *own), default)
            case "object_pattern":
                for one in _named(node):
                    if one.type == "pair_pattern":
                        key = _key(one.child_by_field_name("key"))
                        step = str(key.value) if isinstance(key, Const) else "*"
                        yield from self.binds(one.child_by_field_name("value"), (*way, step))
                    else:
                        yield from self.binds(one, way)
            case "array_pattern":
                for position, one in enumerate(_named(node)):
                    yield from self.binds(one, (*way, str(position)))
            case "rest_pattern":
                for one in _named(node):
                    yield from self.binds(one, ("*",))
            case "object_assignment_pattern" | "assignment_pattern" if node is not None:
                value = node.child_by_field_name("right")
                filled = self.expr(value) if value is not None else None
                yield from self.binds(node.child_by_field_name("left"), way, filled)

    def function(self, node: Node, name: str = "") -> Function:
        body = node.child_by_field_name("body")
        if body is None or body.type == "statement_block":
            read = self._body(body)
        else:
            read = (Return(line(body), self.expr(body)),)
        kinds = {child.type for child in node.children}
        kind = "static" if "static" in kinds else "property" if kinds & {"get", "set"} else ""
        return Function(
            line(node),
            _plain(node.child_by_field_name("name")) or name,
            self._parameters(node),
            read,
            owner=None if node.type == "arrow_function" else "this",
            generator="*" in kinds or node.type.startswith("generator"),
            kind=kind,
            end=node.end_point[0] + 1,
        )

    def _parameters(self, node: Node) -> tuple[Parameter, ...]:
        single = node.child_by_field_name("parameter")
        listed = node.child_by_field_name("parameters")
        found: list[Parameter] = []
        for one in [single] if single is not None else _named(listed):
            pattern = one.child_by_field_name("pattern") or one.child_by_field_name("left") or one
            value = one.child_by_field_name("value") or one.child_by_field_name("right")
            default = self.expr(value) if value is not None else None
            if pattern.type == "this" or one.type == "decorator":
                continue
            if pattern.type == "identifier":
                found.append(Parameter(text(pattern), default=default))
            elif pattern.type == "rest_pattern":
                found.append(Parameter(text(pattern).lstrip(". "), rest=True))
            else:
                found.append(Parameter(f"#{len(found) + 1}", tuple(self.binds(pattern, ())), default))
        return tuple(found)

    def class_(self, node: Node) -> Class:
        methods: list[Function] = []
        fields: list[tuple[str, Expr | None]] = []
        waiting: list[Expr] = []
        body = node.child_by_field_name("body")
        for one in _named(body):
            if one.type == "decorator":
                waiting.append(self.expr(one.named_children[0]))
            elif one.type == "method_definition":
                method = self.function(one)
                methods.append(_with_decorators(method, tuple(waiting)) if waiting else method)
                waiting = []
                if method.name == "constructor":
                    fields += [(name, Name(line(one), name)) for name in _parameter_properties(one)]
            elif one.type in ("public_field_definition", "field_definition"):
                value = one.child_by_field_name("value")
                name = _plain(one.child_by_field_name("name") or one.child_by_field_name("property"))
                if value is not None and value.type in _FUNCTIONS:
                    methods.append(self.function(value, name))
                else:
                    fields.append((name, self.expr(value) if value is not None else Const(line(one), None)))
                waiting = []
            elif one.type == "class_static_block":
                fields.append(("", Cannot(line(one), "relcheck does not read static blocks of classes")))
        decorators = tuple(self.expr(one.named_children[0]) for one in node.named_children if one.type == "decorator")
        bases = tuple(self.bases(node))
        name = text(node.child_by_field_name("name"))
        return Class(line(node), name, bases, tuple(methods), tuple(fields), decorators, node.end_point[0] + 1)

    def bases(self, node: Node) -> Iterator[Expr]:
        for one in node.named_children:
            if one.type == "class_heritage":
                clauses = [child for child in one.named_children if child.type != "implements_clause"]
                for clause in clauses:
                    value = clause.child_by_field_name("value") if clause.type == "extends_clause" else clause
                    if value is not None:
                        yield self.expr(value)

    def _field(self, node: Node, field: str) -> Expr:
        found = node.child_by_field_name(field)
        return self.expr(found) if found is not None else Cannot(line(node), "it cannot be parsed")

    def _condition(self, node: Node) -> Expr | None:
        found = node.child_by_field_name("condition")
        if found is not None and found.type == "expression_statement":
            found = found.named_children[0] if found.named_children else None
        return self.expr(found) if found is not None and found.type != "empty_statement" else None

    def expr(self, node: Node) -> Expr:  # noqa: C901  # one case a kind of expression
        at = line(node)
        match node.type:
            case "identifier" | "this" | "super" | "shorthand_property_identifier" | "meta_property":
                return Name(at, text(node))
            case "string":
                return Const(at, _string(node))
            case "number":
                return Const(at, _number(text(node)))
            case "true" | "false":
                return Const(at, node.type == "true")
            case "null" | "undefined":
                return Const(at, None)
            case kind if kind in _TRANSPARENT:
                inner = _code(node)
                return self.expr(inner[0]) if inner else Cannot(at, "it cannot be parsed")
            case "type_assertion":
                return self.expr(node.named_children[-1])
            case "member_expression":
                return Member(at, self._field(node, "object"), text(node.child_by_field_name("property")))
            case "subscript_expression":
                return Index(at, self._field(node, "object"), self._field(node, "index"))
            case "call_expression" | "new_expression":
                return self._call(node)
            case kind if kind in _FUNCTIONS:
                return Lambda(at, self.function(node))
            case kind if kind in _CLASSES:
                return Anonymous(at, self.class_(node))
            case "object":
                return Table(at, tuple(self._entries(node)))
            case "array":
                return Items(at, tuple(map(self.expr, _code(node))))
            case "spread_element":
                return Spread(at, self.expr(node.named_children[0]))
            case "binary_expression":
                sign = text(node.child_by_field_name("operator"))
                sides = (self._field(node, "left"), self._field(node, "right"))
                return Op(at, _OPERATORS.get(sign, sign), sides)
            case "unary_expression":
                sign = text(node.child_by_field_name("operator"))
                operand = self._field(node, "argument")
                if sign == "delete":
                    return Assign(at, operand, Const(at, None))
                if sign == "void":
                    return Op(at, "last", (operand, Const(at, None)))
                return Op(at, _OPERATORS.get(sign, sign), (operand,))
            case "ternary_expression":
                then, otherwise = self._field(node, "consequence"), self._field(node, "alternative")
                return Choice(at, self._field(node, "condition"), then, otherwise)
            case "await_expression":
                return Await(at, self.expr(node.named_children[0]))
            case "yield_expression":
                return Yield(at, self.expr(node.named_children[0]) if _code(node) else None)
            case "assignment_expression":
                return Assign(at, self._field(node, "left"), self._field(node, "right"))
            case "augmented_assignment_expression":
                target = self._field(node, "left")
                return Assign(at, target, Op(at, "?", (self._field(node, "right"),)))
            case "update_expression":
                target = self._field(node, "argument")
                return Assign(at, target, Op(at, "?", ()))
            case "template_string":
                parts = [self._template(one) for one in node.named_children]
                return Op(at, "text", tuple(parts))
            case "sequence_expression":
                return Op(at, "last", tuple(map(self.expr, _code(node))))
            case "regex":
                return Const(at, text(node))
            case kind if kind.startswith("jsx_"):
                return Op(at, "element", tuple(self._jsx(node)))
            case _:
                reason = "it cannot be parsed" if node.type == "ERROR" else f"relcheck does not read {node.type}"
                return Cannot(at, reason)

    def _template(self, node: Node) -> Expr:
        if node.type == "template_substitution":
            return self.expr(node.named_children[0]) if _code(node) else Const(line(node), "")
        return Const(line(node), text(node))

    def _call(self, node: Node) -> Expr:
        at = line(node)
        new = node.type == "new_expression"
        callee = node.child_by_field_name("constructor" if new else "function")
        listed = node.child_by_field_name("arguments")
        if listed is not None and listed.type == "template_string":
            arguments: tuple[Expr, ...] = (self.expr(listed),)
        else:
            arguments = tuple(map(self.expr, _code(listed)))
        if callee is not None and text(callee) in ("require", "import") and len(arguments) == 1:
            module = arguments[0]
            if isinstance(module, Const) and isinstance(module.value, str):
                return Bring(at, module.value)
        if callee is None or callee.type == "import":
            return Cannot(at, "which module is imported is computed")
        return Call(at, self.expr(callee), arguments, (), new)

    def _entries(self, node: Node) -> Iterator[tuple[Expr | None, Expr]]:
        for one in _code(node):
            if one.type == "pair":
                key = one.child_by_field_name("key")
                yield self._entry_key(key), self._field(one, "value")
            elif one.type == "spread_element":
                yield None, self.expr(one.named_children[0])
            elif one.type == "method_definition":
                function = self.function(one)
                getter = function.kind == "property"
                made = Lambda(line(one), function)
                yield self._entry_key(one.child_by_field_name("name")), Call(line(one), made) if getter else made
            else:
                yield Const(line(one), text(one)), self.expr(one)

    def _entry_key(self, key: Node | None) -> Expr:
        if key is not None and key.type == "computed_property_name":
            return self.expr(key)
        return _key(key)

    def _jsx(self, node: Node) -> Iterator[Expr]:
        waiting = list(reversed(node.named_children))
        while waiting:
            one = waiting.pop()
            if one.type == "jsx_expression":
                yield from map(self.expr, _code(one))
            elif one.type.startswith("jsx_"):
                waiting.extend(reversed(one.named_children))


def _decorated(stated: Define, of: Class, decorators: tuple[Expr, ...]) -> Define:
    return Define(
        stated.line, Class(of.line, of.name, of.bases, of.methods, of.fields, (*decorators, *of.decorators), of.end)
    )


def _with_decorators(of: Function, decorators: tuple[Expr, ...]) -> Function:
    import msgspec

    return msgspec.structs.replace(of, decorators=decorators)


def _parameter_properties(node: Node) -> Iterator[str]:
    """`constructor(private readonly db: Db)` makes a field."""
    for one in _named(node.child_by_field_name("parameters")):
        if any(child.type in ("accessibility_modifier", "readonly") for child in one.children):
            yield text(one.child_by_field_name("pattern"))


def _over_keys(node: Node) -> bool:
    return any(child.type == "in" for child in node.children)


def _named(node: Node | None) -> list[Node]:
    return [one for one in node.named_children if one.type != "comment"] if node is not None else []


_code = _named


def _string(node: Node | None) -> str:
    """The text of a string, its escapes as they are written."""
    return "".join(text(one) for one in node.named_children) if node is not None else ""


def _plain(node: Node | None) -> str:
    return _string(node) if node is not None and node.type == "string" else text(node)


def _key(node: Node | None) -> Expr:
    if node is None or node.type == "computed_property_name":
        return Cannot(line(node) if node is not None else 1, "which key it is, is computed")
    return Const(line(node), _plain(node))


def _number(written: str) -> int | float | str:
    try:
        return int(written.replace("_", ""), 0) if len(written) < 16 else written
    except ValueError:
        try:
            return float(written)
        except ValueError:
            return written


def _symbols(  # noqa: C901  # one case a kind of definition
    nodes: Sequence[Node], digests: Digests, prefix: str
) -> Iterator[Symbol]:
    for node in nodes:
        match node.type:
            case "export_statement":
                declared = node.child_by_field_name("declaration")
                value = node.child_by_field_name("value")
                if declared is not None and not text(declared.child_by_field_name("name")):
                    yield from _members(declared, digests, prefix) if declared.type.startswith("lexical") else ()
                if declared is not None:
                    yield from _symbols([declared], digests, prefix)
                if value is not None or any(child.type == "default" for child in node.children):
                    yield digests.symbol(f"{prefix}default", node)
            case "lexical_declaration" | "variable_declaration":
                for one in node.named_children:
                    name = one.child_by_field_name("name")
                    if name is not None and name.type == "identifier":
                        yield digests.symbol(f"{prefix}{text(name)}", node)
                        yield from _members(one.child_by_field_name("value"), digests, f"{prefix}{text(name)}.")
            case kind if kind in _CLASSES or kind in ("internal_module", "module"):
                name_of = text(node.child_by_field_name("name"))
                if name_of:
                    yield digests.symbol(f"{prefix}{name_of}", node)
                yield from _members(node, digests, f"{prefix}{name_of}." if name_of else prefix)
            case kind if kind in _FUNCTIONS or kind == "enum_declaration":
                if found := text(node.child_by_field_name("name")):
                    yield digests.symbol(f"{prefix}{found}", node)
            case "expression_statement" if node.named_children and node.named_children[0].type == "internal_module":
                yield from _symbols(node.named_children, digests, prefix)


def _members(node: Node | None, digests: Digests, prefix: str) -> Iterator[Symbol]:
    """Methods of a class, functions of an object, what a namespace exports."""
    while node is not None and node.type in _TRANSPARENT and node.named_children:
        node = node.named_children[0]
    if node is None or (node.type not in _CLASSES and node.type not in ("object", "internal_module", "module")):
        return
    body = node if node.type == "object" else node.child_by_field_name("body")
    if node.type in ("internal_module", "module"):
        yield from _symbols(_named(body), digests, prefix)
        return
    for one in _named(body):
        name = one.child_by_field_name("name") or one.child_by_field_name("key") or one.child_by_field_name("property")
        if one.type in ("method_definition", "pair", "public_field_definition", "field_definition"):
            yield digests.symbol(f"{prefix}{_plain(name)}", one)
