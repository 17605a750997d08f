"""What a run will do: the rules that take part, bound to the configuration and compiled for the prefilter."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import msgspec

from relcheck import __version__
from relcheck.config import Config
from relcheck.engine.bind import Bound, bind
from relcheck.engine.examining.shared import SHARED_VIEWS, SharedView, shared_views
from relcheck.engine.prefilter.words import ALWAYS, Clause, Needs, both, needs
from relcheck.model.severity import Severity
from relcheck.sdk.layering import Layering
from relcheck.sdk.options import OptionType, OptionValue
from relcheck.sdk.rule import View
from relcheck.sdk.selectors import AnyFile, Imports, Selector, Within
from relcheck.sdk.spec import Catalog, RuleSpec
from relcheck.sources.globs import Globs
from relcheck.sources.python.names import last


class Planned(msgspec.Struct, frozen=True, dict=True):
    """A rule that takes part. `severity` is the configured one; `scope` the globs that the configuration puts it to."""

    spec: RuleSpec
    options: Bound
    configured: dict[str, OptionValue]
    severity: Severity | None
    scope: tuple[str, ...] | None

    @cached_property
    def needs(self) -> Needs:
        """What a file must hold for any handler to fire."""
        if not self.spec.handlers:
            return ((Clause(self.spec.triggers),),) if self.spec.triggers else ALWAYS
        return tuple(need for _, found in self.selectors for need in found)

    @cached_property
    def selectors(self) -> tuple[tuple[Selector, Needs], ...]:
        """Every selector of the rule with what a file must hold for it to match."""
        selectors = [one for handler in self.spec.handlers for one in handler.selectors]
        return tuple((one, needs(one, self.options)) for one in selectors)

    @cached_property
    def where(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """(imported names, globs) of the files that the rule is about; None for all."""
        where = self.spec.where
        if where is None:
            return None
        choices = where.choices if isinstance(where, AnyFile) else (where,)
        imported = tuple(name for one in choices if isinstance(one, Imports) for name in self.options.names(one.names))
        globs = tuple(glob for one in choices if isinstance(one, Within) for glob in self.options.names(one.globs))
        return imported, globs

    def needs_here(self, *, in_where_globs: bool) -> Needs:
        """The same for one file, with what `where` asks of it."""
        if self.where is None or in_where_globs:
            return self.needs
        words = tuple(last(name) for name in self.where[0])
        return both(self.needs, ((Clause(words),),)) if words else ()


_NO_LAYERS = Layering()


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The rules of a run, sorted by name. `skipped` names what the configuration speaks of and this run cannot load."""

    rules: tuple[Planned, ...]
    max_file_size: int
    prefilter: bool = True
    skipped: tuple[str, ...] = ()
    conventions: frozenset[str] = frozenset()
    """Names of which the run asks whether the project defines them."""
    watched: frozenset[str] = frozenset()
    """Configured names, of which it asks whether the project defines or imports them."""

    @cached_property
    def digest(self) -> str:
        """Changes whenever the same file could yield something else. The rules of a shared view do not say what its
        facts are."""
        content = [
            (one.spec.name, one.spec.digest, sorted(one.options.values.items()), one.scope) for one in self.file_rules
        ]
        views = [one.view for one in self.shared]
        import hashlib

        asked = sorted(self.conventions), sorted(self.watched)
        facts = (__version__, _reading_with(), content, views, self.max_file_size, asked, self.prefilter)
        return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()[:32]

    @cached_property
    def shared(self) -> tuple[SharedView, ...]:
        """The views of which some rule of the run asks for the facts that all of its rules share."""
        return shared_views(view for one in self.rules for view in (one.spec.view, *one.spec.reads))

    @cached_property
    def file_rules(self) -> tuple[Planned, ...]:
        """The rules that look into files by themselves."""
        return tuple(one for one in self.rules if one.spec.view not in SHARED_VIEWS)

    def rules_of(self, view: str) -> tuple[Planned, ...]:
        """The rules that share the facts of a view."""
        return tuple(one for one in self.rules if one.spec.view == view)

    @property
    def project_rules(self) -> tuple[Planned, ...]:
        return tuple(one for one in self.rules if one.spec.type == "project")

    def named(self, name: str) -> Planned | None:
        return next((one for one in self.rules if one.spec.name == name), None)


def _reading_with() -> tuple[str, str]:
    """What files are read with: another parser may read them otherwise. libcst is not imported for that."""
    spec = find_spec("libcst")
    folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else Path()
    try:
        libcst = (folder / "_version.py").read_text(encoding="utf-8")
    except OSError:
        libcst = ""
    return f"{sys.version_info.major}.{sys.version_info.minor}", libcst


class SelectionError(Exception):
    """A name given to --select or --ignore that no rule and no pack has."""


def make_plan(
    catalog: Catalog,
    config: Config,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    prefilter: bool = True,
    graph: bool = False,
    stage: str = "",
) -> Plan:
    """The plan of a run. With a `stage` its rules take part and no others. `graph` says that the import graph is
    asked for, whatever the configuration says of layers. Raises SelectionError."""
    chosen = {spec.name for name in select for spec in rules_named(catalog, name)}
    ignored = {spec.name for name in ignore for spec in rules_named(catalog, name)}
    named_alone = {spec.name for name in select for spec in rules_named(catalog, name) if "/" in name}
    rules = []
    for spec in catalog.rules.values():
        if spec.type == "engine" or spec.name in ignored or (select and spec.name not in chosen):
            continue
        settings = config.rule(spec)
        enabled = settings.enabled if settings.enabled is not None else _runs_by_itself(spec, stage)
        if stage and spec.stage != stage:
            continue
        if spec.view == View.GRAPH and config.layering == _NO_LAYERS and not graph:
            if not spec.by_headers:
                continue  # the configuration says nothing of layers, and nobody shall pay for a graph
            spec = msgspec.structs.replace(spec, view=View.HEADERS)
        if enabled or spec.name in named_alone:
            rules.append(
                Planned(spec, bind(spec, settings.options), dict(settings.options), settings.severity, settings.paths)
            )
    return Plan(
        tuple(rules),
        max_file_size=config.max_file_size,
        prefilter=prefilter,
        skipped=tuple(sorted(name for name in config.referenced_rules if not catalog.named(name))),
        conventions=frozenset(last(name) for rule in rules for name in convention_names(rule)),
        watched=frozenset(last(name) for rule in rules for _, _, name in configured_symbols(rule)),
    )


def _runs_by_itself(spec: RuleSpec, stage: str) -> bool:
    return spec.default if not stage else spec.enabled and not spec.preview


def configured_symbols(rule: Planned) -> Iterable[tuple[str, int, str]]:
    """(option, index, name) for every name that the configuration gives and the project must know."""
    return _configured(rule, "list[symbol]")


def configured_globs(rule: Planned) -> Iterable[tuple[str, int, str]]:
    """(key, index, pattern) for every pattern that the configuration gives for a rule."""
    yield from (("paths", index, pattern) for index, pattern in enumerate(rule.scope or ()))
    yield from _configured(rule, "list[glob]")


def _configured(rule: Planned, kind: OptionType) -> Iterable[tuple[str, int, str]]:
    for option in rule.spec.options:
        value = rule.configured.get(option.name)
        if option.type == kind and isinstance(value, tuple):
            yield from ((option.name, index, entry) for index, entry in enumerate(value))


def convention_names(rule: Planned) -> tuple[str, ...]:
    """The names by which the project shows that it has adopted what the rule asks for."""
    convention = rule.spec.convention
    return rule.options.names(convention.names) if convention is not None else ()


def rules_named(catalog: Catalog, name: str) -> tuple[RuleSpec, ...]:
    """The rules that a word of the command line stands for. Raises SelectionError for one that is unknown."""
    found = catalog.named(name)
    if found:
        return found
    if name == "local" or name.startswith("local/"):
        return ()
    from difflib import get_close_matches

    known = [*catalog.rules, *sorted(catalog.packs)]
    near = get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else "; `relcheck rules` lists them"
    raise SelectionError(f"no rule and no pack is named {name}{hint}")


class Scopes:
    """Which globs hold for which path: each set of patterns is compiled once."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self._compiled: dict[tuple[str, ...], Globs] = {}

    def matches(self, path: str, patterns: Sequence[str]) -> bool:
        """Whether a path (relative to the repository's root) matches one of the patterns (relative to the
        configuration)."""
        return bool(patterns) and self._globs(patterns).matches(path.removeprefix(self.prefix))

    def concern(self, rule: Planned, path: str) -> bool:
        """Whether the rule is about files of this kind and place."""
        return self.matches(path, rule.spec.files) and (rule.scope is None or self.matches(path, rule.scope))

    def count(self, plan: Plan, paths: Sequence[str], holds: Callable[[str, str], bool]) -> dict[str, int]:
        """How many of the files each rule is about. `holds` tells whether a file has facts of a shared view: of its
        rules those without are no concern."""
        counts: dict[tuple[tuple[str, ...], tuple[str, ...] | None, str], int] = {}
        own = [(path, path.removeprefix(self.prefix)) for path in paths]
        for rule in plan.rules:
            place = self._place(rule)
            if place not in counts:  # most rules are about the same files
                files, scope, view = place
                is_about = self._globs(files).matches
                is_in_scope = self._globs(scope).matches if scope is not None else is_about
                about = [path for path, name in own if is_about(name) and is_in_scope(name)]
                counts[place] = sum(holds(path, view) for path in about) if view else len(about)
        return {rule.spec.name: counts[self._place(rule)] for rule in plan.rules}

    def _globs(self, patterns: Sequence[str]) -> Globs:
        key = tuple(patterns)
        if key not in self._compiled:
            self._compiled[key] = Globs(key)
        return self._compiled[key]

    def _place(self, rule: Planned) -> tuple[tuple[str, ...], tuple[str, ...] | None, str]:
        """What tells which files a rule is about: globs, and a view that only some of them have facts of."""
        view = rule.spec.view
        return rule.spec.files, rule.scope, view if view in SHARED_VIEWS and view != View.GRAPH else ""
