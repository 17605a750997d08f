"""The installed command as a process, and repositories whose files may hold anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from project import PRIMITIVE, Project, Ran, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOCK = "q.with_for_update()\n"
"""A lock in column 3 of its line."""

_PATIENCE = 60.0
"""Seconds after which a run counts as hung."""


class Repo(Project):
    """A repository that has adopted the primitive, so that a raw lock is an error, with one lock in `other.py`."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.write("infra.py", PRIMITIVE)
        self.write("other.py", LOCK)

    def write(self, path: str | bytes, content: str | bytes) -> Path:
        file = self.root / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file


@dataclass(frozen=True)
class Told(Ran):
    """What a run left, read as the findings of a JSON report."""

    @property
    def all(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads(self.out)["findings"]
        return found

    def places(self, path: str) -> list[tuple[str, object, object]]:
        """(rule without its pack, line, column) of the findings in one file."""
        found = [one for one in self.all if one["path"] == path]
        return [(str(one["rule"]).partition("/")[2], one["line"], one["column"]) for one in found]

    def message(self, path: str) -> str:
        """The message of the one finding in a file."""
        (only,) = [one for one in self.all if one["path"] == path]
        return str(only["message"])

    @property
    def summary(self) -> dict[str, object]:
        summary: dict[str, object] = json.loads(self.out)["summary"]
        return summary


class Command:
    """The console script of the environment that runs the tests. No run may leave a traceback."""

    def __init__(self, folder: Path) -> None:
        script = Path(sys.executable).with_name("relcheck")
        self.argv = [str(script)] if script.exists() else [sys.executable, "-m", "relcheck"]
        self.folder = folder

    def start(
        self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None, **how: object
    ) -> subprocess.Popen[bytes]:
        """A run that goes on in the background; `how` is for Popen."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        return subprocess.Popen(
            [*self.argv, *arguments],
            cwd=cwd or self.folder,
            env=environment() | dict(env or {}),
            **pipes,  # type: ignore[call-overload]  # Popen's own options
        )

    def __call__(
        self,
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: bytes = b"",
        before: Callable[[], None] | None = None,
    ) -> Told:
        """Run to the end. `before` is called in the new process, before it becomes relcheck."""
        process = self.start(*arguments, cwd=cwd, env=env, stdin=subprocess.PIPE, preexec_fn=before)
        return told(process, stdin)

    def scan(self, *arguments: str, before: Callable[[], None] | None = None) -> Told:
        """A scan for raw locks, with a JSON report."""
        select = ("--select", "transactions/raw-row-lock")
        return self("scan", *select, "--output", "json", *arguments, before=before)


def told(process: subprocess.Popen[bytes], stdin: bytes | None = None) -> Told:
    """What a run leaves at its end. A run that hangs is killed and fails the test."""
    try:
        out, err = process.communicate(stdin, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail(f"relcheck hung for {_PATIENCE:.0f} seconds")
    ended = Told(process.returncode, (out or b"").decode(), (err or b"").decode())
    for stream in (ended.out, ended.err):
        assert "Traceback" not in stream, stream
        assert "Exception ignored" not in stream, stream
    return ended


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@pytest.fixture
def relcheck(tmp_path: Path) -> Command:
    """The command, run in the folder of `repo`."""
    return Command(tmp_path / "repo")
