"""What kind of object a variable or attribute is, as far as the code around it says so.

Read from annotations, and from what a variable is assigned: `with Session(engine) as s`, `rows = []`, `conn =
engine.connect()`. No inference across functions: what the code near by does not say is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Protocol, TypeAlias

import libcst as cst

from relcheck.sources.python.folded import fold
from relcheck.sources.python.names import Names, identifier, last
from relcheck.sources.python.trees import children, dotted


class Chain(Protocol):
    """A node with the chain of nodes around it."""

    @property
    def node(self) -> cst.CSTNode: ...

    @property
    def parent(self) -> Chain | None: ...


_DISPLAYS: dict[type[cst.CSTNode], str] = {
    cst.Dict: "dict",
    cst.DictComp: "dict",
    cst.List: "list",
    cst.ListComp: "list",
    cst.Set: "set",
    cst.SetComp: "set",
    cst.Tuple: "tuple",
    cst.SimpleString: "str",
    cst.FormattedString: "str",
    cst.ConcatenatedString: "str",
    cst.Integer: "int",
    cst.Float: "float",
    cst.Lambda: "function",
}
_BUILTINS = frozenset({"dict", "list", "set", "tuple", "frozenset", "str", "int", "float", "bytes"})
_NOTHING = frozenset({"None", "Any", "object"})
"""Annotations that say nothing of what an object is."""

_WRAPPERS = frozenset({"Optional", "Annotated", "Final", "ClassVar", "Mapped", "Union", "Type", "type"})


_LONGEST = 300
"""Characters of a quoted annotation that is read: libcst's parser recurses in native code, and a string's depth is not
known beforehand."""


class Instances:
    """Types of variables, worked out once for each function or class that is asked about."""

    def __init__(self, names: Names, module: cst.Module) -> None:
        self._names = names
        self._module = module
        self._variables: dict[int, dict[str, tuple[str, ...]]] = {}

    def types_of(self, node: cst.CSTNode, chain: Chain) -> tuple[str, ...] | None:
        """The resolved names of what the expression may be an instance of; None where the code does not say."""
        node = _bare(node)
        if type(node) in _DISPLAYS:
            return (_DISPLAYS[type(node)],)
        if isinstance(node, cst.Call):
            return self._made_by(node)
        if isinstance(node, cst.Name):
            return self._variable(identifier(node.value), chain)
        if isinstance(node, cst.Attribute):
            spelled = dotted(node)
            if spelled is not None and spelled.startswith(("self.", "cls.")) and spelled.count(".") == 1:
                return self._attribute(last(spelled), chain)
        return None

    def name_of(self, node: cst.CSTNode) -> tuple[str | None, str | None]:
        """The identifier that an expression ends in and, for an attribute, that of its owner: `request.session` is
        (`session`, `request`). A call goes by what is called."""
        node = _bare(node)
        if isinstance(node, cst.Call):
            node = node.func
        if isinstance(node, cst.Name):
            return identifier(node.value), None
        if isinstance(node, cst.Attribute):
            owner = dotted(node.value)
            return identifier(node.attr.value), last(owner) if owner is not None else None
        return None, None

    def taken_from(self, name: str, chain: Chain) -> tuple[str, ...]:
        """The owners of the attributes that a variable is bound to: `request` for `session = request.session`."""
        outer: Chain | None = chain
        while outer is not None:
            scope = outer.node
            if isinstance(scope, cst.FunctionDef | cst.Lambda | cst.Module) and name in self._scope(scope):
                values = (value for target, _, value in _bindings(scope) if dotted(target) == name)
                owners = (dotted(value.value) for value in values if isinstance(value, cst.Attribute))
                return tuple(last(owner) for owner in owners if owner is not None)
            outer = outer.parent
        return ()

    def annotated(self, annotation: cst.BaseExpression | None) -> tuple[str, ...] | None:
        """The resolved names in an annotation: `X`, `"X"`, `X | None`, `Optional[X]`, `Annotated[X, …]`; None without
        one."""
        if annotation is None:
            return None
        found = [name for spelled in _annotation(annotation, self._names) for name in self._names.resolve(spelled)]
        return tuple(name for name in dict.fromkeys(found) if last(name) not in _NOTHING) or None

    def _variable(self, name: str, chain: Chain) -> tuple[str, ...] | None:
        outer: Chain | None = chain
        while outer is not None:
            if isinstance(outer.node, cst.FunctionDef | cst.Lambda | cst.Module):
                known = self._scope(outer.node)
                if name in known:
                    return known[name] or None
            outer = outer.parent
        return None

    def _attribute(self, name: str, chain: Chain) -> tuple[str, ...] | None:
        outer: Chain | None = chain
        while outer is not None and not isinstance(outer.node, cst.ClassDef):
            outer = outer.parent
        if outer is None:
            return None
        known = self._scope(outer.node)
        return known.get(name) or None

    def _scope(self, scope: cst.CSTNode) -> Mapping[str, tuple[str, ...]]:
        """Variables of a function or module, attributes of a class. `()` stands for a variable that is bound to
        something unknown."""
        if id(scope) not in self._variables:
            self._variables[id(scope)] = {}
            self._variables[id(scope)] = (
                self._class_attributes(scope) if isinstance(scope, cst.ClassDef) else self._local_variables(scope)
            )
        return self._variables[id(scope)]

    def _local_variables(self, scope: cst.CSTNode) -> dict[str, tuple[str, ...]]:
        known: dict[str, tuple[str, ...]] = {}
        for param in _parameters(scope):
            annotation = param.annotation.annotation if param.annotation is not None else None
            known[identifier(param.name.value)] = self.annotated(annotation) or ()
        for target, annotation, value in _bindings(scope):
            if not isinstance(target, cst.Name):
                continue
            name = identifier(target.value)
            types = self.annotated(annotation) or (self._assigned(value) if value is not None else None) or ()
            known[name] = tuple(dict.fromkeys((*known.get(name, ()), *types)))
        return known

    def _class_attributes(self, scope: cst.ClassDef) -> dict[str, tuple[str, ...]]:
        known: dict[str, tuple[str, ...]] = {}
        for target, annotation, value in _bindings(scope):
            spelled = dotted(target)
            if spelled is not None and "." not in spelled:
                known[spelled] = (
                    self.annotated(annotation) or (self._assigned(value) if value is not None else None) or ()
                )
        for method in _initialisers(scope):
            parameters = self._scope(method)
            for target, annotation, value in _bindings(method):
                spelled = dotted(target)
                if spelled is None or not spelled.startswith("self.") or spelled.count(".") != 1:
                    continue
                types = self.annotated(annotation) or ()
                if not types and value is not None:
                    types = parameters.get(dotted(value) or "", ()) or self._assigned(value) or ()
                known[last(spelled)] = tuple(dict.fromkeys((*known.get(last(spelled), ()), *types)))
        return known

    def _assigned(self, value: cst.CSTNode) -> tuple[str, ...] | None:
        value = _bare(value)
        if type(value) in _DISPLAYS:
            return (_DISPLAYS[type(value)],)
        return self._made_by(value) if isinstance(value, cst.Call) else None

    def _made_by(self, call: cst.Call) -> tuple[str, ...] | None:
        """`name()` stands for whatever `name` makes: a class an instance of it, a `sessionmaker` a session."""
        spelled = dotted(call.func)
        if spelled is None:
            return None
        if spelled in self._factories:
            return tuple(f"{factory}()" for factory in self._factories[spelled])
        return tuple(name if name in _BUILTINS else f"{name}()" for name in self._names.resolve(spelled))

    @cached_property
    def _factories(self) -> dict[str, tuple[str, ...]]:
        """Variables of the module that a call made, and that may be called in turn: `Maker = sessionmaker()`."""
        found: dict[str, tuple[str, ...]] = {}
        for target, _, value in _bindings(self._module):
            made = dotted(value.func) if isinstance(value, cst.Call) else None
            if isinstance(target, cst.Name) and made is not None:
                found[identifier(target.value)] = tuple(f"{name}()" for name in self._names.resolve(made))
        return found


def _bare(node: cst.CSTNode) -> cst.CSTNode:
    while isinstance(node, cst.Await | cst.NamedExpr):
        node = node.expression if isinstance(node, cst.Await) else node.value
    return node


def _annotation(node: cst.CSTNode, names: Names) -> Iterator[str]:
    spelled = dotted(node)
    if spelled is not None:
        yield spelled
    elif isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        yield from _quoted(node, names)
    elif isinstance(node, cst.BinaryOperation):
        yield from _annotation(node.left, names)
        yield from _annotation(node.right, names)
    elif isinstance(node, cst.Subscript):
        outer = dotted(node.value)
        wrappers = {last(name) for name in names.resolve(outer)} & _WRAPPERS if outer is not None else None
        if wrappers:
            elements = [one.slice.value for one in node.slice if isinstance(one.slice, cst.Index)]
            for element in elements[:1] if "Annotated" in wrappers else elements:
                yield from _annotation(element, names)
        elif outer is not None:
            yield outer


def _quoted(node: cst.SimpleString | cst.ConcatenatedString, names: Names) -> Iterator[str]:
    folded = fold(node)
    if folded is None or len(folded.text) > _LONGEST or any(piece.decoded.is_bytes for piece in folded.pieces):
        return
    try:
        parsed = cst.parse_expression(folded.text.strip())
    except (cst.ParserSyntaxError, cst.CSTValidationError, ValueError, RecursionError):
        return
    if not isinstance(parsed, cst.BaseString):
        yield from _annotation(parsed, names)


def _parameters(scope: cst.CSTNode) -> Iterator[cst.Param]:
    if isinstance(scope, cst.FunctionDef | cst.Lambda):
        yield from scope.params.posonly_params
        yield from scope.params.params
        yield from scope.params.kwonly_params


def _initialisers(scope: cst.ClassDef) -> Iterator[cst.FunctionDef]:
    """Where attributes are expected to be made."""
    return (one for one in scope.body.body if isinstance(one, cst.FunctionDef) and one.name.value == "__init__")


_Binding: TypeAlias = tuple[cst.CSTNode, cst.BaseExpression | None, cst.CSTNode | None]


def _bindings(scope: cst.CSTNode) -> Iterator[_Binding]:
    """(target, annotation, value) of the assignments and `with … as …` of a scope, without the scopes in it."""
    pending: list[cst.CSTNode] = list(children(scope)) if not isinstance(scope, cst.Lambda) else []
    pending.reverse()
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Assign):
            yield from ((target.target, None, node.value) for target in node.targets)
        elif isinstance(node, cst.AnnAssign):
            yield node.target, node.annotation.annotation, node.value
        elif isinstance(node, cst.With):
            yield from ((item.asname.name, None, item.item) for item in node.items if item.asname is not None)
        elif isinstance(node, cst.For):
            yield node.target, None, None
        if isinstance(
            node, cst.BaseStatement | cst.BaseSuite | cst.ExceptHandler | cst.Else | cst.Finally | cst.MatchCase
        ) and not isinstance(node, cst.FunctionDef | cst.ClassDef):
            pending.extend(reversed(list(children(node))))
