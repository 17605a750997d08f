"""What the names of a file stand for: imports, their aliases, and re-bindings.

The table is flow-insensitive and holds for the whole file: a name that is bound twice stands for either. It is
complete before any rule looks at the file, and it sees no path: a relative import keeps its leading dots
(`.transaction.transactional`).
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

_DEEPEST_ALIAS = 8

Bindings: TypeAlias = dict[str, dict[str, None]]
"""What each name was bound to, in order, without doubles."""


@dataclass(frozen=True, slots=True)
class Names:
    """`bound` maps a name of the file to all that it may stand for; `stars` are modules imported with `*`."""

    bound: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stars: tuple[str, ...] = ()

    def resolve(self, name: str) -> tuple[str, ...]:
        """All that a dotted name of this file may stand for, likeliest first; itself where nothing binds it."""
        found: dict[str, None] = {}
        self._follow(name, found, _DEEPEST_ALIAS)
        return tuple(found)

    def matches(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether the name may stand for one of these."""
        candidates = self.resolve(name)
        return any(is_named(candidate, pattern) for pattern in patterns for candidate in candidates)

    def surely_matches(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether the name stands for one of these whichever way it was bound."""
        patterns = tuple(patterns)
        return all(any(is_named(candidate, pattern) for pattern in patterns) for candidate in self.resolve(name))

    def imports(self, patterns: Iterable[str]) -> bool:
        """Whether the file binds one of these by import or alias, or may by a `*`."""
        patterns = tuple(patterns)
        targets = (target for targets in self.bound.values() for target in targets)
        if any(is_named(target, pattern) for target in targets for pattern in patterns):
            return True
        return any(is_named(f"{star}.{pattern}", pattern) for star in self.stars for pattern in patterns)

    def uses(self, name: str, patterns: Iterable[str]) -> bool:
        """Whether a dotted name of the file takes one of these from a module or object that the file binds."""
        return name.partition(".")[0] in self.bound and self.matches(name, patterns)

    def _follow(self, name: str, found: dict[str, None], depth: int) -> None:
        head, dot, rest = name.partition(".")
        targets = self.bound.get(head)
        if targets is None or depth == 0:
            found.setdefault(name)
            if not dot or targets is None:
                for star in self.stars:
                    found.setdefault(f"{star}.{name}")
            return
        for target in targets:
            full = f"{target}.{rest}" if dot else target
            if full in found:
                continue
            if target.partition(".")[0] == head or target.startswith("."):
                found.setdefault(full)
            else:
                self._follow(full, found, depth - 1)


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
    bound: Bindings = {}
    stars: dict[str, None] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            bind(bound, ((alias.name, alias.asname) for alias in node.names))
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            bind_from(bound, stars, module, ((alias.name, alias.asname) for alias in node.names))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and node.value is not None:
                rebind(bound, target.id, dotted_ast(node.value))
    return table(bound, stars)


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
        if alias:
            bound.setdefault(alias, {}).setdefault(name)
        else:
            head = name.partition(".")[0]
            bound.setdefault(head, {}).setdefault(head)


def bind_from(
    bound: Bindings,
    stars: dict[str, None],
    module: str,
    aliases: Iterable[tuple[str, str | None]],
) -> None:
    """`from module import name as alias`; the module of a relative import keeps its dots."""
    for name, alias in aliases:
        if name == "*":
            stars.setdefault(module)
        else:
            joiner = "" if module.endswith(".") or not module else "."
            bound.setdefault(alias or name, {}).setdefault(f"{module}{joiner}{name}")


def rebind(bound: Bindings, name: str, value: str | None) -> None:
    """`name = value`, where the value is a dotted name."""
    if value is not None and value != name and not value.startswith(f"{name}."):
        bound.setdefault(name, {}).setdefault(value)


def table(bound: Bindings, stars: dict[str, None]) -> Names:
    """The finished table."""
    return Names({name: tuple(targets) for name, targets in bound.items()}, tuple(stars))
