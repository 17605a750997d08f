"""The baseline beside other revisions: a change cannot accept its own violation, and may mend an old one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project, Ran

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = "transactions/raw-row-lock"
CHANGED = "relcheck/policy-changed"
STALE = "relcheck/stale-baseline"
BASELINE = "relcheck.baseline"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The branch main accepts one old finding by its baseline; `change` is checked out."""
    project = Project(tmp_path / "project")
    project.write(
        "relcheck.toml", '[relcheck]\n[rules."transactions/raw-row-lock"]\nallowed_in = ["app/transaction.py"]\n'
    )
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/old.py", LOCK)
    assert project.relcheck("baseline", "write", "--reason", "INC-204").code == 0
    project.commit("main")
    project.git("checkout", "--quiet", "-b", "change")
    return project


def _judged(project: Project, *arguments: str) -> Ran:
    """A scan as the gate makes it: compared with main, by main's policy."""
    return project.scan("--base", "main", "--policy-from", "main", *arguments)


def _said(ran: Ran) -> list[str]:
    return [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"] == CHANGED]


def test_what_the_revision_has_accepted_stays_accepted(project: Project) -> None:
    ran = _judged(project)

    assert (ran.code, ran.findings) == (0, [])
    assert json.loads(ran.out)["summary"]["baselined"] == 1


def test_a_change_that_edits_the_baseline_fails_for_its_violation(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.relcheck("baseline", "write")
    project.commit()

    ran = _judged(project)

    assert project.scan().code == 0
    assert ran.code == 1
    assert [found[:2] for found in ran.findings if found[0] == LOCKS] == [(LOCKS, "app/jobs.py")]
    assert len(_said(ran)) == 1
    assert _said(ran)[0].startswith(f"this change accepts {LOCKS} in app/jobs.py (")
    assert _said(ran)[0].endswith("by a line of the baseline. It has no effect here: the policy is that of main")


def test_a_change_that_mends_an_old_finding_and_prunes_its_line_passes(project: Project) -> None:
    project.write("app/old.py", "total = 1\n")
    assert project.relcheck("baseline", "prune").code == 0
    project.commit()

    ran = _judged(project)

    assert (ran.code, ran.findings) == (0, [])


def test_a_change_that_mends_an_old_finding_and_leaves_its_line_fails(project: Project) -> None:
    project.write("app/old.py", "total = 1\n")
    project.commit()

    ran = _judged(project)

    assert ran.code == 1
    assert [found[:2] for found in ran.findings] == [(STALE, BASELINE)]


@pytest.mark.parametrize("pruned", [True, False])
def test_an_accepted_finding_in_a_renamed_file_stays_accepted(project: Project, *, pruned: bool) -> None:
    project.git("mv", "app/old.py", "app/new.py")
    if pruned:
        assert project.relcheck("baseline", "prune").code == 0
    project.commit()

    ran = _judged(project)

    assert not [found for found in ran.findings if found[0] == LOCKS]
    assert project.scan("--base", "main").code == (0 if pruned else 1)


def test_a_change_that_breaks_the_baseline_is_judged_by_the_one_before(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.write(BASELINE, "<<<<<<< main\n")
    project.commit()

    ran = _judged(project)

    assert project.scan().code == 2
    assert ran.code == 1
    assert (LOCKS, "app/jobs.py") in [found[:2] for found in ran.findings]
    assert BASELINE in _said(ran)[0]


def test_an_accepted_finding_whose_line_goes_without_it_is_new(project: Project) -> None:
    project.git("rm", "--quiet", BASELINE)
    project.commit()

    ran = project.scan("--base", "main")

    assert ran.code == 1
    assert [found[:2] for found in ran.findings] == [(LOCKS, "app/old.py")]


def test_a_baseline_that_the_change_brings_is_said_with_a_base_alone_too(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    project.relcheck("baseline", "write")
    project.commit()

    ran = project.scan("--base", "main")

    assert ran.code == 0
    assert len(_said(ran)) == 1
    assert (CHANGED, BASELINE, 3) in ran.findings
