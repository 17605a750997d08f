"""What the action asks git about the checked-out repository, which is not trusted: plumbing only, ids only."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from relcheck_action.runner import Stop

_HARDENED = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
_NO_NETWORK = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Repository:
    """The repository around a folder of the workspace."""

    def __init__(self, start: Path, *, stop: Path) -> None:
        """`start` is looked at first, then the folders above it, up to `stop`. Raises Stop where there is none."""
        above = [one for one in (start, *start.parents) if one.is_relative_to(stop)]
        roots = [one for one in above if (one / ".git").exists()]
        if not roots:
            raise Stop(f"there is no git repository in {start}. Run actions/checkout before this step")
        self.root = roots[0]
        self._program = _git_outside_of(stop)

    def commit(self, revision: str) -> str | None:
        """The id of a commit; None where the clone does not have it."""
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        return found if found is not None and _OBJECT_ID.fullmatch(found) else None

    def parents(self, commit: str) -> list[str]:
        """The ids of its parents, as far as the clone has them."""
        numbered = (self.commit(f"{commit}^{number}") for number in (1, 2))
        return [parent for parent in numbered if parent is not None]

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit that both have in their history; None where the clone knows of none."""
        return self._ask("merge-base", one, other)

    def holds(self, commit: str, within: str) -> bool:
        """Whether a commit is in the history of another."""
        return self._ask("merge-base", "--is-ancestor", commit, within) is not None

    def is_shallow(self) -> bool:
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def tracks(self, path: str) -> bool:
        """Whether anything at this path is tracked."""
        return bool(self._ask("ls-files", "-z", "--", path))

    def _ask(self, *arguments: str) -> str | None:
        """What git prints; None where it ends with an error."""
        # Named, so that git searches nothing; an owner other than ours is usual in containers, and nothing obeys it.
        place = (f"--git-dir={self.root / '.git'}", f"--work-tree={self.root}")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            [self._program, *_HARDENED, *place, *arguments],
            cwd=self.root,
            env=kept | _NO_NETWORK,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None


def _git_outside_of(workspace: Path) -> str:
    """The git program of PATH; a change could bring along one that lies in the workspace."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    safe = [str(one) for one in folders if one.is_absolute() and not one.resolve().is_relative_to(workspace)]
    program = shutil.which("git", path=os.pathsep.join(safe)) if safe else None
    if program is None:
        raise Stop("there is no git program on PATH. Install git before this step")
    return program
