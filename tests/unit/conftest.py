"""A git repository to try things on, driven by the git program without anybody's own settings."""

from __future__ import annotations

import itertools
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from relcheck.engine.files.discover import Workspace, open_workspace
from relcheck.sources.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_CLOCK = itertools.count(int(time.time()) - 3600)


class Repo:
    """A work tree. What is written looks an hour old, a second apart, so that git's index is surely younger."""

    def __init__(self, root: Path, *, object_format: str = "sha1") -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", f"--object-format={object_format}")

    def git(self, *arguments: str | Path, stdin: bytes | None = None, env: dict[str, str] | None = None) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.root,
            input=stdin,
            capture_output=True,
            check=True,
            env=os.environ | (env or {}),
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, content: str | bytes = "x = 1\n", *, aged: bool = True) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        if aged:
            now = next(_CLOCK)
            os.utime(file, (now, now))
        return file

    def commit(self, *paths: str, message: str = "a change") -> None:
        """Writes the paths, each with its own content, and commits all that is there."""
        for path in paths:
            self.write(path, f"# {path!r}\n".encode("utf-8", "backslashreplace"))
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")

    def staged_id(self, path: str) -> str:
        return self.git("rev-parse", f":{path}")

    def open(
        self,
        *paths: str,
        scope: str = "",
        exclude: Sequence[str] = (),
        staged: bool = False,
        stdin: tuple[str, bytes] | None = None,
    ) -> Workspace:
        folder = self.root / scope
        asked = [folder / path for path in paths]
        return open_workspace(folder, asked, exclude=Globs(exclude), staged=staged, stdin=stdin)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder outside of any repository, with a home of its own and no git variables."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def repo(alone: Path) -> Repo:
    return Repo(alone / "repo")


@pytest.fixture
def make_repo(alone: Path) -> Callable[..., Repo]:
    """Makes another repository, by its path beside `repo`."""

    def make(path: str, *, object_format: str = "sha1") -> Repo:
        return Repo(alone / path, object_format=object_format)

    return make


class GitLog:
    """What git was started with since the last question."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def take(self) -> list[str]:
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self._file.unlink(missing_ok=True)
        return lines


@pytest.fixture
def git_log(alone: Path, monkeypatch: pytest.MonkeyPatch) -> GitLog:
    """A git in front of the real one that notes its arguments, one line a start."""
    real = subprocess.run(["/bin/sh", "-c", "command -v git"], capture_output=True, check=True).stdout.decode().strip()
    log = alone / "git.log"
    program = alone / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$*" >>"{log}"\nexec "{real}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return GitLog(log)


@pytest.fixture
def no_git(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PATH on which there is no git."""
    empty = alone / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
