"""Selectors: what a rule looks for, said in words of our own and kept as plain data.

A selector is data so that the engine can derive from it, without running the rule, which files can hold a match at
all (`relcheck.engine.prefilter`), and so that it can be kept in the manifest. No selector mentions a class of a parser.

Wherever names are taken, `opt.NAME` stands for the value of the rule's option NAME.

A *name* is dotted and matches whatever the code calls it: `text` matches `text(…)`, `sa.text(…)` after `import
sqlalchemy as sa`, and `t(…)` after `from sqlalchemy import text as t`. A dotted name matches from its end:
`sqlalchemy.text` matches the same three, but not `other.text`.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Opt(Struct, frozen=True, tag="opt"):
    """The value of one of the rule's options, known when a configuration is."""

    name: str


class _Options:
    """`opt.locks` is the value of the option `locks`."""

    def __getattr__(self, name: str) -> Opt:
        if name.startswith("_"):
            raise AttributeError(name)
        return Opt(name)


opt = _Options()

Names: TypeAlias = tuple[str, ...] | Opt
_NamesLike: TypeAlias = str | tuple[str, ...] | Opt


class Instance(Struct, frozen=True, tag="instance"):
    """An object, by the type that the code gives it, else by the name that it bears.

    `types` are names of classes (or of functions that make one): a parameter annotated with one, a variable made by
    one. `names` are the identifiers that such an object usually bears (`*` stands for any letters); they count only
    where the code does not say what the object is. `not_of` are owners that make a name mean something else
    (`request.session`).
    """

    names: Names = ()
    types: Names = ()
    not_of: Names = ()


class _Noun(Struct, frozen=True, omit_defaults=True, kw_only=True):
    inside: Selector | None = None
    not_inside: Selector | None = None


class Call(_Noun, frozen=True, tag="call"):
    names: Names = ()
    method: Names = ()
    receiver: Instance | None = None
    keyword: Names = ()
    args: tuple[tuple[int, Names], ...] = ()


class Ref(_Noun, frozen=True, tag="ref"):
    names: Names = ()
    attribute: Names = ()


class Text(_Noun, frozen=True, tag="text"):
    phrases: tuple[tuple[str, ...], ...] = ()
    words: tuple[tuple[str, ...], ...] = ()


class Function(_Noun, frozen=True, tag="function"):
    decorated: Names = ()
    contains: Selector | None = None
    lacks: Selector | None = None


class Class(_Noun, frozen=True, tag="class"):
    bases: Names = ()
    decorated: Names = ()


class Import(_Noun, frozen=True, tag="import"):
    names: Names = ()


class Assign(_Noun, frozen=True, tag="assign"):
    names: Names = ()


class Raise(_Noun, frozen=True, tag="raise"):
    names: Names = ()


class Except(_Noun, frozen=True, tag="except"):
    names: Names = ()


class With(_Noun, frozen=True, tag="with"):
    names: Names = ()


class Decorated(_Noun, frozen=True, tag="decorated"):
    names: Names = ()


class AnyOf(Struct, frozen=True, tag="any-of"):
    selectors: tuple[Selector, ...]


Noun: TypeAlias = Call | Ref | Text | Function | Class | Import | Assign | Raise | Except | With | Decorated
Selector: TypeAlias = Noun | AnyOf


def nouns(selector: Selector) -> tuple[Noun, ...]:
    """The nouns of a selector, its alternatives flattened."""
    if isinstance(selector, AnyOf):
        return tuple(noun for one in selector.selectors for noun in nouns(one))
    return (selector,)


class Imports(Struct, frozen=True, tag="imports"):
    """A file that imports one of these names, or a module that holds it and uses it from there."""

    names: Names


class Within(Struct, frozen=True, tag="within"):
    """A file whose path matches one of these globs."""

    globs: Names


class AnyFile(Struct, frozen=True, tag="any-file"):
    choices: tuple[Imports | Within, ...]


FileSelector: TypeAlias = Imports | Within | AnyFile


def call(
    *names: _NamesLike,
    method: _NamesLike = (),
    receiver: Instance | None = None,
    keyword: _NamesLike = (),
    arg0: _NamesLike = (),
    arg1: _NamesLike = (),
    inside: Selector | None = None,
    not_inside: Selector | None = None,
) -> Call:
    """A call. `names` is what is called, `method` its last part alone, `keyword` a keyword argument that is given and
    is neither `None` nor `False`, `arg0` and `arg1` positional arguments (counted from 0) that are one of these
    strings."""
    args = tuple((index, _names(value)) for index, value in enumerate((arg0, arg1)) if value != ())
    return Call(
        names=_all_names(names),
        method=_names(method),
        receiver=receiver,
        keyword=_names(keyword),
        args=args,
        inside=inside,
        not_inside=not_inside,
    )


def ref(
    *names: _NamesLike,
    attribute: _NamesLike = (),
    inside: Selector | None = None,
    not_inside: Selector | None = None,
) -> Ref:
    """A use of a name, or of an attribute whatever it is taken from, called or not."""
    return Ref(names=_all_names(names), attribute=_names(attribute), inside=inside, not_inside=not_inside)


def text(
    *phrases: str,
    words: tuple[str | tuple[str, ...], ...] = (),
    inside: Selector | None = None,
    not_inside: Selector | None = None,
) -> Text:
    """A string: one event for each maximal expression, folded over concatenation, `%`, `.format`, `join` and f-strings.

    It holds one of `phrases`, in either case: their words follow one another with nothing but white space, SQL
    comments or unknown parts between them; `{}` as the last word stands for an unknown part (`"for {}"`). And it
    holds each of `words` (of a group of alternatives: one of them). Every word stands whole in one literal.
    Docstrings and strings that nothing uses never fire.
    """
    groups = tuple(tuple(word.lower() for word in ((group,) if isinstance(group, str) else group)) for group in words)
    split = tuple(tuple(phrase.lower().split()) for phrase in phrases)
    return Text(phrases=split, words=groups, inside=inside, not_inside=not_inside)


def function(
    *,
    decorated: _NamesLike = (),
    contains: Selector | None = None,
    lacks: Selector | None = None,
    inside: Selector | None = None,
    not_inside: Selector | None = None,
) -> Function:
    """A function or method. `contains` and `lacks` speak of its decorators, signature and body, lambdas included,
    without the functions and classes defined in it; what `contains` found is in the site's `matches`."""
    return Function(decorated=_names(decorated), contains=contains, lacks=lacks, inside=inside, not_inside=not_inside)


def class_(
    *,
    bases: _NamesLike = (),
    decorated: _NamesLike = (),
    inside: Selector | None = None,
    not_inside: Selector | None = None,
) -> Class:
    """A class, by the names of its bases or decorators."""
    return Class(bases=_names(bases), decorated=_names(decorated), inside=inside, not_inside=not_inside)


def import_(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> Import:
    """An import statement that binds one of these modules or names."""
    return Import(names=_all_names(names), inside=inside, not_inside=not_inside)


def assign(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> Assign:
    """An assignment to one of these names."""
    return Assign(names=_all_names(names), inside=inside, not_inside=not_inside)


def raise_(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> Raise:
    """A `raise` of one of these exceptions."""
    return Raise(names=_all_names(names), inside=inside, not_inside=not_inside)


def except_(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> Except:
    """An `except` clause that names one of these exceptions, alone or in a tuple."""
    return Except(names=_all_names(names), inside=inside, not_inside=not_inside)


def with_(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> With:
    """A `with` statement that enters one of these: a name, or a call of it."""
    return With(names=_all_names(names), inside=inside, not_inside=not_inside)


def decorated(*names: _NamesLike, inside: Selector | None = None, not_inside: Selector | None = None) -> Decorated:
    """A decorator: a name, or a call of it."""
    return Decorated(names=_all_names(names), inside=inside, not_inside=not_inside)


def instance(names: _NamesLike = (), *, types: _NamesLike = (), not_of: _NamesLike = ()) -> Instance:
    """An object by its type or, where the code does not give it, by its name; see `Instance`."""
    return Instance(names=_names(names), types=_names(types), not_of=_names(not_of))


def imports(*names: _NamesLike) -> Imports:
    """For `where`: files that import one of these names."""
    return Imports(_all_names(names))


def within(globs: _NamesLike) -> Within:
    """For `where`: files whose path matches one of these globs."""
    return Within(_names(globs))


def any_of(*selectors: Selector) -> AnyOf:
    """Any of these."""
    return AnyOf(selectors)


def any_file(*choices: Imports | Within) -> AnyFile:
    """For `where`: files that any of these describes."""
    return AnyFile(choices)


def _names(value: _NamesLike) -> Names:
    return (value,) if isinstance(value, str) else value


def _all_names(values: tuple[_NamesLike, ...]) -> Names:
    if len(values) == 1:
        return _names(values[0])
    flat: list[str] = []
    for value in values:
        if isinstance(value, Opt):
            raise TypeError("an option stands alone: call(opt.names), not call('x', opt.names)")
        flat.extend((value,) if isinstance(value, str) else value)
    return tuple(flat)
