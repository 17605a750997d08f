"""Reading the declared intent of a function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from relcheck.sdk import File, Site, Span, last
from relcheck_rules.transactions._options import IntentOptions


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
    """The intent of a decorated function; None without a decorator. The argument may be positional or named."""
    from libcst import FunctionDef

    if not isinstance(fn.node, FunctionDef):
        return None
    for decorator in fn.node.decorators:
        site = fn.below(decorator)
        if not file.names_one(decorator, options.decorators):
            continue
        argument = site.arg(0) or site.arg("intent")
        if argument is None:
            return Declared(site.span, None, file.code(site.span))
        named = {last(name) for name in file.resolve(argument)}
        known = [intent for intent, words in _words(options) if not named.isdisjoint(words)]
        spelled = file.code(Span(argument))
        return Declared(Span(argument), known[0] if len(known) == 1 else None, spelled)
    return None


def _words(options: IntentOptions) -> tuple[tuple[Intent, tuple[str, ...]], ...]:
    return (
        (Intent.READ_ONLY, options.read_only),
        (Intent.ATOMIC_WRITE, options.atomic_write),
        (Intent.LOCKED_MUTATION, options.locked_mutation),
    )
