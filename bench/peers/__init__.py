"""The tools that relcheck is measured beside: each in a virtual environment of its own, with one equivalent rule.

They come from PyPI on the first use. One that cannot be installed is left out, and the table says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

_RULES = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: its name on PyPI and its program."""

    package: str
    program: str


@dataclass(frozen=True, slots=True)
class Installed:
    """A tool that can be run."""

    program: Path
    version: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A tool that cannot, and why."""

    reason: str


FIXIT = Peer("fixit", "fixit")
RUFF = Peer("ruff", "ruff")
SEMGREP = Peer("semgrep", "semgrep")
AST_GREP = Peer("ast-grep-cli", "ast-grep")
IMPORT_LINTER = Peer("import-linter", "lint-imports")
SQUAWK = Peer("squawk-cli", "squawk")
PEERS = (FIXIT, RUFF, SEMGREP, AST_GREP, IMPORT_LINTER, SQUAWK)


def install(peer: Peer, folder: Path) -> Installed | Missing:
    """The tool from its environment `folder/<package>`, which is made when it is not there."""
    home = folder / peer.package
    program = home / "bin" / peer.program
    if not program.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        pip = (
            str(home / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            peer.package,
        )
        for step in ((sys.executable, "-m", "venv", str(home)), pip):
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                shutil.rmtree(home, ignore_errors=True)
                return Missing(_why(done.stderr))
        if not program.exists():
            return Missing(f"{peer.package} has no program {peer.program}")
    return Installed(program, _version(home, peer.package))


def lock_command(peer: Peer, installed: Installed, tree: Path, targets: Sequence[str] = (".",)) -> Command:
    """The tool's search for raw row locks in a tree, or in the given files of it."""
    return {FIXIT: _fixit, RUFF: _ruff, SEMGREP: _semgrep, AST_GREP: _ast_grep}[peer](installed, tree, tuple(targets))


def layers_command(installed: Installed, tree: Path, config: Path, cache: Path | None) -> Command:
    """import-linter with one layers contract over the generated repository; the contract is written to `config`, what
    it keeps between runs to `cache`."""
    config.write_text(_LAYERS, encoding="utf-8")
    kept = ("--no-cache",) if cache is None else ("--cache-dir", str(cache))
    label = "import-linter, cold" if cache is None else "import-linter, warm"
    return Command(label, (str(installed.program), "--config", str(config), *kept), tree, finding=r"\bBROKEN$")


def migrations_command(installed: Installed, root: Path, files: Sequence[str]) -> Command:
    """squawk, all of its rules, over these migrations in SQL."""
    return Command("squawk, all its rules", (str(installed.program), "--reporter", "gcc", *files), root)


def _fixit(installed: Installed, tree: Path, targets: tuple[str, ...]) -> Command:
    argv = (str(installed.program), "--rules", "raw_row_lock:RawRowLock", "lint", *targets)
    path = {"PYTHONPATH": str(_RULES / "fixit_rule")}
    return Command("fixit, one equivalent rule", argv, tree, finding=r" RawRowLock: ", environment=path)


def _ruff(installed: Installed, tree: Path, targets: tuple[str, ...]) -> Command:
    options = ("check", "--no-cache", "--isolated", "--select", "S608", "--output-format", "concise")
    return Command("ruff --no-cache, one rule (S608)", (str(installed.program), *options, *targets), tree)


def _semgrep(installed: Installed, tree: Path, targets: tuple[str, ...]) -> Command:
    # Without the flag for ignore files it leaves out every folder named tests.
    quiet = ("--metrics", "off", "--disable-version-check", "--x-ignore-semgrepignore-files", "--quiet")
    rule = ("--config", str(_RULES / "semgrep.yaml"))
    argv = (str(installed.program), "scan", *quiet, *rule, "--jobs", "1", "--emacs", *targets)
    return Command("semgrep, one equivalent rule", argv, tree, finding=r"^\S+:\d+:\d+:\w+\(")


def _ast_grep(installed: Installed, tree: Path, targets: tuple[str, ...]) -> Command:
    options = ("scan", "--rule", str(_RULES / "ast_grep.yaml"), "--report-style", "short", "--threads", "1")
    return Command("ast-grep, one equivalent rule", (str(installed.program), *options, *targets), tree)


def _version(home: Path, package: str) -> str:
    name = package.replace("-", "_")
    for folder in home.glob(f"lib/python*/site-packages/{name}-*.dist-info"):
        return folder.name.removeprefix(f"{name}-").removesuffix(".dist-info")
    return "unknown version"


def _why(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip().startswith("ERROR")]
    return lines[-1][:160] if lines else (errors.strip().splitlines() or ["no message"])[-1][:160]


_LAYERS = """\
[importlinter]
root_package = app

[importlinter:contract:layers]
name = Layers
type = layers
layers =
    app.api | app.jobs
    app.services
    app.models | app.core
    app.infra
"""
