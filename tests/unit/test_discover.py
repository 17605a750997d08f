"""Which files a scan looks at, and whose content it reads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files.discover import ContentError, DiscoveryError, Workspace, is_lfs_pointer, open_workspace
from relcheck.sources.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.conftest import GitLog, Repo


def names(workspace: Workspace) -> list[str]:
    return [file.path for file in workspace.targets()]


def project(workspace: Workspace) -> list[str]:
    return [file.path for file in workspace.project_files()]


class TestACompleteScan:
    def test_tracked_and_untracked_files_are_targets_and_ignored_ones_are_not(self, repo: Repo) -> None:
        repo.write(".gitignore", "ignored.py\nbuild/\n")
        repo.commit("b.py", "a/c.py")
        for path in ("new.py", "ignored.py", "build/out.py"):
            repo.write(path)
        workspace = repo.open()
        assert names(workspace) == [".gitignore", "a/c.py", "b.py", "new.py"]
        assert (workspace.root, workspace.prefix, workspace.partial) == (repo.root, "", False)
        assert project(workspace) == names(workspace)
        assert workspace.not_examined == {}
        assert workspace.notes == ()

    def test_a_tracked_file_counts_although_a_pattern_ignores_it(self, repo: Repo) -> None:
        repo.write(".gitignore", "*.py\n")
        repo.write("a.py")
        repo.git("add", "--force", "a.py")
        assert "a.py" in names(repo.open())

    def test_files_are_sorted_by_path(self, repo: Repo) -> None:
        repo.commit("b.py", "a/x.py", "a.py", "B.py", "ä.py")
        repo.write("a0.py")
        assert names(repo.open()) == ["B.py", "a.py", "a/x.py", "a0.py", "b.py", "ä.py"]

    def test_deleted_files_are_left_out(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py", "dir/c.py")
        (repo.root / "a.py").unlink()
        shutil.rmtree(repo.root / "dir")
        assert names(repo.open()) == ["b.py"]

    def test_a_renamed_file_counts_under_its_new_name(self, repo: Repo) -> None:
        repo.commit("a.py", "c.py")
        repo.git("mv", "a.py", "b.py")
        (repo.root / "c.py").rename(repo.root / "d.py")
        assert names(repo.open()) == ["b.py", "d.py"]

    def test_a_file_in_the_place_of_a_folder_and_a_folder_in_the_place_of_a_file(self, repo: Repo) -> None:
        repo.commit("a/x.py", "b")
        shutil.rmtree(repo.root / "a")
        repo.write("a")
        (repo.root / "b").unlink()
        repo.write("b/y.py")
        assert names(repo.open()) == ["a", "b/y.py"]

    def test_a_file_in_conflict_counts_once_with_the_work_trees_content(self, repo: Repo) -> None:
        repo.commit("other.py")
        repo.write("a.py", "base\n")
        repo.commit()
        repo.git("checkout", "--quiet", "-b", "side")
        repo.write("a.py", "side\n")
        repo.commit()
        repo.git("checkout", "--quiet", "main")
        repo.write("a.py", "main\n")
        repo.commit()
        with pytest.raises(subprocess.CalledProcessError):
            repo.git("merge", "side")
        workspace = repo.open()
        assert names(workspace) == ["a.py", "other.py"]
        assert workspace.targets()[0].blob is None
        assert b"<<<<<<<" in workspace.read("a.py")

    def test_a_repository_without_a_commit_or_an_index(self, repo: Repo) -> None:
        assert names(repo.open()) == []
        repo.write("a.py")
        assert names(repo.open()) == ["a.py"]

    def test_names_keep_their_bytes(self, repo: Repo) -> None:
        composed, decomposed = "caf\u00e9.py", "cafe\u0301.py"
        tracked = ["with space.py", "line\nbreak.py", "tab\t.py", 'quote".py', "back\\slash.py", "日本/語.py", composed]
        repo.commit(*tracked)
        repo.write(decomposed)
        repo.write("untracked\n\u00e4.py")
        undecodable = os.fsdecode(b"latin-\xe9.py")
        repo.write(undecodable, "# latin\n")
        also_undecodable = os.fsdecode(b"\xff\xfe/\xe9.py")
        repo.write(also_undecodable, "# tracked\n")
        repo.git("add", "--", also_undecodable)
        workspace = repo.open()
        expected = [*tracked, decomposed, "untracked\n\u00e4.py", undecodable, also_undecodable]
        assert names(workspace) == sorted(expected)
        assert workspace.read(undecodable) == b"# latin\n"
        assert workspace.read(also_undecodable) == b"# tracked\n"
        assert workspace.read("line\nbreak.py") == b"# 'line\\nbreak.py'\n"

    @pytest.mark.skipif(sys.platform != "linux", reason="the file system must tell case")
    def test_names_that_differ_in_case_are_two_files(self, repo: Repo) -> None:
        repo.commit("a.py", "A.py")
        assert names(repo.open()) == ["A.py", "a.py"]

    def test_excluded_files_are_left_out(self, repo: Repo) -> None:
        repo.commit("app/a.py", "vendor/b.py", "app/gen_c.py")
        repo.write("vendor/new.py")
        assert names(repo.open(exclude=["vendor", "**/gen_*"])) == ["app/a.py"]

    def test_the_cache_is_no_target_and_what_a_repository_brings_in_such_a_folder_is(self, repo: Repo) -> None:
        repo.commit("a.py", ".relcheck_cache/tracked.py", "sub/.relcheck_cache/x.py")
        repo.write(".relcheck_cache/cache.db")
        repo.write(".relcheck_cache/.gitignore", b"*\n")
        assert names(repo.open()) == [".relcheck_cache/tracked.py", "a.py", "sub/.relcheck_cache/x.py"]

    def test_a_folder_below_the_root_governs_its_own_files(self, repo: Repo) -> None:
        repo.commit("a.py", "backend/b.py", "backend/deep/c.py", "backend2/d.py")
        repo.write("backend/new.py")
        repo.write("other.py")
        workspace = repo.open(scope="backend", exclude=["deep/**", "backend/**"])
        assert (workspace.root, workspace.prefix) == (repo.root, "backend/")
        assert names(workspace) == ["backend/b.py", "backend/new.py"]

    def test_a_governed_folder_with_wildcards_in_its_name(self, repo: Repo) -> None:
        repo.commit("[ab]*/x.py", "a/y.py")
        repo.write("[ab]*/new.py")
        repo.write(":(top)/new.py")
        assert names(repo.open(scope="[ab]*")) == ["[ab]*/new.py", "[ab]*/x.py"]
        assert names(repo.open(scope=":(top)")) == [":(top)/new.py"]

    def test_the_governed_folder_by_its_name_is_everything(self, repo: Repo) -> None:
        repo.commit("sub/a.py", "sub/b.py")
        workspace = open_workspace(
            repo.root / "sub", [repo.root / "sub/a.py", repo.root / "sub/../sub"], exclude=Globs(())
        )
        assert not workspace.partial
        assert names(workspace) == ["sub/a.py", "sub/b.py"]

    def test_one_git_is_started(self, repo: Repo, git_log: GitLog) -> None:
        repo.commit("a.py")
        git_log.take()
        assert repo.open().targets()[0].blob == repo.staged_id("a.py")
        listing, question = git_log.take()
        assert "ls-files --others" in listing
        assert "rev-parse :a.py" in question


class TestWorktreesAndSubmodules:
    def test_a_linked_worktree_has_its_own_files(self, repo: Repo) -> None:
        repo.commit("a.py")
        linked = repo.root.parent / "linked"
        repo.git("worktree", "add", "--quiet", "-b", "side", linked)
        (linked / "b.py").write_text("b", encoding="utf-8")
        with open_workspace(linked, [], exclude=Globs(())) as workspace:
            assert workspace.root == linked
            assert names(workspace) == ["a.py", "b.py"]
        subprocess.run(["git", "add", "b.py"], cwd=linked, check=True)
        with open_workspace(linked, [], exclude=Globs(()), staged=True) as workspace:
            assert names(workspace) == ["b.py"]
            assert workspace.read("b.py") == b"b"

    def test_a_worktree_of_a_bare_repository_has_files(self, repo: Repo) -> None:
        repo.commit("a.py")
        repo.git("clone", "--quiet", "--bare", repo.root, "../hub/.bare")
        hub = repo.root.parent / "hub"
        (hub / ".git").write_text("gitdir: ./.bare\n", encoding="utf-8")
        repo.git("-C", hub, "worktree", "add", "--quiet", "work", "main")
        assert names(open_workspace(hub / "work", [], exclude=Globs(()))) == ["a.py"]
        with pytest.raises(DiscoveryError, match="is a bare repository"):
            open_workspace(hub, [], exclude=Globs(()))

    def test_a_submodule_is_counted_and_not_entered(self, repo: Repo, make_repo: Callable[..., Repo]) -> None:
        inner = make_repo("inner")
        inner.commit("inside.py")
        repo.git("submodule", "--quiet", "add", inner.root, "libs/inner")
        repo.commit("a.py")
        workspace = repo.open()
        assert names(workspace) == [".gitmodules", "a.py"]
        assert workspace.not_examined == {"submodule": ("libs/inner",)}
        for pattern in ("libs/**", "libs/inner/**", "libs/inner"):
            assert repo.open(exclude=[pattern]).not_examined == {}

    def test_a_submodule_can_be_scanned_by_itself(self, repo: Repo, make_repo: Callable[..., Repo]) -> None:
        inner = make_repo("inner")
        inner.commit("inside.py")
        repo.git("submodule", "--quiet", "add", inner.root, "libs/inner")
        workspace = repo.open(scope="libs/inner")
        assert workspace.root == repo.root / "libs/inner"
        assert names(workspace) == ["inside.py"]
        assert names(repo.open("libs/inner")) == ["libs/inner/inside.py"]

    def test_an_untracked_repository_inside_is_counted(self, repo: Repo, make_repo: Callable[..., Repo]) -> None:
        repo.commit("a.py")
        make_repo("repo/nested").commit("b.py")
        workspace = repo.open()
        assert names(workspace) == ["a.py"]
        assert workspace.not_examined == {"nested repository": ("nested",)}

    def test_a_bare_repository_in_the_tree_is_files_and_its_settings_mean_nothing(self, repo: Repo) -> None:
        repo.commit("a.py")
        repo.git("init", "--quiet", "--bare", "evil.git")
        marker = repo.root.parent / "ran"
        repo.git("--git-dir=evil.git", "config", "core.fsmonitor", f"touch {marker}; false")
        assert "evil.git/HEAD" in names(repo.open())
        assert not marker.exists()
        with pytest.raises(DiscoveryError, match="bare repository"):
            repo.open(scope="evil.git")

    def test_files_outside_of_a_sparse_checkout_are_counted(self, repo: Repo) -> None:
        repo.commit("in/a.py", "out/b.py", "out/deep/c.py")
        repo.git("sparse-checkout", "set", "--cone", "in")
        workspace = repo.open()
        assert names(workspace) == ["in/a.py"]
        assert workspace.not_examined == {"sparse checkout": ("out/b.py", "out/deep/c.py")}

    def test_a_sparse_index_is_read_by_git(self, repo: Repo) -> None:
        repo.commit("in/a.py", "out/b.py", "out/deep/c.py")
        repo.git("sparse-checkout", "set", "--cone", "--sparse-index", "in")
        workspace = repo.open()
        assert names(workspace) == ["in/a.py"]
        assert workspace.not_examined == {"sparse checkout": ("out/b.py", "out/deep/c.py")}

    def test_a_split_index_is_read_by_git(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py")
        repo.git("update-index", "--split-index")
        repo.write("a.py", "changed")
        repo.git("add", "a.py")
        assert names(repo.open()) == ["a.py", "b.py"]
        with repo.open(staged=True) as workspace:
            assert names(workspace) == ["a.py"]
            assert workspace.read("a.py") == b"changed"


class TestLinksAndOddFiles:
    def test_links_are_counted_and_never_followed(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py")
        (repo.root / "link.py").symlink_to("a.py")
        (repo.root / "loop").symlink_to(".")
        (repo.root / "outside").symlink_to("/")
        (repo.root / "dangling.py").symlink_to("nowhere")
        repo.git("add", "link.py", "loop")
        workspace = repo.open()
        assert names(workspace) == ["a.py", "dir/b.py"]
        assert workspace.not_examined == {"symbolic link": ("dangling.py", "link.py", "loop", "outside")}

    def test_a_folder_that_became_a_link_does_not_lead_out(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py")
        shutil.rmtree(repo.root / "dir")
        elsewhere = repo.root.parent / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "b.py").write_text("secret", encoding="utf-8")
        (repo.root / "dir").symlink_to(elsewhere)
        workspace = repo.open()
        assert names(workspace) == ["a.py"]
        assert workspace.not_examined == {"symbolic link": ("dir",)}
        with pytest.raises(ContentError, match=r"dir/b\.py is not there"):
            workspace.read("dir/b.py")

    def test_a_file_that_became_a_link_or_a_pipe(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py", "c.py")
        for name in ("a.py", "b.py"):
            (repo.root / name).unlink()
        (repo.root / "a.py").symlink_to("/etc/passwd")
        os.mkfifo(repo.root / "b.py")
        workspace = repo.open()
        assert names(workspace) == ["c.py"]
        assert workspace.not_examined == {"not a regular file": ("b.py",), "symbolic link": ("a.py",)}
        for name in ("a.py", "b.py"):
            with pytest.raises(ContentError, match="not a regular file"):
                workspace.read(name)

    def test_explicit_links_and_pipes_are_counted(self, repo: Repo) -> None:
        repo.commit("dir/a.py")
        (repo.root / "link.py").symlink_to("dir/a.py")
        (repo.root / "to_dir").symlink_to("dir")
        (repo.root / "out").symlink_to(repo.root.parent)
        os.mkfifo(repo.root / "pipe")
        workspace = repo.open("link.py", "to_dir", "to_dir/a.py", "out/other.py", "pipe")
        assert names(workspace) == []
        assert workspace.not_examined == {
            "not a regular file": ("pipe",),
            "outside the root": ("out/other.py",),
            "symbolic link": ("link.py", "to_dir", "to_dir/a.py"),
        }

    def test_a_path_deeper_than_pythons_stack(self, repo: Repo) -> None:
        deep = "/".join(["d"] * 1900)
        with pytest.raises(ContentError, match="is not there"):
            repo.open().read(f"{deep}/x.py")


class TestExplicitPaths:
    def test_only_they_are_targets_and_the_project_is_everything(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py", "dir/c.py")
        workspace = repo.open("b.py")
        assert workspace.partial
        assert names(workspace) == ["b.py"]
        assert project(workspace) == ["a.py", "b.py", "dir/c.py"]

    def test_files_start_no_git_and_load_no_subprocess(self, repo: Repo, git_log: GitLog) -> None:
        repo.commit("a.py", "b.py")
        git_log.take()
        workspace = repo.open("a.py", "b.py")
        assert names(workspace) == ["a.py", "b.py"]
        assert workspace.read("a.py") == b"# 'a.py'\n"
        assert git_log.take() == []
        assert project(workspace) == ["a.py", "b.py"]
        assert project(workspace) == ["a.py", "b.py"]
        assert len(git_log.take()) == 1
        code = (
            "import sys; from pathlib import Path; from relcheck.sources.globs import Globs;"
            "from relcheck.engine.files.discover import open_workspace;"
            f"w = open_workspace(Path({str(repo.root)!r}), [Path({str(repo.root / 'a.py')!r})], exclude=Globs(()));"
            "w.read('a.py');"
            "sys.exit(bool({'subprocess', 'pathspec', 'tempfile'} & set(sys.modules)))"
        )
        subprocess.run([sys.executable, "-c", code], check=True)

    def test_a_file_named_twice_counts_once(self, repo: Repo) -> None:
        repo.commit("dir/a.py", "b.py")
        assert names(repo.open("dir/a.py", "dir/../dir/a.py", "./dir/a.py", "dir")) == ["dir/a.py"]

    def test_a_path_is_relative_to_where_relcheck_runs(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.commit("dir/a.py", "b.py")
        monkeypatch.chdir(repo.root / "dir")
        workspace = open_workspace(repo.root, [Path("a.py"), Path("../b.py")], exclude=Globs(()))
        assert names(workspace) == ["b.py", "dir/a.py"]

    def test_ignored_files_were_asked_for(self, repo: Repo) -> None:
        repo.write(".gitignore", "build/\n*.log\n")
        repo.commit("a.py")
        repo.write("build/out.py")
        repo.write("build/deep/more.py")
        assert names(repo.open("build/out.py")) == ["build/out.py"]
        assert names(repo.open("build")) == ["build/deep/more.py", "build/out.py"]

    def test_excluded_files_stay_out_without_an_error(self, repo: Repo) -> None:
        repo.commit("a.py", "vendor/b.py")
        workspace = repo.open("a.py", "vendor/b.py", "vendor", exclude=["vendor/**"])
        assert names(workspace) == ["a.py"]
        assert workspace.not_examined == {}

    def test_excludes_are_relative_to_the_governed_folder(self, repo: Repo) -> None:
        repo.commit("backend/a.py", "backend/vendor/b.py")
        assert names(repo.open("a.py", "vendor/b.py", scope="backend", exclude=["vendor/**"])) == ["backend/a.py"]

    def test_a_folder_is_its_files_and_what_is_not_examined_in_it(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py", "dir2/c.py")
        repo.write("dir/new.py")
        (repo.root / "dir/link").symlink_to("b.py")
        (repo.root / "link").symlink_to("a.py")
        workspace = repo.open("dir")
        assert workspace.partial
        assert names(workspace) == ["dir/b.py", "dir/new.py"]
        assert workspace.targets()[0].blob == repo.staged_id("dir/b.py")
        assert workspace.not_examined == {"symbolic link": ("dir/link",)}

    def test_an_empty_folder_is_told(self, repo: Repo) -> None:
        repo.commit("a.py")
        (repo.root / "empty").mkdir()
        workspace = repo.open("empty")
        assert names(workspace) == []
        assert workspace.notes == ("empty/ holds no file to look at",)

    def test_a_path_that_does_not_exist_is_refused_with_the_nearest_name(self, repo: Repo) -> None:
        repo.commit("dir/models.py")
        with pytest.raises(DiscoveryError, match=r"dir/model\.py does not exist\. Did you mean dir/models\.py\?"):
            repo.open("dir/model.py")
        with pytest.raises(DiscoveryError, match=r"Dir/models\.py does not exist"):
            repo.open("Dir/models.py")
        with pytest.raises(DiscoveryError, match=r"dir/MODELS\.PY does not exist\. Did you mean dir/models\.py\?"):
            repo.open("dir/MODELS.PY")
        with pytest.raises(DiscoveryError, match=r"qqq does not exist\. Check the spelling"):
            repo.open("qqq")

    def test_a_path_outside_is_refused(self, repo: Repo) -> None:
        repo.commit("a.py", "backend/b.py")
        with pytest.raises(DiscoveryError, match="lies outside of"):
            repo.open("../a.py", scope="backend")
        with pytest.raises(DiscoveryError, match="lies outside of"):
            repo.open("..", scope="backend")
        with pytest.raises(DiscoveryError, match="lies outside of"):
            repo.open("/etc/passwd")

    def test_a_scope_that_is_no_folder_is_refused(self, repo: Repo) -> None:
        with pytest.raises(DiscoveryError, match="is not a folder"):
            open_workspace(repo.root / "nowhere", [], exclude=Globs(()))

    def test_a_governed_folder_may_be_named_through_a_link(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py")
        alias = repo.root.parent / "alias"
        alias.symlink_to(repo.root)
        for scope in (alias, repo.root):
            for path in (alias / "dir/b.py", repo.root / "dir/b.py"):
                workspace = open_workspace(scope, [path], exclude=Globs(()))
                assert names(workspace) == ["dir/b.py"]
                assert workspace.not_examined == {}
        assert not open_workspace(repo.root, [alias], exclude=Globs(())).partial
        assert open_workspace(alias / "dir", [], exclude=Globs(())).prefix == "dir/"


class TestTheIndexAsSource:
    def test_targets_differ_from_head_and_content_is_the_indexs(self, repo: Repo) -> None:
        repo.commit("same.py", "changed.py", "deleted.py", "renamed.py", "dirty.py")
        repo.write("changed.py", "staged\n")
        repo.write("new ü.py", "new\n")
        repo.git("add", "--all")
        repo.git("rm", "--quiet", "deleted.py")
        repo.git("mv", "renamed.py", "moved.py")
        repo.write("changed.py", "not staged\n")
        repo.write("dirty.py", "not staged\n")
        repo.write("untracked.py")
        with repo.open(staged=True) as workspace:
            assert workspace.partial
            assert names(workspace) == ["changed.py", "moved.py", "new ü.py"]
            assert project(workspace) == ["changed.py", "dirty.py", "moved.py", "new ü.py", "same.py"]
            assert workspace.read("changed.py") == b"staged\n"
            assert workspace.read("dirty.py") == b"# 'dirty.py'\n"
            for file in workspace.project_files():
                assert file.blob == repo.staged_id(file.path) == workspace.blob_id(workspace.read(file.path))
            with pytest.raises(ContentError, match="not among the files of the index"):
                workspace.read("untracked.py")

    def test_a_file_that_is_only_in_the_index_is_read(self, repo: Repo) -> None:
        repo.write("a.py", "staged\n")
        repo.git("add", "a.py")
        (repo.root / "a.py").unlink()
        with repo.open(staged=True) as workspace:
            assert names(workspace) == ["a.py"]
            assert workspace.read("a.py") == b"staged\n"

    def test_before_the_first_commit_everything_is_staged(self, repo: Repo) -> None:
        repo.write("a.py")
        repo.write("b.py")
        repo.git("add", "a.py")
        with repo.open(staged=True) as workspace:
            assert names(workspace) == ["a.py"]

    def test_explicit_paths_are_read_from_the_index_changed_or_not(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py", "dir/c.py", "vendor/d.py")
        repo.write("dir/b.py", "staged\n")
        repo.git("add", "dir/b.py")
        repo.write("a.py", "not staged\n")
        (repo.root / "new").mkdir()
        with repo.open("a.py", "dir", "new", "vendor/d.py", staged=True, exclude=["vendor"]) as workspace:
            assert names(workspace) == ["a.py", "dir/b.py"]
            assert workspace.read("a.py") == b"# 'a.py'\n"

    def test_a_path_that_is_not_in_the_index_is_refused(self, repo: Repo) -> None:
        repo.commit("a.py")
        repo.write("b.py")
        with pytest.raises(DiscoveryError, match=r"b\.py is not in git's index\. `git add` it"):
            repo.open("b.py", staged=True)

    def test_a_file_that_is_only_meant_to_be_added_has_no_content_yet(self, repo: Repo) -> None:
        repo.commit("a.py")
        repo.write("later.py", "later\n")
        repo.git("add", "--intent-to-add", "later.py")
        with repo.open(staged=True) as workspace:
            assert names(workspace) == []
            assert project(workspace) == ["a.py"]
        complete = repo.open()
        assert names(complete) == ["a.py", "later.py"]
        assert complete.targets()[1].blob is None

    def test_links_submodules_and_conflicts_are_counted(self, repo: Repo) -> None:
        repo.commit("a.py")
        blob = repo.staged_id("a.py")
        lines = f"120000 {blob} 0\tlink\n160000 {blob} 0\tsub\n100644 {blob} 2\tboth\n100644 {blob} 3\tboth\n"
        repo.git("update-index", "--index-info", stdin=lines.encode())
        with repo.open(staged=True) as workspace:
            assert names(workspace) == []
            assert workspace.not_examined == {
                "merge conflict": ("both",),
                "submodule": ("sub",),
                "symbolic link": ("link",),
            }
        with repo.open("link", staged=True) as workspace:
            assert workspace.not_examined == {"symbolic link": ("link",)}

    def test_a_governed_folder_holds_for_the_index_too(self, repo: Repo) -> None:
        repo.commit("a.py", "backend/b.py", "backend/c.py")
        repo.write("a.py", "changed\n")
        repo.write("backend/b.py", "changed\n")
        repo.git("add", "--all")
        with repo.open(scope="backend", staged=True, exclude=["c.py"]) as workspace:
            assert names(workspace) == ["backend/b.py"]
            assert project(workspace) == ["backend/b.py"]

    @pytest.mark.parametrize("written", ["relative", "absolute"])
    def test_the_index_that_git_hands_to_its_hook_is_used(
        self, repo: Repo, monkeypatch: pytest.MonkeyPatch, written: str
    ) -> None:
        """`git commit -a` and `git commit -o` commit what stands in a temporary index."""
        repo.commit("a.py", "b.py")
        repo.write("a.py", "committed\n")
        temporary = repo.root / ".git/next-index-1.lock"
        shutil.copy(repo.root / ".git/index", temporary)
        repo.git("add", "a.py", env={"GIT_INDEX_FILE": str(temporary)})
        with repo.open(staged=True) as workspace:
            assert names(workspace) == []
        monkeypatch.setenv("GIT_INDEX_FILE", str(temporary) if written == "absolute" else ".git/next-index-1.lock")
        monkeypatch.chdir(repo.root.parent)
        with repo.open(staged=True) as workspace:
            assert names(workspace) == ["a.py"]
            assert workspace.read("a.py") == b"committed\n"

    def test_the_variables_of_another_repositorys_hook_mean_nothing(
        self, repo: Repo, make_repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repo.commit("a.py")
        other = make_repo("other")
        other.commit("b.py")
        monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git/index"))
        with repo.open("a.py", staged=True) as workspace:
            assert project(workspace) == ["a.py"]
        monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
        monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
        monkeypatch.setenv("GIT_INDEX_FILE", ".git/none")
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.root / ".git/objects"))
        with repo.open("a.py", staged=True) as workspace:
            assert workspace.read("a.py") == b"# 'a.py'\n"

    def test_a_real_hook_sees_what_is_committed(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py")
        hook = repo.root / ".git/hooks/pre-commit"
        hook.write_text(
            f"#!{sys.executable}\n"
            "from pathlib import Path\n"
            "from relcheck.engine.files.discover import open_workspace\n"
            "from relcheck.sources.globs import Globs\n"
            "with open_workspace(Path(), [], exclude=Globs(()), staged=True) as workspace:\n"
            "    seen = [(file.path, workspace.read(file.path)) for file in workspace.targets()]\n"
            "Path('../seen').write_text(repr(seen))\n",
            encoding="utf-8",
        )
        hook.chmod(0o755)
        repo.write("a.py", "one\n")
        repo.write("b.py", "two\n")
        repo.git("commit", "--quiet", "--all", "--message=both")
        seen = repo.root.parent / "seen"
        assert seen.read_text(encoding="utf-8") == repr([("a.py", b"one\n"), ("b.py", b"two\n")])
        repo.write("a.py", "three\n")
        repo.write("b.py", "four\n")
        repo.git("add", "a.py")
        repo.git("commit", "--quiet", "--message=only b", "--only", "b.py")
        assert seen.read_text(encoding="utf-8") == repr([("b.py", b"four\n")])

    def test_without_a_repository_there_is_no_index(self, alone: Path) -> None:
        with pytest.raises(DiscoveryError, match="is in no git repository"):
            open_workspace(alone, [], exclude=Globs(()), staged=True)

    def test_without_git_there_is_no_way_to_read_it(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.commit("a.py")
        monkeypatch.setenv("PATH", str(repo.root.parent / "nowhere"))
        with pytest.raises(DiscoveryError, match="no git program"):
            repo.open(staged=True)

    def test_a_missing_object_is_said(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py")
        blob = repo.staged_id("a.py")
        (repo.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
        with repo.open("a.py", staged=True) as workspace:
            with pytest.raises(ContentError, match=r"a\.py cannot be read from the index: object .* is not in the"):
                workspace.read("a.py")
            assert workspace.read("b.py") == b"# 'b.py'\n"

    def test_replaced_objects_are_read_as_they_were(self, repo: Repo) -> None:
        """A blob id is a promise about content, which refs/replace would break."""
        repo.commit("a.py")
        other = repo.git("hash-object", "-w", "--stdin", stdin=b"other")
        repo.git("replace", repo.staged_id("a.py"), other)
        with repo.open("a.py", staged=True) as workspace:
            assert workspace.read("a.py") == b"# 'a.py'\n"


class TestStandardInput:
    def test_the_text_has_a_name_in_the_project(self, repo: Repo) -> None:
        repo.commit("a.py", "b.py")
        workspace = repo.open(stdin=(str(repo.root / "a.py"), b"given\n"))
        assert workspace.partial
        assert names(workspace) == ["a.py"]
        assert workspace.targets()[0].blob is None
        assert workspace.read("a.py") == b"given\n"
        assert workspace.read("b.py") == b"# 'b.py'\n"
        assert project(workspace) == ["a.py", "b.py"]
        assert [file.blob is None for file in workspace.project_files()] == [True, False]

    def test_the_file_need_not_exist(self, repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
        repo.commit("b.py")
        monkeypatch.chdir(repo.root)
        workspace = repo.open(stdin=("dir/new.py", b"given\n"))
        assert names(workspace) == ["dir/new.py"]
        assert project(workspace) == ["b.py", "dir/new.py"]

    def test_an_excluded_name_is_no_target(self, repo: Repo) -> None:
        repo.commit("a.py")
        workspace = repo.open(stdin=(str(repo.root / "vendor/x.py"), b"given\n"), exclude=["vendor"])
        assert names(workspace) == []
        assert project(workspace) == ["a.py"]

    def test_a_name_outside_a_folder_or_together_with_paths_is_refused(self, repo: Repo) -> None:
        repo.commit("a.py")
        with pytest.raises(DiscoveryError, match="lies outside of"):
            repo.open(stdin=("/etc/x.py", b""))
        with pytest.raises(DiscoveryError, match="is a folder"):
            repo.open(stdin=(str(repo.root), b""))
        with pytest.raises(DiscoveryError, match="one file by itself"):
            repo.open("a.py", stdin=(str(repo.root / "a.py"), b""))
        with pytest.raises(DiscoveryError, match="one file by itself"):
            repo.open(staged=True, stdin=(str(repo.root / "a.py"), b""))


class TestReading:
    def test_a_file_that_vanishes_during_the_scan(self, repo: Repo) -> None:
        repo.commit("a.py", "dir/b.py")
        workspace = repo.open()
        (repo.root / "a.py").unlink()
        shutil.rmtree(repo.root / "dir")
        for path in names(workspace):
            with pytest.raises(ContentError, match=f"{path} is not there, or vanished"):
                workspace.read(path)

    @pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
    def test_a_file_that_may_not_be_read(self, repo: Repo) -> None:
        repo.commit("a.py")
        (repo.root / "a.py").chmod(0)
        with pytest.raises(ContentError, match=r"a\.py cannot be read: Permission denied"):
            repo.open().read("a.py")

    def test_a_file_whose_name_is_too_long_to_open(self, repo: Repo) -> None:
        with pytest.raises(ContentError, match="cannot be read: File name too long"):
            repo.open().read("a" * 300)

    @pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "a\0b"])
    def test_a_path_that_leads_out_is_refused(self, repo: Repo, path: str) -> None:
        (repo.root.parent / "secret").write_text("s", encoding="utf-8")
        with pytest.raises(ContentError, match="is no path inside of the project"):
            repo.open().read(path)

    def test_an_empty_file_and_a_large_one(self, repo: Repo) -> None:
        repo.write("empty.py", "")
        repo.write("large.py", b"x" * 5_000_000)
        workspace = repo.open()
        assert workspace.read("empty.py") == b""
        assert len(workspace.read("large.py")) == 5_000_000

    def test_a_pointer_of_git_lfs_is_known_by_its_first_line(self) -> None:
        assert is_lfs_pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        assert not is_lfs_pointer(b"x = 1\n")
        assert not is_lfs_pointer(b"# version https://git-lfs.github.com/spec/v1\n")


class TestBrokenRepositories:
    def test_a_damaged_index(self, repo: Repo) -> None:
        repo.commit("a.py")
        (repo.root / ".git/index").write_bytes(b"DIRC nonsense, and more than enough of it")
        with pytest.raises(DiscoveryError, match=r"index is damaged: .*`git reset`"):
            repo.open()

    def test_an_index_that_is_no_file(self, repo: Repo) -> None:
        (repo.root / ".git/index").mkdir()
        with pytest.raises(DiscoveryError, match="index is damaged: it cannot be read"):
            repo.open()

    def test_a_git_file_that_points_nowhere(self, alone: Path) -> None:
        (alone / ".git").write_text("gitdir: ../gone/.git/worktrees/x\n", encoding="utf-8")
        with pytest.raises(DiscoveryError, match=r"not the git folder of a repository .*git worktree repair"):
            open_workspace(alone, [], exclude=Globs(()))

    @pytest.mark.parametrize("content", ["", "nonsense\n", "gitdir:\n"])
    def test_a_git_file_without_a_pointer(self, alone: Path, content: str) -> None:
        (alone / ".git").write_text(content, encoding="utf-8")
        with pytest.raises(DiscoveryError, match="neither a git folder nor a file that points to one"):
            open_workspace(alone, [], exclude=Globs(()))

    def test_a_git_folder_that_is_none(self, alone: Path) -> None:
        (alone / ".git").mkdir()
        with pytest.raises(DiscoveryError, match="not the git folder of a repository"):
            open_workspace(alone, [], exclude=Globs(()))

    def test_a_git_link_in_a_circle_and_a_pipe(self, alone: Path) -> None:
        for name in ("circle", "pipe"):
            (alone / name).mkdir()
        (alone / "circle/.git").symlink_to(".git")
        os.mkfifo(alone / "pipe/.git")
        for name in ("circle", "pipe"):
            with pytest.raises(DiscoveryError, match="neither a git folder nor"):
                open_workspace(alone / name, [], exclude=Globs(()))

    def test_a_bare_repository(self, repo: Repo) -> None:
        repo.git("init", "--quiet", "--bare", "../bare")
        with pytest.raises(DiscoveryError, match="is a bare repository"):
            open_workspace(repo.root.parent / "bare", [], exclude=Globs(()))
        repo.git("config", "core.bare", "true")
        with pytest.raises(DiscoveryError, match="is a bare repository"):
            repo.open()

    def test_settings_that_git_cannot_read(self, repo: Repo) -> None:
        repo.commit("a.py")
        with (repo.root / ".git/config").open("a", encoding="utf-8") as file:
            file.write("[broken\n")
        with pytest.raises(DiscoveryError, match="bad config line"):
            repo.open()

    def test_a_broken_repository_is_told_when_the_project_is_asked_for(self, repo: Repo) -> None:
        repo.commit("a.py")
        (repo.root / ".git/index").write_bytes(b"nonsense")
        workspace = repo.open("a.py")
        assert names(workspace) == ["a.py"]
        with pytest.raises(DiscoveryError, match="is damaged"):
            workspace.project_files()


class TestProposals:
    def test_copies_in_a_backup_folder_are_told_and_stay_targets(self, repo: Repo) -> None:
        repo.write("app/models.py", "class A: ...\n")
        repo.write("app/deep/service.py", "s = 1\n")
        repo.write("backups/models_old.py", "class A: ...\n")
        repo.write("backups/2024-01-01/deep/service.py", "s = 0\n")
        repo.write("backups/own.py", "own = 1\n")
        repo.write("backups/__init__.py", "")
        repo.write("app/__init__.py", "")
        repo.commit()
        workspace = repo.open()
        assert workspace.notes == (
            'backups/ holds 2 copies of files that live elsewhere; leave them out with exclude = ["backups/**"]',
        )
        assert "backups/own.py" in names(workspace)
        assert repo.open(exclude=["backups/**"]).notes == ()
        assert repo.open("app").notes == ()

    def test_the_pattern_is_relative_to_the_governed_folder(self, repo: Repo) -> None:
        repo.write("backend/[x]/a.py", "a = 1\n")
        repo.write("backend/[x]/Old/a.py", "a = 0\n")
        repo.commit()
        (note,) = repo.open(scope="backend").notes
        assert note.startswith("[x]/Old/ holds 1 copy of a file that lives elsewhere")
        pattern = note.partition('["')[2].removesuffix('"]')
        assert names(repo.open(scope="backend", exclude=[pattern])) == ["backend/[x]/a.py"]

    def test_a_folder_with_files_of_its_own_is_not_told(self, repo: Repo) -> None:
        repo.commit("archive/models.py", "archive/views.py", "app/models.py", "app/old/__init__.py", "app/__init__.py")
        assert repo.open().notes == ()

    def test_a_governed_folder_inside_of_such_a_folder(self, repo: Repo) -> None:
        repo.write("archive/app/a.py", "a = 1\n")
        repo.write("app/a.py", "a = 1\n")
        repo.commit()
        assert repo.open(scope="archive").notes == ()
