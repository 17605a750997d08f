"""Selectors against the nodes of a libcst tree: the exact test behind the two prefilters."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import libcst as cst
import msgspec

from relcheck.engine.bind import Bound
from relcheck.engine.prefilter.phrases import in_folded
from relcheck.sdk.selectors import (
    Assign,
    Call,
    Class,
    Decorated,
    Except,
    Function,
    Import,
    Instance,
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
from relcheck.sdk.site import Cell
from relcheck.sources.python.instances import Instances
from relcheck.sources.python.literals import decode
from relcheck.sources.python.names import Names, identifier, is_named, last
from relcheck.sources.python.trees import dotted, token

if TYPE_CHECKING:
    from relcheck.sources.python.folded import Folded


class Context(msgspec.Struct, frozen=True):
    """What a match may ask of the file."""

    names: Names
    instances: Instances


_NODE_TYPES: dict[type[Noun], tuple[type[cst.CSTNode], ...]] = {
    Call: (cst.Call,),
    Ref: (cst.Attribute, cst.Name),
    Function: (cst.FunctionDef,),
    Class: (cst.ClassDef,),
    Import: (cst.Import, cst.ImportFrom),
    Assign: (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.NamedExpr),
    Raise: (cst.Raise,),
    Except: (cst.ExceptHandler, cst.ExceptStarHandler),
    With: (cst.With,),
    Decorated: (cst.Decorator,),
    Text: (),
}


def node_types(noun: Noun) -> tuple[type[cst.CSTNode], ...]:
    """The types of nodes that can match."""
    if isinstance(noun, Ref) and noun.attribute != ():
        return (cst.Attribute,)
    return _NODE_TYPES[type(noun)]


def ending(node: cst.CSTNode) -> str | None:
    """What a call or a name ends in; None where it has no name."""
    # `isinstance` costs ten times as much here: libcst's classes are abstract base classes.
    if type(node) is cst.Call:
        node = node.func
    if type(node) is cst.Attribute:
        node = node.attr
    return identifier(node.value) if type(node) is cst.Name else None


def match(noun: Noun, options: Bound, cell: Cell, context: Context) -> cst.CSTNode | None:
    """The token that matters where the node matches, else None. `contains` and `lacks` are the walk's business,
    `Text` is `match_text`'s."""
    if type(cell.node) not in node_types(noun):
        return None
    found = _own(noun, options, cell, context)
    return found if found is not None and _around(noun, options, cell, context) else None


def match_text(noun: Text, options: Bound, folded: Folded, cell: Cell, context: Context) -> bool:
    """Whether a folded text holds one of the phrases and each of the words."""
    if noun.phrases and not any(in_folded(phrase, folded) for phrase in noun.phrases):
        return False
    if not all(any(in_folded((word,), folded) for word in group) for group in noun.words):
        return False
    return _around(noun, options, cell, context)


def is_inside(selector: Selector, options: Bound, cell: Cell, context: Context) -> bool:
    """Whether a node matches, for `inside` and `not_inside`. A `contains` or `lacks` there is not looked at: the node
    has not ended."""
    return any(match(noun, options, cell, context) is not None for noun in nouns(selector))


def _around(noun: Noun, options: Bound, cell: Cell, context: Context) -> bool:
    if noun.inside is not None and not _surrounded(noun.inside, options, cell, context):
        return False
    return noun.not_inside is None or not _surrounded(noun.not_inside, options, cell, context)


def _surrounded(selector: Selector, options: Bound, cell: Cell, context: Context) -> bool:
    outer = cell.parent
    while outer is not None:
        if is_inside(selector, options, outer, context):
            return True
        outer = outer.parent
    return False


def _own(noun: Noun, options: Bound, cell: Cell, context: Context) -> cst.CSTNode | None:
    match noun, cell.node:
        case Call(), cst.Call() as node:
            return _call(noun, options, node, cell, context)
        case Ref(), (cst.Attribute() | cst.Name()) as node:
            return _ref(noun, options, node, cell, context)
        case Function(decorated=wanted), cst.FunctionDef() as node:
            return node.name if _is_decorated(node, wanted, options, context) else None
        case Class(), cst.ClassDef() as node:
            return _class(noun, options, node, context)
        case Import(names=wanted), (cst.Import() | cst.ImportFrom()) as node:
            return node if wanted == () else _import(options.names(wanted), node)
        case Assign(names=wanted), (cst.Assign() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr()) as node:
            return _assign(wanted, options, node)
        case Raise(names=wanted), cst.Raise(exc=exc) as node:
            return _named(wanted, options, exc or node, context)
        case Except(names=wanted), (cst.ExceptHandler() | cst.ExceptStarHandler()) as node:
            caught = node.type
            alternatives = [one.value for one in caught.elements] if isinstance(caught, cst.Tuple) else [caught or node]
            return _first(_named(wanted, options, one, context) for one in alternatives)
        case With(names=wanted), cst.With(items=items):
            return _first(_named(wanted, options, one.item, context) for one in items)
        case Decorated(names=wanted), cst.Decorator(decorator=decorator):
            return _named(wanted, options, decorator, context)
    return None


def _first(found: Iterable[cst.CSTNode | None]) -> cst.CSTNode | None:
    return next((one for one in found if one is not None), None)


def _named(wanted: NameList, options: Bound, node: cst.CSTNode, context: Context) -> cst.CSTNode | None:
    """The name that an expression, or a call of it, goes by, where it is one of these; any where none is asked for (an
    option that is empty asks for none that there is)."""
    if wanted == ():
        return token(node)
    spelled = dotted(node.func if isinstance(node, cst.Call) else node)
    return token(node) if spelled is not None and context.names.matches(spelled, options.names(wanted)) else None


def _call(noun: Call, options: Bound, node: cst.Call, cell: Cell, context: Context) -> cst.CSTNode | None:
    func = node.func
    found: cst.CSTNode = token(func)
    if noun.method != () and not (
        isinstance(func, cst.Attribute) and identifier(func.attr.value) in options.names(noun.method)
    ):
        return None
    if noun.names != () and (isinstance(func, cst.Call) or _named(noun.names, options, func, context) is None):
        return None
    if noun.receiver is not None and not (
        isinstance(func, cst.Attribute) and _instance(noun.receiver, options, func.value, cell, context)
    ):
        return None
    for index, wanted in noun.args:
        argument = _positional(node, index)
        if argument is None or _literal(argument) not in options.names(wanted):
            return None
        found = argument
    if noun.keyword != ():
        given = _keyword(node, options.names(noun.keyword))
        if given is None:
            return None
        found = given
    return found


def _instance(noun: Instance, options: Bound, receiver: cst.CSTNode, cell: Cell, context: Context) -> bool:
    denied = options.names(noun.not_of)
    types = context.instances.types_of(receiver, cell)
    if types:
        made = [name.removesuffix("()") for name in types]
        if any(_is_like(name, denied) for name in made):
            return False
        if any(_is_like(name, options.names(noun.types)) for name in made):
            return True
        if not any(name.endswith("()") for name in types):
            return False
    name, owner = context.instances.name_of(receiver)
    if name is None or (owner in denied if owner is not None else context.names.matches(name, denied)):
        return False
    if not any(fnmatchcase(name, pattern) for pattern in options.names(noun.names)):
        return False
    return owner is not None or not any(one in denied for one in context.instances.taken_from(name, cell))


def _is_like(name: str, patterns: Iterable[str]) -> bool:
    """Whether a resolved type is one of these; a pattern may hold `*`."""
    short = last(name)
    return any(fnmatchcase(short, pattern) if "*" in pattern else is_named(name, pattern) for pattern in patterns)


def _ref(noun: Ref, options: Bound, node: cst.Attribute | cst.Name, cell: Cell, context: Context) -> cst.CSTNode | None:
    if _is_label(node, cell):
        return None
    if noun.attribute != () and not (
        isinstance(node, cst.Attribute) and identifier(node.attr.value) in options.names(noun.attribute)
    ):
        return None
    return _named(noun.names, options, node, context)


def _is_label(node: cst.CSTNode, cell: Cell) -> bool:
    """Whether a name names a thing rather than using it: an attribute's name, a keyword, a parameter, a definition, a
    capture of a pattern, anything in an import."""
    match cell.parent and cell.parent.node:
        case cst.Attribute(attr=label) if label is node:
            return True
        case cst.Attribute():
            return cell.parent is not None and _is_imported(cell.parent)
        case cst.Arg(keyword=label) | cst.MatchKeywordElement(key=label) | cst.MatchMapping(rest=label):
            return label is node
        case cst.Param(name=label) | cst.FunctionDef(name=label) | cst.ClassDef(name=label):
            return label is node
        case cst.MatchAs(name=label) | cst.MatchStar(name=label):
            return label is node
        case cst.ImportFrom() | cst.ImportAlias() | cst.NameItem():
            return True
        case cst.AsName():
            return isinstance(node, cst.Name)
        case cst.TypeVar() | cst.TypeVarTuple() | cst.ParamSpec() as parameter:
            return parameter.name is node
    return False


def _is_imported(cell: Cell) -> bool:
    """Whether a dotted name is that of a module."""
    around = cell.parent
    while around is not None and isinstance(around.node, cst.Attribute):
        around = around.parent
    return around is not None and isinstance(around.node, cst.ImportFrom | cst.ImportAlias)


def _class(noun: Class, options: Bound, node: cst.ClassDef, context: Context) -> cst.CSTNode | None:
    bases = (base.value for base in node.bases if not base.star)
    if noun.bases != () and _first(_named(noun.bases, options, base, context) for base in bases) is None:
        return None
    return node.name if _is_decorated(node, noun.decorated, options, context) else None


def _is_decorated(node: cst.FunctionDef | cst.ClassDef, wanted: NameList, options: Bound, context: Context) -> bool:
    """Whether it has one of these decorators; none is needed where none is asked for."""
    return wanted == () or any(_named(wanted, options, one.decorator, context) is not None for one in node.decorators)


def _import(wanted: tuple[str, ...], node: cst.Import | cst.ImportFrom) -> cst.CSTNode | None:
    prefix = ""
    if isinstance(node, cst.ImportFrom):
        prefix = "." * len(node.relative) + ((dotted(node.module) or "") if node.module is not None else "")
        if any(is_named(prefix, pattern) for pattern in wanted):
            return node.module or node
    if isinstance(node.names, cst.ImportStar):
        return None
    for alias in node.names:
        spelled = dotted(alias.name) or ""
        joiner = "" if not prefix or prefix.endswith(".") else "."
        if any(is_named(f"{prefix}{joiner}{spelled}", pattern) for pattern in wanted):
            return alias.name
    return None


def _assign(
    wanted: NameList, options: Bound, node: cst.Assign | cst.AnnAssign | cst.AugAssign | cst.NamedExpr
) -> cst.CSTNode | None:
    targets = [one.target for one in node.targets] if isinstance(node, cst.Assign) else [node.target]
    if wanted == ():
        return targets[0]
    for target in targets:
        spelled = dotted(target)
        if spelled is not None and any(is_named(spelled, one) for one in options.names(wanted)):
            return target
    return None


def _positional(node: cst.Call, index: int) -> cst.BaseExpression | None:
    if index >= len(node.args) or any(arg.star or arg.keyword is not None for arg in node.args[: index + 1]):
        return None
    return node.args[index].value


def _literal(node: cst.BaseExpression) -> str | None:
    """A string that is one literal, spelled without escapes: what the prefilter can promise."""
    if not isinstance(node, cst.SimpleString):
        return None
    decoded = decode(node.value)
    return decoded.value if decoded is not None and not decoded.is_bytes and decoded.value in node.value else None


def _keyword(node: cst.Call, wanted: tuple[str, ...]) -> cst.CSTNode | None:
    for arg in node.args:
        if arg.keyword is None or identifier(arg.keyword.value) not in wanted:
            continue
        if isinstance(arg.value, cst.Name) and arg.value.value in ("None", "False"):
            continue
        return arg.keyword
    return None
