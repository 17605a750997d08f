"""The git hooks that docs/ci.md shows, run by git."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from project import LOCK, PRIMITIVE, Project, Ran
from test_action_files import PAGE, blocks

HOOKS = [block for block in blocks(PAGE, "sh") if block.startswith("#!/bin/sh\n")]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """A repository with one violation, and a remote that has all of it."""
    project = Project(tmp_path / "shop")
    project.write("infra.py", PRIMITIVE)
    project.write("old.py", LOCK)
    project.commit()
    project.git("init", "--quiet", "--bare", str(tmp_path / "remote"))
    project.git("remote", "add", "origin", str(tmp_path / "remote"))
    project.git("push", "--quiet", "origin", "main")
    return project


def _hook(shop: Project, name: str, script: str) -> None:
    hook = shop.write(f".git/hooks/{name}", script)
    hook.chmod(0o755)


def _git(shop: Project, *arguments: str) -> Ran:
    return shop.run("git", *arguments, PATH=PATH)


def test_the_pre_commit_hook_looks_at_what_is_staged(shop: Project) -> None:
    _hook(shop, "pre-commit", HOOKS[0])
    shop.write("new.py", LOCK)
    shop.git("add", "new.py")
    shop.write("new.py", "x = 1\n")

    stopped = _git(shop, "commit", "--message=a lock")
    shop.git("add", "new.py")
    let_through = _git(shop, "commit", "--message=no lock")

    assert stopped.code == 1
    assert "new.py:2:" in stopped.out + stopped.err
    assert let_through.code == 0, let_through.out + let_through.err


def test_the_pre_push_hook_looks_at_what_the_branch_adds(shop: Project) -> None:
    _hook(shop, "pre-push", HOOKS[1])
    shop.write("plain.py", "x = 1\n")
    shop.commit()
    let_through = _git(shop, "push", "origin", "HEAD:refs/heads/plain")
    shop.write("new.py", LOCK)
    shop.commit()

    stopped = _git(shop, "push", "origin", "HEAD:refs/heads/lock")

    assert let_through.code == 0, let_through.out + let_through.err
    assert stopped.code == 1
    assert "new.py:2:" in stopped.out + stopped.err
    assert "old.py" not in stopped.out + stopped.err
