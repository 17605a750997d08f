"""A file carries an object id only where that is surely the id of what will be read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files import git
from relcheck.engine.files.conversion import conversion
from relcheck.engine.files.index import parse_index
from relcheck.engine.files.listing import _is_unchanged
from relcheck.engine.files.worktree import WorkTree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.conftest import GitLog, Repo

    from relcheck.engine.files.discover import Workspace


def certain(workspace: Workspace) -> set[str]:
    """The paths with an object id, each of which is checked against the content."""
    known = {file.path: file.blob for file in workspace.targets() if file.blob is not None}
    assert {path: workspace.blob_id(workspace.read(path)) for path in known} == known
    return set(known)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_unchanged_files_have_their_object_id(make_repo: Callable[..., Repo], object_format: str, version: str) -> None:
    repo = make_repo("r", object_format=object_format)
    repo.commit("a.py", "dir/b ü.py", "dir/line\nbreak.py")
    if version == "3":
        repo.write("later.py")
        repo.git("add", "--intent-to-add", "later.py")
    repo.git("update-index", "--index-version", version)
    workspace = repo.open()
    assert certain(workspace) == {"a.py", "dir/b ü.py", "dir/line\nbreak.py"}
    assert len(workspace.targets()[0].blob or "") == (40 if object_format == "sha1" else 64)
    with repo.open("a.py", staged=True) as staged:
        assert staged.blob_id(staged.read("a.py")) == staged.targets()[0].blob


def test_changed_untracked_and_merely_announced_files_have_none(repo: Repo) -> None:
    repo.commit("same.py", "changed.py", "touched.py", "assumed.py")
    repo.write("changed.py", "other\n")
    repo.write("touched.py", "# 'touched.py'\n")
    repo.git("update-index", "--assume-unchanged", "assumed.py")
    repo.write("assumed.py", "assumed to be what it was\n")
    repo.write("new.py")
    repo.write("later.py")
    repo.git("add", "--intent-to-add", "later.py")
    assert certain(repo.open()) == {"same.py"}


def test_a_file_with_the_old_size_and_time_but_other_content_has_none(repo: Repo) -> None:
    repo.commit("a.py", "b.py")
    file = repo.root / "a.py"
    before = file.stat()
    file.write_bytes(file.read_bytes().swapcase())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert certain(repo.open()) == {"b.py"}


def test_a_file_as_young_as_the_index_has_none(repo: Repo) -> None:
    repo.commit("a.py", "b.py")
    index = repo.root / ".git/index"
    written = (repo.root / "b.py").stat().st_mtime_ns
    os.utime(index, ns=(written, written))
    assert "b.py" not in certain(repo.open())
    os.utime(index, ns=(written + 1, written + 1))
    assert "b.py" in certain(repo.open())


def test_every_part_of_what_lstat_says_must_agree(repo: Repo) -> None:
    repo.write("a.py", "x = 1\n")
    repo.write("empty.py", "")
    repo.git("add", "--all")
    entry, empty = parse_index((repo.root / ".git/index").read_bytes()).entries
    state, later = (repo.root / "a.py").lstat(), entry.modified_ns + 1
    assert _is_unchanged(entry, state, later)
    assert not _is_unchanged(entry, state, entry.modified_ns)
    for other in (
        entry._replace(modified_ns=entry.modified_ns - 1),
        entry._replace(changed_ns=entry.changed_ns - 1),
        entry._replace(inode=entry.inode + 1),
        entry._replace(size=entry.size + 1),
        entry._replace(size=0),
    ):
        assert not _is_unchanged(other, state, later)
    state, later = (repo.root / "empty.py").lstat(), empty.modified_ns + 1
    assert _is_unchanged(empty, state, later)
    # git writes a size of 0 where it could not tell a file from one that changed in the same moment.
    assert not _is_unchanged(empty._replace(object_id=entry.object_id), state, later)


def test_without_attributes_no_git_is_asked(repo: Repo, git_log: GitLog) -> None:
    repo.commit("a.py")
    git_log.take()
    assert certain(repo.open()) == {"a.py"}
    (listing,) = git_log.take()
    assert "ls-files --others" in listing


@pytest.mark.parametrize("value", ["true", "input", "TRUE"])
@pytest.mark.parametrize("where", ["local", "global", "included", "environment", "worktree", "conditional"])
def test_automatic_line_endings_leave_nothing_certain(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, where: str, value: str
) -> None:
    repo.commit("a.py")
    setting = f"[core]\n\tautocrlf = {value}\n"
    home = repo.root.parent / "home"
    home.mkdir()
    if where == "local":
        repo.git("config", "core.autocrlf", value)
    elif where == "worktree":
        repo.git("config", "extensions.worktreeConfig", "true")
        repo.git("config", "--worktree", "core.autocrlf", value)
    elif where == "environment":
        for name, each in (("COUNT", "1"), ("KEY_0", "core.autocrlf"), ("VALUE_0", value)):
            monkeypatch.setenv(f"GIT_CONFIG_{name}", each)
    else:
        monkeypatch.delenv("GIT_CONFIG_GLOBAL")
        (home / "more").write_text(setting, encoding="utf-8")
        text = {
            "global": setting,
            "included": "[include]\n\tpath = more\n",
            "conditional": f'[includeIf "gitdir:{repo.root}/"]\n\tpath = more\n',
        }
        (home / ".gitconfig").write_text(text[where], encoding="utf-8")
    assert certain(repo.open()) == set()


@pytest.mark.parametrize(
    "content", ["[core]\n\tautocrlf = false\n", "[include]\n\tpath = none\n", "[user]\n\tname = autoCRLF\n"]
)
def test_settings_that_convert_nothing_leave_files_certain(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    repo.commit("a.py")
    file = repo.root.parent / "gitconfig"
    file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    assert certain(repo.open()) == {"a.py"}


def test_a_file_with_other_line_endings_than_its_blob(repo: Repo) -> None:
    repo.git("config", "core.autocrlf", "true")
    repo.write("a.py", "x = 1\r\ny = 2\r\n")
    repo.git("add", "a.py")
    assert repo.git("cat-file", "blob", ":a.py").encode() == b"x = 1\ny = 2"
    workspace = repo.open()
    assert certain(workspace) == set()
    assert workspace.read("a.py") == b"x = 1\r\ny = 2\r\n"


@pytest.mark.parametrize(
    ("lines", "uncertain"),
    [
        ("", ""),
        ("# *.py text\n\n", ""),
        ("*.py linguist-generated diff=python merge=union export-ignore -text\n", ""),
        ("*.png binary\n* whitespace=tab\n", ""),
        ("*.py !text -filter -eol\n", ""),
        ("* unknown=text\n", ""),
        ("* text=auto\n", "a.py dir/b.py dir/c.txt"),
        ("*.py text eol=lf\n", "a.py dir/b.py"),
        ("*.py\teol=crlf\r\n", "a.py dir/b.py"),
        ("\ufeff*.txt ident\n", "dir/c.txt"),
        ("a.py filter=x\n", "a.py"),
        ("/b.py filter=x\n", ""),
        ("dir/*.py working-tree-encoding=latin1\n", "dir/b.py"),
        ("**/b.py crlf=input\n", "dir/b.py"),
        ("?.TXT text\n", "dir/c.txt"),
        ("[a] text\n", "a.py dir/b.py dir/c.txt"),
        ('"a.py" -diff\n', "a.py dir/b.py dir/c.txt"),
        ("{x,a}.py text\n", "a.py dir/b.py dir/c.txt"),
        ("../x text\n", "a.py dir/b.py dir/c.txt"),
        ("[attr]source -diff text\n*.py source\n", "a.py dir/b.py"),
        ("*.txt far\n[attr]near filter=x\n[attr]far near\n", "dir/c.txt"),
        ("[attr]harmless diff\n* harmless\n", ""),
        ("*.bin filter=lfs diff=lfs merge=lfs -text\n", ""),
    ],
)
def test_attributes_that_convert_take_the_object_ids_from_what_they_match(
    repo: Repo, lines: str, uncertain: str
) -> None:
    repo.write(".gitattributes", lines)
    repo.commit("a.py", "dir/b.py", "dir/c.txt")
    expected = {"a.py", "dir/b.py", "dir/c.txt"} - set(uncertain.split())
    assert certain(repo.open()) - {".gitattributes"} == expected


def test_attributes_of_a_folder_hold_below_it(repo: Repo) -> None:
    repo.write("dir/.gitattributes", "*.py text\n/sub/x.txt text\n")
    repo.commit("a.py", "dir/b.py", "dir/c.txt", "dir/sub/d.py", "dir/sub/x.txt", "sub/x.txt")
    assert certain(repo.open()) == {"a.py", "dir/.gitattributes", "dir/c.txt", "sub/x.txt"}


def test_attributes_above_the_governed_folder_hold_in_it(repo: Repo) -> None:
    repo.write(".gitattributes", "*.py text\n")
    repo.commit("backend/a.py", "backend/b.txt")
    assert certain(repo.open(scope="backend")) == {"backend/b.txt"}


@pytest.mark.parametrize("where", ["info", "setting", "home", "xdg"])
def test_attributes_outside_of_the_tree_hold_too(repo: Repo, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    repo.commit("a.py", "b.txt")
    base = repo.root.parent
    file = {
        "info": repo.root / ".git/info/attributes",
        "setting": base / "attributes",
        "home": base / "home/.config/git/attributes",
        "xdg": base / "xdg/git/attributes",
    }[where]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("*.py text\n", encoding="utf-8")
    if where == "setting":
        repo.git("config", "core.attributesFile", str(file))
    if where == "xdg":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(base / "xdg"))
    assert certain(repo.open()) == {"b.txt"}


def test_attributes_that_are_untracked_ignored_deleted_or_a_link_count(repo: Repo) -> None:
    repo.write(".gitignore", "ignored/.gitattributes\n")
    repo.write("deleted/.gitattributes", "* text\n")
    repo.commit("untracked/a.py", "ignored/b.py", "deleted/c.py", "link/d.py", "plain/e.py")
    repo.write("untracked/.gitattributes", "* text\n")
    repo.write("ignored/.gitattributes", "* text\n")
    (repo.root / "deleted/.gitattributes").unlink()
    (repo.root / "link/.gitattributes").symlink_to("/nowhere")
    assert certain(repo.open()) == {".gitignore", "plain/e.py"}


def test_filters_never_run(repo: Repo) -> None:
    marker = repo.root.parent / "ran"
    repo.write(".gitattributes", "*.py filter=evil diff=evil\n")
    repo.commit("a.py", "b.txt")
    for name in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
    ):
        repo.git("config", name, f"touch {marker}; cat")
    repo.git("config", "core.fsmonitor", f"touch {marker}; false")
    repo.write("a.py", "changed\n")
    repo.write("new.py", "new\n")
    assert certain(repo.open()) == {".gitattributes", "b.txt"}
    with repo.open(staged=True) as workspace:
        assert [workspace.read(file.path) for file in workspace.project_files()]
    with repo.open("a.py") as workspace:
        assert workspace.read("a.py") == b"changed\n"
    assert not marker.exists()
    repo.git("hash-object", "a.py")
    assert marker.exists(), "git itself would have run it"


def test_a_filtered_file_is_read_as_it_lies_there(repo: Repo) -> None:
    repo.write(".gitattributes", "*.py filter=upper\n")
    repo.git("config", "filter.upper.clean", "tr a-z A-Z")
    repo.write("a.py", "lower = 1\n")
    repo.git("add", "--all")
    workspace = repo.open()
    assert certain(workspace) == {".gitattributes"}
    assert workspace.read("a.py") == b"lower = 1\n"
    with repo.open(staged=True) as staged:
        assert staged.read("a.py") == b"LOWER = 1\n"


def test_the_answers_agree_with_gits_own(repo: Repo) -> None:
    """Wherever git says that an attribute is set, the file is held to be convertible."""
    lines = [
        "*.a text",
        "b* eol=lf",
        "/root.* filter=x",
        "dir/** ident",
        "deep/*/x.? text=auto",
        "?z text",
        "??.q text",
        "c text",
    ]
    repo.write(".gitattributes", "\n".join(lines) + "\n")
    paths = ["x.a", "bb", "root.x", "bz", "az", "c", "no", "deep/1/x.c", "deep/x.c", "ß.q", "O.Q"]
    paths += [f"{folder}/{name}" for folder in ("dir", "dir/q", "q") for name in ("x.a", "bc", "root.x", "y", "c")]
    repo.commit(*paths)
    repository = git.find_repository(repo.root)
    assert repository is not None
    tree = WorkTree(repo.root)
    converts = conversion(repository, tree, {b".gitattributes"})
    attributes = ("text", "eol", "filter", "ident")
    said = repo.git("check-attr", "-z", *attributes, "--", *paths).split("\0")
    triples = zip(said[::3], said[1::3], said[2::3], strict=False)
    set_by_git = {path for path, _, value in triples if value != "unspecified"}
    assert set_by_git
    assert {path for path in paths if converts(path)} >= set_by_git
    assert not converts("no")
