"""Which rules a name in a configuration stands for."""

from __future__ import annotations

from relcheck.config.spelling import visible
from relcheck.config.suggest import hint
from relcheck.sdk.spec import Catalog, RuleSpec

LOCAL = "local"
"""The pack of the scanned repository's own rules. They load only when asked for, so their names are never unknown."""


class RuleNames:
    """The names that a configuration may use: of rules, former ones of rules, of packs, and any of the pack `local`."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._packs = catalog.packs

    def rules(self, name: str) -> tuple[RuleSpec, ...]:
        """The known rules that a name stands for."""
        return self._catalog.named(name)

    def is_local(self, name: str) -> bool:
        return name == LOCAL or name.startswith(f"{LOCAL}/")

    def flaw(self, name: str) -> str | None:
        """What is wrong with a name, if anything."""
        if self.is_local(name) or self.rules(name):
            return None
        kind = "rule" if "/" in name else "pack"
        known = {
            *self._catalog.rules,
            *self._packs,
            *(alias for spec in self._catalog.rules.values() for alias in spec.aliases),
        }
        bare = {rule.partition("/")[2]: rule for rule in sorted(known, reverse=True) if "/" in rule}
        if name in bare:
            return f"unknown {kind} `{name}`; did you mean `{bare[name]}`?"
        return f"unknown {kind} `{_cut(name)}`{hint(name, known, 'see `relcheck rules`')}"

    def current(self, name: str) -> tuple[str, ...]:
        """The names that a name stands for today: a former name gives those of its rules, any other itself."""
        if name in self._catalog.rules or name in self._packs:
            return (name,)
        return tuple(spec.name for spec in self.rules(name)) or (name,)


def _cut(name: str) -> str:
    return visible(name if len(name) <= 80 else f"{name[:79]}…")
