"""A file of Alembic's versions as a migration."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.comments import approve
from relcheck.sources.migration.alembic.reader import Emitted, Reader
from relcheck.sources.migration.migration import Annotation, Migration, Problem
from relcheck.sources.migration.operation import UNKNOWN, Dialect, Kind, Operation
from relcheck.sources.migration.python.evaluation import begin, run_function
from relcheck.sources.migration.python.module import Module, read_module
from relcheck.sources.migration.python.run import BudgetError, Flow, Resolve, Run
from relcheck.sources.migration.python.values import (
    Constant,
    Function,
    Items,
    Unknown,
    Value,
    text_of,
)
from relcheck.sources.python.syntax import UnparseableError

_REVISION = re.compile(r"^revision\b[^=\n]*=\s*(?:[\"'](?P<id>[^\"'\n]*)[\"'])?", re.MULTILINE)
_DOWN = re.compile(r"^down_revision\b", re.MULTILINE)
_READING = frozenset({Kind.READ, Kind.STATE_ONLY})


class _Way(NamedTuple):
    """What `upgrade` or `downgrade` does. `exists` and `raises` say what there is of it."""

    emitted: list[Emitted]
    region: Region
    exists: bool = True
    raises: bool = False
    annotations: tuple[Annotation, ...] = ()
    rollback: str = ""
    model_imports: tuple[tuple[str, Region], ...] = ()


def read_alembic(
    text: str,
    resolve: Resolve | None = None,
    *,
    dialect: Dialect | None = None,
    tree: ast.Module | None = None,
) -> Migration | None:
    """The migration that a Python file is; None where it is none of Alembic's: it names no revision.

    `resolve` gives the source of other modules of the project by their dotted names (relative ones begin with dots);
    names that it does not know, all without it, are in `unresolved`. `dialect` is that of the project's database, for
    what no guard says: SQL is read in it. `tree` is what the text parses to, if that is known. Nothing of the project
    is imported. The path is left empty; that of `related` is empty for the migration itself and the dotted name of the
    module elsewhere.
    """
    named = _REVISION.search(text)
    if named is None or _DOWN.search(text) is None:
        return None
    try:
        module = read_module(text, tree=tree)
    except UnparseableError as error:
        return _unparseable(error, named["id"] or UNKNOWN)
    except RecursionError:
        return _unparseable(UnparseableError("it is nested too deeply"), named["id"] or UNKNOWN)
    if "revision" not in module.binders and "down_revision" not in module.binders:
        return None  # both words stand in a text: a template of migrations
    return _Reading(module, resolve, dialect or "postgres").read()


def _unparseable(error: UnparseableError, revision: str) -> Migration:
    region = Region(error.line, error.column, error.line, error.column)
    reason = f"the file cannot be parsed: {error.message}"
    opaque = Operation(kind=Kind.OPAQUE, region=region, reason=reason)
    problem = Problem("unparseable-file", reason, region)
    return Migration(
        framework="alembic", path="", id=revision, region=region, operations=(opaque,), problems=(problem,)
    )


class _Reading:
    def __init__(self, module: Module, resolve: Resolve | None, dialect: Dialect) -> None:
        self._module = module
        self._dialect: Dialect = dialect
        self._run: Run = begin(module, Reader(dialect), resolve)
        self._problems: list[Problem] = []

    def read(self) -> Migration:
        try:
            return self._read()
        finally:
            self._run.forget()

    def _read(self) -> Migration:
        revision = self._revision()
        parents, region = self._names("down_revision"), self._binder("revision")
        up = self._way("upgrade")
        down = self._way("downgrade")
        commented = approve(self._module, (up.emitted, down.emitted))
        if not up.exists:
            message = (
                "it has no upgrade(): Alembic cannot apply it. Define it, with `pass` where there is nothing to do"
            )
            self._problems.append(Problem("no-upgrade", message, region))
        return Migration(
            framework="alembic",
            path="",
            id=revision,
            region=region,
            dialect=self._dialect,
            parents=parents,
            depends_on=self._names("depends_on"),
            labels=self._names("branch_labels"),
            initial=not parents,
            merge=len(parents) > 1,
            operations=tuple(one.operation for one in up.emitted),
            down=tuple(one.operation for one in down.emitted) if down.exists and not down.raises else None,
            down_raises=down.raises,
            down_region=down.region if down.exists else None,
            model_imports=up.model_imports,
            annotations=(*commented.annotations, *up.annotations, *down.annotations),
            problems=tuple(self._problems),
            rollback=commented.rollback or up.rollback or down.rollback,
            unresolved=tuple(sorted(self._run.unresolved)),
        )

    def _binder(self, name: str) -> Region:
        """Where a name of the file's head stands."""
        statements = self._module.binders.get(name, ())
        if not statements:
            return Region(1, 1, 1, 1)
        statement = statements[0]
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement
        return self._module.region(target.target if isinstance(target, ast.AnnAssign) else target)

    def _revision(self) -> str:
        value = self._value("revision")
        text = text_of(value)
        if text is None:
            message = (
                "its revision is not a constant: relcheck cannot tell which migration this is. Write it as a string"
            )
            self._problems.append(Problem("unknown-revision", message, self._binder("revision")))
        return UNKNOWN if text is None else text

    def _names(self, name: str) -> tuple[str, ...]:
        """A string, or a tuple or list of them."""
        value = self._value(name)
        items = value.items if type(value) is Items else (value,)
        names: list[str] = []
        for item in items:
            text = text_of(item)
            if text is not None:
                names.append(text)
            elif not (type(item) is Constant and item.value is None) and name in self._module.binders:
                message = f"{name} is not a constant: relcheck cannot tell where this migration belongs. Write it out"
                self._problems.append(Problem("unknown-revision", message, self._binder(name)))
        return tuple(names)

    def _value(self, name: str) -> Value:
        try:
            return self._run.global_value(self._module, name)
        except (BudgetError, RecursionError):
            return Unknown(name)

    def _way(self, name: str) -> _Way:
        reader = Reader(self._dialect)
        self._run.handler = reader
        function = self._value(name)
        if type(function) is not Function:
            return _Way([], Region(1, 1, 1, 1), exists=False)
        region = self._header(function)
        flow = self._follow(function, reader, region)
        if not reader.emitted:
            for value in self._branches(name, function):
                self._follow(value, reader, region)
        if all(one.operation.kind in _READING for one in reader.emitted) and flow != Flow.RAISE:
            self._unread(name, region, reader)
        return _Way(
            reader.emitted,
            region,
            raises=flow == Flow.RAISE,
            annotations=tuple(reader.annotations),
            rollback=reader.rollback,
            model_imports=tuple(sorted(reader.model_imports.items())),
        )

    def _follow(self, function: Function, reader: Reader, region: Region) -> Flow:
        try:
            self._run.restart()
            return run_function(self._run, function, {})
        except (BudgetError, RecursionError):
            reason = "it takes more steps than relcheck follows: what it does behind them is not known"
            opaque = Operation(kind=Kind.OPAQUE, region=region, reason=reason, transaction=0)
            reader.emitted.append(Emitted(opaque, ((region.line, region.line),)))
            return Flow.NORMAL

    def _branches(self, name: str, function: Function) -> list[Function]:
        """`upgrade_engine1` and its like, which `upgrade(engine_name)` of the template for several databases calls."""
        if not function.node.args.args:
            return []
        found: list[Function] = []
        for other in self._module.binders:
            if other.startswith(f"{name}_"):
                value = self._value(other)
                if type(value) is Function:
                    found.append(value)
        return found

    def _unread(self, name: str, region: Region, reader: Reader) -> None:
        """Nothing was read of a function that does something: that is not the same as doing nothing."""
        called = ", ".join(one if " " in one else f"{one}()" for one in dict.fromkeys(reader.unread[:5]))
        if reader.commits:
            kind, reason = Kind.DATA_CODE, f"{name}() commits a session: what it changed of its rows cannot be told"
        elif called:
            kind, reason = (
                Kind.OPAQUE,
                f"no operation can be read from {name}(), and it is not empty: it calls {called}",
            )
        else:
            return
        unread = Operation(kind=kind, region=region, dialect=self._dialect, reason=reason)
        reader.emitted.append(Emitted(unread, ((region.line, region.line),)))

    def _header(self, function: Function) -> Region:
        region = self._module.region(function.node)
        line = self._module.starts[region.line - 1]
        end = self._module.text.find("\n", line + region.column)
        text = self._module.text[line : end if end >= 0 else len(self._module.text)].rstrip()
        return Region(region.line, region.column, region.line, max(len(text) + 1, region.column))
