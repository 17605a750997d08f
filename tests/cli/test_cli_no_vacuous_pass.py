"""A gate that checked nothing is not green, and an exception that excepts nothing is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project

if TYPE_CHECKING:
    from pathlib import Path

_WAIVER = "# relcheck: ignore[transactions/raw-row-lock]"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    return project


def test_an_empty_repository_is_no_proof(tmp_path: Path) -> None:
    ran = Project(tmp_path / "empty").scan()

    assert (ran.code, ran.rules) == (1, ["relcheck/nothing-checked"])
    assert "there are no files here. Is this the right folder" in ran.out


def test_a_repository_without_anything_that_a_rule_reads_is_no_proof(tmp_path: Path) -> None:
    project = Project(tmp_path / "notes")
    project.write("notes.txt", "Notes\n")

    assert project.scan().rules == ["relcheck/nothing-checked"]


def test_to_exclude_everything_is_no_proof(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nexclude = ["**"]\n')

    ran = project.scan()

    assert ran.code == 1
    assert "relcheck/nothing-checked" in ran.rules


def test_to_ignore_every_rule_is_no_proof(project: Project) -> None:
    assert project.scan("--ignore", "transactions").rules == ["relcheck/nothing-checked"]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("allowed_in", "app/transactions.py", "matches no file"),
        ("paths", "backend/**", "matches no file"),
        ("primitives", "single_connection_txn", "no file defines or imports"),
    ],
)
def test_a_configured_name_that_the_project_does_not_know_is_told_at_its_line(
    project: Project, key: str, value: str, said: str
) -> None:
    project.write("relcheck.toml", f'[rules."transactions/raw-row-lock"]\n{key} = ["{value}"]\n')

    ran = project.scan()

    assert ran.code == 1
    assert ("relcheck/vacuous-rule", "relcheck.toml", 2) in ran.findings
    assert said in ran.out


def test_a_configured_name_that_is_there_is_not_vacuous(project: Project) -> None:
    project.write(
        "relcheck.toml",
        '[rules."transactions/raw-row-lock"]\n'
        'allowed_in = ["app/transaction.py"]\nprimitives = ["single_connection_transaction"]\n',
    )

    ran = project.scan()

    assert (ran.code, ran.findings) == (0, [])


def test_a_scan_of_some_files_does_not_judge_the_configuration(project: Project) -> None:
    project.write("relcheck.toml", '[rules."transactions/raw-row-lock"]\nallowed_in = ["app/nowhere.py"]\n')

    assert project.scan().rules == ["relcheck/vacuous-rule"]
    assert project.scan("app/transaction.py").findings == []


def test_a_waiver_that_waives_nothing_is_told(project: Project) -> None:
    project.write("app/jobs.py", f"total = 1  {_WAIVER} reason: was moved to lock_row\n")

    ran = project.scan()

    assert (ran.code, ran.findings) == (0, [("relcheck/unused-waiver", "app/jobs.py", 1)])
    assert project.scan("--fail-on", "warning").code == 1


def test_a_waiver_of_a_rule_that_did_not_run_is_not_unused(project: Project) -> None:
    project.write("app/jobs.py", f"total = 1  {_WAIVER} reason: was moved to lock_row\n")

    assert project.scan("--select", "transactions/split-write").findings == []


def test_a_waiver_without_a_reason_waives_nothing(project: Project) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first()  {_WAIVER}\n"))

    ran = project.scan()

    assert ran.code == 1
    assert sorted(ran.rules) == ["relcheck/waiver-without-reason", "transactions/raw-row-lock"]


@pytest.mark.parametrize("reason", ["👍", "...", "-", "!!"])
def test_signs_alone_are_no_reason(project: Project, reason: str) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first()  {_WAIVER} reason: {reason}\n"))

    ran = project.scan()

    assert ran.code == 1
    assert sorted(ran.rules) == ["relcheck/waiver-without-reason", "transactions/raw-row-lock"]


def test_reasons_need_not_be_given_where_the_team_says_so(project: Project) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first()  {_WAIVER}\n"))
    project.write("relcheck.toml", "[relcheck]\nrequire_reason = false\n")

    assert project.scan().findings == []


def test_a_waiver_holds_on_its_last_day_and_not_after_it(project: Project) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first()  {_WAIVER} reason: INC-204; until=2027-01-31\n"))

    on_the_day, after = project.scan("--today", "2027-01-31"), project.scan("--today", "2027-02-01")

    assert (on_the_day.code, on_the_day.findings) == (0, [])
    assert after.code == 1
    assert sorted(after.rules) == ["relcheck/expired-waiver", "transactions/raw-row-lock"]


def test_today_may_come_from_the_environment(project: Project) -> None:
    project.write("app/jobs.py", LOCK.replace("first()\n", f"first()  {_WAIVER} reason: INC-204; until=2027-01-31\n"))

    by_name = project.relcheck("scan", "--output", "json", RELCHECK_TODAY="2027-02-01")
    by_epoch = project.relcheck("scan", "--output", "json", SOURCE_DATE_EPOCH="1801440000")

    assert "relcheck/expired-waiver" in by_name.rules
    assert "relcheck/expired-waiver" in by_epoch.rules


def _waivers(project: Project, **values: str) -> None:
    entry = {"rule": "transactions/raw-row-lock", "path": "app/jobs.py", "reason": "INC-204"} | values
    lines = (f"{key} = {value if key == 'until' else repr(value)}" for key, value in entry.items())
    project.write("relcheck.toml", "[[waivers]]\n" + "\n".join(lines) + "\n")


def test_a_waiver_of_the_configuration_covers_its_files(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    _waivers(project)

    ran = project.scan("--show-waived")

    assert ran.code == 0
    assert '"status": "waived"' in ran.out


def test_a_waiver_of_the_configuration_that_waives_nothing_is_told(project: Project) -> None:
    project.write("app/jobs.py", "mended = True\n")
    _waivers(project)

    assert project.scan().findings == [("relcheck/unused-waiver", "relcheck.toml", 1)]


def test_a_waiver_of_the_configuration_for_no_file_is_vacuous(project: Project) -> None:
    _waivers(project, path="app/nowhere/**")

    assert "relcheck/vacuous-rule" in project.scan().rules


def test_a_waiver_of_the_configuration_ends(project: Project) -> None:
    project.write("app/jobs.py", LOCK)
    _waivers(project, until="2027-01-31")

    assert sorted(project.scan("--today", "2027-02-01").rules) == [
        "relcheck/expired-waiver",
        "transactions/raw-row-lock",
    ]


def test_a_file_that_cannot_be_parsed_and_concerns_a_rule_is_a_finding(project: Project) -> None:
    project.write("app/jobs.py", "def claim(q:\n    return q.with_for_update()\n")

    ran = project.scan()

    assert (ran.code, ran.findings) == (1, [("relcheck/unparseable-file", "app/jobs.py", 1)])
