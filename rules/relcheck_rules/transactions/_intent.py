"""Reading the declared intent of a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from relcheck.sdk import File, Site, Span, last
from relcheck_rules.transactions._options import IntentOptions
from relcheck_rules.transactions._top_level import applied_to, value_of

if TYPE_CHECKING:
    import libcst as cst


class Intent(StrEnum):
    """What a function says that it does to the database, in rising order of what it may do."""

    READ_ONLY = "READ_ONLY"
    ATOMIC_WRITE = "ATOMIC_WRITE"
    LOCKED_MUTATION = "LOCKED_MUTATION"


@dataclass(frozen=True)
class Declared:
    """An intent decorator: the place to show, what it declares, and where it says so. `intent` is None where the code
    does not tell."""

    place: Span
    intent: Intent | None
    argument: Span


def declared_intent(fn: Site, file: File, options: IntentOptions) -> Declared | None:
    """The intent of a function; None where it declares none. The decorator's argument may be positional or named.

    It may be declared by `@transactional(…)`, by a name for that (`read_only = transactional(…)`, `@read_only`), and by
    `claim = transactional(…)(claim)`. A decorator of the same name that takes no intent is one of another library, or
    of an older kind: it declares nothing.
    """
    for declaring, place in _declaring(fn, file, options):
        argument = declaring.arg(0) or declaring.arg("intent")
        own = place.node is declaring.span.node
        intent = intent_of(argument, file, options) if argument is not None else None
        shown = Span(argument) if argument is not None else declaring.span
        told = intent is not None or speaks_of_intents(file, options)
        if told or (argument is not None and _may_be_intent(file.code(shown))):
            return Declared(shown if own else place, intent, shown)
        return None
    return None


def _declaring(fn: Site, file: File, options: IntentOptions) -> Iterator[tuple[Site, Span]]:
    """The calls that declare a function, each with the place to show for it."""
    from libcst import FunctionDef, Name

    if not isinstance(fn.node, FunctionDef):
        return
    for decorator in fn.node.decorators:
        site = fn.below(decorator)
        if file.names_one(decorator, options.decorators):
            yield site, site.span
        elif isinstance(decorator.decorator, Name):
            name = decorator.decorator.value
            value = value_of(name, file) if name not in file.names.bound else None
            if value is not None and file.names_one(value, options.decorators):
                yield fn.below(value), site.span
    name = fn.node.name.value
    if f")({name}" in file.text and fn.symbol == name:
        for call in applied_to(name, file):
            if file.names_one(call, options.decorators):
                yield fn.below(call), fn.header


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


def intent_of(argument: cst.BaseExpression, file: File, options: IntentOptions) -> Intent | None:
    """`TransactionIntent.READ_ONLY`, a name for it, `"READ_ONLY"`, `TransactionIntent["READ_ONLY"]`."""
    named = {last(name) for name in file.resolve(argument)} | set(_quoted(argument))
    known = [intent for intent, words in _words(options) if not named.isdisjoint(map(last, words))]
    return known[0] if len(known) == 1 else None


def _quoted(argument: cst.BaseExpression) -> Iterator[str]:
    from libcst import Call, Index, SimpleString, Subscript

    if isinstance(argument, SimpleString) and isinstance(argument.evaluated_value, str):
        yield argument.evaluated_value.upper()
    elif isinstance(argument, Call):
        for arg in argument.args:
            yield from _quoted(arg.value)
    elif isinstance(argument, Subscript):
        for element in argument.slice:
            if isinstance(element.slice, Index):
                yield from _quoted(element.slice.value)


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
