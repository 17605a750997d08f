"""`relcheck gate`: what has to hold before a deployment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from project import Project

MATRIX = """\
# Mechanisms

| Guarantee | Mechanism | Location | Owner | Status | Notes |
|---|---|---|---|---|---|
| No partial writes | Transaction wrapper | App | {owner} | Implemented | src/txn.py |
| Kill switches | Feature flags | App | TBD | Stubbed | src/flags.py (all OFF) |
"""
CHECKLIST = "# Readiness\n\n- [x] Restore drill passed\n- [{box}] Rota filled\n"
CRITICAL = '[gate.deploy]\ncritical = ["No partial writes"]\n'
PLACES = ("docs/DEPLOYMENT_READINESS_CHECKLIST.md", "docs/MECHANISMS.md")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project")


def written(project: Project, *, owner: str = "TBD", box: str = " ", settings: str = CRITICAL) -> Project:
    project.write(PLACES[1], MATRIX.format(owner=owner))
    project.write(PLACES[0], CHECKLIST.format(box=box))
    if settings:
        project.write("relcheck.toml", settings)
    project.commit()
    return project


def test_a_deployment_waits_for_owners_and_open_boxes(project: Project) -> None:
    ran = written(project).relcheck("gate", "deploy", "--output", "json")
    assert ran.code == 1
    assert ran.findings == [("deploy/open-checkbox", PLACES[0], 4), ("deploy/unowned-mechanism", PLACES[1], 5)]


def test_it_may_begin_when_the_critical_rows_are_owned_and_the_list_is_done(project: Project) -> None:
    ran = written(project, owner="Kim Ode", box="x").relcheck("gate", "deploy")
    assert ran.code == 0, ran.out


def test_every_row_counts_where_none_is_critical_and_that_is_said(project: Project) -> None:
    ran = written(project, owner="Kim Ode", box="x", settings="").relcheck("gate", "deploy", "--output", "concise")
    assert ran.code == 1
    assert ran.out.count("deploy/unowned-mechanism") == 1
    assert "All rows count: `critical` in [gate.deploy] names none." in ran.out


def test_a_scan_does_not_judge_what_a_deployment_needs(project: Project) -> None:
    ran = written(project).scan()
    assert not [rule for rule in ran.rules if rule.startswith("deploy/")]


def test_a_repository_without_a_matrix_does_not_pass(project: Project) -> None:
    project.write("README.md", "# A project\n\nSee [the docs](https://example.org).\n")
    project.commit()
    ran = project.relcheck("gate", "deploy", "--output", "json")
    assert ran.code == 1
    assert ran.rules == ["relcheck/vacuous-rule"]


def test_an_empty_repository_does_not_pass(project: Project) -> None:
    project.write("main.c", "int main() {}\n")
    project.commit()
    ran = project.relcheck("gate", "deploy", "--output", "json")
    assert ran.code == 1
    assert ran.rules == ["relcheck/nothing-checked"]


def test_a_critical_guarantee_that_no_row_has_is_told_where_it_is_configured(project: Project) -> None:
    settings = '[gate.deploy]\ncritical = [\n  "No partial writes",\n  "No lost updates",\n]\n'
    ran = written(project, owner="Kim", box="x", settings=settings).relcheck("gate", "deploy", "--output", "json")
    assert ran.findings == [("relcheck/vacuous-rule", "relcheck.toml", 4)]


def test_a_waiver_beside_the_row_holds_for_the_gate(project: Project) -> None:
    written(project, owner="TBD <!-- relcheck: ignore[deploy/unowned-mechanism] reason: hired in March -->", box="x")
    assert project.relcheck("gate", "deploy").code == 0
    assert not [rule for rule in project.scan().rules if rule.startswith(("deploy/", "relcheck/"))]


def test_a_check_can_be_switched_off(project: Project) -> None:
    settings = CRITICAL + '[rules."deploy/open-checkbox"]\nenabled = false\n'
    written(project, owner="Kim", settings=settings)
    assert project.relcheck("gate", "deploy").code == 0
    assert "deploy/open-checkbox (error): No box of a checklist is open" in project.relcheck("gate").out


def test_without_a_stage_the_stages_are_listed_with_what_each_would_check(project: Project) -> None:
    ran = written(project).relcheck("gate")
    assert ran.code == 0
    assert ran.out.startswith("relcheck gate deploy\n")
    assert "the owner of 1 row, those named in `critical`" in ran.out
    assert f"the boxes of {PLACES[0]}" in ran.out
    document = json.loads(project.relcheck("gate", "--output", "json").out)
    checks = {one["rule"]: one for one in document["stages"][0]["checks"]}
    assert len(checks) == 5
    assert checks["deploy/unfinished-mechanism"]["looks_at"] == "nothing: `statuses` names none that is required"


def test_an_unknown_stage_is_told_with_the_nearest(project: Project) -> None:
    ran = written(project).relcheck("gate", "depoly")
    assert ran.code == 2
    assert "did you mean `deploy`?" in ran.err


def test_the_report_is_had_as_markdown(project: Project) -> None:
    out = written(project).relcheck("gate", "deploy", "--output", "markdown").out
    assert "The gate fails" in out
    assert "`deploy/unowned-mechanism`" in out


def test_a_policy_from_elsewhere_decides_what_is_critical(project: Project) -> None:
    written(project, box="x")
    project.write("relcheck.toml", '[gate.deploy]\nunassigned = ["nobody"]\n')
    project.commit()
    assert project.relcheck("gate", "deploy").code == 0
    ran = project.relcheck("gate", "deploy", "--policy-from", "HEAD~1", "--output", "json")
    assert ran.code == 1
    assert ("deploy/unowned-mechanism", PLACES[1], 5) in ran.findings


def test_the_section_is_shown_with_its_origin_and_checked(project: Project) -> None:
    written(project)
    shown = project.relcheck("config", "show").out
    assert '[gate.deploy]\ncritical = ["No partial writes"]' in shown
    project.write("relcheck.toml", "[gate.deploy]\ncritcal = []\n")
    ran = project.relcheck("gate", "deploy")
    assert ran.code == 2
    assert "did you mean `critical`?" in ran.err


def test_a_waiver_of_the_gate_in_the_configuration_is_not_unused_in_a_scan(project: Project) -> None:
    waiver = '[[waivers]]\nrule = "deploy/unowned-mechanism"\npath = "docs/**"\nreason = "hired in March"\n'
    written(project, box="x", settings=CRITICAL + waiver)
    assert project.relcheck("gate", "deploy").code == 0
    assert not [rule for rule in project.scan().rules if rule.startswith("relcheck/")]


def test_an_entry_for_a_scan_that_matches_nothing_any_more_holds_no_deployment_up(project: Project) -> None:
    stale = (
        '[[waivers]]\nrule = "transactions/split-write"\npath = "app/jobs/**"\nreason = "INC-204"\n'
        '[[overrides]]\npaths = ["app/legacy/**"]\nseverity = "info"\n'
    )
    written(project, owner="Kim Ode", box="x", settings=CRITICAL + stale)
    assert project.relcheck("gate", "deploy").code == 0
    assert project.scan().rules.count("relcheck/vacuous-rule") == 2


def test_a_baseline_of_the_scan_is_not_stale_for_the_gate(project: Project) -> None:
    written(project, owner="Kim", box="x")
    assert project.relcheck("baseline", "write", "--reason", "was there").code == 0
    assert (project.root / "relcheck.baseline").read_text().count("matrix/missing-path") == 2
    ran = project.relcheck("gate", "deploy", "--output", "json")
    assert (ran.code, ran.findings) == (0, [])
    assert not [rule for rule in project.scan().rules if rule.startswith("relcheck/")]
