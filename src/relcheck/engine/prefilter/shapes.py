"""The second prefilter: the shapes that a selector needs, looked for in the `ast`, which costs a tenth of a libcst
tree.

Like the first it over-approximates. It is one pass that sorts the nodes of interest by type, then a test for each
selector over these. `lacks` rejects only where the resolved name surely matches. The pass also gives the file's table
of names and its depth, by which the engine knows whether libcst can read the file in this process.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from relcheck.engine.bind import Bound
from relcheck.engine.prefilter.endings import endings
from relcheck.engine.prefilter.phrases import in_literals, word_in_literal, words_of
from relcheck.sdk.selectors import (
    Assign,
    Call,
    Class,
    Decorated,
    Except,
    Function,
    Import,
    Noun,
    Raise,
    Ref,
    Selector,
    Text,
    With,
    nouns,
)
from relcheck.sdk.selectors import (
    Names as NameList,
)
from relcheck.sources.python.folded import TEXT_CALLS
from relcheck.sources.python.names import Names, dotted_ast, last, names_of

_TEMPLATES = frozenset(getattr(ast, name) for name in ("TemplateStr", "Interpolation") if hasattr(ast, name))
"""t-strings, which Python has since 3.14."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_KEPT: frozenset[type[ast.AST]] = frozenset(
    {
        ast.Call,
        ast.Attribute,
        ast.Name,
        ast.Constant,
        ast.JoinedStr,
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
    | _TEMPLATES
)

_SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})
_JOINING = frozenset({ast.BinOp, ast.JoinedStr, ast.FormattedValue}) | _TEMPLATES
"""Nodes whose parts may become one text."""
_CARRYING = frozenset({ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.keyword, ast.Starred})
"""Nodes that hand the parts of a text on to what joins them."""


class _Placed(NamedTuple):
    """A node, the function or class that it belongs to, and the number of the text that it may be a part of."""

    node: ast.AST
    owner: ast.AST | None
    text: int


class Shapes(msgspec.Struct, frozen=True):
    """The nodes of interest of one file by type, each with what it belongs to."""

    names: Names
    depth: int
    weight: int
    nodes: dict[type[ast.AST], list[_Placed]] = {}
    owned: dict[type[ast.AST], dict[ast.AST | None, list[_Placed]]] = {}
    ended: dict[type[ast.AST], dict[str, list[_Placed]]] = {}
    lowered: list[tuple[_Placed, str]] = []

    def matching(self, selector: Selector, options: Bound) -> Iterator[ast.AST]:
        """Nodes by which the selector may match; none where it surely does not."""
        return _matching(self, selector, options, None)

    def imports(self, patterns: tuple[str, ...]) -> bool:
        """Whether the file imports one of these names, or uses one from a module that it imports."""
        if self.names.imports(patterns):
            return True
        wanted = {last(pattern) for pattern in patterns}
        return any(self.names.uses(name, patterns) for name in self._spelled(wanted))

    def _spelled(self, wanted: set[str]) -> Iterator[str]:
        """The dotted names of the file that end in one of these; plain ones only where a `*` may have brought them."""
        for placed in self.of(ast.Attribute, *([ast.Name] if self.names.stars else [])):
            node = placed.node
            if (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)) in wanted:
                spelled = dotted_ast(node)
                if spelled is not None:
                    yield spelled

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
            yield from self.nodes.get(kind, ()) if owner is None else self._owned(kind).get(owner, ())

    def ending(self, names: frozenset[str], *types: type[ast.AST]) -> Iterable[_Placed]:
        """The calls or names of these types that end in one of these."""
        for kind in types:
            if kind not in self.ended:
                self.ended[kind] = {}
                for placed in self.nodes.get(kind, ()):
                    self.ended[kind].setdefault(_ending(placed.node), []).append(placed)
            for name in names & self.ended[kind].keys():
                yield from self.ended[kind][name]

    def literals(self) -> list[tuple[_Placed, str]]:
        """The string literals, bytes too, with their values in lower case."""
        if not self.lowered:
            for placed in self.nodes.get(ast.Constant, ()):
                value = placed.node.value  # type: ignore[attr-defined]  # a Constant
                if isinstance(value, bytes):
                    value = value.decode("latin-1")
                if isinstance(value, str):
                    self.lowered.append((placed, value.lower()))
        return self.lowered

    def _owned(self, kind: type[ast.AST]) -> dict[ast.AST | None, list[_Placed]]:
        if kind not in self.owned:
            self.owned[kind] = {}
            for placed in self.nodes.get(kind, ()):
                self.owned[kind].setdefault(placed.owner, []).append(placed)
        return self.owned[kind]


def shapes_of(tree: ast.Module) -> Shapes:
    """Read a file's tree level by level: no recursion, whatever its depth."""
    nodes: dict[type[ast.AST], list[_Placed]] = {kind: [] for kind in _KEPT}
    depth = weight = texts = 0
    level: list[tuple[ast.AST, ast.AST | None, int, bool]] = [(tree, None, 0, False)]
    while level:
        depth += 1
        weight += depth * len(level)
        below: list[tuple[ast.AST, ast.AST | None, int, bool]] = []
        for node, owner, text, joined in level:
            kind = type(node)
            if kind is ast.Expr and type(node.value) is ast.Constant:  # type: ignore[attr-defined]  # narrowed by kind
                continue
            if kind in _KEPT:
                if kind in _SCOPES:
                    owner = node
                nodes[kind].append(_Placed(node, owner, text))
            if kind in _LEAVES:
                continue
            joins = kind in _JOINING or (kind in _CARRYING and joined) or (kind is ast.Call and _keeps_text(node))
            for name in _FIELDS.get(kind) or _below(kind):
                value = getattr(node, name, None)
                if type(value) is list:
                    for one in value:
                        if one is not None:  # a `**` in a dict, a default that is not there
                            texts += 1
                            below.append((one, owner, text if joins else texts, joins))
                elif value is not None:
                    texts += 1
                    below.append((value, owner, text if joins else texts, joins))
        level = below
    binding = [placed.node for kind in (*_IMPORTS, ast.Assign, ast.AnnAssign) for placed in nodes.get(kind, ())]
    binding.sort(key=lambda node: (node.lineno, node.col_offset))  # type: ignore[attr-defined]  # statements have places
    return Shapes(names_of(binding), depth, weight, nodes)


def _keeps_text(node: ast.AST) -> bool:
    """Whether a call joins texts, fills one, or hands one on."""
    func = node.func if isinstance(node, ast.Call) else node
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return name in TEXT_CALLS


def _below(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a node that hold nodes of interest."""
    fields = _FIELDS[kind] = tuple(name for name in getattr(kind, "_fields", ()) if name not in _PLAIN)
    return fields


_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}
_LEAVES = frozenset({ast.Constant, ast.Name, ast.MatchSingleton})
_PLAIN = frozenset(
    {"ctx", "op", "ops", "id", "attr", "name", "asname", "arg", "names", "module", "level", "str"}
    | {"type_comment", "type_ignores", "is_async", "simple", "conversion", "rest", "kwd_attrs"}
)


def _matching(
    shapes: Shapes, selector: Selector, options: Bound, owner: ast.AST | None, *, is_inner: bool = False
) -> Iterator[ast.AST]:
    """Nodes that may match, in one function where an owner is given; of an inner selector as the walk tests it: without
    what it contains."""
    for noun in nouns(selector):
        if noun.inside is None or _any(shapes, noun.inside, options, None):
            for node in _own(shapes, noun, options, owner):
                if is_inner or not isinstance(noun, Function) or _holds(shapes, noun, options, node):
                    yield node


def _any(shapes: Shapes, selector: Selector, options: Bound, owner: ast.AST | None) -> bool:
    return next(_matching(shapes, selector, options, owner, is_inner=True), None) is not None


def _holds(shapes: Shapes, selector: Function, options: Bound, node: ast.AST) -> bool:
    """Whether a function may contain what it must, and does not surely hold what it must lack."""
    if selector.lacks is not None and _surely(shapes, selector.lacks, options, node):
        return False
    return selector.contains is None or _any(shapes, selector.contains, options, node)


def _own(shapes: Shapes, selector: Noun, options: Bound, owner: ast.AST | None) -> Iterator[ast.AST]:
    if isinstance(selector, Text):
        return _text(shapes, selector, owner)
    kinds, test = _TESTS[type(selector)]
    names = endings(selector, options, shapes.names) if owner is None else None
    found = shapes.of(*kinds, owner=owner) if names is None else shapes.ending(names, *kinds)
    return (placed.node for placed in found if test(shapes, selector, options, placed.node))


def _ending(node: ast.AST) -> str:
    """What a call or a name ends in; empty where it has no name."""
    if type(node) is ast.Call:
        node = node.func
    if type(node) is ast.Attribute:
        return node.attr
    return node.id if type(node) is ast.Name else ""


def _text(shapes: Shapes, selector: Text, owner: ast.AST | None) -> Iterator[ast.AST]:
    """The literals of texts that may match."""
    words = {word for group in (*selector.words, *map(words_of, selector.phrases)) for word in group}
    if not words:
        yield from (placed.node for placed in shapes.of(ast.Constant, ast.JoinedStr, *_TEMPLATES, owner=owner))
        return
    texts: dict[int, list[tuple[ast.AST, str]]] = {}
    for placed, lower in shapes.literals():
        if (owner is None or placed.owner is owner) and any(word in lower for word in words):
            texts.setdefault(placed.text, []).append((placed.node, lower))
    for literals in texts.values():
        if _may_hold(selector, [value for _, value in literals]):
            yield from (node for node, _ in literals)


def _may_hold(selector: Text, values: list[str]) -> bool:
    """Whether a text that is put together of these literals may match."""
    if not all(any(word_in_literal(word, value) for word in group for value in values) for group in selector.words):
        return False
    return not selector.phrases or any(in_literals(phrase, values) for phrase in selector.phrases)


def _function(shapes: Shapes, selector: Function, options: Bound, node: ast.AST) -> bool:
    return _is_decorated(shapes.names, selector.decorated, options, node)


def _call(shapes: Shapes, selector: Call, options: Bound, node: ast.Call) -> bool:
    if selector.method != () and (
        not isinstance(node.func, ast.Attribute) or node.func.attr not in options.names(selector.method)
    ):
        return False
    if selector.keyword != ():
        wanted = options.names(selector.keyword)
        if not any(keyword.arg in wanted for keyword in node.keywords):
            return False
    for index, values in selector.args:
        argument = node.args[index] if index < len(node.args) else None
        if not (isinstance(argument, ast.Constant) and argument.value in options.names(values)):
            return False
    return selector.names == () or _is_named(shapes, options.names(selector.names), node.func)


def _ref(shapes: Shapes, selector: Ref, options: Bound, node: ast.AST) -> bool:
    if selector.attribute != () and not (
        isinstance(node, ast.Attribute) and node.attr in options.names(selector.attribute)
    ):
        return False
    return selector.names == () or _is_named(shapes, options.names(selector.names), node)


def _class(shapes: Shapes, selector: Class, options: Bound, node: ast.ClassDef) -> bool:
    bases = [base.func if isinstance(base, ast.Call) else base for base in node.bases]
    if selector.bases != () and not any(_is_named(shapes, options.names(selector.bases), base) for base in bases):
        return False
    return _is_decorated(shapes.names, selector.decorated, options, node)


def _decorator(shapes: Shapes, selector: Decorated, options: Bound, node: ast.AST) -> bool:
    return bool(getattr(node, "decorator_list", ())) and _is_decorated(shapes.names, selector.names, options, node)


def _always(shapes: Shapes, selector: Noun, options: Bound, node: ast.AST) -> bool:
    """Rare statements, for which the words of the file have done the sorting."""
    del shapes, selector, options, node
    return True


def _is_named(shapes: Shapes, wanted: tuple[str, ...], node: ast.AST) -> bool:
    spelled = dotted_ast(node)
    return spelled is not None and shapes.names.matches(spelled, wanted)


def _is_decorated(names: Names, wanted: NameList, options: Bound, node: ast.AST) -> bool:
    """Whether a function or class has one of these decorators; none is needed where none is asked for."""
    return wanted == () or any(names.matches(spelled, options.names(wanted)) for spelled in _decorators(node))


def _decorators(node: ast.AST) -> Iterable[str]:
    for decorator in getattr(node, "decorator_list", ()):
        spelled = dotted_ast(decorator.func if isinstance(decorator, ast.Call) else decorator)
        if spelled is not None:
            yield spelled


def _surely(shapes: Shapes, selector: Selector, options: Bound, node: ast.AST) -> bool:
    """Whether what a function must lack is surely there. Only decorators can be told from the `ast` with certainty."""
    for noun in nouns(selector):
        if isinstance(noun, Decorated) and noun.inside is None and noun.not_inside is None:
            wanted = options.names(noun.names)
            if any(shapes.names.surely_matches(spelled, wanted) for spelled in _decorators(node)):
                return True
    return False


_TESTS: dict[type[Noun], tuple[tuple[type[ast.AST], ...], Callable[..., bool]]] = {
    Function: (_FUNCTIONS, _function),
    Call: ((ast.Call,), _call),
    Ref: ((ast.Name, ast.Attribute), _ref),
    Class: ((ast.ClassDef,), _class),
    Decorated: ((*_FUNCTIONS, ast.ClassDef), _decorator),
    Import: (_IMPORTS, _always),
    Assign: ((ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr), _always),
    Raise: ((ast.Raise,), _always),
    Except: ((ast.ExceptHandler,), _always),
    With: ((ast.With, ast.AsyncWith), _always),
}
