"""What a selection of a contract stands for: modules of the project, and names of what is not the project's."""

from __future__ import annotations

import re
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
        pattern = _pattern(text)
        names = sorted(one for one in graph.inside if pattern.fullmatch(one))
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
        pattern = _pattern(text)
        matches = pattern.match if below else pattern.fullmatch
        inside = (one for one in graph.inside if _whole(matches(one), one))
        outside = (one for one in graph.externals if _whole(pattern.match(one), one))
        return frozenset((*inside, *outside))


def is_stdlib(name: str) -> bool:
    """Whether a dotted name that is not the project's is the standard library's."""
    return name.partition(".")[0] in sys.stdlib_module_names


def _pattern(text: str) -> re.Pattern[str]:
    """`*` is one whole name, `**` one or more; names are literal. Linear: a name holds no dot."""
    parts = (
        r"[^.]+" if part == "*" else r"[^.]+(?:\.[^.]+)*" if part == "**" else re.escape(part)
        for part in text.split(".")
    )
    return re.compile(r"\.".join(parts) + r"(?=\.|\Z)")


def _whole(found: re.Match[str] | None, name: str) -> bool:
    return found is not None and (found.end() == len(name) or name[found.end()] == ".")
