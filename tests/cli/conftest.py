"""The installed command, and a repository to run it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from command import Command, Repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


@pytest.fixture
def relcheck(tmp_path: Path) -> Command:
    """The command, run in the folder of `repo`."""
    return Command(tmp_path / "repo")
