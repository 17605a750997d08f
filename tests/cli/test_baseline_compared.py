"""The baseline beside a base and the policy of another revision: a change that edits it gains nothing unseen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import PRIMITIVE, Project, Ran

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RAW = "transactions/raw-row-lock"
STALE = "relcheck/stale-baseline"
CHANGED = "relcheck/policy-changed"
ONE = "def claim(session):\n    session.query(Job).with_for_update()\n"
TWO = f"{ONE}    session.query(Job).with_for_update()\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The branch main has accepted the lock in app/jobs.py; `change` is checked out."""
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/jobs.py", ONE)
    project.write(".gitignore", ".relcheck_cache/\n")
    project.relcheck("baseline", "write", "--reason", "adopted")
    project.commit("main")
    project.git("checkout", "--quiet", "-b", "change")
    return project


def by_base(project: Project) -> Ran:
    return project.scan("--base", "main")


def by_policy(project: Project) -> Ran:
    return project.scan("--base", "main", "--policy-from", "main")


def said(ran: Ran) -> list[str]:
    return [one["message"] for one in json.loads(ran.out)["findings"] if one["rule"] == CHANGED]


@pytest.mark.parametrize("judged", [by_base, by_policy])
@pytest.mark.parametrize("text", [TWO, ONE.replace("    ", "    session.query(Job).with_for_update()\n    ")])
def test_another_of_the_same_kind_is_not_hidden_by_the_line(
    project: Project, judged: Callable[[Project], Ran], text: str
) -> None:
    project.write("app/jobs.py", text)
    project.commit()

    ran = judged(project)
    assert (ran.code, ran.rules) == (1, [RAW])


@pytest.mark.parametrize("judged", [by_base, by_policy])
def test_of_equal_findings_the_one_that_the_change_made_is_told(
    project: Project, judged: Callable[[Project], Ran]
) -> None:
    project.write("app/jobs.py", ONE.replace("    ", "    session.query(User).with_for_update()\n    "))
    project.commit()

    assert judged(project).findings == [(RAW, "app/jobs.py", 2)]


def test_a_baseline_at_another_place_silences_nothing_either(project: Project) -> None:
    project.write("app/more.py", ONE)
    project.write("relcheck.toml", '[relcheck]\nbaseline = "other.baseline"\n')
    project.relcheck("baseline", "write")
    project.commit()

    ran = by_policy(project)

    assert (RAW, "app/more.py", 2) in ran.findings
    assert any(f"accepts {RAW} in app/more.py (" in message for message in said(ran))


def test_a_line_that_holds_for_longer_is_told(project: Project) -> None:
    text = (project.root / "relcheck.baseline").read_text(encoding="utf-8")
    project.write("relcheck.baseline", text.replace("adopted", "adopted; until=2020-01-01"))
    project.commit("expired")
    project.git("branch", "--force", "main")
    project.relcheck("baseline", "write", "--until", "2099-01-01")
    project.commit()

    for ran in (by_policy(project), by_base(project)):
        assert ran.rules == [CHANGED]
        assert "until 2099-01-01 by a line of the baseline" in said(ran)[0]


def test_a_change_that_mends_and_prunes_passes_by_the_policy_of_before(project: Project) -> None:
    project.write("app/jobs.py", "")
    unpruned = by_policy(project)
    project.relcheck("baseline", "prune")
    project.commit()

    assert unpruned.rules == [STALE]
    assert (by_policy(project).code, by_policy(project).rules) == (0, [])
    assert (by_base(project).code, by_base(project).rules) == (0, [])


def test_a_line_that_was_stale_before_does_not_fail_the_change(project: Project) -> None:
    project.write("app/jobs.py", "")
    project.commit("nobody pruned")
    project.git("branch", "--force", "main")
    project.write("app/plain.py", "total = 1\n")
    project.commit()

    assert project.scan().rules == [STALE]
    assert by_base(project).code == 0


def test_a_first_baseline_of_many_lines_is_told_in_one(project: Project) -> None:
    (project.root / "relcheck.baseline").unlink()
    for number in range(10):
        project.write(f"app/m{number}.py", TWO)
    project.commit("without")
    project.git("branch", "--force", "main")
    project.relcheck("baseline", "write", "--reason", "adopted")
    project.commit()

    ran = by_base(project)

    assert ran.code == 0
    (message,) = said(ran)
    assert message.startswith(f"this change accepts 21 findings of {RAW} by lines of the baseline. ")


def test_the_policy_of_before_is_not_pruned_into_the_work_tree(project: Project) -> None:
    ran = project.scan("--policy-from", "main", "--prune")

    assert ran.code == 2
    assert "leave out --policy-from" in ran.err
