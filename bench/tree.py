"""Trees to measure on: a real package from PyPI, or a folder that is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.repository import commit_all

if TYPE_CHECKING:
    from pathlib import Path

REAL_PACKAGE = "apache-airflow-core==3.3.2"
"""Large, typed, with SQLAlchemy in every corner, and with 17 row locks."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder with Python files. `lines` has the lines of each file, by its path in the folder."""

    name: str
    root: Path
    lines: dict[str, int]

    @property
    def total_lines(self) -> int:
        return sum(self.lines.values())

    def every(self, step: int) -> Tree:
        """Every so-and-so-many-th of its files, in the order of their paths."""
        return Tree(self.name, self.root, {path: self.lines[path] for path in sorted(self.lines)[::step]})


def folder(root: Path, name: str = "") -> Tree:
    """The tree of an existing folder: the files that git knows, or all of them where there is no repository."""
    root = root.resolve()
    listed = subprocess.run(("git", "ls-files", "-z", "--", "*.py"), cwd=root, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [path for path in listed.stdout.decode("utf-8", "surrogateescape").split("\0") if path]
    else:
        paths = [path.relative_to(root).as_posix() for path in root.rglob("*.py")]
    existing = [path for path in paths if (root / path).is_file()]
    return Tree(name or root.name, root, {path: (root / path).read_bytes().count(b"\n") for path in existing})


def package(requirement: str, trees: Path) -> Tree | str:
    """A package's wheel, unpacked below `trees` and committed with git; or the reason why there is none."""
    name = requirement.replace("==", "-")
    root = trees / "real" / name
    if not (root / ".git").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        wheels = trees / "wheels" / name
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
        where = ("--only-binary", ":all:", "--dest", str(wheels), requirement)
        done = subprocess.run((*pip, *where), capture_output=True, text=True, check=False)
        wheel = next(wheels.glob("*.whl"), None) if done.returncode == 0 else None
        if wheel is None:
            return f"could not download {requirement}: {(done.stderr.strip().splitlines() or ['no wheel'])[-1][:160]}"
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(root)
        # A configuration of its own ends the search for one in the folders above.
        (root / "relcheck.toml").write_text("[relcheck]\n", encoding="utf-8")
        commit_all(root)
    return folder(root, requirement)
