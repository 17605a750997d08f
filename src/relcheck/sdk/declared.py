"""Which layer each file belongs to: by the globs of the configuration, by a header in the file, or by both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import msgspec

from relcheck.sdk.layering import Layering
from relcheck.sdk.rule import SettingsError
from relcheck.sources.python.import_graph import ImportGraph

_SUB_LAYER = re.compile(r"(?P<above>.*[^.])(?:\.[0-9]+|(?<=[0-9])[a-z])")
_SHOWN = 3


class Declared(msgspec.Struct, frozen=True, dict=True):
    """The layers of a project. `matches` tells whether a path matches globs of the configuration."""

    layering: Layering
    graph: ImportGraph
    paths: Sequence[str]
    matches: Callable[[str, Sequence[str]], bool]

    @cached_property
    def configured(self) -> frozenset[str]:
        """Every layer that the configuration names."""
        found = {*self.layering.define, *self.layering.names}
        for contract in self.layering.contract:
            found |= contract.matrix.keys()
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every layer: those of the configuration, or, where it names none, those of the headers."""
        if self.configured or self.layering.headers == "off":
            return self.configured
        headers = (file.header.layer for file in self.graph.files.values() if file.header is not None)
        return frozenset(layer.name for layer in headers if layer is not None)

    def known(self, name: str) -> str | None:
        """The layer that a header means: a sub-layer such as L2.1 or L2a is its layer where it is none itself."""
        return next((one for one in _upwards(name) if one in self.names), None)

    def covers(self, layer: str, other: str) -> bool:
        """Whether a layer is another, or the one that it is a sub-layer of."""
        return layer in _upwards(other)

    @cached_property
    def by_glob(self) -> dict[str, str]:
        """Path to layer, as the configuration says it. Raises SettingsError where it says two."""
        found: dict[str, str] = {}
        twice: dict[tuple[str, str], list[str]] = {}
        for path in self.paths:
            if not path.endswith((".py", ".pyi")):
                continue
            layers = [name for name, globs in self.layering.define.items() if self.matches(path, globs)]
            own = [one for one in layers if not any(one != other and self.covers(one, other) for other in layers)]
            if len(own) > 1:
                twice.setdefault((own[0], own[1]), []).append(path)
            elif own:
                found[path] = own[0]
        for (one, other), paths in sorted(twice.items()):
            shown = ", ".join(paths[:_SHOWN]) + (f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else "")
            raise SettingsError(
                f"the layers {one} and {other} both hold {shown}; a file is in one", "layers", "define", other
            )
        return found

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Path to known layer, as the file says it."""
        if self.layering.headers == "off":
            return {}
        found: dict[str, str] = {}
        for path, file in self.graph.files.items():
            header = file.header
            said = (header.layer or header.docstring) if header is not None else None
            if said is not None and (layer := self.known(said.name)) is not None:
                found[path] = layer
        return found

    @cached_property
    def by_path(self) -> dict[str, str]:
        """Path to layer; the configuration goes before the header."""
        return self.by_header | self.by_glob

    @cached_property
    def by_module(self) -> dict[str, str]:
        names = self.graph.modules.name_of
        return {names[path]: layer for path, layer in self.by_path.items() if path in names}

    def modules(self, layer: str) -> frozenset[str]:
        """The modules of a layer and of its sub-layers."""
        return frozenset(module for module, own in self.by_module.items() if self.covers(layer, own))


def _upwards(name: str) -> Iterator[str]:
    """A layer's name, and the names of the layers that it is a sub-layer of."""
    yield name
    while (found := _SUB_LAYER.fullmatch(name)) is not None:
        name = found["above"]
        yield name
