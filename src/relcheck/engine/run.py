"""A whole scan: configuration, files, rules, verdict."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property, partial
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from relcheck.config import Config, ConfigError
from relcheck.engine import own_rules
from relcheck.engine.catalog import make_rule
from relcheck.engine.examining.examination import Examination, Known
from relcheck.engine.examining.examiner import Examined, Examiner, RuleCrash, facts_in
from relcheck.engine.examining.shared import PYTHON, SHARED_VIEWS
from relcheck.engine.files.discover import SourceFile, Workspace, open_workspace
from relcheck.engine.files.git import find_repository
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.ground import Ground, Request, common_folder, find_baseline, find_ground, ground_by, shown_path
from relcheck.engine.judge import Case, verdict
from relcheck.engine.own_rules import OWN_RULES
from relcheck.engine.plan import Plan, Planned, Scopes, make_plan
from relcheck.engine.project import ProjectView, Surroundings
from relcheck.engine.project_rules import project_findings
from relcheck.engine.rule_view import is_about_settings
from relcheck.model.finding import Finding
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.sdk.rule import View
from relcheck.sdk.spec import RuleSpec
from relcheck.sources.globs import Globs
from relcheck.sources.python.syntax import Source

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.exceptions.allowed import Allowances
    from relcheck.engine.exceptions.baseline import Baseline
    from relcheck.engine.exceptions.baselined import JudgedLine
    from relcheck.engine.files.git import Repository
    from relcheck.engine.revisions.comparison import Comparison, Revisions
    from relcheck.engine.revisions.history import History
    from relcheck.engine.revisions.policy import PolicyFiles, Said
    from relcheck.sdk.governance import Signature
    from relcheck.sdk.rendered import Rendered

_ABOUT_FILES = frozenset({"relcheck/nothing-checked", "relcheck/rule-crashed"})
"""Findings that are not about a line."""


class Survey(msgspec.Struct, frozen=True):
    """A scan, with what a command needs that changes files by it, or tells more of what was found. `baseline` is None
    where there is none, and `project` where no rule asked for it; `targets` are the files that were asked for."""

    outcome: Outcome
    ground: Ground
    baseline: Baseline | None
    lines: tuple[JudgedLine, ...]
    project: ProjectView | None
    targets: frozenset[str]


def scan(request: Request) -> tuple[Outcome, Config]:
    """Run the scan. Raises what `find_ground` raises, DiscoveryError, RevisionError and SelectionError."""
    surveyed = survey(request)
    return surveyed.outcome, surveyed.ground.config


def survey(request: Request) -> Survey:
    """The same, with all that is known after it."""
    clock = _Clock()
    with ExitStack() as opened:
        revisions = None
        if request.base is not None or request.policy_from is not None:
            from relcheck.engine.revisions.comparison import Revisions

            repository = find_repository(common_folder(request.cwd, request.paths))
            revisions = opened.enter_context(Revisions(repository, base=request.base, policy=request.policy_from))
        ground = find_ground(request, revisions)
        plan = make_plan(
            ground.catalog,
            ground.config,
            select=request.select,
            ignore=request.ignore,
            prefilter=request.prefilter,
            stage=request.stage,
        )
        workspace = opened.enter_context(
            open_workspace(
                ground.scope,
                [request.cwd / path for path in request.paths],
                exclude=Globs(ground.config.exclude),
                staged=request.staged,
                stdin=request.stdin,
            )
        )
        clock.lap("start")
        run = _Scan(request, ground, plan, workspace, revisions)
        run.baseline = find_baseline(ground, revisions.policy_files if revisions is not None else None)
        outcome = run.outcome(clock)
        targets = frozenset(file.path for file in workspace.targets())
        return Survey(outcome, ground, run.baseline, run.lines, run.view, targets)


def survey_project(request: Request) -> tuple[Ground, ProjectView]:
    """Where a request takes place, and the project as rules over all files see it, with its import graph (`.graph`),
    whatever the configuration says of layers. Raises what `find_ground` raises and DiscoveryError."""
    with open_project(request, graph=True) as opened:
        return opened


@contextmanager
def open_project(request: Request, *, graph: bool = False) -> Iterator[tuple[Ground, ProjectView]]:
    """Where a request takes place, and the project as the rules that it asks for see it. What is read of it until the
    end is kept for the next run. Raises what `find_ground` raises, SelectionError and DiscoveryError."""
    ground = find_ground(request)
    plan = make_plan(
        ground.catalog,
        ground.config,
        select=request.select,
        prefilter=request.prefilter,
        graph=graph,
        stage=request.stage,
    )
    with open_workspace(ground.scope, [], exclude=Globs(ground.config.exclude), staged=request.staged) as workspace:
        run = _Scan(request, ground, plan, workspace, None)
        project = run.project(run.allowances(ground.config), None)
        run.keep()
        yield ground, project
        project.keep()


class _Scan:
    """The state of one scan: what the files yielded, and what is to be kept."""

    def __init__(
        self, request: Request, ground: Ground, plan: Plan, workspace: Workspace, revisions: Revisions | None
    ) -> None:
        self.request = request
        self.ground = ground
        self.plan = plan
        self.workspace = workspace
        self.revisions = revisions
        self.scopes = Scopes(ground.prefix)
        self.examiner = Examiner(plan, self.scopes, make_rule)
        self.baseline: Baseline | None = None
        self.lines: tuple[JudgedLine, ...] = ()
        self.view: ProjectView | None = None
        self._notes: list[str] = []
        self._shown: tuple[str, Source] | None = None
        self._unknown_imports: int | None = None
        self._signatures = self._signed(request.cwd / request.signoffs) if request.signoffs is not None else None
        self._rendered = self._read_rendered(request.cwd, request.rendered) if request.rendered is not None else None
        self._known = Known(self._open_cache if request.cache else None)
        self._examination = Examination(
            self.examiner, self._known, workspace.read, workspace.blob_id, jobs=request.jobs
        )

    def _open_cache(self) -> Cache:
        from relcheck.engine.examining.cache import FOLDER

        cache = self._cache_of(f"{self.plan.digest}:{self.ground.prefix}")
        if self.workspace.tracks(FOLDER):
            self._notes.append(f"{FOLDER} is tracked by git, so it is not trusted: remove it with git rm -r {FOLDER}")
        return cache

    def _open_code_cache(self) -> Cache:
        from relcheck.engine.kept import PLAN

        return self._cache_of(PLAN)

    def _cache_of(self, plan: str) -> Cache:
        from relcheck.engine.examining.cache import FOLDER, Cache

        return Cache(self.ground.root, plan, usable=not self.workspace.tracks(FOLDER))

    def outcome(self, clock: _Clock) -> Outcome:
        """Look at the files that are asked for, and judge what was found."""
        targets = self.workspace.targets()
        clock.lap("discovery")
        comparison = self.comparison() if self.revisions is not None else None
        examined = self._examination.of(targets)
        if comparison is not None:
            examined = comparison.adopted(examined)
            self._examination.results |= examined
        clock.lap("files")
        case = self.case(targets, examined, comparison)
        if comparison is not None:
            case = comparison.case(case)
        judgement = verdict(case)
        self.lines, judged = judgement.lines, judgement.findings
        if comparison is not None:
            judged = comparison.judged(judged, case)
        findings = tuple(self.with_line(one) for one in judged)
        self._known.keep()
        if self.view is not None:
            self.view.keep()
        clock.lap("verdict")
        lost = {path for paths in self._examination.left_out.values() for path in paths}
        return Outcome(
            root=str(self.workspace.root),
            findings=findings,
            files=sum(file.path not in lost for file in targets),
            parsed=sum(one.parsed for one in examined.values()),
            partial=self.workspace.partial,
            rules=tuple(_record(one.spec, case.files_by_rule) for one in self.plan.rules if self._is_about(one, case)),
            rules_skipped=self.skipped(),
            not_examined=self.not_examined(),
            notes=(*self.workspace.notes, *self._notes),
            stats=self.stats(clock) if self.request.stats else {},
            base=comparison.base if comparison is not None else None,
            policy=comparison.policy if comparison is not None else None,
            own_rules=tuple(_record(spec, {}) for spec in OWN_RULES),
            fail_on=self.request.fail_on or self.ground.config.fail_on,
        )

    def case(self, targets: Sequence[SourceFile], examined: dict[str, Examined], comparison: Comparison | None) -> Case:
        """What there is to be judged."""
        findings = [one for result in examined.values() for one in result.findings]
        crashed: dict[str, Examined] = {}
        if self._asks_for_the_project(examined):
            exceptions = self.allowances(self.ground.config)
            project = self.view = self.project(exceptions, comparison)
            found, crashes = self.found_in(project, comparison)
            if self.request.stats and self.plan.rules_of(View.GRAPH):
                self._unknown_imports = project.graph.unknown
            self._notes.extend(self._notes_about(project, comparison))
            findings.extend(one for one in found if one.path in examined and not is_about_settings(one))
            findings.extend(self._about_settings(found, exceptions))
            if crashes:
                crashed["."] = Examined(crashes=tuple(crashes))
        paths = [file.path for file in targets]
        return Case(
            catalog=self.ground.catalog,
            config=self.ground.config,
            plan=self.plan,
            scopes=self.scopes,
            examined={**examined, **crashed},
            findings=findings,
            surroundings=lambda: self.surroundings,
            paths=paths,
            complete=not self.workspace.partial,
            names_folder=self.workspace.names_folder,
            today=self.request.today,
            files_by_rule=self.scopes.count(self.plan, paths, self._holds(examined)),
            baseline=self.baseline,
            unseen=[path for paths in self.not_examined().values() for path in paths],
            selected=bool(self.request.select or self.request.ignore or self.request.stage),
        )

    def found_in(self, project: ProjectView, comparison: Comparison | None) -> tuple[list[Finding], list[RuleCrash]]:
        """The findings of the rules over all files."""
        from relcheck.engine.remembered import Basis, remembered_findings

        found: list[Finding] = []
        crashes: list[RuleCrash] = []
        graph = self.plan.rules_of(View.GRAPH)
        others = [rule for rule in self.plan.project_rules if rule not in graph]
        if graph:
            from relcheck.engine.linked import linked_findings

            more, crashed = linked_findings(
                project, graph, self._known, lambda one: project_findings(self.examiner, one, graph)
            )
            found, crashes = found + more, crashes + crashed
        if others:
            revision = comparison.identity if comparison is not None else ""
            basis = Basis(self.workspace.root, self._examination, revision, self._past, self.request.history)
            more, crashed = remembered_findings(
                project, others, self._known, basis, lambda rules: project_findings(self.examiner, project, rules)
            )
            found, crashes = found + more, crashes + crashed
        return found, crashes

    def _is_about(self, rule: Planned, case: Case) -> bool:
        """Whether the report speaks of a rule: of headers, migrations and documents only where there are any."""
        seldom = rule.spec.view in SHARED_VIEWS and rule.spec.view != View.GRAPH
        return not seldom or bool(case.files_by_rule.get(rule.spec.name))

    def project(self, exceptions: Allowances | None, comparison: Comparison | None) -> ProjectView:
        """The project as rules over all files see it, with its base where it is compared with one."""
        here = ProjectView(
            self.surroundings.files,
            self.scopes,
            self.ground.config,
            self.request.today,
            exceptions,
            self.workspace.read,
            beyond=self._may_be_beyond,
            code_cache=self._open_code_cache if self.request.cache else None,
            policy=self._of_policy if self.revisions is not None and self.revisions.policy is not None else None,
        )
        repository = find_repository(self.ground.root)
        if repository is not None:
            from relcheck.engine.revisions.history import then

            ago = partial(then, repository, self._examination, self.request.today)
            here = replace(here, history=partial(self.history, repository, comparison), then=ago)
        here = replace(here, signatures=self._signatures, rendered=self._rendered)
        return comparison.with_before(here) if comparison is not None else here

    def _past(self) -> str:
        """All that history is told from. Raises GitError."""
        from relcheck.engine.revisions.history import past_of

        repository = find_repository(self.ground.root)
        return past_of(repository) if repository is not None else ""

    def _of_policy(self, path: str) -> bytes:
        """A file as the policy's revision has it. Raises FileNotFoundError, ConfigError and GitError."""
        if self.revisions is None:
            raise FileNotFoundError(path)
        return self.revisions.policy_files.read(self.ground.root / path)

    def _read_rendered(self, folder: Path, file: Path) -> Rendered:
        """SQL that was rendered. Raises RenderedError."""
        from relcheck.engine.rendering import read_rendered

        return read_rendered(folder, file)

    def _signed(self, file: Path) -> Sequence[Signature]:
        """Who has signed for the scanned commit. Raises SignoffsError and GitError."""
        from relcheck.engine.signoffs import read_signoffs, signatures

        repository = find_repository(self.ground.root)
        signoffs = read_signoffs(file, repository)
        found = signatures(signoffs, repository)
        if found is None:
            self._notes.append(f"the sign-offs are for {signoffs.head[:7]}, which is not what is scanned: none counts")
        return found or ()

    def history(self, repository: Repository, comparison: Comparison | None) -> History | None:
        """What was there before the change: the base or, without one, the default branch. None: nothing that is known,
        or nothing that is to be left out."""
        if self.request.history:
            return None
        if comparison is not None and comparison.base is not None:
            return comparison.history()
        from relcheck.engine.revisions.history import history_of

        found = self._default_branch
        return history_of(repository, *found, self._examination) if found is not None else None

    @cached_property
    def _default_branch(self) -> tuple[str, str] | None:
        from relcheck.engine.revisions.history import default_branch

        repository = find_repository(self.ground.root)
        return default_branch(repository) if repository is not None else None

    def _notes_about(self, project: ProjectView, comparison: Comparison | None) -> Iterator[str]:
        """What a person should know of what was gated."""
        yield from project.notes()
        compared = comparison is not None and comparison.base is not None
        told = project.asked.past and project.history is not None and not (self.request.history or compared)
        if told and self._default_branch is None:
            yield "migrations: no default branch is known here, so all are gated; --base says what is new"

    def _may_be_beyond(self, path: str) -> bool:
        """Whether a file may be there that no rule looks at: one that is excluded, or beside the project."""
        if not path.startswith(self.scopes.prefix):
            return os.path.lexists(self.workspace.root / path)
        if not self.workspace.governs(path):
            return True
        left_out = self._left_out
        folders = path.split("/")
        return any("/".join(folders[:count]) in left_out for count in range(1, len(folders) + 1))

    @cached_property
    def _left_out(self) -> frozenset[str]:
        """What no rule looks at in the whole project, whatever part of it is scanned."""
        left_out = [self.workspace.project_leaves(), self._examination.left_out]
        return frozenset(one for reasons in left_out for paths in reasons.values() for one in paths)

    def _holds(self, examined: Mapping[str, Examined]) -> Callable[[str, str], bool]:
        """Whether a file holds something of a shared view that is to be checked."""
        holds = facts_in(examined)
        return lambda path, view: holds(path, view) or (view == View.MIGRATIONS and self._is_named_migration(path))

    def _is_named_migration(self, path: str) -> bool:
        """Whether the configuration calls a file a migration, whatever it looks like."""
        further = self.ground.config.migrations.paths
        return bool(further) and path.endswith(".sql") and self.scopes.matches(path, further)

    def _asks_for_the_project(self, examined: Mapping[str, Examined]) -> bool:
        graph = self.plan.rules_of(View.GRAPH)
        if graph and (not self.workspace.partial or any(path.endswith(PYTHON) for path in examined)):
            return True
        if self.ground.config.matrices and self.plan.rules_of(View.DOCUMENTS) and not self.workspace.partial:
            return True
        if self.plan.rules_of(View.MIGRATIONS) and any(map(self._is_named_migration, examined)):
            return True
        asking = {rule.spec.name for rule in self.plan.project_rules} | {one.facts for one in self.plan.shared}
        return any(not asking.isdisjoint(one.facts) for one in examined.values())

    def _about_settings(self, found: Sequence[Finding], exceptions: Allowances | None) -> Iterator[Finding]:
        """What is wrong with contracts and their exceptions. Whether they are of use a complete scan tells."""
        if not self.workspace.partial:
            yield from (one for one in found if is_about_settings(one))
        if exceptions is not None:
            yield from exceptions.problems()
            if not self.workspace.partial:
                yield from exceptions.unused()

    def allowances(self, config: Config) -> Allowances | None:
        """The exceptions that contracts state."""
        if not any(contract.allow for contract in config.layering.contract):
            return None
        from relcheck.engine.exceptions.allowed import Allowances

        return Allowances(config, self.request.today)

    def comparison(self) -> Comparison:
        """The other revisions that were asked for, beside this scan."""
        from relcheck.engine.revisions.comparison import Comparison

        if self.revisions is None:
            raise ValueError("no other revision was asked for")
        return Comparison(
            self.revisions,
            self.workspace,
            self._examination,
            self.examiner,
            self._known,
            self.said_at,
            jobs=self.request.jobs,
        )

    def said_at(self, files: PolicyFiles) -> Said:
        """The policy as it stands in some files. The code of local rules is not run for that."""
        from relcheck.engine.revisions.policy import Said

        try:
            ground = ground_by(self.request, self.ground.catalog, files)
            baseline = find_baseline(ground, files)
        except ConfigError as error:
            return Said(None, {}, "", " ".join(str(error).split()))
        folder = ground.local_rules
        return Said(ground.config, files.rules(folder), shown_path(folder, self.ground.root), baseline=baseline)

    def keep(self) -> None:
        """Store what was worked out, for the next run."""
        self._known.keep()

    @cached_property
    def surroundings(self) -> Surroundings:
        """What every file of the project yields; on a partial scan the files that were not asked for are looked at
        now."""
        self._examination.of(self.workspace.project_files())
        return Surroundings(dict(self._examination.results))

    def not_examined(self) -> dict[str, tuple[str, ...]]:
        """Reasons for which files were left out, with the files."""
        reasons = {reason: list(paths) for reason, paths in self.workspace.not_examined.items()}
        for reason, paths in self._examination.left_out.items():
            reasons.setdefault(reason, []).extend(paths)
        return {reason: tuple(sorted(paths)) for reason, paths in sorted(reasons.items()) if paths}

    def skipped(self) -> tuple[str, ...]:
        """Rules that the configuration or the baseline speaks of and this run does not know."""
        accepted = {line.rule for line in self.baseline.lines} if self.baseline is not None else set()
        return tuple(sorted({*self.plan.skipped, *(name for name in accepted if not self.ground.catalog.named(name))}))

    def stats(self, clock: _Clock) -> dict[str, str]:
        told = {**clock.laps, "files that a parser had to read": str(self._examination.parsed)}
        if self._unknown_imports is not None:
            told["imports by calls whose argument is not known"] = str(self._unknown_imports)
        return told

    def with_line(self, finding: Finding) -> Finding:
        """The finding with the source line for people to read, where the rule did not see it."""
        if finding.snippet is not None or finding.rule in _ABOUT_FILES or self._is_elsewhere(finding):
            return finding
        try:
            source = self.source(finding.path)
        except ContentError:
            return finding
        number = finding.region.line
        return replace(finding, snippet=source.line(number)) if number <= len(source.starts) else finding

    def source(self, path: str) -> Source:
        """A file for its lines to be shown; the last one is held, since findings come by files. Raises ContentError."""
        if self._shown is None or self._shown[0] != path:
            self._shown = path, Source(self.workspace.read(path).decode("utf-8", "replace"))
        return self._shown[1]

    def _is_elsewhere(self, finding: Finding) -> bool:
        """Whether its line is one of a configuration that was not read from the disk."""
        if self.revisions is None or self.revisions.policy is None or finding.rule == own_rules.POLICY_CHANGED.name:
            return False
        return any(finding.path == layer.document.shown for layer in self.ground.config.layers)


class _Clock:
    """Wall and processor time of the parts of a run, for --stats."""

    def __init__(self) -> None:
        self._last = perf_counter(), process_time()
        self.laps: dict[str, str] = {}

    def lap(self, name: str) -> None:
        wall, cpu = perf_counter(), process_time()
        self.laps[f"time: {name}"] = f"{wall - self._last[0]:.3f} s wall, {cpu - self._last[1]:.3f} s processor"
        self._last = wall, cpu


def _record(spec: RuleSpec, files: Mapping[str, int]) -> RuleRecord:
    return RuleRecord(
        spec.name,
        spec.summary,
        spec.severity,
        files.get(spec.name, 0),
        confidence=spec.confidence,
        page=spec.page,
        upholds=spec.upholds,
    )
