"""The import statements of a Python file, with their places."""

from __future__ import annotations

import ast

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.syntax import Source


class Imported(msgspec.Struct, frozen=True):
    """One name that an import statement binds: `module` keeps the dots of a relative import; `name` is None for
    `import module`."""

    module: str
    name: str | None
    alias: str | None
    region: Region


def imports_of(tree: ast.Module, source: Source) -> tuple[Imported, ...]:
    """Every import of a file, in its order, those in functions and branches included."""
    found: list[Imported] = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found.extend(Imported(alias.name, None, alias.asname, _region(alias, source)) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found.extend(Imported(module, alias.name, alias.asname, _region(alias, source)) for alias in node.names)
        elif not isinstance(node, ast.expr):
            pending.extend(ast.iter_child_nodes(node))
    return tuple(sorted(found, key=lambda one: one.region))


def _region(alias: ast.alias, source: Source) -> Region:
    """`ast` counts columns in UTF-8 bytes, we in characters."""
    line = source.line(alias.lineno).encode("utf-8", "surrogatepass")
    start = len(line[: alias.col_offset].decode("utf-8", "ignore"))
    end = len(line[: alias.end_col_offset].decode("utf-8", "ignore"))
    return Region(alias.lineno, start + 1, alias.lineno, end + 1)
