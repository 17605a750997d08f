"""What a Python file imports, with the places and how each import comes to run.

Two kinds of things are found: import statements anywhere in the file, and calls of `importlib.import_module` and
`__import__`, which import too. A call whose argument is no literal is counted, not guessed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from relcheck.model.finding import Region
from relcheck.sources.python.layer_header import Header, header_of
from relcheck.sources.python.syntax import Source

_TARGET = re.compile(r"from[ \t]*((?:\.[ \t]*)*(?:(?!import\b)\w+(?:[ \t]*\.[ \t]*\w+)*)?)")


class Imported(msgspec.Struct, frozen=True, omit_defaults=True):
    """One name that an import binds: `module` keeps the dots of a relative import; `name` is None for `import module`.

    `region` is the name, `target` the module in a `from` statement. `function` says that it runs when a function is
    called, `typing` that only type checkers see it, `guarded` that it stands in a `try`, `conditional` below another
    `if`, `lazy` that it is one of PEP 810, `dynamic` that it is a call. `runs_lazily` is what most callers ask.
    """

    module: str
    name: str | None
    alias: str | None
    region: Region
    target: Region | None = None
    function: bool = False
    typing: bool = False
    guarded: bool = False
    conditional: bool = False
    lazy: bool = False
    dynamic: bool = False

    @property
    def runs_lazily(self) -> bool:
        """Whether it does not run when the module is imported, though it may run."""
        return (self.function or self.lazy) and not self.typing

    @property
    def place(self) -> Region:
        """The token that names the module, on one line."""
        return self.target or self.region

    @property
    def manner(self) -> str:
        """How it comes to run, for people: empty for a plain import at the top of a module."""
        words = (
            (self.typing, "for types only"),
            (self.function, "inside a function"),
            (self.lazy, "lazily"),
            (self.guarded, "in a try"),
            (self.conditional, "under a condition"),
            (self.dynamic, "by a call"),
        )
        return ", ".join(word for holds, word in words if holds)


class FileImports(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that one file says about imports: in its order, `unknown` calls whose argument is not known, the names in
    `__all__` (None: it has none that can be read), and what its header says of its layer."""

    imports: tuple[Imported, ...] = ()
    unknown: tuple[Region, ...] = ()
    exports: tuple[str, ...] | None = None
    header: Header | None = None


def file_imports(tree: ast.Module, source: Source) -> FileImports:
    """The facts of one file."""
    walk = _Walk(source)
    walk.statements(tree.body, _TOP)
    if walk.may_call:
        walk.calls(tree)
    found = tuple(sorted(walk.found, key=lambda one: one.region))
    return FileImports(found, tuple(sorted(walk.unknown)), _exports(tree), header_of(source))


def statement_imports(tree: ast.Module, source: Source) -> tuple[FileImports, set[tuple[int, str]]]:
    """The facts of a file without its header and without calls, and (line, first name) of each statement's imports; the
    name is empty where it is relative."""
    walk = _Walk(source)
    walk.statements(tree.body, _TOP)
    found = tuple(sorted(walk.found, key=lambda one: one.region))
    return FileImports(found, exports=_exports(tree)), walk.places


def imports_of(tree: ast.Module, source: Source) -> tuple[Imported, ...]:
    """Every import of a file, in its order, those in functions and branches included."""
    return file_imports(tree, source).imports


_COMPOUND = frozenset(
    {
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.If,
        ast.Try,
        ast.TryStar,
        ast.Match,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.With,
        ast.AsyncWith,
    }
)
"""Statements that hold others."""


class How(msgspec.Struct, frozen=True):
    """How a statement comes to run; see `Imported`."""

    function: bool = False
    typing: bool = False
    guarded: bool = False
    conditional: bool = False


_TOP = How()


class _Walk:
    def __init__(self, source: Source) -> None:
        self.found: list[Imported] = []
        self.unknown: list[Region] = []
        self.places: set[tuple[int, str]] = set()
        self._source = source
        self._lines: dict[int, tuple[str, bytes | None]] = {}
        self._checking = {"TYPE_CHECKING"}
        self._makers = {"__import__"}
        self._modules = {"importlib", "builtins"}
        self._how: dict[ast.AST, How] = {}
        self.may_call = "import_module" in source.text or "__import__" in source.text

    def statements(self, body: list[ast.stmt], how: How) -> None:
        pending: list[tuple[list[ast.stmt], How]] = [(body, how)]
        while pending:
            body, how = pending.pop()
            for node in body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    self._imported(node, how)
                    continue
                if self.may_call:
                    self._how[node] = how
                if type(node) in _COMPOUND:
                    pending.extend(self._below(node, how))

    def calls(self, tree: ast.Module) -> None:
        """Imports that are calls. Each runs as the statement around it does."""
        pending: list[tuple[ast.AST, How]] = [(tree, _TOP)]
        while pending:
            node, how = pending.pop()
            if isinstance(node, ast.Lambda):
                how = msgspec.structs.replace(how, function=True)
            how = self._how.get(node, how)
            if isinstance(node, ast.Call) and self._imports(node.func):
                self._called(node, how)
            pending.extend((child, how) for child in ast.iter_child_nodes(node))

    def _below(self, node: ast.stmt, how: How) -> Iterator[tuple[list[ast.stmt], How]]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.body, msgspec.structs.replace(how, function=True)
            case ast.If():
                checks = self._checks_types(node.test)
                branch = msgspec.structs.replace(how, conditional=True)
                typing = msgspec.structs.replace(how, typing=True)
                yield node.body, typing if checks is True else branch
                yield node.orelse, typing if checks is False else branch
            case ast.Try() | ast.TryStar():
                guarded = msgspec.structs.replace(how, guarded=True)
                for part in (node.body, node.orelse, node.finalbody):
                    yield part, guarded
                yield from ((handler.body, guarded) for handler in node.handlers)
            case ast.Match():
                branch = msgspec.structs.replace(how, conditional=True)
                yield from ((case.body, branch) for case in node.cases)
            case ast.For() | ast.AsyncFor() | ast.While():
                yield node.body, how
                yield node.orelse, how
            case ast.With() | ast.AsyncWith() | ast.ClassDef():
                yield node.body, how

    def _checks_types(self, test: ast.expr) -> bool | None:
        """True for `TYPE_CHECKING`, False for its opposite, None for anything else."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            found = self._checks_types(test.operand)
            return None if found is None else not found
        if isinstance(test, ast.Name):
            return True if test.id in self._checking else None
        return True if isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING" else None

    def _imported(self, node: ast.Import | ast.ImportFrom, how: How) -> None:
        module, target = "", None
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            target = self._target(node)
        lazy = bool(getattr(node, "is_lazy", False))
        for alias in node.names:
            name = alias.name if isinstance(node, ast.ImportFrom) else None
            self.places.add((node.lineno, (module or alias.name).partition(".")[0]))
            self._remember(module or alias.name, name, alias.asname)
            self.found.append(
                Imported(
                    module if name is not None else alias.name,
                    name,
                    alias.asname,
                    self._region(alias),
                    target,
                    function=how.function,
                    typing=how.typing,
                    guarded=how.guarded,
                    conditional=how.conditional,
                    lazy=lazy,
                )
            )

    def _remember(self, module: str, name: str | None, alias: str | None) -> None:
        """The names by which a file calls what imports, and what tells a type checker."""
        if name == "TYPE_CHECKING":
            self._checking.add(alias or name)
        elif (module, name) in {("importlib", "import_module"), ("builtins", "__import__")}:
            self._makers.add(alias or str(name))
        elif name is None and module in {"importlib", "builtins"}:
            self._modules.add(alias or module)

    def _imports(self, called: ast.expr) -> bool:
        if isinstance(called, ast.Name):
            return called.id in self._makers
        if not isinstance(called, ast.Attribute) or called.attr not in {"import_module", "__import__"}:
            return False
        return isinstance(called.value, ast.Name) and called.value.id in self._modules

    def _called(self, node: ast.Call, how: How) -> None:
        region = self._region(node)
        first = node.args[0] if node.args else _keyword(node, "name")
        module = _literal(first)
        if module is not None and module.startswith("."):
            module = _absolute(module, node.args[1] if len(node.args) > 1 else _keyword(node, "package"))
        if module is None or first is None:
            self.unknown.append(region)
            return
        self.found.append(
            Imported(
                module,
                None,
                None,
                self._region(first),
                None,
                function=how.function,
                typing=how.typing,
                guarded=how.guarded,
                conditional=how.conditional,
                dynamic=True,
            )
        )

    def _target(self, node: ast.ImportFrom) -> Region | None:
        """The module's name in a `from` statement, where it stands on the statement's first line."""
        line, encoded = self._line(node.lineno)
        start = _characters(encoded, node.col_offset)
        if not node.level and line.startswith(f"from {node.module} ", start):
            return Region(node.lineno, start + 6, node.lineno, start + 6 + len(node.module or ""))
        found = _TARGET.match(line, start)
        if found is None or not found[1].strip():
            return None
        width = len(found[1].rstrip())
        return Region(node.lineno, found.start(1) + 1, node.lineno, found.start(1) + width + 1)

    def _region(self, node: ast.alias | ast.expr) -> Region:
        """The part of a node on its first line. `ast` counts columns in UTF-8 bytes, we in characters."""
        line, encoded = self._line(node.lineno)
        start = _characters(encoded, node.col_offset)
        ends_here = node.end_lineno in (None, node.lineno)
        end = _characters(encoded, node.end_col_offset) if ends_here else len(line)
        return Region(node.lineno, start + 1, node.lineno, min(end, len(line)) + 1)

    def _line(self, number: int) -> tuple[str, bytes | None]:
        """A line, and its bytes where they are not its characters."""
        known = self._lines.get(number)
        if known is None:
            line = self._source.line(number)
            known = line, None if line.isascii() else line.encode("utf-8", "surrogatepass")
            self._lines[number] = known
        return known


def _characters(encoded: bytes | None, column: int | None) -> int:
    """How many characters stand before a column that is counted in bytes; without bytes it is their number."""
    if encoded is None:
        return column or 0
    return len(encoded[:column].decode("utf-8", "ignore"))


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((one.value for one in node.keywords if one.arg == name), None)


def _literal(value: ast.expr | None) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value else None


def _absolute(module: str, package: ast.expr | None) -> str | None:
    """A relative name that a call imports: relative to a named package, or to the module's own."""
    if isinstance(package, ast.Name) and package.id in {"__package__", "__name__"}:
        return module
    named = _literal(package)
    if named is None:
        return None
    dots = len(module) - len(module.lstrip("."))
    parts = named.split(".")
    return ".".join([*parts[: len(parts) - dots + 1], module[dots:]]).strip(".") if dots <= len(parts) else None


def _exports(tree: ast.Module) -> tuple[str, ...] | None:
    """The names in `__all__`; None where there is none or one that is computed."""
    names: list[str] | None = None
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="__all__")], value=value)
                | ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value)
            ):
                names = _strings(value)
                if names is None:
                    return None
            case ast.AugAssign(target=ast.Name(id="__all__"), op=ast.Add(), value=value) if names is not None:
                more = _strings(value)
                if more is None:
                    return None
                names = [*names, *more]
    return tuple(names) if names is not None else None


def _strings(value: ast.expr) -> list[str] | None:
    if not isinstance(value, ast.List | ast.Tuple):
        return None
    found = [_literal(one) for one in value.elts]
    return [one for one in found if one is not None] if None not in found else None
