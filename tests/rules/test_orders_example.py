"""The example of migrations: the broken twin shows what is expected, in the mended one everything is approved."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXPECTED = tomllib.loads((FIXTURES / "orders_expected.toml").read_text(encoding="utf-8"))

Shown = tuple[str, str, str, int]


def scan(twin: str, folder: Path) -> tuple[int, list[Shown]]:
    """What a scan of a copy of a twin finds, with what is approved; and its exit code."""
    copy = folder / twin
    shutil.copytree(FIXTURES / twin, copy)
    done = subprocess.run(
        [sys.executable, "-m", "relcheck", "scan", "--output", "json", "--show-waived", "--no-cache"],
        cwd=copy,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    found = json.loads(done.stdout)["findings"]
    return done.returncode, sorted((one["status"], one["rule"], one["path"], one["line"]) for one in found)


def expected(kind: str, status: str) -> list[Shown]:
    return sorted((status, one["rule"], one["path"], one["line"]) for one in EXPECTED[kind])


def test_the_broken_twin_shows_what_is_expected_and_nothing_else(tmp_path: Path) -> None:
    assert scan("orders_broken", tmp_path) == (1, expected("finding", "new"))


def test_what_the_mended_twin_does_is_approved(tmp_path: Path) -> None:
    assert scan("orders_mended", tmp_path) == (0, expected("approved", "approved"))


@pytest.mark.parametrize("one", EXPECTED["silent"], ids=lambda one: f"{one['path']}:{one['line']}")
def test_what_is_expected_to_be_silent_is_still_there_to_be_looked_at(one: dict[str, str]) -> None:
    lines = (FIXTURES / "orders_broken" / one["path"]).read_text(encoding="utf-8").splitlines()
    assert lines[int(one["line"]) - 1].strip()
    assert one["rule"] not in {found["rule"] for found in EXPECTED["finding"] if found["path"] == one["path"]}
