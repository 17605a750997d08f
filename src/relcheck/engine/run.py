"""A whole scan: configuration, files, rules, verdict."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING

import msgspec

from relcheck.config import Config, find_config, load_config
from relcheck.engine.catalog import load_catalog, make_rule
from relcheck.engine.discover import SourceFile, Workspace, open_workspace
from relcheck.engine.examine import NOTHING, Broken, Examined, Examiner, TooDeepError, Work
from relcheck.engine.git import find_repository
from relcheck.engine.judge import Case, judge
from relcheck.engine.packed import pack, unpack
from relcheck.engine.plan import Plan, Scopes, make_plan
from relcheck.engine.project import Surroundings, check_project
from relcheck.engine.worktree import ContentError
from relcheck.model.finding import Finding
from relcheck.model.outcome import Outcome, RuleRecord
from relcheck.sdk.rule import ProjectRule
from relcheck.sdk.spec import Catalog, RuleSpec
from relcheck.sources.globs import Globs
from relcheck.sources.python.syntax import Source

if TYPE_CHECKING:
    from relcheck.engine.cache import Cache

LOCAL_RULES = ".relcheck/rules"
"""Where a repository keeps rules of its own, unless the configuration says otherwise."""

_ABOUT_FILES = frozenset({"relcheck/nothing-checked", "relcheck/rule-crashed"})
"""Findings that are not about a line."""

_LFS = b"version https://git-lfs.github.com/spec/"
_FRAMES = 10_000
"""Python frames allowed while trees are looked at."""

_HELD = 32 * 1024 * 1024
"""Bytes of files that are held in memory from the look at their words until they are parsed."""

_WORTH_WORKERS = 1_500_000
"""Bytes to parse from which processes of our own pay for their start."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks of a scan. `paths` and `config` are as given, relative to `cwd`; `jobs` 0 leaves the number
    to relcheck."""

    cwd: Path
    paths: tuple[Path, ...] = ()
    config: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    staged: bool = False
    stdin: tuple[str, bytes] | None = None
    prefilter: bool = True
    cache: bool = True
    jobs: int = 0
    today: date
    packs: tuple[str, ...] = ()
    allow_local_code: bool = False
    stats: bool = False


class Ground(msgspec.Struct, frozen=True):
    """Where a scan takes place: the repository's root, the folder that the configuration governs, and what it says."""

    root: Path
    scope: Path
    catalog: Catalog
    config: Config

    @property
    def prefix(self) -> str:
        """The scope relative to the root: empty, or a folder with a slash behind it."""
        relative = self.scope.relative_to(self.root).as_posix()
        return "" if relative == "." else f"{relative}/"


def find_ground(request: Request) -> Ground:
    """Root, scope, rules and configuration. Raises ConfigError, RuleError and GitError."""
    start = _common_folder(request.cwd, request.paths)
    repository = find_repository(start)
    root = repository.root if repository is not None else None
    file = request.cwd / request.config if request.config is not None else find_config(start, stop=root)
    scope = file.parent.resolve() if file is not None and request.config is None else (root or start)
    catalog = load_catalog(request.packs)
    shown = _shown(file, root or scope) if file is not None else ""
    config = load_config(file, shown_as=shown, catalog=catalog, root=root)
    local = scope / (config.local_rules or LOCAL_RULES)
    if request.allow_local_code and local.is_dir():
        catalog = load_catalog(request.packs, local=local)
        config = load_config(file, shown_as=shown, catalog=catalog, root=root)
    return Ground(root or scope, scope, catalog, config)


def scan(request: Request) -> tuple[Outcome, Config]:
    """Run the scan. Raises what `find_ground` raises, DiscoveryError and SelectionError."""
    clock = _Clock()
    ground = find_ground(request)
    plan = make_plan(
        ground.catalog, ground.config, select=request.select, ignore=request.ignore, prefilter=request.prefilter
    )
    with open_workspace(
        ground.scope,
        [request.cwd / path for path in request.paths],
        exclude=Globs(ground.config.exclude),
        staged=request.staged,
        stdin=request.stdin,
    ) as workspace:
        clock.lap("start")
        return _Scan(request, ground, plan, workspace).outcome(clock), ground.config


class _Scan:
    """The state of one scan: results by path, and what is to be kept."""

    def __init__(self, request: Request, ground: Ground, plan: Plan, workspace: Workspace) -> None:
        self.request = request
        self.ground = ground
        self.plan = plan
        self.workspace = workspace
        self.scopes = Scopes(ground.prefix)
        self.examiner = Examiner(plan, self.scopes, make_rule)
        self.lost = 0
        self.crashed: dict[str, Examined] = {}
        self.stats: dict[str, str] = {}
        self._notes: list[str] = []
        self._fresh: dict[tuple[str, str], bytes] = {}
        self._left_out: dict[str, list[str]] = {}
        self._surroundings: Surroundings | None = None
        self._scanned: dict[str, Examined] = {}
        self._asked: set[str] = set()
        self._held: dict[str, bytes] = {}
        self._reread: dict[str, str] = {}

    @cached_property
    def _cache(self) -> Cache:
        from relcheck.engine.cache import FOLDER, Cache

        refused = self.workspace.tracks(FOLDER)
        if refused:
            self._notes.append(f"{FOLDER} is tracked by git, so it is not trusted: remove it with git rm -r {FOLDER}")
        return Cache(self.ground.root, f"{self.plan.digest}:{self.ground.prefix}", usable=not refused)

    def outcome(self, clock: _Clock) -> Outcome:
        """Look at the files that are asked for, and judge what was found."""
        targets = self.workspace.targets()
        clock.lap("discovery")
        with _ready_for_trees():
            examined = self.examine(targets)
        clock.lap("files")
        findings = [one for result in examined.values() for one in result.findings]
        findings.extend(self.project_findings(examined))
        files_by_rule = self.files_by_rule(targets)
        case = Case(
            catalog=self.ground.catalog,
            config=self.ground.config,
            plan=self.plan,
            scopes=self.scopes,
            examined={**examined, **self.crashed},
            findings=findings,
            surroundings=self.surroundings,
            paths=[file.path for file in targets],
            complete=not self.workspace.partial,
            today=self.request.today,
            files_by_rule=files_by_rule,
        )
        judged = tuple(self.with_line(one) for one in judge(case))
        self.keep()
        clock.lap("verdict")
        return Outcome(
            root=str(self.workspace.root),
            findings=judged,
            files=len(targets) - self.lost,
            parsed=sum(one.parsed for one in examined.values()),
            partial=self.workspace.partial,
            rules=tuple(_record(rule.spec, files_by_rule) for rule in self.plan.rules),
            rules_skipped=self.plan.skipped,
            not_examined=self.not_examined(),
            notes=(*self.workspace.notes, *self._notes),
            stats={**clock.laps, **self.stats} if self.request.stats else {},
        )

    def examine(self, files: Sequence[SourceFile]) -> dict[str, Examined]:
        """What each file yields: from the cache, by a look at its words, or by parsing it."""
        results: dict[str, Examined] = {}
        works: list[Work] = []
        contents: dict[str, str] = {}
        size = 0
        for file in files:
            known = self._cached(file.path, file.blob) if file.blob is not None else None
            if not self.examiner.concerns(file.path):
                known = NOTHING
            data = self._read(file.path, results) if known is None else None
            work = self.examiner.sift(file.path, data) if data is not None else None
            if work is not None and data is not None:
                content = contents[file.path] = self.workspace.blob_id(data)
                known = self._cached(file.path, content) if content != file.blob else None
                if known is None:
                    works.append(work)
                    size += len(data)
                    if size <= _HELD:
                        self._held[file.path] = data
            elif data is not None:
                known = NOTHING
                if file.blob is not None and self.request.cache:
                    self._fresh[(file.path, self.workspace.blob_id(data))] = b""
            if known is not None:
                results[file.path] = known
        for work, result in self._parse(works, size):
            results[work.path] = result
            changed = self._reread.get(work.path, contents[work.path]) != contents[work.path]
            if result.broken is None and not result.crashes and not changed:
                self._fresh[(work.path, contents[work.path])] = pack(result)
        self.stats["files that a parser had to read"] = str(len(works))
        self._held.clear()
        self._asked.update(file.path for file in files)
        self._scanned.update(results)
        return {path: results[path] for path in sorted(results)}

    def project_findings(self, examined: Mapping[str, Examined]) -> list[Finding]:
        """The findings of project rules in the scanned files."""
        found: list[Finding] = []
        for planned in self.plan.project_rules:
            if not any(planned.spec.name in one.facts for one in examined.values()):
                continue
            rule = self.examiner.make(planned)
            if not isinstance(rule, ProjectRule):
                continue
            findings, crashes = check_project(planned, rule, self.surroundings().files, self.scopes)
            if crashes:
                self.crashed["."] = Examined(crashes=tuple(crashes))
            found.extend(one for one in findings if one.path in examined)
        return found

    def surroundings(self) -> Surroundings:
        """What every file of the project yields; on a partial scan the files that were not asked for are looked at
        now."""
        if self._surroundings is None:
            others = [one for one in self.workspace.project_files() if one.path not in self._asked]
            self.examine(others)
            self._surroundings = Surroundings(dict(self._scanned))
        return self._surroundings

    def files_by_rule(self, files: Sequence[SourceFile]) -> dict[str, int]:
        """How many of the files each rule is about."""
        counts: dict[tuple[tuple[str, ...], tuple[str, ...] | None], int] = {}
        for rule in self.plan.rules:
            place = rule.spec.files, rule.scope
            if place not in counts:  # most rules are about the same files
                counts[place] = sum(self.scopes.concern(rule, file.path) for file in files)
        return {rule.spec.name: counts[rule.spec.files, rule.scope] for rule in self.plan.rules}

    def not_examined(self) -> dict[str, tuple[str, ...]]:
        """Reasons for which files were left out, with the files."""
        reasons = {reason: list(paths) for reason, paths in self.workspace.not_examined.items()}
        for reason, paths in self._left_out.items():
            reasons.setdefault(reason, []).extend(paths)
        return {reason: tuple(sorted(paths)) for reason, paths in sorted(reasons.items()) if paths}

    def keep(self) -> None:
        """Store what was worked out for the next run."""
        if self.request.cache and self._fresh:
            self._cache.put(self._fresh)

    def _cached(self, path: str, content: str) -> Examined | None:
        if not self.request.cache:
            return None
        kept = self._cache.get(path, content)
        if kept is None:
            return None
        try:
            return unpack(kept, Examined) if kept else NOTHING
        except msgspec.MsgspecError:
            return None

    def _read(self, path: str, results: dict[str, Examined]) -> bytes | None:
        try:
            data = self.workspace.read(path)
        except ContentError as error:
            if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                self._leave_out("vanished during the scan", path)
                return None
            rules = tuple(rule.spec.name for rule in self.plan.rules if self.scopes.concern(rule, path))
            results[path] = Examined(broken=Broken(str(error), rules=rules)) if rules else NOTHING
        else:
            if not data.startswith(_LFS):
                return data
            self._leave_out("LFS pointer", path)
        return None

    def _leave_out(self, reason: str, path: str) -> None:
        self._left_out.setdefault(reason, []).append(path)
        self.lost += 1

    def _parse(self, works: Sequence[Work], size: int) -> Iterator[tuple[Work, Examined]]:
        jobs = self.request.jobs or (_processors() if size >= _WORTH_WORKERS else 1)
        deep = list(works) if jobs > 1 else []
        for work in works if jobs == 1 else ():
            try:
                yield work, self.examiner.read(work, self._content(work.path))
            except TooDeepError:
                deep.append(work)
        if deep:
            from relcheck.engine.workers import Pool

            yield from Pool(self.plan, self.ground.prefix, jobs).read_all(deep, self._content)

    def _content(self, path: str) -> bytes:
        """The bytes of a file that was sifted: as they were then where they could be held, else as they are now."""
        if path in self._held:
            return self._held[path]
        try:
            data = self.workspace.read(path)
        except ContentError:
            data = b""
        self._reread[path] = self.workspace.blob_id(data)
        return data

    def with_line(self, finding: Finding) -> Finding:
        """The finding with the source line for people to read, where the rule did not see it."""
        if finding.snippet is not None or finding.rule in _ABOUT_FILES:
            return finding
        try:
            source = Source(self.workspace.read(finding.path).decode("utf-8", "replace"))
        except ContentError:
            return finding
        number = finding.region.line
        return replace(finding, snippet=source.line(number)) if number <= len(source.starts) else finding


@contextmanager
def _ready_for_trees() -> Iterator[None]:
    """Trees are free of cycles: looking for some doubles the time of parsing. libcst writes them recursively."""
    enabled, frames = gc.isenabled(), sys.getrecursionlimit()
    gc.disable()
    sys.setrecursionlimit(max(frames, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(frames)
        if enabled:
            gc.enable()


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
    return RuleRecord(spec.name, spec.summary, spec.severity, files.get(spec.name, 0))


def _common_folder(cwd: Path, paths: Sequence[Path]) -> Path:
    """The folder that holds everything that is asked for, from which a configuration is looked for upwards."""
    if not paths:
        return cwd.resolve()
    given = [(cwd / path).absolute() for path in paths]
    return Path(os.path.commonpath([_folder_of(path) for path in given]))


def _folder_of(path: Path) -> Path:
    """The nearest folder that is there; that a path is not, or may not be looked at, discovery tells."""
    while not os.path.isdir(path) and path != path.parent:  # noqa: PTH112  # Path.is_dir() raises where it may not look
        path = path.parent
    return path.resolve()


def _shown(file: Path, root: Path) -> str:
    """The name of a configuration file in messages: relative to the repository's root, as all paths are."""
    try:
        return file.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(file)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
