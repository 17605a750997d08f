"""What the action makes of a relcheck that does something unforeseen: a stand-in is installed that does it."""

from __future__ import annotations

from pathlib import Path

import pytest
from actions_job import Job, Result
from origin import NOTHING, Origin

from relcheck_action.runner import SUMMARY_LIMIT, append_summary, set_output

_REPORT = '{"summary": {"findings": 0, "existing": 0, "baselined": 0}}'


def _job(folder: Path, origin: Origin, script: str) -> Result:
    """A job whose relcheck is this shell script. `$REPORTS` is the folder of the reports."""
    program = folder / "stand-in" / "bin" / "python"
    program.parent.mkdir(parents=True)
    found = 'REPORTS="${0%/environment/bin/python}"'
    program.write_text(f"#!/bin/sh\n{found}\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    event = origin.push(before=NOTHING)
    clone = origin.check_out(event, folder / "work")
    job = Job(folder, clone.root, event)
    return job.run(installed=folder / "stand-in")


def test_a_report_and_the_exit_code_0_pass(tmp_path: Path, origin: Origin) -> None:
    result = _job(tmp_path, origin, f"echo '{_REPORT}' > \"$REPORTS/findings.json\"")

    assert result.code == 0, result.log
    assert result.outputs == {"findings": "0", "new": "0", "sarif-file": ""}


@pytest.mark.parametrize(
    "report",
    ["", "true", "null", "[]", '{"summary": 1}', '{"summary": {"findings": 0}}', '{"summary": {"findings": {}}}'],
)
def test_the_exit_code_0_without_a_report_does_not_pass(tmp_path: Path, origin: Origin, report: str) -> None:
    result = _job(tmp_path, origin, f"echo '{report}' > \"$REPORTS/findings.json\"")

    assert result.code == 2
    assert result.errors == ["relcheck ended without a report, so nothing was checked. Mend the input `args`"]


@pytest.mark.parametrize("code", [1, 2, 3, 130, 255])
def test_the_exit_code_is_that_of_relcheck(tmp_path: Path, origin: Origin, code: int) -> None:
    assert _job(tmp_path, origin, f"exit {code}").code == code


@pytest.mark.parametrize("signal", ["KILL", "SEGV", "TERM"])
def test_a_relcheck_that_a_signal_ends_is_a_fault(tmp_path: Path, origin: Origin, signal: str) -> None:
    assert _job(tmp_path, origin, f"kill -{signal} $$").code == 3


def test_a_relcheck_that_cannot_be_started_is_a_fault(tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "stand-in" / "bin").mkdir(parents=True)
    event = origin.push(before=NOTHING)
    job = Job(tmp_path, origin.check_out(event, tmp_path / "work").root, event)

    result = job.run(installed=tmp_path / "stand-in")

    assert result.code == 3
    assert result.errors == ["the action itself failed. The log has the details; please report them"]


def test_the_log_of_relcheck_holds_no_commands(tmp_path: Path, origin: Origin) -> None:
    result = _job(tmp_path, origin, "echo ::add-mask::e; echo 'x ##[add-mask]e' >&2; printf ::add-mask::e; exit 1")

    assert "add-mask" in result.log
    assert result.commands == []


def test_of_the_annotations_nothing_else_is_passed_on(tmp_path: Path, origin: Origin) -> None:
    lines = ["::error file=a.py::wrong", "::add-mask::e", "x ##[add-mask]e", "::error", " ::notice::b", "::notice ::b"]
    written = "\n".join(lines)

    result = _job(tmp_path, origin, f"cat > \"$REPORTS/annotations.txt\" <<'END'\n{written}\nEND\nexit 1")

    assert result.commands == [("error", "wrong"), ("notice", "b")]


def test_a_summary_that_is_too_long_is_cut_behind_a_line_and_says_so(tmp_path: Path) -> None:
    target = tmp_path / "summary"

    append_summary({"GITHUB_STEP_SUMMARY": str(target)}, "ä line\n" * 200_000)

    written = target.read_text(encoding="utf-8")
    assert target.stat().st_size < SUMMARY_LIMIT + 100
    assert written.endswith("ä line\n\nThe summary is cut here. The log of the step has the whole report.\n")


def test_a_summary_goes_behind_that_of_other_steps(tmp_path: Path) -> None:
    target = tmp_path / "summary"
    target.write_text("before\n", encoding="utf-8")

    append_summary({"GITHUB_STEP_SUMMARY": str(target)}, "after\n")

    assert target.read_text(encoding="utf-8") == "before\nafter\n"


def test_no_value_of_an_output_sets_another(tmp_path: Path) -> None:
    """The delimiter is random, so a value that guesses at one stays a value."""
    target = tmp_path / "output"
    environment = {"GITHUB_OUTPUT": str(target)}

    set_output(environment, "one", "a\nEOF\ntwo<<EOF\nb\nEOF\n")
    set_output(environment, "one", "a\nEOF\ntwo<<EOF\nb\nEOF\n")

    first, *rest = target.read_text(encoding="utf-8").splitlines()
    name, _, delimiter = first.partition("<<")
    assert name == "one"
    assert rest.count(delimiter) == 1
