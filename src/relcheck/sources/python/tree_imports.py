"""The imports of a file whose syntax this Python's `ast` does not know, as `file_imports` gives them for others.
Importing this module imports libcst.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.excerpt import whole
from relcheck.sources.python.imports import FileImports, How, Imported
from relcheck.sources.python.layer_header import header_of
from relcheck.sources.python.positions import Positions
from relcheck.sources.python.syntax import Source
from relcheck.sources.python.trees import children, dotted

_MAKERS = {"__import__", "import_module", "importlib.import_module", "builtins.__import__"}
_LAZY = ("LazyImport", "LazyImportFrom")


def file_imports_of_tree(module: cst.Module, source: Source) -> FileImports:
    """The facts of one file."""
    walk = _Walk(module, source)
    pending: list[tuple[cst.CSTNode, How]] = [(module, How())]
    while pending:
        node, how = pending.pop()
        if isinstance(node, cst.Import | cst.ImportFrom) or type(node).__name__ in _LAZY:
            walk.statement(node, how)
            continue
        if isinstance(node, cst.Call):
            walk.call(node, how)
        pending.extend(_below(node, how))
    found = tuple(sorted(walk.found, key=lambda one: one.region))
    return FileImports(found, tuple(sorted(walk.unknown)), header=header_of(source))


def _below(node: cst.CSTNode, how: How) -> Iterator[tuple[cst.CSTNode, How]]:
    match node:
        case cst.FunctionDef() | cst.Lambda():
            how = msgspec.structs.replace(how, function=True)
        case cst.Try() | cst.TryStar():
            how = msgspec.structs.replace(how, guarded=True)
        case cst.Match():
            how = msgspec.structs.replace(how, conditional=True)
        case cst.If():
            name = dotted(node.test) or ""
            typing = name.rpartition(".")[2] == "TYPE_CHECKING"
            inner = msgspec.structs.replace(how, **{"typing" if typing else "conditional": True})
            yield from ((child, inner) for child in (node.test, node.body))
            if node.orelse is not None:
                yield node.orelse, msgspec.structs.replace(how, conditional=True)
            return
    yield from ((child, how) for child in children(node))


class _Walk:
    def __init__(self, module: cst.Module, source: Source) -> None:
        self.found: list[Imported] = []
        self.unknown: list[Region] = []
        self._positions = Positions(module, whole(source))
        self._source = source

    def statement(self, node: cst.CSTNode, how: How) -> None:
        lazy = type(node).__name__ in _LAZY
        names: object = getattr(node, "names", ())
        if isinstance(names, cst.ImportStar):
            self._add(node, names, "*", None, how, lazy=lazy)
            return
        for alias in names if isinstance(names, list | tuple) else ():
            if isinstance(alias, cst.ImportAlias):
                asname = dotted(alias.asname.name) if alias.asname is not None else None
                self._add(node, alias, dotted(alias.name) or "", asname, how, lazy=lazy)

    def call(self, node: cst.Call, how: How) -> None:
        if dotted(node.func) not in _MAKERS:
            return
        first = node.args[0].value if node.args else None
        value = first.evaluated_value if isinstance(first, cst.SimpleString) else None
        if first is None or not isinstance(value, str) or not value or value.startswith("."):
            self.unknown.append(self._source.region(*self._positions.span(node)))
            return
        region = self._source.region(*self._positions.span(first))
        said = Imported(value, None, None, region, dynamic=True)
        self.found.append(msgspec.structs.replace(said, **msgspec.structs.asdict(how)))

    def _add(self, node: cst.CSTNode, at: cst.CSTNode, name: str, alias: str | None, how: How, *, lazy: bool) -> None:
        region = self._source.region(*self._positions.span(at))
        said = Imported(name, None, alias, region, lazy=lazy)
        relative, inner = getattr(node, "relative", None), getattr(node, "module", None)
        if relative is not None:
            target = self._source.region(*self._positions.span(inner)) if inner is not None else None
            said = Imported("." * len(relative) + (dotted(inner) or "" if inner else ""), name, alias, region, target)
            said = msgspec.structs.replace(said, lazy=lazy)
        self.found.append(msgspec.structs.replace(said, **msgspec.structs.asdict(how)))
