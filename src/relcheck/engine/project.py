"""The project as a whole: what its files define and import, and the decisions of project rules over their facts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import msgspec

from relcheck.config import Config, ConfigError
from relcheck.engine.examining.examiner import Examined, Examiner, RuleCrash
from relcheck.engine.examining.shared import DOCUMENTS, GRAPH, HEADERS, MARKERS, SHARED_VIEWS
from relcheck.engine.files.git import GitError
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.own_rules import VACUOUS_RULE
from relcheck.engine.plan import Planned, Scopes
from relcheck.model.exceptions import Waiver
from relcheck.model.finding import Detail, Finding, Fix, Region, Related, Status
from relcheck.model.severity import Confidence, Severity
from relcheck.sdk.gating import GateSettings
from relcheck.sdk.layering import Layering
from relcheck.sdk.rule import Allowance, ProjectRule, SettingsError, View
from relcheck.sdk.spec import RuleSpec
from relcheck.sources.python.names import last

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.exceptions.allowed import Allowances
    from relcheck.engine.kept import Kept
    from relcheck.engine.old import Old
    from relcheck.engine.revisions.history import History, Then
    from relcheck.sdk.governance import Governance, Signature
    from relcheck.sdk.rendered import Rendered
    from relcheck.sdk.selection import Selections
    from relcheck.sources.markers.marker import Marker
    from relcheck.sources.matrix.link import Documents, Shape
    from relcheck.sources.migration.link import Linked
    from relcheck.sources.migration.migration import Migration
    from relcheck.sources.python.import_graph import ImportGraph
    from relcheck.sources.stubs.linked import Linked as Code


Facts = TypeVar("Facts")


class Surroundings(msgspec.Struct, frozen=True, dict=True):
    """What is known of every file of the project, by path."""

    files: Mapping[str, Examined]

    def defines(self, names: Sequence[str]) -> bool:
        """Whether a file of the project defines one of these names."""
        return not self._defined.isdisjoint(map(last, names))

    @cached_property
    def _defined(self) -> frozenset[str]:
        return frozenset(name for one in self.files.values() for name in one.known.defined)

    def knows(self, name: str) -> bool:
        """Whether a file of the project defines or imports the name."""
        short = last(name)
        return any(short in one.known.defined or short in one.known.imported for one in self.files.values())


class Search(msgspec.Struct, frozen=True):
    """Words that were looked for in the files that match, with those in which each was found."""

    words: tuple[str, ...]
    globs: tuple[str, ...]
    found: dict[str, tuple[str, ...]]


class Asked:
    """What rules have asked of a project, beside the facts of its files and its configuration: which files they have
    read, or whether for all of them; where words stand, with the answers; whether something stands beside it, with the
    answers; whether for its past."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.everything = False
        self.searches: list[Search] = []
        self.beyond: dict[str, bool] = {}
        self.past = False


class ProjectView(msgspec.Struct, frozen=True, dict=True):
    """What project rules judge: the files of one revision under a configuration, and the exceptions that hold.

    `contents` reads any file of the revision and raises ContentError. Where the project is compared with another
    revision, `compared` gives that one, and `origin` the path that a file had there. `history` says which files are as
    they were before the change. `signatures` are those that the scan was given, `rendered` is
    SQL that was rendered from the migrations. `then` gives those files back that
    have changed in so many days. `beyond` tells whether a file may be there that is none of `files`: excluded, or
    outside of the project. `code_cache` opens what earlier runs have read
    of code. `policy` reads a file where the policy is read from, where that is another revision.
    """

    files: Mapping[str, Examined]
    scopes: Scopes
    config: Config
    today: date
    exceptions: Allowances | None = None
    contents: Callable[[str], bytes] | None = None
    compared: Callable[[], ProjectView] | None = None
    origin: Callable[[str], str | None] | None = None
    history: Callable[[], History | None] | None = None
    signatures: Sequence[Signature] | None = None
    rendered: Rendered | None = None
    then: Callable[..., Then] | None = None
    beyond: Callable[[str], bool] | None = None
    code_cache: Callable[[], Cache] | None = None
    policy: Callable[[str], bytes] | None = None

    @cached_property
    def paths(self) -> Sequence[str]:
        return tuple(sorted(self.files))

    @cached_property
    def telling(self) -> Sequence[tuple[str, Examined]]:
        """The files that yielded any facts."""
        return [(path, self.files[path]) for path in self.paths if self.files[path].facts]

    @cached_property
    def asked(self) -> Asked:
        """What it was asked so far, beside facts and configuration."""
        return Asked()

    def may_be_beyond(self, path: str) -> bool:
        """What `beyond` says, noted."""
        self.asked.beyond[path] = found = self.beyond is not None and self.beyond(path)
        return found

    def before_the_change(self) -> History | None:
        """What `history` says, noted, as are the files that it is asked about."""
        self.asked.past = True
        history = self.history() if self.history is not None else None
        if history is None:
            return None

        def has(path: str) -> bool:
            self.asked.read.add(path)
            return history.has(path)

        return msgspec.structs.replace(history, has=has)

    def ago(self, days: int, wanted: Callable[[str], bool], *, releases: int = 0) -> Then | None:
        """What `then` says, noted. It tells of all files that have changed."""
        self.asked.past = self.asked.everything = True
        return self.then(days, wanted, releases=releases) if self.then is not None else None

    @cached_property
    def before(self) -> ProjectView | None:
        """The same at the revision that this one is compared with."""
        return self.compared() if self.compared is not None else None

    def read(self, path: str) -> bytes | None:
        """The content of a file of the project, noted; None where there is none that could be read."""
        self.asked.read.add(path)
        return self._read(path)

    def _read(self, path: str) -> bytes | None:
        if self.contents is None or path not in self.files:
            return None
        try:
            return self.contents(path)
        except ContentError:
            return None

    def lock(self, name: str) -> tuple[str, bytes | None]:
        """A file beside the configuration that says what people have accepted, where the policy is read from."""
        path = self.scopes.prefix + name
        if self.policy is None:
            return path, self.read(path)
        try:
            return path, self.policy(path)
        except FileNotFoundError:
            return path, None

    def words(self, words: Collection[str], globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """For each word the files among those that match in which it stands whole, by one look over their bytes;
        noted."""
        found = self.search(words, globs, self.paths)
        self.asked.searches.append(Search(tuple(found), tuple(globs), found))
        return found

    def search(self, words: Collection[str], globs: Sequence[str], paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The same in some files, of which no note is made."""
        from relcheck.engine.wording import files_with

        return files_with(words, (path for path in paths if self.scopes.matches(path, globs)), self._read)

    @cached_property
    def code(self) -> Code:
        """The code of the project, read where it is asked about."""
        from relcheck.engine.behaving import linked

        return linked(self, self.kept)

    @cached_property
    def kept(self) -> Kept:
        """What earlier runs have read of code and of migrations."""
        from relcheck.engine.kept import Kept

        return Kept(self.code_cache)

    def keep(self) -> None:
        """Store what was read of code and of migrations, here and at the base, for the next run."""
        for view in (self, self.__dict__.get("before")):
            if isinstance(view, ProjectView) and "kept" in view.__dict__:
                view.kept.keep()

    def facts(self, view: str, kind: type[Facts]) -> dict[str, Facts]:
        """The facts of a shared view, by path."""
        decoder = msgspec.msgpack.Decoder(kind)
        return {path: decoder.decode(one.facts[view]) for path, one in self.telling if view in one.facts}

    @cached_property
    def graph(self) -> ImportGraph:
        """The import graph, made once."""
        from relcheck.sources.python.import_graph import ImportGraph
        from relcheck.sources.python.imports import FileImports

        self.asked.everything = True
        facts = self.facts(GRAPH.facts, FileImports) or self.facts(HEADERS.facts, FileImports)
        prefix = self.scopes.prefix
        roots = {name: f"{prefix}{folder}" if folder != "." else prefix[:-1] for name, folder in self._roots.items()}
        return ImportGraph(facts, self.paths, roots, base=prefix.rstrip("/"))

    @cached_property
    def selections(self) -> Selections:
        """What the selections of contracts stand for, with the layers that files belong to."""
        from relcheck.sdk.declared import Declared
        from relcheck.sdk.selection import Selections

        return Selections(Declared(self.config.layering, self.graph, self.paths, self.scopes.matches))

    @cached_property
    def migrations(self) -> Linked:
        """The migrations, linked once."""
        from relcheck.engine.migrating import linked

        return linked(self)

    @cached_property
    def governance(self) -> Governance:
        """What has to stand beside a dangerous operation of a migration."""
        from relcheck.sdk.governance import Governance

        return Governance(self.config.migrations, self.today, self.migrations.timeouts, self.signatures)

    @cached_property
    def old_migrations(self) -> Old:
        """Those that are not gated."""
        from relcheck.engine.migrating import old

        return old(self)

    @cached_property
    def gated_kinds(self) -> frozenset[str]:
        """The kinds of operations on the way up of those that are gated. Raises ConfigError."""
        with _settings_errors(self.config):
            old = self.old_migrations.paths
        gated = (one for one in self.migrations.migrations if one.path not in old and not one.restates)
        return frozenset(operation.kind for one in gated for operation in one.operations)

    @cached_property
    def has_matrices(self) -> bool:
        """Whether there is a matrix, here or at the revision that it is compared with."""
        return bool(self.documents.matrices) or (self.before is not None and bool(self.before.documents.matrices))

    @property
    def old_if_asked(self) -> Old | None:
        """The same where some rule has asked for them; None where none has."""
        return self.old_migrations if "old_migrations" in self.__dict__ else None

    def take_over(self, old: Old) -> None:
        """Know from a run before which migrations are not gated."""
        self.__dict__["old_migrations"] = old

    def notes(self) -> list[str]:
        """What a person should know of what was left out."""
        old = self.old_if_asked
        if old is None or not old.paths:
            return []
        count = len(old.paths)
        what = "1 migration is" if count == 1 else f"{count} migrations are"
        return [f"{what} history ({old.name}) and not gated; --history gates and lists them, too"]

    @cached_property
    def shapes(self) -> Sequence[Shape]:
        """What the configuration says of matrices."""
        from relcheck.sources.matrix.link import Shape

        return [
            Shape(
                files=(one.file,),
                heading=one.heading,
                columns=one.columns,
                key=one.key,
                vocabularies=one.vocabularies,
                required=one.required,
            )
            for one in self.config.matrices
        ]

    @cached_property
    def documents(self) -> Documents:
        """The documents, linked once."""
        from relcheck.sources.markdown.document import Document
        from relcheck.sources.matrix.link import link

        facts = self.facts(DOCUMENTS.facts, Document)
        return link(
            facts,
            self.paths,
            self.shapes,
            self.scopes.matches,
            beyond=self.may_be_beyond if self.beyond is not None else None,
            base=self.scopes.prefix,
        )

    @cached_property
    def markers(self) -> Mapping[str, Sequence[Marker]]:
        """The markers in code, by path."""
        from relcheck.sources.markers.marker import Markers

        return {path: one.markers for path, one in sorted(self.facts(MARKERS.facts, Markers).items())}

    @cached_property
    def upheld(self) -> Mapping[str, str]:
        """The rules that have files to look at here and name a guarantee, with it."""
        rules = self.config.catalog.rules.values()
        return {one.name: one.upholds for one in rules if one.upholds is not None and self._runs(one)}

    def _runs(self, spec: RuleSpec) -> bool:
        enabled = self.config.rule(spec).enabled
        runs = spec.default if enabled is None else enabled
        return runs and any(self.scopes.matches(path, spec.files) for path in self.paths)

    @property
    def _roots(self) -> Mapping[str, str]:
        return self.config.roots

    @cached_property
    def _kept(self) -> frozenset[str]:
        return frozenset(name for _, one in self.telling for name in one.facts)

    def has_facts(self, name: str) -> bool:
        """Whether any file has facts of this name, a rule's or a shared view's."""
        return name in self._kept


class _RuleView(msgspec.Struct, frozen=True):
    """What a project rule's `check` is given."""

    spec: RuleSpec
    facts: Mapping[str, object]
    project: ProjectView

    @property
    def paths(self) -> Sequence[str]:
        return self.project.paths

    @property
    def graph(self) -> ImportGraph:
        return self.project.graph

    @property
    def migrations(self) -> Linked:
        return self.project.migrations

    @property
    def governance(self) -> Governance:
        return self.project.governance

    @property
    def rendered(self) -> Rendered | None:
        return self.project.rendered

    def is_gated(self, migration: Migration) -> bool:
        return migration.path not in self.project.old_migrations.paths and not migration.restates

    @property
    def documents(self) -> Documents:
        return self.project.documents

    @property
    def markers(self) -> Mapping[str, Sequence[Marker]]:
        return self.project.markers

    @property
    def upheld(self) -> Mapping[str, str]:
        return self.project.upheld

    @property
    def gates(self) -> GateSettings:
        return self.project.config.gates

    @property
    def layering(self) -> Layering:
        return self.project.config.layering

    @property
    def selections(self) -> Selections:
        return self.project.selections

    @property
    def unreadable(self) -> Sequence[str]:
        return tuple(path for path in self.paths if self.project.files[path].broken is not None)

    @property
    def today(self) -> date:
        return self.project.today

    @property
    def before(self) -> _RuleView | None:
        was = self.project.before
        return _RuleView(self.spec, {}, was) if was is not None else None

    def origin(self, path: str) -> str | None:
        return self.project.origin(path) if self.project.origin is not None else None

    def changed(self, path: str) -> bool:
        history = self.project.before_the_change() if self.project.before else None
        return history is not None and not history.has(path)

    def read(self, path: str) -> bytes | None:
        return self.project.read(path)

    def words(self, words: Collection[str], globs: Sequence[str]) -> Mapping[str, Sequence[str]]:
        return self.project.words(words, globs)

    @property
    def code(self) -> Code:
        return self.project.code

    def lock(self, name: str) -> tuple[str, bytes | None]:
        return self.project.lock(name)

    def then(self, days: int, globs: Sequence[str], *, releases: int = 0) -> Then | None:
        return self.project.ago(days, lambda path: self.project.scopes.matches(path, globs), releases=releases)

    def allowances(self, contract: str) -> Sequence[Allowance]:
        return self.project.exceptions.usable(contract) if self.project.exceptions is not None else ()

    def vacuous(self, message: str, *keys: str | int) -> Finding:
        return about_settings(self.project.config, VACUOUS_RULE, f"{self.spec.name}: {message}", keys)

    def setting(self, *keys: str | int) -> tuple[str, Region]:
        path, line = self.project.config.file_and_line(keys)
        return path, Region(line, 1, line, 1)

    def matches(self, path: str, globs: Sequence[str]) -> bool:
        return self.project.scopes.matches(path, globs)

    def finding(
        self,
        path: str,
        region: Region,
        message: str,
        *,
        key: str,
        kind: str | None = None,
        symbol: str | None = None,
        contract: str | None = None,
        related: Sequence[Related] = (),
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        allowed_by: Allowance | None = None,
        approved: bool = False,
        fix: Fix | None = None,
        details: Mapping[str, Detail] | None = None,
    ) -> Finding:
        waiver = getattr(allowed_by, "waiver", None)
        accepted = Status.APPROVED if approved else Status.NEW
        return Finding(
            rule=self.spec.name,
            kind=kind or "finding",
            message=message,
            path=path,
            region=region,
            severity=severity or self.spec.severity,
            confidence=confidence or self.spec.confidence,
            symbol=symbol,
            contract=contract,
            identity=key,
            related=tuple(related),
            details=details or {},
            fix=fix,
            status=Status.WAIVED if isinstance(waiver, Waiver) else accepted,
            waiver=waiver if isinstance(waiver, Waiver) else None,
        )


def looks_at(planned: Planned, rule: ProjectRule[object], project: ProjectView) -> str:
    """What a rule about documents, migrations or the graph would look at, in its own words. Raises ConfigError."""
    with _settings_errors(project.config):
        return rule.looks_at(_RuleView(planned.spec, {}, project))


@contextmanager
def _settings_errors(config: Config) -> Iterator[None]:
    """What contradicts the project is told at its place in the configuration, by a ConfigError."""
    try:
        yield
    except SettingsError as error:
        raise ConfigError(config.problem_at(error.keys, str(error))) from None


def about_settings(config: Config, spec: RuleSpec, message: str, keys: Sequence[str | int]) -> Finding:
    """A finding about a place of the configuration, for a contract with its id in place of its number."""
    path, line = config.file_and_line(keys)
    return Finding(
        rule=spec.name,
        kind=spec.name.partition("/")[2],
        message=message,
        path=path,
        region=Region(line, 1, line, 1),
        severity=spec.severity,
        identity=message,
    )


def is_about_settings(finding: Finding) -> bool:
    """Whether a project rule says it of the configuration."""
    return finding.rule == VACUOUS_RULE.name


def project_findings(
    examiner: Examiner, project: ProjectView, rules: Sequence[Planned] | None = None
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of all project rules, or of some, over the facts of all files. Raises ConfigError."""
    found: list[Finding] = []
    crashed: list[RuleCrash] = []
    for planned in examiner.plan.project_rules if rules is None else rules:
        if _may_find(planned, project):
            rule = examiner.make(planned)
            if isinstance(rule, ProjectRule):
                findings, crashes = check_project(planned, rule, project)
                found += findings
                crashed += crashes
    return found, crashed


def _may_find(planned: Planned, project: ProjectView) -> bool:
    """Whether there is anything for a rule to judge. The import graph has every file in it, whatever it says, and a
    matrix that is configured and not there is told. Raises ConfigError."""
    spec = planned.spec
    if spec.view == View.GRAPH or (spec.view == View.DOCUMENTS and project.config.matrices):
        return True
    if not project.has_facts(spec.view if spec.view in SHARED_VIEWS else spec.name):
        return False
    if not spec.requires or planned.configured:
        return True
    return project.has_matrices if spec.view == View.DOCUMENTS else not project.gated_kinds.isdisjoint(spec.requires)


def check_project(
    planned: Planned, rule: ProjectRule[object], project: ProjectView
) -> tuple[list[Finding], list[RuleCrash]]:
    """The findings of a project rule over the facts of all files. Raises ConfigError and GitError."""
    facts: dict[str, object] = {
        path: msgspec.msgpack.decode(one.facts[planned.spec.name], type=rule.facts)
        for path, one in project.telling
        if planned.spec.name in one.facts
    }
    try:
        with _settings_errors(project.config):
            found = [one for one in rule.check(_RuleView(planned.spec, facts, project)) if isinstance(one, Finding)]
    except (ConfigError, GitError):
        raise
    except Exception as error:  # noqa: BLE001  # whatever a rule raises is reported as relcheck/rule-crashed
        return [], [RuleCrash(planned.spec.name, 1, f"{type(error).__name__}: {error}")]
    if planned.scope is not None and planned.spec.view in SHARED_VIEWS:
        found = [one for one in found if is_about_settings(one) or project.scopes.concern(planned, one.path)]
    return found, []
