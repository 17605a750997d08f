"""The options of `scan` that scripts rely on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project

if TYPE_CHECKING:
    from pathlib import Path

SPLIT = "def place(session, order):\n    session.add(order)\n    session.commit()\n    session.commit()\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A repository that has adopted the primitive and breaks two rules."""
    project = Project(tmp_path / "project")
    project.write("app/transaction.py", PRIMITIVE)
    project.write("app/jobs.py", LOCK)
    project.write("app/orders.py", SPLIT)
    project.commit()
    return project


def test_findings_at_the_level_of_fail_on_end_with_1(project: Project) -> None:
    ran = project.scan()

    assert ran.code == 1
    assert ran.findings == [
        ("transactions/raw-row-lock", "app/jobs.py", 2),
        ("transactions/split-write", "app/orders.py", 4),
    ]


def test_a_clean_scan_ends_with_0_and_says_what_it_looked_at(project: Project) -> None:
    ran = project.relcheck("scan", "app/transaction.py")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "no findings\nlooked at 1 file, parsed 0, partial scan; packs: transactions\n"


def test_warnings_pass_until_fail_on_says_otherwise(project: Project) -> None:
    project.write("relcheck.toml", '[rules.transactions]\nseverity = "warning"\n')

    assert project.scan().code == 0
    assert project.scan("--fail-on", "warning").code == 1
    assert project.scan("--fail-on", "info").code == 1


def test_fail_on_of_the_command_line_beats_the_configuration(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nfail_on = "warning"\n[rules.transactions]\nseverity = "warning"\n')

    assert project.scan().code == 1
    assert project.scan("--fail-on", "error").code == 0


def test_exit_zero_reports_and_passes(project: Project) -> None:
    ran = project.scan("--exit-zero")

    assert ran.code == 0
    assert len(ran.findings) == 2


def test_exit_zero_does_not_hide_wrong_usage(project: Project) -> None:
    assert project.scan("--exit-zero", "app/nowhere.py").code == 2


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (("--select", "transactions/split-write"), ["split-write"]),
        (("--select", "transactions"), ["raw-row-lock", "split-write"]),
        (("--select", "transactions/split-write,transactions/raw-row-lock"), ["raw-row-lock", "split-write"]),
        (
            ("--select", "transactions/split-write", "--select", "transactions/raw-row-lock"),
            ["raw-row-lock", "split-write"],
        ),
        (("--ignore", "transactions/split-write"), ["raw-row-lock"]),
        (("--select", "transactions", "--ignore", "transactions/raw-row-lock"), ["split-write"]),
    ],
)
def test_select_and_ignore_take_packs_rules_and_lists(
    project: Project, options: tuple[str, ...], rules: list[str]
) -> None:
    assert project.scan(*options).rules == [f"transactions/{rule}" for rule in rules]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_rules_with_a_blank_between_them_are_told_to_be_joined_by_a_comma(project: Project, option: str) -> None:
    ran = project.relcheck("scan", option, "transactions/raw-row-lock", "transactions/split-write")

    assert (ran.code, ran.out) == (2, "")
    joined = f"{option} transactions/raw-row-lock,transactions/split-write"
    assert f"transactions/split-write names rules, and no path here. Rules are joined by a comma: {joined}" in ran.err


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_selection_that_names_nothing_is_wrong_usage(project: Project, option: str) -> None:
    ran = project.scan(option, "transactions/split-writes")

    assert (ran.code, ran.out) == (2, "")
    assert "did you mean transactions/split-write?" in ran.err


def test_several_reports_are_written_in_one_run(project: Project) -> None:
    ran = project.relcheck("scan", "--output", "concise", "--output", "json:report.json", "--output", "text:report.txt")

    assert ran.code == 1
    assert [line.split(": ")[0] for line in ran.out.splitlines()] == ["app/jobs.py:2:31", "app/orders.py:4:13"]
    report = json.loads((project.root / "report.json").read_text(encoding="utf-8"))
    assert report["summary"]["errors"] == 2
    assert "2 errors in 2 files" in (project.root / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("xml", "there are text, concise, json"),
        ("json:", "give a file behind the colon"),
        ("json:nowhere/report.json", "there is no folder nowhere"),
    ],
)
def test_a_report_that_cannot_be_made_is_wrong_usage(project: Project, output: str, said: str) -> None:
    ran = project.relcheck("scan", "--output", output)

    assert ran.code == 2
    assert said in ran.err


def test_standard_input_is_checked_in_the_place_of_a_file(project: Project) -> None:
    project.write("relcheck.toml", '[rules."transactions/raw-row-lock"]\nallowed_in = ["app/transaction.py"]\n')

    lock = project.relcheck("scan", "--output", "json", "--stdin-filename", "app/new.py", stdin=LOCK)
    allowed = project.relcheck("scan", "--output", "json", "--stdin-filename", "app/transaction.py", stdin=LOCK)
    mended = project.relcheck("scan", "--output", "json", "--stdin-filename", "app/jobs.py", stdin="x = 1\n")

    assert lock.findings == [("transactions/raw-row-lock", "app/new.py", 2)]
    assert (allowed.findings, mended.findings) == ([], [])


def test_staged_means_what_will_be_committed(project: Project) -> None:
    project.write("app/late.py", LOCK)
    project.git("add", "app/late.py")
    project.write("app/late.py", "mended = True\n")
    project.write("app/orders.py", "not_staged = True\n")

    ran = project.scan("--staged")

    assert ran.findings == [("transactions/raw-row-lock", "app/late.py", 2)]
    assert json.loads(ran.out)["summary"]["partial"] is True


def test_staged_with_nothing_staged_is_clean(project: Project) -> None:
    ran = project.scan("--staged")

    assert (ran.code, ran.findings) == (0, [])


def test_what_is_asked_for_and_excluded_is_not_reported(project: Project) -> None:
    project.write("relcheck.toml", '[relcheck]\nexclude = ["app/jobs.py"]\n')

    assert project.scan("app/jobs.py", "app/orders.py").rules == ["transactions/split-write"]


def test_a_waived_finding_is_counted_and_shown_on_demand(project: Project) -> None:
    waiver = "# relcheck: ignore[transactions/raw-row-lock] reason: INC-204, moves to lock_row\n    return"
    project.write("app/jobs.py", LOCK.replace("return", waiver))

    quiet, shown = project.scan(), project.scan("--show-waived")
    text = project.relcheck("scan", "--show-waived")

    assert (quiet.code, quiet.rules) == (1, ["transactions/split-write"])
    assert json.loads(quiet.out)["summary"]["waived"] == 1
    assert [one["status"] for one in json.loads(shown.out)["findings"]] == ["waived", "new"]
    assert "INC-204, moves to lock_row" in text.out


def test_a_scan_from_a_subfolder_finds_the_configuration_above(project: Project) -> None:
    project.write("relcheck.toml", '[rules."transactions/raw-row-lock"]\nallowed_in = ["app/jobs.py"]\n')

    ran = project.relcheck("scan", "--output", "json", folder="app")

    assert ran.findings == [("transactions/split-write", "app/orders.py", 4)]


def test_a_configuration_may_be_named(project: Project) -> None:
    project.write("ci/strict.toml", '[rules."transactions/split-write"]\nenabled = false\n')

    assert project.scan("--config", "ci/strict.toml").rules == ["transactions/raw-row-lock"]


def test_the_report_is_the_same_with_one_process_and_with_two(project: Project) -> None:
    assert project.scan("--no-cache", "--jobs", "2") == project.scan("--no-cache", "--jobs", "1")


def test_the_report_is_the_same_without_the_prefilter(project: Project) -> None:
    with_it, without = project.scan("--no-cache"), project.scan("--no-cache", "--no-prefilter")

    assert with_it.findings == without.findings
    assert json.loads(without.out)["summary"]["parsed"] > json.loads(with_it.out)["summary"]["parsed"]


def test_statistics_are_told_when_asked_for(project: Project) -> None:
    assert "statistics" in project.relcheck("scan", "--stats").out
    assert "statistics" not in project.relcheck("scan").out


@pytest.mark.parametrize(("color", "coloured"), [("always", True), ("never", False), ("auto", False)])
def test_colours_are_for_those_who_ask(project: Project, color: str, *, coloured: bool) -> None:
    ran = project.relcheck("scan", "--color", color)

    assert ("\x1b[" in ran.out) is coloured
