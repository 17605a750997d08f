"""The installed command as a process, and repositories whose files may hold anything."""

from __future__ import annotations

import ctypes
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

RAW_LOCKS = ("--select", "transactions/raw-row-lock", "--output", "json")

_PATIENCE = 60.0
"""Seconds after which a run counts as hung."""


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

    def here(self, *arguments: str) -> Told:
        """The command in this process, where nothing can happen to it that a process is needed for."""
        ran = self.relcheck(*arguments)
        return Told(ran.code, ran.out, ran.err)

    def scanned(self, *arguments: str) -> Told:
        """A scan for raw locks in this process, with a JSON report."""
        return self.here("scan", *RAW_LOCKS, *arguments)


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
        return self("scan", *RAW_LOCKS, *arguments, before=before)


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


def without_the_rights_of_root() -> None:
    """root may read everything until it gives up CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7))."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        drop_from_bounding_set = 24
        for capability in (1, 2):
            libc.prctl(drop_from_bounding_set, capability, 0, 0, 0)
