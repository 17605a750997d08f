"""Runs commands and says what they used: processor time, wall time, peak memory, and how many findings they printed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LAUNCH = Path(__file__).with_name("launch.py")
_LIMIT = 900.0
"""Seconds after which a command is given up."""


def nothing() -> None:
    """What has to be done before most runs."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command to be measured in the folder `cwd`.

    `finding` matches each finding in its output. A run did its work when it ends with 0, or with 1 and findings: a
    program that dies ends with 1 too. `before` is called before each run and not measured.
    """

    label: str
    argv: tuple[str, ...]
    cwd: Path
    finding: str = r"^\S+:\d+:\d+: "
    environment: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], None] = nothing


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run used: seconds, seconds, bytes. `failure` says why it does not count."""

    cpu: float
    wall: float
    peak: int
    findings: int
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The medians of several runs of one command, the largest peak, and the findings of the last run."""

    label: str
    runs: int
    cpu: float
    wall: float
    peak: int
    findings: int
    failure: str | None = None


def interleaved(commands: Sequence[Command], rounds: int) -> list[Measured]:
    """Measure the commands in turn, A B A B, so that a slow minute of the machine meets all of them."""
    usages: dict[int, list[Usage]] = {index: [] for index in range(len(commands))}
    for _ in range(rounds):
        for index, command in enumerate(commands):
            if not usages[index] or usages[index][-1].failure is None:
                usages[index].append(run(command))
    return [_summary(command.label, usages[index]) for index, command in enumerate(commands)]


def measured(command: Command, rounds: int = 1) -> Measured:
    """Measure one command alone."""
    return interleaved([command], rounds)[0]


def run(command: Command) -> Usage:
    """One run, from start to end."""
    command.before()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        report, out, err = Path(folder, "usage"), Path(folder, "out"), Path(folder, "err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                (sys.executable, "-I", "-S", str(_LAUNCH), str(report), *command.argv),
                cwd=command.cwd,
                env=_environment(command, folder),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            try:
                process.wait(_LIMIT)
            except (subprocess.TimeoutExpired, KeyboardInterrupt) as stopped:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                if isinstance(stopped, KeyboardInterrupt):
                    raise
                return Usage(0, 0, 0, 0, f"given up after {_LIMIT:.0f} s")
        cpu, wall, peak, code = report.read_text(encoding="ascii").split()
        output = out.read_text(encoding="utf-8", errors="replace")
        found = len(re.findall(command.finding, output, re.MULTILINE))
        failure = None
        if code != "0" and not (code == "1" and found):
            last = _last_line(err.read_text(encoding="utf-8", errors="replace") or output)
            failure = f"failed with exit code {code}: {last}"
        return Usage(float(cpu), float(wall), int(peak), found, failure)


def _environment(command: Command, folder: str) -> dict[str, str]:
    """The same small environment for every tool: no colours, no settings or caches of the user."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        **command.environment,
    }


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else "no message"


def _summary(label: str, usages: Sequence[Usage]) -> Measured:
    last = usages[-1]
    if last.failure is not None:
        return Measured(label, len(usages), 0, 0, 0, 0, last.failure)
    return Measured(
        label,
        len(usages),
        median(usage.cpu for usage in usages),
        median(usage.wall for usage in usages),
        max(usage.peak for usage in usages),
        last.findings,
    )
