"""A repository as GitHub has it, the events that happen to it, and what actions/checkout makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from project import Project

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "0" * 40
"""What GitHub calls the commit before the first one."""


@dataclass(frozen=True)
class Happened:
    """An event: its name and payload, and the commit and ref that the run is for."""

    name: str
    sha: str
    ref: str
    payload: dict[str, object] = field(default_factory=dict)


class Origin(Project):
    """The repository `team/shop`. Its default branch is `main`."""

    def commit_on(self, branch: str, files: dict[str, str], *, start: str = "main") -> str:
        """A commit with these files on a branch, which is begun at `start` if it is not there."""
        if branch != self.git("branch", "--show-current"):
            known = self.git("branch", "--list", branch)
            self.git("checkout", "--quiet", *([branch] if known else ["-b", branch, start]))
        for path, content in files.items():
            self.write(path, content)
        self.commit(f"on {branch}")
        return self.git("rev-parse", "HEAD")

    def push(self, branch: str = "main", *, before: str | None = None) -> Happened:
        """The event of a push that leaves the branch as it is now."""
        sha = self.git("rev-parse", branch)
        before = self.git("rev-parse", f"{branch}~1") if before is None else before
        return Happened("push", sha, f"refs/heads/{branch}", {"before": before, **self._about()})

    def pull_request(self, branch: str, *, fork: str | None = None, name: str = "pull_request") -> Happened:
        """The event of a pull request into `main`, with the merge commit that GitHub makes for it."""
        base, head = self.git("rev-parse", "main"), self.git("rev-parse", branch)
        tree = self._merged_tree("main", branch)
        merged = self.git("commit-tree", tree, "-p", base, "-p", head, "-m", "merge")
        self.git("update-ref", "refs/pull/1/merge", merged)
        theirs = {"full_name": fork or "team/shop", "fork": fork is not None}
        sides = {
            "base": {"sha": base, "ref": "main", "repo": {"full_name": "team/shop", "fork": False}},
            "head": {"sha": head, "ref": branch, "repo": theirs},
        }
        request = {"number": 1, "user": {"login": "mallory"}, **sides}
        return Happened(name, merged, "refs/pull/1/merge", {"pull_request": request, **self._about()})

    def merge_group(self, branch: str) -> Happened:
        """The event of a merge queue that is about to merge a branch."""
        base, head = self.git("rev-parse", "main"), self.git("rev-parse", branch)
        ref = "refs/heads/gh-readonly-queue/main/pr-1"
        self.git("update-ref", ref, head)
        group = {"merge_group": {"base_sha": base, "head_sha": head, "base_ref": "refs/heads/main"}}
        return Happened("merge_group", head, ref, {**group, **self._about()})

    def by_hand(self, name: str = "workflow_dispatch") -> Happened:
        return Happened(name, self.git("rev-parse", "main"), "refs/heads/main", self._about())

    def check_out(self, event: Happened, workspace: Path, *, depth: int = 0) -> Project:
        """What actions/checkout leaves: with `fetch-depth: 0` all branches, else one commit with so much history."""
        clone = Project(workspace)
        what = [f"+{event.sha}:refs/remotes/checked-out"]
        what += [f"--depth={depth}"] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
        clone.git("fetch", "--quiet", "--no-tags", self.root.as_uri(), *what)
        clone.git("checkout", "--quiet", "--force", "--detach", event.sha)
        return clone

    def _about(self) -> dict[str, object]:
        return {"repository": {"full_name": "team/shop", "default_branch": "main"}}

    def _merged_tree(self, base: str, head: str) -> str:
        return self.git("merge-tree", "--write-tree", base, head).splitlines()[0]
