"""Programs that a repository names in its configuration and attributes: git would run them, relcheck's git does not.

Each of them leaves a mark. That the marks work is shown by git itself, at the end of the first test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project, environment

if TYPE_CHECKING:
    from pathlib import Path

_ATTRIBUTES = """\
*.py filter=cleaning diff=converting merge=merging
*.sql filter=process diff=comparing
*.md text=auto ident export-subst
"""
_HOOKS = (
    *("post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman", "reference-transaction"),
    *("prepare-commit-msg", "commit-msg", "post-commit", "pre-auto-gc"),
)
VERBS = [
    ("scan",),
    ("scan", "--no-cache", "app", "infra.py", "new.py"),
    ("scan", "--staged"),
    ("scan", "--base", "main"),
    ("scan", "--base", "main", "--staged"),
    ("scan", "--policy-from", "main"),
    ("scan", "--base=main", "--policy-from=main", "--no-cache"),
    ("scan", "--prune"),
    ("waive", "app/jobs.py:3", "--reason", "a"),
    ("baseline", "write", "--reason", "adopted"),
    ("baseline", "prune"),
    ("baseline", "show"),
    ("explain", "app/jobs.py:3"),
    ("config", "show"),
]


class Trapped(Project):
    """A repository in which every program that git may be told to run leaves a mark, two commits, and a change of each
    kind: staged, not staged, in conflict with the time stamps of the index, untracked."""

    def __init__(self, root: Path, marks: Path) -> None:
        super().__init__(root)
        self.marks = marks
        marks.mkdir()
        self.write("infra.py", PRIMITIVE)
        self.write("app/jobs.py", LOCK)
        self.write("schema.sql", "SELECT 1 FOR UPDATE;\n")
        self.write("README.md", "$Id$\n")
        self.commit("one")
        self.git("checkout", "--quiet", "-b", "change")
        self.write("app/jobs.py", f"import os\n{LOCK}")
        self.write(".gitattributes", _ATTRIBUTES)
        self.commit("two")
        self.write("infra.py", f"{PRIMITIVE}\n# staged\n")
        self.git("add", "infra.py")
        self.write("infra.py", f"{PRIMITIVE}\n# not staged\n")
        self.write("new.py", LOCK)
        os.utime(self.root / "app/jobs.py", (1, 1))
        os.utime(self.root / "schema.sql", (1, 1))
        self.lay()

    def lay(self) -> None:
        for name in _HOOKS:
            hook = self.write(f"hooks/{name}", f"#!/bin/sh\n{self.mark('hook')}\n")
            hook.chmod(0o755)
            shutil.copy(hook, self.root / ".git/hooks")
        lines = [
            *("[core]", f"fsmonitor = {self.mark('fsmonitor')}", f"hooksPath = {self.root}/hooks"),
            *(f"sshCommand = {self.mark('ssh')}", f"pager = {self.mark('pager')}", f"editor = {self.mark('editor')}"),
            *(f"gitProxy = {self.mark('proxy')}", f"askPass = {self.mark('askpass')}"),
            f"alternateRefsCommand = {self.mark('alternates')}",
            *('[filter "cleaning"]', f"clean = {self.mark('clean')}; cat", f"smudge = {self.mark('smudge')}; cat"),
            *("required = true", '[filter "process"]', f"process = {self.mark('process')}", "required = true"),
            *('[diff "converting"]', f"textconv = {self.mark('textconv')}; cat", "cachetextconv = true"),
            *('[diff "comparing"]', f"command = {self.mark('diff')}", "[diff]", f"external = {self.mark('external')}"),
            *('[merge "merging"]', f"driver = {self.mark('merge')}", "[gpg]", f"program = {self.mark('gpg')}"),
            *("[credential]", f"helper = !{self.mark('credential')}", "[pager]", f"ls-files = {self.mark('pager')}"),
            *("[alias]", f"ls-files = !{self.mark('alias')}", f"cat-file = !{self.mark('alias')}"),
            *("[protocol]", "allow = always", "[uploadpack]", f"packObjectsHook = {self.mark('pack')}"),
            *("[extensions]", "partialClone = origin", '[remote "origin"]', f"uploadpack = {self.mark('uploadpack')}"),
            *(f"url = {self.root}", "promisor = true", "partialCloneFilter = blob:none"),
            *(f"vcs = {self.mark('vcs')}", "fetch = +refs/heads/*:refs/remotes/origin/*"),
            *('[branch "change"]', "remote = origin", "merge = refs/heads/main", "[include]", "path = more"),
        ]
        (self.root / ".git/more").write_text(f"[core]\nfsmonitor = {self.mark('fsmonitor')}\n", encoding="utf-8")
        with (self.root / ".git/config").open("a", encoding="utf-8") as file:
            file.write("\n".join(_quoted(line) for line in lines) + "\n")

    def mark(self, name: str) -> str:
        """A command that leaves a mark of this name."""
        return f"touch {self.marks}/{name}"

    @property
    def left(self) -> set[str]:
        return {file.name for file in self.marks.iterdir()}


def _quoted(line: str) -> str:
    name, equals, value = line.partition(" = ")
    return f'{name}{equals}"{value}"' if equals else line


@pytest.fixture
def trapped(tmp_path: Path) -> Trapped:
    return Trapped(tmp_path / "trapped", tmp_path / "marks")


def test_no_program_of_the_repository_runs_whatever_is_asked(trapped: Trapped) -> None:
    told = {" ".join(verb): trapped.process(*verb) for verb in VERBS}

    assert trapped.left == set()
    assert {verb: (ran.code, ran.err) for verb, ran in told.items() if ran.code not in (0, 1)} == {}
    assert all(":3" in ran.out for verb, ran in told.items() if verb in ("scan", "scan --base main"))
    _git_runs_them(trapped)


def _git_runs_them(trapped: Trapped) -> None:
    for command in (
        "status",
        "diff",
        "log -p change",
        "log -p --ext-diff change",
        "add --all",
        "fetch",
        "ls-files --others",
    ):
        subprocess.run(["git", *command.split()], cwd=trapped.root, env=environment(), capture_output=True, check=False)
    trapped.git("config", "--unset", "filter.process.required")
    assert trapped.left >= {"fsmonitor", "clean", "process", "textconv", "external"}


@pytest.mark.parametrize("remote", ["uploadpack", "url", "vcs"])
def test_what_a_partial_clone_lacks_is_not_fetched(trapped: Trapped, remote: str) -> None:
    """A lazy fetch would start what the repository calls its remote."""
    trapped.git("config", "--unset", "remote.origin.vcs")
    if remote == "url":
        trapped.git("config", "remote.origin.url", f"ext::{trapped.mark('ext')}")
    elif remote == "vcs":
        trapped.git("config", "remote.origin.url", "ssh://example.invalid/x")
    blob = trapped.git("rev-parse", "main:app/jobs.py")
    (trapped.root / ".git/objects" / blob[:2] / blob[2:]).unlink()

    ran = trapped.process("scan", "--base", "main", "--no-cache")

    assert trapped.left == set()
    assert ran.code == 2
    assert f"object {blob} is not in the repository" in ran.err
    subprocess.run(
        ["git", "cat-file", "-p", blob], cwd=trapped.root, env=environment(), capture_output=True, check=False
    )
    assert trapped.left & {"uploadpack", "ext", "ssh"}, "git itself would have run it"


@pytest.mark.parametrize("where", ["vendor/bare", "vendor/bare/hooks", "."])
@pytest.mark.parametrize("how", ["in it", "asked for"])
@pytest.mark.parametrize("bare", ["true", "false"])
def test_a_bare_repository_in_the_tree_governs_nothing(
    trapped: Trapped, tmp_path: Path, where: str, how: str, bare: str
) -> None:
    """It is found by git wherever it is started in it, with the configuration that the tree brought along."""
    folder = trapped.root / "vendor/bare"
    (folder / "hooks").mkdir(parents=True)
    for name in ("objects", "refs"):
        (folder / name).mkdir()
        (folder / name / ".keep").touch()
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (folder / "config").write_text(
        f"[core]\nrepositoryformatversion = 0\nbare = {bare}\nworktree = {trapped.root}\n"
        f'fsmonitor = "{trapped.mark("planted")}"\nhooksPath = {trapped.root}/hooks\n',
        encoding="utf-8",
    )
    (folder / "hooks/a.py").write_text(LOCK, encoding="utf-8")

    ran = trapped.process("scan", folder=where) if how == "in it" else trapped.process("scan", where)

    assert trapped.left == set()
    if where == ".":
        assert ran.code == 1
        assert "vendor/bare/hooks/a.py" in ran.out
    else:
        assert (ran.code, ran.out) == (2, "")
        assert "is a bare repository or git's own folder" in ran.err


def test_a_git_file_may_point_elsewhere_and_nothing_runs_from_there(trapped: Trapped, tmp_path: Path) -> None:
    """A tree that was unpacked, not cloned, can bring one along."""
    elsewhere = tmp_path / "elsewhere"
    (trapped.root / ".git").rename(elsewhere)
    trapped.write(".git", f"gitdir: {elsewhere}\n")
    for verb in VERBS:
        trapped.process(*verb)
    assert trapped.left == set()

    planted = trapped.root / "planted"
    shutil.copytree(elsewhere, planted)
    trapped.write(".git", "gitdir: planted\n")
    for verb in VERBS:
        trapped.process(*verb)
    assert trapped.left == set()


def test_a_hook_of_another_repository_changes_nothing(trapped: Trapped, tmp_path: Path) -> None:
    """git tells its hooks by variables where they are; what else stands there would run programs."""
    other = Project(tmp_path / "other")
    other.write("theirs.py", LOCK)
    other.commit()
    alone = trapped.process("scan", "--output", "json", "--no-cache")
    given = {
        "GIT_DIR": str(other.root / ".git"),
        "GIT_WORK_TREE": str(other.root),
        "GIT_INDEX_FILE": str(other.root / ".git/index"),
        "GIT_OBJECT_DIRECTORY": str(other.root / ".git/objects"),
        "GIT_COMMON_DIR": str(other.root / ".git"),
        "GIT_NAMESPACE": "x",
        "GIT_PREFIX": "app/",
        "GIT_LITERAL_PATHSPECS": "0",
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": trapped.mark("counted"),
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor'='{trapped.mark('given')}'",
        **{
            name: trapped.mark(name)
            for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "GIT_ASKPASS", "GIT_PROXY_COMMAND")
        },
    }

    ran = trapped.process("scan", "--output", "json", "--no-cache", **given)

    assert trapped.left == set()
    assert ran == alone


@pytest.mark.parametrize("option", ["--base", "--policy-from"])
@pytest.mark.parametrize(
    "ref",
    [
        *("--output=x", "--all", "-x", "--", "--exec-path=x", "--git-dir=x", "--upload-pack=touch x"),
        *("@{upload}", "main@{upload}", "main:app", ":/a change", "main...change", "main^!", "x\0y", "*", "--stdin"),
    ],
)
def test_a_ref_is_a_ref_and_nothing_else(trapped: Trapped, option: str, ref: str) -> None:
    before = sorted(path.name for path in trapped.root.iterdir())

    ran = trapped.relcheck("scan", "--no-cache", f"{option}={ref}")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("relcheck: ")
    assert trapped.left == set()
    assert sorted(path.name for path in trapped.root.iterdir()) == before


@pytest.mark.parametrize("given", ["relative", "in the tree", "linked into the tree"])
def test_a_git_program_of_the_tree_is_not_started(trapped: Trapped, tmp_path: Path, given: str) -> None:
    program = trapped.write("bin/git", f"#!/bin/sh\n{trapped.mark('git')}\n")
    program.chmod(0o755)
    (tmp_path / "linked").symlink_to(trapped.root / "bin")
    first = {"relative": "bin:.", "in the tree": str(program.parent), "linked into the tree": str(tmp_path / "linked")}

    ran = trapped.process("scan", PATH=f"{first[given]}:{os.environ['PATH']}")

    assert trapped.left == set()
    assert ran.code == 1
