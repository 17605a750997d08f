"""What the action installs: locked files only, and nothing that the checked-out tree could have a say in."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest
from actions_job import Job, Result
from origin import NOTHING, Origin
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import ROOT, environment

if TYPE_CHECKING:
    from pathlib import Path

LOCK = (ROOT / "action" / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

_EVIL = "raise SystemExit('the tree was imported')\n"


def _locked() -> dict[str, list[tuple[Requirement, list[str]]]]:
    """The pinned requirements with their hashes, by name."""
    locked: dict[str, list[tuple[Requirement, list[str]]]] = {}
    for entry in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", LOCK)).splitlines():
        requirement, *hashes = entry.split("--hash=")
        one = Requirement(requirement)
        locked.setdefault(canonicalize_name(one.name), []).append((one, [part.strip() for part in hashes]))
    return locked


@pytest.mark.parametrize("needed", [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]])
def test_what_relcheck_needs_is_locked(needed: str) -> None:
    """After a change of pyproject.toml: `make lock`."""
    wanted = Requirement(needed)

    for pinned, _ in _locked()[canonicalize_name(wanted.name)]:
        (version,) = pinned.specifier
        assert version.operator == "=="
        assert wanted.specifier.contains(version.version)


def test_the_build_requirements_are_those_of_the_project() -> None:
    lines = (ROOT / "action" / "requirements.in").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#")] == PROJECT["build-system"]["requires"]


def test_every_file_is_known_by_its_hash() -> None:
    for pinned in _locked().values():
        for requirement, hashes in pinned:
            assert hashes, requirement
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)


def test_the_lock_names_no_registry() -> None:
    assert "://" not in LOCK
    assert not re.search(r"(?m)^\s*-(?!-hash=)", LOCK)


def test_a_whole_job_ends_well(first_job: tuple[Job, Result]) -> None:
    _, result = first_job

    assert result.code == 0, result.log
    assert result.outputs == {"findings": "0", "new": "0", "sarif-file": ""}
    assert result.errors == []


def test_the_environment_holds_what_is_locked_and_relcheck(installed: Path) -> None:
    listed = subprocess.run(
        [sys.executable, "-I", "-m", "pip", "--python", installed / "bin" / "python", "list", "--format=freeze"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = {canonicalize_name(line.partition("==")[0]) for line in listed.splitlines()}

    needed = {
        name
        for name, pinned in _locked().items()
        if any(one.marker is None or one.marker.evaluate() for one, _ in pinned)
    }
    assert names == needed | {"relcheck"}


def test_the_tree_has_no_say_in_what_is_installed_and_run(tmp_path: Path, origin: Origin) -> None:
    """Each of these would be imported, obeyed or run by a Python or pip that looks at its working folder."""
    marker = tmp_path / "marker"
    run = f"import pathlib\npathlib.Path({str(marker)!r}).touch()\n{_EVIL}"
    for name in ("click", "pip", "relcheck", "libcst", "json", "sitecustomize", "usercustomize", "conftest", "setup"):
        origin.write(f"{name}.py", run)
    for name in ("pip.conf", "pip.ini", ".config/pip/pip.conf", ".pip/pip.conf", "setup.cfg"):
        origin.write(name, "[global]\nindex-url = http://127.0.0.1:1/\nno-deps = true\ntarget = stolen\n")
    origin.write("pyvenv.cfg", "home = .\n")
    origin.write("pyproject.toml", '[build-system]\nrequires = ["evil"]\nbuild-backend = "setup"\n')
    origin.write("requirements.txt", "evil @ http://127.0.0.1:1/evil.tar.gz\n")
    origin.commit("booby traps")
    event = origin.push(before=NOTHING)
    work = origin.check_out(event, tmp_path / "work").root
    # What a step before may have put into the environment because a file of the tree says so.
    stolen = {
        "PIP_CONFIG_FILE": str(work / "pip.conf"),
        "PIP_INDEX_URL": "http://127.0.0.1:1/",
        "PIP_TARGET": str(work / "stolen"),
        "PIP_PYTHON": str(work / "evil"),
        "PIP_REQUIRE_VIRTUALENV": "false",
        "PYTHONPATH": str(work),
        "PYTHONSTARTUP": str(work / "setup.py"),
        "PYTHONHOME": str(work),
        "XDG_CONFIG_HOME": str(work / ".config"),
        "XDG_CONFIG_DIRS": str(work / ".config"),
    }

    result = Job(tmp_path, work, event, **stolen).run(args="--select transactions/raw-row-lock")

    assert result.code == 1, result.log
    assert result.outputs["new"] == "1"
    assert not marker.exists()
    assert not (work / "stolen").exists()


@pytest.mark.parametrize(
    "version",
    ["latest", "0.1.0", ">=0.1", "0.1.0; import os", "0.1.0 --index-url=http://127.0.0.1:1/", "../evil", "0.1.0\nevil"],
)
def test_a_version_that_is_none_is_refused(tmp_path: Path, origin: Origin, version: str) -> None:
    event = origin.push(before=NOTHING)
    work = origin.check_out(event, tmp_path / "work").root

    result = Job(tmp_path, work, event).run(version=version)

    assert result.code == 2
    assert "Write one release with the hash of its wheel" in result.errors[0]


def test_a_release_is_taken_from_the_index_and_no_other_file_will_do(tmp_path: Path, origin: Origin) -> None:
    """There is no such release: that pip looked for it, and for nothing else, is what can be seen."""
    event = origin.push(before=NOTHING)
    work = origin.check_out(event, tmp_path / "work").root

    result = Job(tmp_path, work, event).run(version="0.0.0.0.1 sha256:" + "0" * 64)

    assert result.code == 2
    assert "relcheck==0.0.0.0.1" in result.log
    assert result.errors == ["relcheck cannot be installed: pip ended with 1. The log says why"]


def test_the_steps_need_nothing_but_the_standard_library() -> None:
    """`-S`: no package that is installed beside Python can be imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", ROOT / "action", "plan"], env={}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (2, "")
    assert "this runs as a step of a GitHub Actions job" in done.stdout
