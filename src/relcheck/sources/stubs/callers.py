"""Who uses a symbol, by resolving imports and never by its name alone.

Only files in which the name stands as a word are read, for whoever uses a symbol names it: where it is imported, as a
member of the imported module, or where a re-export gives it another name, which is then looked for as well. A default
export is imported under any name, so there the name of the module counts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from relcheck.sources.stubs.collect import language_of
from relcheck.sources.stubs.linked import Linked
from relcheck.sources.stubs.outline import Outline

_ROUNDS = 4
"""How often a name may be given another one on its way."""

_MANY = 400
"""Files that are read for one symbol."""

_REEXPORTS = 12

Origin = tuple[str, str]
"""The file that defines a symbol, and its name there."""


class Caller(msgspec.Struct, frozen=True, order=True):
    """A place that uses a symbol."""

    path: str
    line: int


class Callers(msgspec.Struct, frozen=True):
    """All places, in order. `complete` is false where more files name the symbol than are read."""

    places: tuple[Caller, ...]
    complete: bool = True


Look = Callable[[Collection[str]], Mapping[str, Sequence[str]]]
"""For each word the files in which it stands."""


def callers(linked: Linked, path: str, symbol: str, look: Look) -> Callers:
    """The places that use a symbol of a file, those in the file itself included, its own definition left out."""
    seen = 0
    places: set[Caller] = set()
    for seen, file in enumerate(_files(linked, path, symbol, look), 1):
        if seen > _MANY:
            return Callers(tuple(sorted(places)), complete=False)
        places.update(_uses(linked, file, path, symbol))
    return Callers(tuple(sorted(places)))


def first_caller(
    linked: Linked, path: str, symbol: str, look: Look, wanted: Callable[[str], bool]
) -> tuple[Caller | None, bool]:
    """One place in a file that is wanted, and whether all files were read that could have one."""
    for seen, file in enumerate(_files(linked, path, symbol, look), 1):
        if seen > _MANY:
            return None, False
        if wanted(file) and (found := next(_uses(linked, file, path, symbol), None)) is not None:
            return found, True
    return None, True


def _files(linked: Linked, path: str, symbol: str, look: Look) -> Iterator[str]:
    """The files that may use a symbol: those of its language that say its name, or one that a re-export gives it."""
    first = symbol.partition(".")[0]
    origin = definition(linked, path, first) or (path, first)
    family = _family(path)
    names = {first, origin[1], *(one.name for one in linked.outline(origin[0]).exports if one.local == origin[1])}
    seen: set[str] = set()
    for _ in range(_ROUNDS):
        module = module_word(origin[0])
        words = {module if name == "default" else name for name in names}
        saying = look(sorted({*words, module}))
        found = {one for word in words for one in saying[word] if _family(one) == family}
        # Who says the module's name as well is the likelier one to take it from there.
        likely = set(saying[module])
        fresh = sorted(found - seen, key=lambda one: (one not in likely, one))
        seen.update(fresh)
        more: set[str] = set()
        for file in fresh:
            yield file
            more |= {new for new, place in _given_names(linked, file).items() if place == origin}
        if more <= names:
            return
        names |= more


def _uses(linked: Linked, file: str, path: str, symbol: str) -> Iterator[Caller]:
    first, _, member = symbol.partition(".")
    origin = definition(linked, path, first) or (path, first)
    seen = _used(linked, file)
    if not member:
        yield from (Caller(file, line) for line in seen.get(origin, ()))
    elif origin in seen or file == origin[0]:
        last = member.rpartition(".")[2]
        yield from (Caller(file, line) for line in linked.outline(file).uses.get(f".{last}", ()))


def _used(linked: Linked, path: str) -> dict[Origin, tuple[int, ...]]:
    """What a file uses, by where that is defined, with the lines."""
    if path not in linked.used:
        linked.used[path] = dict(_resolved(linked, path, linked.outline(path)))
    return linked.used[path]


def _resolved(linked: Linked, path: str, outline: Outline) -> Iterator[tuple[Origin, tuple[int, ...]]]:
    found: dict[Origin, set[int]] = {}
    direct: dict[str, Origin] = {}
    for one in outline.taken:
        into = linked.resolver.resolve(path, outline.language, one.module, one.taken)
        if into.path is None:
            continue
        if into.of is not None:
            place = definition(linked, into.path, into.of)
            if place is not None:
                direct[one.name] = place
                found.setdefault(place, set())
            continue
        for name, lines in outline.uses.items():
            before, dot, member = name.partition(".")
            place = definition(linked, into.path, member) if before == one.name and dot else None
            if place is not None:
                found.setdefault(place, set()).update(lines)
    for name in outline.uses:
        if name in outline.defined and name not in direct:
            direct[name] = (path, name)
        elif outline.language == "go" and "." not in name and name not in direct:
            place = _in_package(linked, path, name)
            if place is not None:
                direct[name] = place
    for name, place in direct.items():
        begin, end = outline.defined.get(name, (0, -1)) if place[0] == path else (0, -1)
        found.setdefault(place, set()).update(one for one in outline.uses.get(name, ()) if not begin <= one <= end)
    yield from ((place, tuple(sorted(lines))) for place, lines in found.items())


def definition(linked: Linked, path: str, name: str, depth: int = 0) -> Origin | None:
    """The file and the name there that a name of a file leads to, over imports and re-exports; None where it leads out
    of the project."""
    key = (path, name)
    if key not in linked.defined:
        linked.defined[key] = None  # while it is looked for: a circle leads nowhere
        linked.defined[key] = _definition(linked, path, name, depth)
    return linked.defined[key]


def _definition(linked: Linked, path: str, name: str, depth: int) -> Origin | None:
    if depth > _REEXPORTS or path.endswith("/"):
        return None
    outline = linked.outline(path)
    for one in outline.exports:
        if one.name == name and one.module is not None:
            return _into(linked, path, one.module, one.taken, depth)
        if one.name == name and one.local is not None:
            name = one.local
            break
    for taken in outline.taken:
        if taken.top and taken.name == name:
            return _into(linked, path, taken.module, taken.taken, depth)
    if name in outline.defined:
        return path, name
    for one in outline.exports:
        if one.name == "*" and one.module is not None:
            into = linked.resolver.resolve(path, outline.language, one.module, None).path
            if into is not None and (found := definition(linked, into, name, depth + 1)) is not None:
                return found
    return _in_package(linked, path, name) if outline.language == "go" else None


def _in_package(linked: Linked, path: str, name: str) -> Origin | None:
    """What another file of the same package of Go defines."""
    own = linked.outline(path).package
    for file in linked.resolver.go_package(posixpath.dirname(path)):
        other = linked.outline(file)
        if file != path and name in other.defined and other.package == own:
            return file, name
    return None


def _into(linked: Linked, path: str, module: str, taken: str | None, depth: int) -> Origin | None:
    found = linked.resolver.resolve(path, linked.outline(path).language, module, taken)
    if found.path is None or found.of is None:
        return None
    return definition(linked, found.path, found.of, depth + 1)


def _given_names(linked: Linked, path: str) -> dict[str, Origin]:
    """Names that a file gives to what it takes from elsewhere and offers again, with what they stand for."""
    outline = linked.outline(path)
    names = {one.name for one in outline.exports if one.name != "*" and one.module is not None}
    names |= {one.name for one in outline.exports if one.local is not None and one.local != one.name}
    if outline.language == "python":
        names |= {one.name for one in outline.taken if one.top and one.taken not in (None, one.name)}
    return {name: place for name in names if (place := definition(linked, path, name)) is not None}


def module_word(path: str) -> str:
    """The word by which a module is imported: its name, or that of its folder."""
    stem = posixpath.basename(path).split(".")[0]
    return posixpath.basename(posixpath.dirname(path)) or stem if stem in ("index", "__init__") else stem


def _family(path: str) -> str | None:
    """Languages that import one another."""
    language = language_of(path)
    return "javascript" if language == "typescript" else language
