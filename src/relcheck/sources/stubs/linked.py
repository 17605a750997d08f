"""The files of a project, read and linked as far as questions about behaviour need them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from relcheck.sources.stubs.code import Code, Export
from relcheck.sources.stubs.outline import Outline, outline
from relcheck.sources.stubs.reach import Reach
from relcheck.sources.stubs.resolve import Found, Resolver
from relcheck.sources.stubs.run import Event
from relcheck.sources.stubs.values import NOTHING, Closure, Outside, Pending, Scope, Some, Space, Type, Value

if TYPE_CHECKING:
    from relcheck.sources.stubs.behaviour import Behaviour

_REEXPORTS = 12
"""Re-exports that are followed one after another."""


class Linked:
    """`code` gives what a file holds, and `outline` what may be known without it; each is asked once a file. For the
    others see `Resolver`."""

    def __init__(
        self,
        paths: Iterable[str],
        code: Callable[[str], Code],
        read: Callable[[str], bytes | None],
        roots: Mapping[str, str] | None = None,
        *,
        base: str = "",
        outline: Callable[[str], Outline] | None = None,
    ) -> None:
        self.paths = frozenset(paths)
        self.resolver = Resolver(self.paths, read, roots, base=base)
        self._collect = code
        self._outline = outline or self._outlined
        self._outlines: dict[str, Outline] = {}
        self._code: dict[str, Code] = {}
        self._scopes: dict[tuple[str, bool], Scope] = {}
        self._events: dict[tuple[str, bool], list[Event]] = {}
        self._changes: dict[str, frozenset[str]] = {}
        self.told: dict[str, dict[str, Behaviour]] = {}
        """What was found of the symbols of a file; see `behaviours`."""
        self.asked: dict[tuple[str, str], Behaviour | None] = {}
        self.used: dict[str, dict[tuple[str, str], tuple[int, ...]]] = {}
        self.defined: dict[tuple[str, str], tuple[str, str] | None] = {}
        """What was found of uses and definitions; see `callers`."""

    def code(self, path: str) -> Code:
        if path not in self._code:
            self._code[path] = self._collect(path)
        return self._code[path]

    def outline(self, path: str) -> Outline:
        """Who a file takes from and what it uses."""
        if path not in self._outlines:
            self._outlines[path] = self._outline(path)
        return self._outlines[path]

    def _outlined(self, path: str) -> Outline:
        return outline(self.code(path))

    @property
    def read_paths(self) -> frozenset[str]:
        """The files that were needed so far."""
        return frozenset(self._code)

    def language(self, path: str) -> str:
        return self.code(path).language

    def changes(self, path: str) -> frozenset[str]:
        """Names of the module that its functions write; for Go, of the package."""
        if path not in self._changes:
            files = self._package(path) if self.language(path) == "go" else (path,)
            self._changes[path] = frozenset().union(*(self.code(one).changes for one in files))
        return self._changes[path]

    def scope(self, path: str, *, opened: bool) -> Scope:
        """The variables of a module when it has been imported."""
        key = (path, opened)
        if key not in self._scopes:
            made = self._scopes[key] = Scope(path, {}, None, 0, 0)
            run = Reach(self, opened=opened, importing=True)
            run.module(self.code(path).body, made)
            self._events[key] = run.events
        return self._scopes[key]

    def import_events(self, path: str, *, opened: bool) -> list[Event]:
        """What happens when a module is imported."""
        self.scope(path, opened=opened)
        return self._events.get((path, opened), [])

    def follow(self, value: Pending, *, opened: bool, depth: int = 0) -> Value:
        """What an import gives."""
        found = self.resolver.resolve(value.path, self.language(value.path), value.module, value.taken)
        return self._taken(found, value, opened=opened, depth=depth)

    def bring(self, path: str, module: str) -> Value:
        found = self.resolver.resolve(path, self.language(path), module, None)
        return (
            Space(found.path)
            if found.path is not None
            else self._taken(found, Pending(path, module, None, 1), opened=False)
        )

    def member(self, path: str, name: str, *, opened: bool, depth: int = 0) -> Value:
        """What a module offers under a name."""
        if path.endswith("/"):
            below = self.resolver.submodule(path, name)
            return Space(below) if below is not None else _missing(f"{path[:-1]} has no {name}")
        code = self.code(path)
        if code.problem is not None:
            return _missing(f"{path} could not be read: {code.problem}")
        if depth > _REEXPORTS:
            return _missing(f"{name} is exported again more than {_REEXPORTS} times")
        found = self._member(path, code, name, opened=opened, depth=depth)
        if found is not None:
            return found
        if code.language == "python" and (below := self.resolver.submodule(path, name)) is not None:
            return Space(below)
        if name == "default" and code.language != "python":
            return Space(path)
        broken = f"; line {code.broken} of it could not be parsed" if code.broken is not None else ""
        return _missing(f"{path} exports no {name}{broken}")

    def _member(self, path: str, code: Code, name: str, *, opened: bool, depth: int) -> Value | None:
        variables = self.scope(path, opened=opened).variables
        if code.language == "python":
            if name in variables:
                return self.settled(path, name, variables[name], opened=opened, depth=depth)
        elif code.language == "go":
            return self.beside(path, name, opened=opened)
        else:
            for one in code.exports:
                if one.name == name:
                    return self._exported(path, one, opened=opened, depth=depth)
        for one in code.exports:
            if one.name == "*" and one.module is not None:
                into = self.resolver.resolve(path, code.language, one.module, None)
                if into.path is not None and not into.path.endswith("/") and name != "default":
                    other = self.code(into.path)
                    below = (
                        self._member(into.path, other, name, opened=opened, depth=depth + 1)
                        if depth < _REEXPORTS
                        else None
                    )
                    if below is not None:
                        return below
        return None

    def _exported(self, path: str, one: Export, *, opened: bool, depth: int) -> Value:
        if one.module is not None:
            return self.follow(Pending(path, one.module, one.taken, one.line), opened=opened, depth=depth + 1)
        local = one.local or one.name
        variables = self.scope(path, opened=opened).variables
        if local not in variables:
            return _missing(f"{path} exports {local} and does not define it")
        return self.settled(path, local, variables[local], opened=opened, depth=depth)

    def settled(self, path: str, name: str, value: Value, *, opened: bool, depth: int) -> Value:
        """A variable's value when the module has been read: followed, or unknown where its functions change it."""
        if isinstance(value, Pending):
            return self.follow(value, opened=opened, depth=depth + 1)
        if name in self.changes(path) and not isinstance(value, (Closure, Type)):
            return Some(owner="state", what=f"{name} of {path}")
        return value

    def beside(self, path: str, name: str, *, opened: bool) -> Value | None:
        """What another file of the same package of Go defines."""
        if self.language(path) != "go":
            return None
        for one in self._package(path):
            variables = self.scope(one, opened=opened).variables
            if name in variables and not isinstance(variables[name], Pending):
                found = self.settled(one, name, variables[name], opened=opened, depth=0)
                return self._with_methods(one, found)
        return None

    def _with_methods(self, path: str, found: Value) -> Value:
        """A type of Go with its methods, which may stand in any file of the package."""
        if not isinstance(found, Type):
            return found
        from msgspec.structs import replace

        from relcheck.sources.stubs.code import Class, Define

        methods = [
            method
            for other in self._package(path)
            for stated in self.code(other).body
            if isinstance(stated, Define) and isinstance(stated.of, Class) and stated.of.name == found.of.name
            for method in stated.of.methods
        ]
        return replace(found, of=replace(found.of, methods=tuple(methods))) if methods else found

    def _package(self, path: str) -> tuple[str, ...]:
        files = self.resolver.go_package(posixpath.dirname(path))
        return files if path in files else (path, *files)

    def _taken(self, found: Found, value: Pending, *, opened: bool, depth: int = 0) -> Value:
        if found.missing and found.path is None:
            return _missing(f"{value.module} leads to no file of the project")
        if found.path is None:
            return Outside(found.outside)
        if found.of is None:
            return Space(found.path)
        return self.member(found.path, found.of, opened=opened, depth=depth)


def _missing(reason: str) -> Value:
    return Some(owner="outside", what=reason, opaque=True)


__all__ = ["NOTHING", "Linked"]
