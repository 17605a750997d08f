"""Our SARIF before the official validator: Microsoft's multitool, with the rules of the format and those of GitHub."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from project import BROKEN, ROOT, Project
from sample_outcome import LOCK, SAMPLE, SPLIT, WAIVED

from relcheck.model.finding import Region, Related
from relcheck.model.outcome import Outcome
from relcheck.report import sarif
from relcheck.report.terminal import PLAIN

VERSION = "5.7.0"
_HOME = ROOT / ".tools" / f"sarif-multitool-{VERSION}"
_PROGRAM = Path("node_modules", "@microsoft", f"sarif-multitool-{sys.platform}", "Sarif.Multitool")

NO_HOME_PAGE = "SARIF2005"
"""relcheck has no address yet that it could give as `informationUri`."""

HOSTILE = "\x00\x1b[2J\u202e\udc80 %s ]]> </script> [x](https://evil.example) ::error:: ##[error]\n|`@octocat"


@pytest.fixture(scope="session")
def multitool() -> Path:
    """The program. It is installed with npm at the first need, and kept in `.tools/` (which git ignores)."""
    if not (_HOME / _PROGRAM).exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.fail("npm is needed to install the SARIF multitool: install Node.js 18 or newer")
        _HOME.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_HOME.parent, ignore_cleanup_errors=True) as folder:
            # Without its scripts: all that they do is to make the program executable.
            flags = ("--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund")
            done = subprocess.run(
                [npm, "install", *flags, f"@microsoft/sarif-multitool@{VERSION}"],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0 or not Path(folder, _PROGRAM).exists():
                pytest.fail(f"npm could not install the SARIF multitool {VERSION}:\n{done.stdout}{done.stderr}")
            Path(folder, _PROGRAM).chmod(0o755)
            shutil.rmtree(_HOME, ignore_errors=True)
            Path(folder).rename(_HOME)
    return _HOME / _PROGRAM


def problems(multitool: Path, document: str, folder: Path) -> list[str]:
    """What the multitool says of a document: the ids of its rules, one for each error or warning."""
    given, said = folder / "given.sarif", folder / "said.sarif"
    given.write_text(document, encoding="utf-8")
    # The bundled runtime needs ICU otherwise, which not every machine has.
    environment = os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(
        [multitool, "validate", given, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--output", said],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = json.loads(said.read_text(encoding="utf-8-sig"))["runs"]
    return [result["ruleId"] for result in run["results"]]


@pytest.mark.parametrize("show_all", [False, True])
def test_the_sample_is_valid(multitool: Path, tmp_path: Path, *, show_all: bool) -> None:
    assert problems(multitool, sarif.render(SAMPLE, PLAIN, show_all=show_all), tmp_path) == [NO_HOME_PAGE]


def test_a_scan_of_the_bundled_example_is_valid_with_the_pages_of_its_rules(multitool: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "billing")
    shutil.copytree(BROKEN, project.root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".relcheck_cache"))
    project.commit()

    report = project.relcheck("scan", "--output", "sarif", "--show-waived").out

    assert problems(multitool, report, tmp_path) == [NO_HOME_PAGE]
    run = json.loads(report)["runs"][0]
    assert len(run["results"]) > 20
    assert {"transactions/raw-row-lock", "relcheck/nothing-checked"} <= {
        rule["id"] for rule in run["tool"]["driver"]["rules"]
    }
    assert all("## What it does" in rule["help"]["markdown"] for rule in run["tool"]["driver"]["rules"])


def test_hostile_text_in_every_field_is_valid(multitool: Path, tmp_path: Path) -> None:
    place = Related(f"{HOSTILE}.py", Region(2, 1, 2, 1), HOSTILE)
    waiver = replace(WAIVED.waiver, path=HOSTILE, reason=HOSTILE, owner=HOSTILE) if WAIVED.waiver else None
    words = dict.fromkeys(("rule", "kind", "message", "symbol", "contract", "identity", "snippet", "help"), HOSTILE)
    hostile = replace(LOCK, **words, path=f"{HOSTILE}.py", related=(place, place))
    findings = (
        hostile,
        replace(SPLIT, path=f"http:/{HOSTILE}"),
        replace(hostile, status=WAIVED.status, waiver=waiver),
    )
    rules = tuple(replace(rule, page=HOSTILE, summary=HOSTILE, upholds=HOSTILE, help=HOSTILE) for rule in SAMPLE.rules)
    outcome = replace(SAMPLE, findings=findings, rules=rules, rules_skipped=(HOSTILE,), not_examined={HOSTILE: ("a",)})

    assert problems(multitool, sarif.render(outcome, PLAIN, show_all=True), tmp_path) == [NO_HOME_PAGE]


def test_an_empty_run_is_valid(multitool: Path, tmp_path: Path) -> None:
    assert problems(multitool, sarif.render(Outcome("/repo"), PLAIN), tmp_path) == [NO_HOME_PAGE]


def test_the_multitool_refuses_what_is_wrong(multitool: Path, tmp_path: Path) -> None:
    document = json.loads(sarif.render(SAMPLE, PLAIN))
    document["runs"][0]["results"][0]["ruleIndex"] = 99
    del document["runs"][0]["results"][1]["locations"]

    assert {"SARIF1009", "GH1015"} <= set(problems(multitool, json.dumps(document), tmp_path))
