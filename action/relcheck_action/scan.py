"""The third step: run relcheck, and hand its reports to GitHub. Its exit code is an output for the last step."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path

from relcheck_action.install import python_of
from relcheck_action.runner import (
    Environment,
    Stop,
    annotate,
    append_summary,
    folder,
    for_a_child,
    given,
    plain_log,
    say,
    set_output,
    switch,
)

_ANNOTATION = re.compile(r"::(?:error|warning|notice)(?: [^\r\n]*?)?::[^\r\n]*")
_FAULT = 3


def scan(environment: Environment) -> int:
    """Raises Stop where relcheck was made to do something else than a scan."""
    temporary = folder(environment, "FOLDER")
    command = [str(python_of(temporary)), "-I", "-m", "relcheck", *arguments(environment, temporary)]
    with plain_log():
        done = subprocess.run(
            command,
            cwd=folder(environment, "WORKING_FOLDER"),
            env=for_a_child(environment),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if switch(environment, "MIGRATION_REVIEW"):
        _review(environment, temporary)
    code = done.returncode if done.returncode >= 0 else _FAULT  # a signal is nothing that findings do
    reports = _Reports(temporary)
    _annotate(reports.annotations)
    if reports.summary.is_file():
        append_summary(environment, reports.summary.read_text(encoding="utf-8", errors="replace"))
    counted = _count(reports.findings)
    if code == 0 and counted is None:
        raise Stop("relcheck ended without a report, so nothing was checked. Mend the input `args`")
    for name, number in (counted or {}).items():
        set_output(environment, name, str(number))
    if reports.sarif.is_file():
        set_output(environment, "sarif-file", str(reports.sarif))
    set_output(environment, "code", str(code))
    return 0


def arguments(environment: Environment, temporary: Path) -> list[str]:
    """What relcheck is called with. Raises Stop for `args` that are no words."""
    reports = _Reports(temporary)
    given_revisions = (("--base", environment.get("BASE", "")), ("--policy-from", environment.get("POLICY", "")))
    signed = ("--signoffs", environment.get("SIGNOFFS_FILE", ""))
    options = [*given_revisions, signed, ("--fail-on", given(environment, "FAIL_ON"))]
    targets = ["text", f"github:{reports.annotations}", f"markdown:{reports.summary}", f"json:{reports.findings}"]
    if switch(environment, "SARIF"):
        targets.append(f"sarif:{reports.sarif}")
    try:
        more = shlex.split(given(environment, "ARGS"))
    except ValueError as problem:
        raise Stop(f"the input `args` cannot be split into words: {problem}. Quote as for a shell") from None
    paths = [line.strip() for line in given(environment, "PATHS").split("\n") if line.strip()]
    return [
        "scan",
        *(word for name, value in options if value for word in (name, value)),
        *(word for target in targets for word in ("--output", target)),
        *more,
        "--",
        *paths,
    ]


def _review(environment: Environment, temporary: Path) -> None:
    """What the migrations of the change do, on the page of the run. The verdict is that of the scan."""
    given_files = (("--base", environment.get("BASE", "")), ("--signoffs", environment.get("SIGNOFFS_FILE", "")))
    options = [word for name, value in given_files if value for word in (name, value)]
    command = [
        str(python_of(temporary)),
        "-I",
        "-m",
        "relcheck",
        "migrations",
        "review",
        "--format",
        "markdown",
        *options,
    ]
    done = subprocess.run(
        command,
        cwd=folder(environment, "WORKING_FOLDER"),
        env=for_a_child(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode in (0, 1):
        append_summary(environment, done.stdout.decode("utf-8", "replace"))
        return
    with plain_log():
        say(done.stderr.decode("utf-8", "replace"))
    annotate("warning", f"the migrations could not be reviewed (exit code {done.returncode}); the log has the reason")


class _Reports:
    """The files that relcheck writes."""

    def __init__(self, temporary: Path) -> None:
        self.annotations = temporary / "annotations.txt"
        self.summary = temporary / "summary.md"
        self.findings = temporary / "findings.json"
        self.sarif = temporary / "relcheck.sarif"


def _annotate(file: Path) -> None:
    """Only what can be nothing but an annotation goes to the log as a command."""
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    for line in text.split("\n"):
        if _ANNOTATION.fullmatch(line):
            say(line)


def _count(report: Path) -> dict[str, int] | None:
    """`new`: what the base lacks; `findings`: with what base or baseline have. Waived ones do not count."""
    try:
        summary = json.loads(report.read_bytes())["summary"]
        new = int(summary["findings"])
        return {"new": new, "findings": new + int(summary["existing"]) + int(summary["baselined"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None
