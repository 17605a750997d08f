"""What is published: the wheel holds all code, and works in an environment that has nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest
from project import BROKEN, ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path


def _run(*command: str | Path, folder: Path, codes: tuple[int, ...] = (0,)) -> str:
    outside = environment()
    outside.pop("PYTHONPATH", None)
    done = subprocess.run([*command], cwd=folder, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode in codes, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder of the programs of an environment that holds the wheel and what it depends on."""
    home = wheel.parent / "environment"
    venv.create(home, with_pip=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    _run(programs / "python", "-m", "pip", "install", "--quiet", wheel, folder=wheel.parent)
    return programs


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    written = {
        file.relative_to(folder).as_posix()
        for folder in (ROOT / "src", ROOT / "rules")
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and not file.match("*.egg-info/*")
    }

    assert names == written
    assert "relcheck_rules/transactions/raw_row_lock.py" in names
    assert "relcheck/py.typed" in names


def test_the_wheel_brings_its_license(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (license_file,) = (name for name in archive.namelist() if name.endswith("/LICENSE"))
        assert b"The relcheck authors" in archive.read(license_file)


def test_the_installed_wheel_lists_the_rules_of_this_tree(installed: Path) -> None:
    listed = json.loads(_run(installed / "relcheck", "rules", "--format", "json", folder=installed))
    here = json.loads(_run(sys.executable, "-m", "relcheck", "rules", "--format", "json", folder=installed))

    assert listed == here
    assert len(listed) > 7


def test_the_installed_wheel_finds_what_is_broken_in_the_example(installed: Path, tmp_path: Path) -> None:
    example = tmp_path / "billing"
    shutil.copytree(BROKEN, example)
    expected = tomllib.loads((BROKEN.parent / "billing_expected.toml").read_text(encoding="utf-8"))["finding"]

    report = json.loads(_run(installed / "relcheck", "scan", "--output", "json", folder=example, codes=(1,)))

    found = sorted((one["path"], one["line"], one["rule"]) for one in report["findings"])
    assert found == sorted((one["path"], one["line"], one["rule"]) for one in expected)
