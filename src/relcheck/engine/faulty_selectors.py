"""What is wrong with the selectors of a rule: mistakes that its author would otherwise read as a crash of ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from relcheck.config.suggest import hint, listed
from relcheck.sdk.options import OptionSpec
from relcheck.sdk.rule import Defined
from relcheck.sdk.selectors import AnyFile, AnyOf, Imports, Instance, Noun, Opt, Within
from relcheck.sdk.spec import HandlerSpec

_NESTED = ("inside", "not_inside", "contains", "lacks")
_NOT_NAMES = (*_NESTED, "receiver", "args", "phrases", "words")
_KNOWN = "call, ref, text, function, class_, import_, assign, raise_, except_, with_, decorated and any_of"


def selector_faults(
    handlers: Sequence[HandlerSpec], where: object, convention: object, options: Sequence[OptionSpec]
) -> Iterator[str]:
    """What is wrong, each with the place in the rule."""
    types = {option.name: option.type for option in options}
    named = {name for name, kind in types.items() if kind == "str" or kind.startswith("list")}
    for handler in handlers:
        for selector in handler.selectors:
            for fault in _selector(selector, "@on(…)", types, named):
                yield f"{handler.method}: {fault}"
    for fault in _where(where, types, named):
        yield f"where: {fault}"
    if convention is not None and not isinstance(convention, Defined):
        yield f"convention: {_shown(convention)} is no convention: write Defined(opt.NAME, otherwise=…)"
    elif convention is not None:
        for fault in _names(convention.names, "Defined(…)", types, named):
            yield f"convention: {fault}"


def _selector(given: object, place: str, types: Collection[str], named: Collection[str]) -> Iterator[str]:
    if isinstance(given, AnyOf):
        for one in given.selectors:
            yield from _selector(one, "any_of(…)", types, named)
    elif not isinstance(given, Noun):
        yield f"{place} takes a selector, and {_shown(given)} is none; there are {_KNOWN}"
    else:
        for field in msgspec.structs.fields(given):
            yield from _part(field.name, getattr(given, field.name), types, named)


def _part(name: str, value: object, types: Collection[str], named: Collection[str]) -> Iterator[str]:
    if name in _NESTED:
        if value is not None:
            yield from _selector(value, f"{name}=", types, named)
    elif name == "receiver":
        if value is not None and not isinstance(value, Instance):
            yield f"receiver= takes an instance(…), and {_shown(value)} is none"
        elif value is not None:
            for part in ("names", "types", "not_of"):
                yield from _names(getattr(value, part), f"instance(…), {part}", types, named)
    elif name == "args" and isinstance(value, tuple):
        for index, names in value:
            yield from _names(names, f"arg{index}=", types, named)
    elif name not in _NOT_NAMES:
        yield from _names(value, name, types, named)


def _where(given: object, types: Collection[str], named: Collection[str]) -> Iterator[str]:
    for one in given.choices if isinstance(given, AnyFile) else () if given is None else (given,):
        if isinstance(one, Imports | Within):
            names = one.names if isinstance(one, Imports) else one.globs
            yield from _names(names, "imports(…)" if isinstance(one, Imports) else "within(…)", types, named)
        else:
            yield f"{_shown(one)} describes no files; there are imports, within and any_file"


def _names(given: object, place: str, types: Collection[str], named: Collection[str]) -> Iterator[str]:
    if isinstance(given, Opt):
        if given.name not in types:
            known = f"it has {listed(types)}" if types else "it has none"
            yield f"opt.{given.name}: the rule has no option of this name{hint(given.name, types, known)}"
        elif given.name not in named:
            yield f"opt.{given.name}: names are taken here, and the option holds none; it must be a tuple of str"
    elif not isinstance(given, tuple) or not all(isinstance(one, str) for one in given):
        yield f"{place} takes names, and {_shown(given)} is something else"


def _shown(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 60 else f"{text[:59]}…"  # the width of a message
