"""A scan beside other revisions: the base that it is compared with, and the one that the policy is read from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec.structs import replace

from relcheck.config import Config
from relcheck.engine.examining.examination import Examination, Known
from relcheck.engine.examining.examiner import facts_in
from relcheck.engine.exceptions.baseline import Baseline
from relcheck.engine.own_rules import POLICY_CHANGED
from relcheck.engine.plan import convention_names, make_plan
from relcheck.engine.project import ProjectView
from relcheck.engine.revisions.adoption import Left, examined_all_the_same, files_left, merged
from relcheck.engine.revisions.base import Earlier, with_base
from relcheck.engine.revisions.history import History
from relcheck.engine.revisions.past import Past
from relcheck.engine.revisions.policy import PolicyFiles, Said, changes_of, policy_finding
from relcheck.engine.revisions.revision import Revision, find_base, find_policy
from relcheck.engine.revisions.trust import Trust, written_waivers
from relcheck.model.outcome import Compared

if TYPE_CHECKING:
    from relcheck.engine.examining.cache import Cache
    from relcheck.engine.examining.examiner import Examined, Examiner
    from relcheck.engine.files.discover import Workspace
    from relcheck.engine.files.git import Repository
    from relcheck.engine.judge import Case
    from relcheck.engine.plan import Planned
    from relcheck.model.finding import Finding


class Revisions:
    """The other revisions of a run, to be closed; each is None where it was not asked for."""

    def __init__(self, repository: Repository | None, *, base: str | None, policy: str | None) -> None:
        """Raises RevisionError and GitError."""
        self._kept = ExitStack()
        self.base_ref = ""
        self.policy: Revision | None = None
        self.base: Revision | None = None
        with ExitStack() as failed:
            failed.callback(self._kept.close)
            if policy is not None:
                self.policy = self._opened(policy, *find_policy(repository, policy))
            if base is not None:
                self.base_ref = base
                found, commit = find_base(repository, base)
                same = self.policy is not None and self.policy.commit == commit
                self.base = self.policy if same else self._opened(base, found, commit)
            failed.pop_all()
        self._root = repository.root if repository is not None else None

    @property
    def policy_files(self) -> PolicyFiles:
        """Where the policy of this run is read from."""
        return PolicyFiles(self._root, self.policy)

    @property
    def files_before(self) -> PolicyFiles:
        """Where the policy stood before the change."""
        return PolicyFiles(self._root, self.policy or self.base)

    def rules_of_policy(self, folder: Path) -> Path:
        """A folder of local rules as the policy's revision has it, to be run from."""
        if self.policy is None:
            return folder
        from tempfile import TemporaryDirectory

        into = Path(self._kept.enter_context(TemporaryDirectory(prefix="relcheck-")))
        self.policy_files.put(folder, into)
        return into

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def _opened(self, ref: str, repository: Repository, commit: str) -> Revision:
        revision = Revision(repository, ref, commit)
        self._kept.callback(revision.close)
        return revision


class Comparison:
    """What other revisions say about a scan. `said_at` gives the policy as it stands in some files."""

    def __init__(
        self,
        revisions: Revisions,
        workspace: Workspace,
        now: Examination,
        examiner: Examiner,
        known: Known,
        said_at: Callable[[PolicyFiles], Said],
        *,
        jobs: int,
    ) -> None:
        self._revisions = revisions
        self._workspace = workspace
        self._now = now
        self._examiner = examiner
        self._known = known
        self._said_at = said_at
        self._jobs = jobs
        self._pasts: dict[str, Past] = {}
        self._left: list[Left] = []
        self._given_up: dict[str, tuple[str, ...]] = {}
        self._code_cache: Callable[[], Cache] | None = None

    @property
    def base(self) -> Compared | None:
        found = self._revisions.base
        return Compared(self._revisions.base_ref, found.commit) if found is not None else None

    @property
    def policy(self) -> Compared | None:
        found = self._revisions.policy
        return Compared(found.ref, found.commit) if found is not None else None

    def adopted(self, examined: dict[str, Examined]) -> dict[str, Examined]:
        """What the files yield once those are looked at that have left a convention of the policy's revision."""
        if self._revisions.policy is None:
            return examined
        past = self._past(self._revisions.policy)
        self._left = files_left(past, self._examiner, self._workspace, sorted(examined))
        if not self._left:
            return examined
        again = self._examination(examined_all_the_same(self._left, self._examiner), self._workspace.read, Known(None))
        files = {one.path for one in self._left}
        looked = again.of([file for file in self._workspace.targets() if file.path in files])
        return {path: merged(one, looked[path]) if path in looked else one for path, one in examined.items()}

    def with_before(self, project: ProjectView) -> ProjectView:
        """The project with what it was at the base."""
        self._code_cache = project.code_cache
        base = self._revisions.base
        if base is None:
            return project
        past = self._past(base)

        def before() -> ProjectView:
            files = past.examined(past.paths)
            scopes, config, cache = project.scopes, project.config, project.code_cache
            return ProjectView(files, scopes, config, project.today, contents=base.read, code_cache=cache)

        def origin(path: str) -> str | None:
            past.follow([path])
            return past.origin(path)

        return msgspec.structs.replace(project, compared=before, origin=origin)

    @property
    def identity(self) -> str:
        """Tells the base with all that says where files stood there: a commit, and what is in the index."""
        base = self._revisions.base
        return base.identity if base is not None else ""

    def history(self) -> History | None:
        """What was there at the base."""
        base = self._revisions.base
        return History(base.name, self._past(base).is_unchanged) if base is not None else None

    def case(self, case: Case) -> Case:
        """The case of a run whose policy is another revision's: what the change adds silences nothing."""
        if self._revisions.policy is None:
            return case
        earlier = self._earlier(self._revisions.policy, case, case.config)

        def adopted_before(planned: Planned) -> bool:
            names = tuple(name for name in convention_names(planned) if earlier.surroundings.defines([name]))
            if names:
                self._given_up[planned.spec.name] = names
            return bool(names)

        trust = Trust(earlier, case.findings, case.examined)
        now = self._said_now.baseline
        return msgspec.structs.replace(
            case,
            trusts=trust,
            adopted_before=adopted_before,
            moved=self._revisions.policy.moved,
            now=self._case_now(case),
            baseline_now=now or Baseline(case.config.baseline),
        )

    def _case_now(self, case: Case) -> Case | None:
        """The same by today's configuration."""
        config = self._said_now.config
        if config is None:
            return None
        plan = make_plan(case.catalog, config, select=[rule.spec.name for rule in case.plan.rules])
        files_by_rule = case.scopes.count(plan, case.paths, facts_in(case.examined))
        return msgspec.structs.replace(case, config=config, plan=plan, files_by_rule=files_by_rule)

    def judged(self, findings: Sequence[Finding], case: Case) -> list[Finding]:
        """The findings with their status, and what the change does to its own judge."""
        said = list(findings)
        if self._revisions.base is not None:
            baseline = case.baseline if self._revisions.policy is not None else self._said_before.baseline
            said = with_base(said, self._earlier(self._revisions.base, case, self._config_at_base(case), baseline))
        said.extend(self._graded(self._changes(case, findings)))
        return sorted(said, key=lambda one: one.sort_key)

    def _changes(self, case: Case, findings: Sequence[Finding]) -> list[Finding]:
        revision = self._revisions.policy or self._revisions.base
        if revision is None:
            return []
        applied = self._revisions.policy is not None
        before, after = self._said_before, self._said_now
        earlier = self._earlier(revision, case, self._config_at_base(case))
        prefix = case.scopes.prefix

        def moved(path: str) -> str:
            earlier.past.follow([prefix + path])
            return (earlier.past.origin(prefix + path) or prefix + path).removeprefix(prefix)

        found = changes_of(before, after, revision.name, moved, applied=applied)
        found += written_waivers(earlier, findings, case.examined, applied=applied)
        then = f"It has no effect here: the policy is that of {revision.name}"
        found += [policy_finding(one.path, 1, f"this change {one.said}. {then}", key="import") for one in self._left]
        for rule, names in sorted(self._given_up.items()):
            what = f"deletes the definition of {', '.join(names)}, by which the project had adopted {rule}"
            found.append(policy_finding(case.config.file or ".", 1, f"this change {what}. {then}", key=rule))
        return found

    def _graded(self, changes: Sequence[Finding]) -> list[Finding]:
        """With the severity that the policy of before gives them: the change has no say in it."""
        before = self._said_before.config
        if before is None:
            return list(changes)
        settings = before.rule(POLICY_CHANGED)
        if settings.enabled is False:
            return []
        return [replace(one, severity=settings.severity or one.severity) for one in changes]

    @cached_property
    def _said_now(self) -> Said:
        return self._said_at(PolicyFiles(None, None))

    @cached_property
    def _said_before(self) -> Said:
        return self._said_at(self._revisions.files_before)

    def _config_at_base(self, case: Case) -> Config:
        """The configuration whose waivers held at the base."""
        if self._revisions.policy is not None:
            return case.config
        there = self._said_before.config
        if there is None:
            return msgspec.structs.replace(case.config, waivers=())
        return case.config if there.digest == case.config.digest else there

    def _earlier(self, revision: Revision, case: Case, config: Config, baseline: Baseline | None = None) -> Earlier:
        return Earlier(self._past(revision), case, self._examiner, config, baseline, code_cache=self._code_cache)

    def _past(self, revision: Revision) -> Past:
        if revision.commit not in self._pasts:
            then = self._examination(self._examiner, revision.read, self._known)
            self._pasts[revision.commit] = Past(revision, self._workspace, self._now, then)
        return self._pasts[revision.commit]

    def _examination(self, examiner: Examiner, read: Callable[[str], bytes], known: Known) -> Examination:
        return Examination(examiner, known, read, self._workspace.blob_id, jobs=self._jobs)
