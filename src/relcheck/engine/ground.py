"""Where a scan takes place: what is asked for, the folder that is governed, its configuration and its baseline."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from relcheck.config import Config, ConfigError, Problem, find_config, load_config
from relcheck.engine.catalog import load_catalog
from relcheck.engine.files.git import find_repository
from relcheck.model.severity import Severity
from relcheck.sdk.spec import Catalog

if TYPE_CHECKING:
    from relcheck.engine.exceptions.baseline import Baseline
    from relcheck.engine.revisions.comparison import Revisions
    from relcheck.engine.revisions.policy import PolicyFiles

LOCAL_RULES = ".relcheck/rules"
"""Where a repository keeps rules of its own, unless the configuration says otherwise."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asks of a scan. `paths` and `config` are as given, relative to `cwd`; `jobs` 0 leaves the number
    to relcheck. `base` and `policy_from` are git's names of revisions. `fail_on` goes before the configuration.
    `history` says that migrations are gated that were there before, `signoffs` is the file that says who has signed,
    `rendered` one of SQL that the team rendered from its migrations.
    With a `stage` its rules run, and no others."""

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
    base: str | None = None
    policy_from: str | None = None
    fail_on: Severity | None = None
    history: bool = False
    signoffs: Path | None = None
    rendered: Path | None = None
    stage: str = ""


class Ground(msgspec.Struct, frozen=True):
    """Where a scan takes place: the repository's root, the folder that the configuration governs, and what it says."""

    root: Path
    scope: Path
    catalog: Catalog
    config: Config

    @property
    def local_rules(self) -> Path:
        """The folder of the repository's own rules, whether it is there or not."""
        return self.scope / (self.config.local_rules or LOCAL_RULES)

    @property
    def prefix(self) -> str:
        """The scope relative to the root: empty, or a folder with a slash behind it."""
        relative = self.scope.relative_to(self.root).as_posix()
        return "" if relative == "." else f"{relative}/"


def find_ground(request: Request, revisions: Revisions | None = None) -> Ground:
    """Root, scope, rules and configuration, from the disk or where the policy comes from. Raises ConfigError, RuleError
    and GitError."""
    policy = revisions.policy_files if revisions is not None else None
    ground = ground_by(request, load_catalog(request.packs), policy)
    local = ground.local_rules
    if request.allow_local_code:
        if revisions is not None and revisions.policy is not None:
            local = revisions.rules_of_policy(local)
        else:
            refuse_rules_elsewhere(ground.root, local)
        if local.is_dir():
            ground = ground_by(request, load_catalog(request.packs, local=local), policy)
    return ground


def refuse_rules_elsewhere(root: Path, folder: Path) -> None:
    """ConfigError where the folder of a repository's own rules is a link, or below one, that leads out of it."""
    if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
        message = "it leads out of the repository; rules that are allowed to run must stand in it"
        raise ConfigError(Problem(message, os.path.relpath(folder, root)))


def ground_by(request: Request, catalog: Catalog, policy: PolicyFiles | None) -> Ground:
    """Root, scope and configuration for rules that are known. Raises ConfigError and GitError."""
    start = common_folder(request.cwd, request.paths)
    repository = find_repository(start)
    root = repository.root if repository is not None else None
    read = policy.reader if policy is not None else None
    given = request.cwd / request.config if request.config is not None else None
    file = given or find_config(start, stop=root, read=read)
    scope = file.parent.resolve() if file is not None and given is None else (root or start)
    shown = shown_path(file, root or scope) if file is not None else ""
    config = load_config(file, shown_as=shown, catalog=catalog, root=root, read=read)
    return Ground(root or scope, scope, catalog, config)


def find_baseline(ground: Ground, policy: PolicyFiles | None = None) -> Baseline | None:
    """The baseline: the one place where a scan reads it, from the disk or where the policy comes from. Raises
    ConfigError and GitError."""
    from_disk = policy is None or policy.reader is None
    if from_disk and not os.path.lexists(ground.scope / ground.config.baseline):
        return None
    from relcheck.engine.exceptions.baseline_file import read_baseline

    return read_baseline(ground, None if from_disk else policy)


def common_folder(cwd: Path, paths: Sequence[Path]) -> Path:
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


def shown_path(file: Path, root: Path) -> str:
    """The name of a configuration file in messages: relative to the repository's root, as all paths are."""
    try:
        return file.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(file)
