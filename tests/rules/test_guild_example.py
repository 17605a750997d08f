"""The example of documents: the broken twin shows what is expected, the mended one is clean."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPECTED = tomllib.loads((FIXTURES / "guild_expected.toml").read_text(encoding="utf-8"))
ABOUT_DOCUMENTS = {one["rule"] for one in EXPECTED["finding"]}

Shown = tuple[str, str, int, str]


def scan(twin: str, folder: Path) -> list[Shown]:
    """What the rules about documents find in a copy of a twin."""
    copy = folder / twin
    shutil.copytree(FIXTURES / twin, copy)
    done = subprocess.run(
        [sys.executable, "-m", "relcheck", "scan", "--output", "json", "--no-cache"],
        cwd=copy,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)["findings"]
    return sorted(
        (one["rule"], one["path"], one["line"], one["severity"]) for one in found if one["rule"] in ABOUT_DOCUMENTS
    )


def test_the_broken_twin_shows_what_is_expected_and_nothing_else(tmp_path: Path) -> None:
    wanted = [(one["rule"], one["path"], one["line"], one["severity"]) for one in EXPECTED["finding"]]
    assert scan("guild_broken", tmp_path) == sorted(wanted)


def test_the_mended_twin_is_clean(tmp_path: Path) -> None:
    assert scan("guild_mended", tmp_path) == []


@pytest.mark.parametrize("one", EXPECTED["silent"], ids=lambda one: f"{one['path']}:{one['line']}")
def test_what_is_expected_to_be_silent_is_still_in_the_broken_twin(one: dict[str, str]) -> None:
    lines = (FIXTURES / "guild_broken" / one["path"]).read_text(encoding="utf-8").splitlines()
    assert lines[int(one["line"]) - 1].strip()
