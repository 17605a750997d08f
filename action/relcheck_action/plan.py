"""The first step: what is scanned, what it is compared with, whose policy holds, and which cache is used."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

from relcheck_action.event import Event, read_event
from relcheck_action.git import Repository
from relcheck_action.runner import Environment, Stop, folder, given, say, set_output, switch

ROOT = Path(__file__).resolve().parents[2]
"""The action's own checkout, where action.yml stands."""

_CACHE = ".relcheck_cache"
_DEEPEN = "Give actions/checkout `fetch-depth: 0`"
_TRUSTED_TO_SAVE = ("push", "schedule", "workflow_dispatch")


def plan(environment: Environment) -> int:
    """Raises Stop where a comparison that was asked for cannot be made: there is no smaller one in its place."""
    workspace = folder(environment, "GITHUB_WORKSPACE").resolve()
    target = _working_folder(environment, workspace)
    repository = Repository(target, stop=workspace)
    event = event_of(environment)
    comparison = Comparison(repository, event)
    base = comparison.base(given(environment, "BASE") or "auto")
    policy = comparison.policy(given(environment, "POLICY_FROM") or "auto", base)
    say(f"compared with: {base or 'nothing, all findings count'}")
    say(f"policy read from: {policy or 'the checked-out tree'}")
    temporary = tempfile.mkdtemp(prefix="relcheck-", dir=folder(environment, "RUNNER_TEMP"))
    outputs = {"folder": temporary, "working-folder": str(target), "base": base, "policy": policy}
    for name, value in (outputs | _cache(environment, repository, event, workspace)).items():
        set_output(environment, name, value)
    return 0


class Comparison:
    """The revisions of one run, in one clone."""

    def __init__(self, repository: Repository, event: Event) -> None:
        """Raises Stop where the clone does not hold the change that the run is about."""
        self._repository = repository
        self._event = event
        if event.name == "pull_request_target":
            raise Stop(
                "pull_request_target checks out the base branch, so nothing of the pull request would be checked. "
                "Use the event pull_request"
            )
        head = repository.commit("HEAD")
        if head is None:
            raise Stop(f"{repository.root} has no commit that could be checked. Run actions/checkout before this step")
        self._head = head
        if event.head and head not in (event.head, event.checked_out):
            self._needed(event.head, "the newest commit of the change")
            if not repository.holds(event.head, head):
                raise Stop(
                    f"the checked-out tree does not hold the change ({event.head}), so the check would say nothing of "
                    "it. Leave out `ref` of actions/checkout"
                )

    def base(self, wanted: str) -> str:
        """The commit to compare with: an id, or nothing."""
        if wanted == "none":
            return ""
        if wanted == "auto":
            return self._base_of_event()
        return self._merge_base(self._needed(wanted, "the base"))

    def policy(self, wanted: str, base: str) -> str:
        """The commit whose configuration, waivers and baseline hold: an id, or nothing for those of the tree."""
        if wanted == "auto":
            return self._base_of_event() if self._event.from_fork else ""
        if wanted == "base":
            return base or self._base_of_event()
        return "" if wanted == "none" else self._needed(wanted, "the revision of policy-from")

    def _base_of_event(self) -> str:
        event = self._event
        if event.name == "push":
            return self._base_of_push()
        return self._merge_base(self._newest_base()) if event.base or event.from_fork else ""

    def _newest_base(self) -> str:
        """GitHub merges a pull request into the base branch as it is now, which may be newer than the event says."""
        if self._head == self._event.checked_out:
            match self._repository.parents(self._head):
                case [base, head] if head == self._event.head:
                    return base
        return self._needed(self._event.base, "the base of the change")

    def _base_of_push(self) -> str:
        """What was there before; for a new branch the default branch; nothing for the first commit or after a force."""
        event, repository = self._event, self._repository
        before = self._found(event.base, "the commit before the push") if event.base else None
        if before is None and event.default_branch and event.branch and not event.on_default_branch:
            before = self._found(f"refs/remotes/origin/{event.default_branch}", "the default branch")
        if before is None:
            return ""
        if repository.is_shallow():
            return self._merge_base(before)
        return repository.merge_base(before, self._head) or ""

    def _found(self, revision: str, what: str) -> str | None:
        """The id of a commit that a whole clone need not have; a shallow one cannot tell whether there is one."""
        shallow = self._repository.is_shallow()
        return self._needed(revision, what) if shallow else self._repository.commit(revision)

    def _merge_base(self, base: str) -> str:
        found = self._repository.merge_base(base, self._head)
        if found is None:
            hint = _DEEPEN if self._repository.is_shallow() else "Compare with a branch that it was made from"
            raise Stop(f"the clone has no common history of {base} and the checked-out tree. {hint}")
        return found

    def _needed(self, revision: str, what: str) -> str:
        found = self._repository.commit(revision)
        if found is None:
            shallow = self._repository.is_shallow()
            hint = f"The clone is shallow. {_DEEPEN}" if shallow else f"{_DEEPEN}, or correct the name"
            raise Stop(f"{what} ({revision}) is not in the clone, so there is nothing to compare with. {hint}")
        return found


def _working_folder(environment: Environment, workspace: Path) -> Path:
    name = given(environment, "WORKING_DIRECTORY") or "."
    target = (workspace / name).resolve()
    if not target.is_relative_to(workspace):
        raise Stop(f"the working-directory {name!r} leads out of the workspace. Name a folder of the checked-out tree")
    if not target.is_dir():
        raise Stop(f"the working-directory {name!r} is no folder. Name one of the checked-out tree")
    if target != Path(os.path.normpath(workspace / name)):
        raise Stop(
            f"the working-directory {name!r} is a link, or lies behind one, so the policy for it would not be found. "
            "Name the folder itself"
        )
    return target


def event_of(environment: Environment) -> Event:
    """What GitHub says of this run. Raises Stop."""
    file = folder(environment, "GITHUB_EVENT_PATH")
    try:
        payload = json.loads(file.read_bytes())
    except (OSError, ValueError) as problem:
        raise Stop(f"the event of this run cannot be read: {problem}") from None
    return read_event(
        environment.get("GITHUB_EVENT_NAME", ""),
        payload,
        commit=environment.get("GITHUB_SHA", ""),
        ref=environment.get("GITHUB_REF", ""),
    )


def _cache(environment: Environment, repository: Repository, event: Event, workspace: Path) -> dict[str, str]:
    """Where the cache is, by what it is found, and whether this run may save it. No path: no cache."""
    path = repository.root / _CACHE
    if not switch(environment, "CACHE") or path.is_symlink() or repository.tracks(_CACHE):
        return {"cache-path": "", "cache-prefix": "", "cache-key": "", "save-cache": "false"}
    digest = hashlib.sha256()
    for part in (ROOT / "action" / "requirements.txt", ROOT / "src" / "relcheck" / "__init__.py"):
        digest.update(part.read_bytes())
    # Relative: actions/cache finds nothing that was saved under another path, and workspaces differ.
    place = path.relative_to(workspace).as_posix()
    digest.update(f"{given(environment, 'VERSION')}\0{place}".encode())
    system = "-".join(environment.get(name, "") for name in ("RUNNER_OS", "RUNNER_ARCH"))
    prefix = f"relcheck-{system}-{digest.hexdigest()[:16]}-"
    save = event.on_default_branch and event.name in _TRUSTED_TO_SAVE
    return {
        "cache-path": place,
        "cache-prefix": prefix,
        "cache-key": f"{prefix}{event.checked_out}",
        "save-cache": str(save).lower(),
    }
