"""Reading the declared intent of a function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from relcheck.sdk import File, Site, Span, last
from relcheck_rules.transactions._options import IntentOptions
from relcheck_rules.transactions._top_level import value_of

if TYPE_CHECKING:
    import libcst as cst


class Intent(StrEnum):
    """What a function says that it does to the database, in rising order of what it may do."""

    READ_ONLY = "READ_ONLY"
    ATOMIC_WRITE = "ATOMIC_WRITE"
    LOCKED_MUTATION = "LOCKED_MUTATION"


@dataclass(frozen=True)
class Declared:
    """An intent decorator: where it says what, and what. `intent` is None where the code does not tell."""

    place: Span
    intent: Intent | None
    spelled: str


def declared_intent(fn: Site, file: File, options: IntentOptions) -> Declared | None:
    """The intent of a decorated function; None without a decorator. The argument may be positional or named.

    A decorator of the same name that takes no intent is one of another library or of an older kind: it declares nothing.
    `read_only = transactional(TransactionIntent.READ_ONLY)` makes `read_only` a decorator too.
    """
    from libcst import FunctionDef, Name

    if not isinstance(fn.node, FunctionDef):
        return None
    for decorator in fn.node.decorators:
        site = fn.below(decorator)
        place: Span | None = None
        if not file.names_one(decorator, options.decorators):
            value = value_of(decorator.decorator.value, file) if isinstance(decorator.decorator, Name) else None
            if value is None or not file.names_one(value, options.decorators):
                continue
            site, place = fn.below(value), site.span
        argument = site.arg(0) or site.arg("intent")
        if argument is None:
            return Declared(place or site.span, None, file.code(site.span)) if speaks_of_intents(file, options) else None
        intent = _intent(argument, file, options)
        spelled = file.code(Span(argument))
        if intent is None and not _may_be_intent(spelled) and not speaks_of_intents(file, options):
            return None
        return Declared(place or Span(argument), intent, spelled)
    return None


def has_adopted(file: File, options: IntentOptions) -> bool:
    """Whether a file that imports the decorator uses it for intents, as far as it uses it at all."""
    if speaks_of_intents(file, options):
        return True
    used = re.compile(rf"@[ \t]*[\w.]*\b(?:{'|'.join(_spellings(file, options))})\b[ \t]*(\([^()]*)?")
    uses = [match[1] or "" for match in used.finditer(file.text)]
    return not uses or any(_may_be_intent(use) for use in uses)


def speaks_of_intents(file: File, options: IntentOptions) -> bool:
    """Whether one of the intents is mentioned anywhere in the file."""
    words = (*options.read_only, *options.atomic_write, *options.locked_mutation)
    return any(last(word) in file.text for word in words)


def _intent(argument: cst.BaseExpression, file: File, options: IntentOptions) -> Intent | None:
    """`TransactionIntent.READ_ONLY`, a name for it, `"READ_ONLY"`, `TransactionIntent["READ_ONLY"]`."""
    named = {last(name) for name in file.resolve(argument)} | set(_quoted(argument))
    known = [intent for intent, words in _words(options) if not named.isdisjoint(map(last, words))]
    return known[0] if len(known) == 1 else None


def _quoted(argument: cst.BaseExpression) -> tuple[str, ...]:
    from libcst import Call, SimpleString, Subscript

    if isinstance(argument, SimpleString):
        value = argument.evaluated_value
        return (value, value.upper()) if isinstance(value, str) else ()
    if isinstance(argument, Call):
        return tuple(word for arg in argument.args for word in _quoted(arg.value))
    if isinstance(argument, Subscript):
        indexes = (element.slice for element in argument.slice)
        return tuple(word for index in indexes for value in index.children[:1] for word in _quoted_node(value))
    return ()


def _quoted_node(node: cst.CSTNode) -> tuple[str, ...]:
    from libcst import BaseExpression

    return _quoted(node) if isinstance(node, BaseExpression) else ()


def _may_be_intent(spelled: str) -> bool:
    """Whether an argument looks like an intent: it is called so, or it is a constant."""
    return "intent" in spelled.lower() or re.search(r"(?:^|[(.\s])[A-Z][A-Z0-9_]+\s*$", spelled) is not None


def _spellings(file: File, options: IntentOptions) -> list[str]:
    """What the decorator is called in this file."""
    wanted = {last(name) for name in options.decorators}
    aliases = {name for name in file.names.bound if file.names.matches(name, options.decorators)}
    return sorted(map(re.escape, wanted | aliases))


def _words(options: IntentOptions) -> tuple[tuple[Intent, tuple[str, ...]], ...]:
    return (
        (Intent.READ_ONLY, options.read_only),
        (Intent.ATOMIC_WRITE, options.atomic_write),
        (Intent.LOCKED_MUTATION, options.locked_mutation),
    )
