"""Which files a change has not touched: those of the base, or of the default branch where no base is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.files import git
from relcheck.engine.files.git import Repository
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.revisions.revision import Revision

if TYPE_CHECKING:
    from relcheck.engine.examining.examination import Examination

_DEFAULT_BRANCHES = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)


class History(msgspec.Struct, frozen=True):
    """A revision that stands for what was there before. `has` says of a scanned file whether it holds the same."""

    name: str
    has: Callable[[str], bool]


def history_of(repository: Repository, name: str, commit: str, now: Examination) -> History:
    """The history that a commit stands for. `now` has looked at the scanned files."""
    revision = Revision(repository, name, commit)

    def has(path: str) -> bool:
        try:
            return path in revision.files and revision.files[path] == now.content_id(path)
        except ContentError:
            return False

    return History(name, has)


def default_branch(repository: Repository) -> tuple[str, str] | None:
    """What people call the default branch, and its commit; None where this clone has none of the usual names.
    Raises GitError."""
    for ref in _DEFAULT_BRANCHES:
        commit = git.commit_id(repository, ref)
        if commit is not None:
            return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/"), commit
    return None
