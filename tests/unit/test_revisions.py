"""The files of another revision are told from the index and from what it has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files.git import find_repository
from relcheck.engine.revisions.revision import Revision, RevisionError, find_base, find_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import GitLog, Repo

LONG = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def opened(repo: Repo) -> Iterator[Callable[..., Revision]]:
    """Opens a revision of `repo`, or of another one."""
    revisions: list[Revision] = []

    def open_it(ref: str = "HEAD", other: Repo | None = None) -> Revision:
        repository, commit = find_policy(find_repository((other or repo).root), ref)
        revision = Revision(repository, ref, commit)
        revisions.append(revision)
        return revision

    yield open_it
    for revision in revisions:
        revision.close()


def _listed(repo: Repo, ref: str = "HEAD") -> dict[str, str]:
    """The regular files by git's own word."""
    files = {}
    for line in filter(None, repo.git("ls-tree", "-r", "-z", ref).split("\0")):
        facts, _, path = line.partition("\t")
        mode, _, blob = facts.split()
        if mode.startswith("100"):
            files[path] = blob
    return files


def _change_all(repo: Repo) -> None:
    repo.write("moved.py", LONG)
    repo.commit("edited.py", "gone.py", "kept.py", "café.py", "a b.py", 'quoted".py', "new\nline.py")
    repo.write("edited.py", "x = 2\n")
    repo.write("added.py", "x = 3\n")
    (repo.root / "gone.py").unlink()
    (repo.root / "moved.py").rename(repo.root / "there.py")
    repo.write("there.py", LONG + "more\n")


def test_the_files_of_a_revision_are_those_that_git_lists(repo: Repo, opened: Callable[..., Revision]) -> None:
    _change_all(repo)
    for _ in ("not staged", "staged", "committed"):
        assert opened("HEAD").files == _listed(repo)
        repo.git("add", "--all")
    first = repo.git("rev-parse", "HEAD")
    repo.commit()

    assert opened(first).files == _listed(repo, first)
    assert opened("HEAD").files == _listed(repo)


def test_renames_are_known(repo: Repo, opened: Callable[..., Revision]) -> None:
    _change_all(repo)
    repo.git("add", "--all")
    revision = opened()

    assert revision.moved == {"there.py": "moved.py"}
    assert revision.added == {"added.py"}
    assert revision.read("moved.py") == LONG.encode()


@pytest.mark.parametrize(
    "setting", [("index.version", "4"), ("core.splitIndex", "true"), ("core.untrackedCache", "true")]
)
def test_every_kind_of_index_will_do(repo: Repo, opened: Callable[..., Revision], setting: tuple[str, str]) -> None:
    repo.git("config", *setting)
    _change_all(repo)
    repo.git("add", "--all")

    assert opened().files == _listed(repo)


def test_a_sparse_index_will_do(repo: Repo, opened: Callable[..., Revision]) -> None:
    repo.commit("here/a.py", "there/b.py", "there/c/d.py")
    repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "here")
    repo.write("here/a.py", "x = 2\n")
    repo.git("add", "here/a.py")

    assert opened().files == _listed(repo)


def test_a_repository_with_longer_object_ids_will_do(
    make_repo: Callable[..., Repo], opened: Callable[..., Revision]
) -> None:
    other = make_repo("sha256", object_format="sha256")
    _change_all(other)
    other.git("add", "--all")

    assert opened("HEAD", other).files == _listed(other)


def test_an_index_that_is_not_there_is_empty(repo: Repo, opened: Callable[..., Revision]) -> None:
    repo.commit("a.py", "b.py")
    (repo.root / ".git/index").unlink()

    assert opened().files == _listed(repo)


def test_a_conflict_hides_no_file(repo: Repo, opened: Callable[..., Revision]) -> None:
    repo.commit("a.py", "b.py")
    repo.git("checkout", "--quiet", "-b", "other")
    repo.write("a.py", "x = 2\n")
    repo.commit()
    repo.git("checkout", "--quiet", "main")
    repo.write("a.py", "x = 3\n")
    repo.commit()
    with pytest.raises(Exception, match="returned non-zero"):
        repo.git("merge", "other")

    for ref in ("main", "other", "main~1"):
        assert opened(ref).files == _listed(repo, ref)


def test_what_is_no_regular_file_is_none(repo: Repo, opened: Callable[..., Revision]) -> None:
    repo.write("a.py")
    (repo.root / "link.py").symlink_to("a.py")
    repo.commit()
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{repo.git('rev-parse', 'HEAD')},module")
    repo.git("commit", "--quiet", "--message=a submodule")
    revision = opened()

    assert revision.files == _listed(repo) == {"a.py": repo.staged_id("a.py")}
    assert revision.links == {"link.py"}


def test_the_settings_of_the_repository_change_nothing(repo: Repo, opened: Callable[..., Revision]) -> None:
    for name, value in (
        ("diff.renames", "false"),
        ("diff.renameLimit", "1"),
        ("diff.noprefix", "true"),
        ("diff.relative", "true"),
        ("core.quotePath", "true"),
        ("core.abbrev", "4"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.orderFile", "/nonexistent"),
    ):
        repo.git("config", name, value)
    _change_all(repo)
    repo.git("add", "--all")
    revision = opened()

    assert revision.files == _listed(repo)
    assert revision.moved == {"there.py": "moved.py"}


def test_git_is_given_object_ids_and_never_a_ref(repo: Repo, git_log: GitLog) -> None:
    repo.commit("a.py")
    git_log.take()
    repository, commit = find_base(find_repository(repo.root), "main")
    Revision(repository, "main", commit).close()

    naming = [line for line in git_log.take() if "main" in line.split()[-1]]
    assert [line.rpartition("rev-parse")[2].split() for line in naming] == [
        ["--verify", "--quiet", "--end-of-options", "main^{commit}"]
    ]


@pytest.mark.parametrize("ref", ["", "nope", "main main", "main\0", "^main", "main...main", "--all", "\udc80"])
def test_what_names_no_commit_is_refused(repo: Repo, ref: str) -> None:
    repo.commit("a.py")

    with pytest.raises(RevisionError, match="no such commit"):
        find_policy(find_repository(repo.root), ref)


def test_without_a_repository_there_is_no_revision(alone: Path) -> None:
    with pytest.raises(RevisionError, match="no git repository"):
        find_base(find_repository(alone), "main")
