"""The second prefilter: the shapes that a selector needs, looked for in the `ast`, which costs a tenth of a libcst tree.

Like the first it over-approximates. It is one pass that sorts the nodes of interest by type, then a test for each selector over
these. `lacks` rejects only where the resolved name surely matches. The pass also gives the file's table of names and its depth, by
which the engine knows whether libcst can read the file in this process.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from relcheck.engine.bind import Bound
from relcheck.sdk.selectors import (
    AnyOf,
    Assign,
    Call,
    Class,
    Decorated,
    Except,
    Function,
    Import,
    Raise,
    Ref,
    Selector,
    Text,
    With,
)
from relcheck.sources.python.names import Names, dotted_ast, last, names_of

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_KEPT: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Call,
        ast.Attribute,
        ast.Name,
        ast.Constant,
        ast.ClassDef,
        ast.Raise,
        ast.ExceptHandler,
        ast.With,
        ast.AsyncWith,
    }
    | {
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.AnnAssign,
        ast.AugAssign,
        ast.NamedExpr,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
    }
)


@dataclass(frozen=True, slots=True)
class _Placed:
    node: ast.AST
    owner: ast.AST | None
    statement: int


@dataclass(frozen=True, slots=True)
class Shapes:
    """The nodes of interest of one file by type, each with the function and the statement that it belongs to."""

    names: Names
    depth: int
    nodes: dict[type[ast.AST], list[_Placed]] = field(default_factory=dict)

    def allow(self, selector: Selector, options: Bound) -> bool:
        """Whether the selector may match somewhere in the file."""
        return _any(self, selector, options, None)

    def imports(self, patterns: tuple[str, ...]) -> bool:
        """Whether the file imports one of these names, or uses one from a module that it imports."""
        if self.names.imports(patterns):
            return True
        wanted = {last(pattern) for pattern in patterns}
        used = (placed.node for placed in self.of(ast.Attribute))
        spelled = (dotted_ast(node) for node in used if isinstance(node, ast.Attribute) and node.attr in wanted)
        return any(self.names.uses(name, patterns) for name in spelled if name is not None)

    def defined(self, watched: frozenset[str]) -> tuple[str, ...]:
        """Of these names, those that the file defines: a function, a class, a variable."""
        found = {placed.node.name for placed in self.of(*_FUNCTIONS, ast.ClassDef)}  # type: ignore[attr-defined]  # all have names
        for placed in self.of(ast.Assign, ast.AnnAssign):
            node = placed.node
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]  # type: ignore[attr-defined]  # an AnnAssign
            found.update(target.id for target in targets if isinstance(target, ast.Name))
        return tuple(sorted(found & watched))

    def imported(self, watched: frozenset[str]) -> tuple[str, ...]:
        """Of these names, those that the file imports or uses from what it imports."""
        return tuple(sorted(name for name in watched if self.imports((name,))))

    def of(self, *types: type[ast.AST], owner: ast.AST | None = None) -> Iterable[_Placed]:
        """The nodes of these types, in the whole file or in one function without the functions and classes in it."""
        for kind in types:
            for placed in self.nodes.get(kind, ()):
                if owner is None or placed.owner is owner:
                    yield placed


def shapes_of(tree: ast.Module) -> Shapes:
    """Read a file's tree level by level: no recursion, whatever its depth."""
    nodes: dict[type[ast.AST], list[_Placed]] = {}
    depth = 0
    statements = 0
    level: list[tuple[ast.AST, ast.AST | None, int]] = [(tree, None, 0)]
    while level:
        depth += 1
        below: list[tuple[ast.AST, ast.AST | None, int]] = []
        for node, owner, statement in level:
            kind = type(node)
            if isinstance(node, ast.stmt):
                if kind is ast.Expr and type(node.value) is ast.Constant:  # type: ignore[attr-defined]  # narrowed by kind
                    continue
                statements += 1
                statement = statements
            if kind in _FUNCTIONS or kind is ast.ClassDef:
                owner = node
            if kind in _KEPT:
                nodes.setdefault(kind, []).append(_Placed(node, owner, statement))
            for value in node.__dict__.values():
                if isinstance(value, ast.AST):
                    below.append((value, owner, statement))
                elif type(value) is list:
                    below.extend([(one, owner, statement) for one in value if isinstance(one, ast.AST)])
        level = below
    binding = [placed.node for kind in (*_IMPORTS, ast.Assign, ast.AnnAssign) for placed in nodes.get(kind, ())]
    binding.sort(key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]  # statements have places
    return Shapes(names_of(binding), depth, nodes)


def _any(shapes: Shapes, selector: Selector, options: Bound, owner: ast.AST | None) -> bool:
    if isinstance(selector, AnyOf):
        return any(_any(shapes, one, options, owner) for one in selector.selectors)
    if not _own(shapes, selector, options, owner):
        return False
    return selector.inside is None or _any(shapes, selector.inside, options, None)


def _own(shapes: Shapes, selector: Selector, options: Bound, owner: ast.AST | None) -> bool:
    match selector:
        case Text(words=words):
            return _text(shapes, words, owner)
        case Function():
            return any(
                _function(shapes, selector, options, placed.node) for placed in shapes.of(*_FUNCTIONS, owner=owner)
            )
        case Call():
            return any(
                _call(shapes.names, selector, options, placed.node) for placed in shapes.of(ast.Call, owner=owner)
            )
        case Ref(names=names, attribute=attribute):
            wanted = options.names(attribute)
            if attribute != ():
                nodes = (placed.node for placed in shapes.of(ast.Attribute, owner=owner))
                return any(node.attr in wanted for node in nodes if isinstance(node, ast.Attribute))
            return _named(shapes, options.names(names), shapes.of(ast.Name, ast.Attribute, owner=owner))
        case Class(bases=bases, decorated=decorated):
            classes = [placed.node for placed in shapes.of(ast.ClassDef, owner=owner)]
            return any(_class(shapes.names, options.names(bases), options.names(decorated), node) for node in classes)
        case Import():
            return bool(shapes.nodes.keys() & set(_IMPORTS))
        case Assign():
            return bool(shapes.nodes.keys() & {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr})
        case Raise():
            return ast.Raise in shapes.nodes
        case Except():
            return ast.ExceptHandler in shapes.nodes
        case With():
            return bool(shapes.nodes.keys() & {ast.With, ast.AsyncWith})
        case Decorated(names=names):
            return any(
                _decorated(shapes.names, options.names(names), placed.node)
                for placed in shapes.of(*_FUNCTIONS, ast.ClassDef, owner=owner)
            )
        case _:
            raise TypeError(f"not a selector: {selector!r}")


def _text(shapes: Shapes, words: tuple[tuple[str, ...], ...], owner: ast.AST | None) -> bool:
    found: dict[int, set[int]] = {}
    for placed in shapes.of(ast.Constant, owner=owner):
        value = placed.node.value  # type: ignore[attr-defined]  # a Constant
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if not isinstance(value, str):
            continue
        lower = value.lower()
        for index, group in enumerate(words):
            if any(word in lower for word in group):
                found.setdefault(placed.statement, set()).add(index)
    return any(len(groups) == len(words) for groups in found.values())


def _function(shapes: Shapes, selector: Function, options: Bound, node: ast.AST) -> bool:
    if selector.decorated != () and not _decorated(shapes.names, options.names(selector.decorated), node):
        return False
    if selector.lacks is not None and _surely(shapes, selector.lacks, options, node):
        return False
    return selector.contains is None or _any(shapes, selector.contains, options, node)


def _call(names: Names, selector: Call, options: Bound, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if selector.method != ():
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in options.names(selector.method):
            return False
    if selector.keyword != ():
        wanted = options.names(selector.keyword)
        if not any(keyword.arg in wanted for keyword in node.keywords):
            return False
    if selector.names != ():
        spelled = dotted_ast(node.func)
        if spelled is None or not names.matches(spelled, options.names(selector.names)):
            return False
    return True


def _class(names: Names, bases: tuple[str, ...], decorators: tuple[str, ...], node: ast.AST) -> bool:
    if not isinstance(node, ast.ClassDef):
        return False
    if bases and not any(names.matches(spelled, bases) for spelled in map(dotted_ast, node.bases) if spelled):
        return False
    return not decorators or _decorated(names, decorators, node)


def _decorated(names: Names, wanted: tuple[str, ...], node: ast.AST) -> bool:
    return any(names.matches(spelled, wanted) for spelled in _decorators(node))


def _decorators(node: ast.AST) -> Iterable[str]:
    for decorator in getattr(node, "decorator_list", ()):
        spelled = dotted_ast(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if spelled is not None:
            yield spelled


def _named(shapes: Shapes, wanted: tuple[str, ...], placed: Iterable[_Placed]) -> bool:
    spelled = (dotted_ast(one.node) for one in placed)
    return any(shapes.names.matches(name, wanted) for name in spelled if name is not None)


def _surely(shapes: Shapes, selector: Selector, options: Bound, node: ast.AST) -> bool:
    """Whether what a function must lack is surely there. Only decorators can be told from the `ast` with certainty."""
    if isinstance(selector, AnyOf):
        return any(_surely(shapes, one, options, node) for one in selector.selectors)
    if not isinstance(selector, Decorated) or selector.inside is not None or selector.not_inside is not None:
        return False
    wanted = options.names(selector.names)
    return any(shapes.names.surely_matches(spelled, wanted) for spelled in _decorators(node))
