"""What the runner gives to a step, and what it takes from one: variables, files and commands in the log."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

Environment = Mapping[str, str]

SUMMARY_LIMIT = 900 * 1024
"""Bytes. The runner drops a summary of more than 1 MiB as a whole, and other steps of the job may write one too."""


class Stop(Exception):  # noqa: N818 - reads as what it does
    """The check cannot be made; the message says why and what to do. The step ends with exit code 2."""


def given(environment: Environment, name: str) -> str:
    """An input of the action, without the space around it; empty where the workflow says nothing."""
    return environment.get(f"INPUT_{name}", "").strip()


def switch(environment: Environment, name: str) -> bool:
    """An input that is `true` or `false`. Raises Stop for anything else: a gate is not switched off by a typo."""
    value = given(environment, name)
    if value not in ("true", "false"):
        raise Stop(f"the input `{name.lower()}` is {value!r}. Write true or false")
    return value == "true"


def folder(environment: Environment, name: str) -> Path:
    """A folder that the runner names. Raises Stop where it does not."""
    value = environment.get(name)
    if not value:
        raise Stop(f"{name} is not set: this runs as a step of a GitHub Actions job")
    return Path(value)


def set_output(environment: Environment, name: str, value: str) -> None:
    """An output of this step. The delimiter cannot be guessed, so no value can end early and set another output."""
    delimiter = secrets.token_hex(16)
    with folder(environment, "GITHUB_OUTPUT").open("a", encoding="utf-8", newline="\n") as file:
        file.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def append_summary(environment: Environment, markdown: str) -> None:
    """Add to the page of the run. What is too long is cut behind a line, and says so."""
    target = environment.get("GITHUB_STEP_SUMMARY")
    if not target:
        return
    document = markdown.encode("utf-8", "replace")
    if len(document) > SUMMARY_LIMIT:
        kept = document[: document.rfind(b"\n", 0, SUMMARY_LIMIT) + 1]
        document = kept + b"\nThe summary is cut here. The log of the step has the whole report.\n"
    with Path(target).open("ab") as file:
        file.write(document)


def say(line: str) -> None:
    """A line of the log, before anything that a process started later prints."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def annotate(kind: str, message: str) -> None:
    """An `error`, `warning` or `notice` on the page of the run."""
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    say(f"::{kind} title=relcheck::{escaped}")


@contextmanager
def plain_log() -> Iterator[None]:
    """What is printed meanwhile is text to the runner, whatever it looks like.

    Without it a line of a scanned file could be a command: `##[add-mask]` is one anywhere in a line.
    """
    token = secrets.token_hex(16)
    say(f"::stop-commands::{token}")
    try:
        yield
    finally:
        say(f"\n::{token}::")  # a line of its own, even if what ran before did not end its last one


def for_a_child(environment: Environment) -> dict[str, str]:
    """The variables for a process of ours: none by which Python or pip would load or install something else."""
    return {name: value for name, value in environment.items() if not _steers(name.upper())}


def _steers(name: str) -> bool:
    return name.startswith(("PYTHON", "PIP_")) or name in ("__PYVENV_LAUNCHER__", "XDG_CONFIG_DIRS")
