"""Discovery where there is no repository, or no git program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files.discover import DiscoveryError, Workspace, open_workspace
from relcheck.sources.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.conftest import Repo


@pytest.fixture
def folder(alone: Path) -> Path:
    (alone / "project").mkdir()
    return alone / "project"


def fill(folder: Path, *paths: str) -> None:
    for path in paths:
        write(folder, path, "x = 1\n")


def write(folder: Path, path: str, content: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def scan(folder: Path, *paths: str, exclude: tuple[str, ...] = ()) -> Workspace:
    return open_workspace(folder, [folder / path for path in paths], exclude=Globs(exclude))


def names(workspace: Workspace) -> list[str]:
    return [file.path for file in workspace.targets()]


def test_all_files_are_targets_without_an_object_id(folder: Path) -> None:
    fill(folder, "a.py", "dir/b ü.py", "dir/line\nbreak.py", os.fsdecode(b"dir/\xe9.py"))
    workspace = scan(folder)
    assert (workspace.root, workspace.prefix, workspace.partial) == (folder, "", False)
    assert names(workspace) == ["a.py", "dir/b ü.py", "dir/line\nbreak.py", "dir/\udce9.py"]
    assert {file.blob for file in workspace.targets()} == {None}
    assert workspace.read("dir/\udce9.py") == b"x = 1\n"


def test_folders_that_hold_no_source_of_the_project_are_skipped(folder: Path) -> None:
    fill(folder, "a.py", ".hg/x", "node_modules/x.py", "dir/__pycache__/x.pyc", ".relcheck_cache/x")
    fill(folder, ".venv/lib/x.py", ".venv/pyvenv.cfg", "venv/lib/y.py", "app/pyvenv.cfg", "app/z.py")
    assert names(scan(folder)) == ["a.py", "app/pyvenv.cfg", "app/z.py", "venv/lib/y.py"]


def test_gitignore_files_are_heeded_at_every_level(folder: Path) -> None:
    write(folder, ".gitignore", "# notes\n\n*.log\nbuild/\n/only_here.py\n!keep.log\nspace\\ \r\n")
    write(folder, "dir/.gitignore", "*.tmp\n!b.log\n/anchored.py\n")
    fill(folder, "a.log", "keep.log", "build/x.py", "only_here.py", "space ", "x.tmp")
    fill(folder, "dir/a.log", "dir/b.log", "dir/build/y.py", "dir/only_here.py", "dir/x.tmp", "dir/anchored.py")
    fill(folder, "dir/sub/anchored.py")
    expected = [
        ".gitignore",
        "dir/.gitignore",
        "dir/b.log",
        "dir/only_here.py",
        "dir/sub/anchored.py",
        "keep.log",
        "x.tmp",
    ]
    assert names(scan(folder)) == expected


def test_the_walk_finds_what_git_finds(
    folder: Path, make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "*.log",
        "!keep.log",
        "build/",
        "/root.py",
        "a/**/z",
        "**/deep",
        "doc/*.txt",
        "[ab]?.c",
        "\\#x",
        "trail/**",
        "x/y/",
    ]
    ends = ["a.log", "keep.log", "root.py", "z", "q/z", "deep", "a.txt", "a1.c", "c1.c", "#x", "y/in.py", "build/in.py"]
    repo = make_repo("project")
    write(folder, ".gitignore", "\n".join(lines) + "\n")
    write(folder, "doc/.gitignore", "!a.txt\nkeep.log\n")
    fill(folder, *[f"{start}{end}" for start in ("", "a/", "doc/", "x/", "trail/", "x/trail/") for end in ends])
    listed = names(repo.open())
    (folder / ".git").rename(folder.parent / "moved")
    assert names(scan(folder)) == listed
    (folder.parent / "moved").rename(folder / ".git")
    monkeypatch.setenv("PATH", str(folder.parent / "nowhere"))
    assert names(repo.open()) == listed


def test_a_pattern_made_to_take_for_ever_is_told_and_not_tried(folder: Path) -> None:
    write(folder, ".gitignore", "*a*a*a*a*a*a*a*b\n[z-a]\n# ****************\na.py\n")
    fill(folder, "a.py", "a" * 200)
    workspace = scan(folder)
    assert names(workspace) == [".gitignore", "a" * 200]
    assert workspace.notes == (
        ".gitignore:1 is no pattern that can be matched: nothing is left out for it",
        ".gitignore:2 is no pattern that can be matched: nothing is left out for it",
    )


def test_a_gitignore_that_cannot_be_read_is_told(folder: Path) -> None:
    fill(folder, "a.py")
    (folder / ".gitignore").mkdir()
    workspace = scan(folder)
    assert names(workspace) == ["a.py"]
    assert workspace.notes == (".gitignore cannot be read: nothing is left out for it",)


def test_links_and_pipes_are_counted_and_a_loop_ends(folder: Path) -> None:
    fill(folder, "a.py", "dir/b.py")
    (folder / "dir/loop").symlink_to("..")
    (folder / "link.py").symlink_to("a.py")
    (folder / "out").symlink_to("/")
    os.mkfifo(folder / "pipe")
    workspace = scan(folder)
    assert names(workspace) == ["a.py", "dir/b.py"]
    assert workspace.not_examined == {
        "not a regular file": ("pipe",),
        "symbolic link": ("dir/loop", "link.py", "out"),
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_folder_that_may_not_be_listed_is_counted(folder: Path) -> None:
    fill(folder, "a.py", "closed/b.py")
    (folder / "closed").chmod(0)
    workspace = scan(folder)
    assert workspace.not_examined == {"unreadable": ("closed",)}


def test_excludes_and_explicit_paths(folder: Path) -> None:
    write(folder, ".gitignore", "build/\n")
    fill(folder, "a.py", "vendor/b.py", "build/c.py", "dir/d.py")
    assert names(scan(folder, exclude=("vendor/**", ".*"))) == ["a.py", "dir/d.py"]
    workspace = scan(folder, "dir", "build/c.py", "vendor/b.py", exclude=("vendor",))
    assert workspace.partial
    assert names(workspace) == ["build/c.py", "dir/d.py"]
    assert names(scan(folder, "build")) == ["build/c.py"]
    assert [file.path for file in workspace.project_files()] == [".gitignore", "a.py", "dir/d.py"]


def test_copies_are_told_here_too(folder: Path) -> None:
    fill(folder, "app/service/run.py", "bak/service/run.py")
    assert scan(folder).notes[0].startswith("bak/ holds 1 copy of a file that lives elsewhere")


def test_repositories_below_a_plain_folder_are_walked(folder: Path, make_repo: Callable[..., Repo]) -> None:
    make_repo("project/one").commit("a.py")
    assert names(scan(folder)) == ["one/a.py"]


class TestARepositoryWithoutAGitProgram:
    @pytest.fixture(autouse=True)
    def _repository(self, repo: Repo, make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
        repo.write(".gitignore", "ignored.*\n")
        repo.write("ignored.tracked")
        repo.git("add", "--force", "ignored.tracked")
        repo.commit("a.py", "dir/b.py")
        repo.write("dir/new.py")
        repo.write("ignored.py")
        make_repo("repo/nested").commit("c.py")
        monkeypatch.setenv("PATH", str(repo.root.parent / "nowhere"))

    def test_the_index_and_a_walk_tell(self, repo: Repo) -> None:
        workspace = repo.open()
        known = {file.path: file.blob is not None for file in workspace.targets()}
        assert known == {
            ".gitignore": True,
            "a.py": True,
            "dir/b.py": True,
            "dir/new.py": False,
            "ignored.tracked": True,
        }
        assert workspace.not_examined == {"nested repository": ("nested",)}
        (note,) = workspace.notes
        assert note.startswith("files that git does not track were listed without it: there is no git program on PATH")

    def test_ignore_files_above_the_governed_folder_hold(self, repo: Repo) -> None:
        repo.write("dir/ignored.py")
        assert names(repo.open(scope="dir")) == ["dir/b.py", "dir/new.py"]

    def test_an_index_for_git_alone_cannot_be_read(self, repo: Repo) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PATH", os.defpath)
            repo.git("update-index", "--split-index")
        with pytest.raises(DiscoveryError, match="no git program on PATH"):
            repo.open()

    def test_a_git_in_the_scanned_tree_or_where_we_stand_is_not_used(
        self, repo: Repo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        marker = repo.root.parent / "ran"
        program = repo.write("bin/git", f"#!/bin/sh\ntouch {marker}\n")
        program.chmod(0o755)
        monkeypatch.chdir(repo.root)
        monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "bin", str(program.parent)]))
        assert "a.py" in names(repo.open())
        monkeypatch.chdir(repo.root.parent)
        program.rename("git")
        assert "a.py" in names(repo.open())
        assert not marker.exists()


def test_a_folder_is_walked_without_git_variables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(folder, "a.py")
    monkeypatch.setenv("GIT_DIR", str(folder / "nowhere"))
    assert names(scan(folder)) == ["a.py"]
