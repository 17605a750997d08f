"""A repository on disk, and relcheck run in it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from relcheck.cli.main import run

ROOT = Path(__file__).parents[2]
BROKEN = ROOT / "tests" / "fixtures" / "billing_broken"

LOCK = "def claim(session, job):\n    return session.query(job).with_for_update().first()\n"
PRIMITIVE = "def single_connection_transaction():\n    yield\n"

_OURS = ("GIT_", "RELCHECK_", "PRE_COMMIT")
_ABOUT_OUTPUT = ("CI", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH", "COLUMNS")


def environment(**more: str) -> dict[str, str]:
    """The machine's environment without what would change relcheck or git. pip needs the rest."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(_OURS) and name not in _ABOUT_OUTPUT
    }
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        git |= {f"GIT_{role}_NAME": "A", f"GIT_{role}_EMAIL": "a@example.org"}
    return kept | git | more


@dataclass(frozen=True)
class Ran:
    """What a run left: its exit code and its two outputs."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[tuple[str, str, int]]:
        """(rule, path, line) of a JSON report."""
        return [(one["rule"], one["path"], one["line"]) for one in json.loads(self.out)["findings"]]

    @property
    def rules(self) -> list[str]:
        """The rules of a JSON report's findings."""
        return [rule for rule, _, _ in self.findings]


class Project:
    """A git repository with files as the test wants them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def write(self, path: str, content: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return file

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env=environment(), check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, message: str = "a change") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", f"--message={message}")

    def run(self, *command: str | Path, stdin: str = "", folder: str = ".", **env: str) -> Ran:
        done = subprocess.run(
            [*command],
            cwd=self.root / folder,
            env=environment(**env),
            input=stdin.encode(),
            capture_output=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    def relcheck(self, *arguments: str, stdin: str = "", folder: str = ".", **env: str) -> Ran:
        """The command, run in this process: the same as `process`, and ten times as fast."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root / folder)
            wanted = environment(**env)
            for name in os.environ.keys() - wanted.keys():
                patch.delenv(name)
            for name, value in wanted.items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = run(list(arguments))
        return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    def process(self, *arguments: str, stdin: str = "", folder: str = ".", **env: str) -> Ran:
        """The command as a process of its own."""
        return self.run(sys.executable, "-m", "relcheck", *arguments, stdin=stdin, folder=folder, **env)

    def scan(self, *arguments: str) -> Ran:
        """A scan with a JSON report."""
        return self.relcheck("scan", "--output", "json", *arguments)
