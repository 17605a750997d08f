"""The second step: relcheck in an environment of its own, from files with known hashes; only relcheck is built."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from relcheck_action.plan import ROOT
from relcheck_action.runner import Environment, Stop, folder, for_a_child, given

_BINARIES = ("install", "--no-deps", "--no-compile", "--only-binary", ":all:")
_VERSION = re.compile(r"(?P<version>\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?(?:\.post\d+)?)\s+sha256:(?P<hash>[0-9a-f]{64})")


def install(environment: Environment) -> int:
    """Raises Stop where something cannot be installed as it is locked."""
    temporary = folder(environment, "FOLDER")
    version = given(environment, "VERSION")
    wanted = _release(version, temporary) if version else [str(ROOT)]
    _run(environment, temporary, sys.executable, "-I", "-m", "venv", "--without-pip", str(temporary / "environment"))
    locked = ["--require-hashes", "--requirement", str(ROOT / "action" / "requirements.txt")]
    _pip(environment, temporary, *_BINARIES, *locked)
    if version:
        _pip(environment, temporary, *_BINARIES, *wanted)
    else:
        # The build backend is one of the locked files, and nothing else is looked for anywhere.
        _pip(environment, temporary, "install", "--no-deps", "--no-index", "--no-build-isolation", *wanted)
    _pip(environment, temporary, "check")
    _run(environment, temporary, str(python_of(temporary)), "-I", "-m", "relcheck", "--version")
    return 0


def python_of(temporary: Path) -> Path:
    """The Python that relcheck is installed for."""
    place = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return temporary.joinpath("environment", *place)


def _release(version: str, temporary: Path) -> list[str]:
    found = _VERSION.fullmatch(version)
    if found is None:
        raise Stop(
            f"the version {version!r} is none. Write one release with the hash of its wheel: 0.1.0 sha256:…. "
            "A name and a number do not say whose package an index has by that name"
        )
    requirement = f"relcheck=={found['version']}"
    file = temporary / "relcheck.txt"
    file.write_text(f"{requirement} --hash=sha256:{found['hash']}\n", encoding="ascii")
    return ["--require-hashes", "--requirement", str(file)]


def _pip(environment: Environment, temporary: Path, *arguments: str) -> None:
    """The pip of the action's Python, at work on the environment: to give that one a pip of its own takes 4 s.

    `--isolated`: neither variables nor the user's files say what is installed from where; the machine's may.
    """
    target = ("--python", str(python_of(temporary)))
    quiet = ("--isolated", "--quiet", "--no-input", "--disable-pip-version-check")
    _run(environment, temporary, sys.executable, "-I", "-m", "pip", *target, *quiet, *arguments)


def _run(environment: Environment, temporary: Path, *command: str) -> None:
    # In a folder that is ours: none of the programs should find itself in the checked-out tree.
    done = subprocess.run(
        [*command], cwd=temporary, env=for_a_child(environment), stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise Stop(f"relcheck cannot be installed: {command[3]} ended with {done.returncode}. The log says why")
