"""Who uses a symbol, by resolving imports and never by its name alone.

Only files in which the name stands as a word are read, for whoever uses a symbol names it: where it is imported, as a
member of the imported module, or where a re-export gives it another name, which is then looked for as well. A default
export is imported under any name, so there the name of the module counts.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec

from relcheck.sources.stubs.code import (
    Bind,
    Bring,
    Code,
    Define,
    Function,
    Import,
    Let,
    Member,
    Name,
    Node,
)
from relcheck.sources.stubs.collect import language_of
from relcheck.sources.stubs.linked import Linked

_ROUNDS = 4
"""How often a name may be given another one on its way."""

_MANY = 400
"""Files that are read for one symbol."""


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
    first, _, member = symbol.partition(".")
    origin = definition(linked, path, first) or (path, first)
    own = {name for name, place in _names_of(linked, origin)}
    names = {first, origin[1], *own}
    seen: set[str] = set()
    complete = True
    for _ in range(_ROUNDS):
        words = {_module_word(origin[0]) if name == "default" else name for name in names}
        found = {one for files in look(sorted(words)).values() for one in files if language_of(one) is not None}
        fresh = sorted(found - seen)
        if len(seen) + len(fresh) > _MANY:
            fresh, complete = fresh[: _MANY - len(seen)], False
        seen.update(fresh)
        more = {new for one in fresh for new, place in _given_names(linked, one) if place == origin} - names
        if not more:
            break
        names |= more
    places = {one for file in sorted(seen) for one in _uses(linked, file, origin, member)}
    return Callers(tuple(sorted(places)), complete)


def definition(  # noqa: C901  # one case a way to define
    linked: Linked, path: str, name: str, depth: int = 0
) -> tuple[str, str] | None:
    """The file and the name there that a name of a file leads to, over imports and re-exports; None where it leads out
    of the project."""
    if depth > 12 or path.endswith("/"):
        return None
    code = linked.code(path)
    for one in code.exports:
        if one.name == name and one.module is not None:
            return _into(linked, path, one.module, one.taken, depth)
        if one.name == name and one.local is not None and one.local != name:
            name = one.local
            break
    for stmt in code.body:
        if isinstance(stmt, Import) and stmt.name == name:
            return _into(linked, path, stmt.module, stmt.taken, depth)
        if (isinstance(stmt, Define) and stmt.of.name == name) or (isinstance(stmt, Let) and _binds(stmt.binds, name)):
            return path, name
    for one in code.exports:
        if one.name == "*" and one.module is not None:
            into = linked.resolver.resolve(path, code.language, one.module, None)
            if into.path is not None and (found := definition(linked, into.path, name, depth + 1)) is not None:
                return found
    if code.language == "go":
        for file in linked.resolver.go_package(posixpath.dirname(path)):
            if file != path and any(isinstance(one, Define) and one.of.name == name for one in linked.code(file).body):
                return file, name
    return None


def _into(linked: Linked, path: str, module: str, taken: str | None, depth: int) -> tuple[str, str] | None:
    found = linked.resolver.resolve(path, linked.language(path), module, taken)
    if found.path is None or found.of is None:
        return None
    return definition(linked, found.path, found.of, depth + 1)


def _binds(binds: Sequence[Bind], name: str) -> bool:
    return any(one.name == name for one in binds)


def _names_of(linked: Linked, origin: tuple[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names under which the file that defines it exports a symbol."""
    for one in linked.code(origin[0]).exports:
        if one.local == origin[1]:
            yield one.name, origin


def _given_names(linked: Linked, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Names that a file gives to what it takes from elsewhere, with what they stand for."""
    code = linked.code(path)
    for one in code.exports:
        renames = one.name != "*" and (one.module is not None or one.local != one.name)
        if renames and (place := definition(linked, path, one.name)) is not None:
            yield one.name, place
    if code.language == "python":
        for stmt in code.body:
            renamed = isinstance(stmt, Import) and stmt.taken not in (None, stmt.name)
            if renamed and isinstance(stmt, Import) and (place := definition(linked, path, stmt.name)) is not None:
                yield stmt.name, place


def _module_word(path: str) -> str:
    """The word by which a module is imported: its name, or that of its folder."""
    stem = posixpath.basename(path).split(".")[0]
    return posixpath.basename(posixpath.dirname(path)) or stem if stem in ("index", "__init__") else stem


def _uses(  # noqa: C901  # one case a form of use
    linked: Linked, path: str, origin: tuple[str, str], member: str
) -> Iterator[Caller]:
    code = linked.code(path)
    own = path == origin[0]
    direct: set[str] = {origin[1]} if own or _same_package(linked, path, code, origin) else set()
    spaces: dict[str, str] = {}
    brought = [node for node in _nodes(code.body) if isinstance(node, (Import, Let))]
    for one in brought:
        if isinstance(one, Import):
            _read_import(linked, path, code, one, origin, direct, spaces)
        elif isinstance(one.value, Bring):
            into = linked.resolver.resolve(path, code.language, one.value.module, None).path
            for bind in one.binds:
                if into is not None and not bind.way:
                    spaces[bind.name] = into
                elif into is not None and definition(linked, into, bind.way[0]) == origin:
                    direct.add(bind.name)
    if not direct and not spaces:
        return
    skipped = _definition_lines(code, origin[1]) if own else range(0)
    for node in (each for each in _nodes(code.body) if isinstance(each, Node) and each.line not in skipped):
        if isinstance(node, Name) and node.name in direct and not member:
            yield Caller(path, node.line)
        elif isinstance(node, Member) and isinstance(node.of, Name) and not member and node.of.name in spaces:
            if definition(linked, spaces[node.of.name], node.name) == origin:
                yield Caller(path, node.line)
        elif isinstance(node, Member) and member and node.name == member.rpartition(".")[2] and (direct or spaces):
            yield Caller(path, node.line)


def _read_import(
    linked: Linked,
    path: str,
    code: Code,
    node: Import,
    origin: tuple[str, str],
    direct: set[str],
    spaces: dict[str, str],
) -> None:
    found = linked.resolver.resolve(path, code.language, node.module, node.taken)
    if found.path is None:
        return
    if found.of is None:
        spaces[node.name] = found.path
    elif definition(linked, found.path, found.of) == origin:
        direct.add(node.name)


def _same_package(linked: Linked, path: str, code: Code, origin: tuple[str, str]) -> bool:
    folder = posixpath.dirname(origin[0])
    return (
        code.language == "go" and posixpath.dirname(path) == folder and linked.code(origin[0]).package == code.package
    )


def _definition_lines(code: Code, name: str) -> range:
    """The lines of a definition: what stands in it uses it for itself."""
    for stmt in code.body:
        if isinstance(stmt, Define) and stmt.of.name == name:
            return range(stmt.of.line, stmt.of.end + 1)
        if isinstance(stmt, Let) and _binds(stmt.binds, name):
            ends = [node.end for node in _nodes(stmt.value) if isinstance(node, Function)]
            return range(stmt.line, max([stmt.line, *ends]) + 1)
    return range(0)


def _nodes(tree: object) -> Iterator[object]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, msgspec.Struct):
            yield node
            waiting.extend(getattr(node, field) for field in node.__struct_fields__)
