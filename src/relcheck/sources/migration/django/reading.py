"""What one Django migration file says, without importing it."""

from __future__ import annotations

import ast
from copy import copy
from typing import TYPE_CHECKING

from relcheck.model.finding import Region
from relcheck.sources.migration.django.comments import read_comments
from relcheck.sources.migration.django.definitions import model_name
from relcheck.sources.migration.django.facts import DjangoMigration, ModelOperation
from relcheck.sources.migration.django.operations import Reader
from relcheck.sources.migration.django.written import Places, items_of, text_of, written
from relcheck.sources.migration.migration import Problem
from relcheck.sources.migration.python.evaluation import begin
from relcheck.sources.migration.python.module import Module, bound_names, read_module
from relcheck.sources.migration.python.run import BudgetError, Resolve, Run
from relcheck.sources.migration.python.unheard import Unheard
from relcheck.sources.migration.python.values import Attribute, Class, Constant, Maybe, Symbol, Unknown, Value
from relcheck.sources.python.syntax import UnparseableError

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_django(text: str, resolve: Resolve | None = None, *, tree: ast.Module | None = None) -> DjangoMigration | None:
    """The facts of one file; None for a file that holds no migration.

    `resolve` gives the source of another module of the project by its dotted name (relative ones begin with dots), None
    for any other; names of which it gives none stand in `unresolved`. `tree` is what the text parses to, if that is
    known. A file that cannot be parsed is a migration with that problem.
    """
    if "Migration" not in text or "\0" in text:
        return None
    try:
        module = read_module(text, tree=tree)
    except UnparseableError as error:
        if "migrations" not in text:
            return None
        region = Region(error.line or 1, error.column or 1, error.line or 1, (error.column or 1) + 1)
        return DjangoMigration(region=region, problems=(Problem("unparseable-python", str(error), region),))
    node = _class(module.tree)
    if node is None:
        return None
    if (begun := _begun_empty(node)) is not None:
        body = [begun if one is node else one for one in module.tree.body]
        module = Module(text, ast.Module(body, module.tree.type_ignores))
        node = begun
    run = begin(module, Unheard(), resolve)
    region = _name_region(module, node)
    try:
        return _read(run, module, region)
    except (BudgetError, RecursionError):
        reason = "it takes more steps than relcheck follows"
        operation = ModelOperation(type="opaque", region=region, reason=reason)
        return DjangoMigration(region=region, operations=(operation,), unresolved=tuple(sorted(run.unresolved)))
    finally:
        run.forget()


def _read(run: Run, module: Module, region: Region) -> DjangoMigration | None:
    value = run.global_value(module, "Migration")
    if type(value) is not Class:
        return None
    names = value.scope.names
    if not _is_migration(value):
        return None
    places = Places(module)
    reader = Reader(run, places, region)
    operations = reader.operations(names.get("operations"))
    comments, rollback = read_comments(module.text)
    return DjangoMigration(
        region=region,
        dependencies=tuple(_nodes(names.get("dependencies"))),
        run_before=tuple(_nodes(names.get("run_before"))),
        replaces=tuple(_nodes(names.get("replaces"))),
        initial=_flag(names.get("initial")),
        atomic="atomic" not in names or _flag(names["atomic"]) is True,  # one that is not known may be False
        operations=operations,
        steps=tuple(reader.steps),
        comments=comments,
        rollback=rollback,
        unresolved=tuple(sorted(run.unresolved)),
    )


def _class(tree: ast.Module) -> ast.ClassDef | None:
    return next((node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"), None)


def _begun_empty(node: ast.ClassDef) -> ast.ClassDef | None:
    """The class with operations that are none at first, where they are given a value under a condition only."""
    bound = {name for statement in node.body if isinstance(statement, ast.Assign) for name in bound_names(statement)}
    if "operations" in bound or "operations" not in {name for one in node.body for name in bound_names(one)}:
        return None
    empty = ast.Assign([ast.Name("operations", ast.Store())], ast.List([], ast.Load()))
    begun = copy(node)
    begun.body = [ast.fix_missing_locations(ast.copy_location(empty, node)), *node.body]
    return begun


def _is_migration(cls: Class) -> bool:
    """Whether it inherits from Django's, or from one that is called so."""
    return any(
        (isinstance(base, Symbol | Attribute | Unknown) and base.name.endswith("Migration"))
        or (type(base) is Class and _is_migration(base))
        for base in cls.bases
    )


def _name_region(module: Module, node: ast.ClassDef) -> Region:
    start = module.region(node)
    column = start.column + len("class ")
    return Region(start.line, column, start.line, column + len(node.name))


def _flag(value: Value | None) -> bool | None:
    return bool(value.value) if type(value) is Constant else None


def _nodes(value: Value | None) -> Iterator[tuple[str, str]]:
    """Pairs of app label and migration name; a swappable dependency is on the first migration of a setting's app."""
    for item in items_of(value) or ():
        one = item.value if type(item) is Maybe else item
        pair = items_of(one)
        if pair is not None and len(pair) == 2:
            app, name = text_of(pair[0]), text_of(pair[1])
            if app is not None and name is not None:
                yield app, name
            continue
        found = written(one)
        if found is not None and found.name == "swappable_dependency" and found.args:
            named = model_name(found.args[0])
            if named is not None:
                yield (named if named.startswith("settings.") else named.partition(".")[0]), "__first__"
