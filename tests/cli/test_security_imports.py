"""Files of the scanned tree that Python would run or import if it found them: none is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from command import LOCK, Command, Repo

if TYPE_CHECKING:
    from pathlib import Path

MODULES = (
    *("click", "libcst", "msgspec", "tomli", "rich", "pathspec", "sitecustomize", "usercustomize", "conftest", "setup"),
    *("typing", "re", "json", "sqlite3", "subprocess", "encodings", "preset", "django", "workers"),
)
PACKAGES = ("click", "libcst", "msgspec", "relcheck_rules", "yaml", "fixtures")
_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[tool.pytest.ini_options]
addopts = "-p conftest"
"""
HEAVY = "x = " + "f(" * 170 + "1" + ")" * 170 + "\n" + LOCK
"""Nested so deeply that a worker process reads it."""


class Booby(Repo):
    """A repository full of modules that leave a mark when they are imported."""

    def __init__(self, root: Path, marks: Path) -> None:
        super().__init__(root)
        self.marks = marks
        marks.mkdir()
        for folder in ("", "sub/"):
            for module in (*MODULES, "backend"):
                self.write(f"{folder}{module}.py", self.trap(module))
        for package in PACKAGES:
            self.write(f"sub/packages/{package}/__init__.py", self.trap(package))
            self.write(f"{package}/__init__.py", self.trap(package))
        self.write("evil.pth", f"import pathlib; pathlib.Path({str(marks / 'pth')!r}).touch()\n")
        self.write("pyproject.toml", _PYPROJECT)
        self.write("pyvenv.cfg", "home = .\n")
        self.write("setup.cfg", "[tool:pytest]\naddopts = -p conftest\n")
        self.write("heavy.py", HEAVY)

    def trap(self, name: str) -> str:
        return f"import pathlib\npathlib.Path({str(self.marks / name)!r}).touch()\n{LOCK}"

    @property
    def left(self) -> set[str]:
        return {file.name for file in self.marks.iterdir()}


@pytest.fixture
def booby(tmp_path: Path) -> Booby:
    return Booby(tmp_path / "repo", tmp_path / "marks")


@pytest.mark.parametrize("folder", ["", "sub", "click", "sub/packages"])
def test_no_module_of_the_working_folder_is_imported(folder: str, booby: Booby, relcheck: Command) -> None:
    """`heavy.py` takes a worker process, which starts without the working folder, too."""
    booby.write("relcheck/__init__.py", booby.trap("relcheck"))

    for arguments in (
        ("scan", "--no-cache", "--jobs", "2"),
        ("baseline", "write"),
        ("waive", "other.py:1", "--reason", "a"),
        ("rules",),
        ("config", "show"),
    ):
        ran = relcheck(*arguments, cwd=booby.root / folder)
        assert ran.code in (0, 1, 2), ran.err
        assert booby.left == set(), arguments
    assert "heavy.py" in relcheck("scan", "--output", "concise", "--show-waived", cwd=booby.root).out


@pytest.mark.parametrize("folder", ["", "sub", "sub/packages"])
def test_started_as_a_module_it_imports_none_either(folder: str, booby: Booby, relcheck: Command) -> None:
    """`python -m` puts the working folder first; a folder named `relcheck` in it would be found before relcheck is,
    and only `python -I` keeps Python from that."""
    relcheck.argv = [sys.executable, "-m", "relcheck"]
    ran = relcheck("scan", "--no-cache", "--jobs", "2", cwd=booby.root / folder)

    # What Python itself needs before `-m` is heeded is its own, and not found there.
    assert booby.left == set()
    assert ran.code == 1


def test_isolated_it_imports_nothing_of_the_tree_whatever_the_environment_says(booby: Booby, relcheck: Command) -> None:
    booby.write("relcheck/__init__.py", booby.trap("relcheck"))
    relcheck.argv = [sys.executable, "-I", "-m", "relcheck"]
    everywhere = f"{booby.root}:{booby.root}/sub:{booby.root}/sub/packages:."
    ran = relcheck("scan", "--no-cache", "--jobs", "2", env={"PYTHONPATH": everywhere, "PYTHONSTARTUP": "setup.py"})

    assert booby.left == set()
    assert ran.code == 1


def test_a_pack_that_the_configuration_extends_is_not_imported(booby: Booby, relcheck: Command) -> None:
    booby.write("relcheck.toml", '[relcheck]\nextends = ["package:click", "package:backend", "package:setup"]\n')

    ran = relcheck("scan", cwd=booby.root)

    assert booby.left == set()
    assert ran.code == 2
    assert "the package `backend` is not installed here" in ran.err


def test_local_rules_run_only_where_the_command_line_says_so(booby: Booby, relcheck: Command) -> None:
    """Neither a configuration nor an environment that is set up for tests can say it."""
    booby.write(".relcheck/rules/evil.py", booby.trap("local"))
    booby.write("elsewhere/evil.py", booby.trap("local"))
    booby.write("relcheck.toml", '[rules."local/evil"]\nenabled = true\n')
    for arguments in (
        ("scan", "--no-cache"),
        ("scan", "--select", "local/evil"),
        ("scan", "--staged"),
        ("baseline", "write"),
        ("baseline", "show"),
        ("waive", "other.py:1", "--reason", "a"),
        ("rules",),
        ("explain", "local/evil"),
        ("config", "validate"),
        ("config", "schema"),
        ("scan", ".relcheck/rules/evil.py"),
    ):
        relcheck(*arguments, cwd=booby.root)
        assert booby.left == set(), arguments
    booby.write("relcheck.toml", '[relcheck]\nlocal_rules = "elsewhere"\n')
    relcheck("scan", "--no-cache", cwd=booby.root)
    assert booby.left == set()
    for key in ("allow_local_code = true", 'packs = ["evil"]', 'pack = "evil"'):
        booby.write("relcheck.toml", f"[relcheck]\n{key}\n")
        ran = relcheck("scan", cwd=booby.root)
        assert (ran.code, booby.left) == (2, set())
        assert "unknown key" in ran.err


@pytest.mark.parametrize(
    "name",
    ["--exit-zero", "--allow-local-code", "--config=evil.py", "--output=json:other.py", "-h", "-x.py", "--select=x.py"],
)
def test_the_name_of_a_file_is_no_option(name: str, booby: Booby, relcheck: Command) -> None:
    """pre-commit and xargs put the names of files behind `relcheck scan`, and a change may name its files as it
    likes."""
    booby.write(".relcheck/rules/evil.py", booby.trap("local"))
    booby.write("evil.py", LOCK)
    booby.write(name, f"#!/usr/bin/env python3\n{LOCK}")

    ran = relcheck("scan", "other.py", name, cwd=booby.root)
    assert (ran.code, ran.out, booby.left) == (2, "", set())
    assert f"{name} is an option and the name of a file here" in ran.err
    assert (booby.root / "other.py").read_text(encoding="utf-8") == LOCK

    for named in (("--", name), (f"./{name}",)):
        ran = relcheck("scan", "--output", "concise", *named, cwd=booby.root)
        assert (ran.code, ran.err, booby.left) == (int(name.endswith(".py")), "", set())
        assert ran.out.startswith(f"{name}:2:3: ") == name.endswith(".py")
