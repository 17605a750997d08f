"""How git is started, and what comes back."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files import git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.conftest import GitLog, Repo


def found(folder: Path) -> git.Repository:
    repository = git.find_repository(folder)
    assert repository is not None
    return repository


def test_a_repository_is_found_from_any_folder_below_without_git(repo: Repo, git_log: GitLog) -> None:
    repo.commit("a/b/c.py")
    git_log.take()
    for folder in (repo.root, repo.root / "a/b"):
        repository = found(folder)
        assert repository.root == repo.root
        assert repository.git_dir == repository.common_dir == repo.root / ".git"
        assert repository.index_file == repo.root / ".git/index"
        assert not repository.uses_sha256()
    assert git_log.take() == []


def test_outside_of_any_repository_there_is_none(alone: Path) -> None:
    assert git.find_repository(alone) is None


def test_a_worktree_shares_the_folder_of_its_repository(repo: Repo) -> None:
    repo.commit("a.py")
    repo.git("worktree", "add", "--quiet", "../linked")
    repository = found(repo.root.parent / "linked")
    assert repository.git_dir == repo.root / ".git/worktrees/linked"
    assert repository.common_dir == repo.root / ".git"


def test_every_start_is_hardened(repo: Repo, git_log: GitLog) -> None:
    repo.commit("a.py")
    git_log.take()
    repository = found(repo.root)
    with git.Untracked(repository, "") as untracked:
        assert untracked.paths() == []
    git.tracked(repository)
    git.staged(repository)
    git.configuration(repository)
    with git.BlobReader(repository) as blobs:
        blobs.read(repo.staged_id("a.py"))
    started = [line for line in git_log.take() if "user.name" not in line]
    assert len(started) == 6
    for line in started:
        for part in (
            "--no-optional-locks",
            "--no-replace-objects",
            "-c safe.bareRepository=explicit",
            "-c core.fsmonitor=false",
            "-c core.hooksPath=/dev/null",
            f"--git-dir={repo.root}/.git",
        ):
            assert part in line


def test_git_gets_the_persons_settings_and_none_of_a_callers(
    repo: Repo, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("a.py")
    program = alone / "bin/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nenv >{alone}/environment\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    for name in ("GIT_TRACE", "GIT_PAGER", "GIT_WORK_TREE", "GIT_EXTERNAL_DIFF", "GIT_CONFIG", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/given")
    with git.Untracked(found(repo.root), "") as untracked:
        untracked.paths()
    lines = (alone / "environment").read_text(encoding="utf-8").splitlines()
    given = dict(line.partition("=")[::2] for line in lines if line.startswith(("GIT_", "LC_ALL")))
    assert given == {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": "/given",
        "GIT_INDEX_FILE": f"{repo.root}/.git/index",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def test_a_partial_clone_fetches_nothing(repo: Repo, alone: Path) -> None:
    """A lazy fetch would run a program that the scanned repository names."""
    repo.commit("a.py")
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "--quiet", "--no-local", "--no-checkout", "--filter=blob:none", repo.root, "../partial")
    marker = alone / "ran"
    repo.git("-C", "../partial", "config", "remote.origin.uploadpack", f"touch {marker}; false")
    with (
        git.BlobReader(found(alone / "partial")) as blobs,
        pytest.raises(git.GitError, match=r"object \w+ .*git fetch --refetch"),
    ):
        blobs.read(repo.staged_id("a.py"))
    assert not marker.exists()


def test_blobs_are_read_one_after_the_other(repo: Repo, git_log: GitLog) -> None:
    contents = [b"", b"\n", b"no newline", b"a\0b\n", b"x" * 3_000_000, b"0123 blob 4\n"]
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]
    git_log.take()
    with git.BlobReader(found(repo.root)) as blobs:
        assert [blobs.read(each) for each in (*ids, ids[0])] == [*contents, contents[0]]
    assert len(git_log.take()) == 1


def test_blobs_are_read_by_several_threads(repo: Repo) -> None:
    contents = [f"content {number}\n".encode() * 500 for number in range(40)]
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=content) for content in contents]
    seen: dict[int, bytes] = {}
    with git.BlobReader(found(repo.root)) as blobs:
        work = [
            threading.Thread(target=lambda n=number: seen.__setitem__(n, blobs.read(ids[n]))) for number in range(40)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
    assert seen == dict(enumerate(contents))


def test_after_a_fork_the_child_asks_a_git_of_its_own(repo: Repo) -> None:
    ids = [repo.git("hash-object", "-w", "--stdin", stdin=content) for content in (b"one", b"two")]
    with git.BlobReader(found(repo.root)) as blobs:
        assert blobs.read(ids[0]) == b"one"
        parents = blobs._process
        child = os.fork()
        if child == 0:
            os._exit(0 if blobs.read(ids[1]) == b"two" and blobs._process is not parents else 1)
        _, status = os.waitpid(child, 0)
        assert status == 0
        assert blobs.read(ids[1]) == b"two"


def test_what_is_no_blob_is_refused_and_the_next_one_is_read(repo: Repo) -> None:
    repo.commit("a.py")
    with git.BlobReader(found(repo.root)) as blobs:
        for wrong in ("HEAD", "", "--help", "0" * 39, "0" * 40 + "\n" + "0" * 40):
            with pytest.raises(git.GitError, match="is no object id"):
                blobs.read(wrong)
        with pytest.raises(git.GitError, match="is not in the repository"):
            blobs.read("0" * 40)
        with pytest.raises(git.GitError, match="could not read object"):
            blobs.read(repo.git("rev-parse", "HEAD"))
        assert blobs.read(repo.staged_id("a.py")) == b"# 'a.py'\n"


def test_a_git_that_fails_says_what_it_said(repo: Repo, alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = alone / "bin/git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nprintf 'fatal: no \\033[31mway\\n' >&2\nexit 128\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with git.Untracked(found(repo.root), "") as untracked, pytest.raises(git.GitError, match=r"fatal: no \?\[31mway"):
        untracked.paths()
    with git.BlobReader(found(repo.root)) as blobs, pytest.raises(git.GitError, match="could not read object"):
        blobs.read("0" * 40)


def test_a_git_that_cannot_be_started_says_so(repo: Repo, alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = alone / "bin/git"
    program.parent.mkdir()
    program.write_bytes(b"\0\0")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(git.GitError, match="cannot be started"):
        git.Untracked(found(repo.root), "")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(git.GitMissing, match="Install git"):
        git.Untracked(found(repo.root), "")


def test_a_git_that_does_not_come_to_an_end_is_ended(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """git tries every way in which the stars of a .gitignore could match."""
    repo.write(".gitignore", "*a" * 60 + "b\n")
    repo.write("a" * 200 + ".py")
    monkeypatch.setattr(git, "_LONGEST", 0.5)
    with (
        git.Untracked(found(repo.root), "") as untracked,
        pytest.raises(git.GitError, match=r"git ls-files took longer than 0 seconds. A .gitignore with many stars"),
    ):
        untracked.paths()
    assert untracked._run._process.returncode is not None


def test_what_git_warns_of_is_kept(repo: Repo, alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = alone / "bin/git"
    program.parent.mkdir()
    warning = "warning: could not open directory 'closed/': Permission denied"
    program.write_text(f'#!/bin/sh\necho "{warning}" >&2\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    assert repo.open().notes == (f"git ls-files: {warning}",)
