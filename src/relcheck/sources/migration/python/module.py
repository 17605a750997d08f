"""A Python file, parsed, with what binds each of its names and where its nodes stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.python.literals import LiteralMap, literal_map
from relcheck.sources.python.positions import line_of, line_starts
from relcheck.sources.python.syntax import UnparseableError, parse_ast

if TYPE_CHECKING:
    from relcheck.sources.migration.python.scope import Scope

CHANGING = frozenset(
    {"append", "extend", "insert", "update", "add", "setdefault", "remove", "pop", "popitem", "clear", "discard"}
)
"""Methods that change a list, set or dict."""


class Module:
    """`name` is its dotted name, empty for the migration itself."""

    def __init__(self, text: str, tree: ast.Module, name: str = "") -> None:
        self.text = text
        self.tree = tree
        self.name = name
        self._maps: dict[ast.expr, LiteralMap | None] = {}
        self._sources: dict[ast.AST, str] = {}
        self.generators: dict[ast.AST, bool] = {}
        """Functions of which it is known whether they yield."""
        self.changing: dict[ast.AST, bool] = {}
        """Functions of which it is known whether they may change a database."""
        self.scopes: list[Scope] = []
        """Those of the evaluation that goes on."""

    def forget(self) -> None:
        """Lets go of what an evaluation has made of it: functions and their scopes hold each other, and the collector
        is off while files are read."""
        for scope in self.scopes:
            scope.names.clear()
        self.scopes.clear()

    @cached_property
    def starts(self) -> list[int]:
        return line_starts(self.text)

    @cached_property
    def is_ascii(self) -> bool:
        return self.text.isascii()

    @cached_property
    def binders(self) -> dict[str, list[ast.stmt]]:
        """The statements of the top level that bind or change each name, in order."""
        binders: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in bound_names(statement):
                statements = binders.setdefault(name, [])
                if not statements or statements[-1] is not statement:
                    statements.append(statement)
        return binders

    @cached_property
    def stars(self) -> list[str]:
        """The modules of which it imports everything; relative ones from its own package, as a package's `__init__`
        does."""
        found: list[str] = []
        for statement in self.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                parts = self.name.split(".")
                package = parts[: len(parts) - statement.level + 1] if statement.level else []
                found.append(".".join([*package, *([statement.module] if statement.module else [])]))
        return found

    def offset(self, line: int, column: int) -> int:
        """The offset in characters of a place that `ast` gives: a line from 1 and a column in bytes of UTF-8."""
        start = self.starts[min(line, len(self.starts)) - 1]
        if self.is_ascii:
            return start + column
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:end].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The offsets between which a node stands."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        end_line, end_column = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column)
        return self.offset(line, column), self.offset(end_line or line, end_column or column)

    def region(self, node: ast.AST) -> Region:
        return self.between(*self.span(node))

    def between(self, start: int, end: int) -> Region:
        """The region of two offsets."""
        line, end_line = line_of(self.starts, start), line_of(self.starts, end)
        return Region(line, start - self.starts[line - 1] + 1, end_line, end - self.starts[end_line - 1] + 1)

    def source(self, node: ast.AST) -> str:
        """The code of a node on one line."""
        found = self._sources.get(node)
        if found is None:
            start, end = self.span(node)
            found = self._sources[node] = " ".join(self.text[start:end].split())
        return found

    def literals(self, node: ast.expr) -> LiteralMap | None:
        """Where the known characters of a string expression stand; None where the scan disagrees with `ast`."""
        if node not in self._maps:
            self._maps[node] = literal_map(self.text, *self.span(node), known_text(node))
        return self._maps[node]


def read_module(text: str, name: str = "", *, tree: ast.Module | None = None) -> Module:
    """The module of a text; `tree` is what it parses to, if that is known. Raises `UnparseableError` with line and
    column."""
    tree = tree or parse_ast(text)
    if tree is None:
        _explain(text)
        raise UnparseableError("this Python cannot parse it: it is nested too deeply, or its syntax is newer")
    return Module(text, tree, name)


@lru_cache(maxsize=40)
def helper_module(text: str, name: str) -> Module | None:
    """A module of the project that migrations use; kept, for many of them use the same. None if it is unparseable."""
    try:
        return read_module(text, name)
    except UnparseableError:
        return None


def known_text(node: ast.expr) -> str:
    """The characters of a string expression that stand in its literals."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(known_text(value) for value in node.values if isinstance(value, ast.Constant))
    return ""


def bound_names(statement: ast.AST, *, changed: bool = True) -> Iterator[str]:
    """The names that a statement binds in its own scope, those of the statements in it too; with `changed` also those
    whose values it changes (`names.append(x)`)."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    if isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            whole = isinstance(statement, ast.ImportFrom)
            yield alias.asname or (alias.name if whole else alias.name.partition(".")[0])
        return
    for target in _targets(statement):
        yield from _target_names(target)
    if changed and isinstance(statement, ast.Expr):
        yield from _changed_name(statement.value)
    for inner in _statements_in(statement):
        yield from bound_names(inner, changed=changed)


def _targets(statement: ast.AST) -> Iterator[ast.expr]:
    if isinstance(statement, ast.Assign):
        yield from statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For | ast.AsyncFor):
        yield statement.target
    elif isinstance(statement, ast.With | ast.AsyncWith):
        for item in statement.items:
            if item.optional_vars is not None:
                yield item.optional_vars


def _statements_in(statement: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a compound statement's blocks."""
    for body in ("body", "orelse", "finalbody"):
        yield from (inner for inner in getattr(statement, body, ()) if isinstance(inner, ast.stmt))
    for block in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
        yield from block.body


def _target_names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _target_names(element)
    elif isinstance(target, ast.Starred):
        yield from _target_names(target.value)
    elif isinstance(target, ast.Subscript | ast.Attribute) and isinstance(target.value, ast.Name):
        yield target.value.id


def _changed_name(value: ast.expr) -> Iterator[str]:
    """`names.append(x)`, `groups.setdefault(key, []).append(x)`, `groups[key].append(x)`."""
    changes = False
    while True:
        if isinstance(value, ast.Call):
            changes = changes or (isinstance(value.func, ast.Attribute) and value.func.attr in CHANGING)
            value = value.func
        elif isinstance(value, ast.Attribute | ast.Subscript):
            value = value.value
        else:
            break
    if changes and isinstance(value, ast.Name):
        yield value.id


def _explain(text: str) -> None:
    """Raises what Python says of a text that it does not take."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise UnparseableError(
                f"syntax error: {error.msg}", max(error.lineno or 1, 1), max(error.offset or 1, 1)
            ) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise UnparseableError(f"the parser gave up: {error}") from None
