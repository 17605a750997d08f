"""The example that comes with relcheck: the broken twin shows what is expected, the mended one is clean."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPECTED = tomllib.loads((FIXTURES / "billing_expected.toml").read_text(encoding="utf-8"))

Place = tuple[str, str, int]


def places(entries: list[dict[str, Any]]) -> Counter[Place]:
    return Counter((one["rule"], one["path"], one["line"]) for one in entries)


def scan(folder: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the findings of the real command."""
    done = subprocess.run(
        [sys.executable, "-m", "relcheck", "scan", "--output", "json", "--no-cache", *options],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)["findings"]


@pytest.fixture(params=["in a git repository", "in a plain folder"])
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder with both twins."""
    for twin in ("billing_broken", "billing_mended"):
        shutil.copytree(FIXTURES / twin, tmp_path / twin, ignore=shutil.ignore_patterns(".relcheck_cache"))
        if request.param == "in a git repository":
            environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
            for command in (["init", "-q"], ["add", "-A"]):
                subprocess.run(["git", *command], cwd=tmp_path / twin, env=environment, check=True)
    return tmp_path


def test_the_broken_twin_shows_what_is_expected_and_nothing_else(copied: Path) -> None:
    code, findings = scan(copied / "billing_broken")
    assert places(findings) == places(EXPECTED["finding"])
    assert {one["severity"] for one in findings} == {"error"}
    assert code == 1


def test_the_waiver_of_the_broken_twin_is_shown_on_demand(copied: Path) -> None:
    _, findings = scan(copied / "billing_broken", "--show-waived")
    assert places([one for one in findings if one["status"] == "waived"]) == places(EXPECTED["waived"])


def test_the_mended_twin_is_clean(copied: Path) -> None:
    assert scan(copied / "billing_mended") == (0, [])


def test_what_is_expected_to_be_silent_is_still_in_the_broken_twin() -> None:
    for one in EXPECTED["silent"]:
        lines = (FIXTURES / "billing_broken" / one["path"]).read_text(encoding="utf-8").splitlines()
        assert lines[one["line"] - 1].strip(), one
