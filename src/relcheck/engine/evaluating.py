"""Migrations that were evaluated with the help of other modules, kept between runs.

One follows from its own text and from the modules that it asked for; most have asked for the same two or three.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from relcheck.sources.migration.migration import Migration

if TYPE_CHECKING:
    from relcheck.engine.kept import Kept
    from relcheck.sources.migration.link import Resolve

_KIND = "migration"


class _Evaluated(msgspec.Struct, frozen=True):
    """A migration with the modules that it was evaluated with: the hash of each; None where there was none."""

    modules: dict[str, str | None]
    migration: Migration


class Evaluations:
    """Gives a migration back as long as all that it was evaluated from is the same."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._hashes: dict[str, str] = {}

    def __call__(self, of: str, resolve: Resolve, evaluate: Callable[[Resolve], Migration]) -> Migration:
        if not self._kept.keeps:
            return evaluate(resolve)
        key = (_KIND, _hash(of))
        known = self._kept.known(key, _Evaluated)
        if known is not None and all(self._of(resolve(name)) == one for name, one in known.modules.items()):
            return known.migration
        asked: dict[str, str | None] = {}

        def noted(name: str) -> str | None:
            text = resolve(name)
            asked[name] = self._of(text)
            return text

        migration = evaluate(noted)
        self._kept.add(key, _Evaluated(asked, migration))
        return migration

    def _of(self, text: str | None) -> str | None:
        if text is None:
            return None
        if text not in self._hashes:
            self._hashes[text] = _hash(text)
        return self._hashes[text]


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
