"""What a selection of a contract stands for: modules of the project, and names of what is not the project's."""

from __future__ import annotations

import sys
from functools import cached_property

import msgspec

from relcheck.sdk.declared import Declared
from relcheck.sdk.layering import ANY, EXTERNAL, STDLIB

_SUFFIXES = (".py", ".pyi")


class Selections(msgspec.Struct, frozen=True, dict=True):
    """Gives the nodes of the import graph for the selections of a configuration. Each is worked out once."""

    declared: Declared

    def nodes(self, text: str) -> frozenset[str]:
        """All nodes that a selection stands for: a dotted name is the module and all below it."""
        if text not in self._known:
            self._known[text] = self._select(text, below=True)
        return self._known[text]

    def exactly(self, text: str) -> frozenset[str]:
        """The same for an edge, where a dotted name is that module alone; of what is not the project's, all below."""
        key = f"={text}"
        if key not in self._known:
            self._known[key] = self._select(text, below=False)
        return self._known[key]

    def all(self, texts: tuple[str, ...]) -> frozenset[str]:
        """The nodes of several selections."""
        return frozenset().union(*map(self.nodes, texts)) if texts else frozenset()

    def members(self, text: str) -> dict[str, frozenset[str]]:
        """The single things that a selection names, each with all below it: what a wildcard matches is one each. A glob
        of files (`**/apps.py`) names the packages that hold such a file."""
        graph = self.declared.graph
        if "/" in text and text.endswith(_SUFFIXES):
            holding = {name.rpartition(".")[0] for name in self.nodes(text)} - {""}
            return {name: graph.below(name) for name in sorted(holding)}
        if "*" not in text or "/" in text:
            return {text: self.nodes(text)}
        names = sorted(one for one in graph.inside if fits(text, one, below=False))
        return {name: graph.below(name) for name in names}

    def is_layer(self, text: str) -> bool:
        return text in self.declared.names

    @cached_property
    def _known(self) -> dict[str, frozenset[str]]:
        return {}

    def _select(self, text: str, *, below: bool) -> frozenset[str]:
        graph = self.declared.graph
        if text == ANY:
            return graph.inside | graph.externals
        if text in (STDLIB, EXTERNAL):
            wanted = text == STDLIB
            return frozenset(one for one in graph.externals if is_stdlib(one) is wanted)
        if self.is_layer(text):
            return self.declared.modules(text)
        if "/" in text:
            names = graph.modules.name_of
            return frozenset(name for path, name in names.items() if self.declared.matches(path, (text,)))
        if "*" not in text:
            plain = graph.below(text) if below else frozenset({text} & graph.inside)
            return plain | graph.externals_below(text)
        inside = (one for one in graph.inside if fits(text, one, below=below))
        outside = (one for one in graph.externals if fits(text, one, below=True))
        return frozenset((*inside, *outside))


def is_stdlib(name: str) -> bool:
    """Whether a dotted name that is not the project's is the standard library's."""
    return name.partition(".")[0] in sys.stdlib_module_names


def fits(pattern: str, name: str, *, below: bool) -> bool:
    """Whether a dotted name is what a pattern says, or, with `below`, stands below it. `*` is one whole name, `**` one
    or more. Takes linear time, because patterns come from a configuration that nobody has to trust."""
    if "*" not in pattern:
        return name == pattern or (below and name.startswith(f"{pattern}."))
    parts = pattern.split(".")
    states = {0}
    for segment in name.split("."):
        if below and len(parts) in states:
            return True
        after: set[int] = set()
        for state in states:
            if state < len(parts) and parts[state] == "**":
                after |= {state, state + 1}
            elif state < len(parts) and parts[state] in ("*", segment):
                after.add(state + 1)
        states = after
    return len(parts) in states
