"""The whole action on checked-out trees: its verdict, and what GitHub is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from actions_job import Job, Result
from origin import NOTHING, Happened, Origin

if TYPE_CHECKING:
    from collections.abc import Callable

RAW_LOCK = "def claim(query):\n    return query.with_for_update()\n"
SWITCHED_OFF = '[rules."transactions/raw-row-lock"]\nseverity = "off"\n'


@pytest.fixture
def gate(tmp_path: Path, origin: Origin, installed: Path) -> Callable[..., Result]:
    """The action on an event, with what it is given as inputs."""

    def run(event: Happened, *, depth: int = 0, **inputs: str) -> Result:
        clone = origin.check_out(event, tmp_path / "work", depth=depth)
        given = {"args": "--select transactions/raw-row-lock"} | inputs
        return Job(tmp_path, clone.root, event).run(installed=installed, **given)

    return run


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Where trees are checked out."""
    return tmp_path / "work"


def test_a_push_that_adds_a_violation_fails(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("main", {"new.py": RAW_LOCK})

    result = gate(origin.push())

    assert result.code == 1
    assert (result.outputs["new"], result.outputs["findings"]) == ("1", "2")
    (error,) = result.errors
    assert "with_for_update" in error
    assert "file=new.py,line=2" in result.log
    assert "new.py" in result.summary
    assert "old.py" not in result.summary


def test_a_push_that_adds_nothing_passes(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("main", {"new.py": "x = 1\n"})

    result = gate(origin.push())

    assert result.code == 0, result.log
    assert (result.outputs["new"], result.outputs["findings"]) == ("0", "1")
    assert result.errors == []


def test_in_the_first_commit_all_findings_count(origin: Origin, gate: Callable[..., Result]) -> None:
    result = gate(origin.push(before=NOTHING), depth=1)

    assert result.code == 1
    assert (result.outputs["new"], result.outputs["findings"]) == ("1", "1")


def test_a_pull_request_that_adds_a_violation_fails(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK})
    origin.commit_on("main", {"later.py": RAW_LOCK})

    result = gate(origin.pull_request("change"))

    assert result.code == 1
    assert (result.outputs["new"], result.outputs["findings"]) == ("1", "3")


def test_a_shallow_clone_fails_and_says_what_to_do(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK})

    result = gate(origin.pull_request("change"), depth=1)

    assert result.code == 2
    assert "Give actions/checkout `fetch-depth: 0`" in result.errors[0]
    assert result.outputs == {"findings": "", "new": "", "sarif-file": ""}


def test_a_pull_request_from_a_fork_does_not_switch_its_judge_off(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK, "relcheck.toml": SWITCHED_OFF})

    own = gate(origin.pull_request("change"))
    fork = gate(origin.pull_request("change", fork="someone/shop"), args="")

    assert own.code == 0, own.log
    assert fork.code == 1
    assert "file=new.py,line=2" in fork.log
    assert "relcheck/policy-changed" in fork.log


def test_a_pull_request_from_a_fork_does_not_put_its_violation_into_the_baseline(
    origin: Origin, gate: Callable[..., Result]
) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK})
    written = origin.relcheck("baseline", "write", "--reason", "we know")
    origin.commit_on("change", {})

    own = gate(origin.pull_request("change"))
    fork = gate(origin.pull_request("change", fork="someone/shop"))

    assert written.code == 0, written.err
    assert own.code == 0, own.log
    assert fork.code == 1
    assert "file=new.py,line=2" in fork.log


def test_a_pull_request_from_a_fork_does_not_leave_its_files_out(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK, "relcheck.toml": '[relcheck]\nexclude = ["new.py"]\n'})

    fork = gate(origin.pull_request("change", fork="someone/shop"))

    assert fork.code == 1
    assert "file=new.py,line=2" in fork.log


def test_a_team_that_asks_for_it_judges_all_by_the_base(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK, "relcheck.toml": SWITCHED_OFF})

    result = gate(origin.pull_request("change"), policy_from="base")

    assert result.code == 1
    assert "file=new.py,line=2" in result.log


def test_a_sarif_file_is_there_where_it_is_asked_for(origin: Origin, gate: Callable[..., Result]) -> None:
    with_it = gate(origin.push(before=NOTHING), sarif="true")
    without = gate(origin.push(before=NOTHING))

    document = json.loads(Path(with_it.outputs["sarif-file"]).read_bytes())
    assert document["version"] == "2.1.0"
    assert without.outputs["sarif-file"] == ""


def test_the_sarif_file_lists_what_the_base_has_too(origin: Origin, gate: Callable[..., Result]) -> None:
    """Code scanning would close an alert that the latest report of the branch does not hold."""
    origin.commit_on("main", {"new.py": RAW_LOCK})

    result = gate(origin.push(), sarif="true")

    (run,) = json.loads(Path(result.outputs["sarif-file"]).read_bytes())["runs"]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert sorted(places) == ["new.py", "old.py"]
    assert result.outputs["new"] == "1"


def test_the_severity_that_fails_may_be_another(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.write("relcheck.toml", '[rules."transactions/raw-row-lock"]\nseverity = "warning"\n')
    origin.commit()
    event = origin.push(before=NOTHING)

    assert gate(event).code == 0
    assert gate(event, fail_on="warning").code == 1
    assert gate(event, fail_on="nothing; exit 0").code == 2


@pytest.mark.parametrize(
    "name", ["a b.py", "it's.py", 'say "hello".py', "$(touch x).py", "`touch x`.py", "-q.py", "*.py"]
)
def test_paths_are_taken_as_they_are_written(
    origin: Origin, gate: Callable[..., Result], work: Path, name: str
) -> None:
    origin.commit_on("main", {name: RAW_LOCK, "other.py": RAW_LOCK})

    result = gate(origin.push(before=NOTHING), paths=f"\n  {name}\n\n")

    assert result.code == 1
    assert result.outputs["new"] == "1"
    assert not (work / "x").exists()


def test_several_paths_stand_on_several_lines(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("main", {"a b/one.py": RAW_LOCK, "two.py": RAW_LOCK})

    assert gate(origin.push(before=NOTHING), paths="a b\ntwo.py").outputs["new"] == "2"


@pytest.mark.parametrize("paths", ["--exit-zero", "--help", "nowhere.py", "infra.py; exit 0"])
def test_a_path_is_no_option_and_no_command(origin: Origin, gate: Callable[..., Result], paths: str) -> None:
    result = gate(origin.push(before=NOTHING), paths=paths)

    assert result.code == 2
    assert result.outputs["new"] == ""


@pytest.mark.parametrize("arguments", ["--show-waived '", "--help", "--no-such-option", "; exit 0", "$(exit 0)"])
def test_arguments_that_make_no_scan_are_refused(origin: Origin, gate: Callable[..., Result], arguments: str) -> None:
    result = gate(origin.push(before=NOTHING), args=arguments)

    assert result.code == 2


def test_arguments_are_words_and_no_script(
    origin: Origin, gate: Callable[..., Result], work: Path, tmp_path: Path
) -> None:
    report = tmp_path / "a $(touch x) report.txt"

    result = gate(origin.push(before=NOTHING), args=f"--select transactions/raw-row-lock\n--output 'concise:{report}'")

    assert result.code == 1
    assert "old.py:2:" in report.read_text(encoding="utf-8")
    assert not (work / "x").exists()


def test_only_the_working_directory_is_looked_at(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("main", {"part/new.py": RAW_LOCK, "part/sub/new.py": RAW_LOCK})

    result = gate(origin.push(before=NOTHING), working_directory="part", paths="sub")

    assert result.outputs["new"] == "1"
    assert "file=part/sub/new.py" in result.log


def test_what_the_tree_says_is_no_command_to_the_runner(origin: Origin, gate: Callable[..., Result]) -> None:
    orders = "##[add-mask]e ::add-mask::e %0A::add-mask::e"
    origin.commit_on(
        "main",
        {
            "new.py": f'def claim(query):\n    return query.with_for_update()  # {orders}\n::add-mask::e\n',
            "a\n::add-mask::e\nb.py": RAW_LOCK,
            "##[add-mask]e.py": RAW_LOCK,
            "lock.py": f'def claim(query):\n    query.execute("{orders} SELECT 1 FOR UPDATE")\n',
        },
    )  # fmt: skip

    result = gate(origin.push(before=NOTHING), args="")

    assert result.code == 1
    assert {name for name, _ in result.commands} <= {"error", "warning", "notice"}


def test_a_summary_is_written_for_every_run(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("main", {"new.py": "x = 1\n"})

    assert gate(origin.push()).summary != ""


def test_a_clone_with_the_two_parents_of_the_merge_is_enough(origin: Origin, gate: Callable[..., Result]) -> None:
    origin.commit_on("change", {"new.py": RAW_LOCK})

    result = gate(origin.pull_request("change", fork="someone/shop"), depth=2)

    assert result.code == 1, result.log
    assert (result.outputs["new"], result.outputs["findings"]) == ("1", "2")


def test_local_rules_of_a_fork_are_not_run(origin: Origin, gate: Callable[..., Result], tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    rule = f"import pathlib\npathlib.Path({str(marker)!r}).touch()\n"
    origin.commit_on("change", {".relcheck/rules/evil.py": rule})

    gate(origin.pull_request("change", fork="someone/shop"), args="--allow-local-code")

    assert not marker.exists()
