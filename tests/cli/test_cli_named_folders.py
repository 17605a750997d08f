"""A folder that is named and of which nothing is looked at is told: a gate that checked nothing is not green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from project import LOCK, Project

if TYPE_CHECKING:
    from pathlib import Path

NOTHING = "relcheck/nothing-checked"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("real/app/jobs.py", LOCK)
    project.write("docs/index.md", "# Words\n")
    (project.root / "backend").symlink_to("real")
    project.commit()
    return project


@pytest.mark.parametrize("path", ["docs", "backend", "backend/app"])
def test_a_named_folder_without_anything_to_look_at_fails(project: Project, path: str) -> None:
    ran = project.scan(path)

    assert ran.code == 1
    assert [found[0] for found in ran.findings] == [NOTHING]


@pytest.mark.parametrize("path", ["docs/index.md", "backend/app/jobs.py"])
def test_a_named_file_that_concerns_no_rule_does_not(project: Project, path: str) -> None:
    """A hook names whatever the commit holds."""
    assert (project.scan(path).code, project.scan(path).findings) == (0, [])


def test_one_folder_with_something_in_it_is_enough(project: Project) -> None:
    ran = project.scan("docs", "real")

    assert [found[1] for found in ran.findings] == ["real/app/jobs.py"]
