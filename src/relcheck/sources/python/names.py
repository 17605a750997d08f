"""What the names of a file stand for: imports, their aliases, and re-bindings.

The table is flow-insensitive and holds for the whole file: a name that is bound twice stands for either. It is
complete before any rule looks at the file, and it sees no path: a relative import keeps its leading dots
(`.transaction.transactional`).
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

_DEEPEST_ALIAS = 8
_MOST_ALIASES = 100
"""Bindings that are followed for one name: a hostile file could have them branch without end."""


class Bindings(msgspec.Struct):
    """What the names of a file are bound to, each in order, without doubles."""

    imported: dict[str, dict[str, None]] = msgspec.field(default_factory=dict)
    assigned: dict[str, dict[str, None]] = msgspec.field(default_factory=dict)
    stars: dict[str, None] = msgspec.field(default_factory=dict)


class Names(msgspec.Struct, frozen=True):
    """`imported` maps a name of the file to what imports bind it to, `assigned` to the dotted names of this file that
    are assigned to it; `stars` are modules imported with `*`."""

    imported: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    assigned: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    stars: tuple[str, ...] = ()
    _resolved: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    @property
    def bound(self) -> tuple[str, ...]:
        """The names that the file binds by import or alias."""
        return tuple(dict.fromkeys((*self.imported, *self.assigned)))

    def resolve(self, name: str) -> tuple[str, ...]:
        """All that a dotted name of this file may stand for, likeliest first; itself where nothing binds it."""
        if name not in self._resolved:
            found: dict[str, None] = {}
            self._follow(name, found, {}, _DEEPEST_ALIAS)
            self._resolved[name] = tuple(found) or (name,)
        return self._resolved[name]

    def matches(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether the name may stand for one of these."""
        candidates = self.resolve(name)
        return any(is_named(candidate, pattern) for pattern in patterns for candidate in candidates)

    def surely_matches(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether the name stands for one of these whichever way it was bound."""
        patterns = tuple(patterns)
        return all(any(is_named(candidate, pattern) for pattern in patterns) for candidate in self.resolve(name))

    def imports(self, patterns: Iterable[str]) -> bool:
        """Whether the file binds one of these by import or alias. What comes by a `*` shows only where it is used."""
        patterns = tuple(patterns)
        targets = (target for bound in (self.imported, self.assigned) for all_ in bound.values() for target in all_)
        return any(is_named(target, pattern) for target in targets for pattern in patterns)

    def uses(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether a dotted name of the file takes one of these from what the file binds, or may have it by a `*`."""
        head = name.partition(".")[0]
        return (head in self.imported or head in self.assigned or bool(self.stars)) and self.matches(name, patterns)

    def _follow(self, name: str, found: dict[str, None], seen: dict[str, None], depth: int) -> None:
        if name in seen or len(seen) > _MOST_ALIASES:
            return
        seen[name] = None
        head = name.partition(".")[0]
        behind = name[len(head) :]
        imported, assigned = self.imported.get(head, ()), self.assigned.get(head, ())
        found.update(dict.fromkeys(f"{target}{behind}" for target in imported))
        for target in assigned if depth else ():
            self._follow(f"{target}{behind}", found, seen, depth - 1)
        if not imported and not (assigned and depth):
            found.setdefault(name)
            found.update(dict.fromkeys(_member(star, name) for star in self.stars if not assigned))


def is_named(name: str, pattern: str) -> bool:
    """Whether a resolved name is the one that a pattern asks for: equal from the end, by whole components.

    A relative name is known only from its last components, so it also matches a longer pattern that ends in them.
    """
    if name == pattern or name.endswith(f".{pattern}"):
        return True
    if name.startswith("."):
        tail = name.lstrip(".")
        return bool(tail) and (pattern == tail or pattern.endswith(f".{tail}"))
    return False


def last(name: str) -> str:
    """The last component of a dotted name."""
    return name.rpartition(".")[2]


def names_of(statements: Sequence[ast.AST]) -> Names:
    """The table, from the import and assignment nodes of a file parsed by `ast`, in the file's order."""
    bound = Bindings()
    for node in statements:
        if isinstance(node, ast.Import):
            bind(bound, ((alias.name, alias.asname) for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            bind_from(bound, module, ((alias.name, alias.asname) for alias in node.names))
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    rebind(bound, target.id, dotted_ast(node.value))
    return table(bound)


def dotted_ast(node: ast.AST) -> str | None:
    """The dotted name that an `ast` expression spells, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def identifier(spelled: str) -> str:
    """An identifier as Python compares it (the language reference, 2.3: identifiers are NFKC-normalised)."""
    return spelled if spelled.isascii() else unicodedata.normalize("NFKC", spelled)


def bind(bound: Bindings, aliases: Iterable[tuple[str, str | None]]) -> None:
    """`import a.b as c`."""
    for name, alias in aliases:
        target = name if alias else name.partition(".")[0]
        bound.imported.setdefault(alias or target, {}).setdefault(target)


def bind_from(bound: Bindings, module: str, aliases: Iterable[tuple[str, str | None]]) -> None:
    """`from module import name as alias`; the module of a relative import keeps its dots."""
    for name, alias in aliases:
        if name == "*":
            bound.stars.setdefault(module)
        else:
            bound.imported.setdefault(alias or name, {}).setdefault(_member(module, name))


def rebind(bound: Bindings, name: str, value: str | None) -> None:
    """`name = value`, where the value is a dotted name."""
    if value is not None and value != name and not value.startswith(f"{name}."):
        bound.assigned.setdefault(name, {}).setdefault(value)


def table(bound: Bindings) -> Names:
    """The finished table."""
    imported = {name: tuple(targets) for name, targets in bound.imported.items()}
    assigned = {name: tuple(targets) for name, targets in bound.assigned.items()}
    return Names(imported, assigned, tuple(bound.stars))


def _member(module: str, name: str) -> str:
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
