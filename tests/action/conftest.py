"""A repository on GitHub, and an environment that the action has installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from actions_job import Job, Result
from origin import NOTHING, Origin
from project import PRIMITIVE


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """`team/shop`: one commit on main, in which the primitive is adopted and one lock is taken past it."""
    shop = Origin(tmp_path / "origin")
    shop.write("infra.py", PRIMITIVE)
    shop.write("old.py", "def old(query):\n    return query.with_for_update()\n")
    shop.commit("the first commit")
    return shop


@pytest.fixture(scope="session")
def first_job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Job, Result]:
    """A whole job, with the installation, for a push to a repository in which nothing is wrong."""
    folder = tmp_path_factory.mktemp("first")
    shop = Origin(folder / "origin")
    shop.write("infra.py", PRIMITIVE)
    shop.commit("the first commit")
    event = shop.push(before=NOTHING)
    job = Job(folder / "job", shop.check_out(event, folder / "work").root, event)
    return job, job.run()


@pytest.fixture(scope="session")
def installed(first_job: tuple[Job, Result]) -> Path:
    """The environment that the first job has installed; later jobs use it and save the ten seconds."""
    _, result = first_job
    environment = Path(result.steps["plan"]["folder"]) / "environment"
    assert (environment / "bin" / "relcheck").is_file(), result.log
    return environment
