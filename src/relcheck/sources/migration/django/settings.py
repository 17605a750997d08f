"""What the settings of a Django project say literally: the database, and names that its migrations use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from relcheck.sources.migration.django.facts import DjangoSettings
from relcheck.sources.migration.django.written import text_of, written
from relcheck.sources.migration.operation import UNKNOWN, Dialect
from relcheck.sources.migration.python.evaluation import begin
from relcheck.sources.migration.python.module import read_module
from relcheck.sources.migration.python.run import BudgetError
from relcheck.sources.migration.python.unheard import Unheard
from relcheck.sources.migration.python.values import Choice, Entries, Value
from relcheck.sources.python.syntax import UnparseableError

if TYPE_CHECKING:
    import ast

_MAY_SAY = re.compile(r"^[ \t]*(?:DATABASES|[A-Z_]*_MODEL|DEFAULT_AUTO_FIELD|MIGRATION_MODULES)\b", re.MULTILINE)
_NAMES = re.compile(r"[A-Z][A-Z_]*_MODEL|DEFAULT_AUTO_FIELD")
_ENGINES: dict[str, Dialect] = {
    "postgresql": "postgres",
    "postgresql_psycopg2": "postgres",
    "postgis": "postgres",
    "mysql": "mysql",
    "sqlite3": "sqlite",
    "spatialite": "sqlite",
}
_SCHEMES: dict[str, Dialect] = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "postgis": "postgres",
    "pgsql": "postgres",
    "psql": "postgres",
    "mysql": "mysql",
    "mysql2": "mysql",
    "sqlite": "sqlite",
}
_TIMEOUT = re.compile(r"\b(lock_timeout|statement_timeout|innodb_lock_wait_timeout|lock_wait_timeout)\b")


def read_settings(text: str, *, tree: ast.Module | None = None) -> DjangoSettings | None:
    """The settings of one file; None for a file that says none of those that matter here. `tree` is what the text
    parses to, if that is known."""
    if not _MAY_SAY.search(text) or "\0" in text:
        return None
    try:
        module = read_module(text, tree=tree)
    except UnparseableError:
        return None
    run = begin(module, Unheard(), None)
    values: dict[str, str] = {}
    dialect: Dialect | None = None
    modules: dict[str, str] = {}
    timeouts: tuple[str, ...] = ()
    for name in module.binders:
        try:
            if name == "DATABASES":
                default = _entry(run.global_value(module, name), "default")
                dialect, timeouts = _dialect(default), tuple(sorted(set(_TIMEOUT.findall(" ".join(_texts(default))))))
            elif name == "MIGRATION_MODULES":
                modules = _entries(run.global_value(module, name))
            elif _NAMES.fullmatch(name):
                said = text_of(run.global_value(module, name))
                if said is not None and UNKNOWN not in said:
                    values[name] = said
        except (BudgetError, RecursionError):
            continue
    found = DjangoSettings(dialect=dialect, values=values, migration_modules=modules, timeouts=timeouts)
    return found if found != DjangoSettings() else None


def merged_settings(files: Mapping[str, DjangoSettings]) -> DjangoSettings:
    """What the settings of a project say together, by path. Those for tests count where there are no others, but never
    for the database: tests of a library run in SQLite, and those who use it do not. Where files contradict each other,
    nothing is known."""
    of_project = {path: one for path, one in files.items() if not _FOR_TESTS.search(path)}
    serious = of_project or files
    dialects = {one.dialect for one in of_project.values() if one.dialect is not None}
    values: dict[str, set[str]] = {}
    modules: dict[str, str] = {}
    for one in serious.values():
        modules.update(one.migration_modules)
        for name, value in one.values.items():
            values.setdefault(name, set()).add(value)
    return DjangoSettings(
        dialect=dialects.pop() if len(dialects) == 1 else None,
        values={name: found.pop() for name, found in values.items() if len(found) == 1},
        migration_modules=modules,
        timeouts=tuple(sorted({name for one in serious.values() for name in one.timeouts})),
    )


_FOR_TESTS = re.compile(
    r"(?:^|[/_.-])(?:tests?|testing|testapp|ci|sandbox|examples?|docs|project_template|templates?)(?:[/_.-]|$)"
)


def _dialect(database: Value | None) -> Dialect | None:
    """The database of an entry of DATABASES: by its ENGINE, or by the URL that it is made from."""
    engine = text_of(_entry(database, "ENGINE"))
    if engine is not None:
        return _ENGINES.get(engine.rpartition(".")[2])
    found = written(database)
    for argument in (*found.args, *found.named.values()) if found is not None else ():
        scheme, separator, _ = (text_of(argument) or "").partition("://")
        if separator:
            return _SCHEMES.get(scheme.partition("+")[0].lower())
    return None


def _entry(value: Value | None, name: str) -> Value | None:
    if type(value) is Choice:
        return next((found for option, _ in value.options if (found := _entry(option, name)) is not None), None)
    if type(value) is not Entries:
        return None
    return next((item for key, item in reversed(value.entries) if text_of(key) == name), None)


def _entries(value: Value) -> dict[str, str]:
    pairs = value.entries if type(value) is Entries else ()
    texts = {text_of(key): text_of(item) for key, item in pairs}
    return {key: item for key, item in texts.items() if key is not None and item is not None}


def _texts(value: Value | None) -> list[str]:
    """All texts in a value, one level of options among them."""
    if type(value) is Entries:
        return [text for pair in value.entries for item in pair for text in _texts(item)]
    text = text_of(value)
    return [] if text is None else [text]
