"""Which files a change has not touched: those of the base, or of the default branch where no base is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec

from relcheck.engine.files import git
from relcheck.engine.files.git import Repository
from relcheck.engine.files.worktree import ContentError
from relcheck.engine.revisions.revision import Revision

if TYPE_CHECKING:
    from relcheck.engine.examining.examination import Examination

_MOST_TAGS = 100
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
    return History(name, lambda path: _has(revision, path, now))


class Then(msgspec.Struct, frozen=True):
    """The branch as it was. `files` are those that are otherwise now, with what they held; None where the history does
    not reach that far: `cut_off` says that this clone has only a part of it. `name` is the release that it was."""

    files: Mapping[str, bytes] | None
    cut_off: bool = False
    name: str = ""


def then(
    repository: Repository,
    now: Examination,
    today: date,
    days: int,
    wanted: Callable[[str], bool],
    *,
    releases: int = 0,
) -> Then:
    """What the branch was so many days ago at the end of the day, as far as files are wanted; with `releases`, what it
    was at the release that lies so many releases back (1 is the last), by its tags, and at the first one where there
    are fewer. `now` has looked at the scanned files. Raises GitError."""
    if releases:
        tags = git.tagged_commits(repository, releases)
        name, commit = tags[-1] if tags else ("", None)
        return _at(repository, now, commit, wanted, name)
    commit = git.commit_before(repository, f"{today - timedelta(days=days)}T23:59:59Z")
    return _at(repository, now, commit, wanted)


def _at(
    repository: Repository, now: Examination, commit: str | None, wanted: Callable[[str], bool], name: str = ""
) -> Then:
    if commit is None:
        return Then(None, cut_off=repository.is_shallow())
    revision = Revision(repository, commit, commit)
    try:
        differing = (path for path in sorted(revision.files) if wanted(path) and not _has(revision, path, now))
        return Then({path: revision.read(path) for path in differing}, name=name)
    finally:
        revision.close()


def _has(revision: Revision, path: str, now: Examination) -> bool:
    """Whether a file holds the same in a revision as it does now."""
    try:
        return path in revision.files and revision.files[path] == now.content_id(path)
    except ContentError:
        return False


def default_branch(repository: Repository) -> tuple[str, str] | None:
    """What people call the default branch, and its commit; None where this clone has none of the usual names.
    Raises GitError."""
    found = git.commits_of(repository, _DEFAULT_BRANCHES)
    return next(
        ((ref.removeprefix("refs/heads/").removeprefix("refs/remotes/"), commit) for ref, commit in found.items()), None
    )


def past_of(repository: Repository) -> str:
    """All that history is told from: the commits of HEAD and of the default branch, the tags, and where the history was
    cut off. Raises GitError."""
    said = [
        git.commit_id(repository, "HEAD"),
        default_branch(repository),
        git.tagged_commits(repository, _MOST_TAGS),
        repository.cut_off().decode("ascii", "replace"),
    ]
    return msgspec.json.encode(said).decode()
