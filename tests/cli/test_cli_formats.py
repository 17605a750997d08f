"""The formats as a user asks for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from project import LOCK, PRIMITIVE, Project

from relcheck.report.formats import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

WAIVED = "def keep(q):\n    return q.with_for_update()  # relcheck: ignore[transactions] reason: INC-1\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("app/infra.py", PRIMITIVE)
    project.write("app/jobs.py", LOCK)
    project.write("app/kept.py", WAIVED)
    project.commit()
    return project


def test_the_help_names_every_format(project: Project) -> None:
    told = " ".join(project.relcheck("scan", "--help").out.split())
    names = list(FORMATS)
    assert f"{', '.join(names[:-1])} or {names[-1]}; may be repeated" in told


def test_each_format_can_be_written_beside_the_others_and_none_changes_the_verdict(project: Project) -> None:
    outputs = [option for name in FORMATS for option in ("--output", f"{name}:../report.{name}")]

    ran = project.relcheck("scan", *outputs)

    assert (ran.code, ran.out) == (1, "")
    for name in FORMATS:
        written = project.root.with_name(f"report.{name}").read_text(encoding="utf-8")
        assert "app/jobs.py" in written
        assert written == project.relcheck("scan", "--output", name).out


def test_what_is_below_the_level_of_the_configuration_or_the_command_line_is_skipped(project: Project) -> None:
    project.write(
        "relcheck.toml", '[relcheck]\nfail_on = "error"\n[rules."transactions/raw-row-lock"]\nseverity = "warning"\n'
    )

    lenient = project.relcheck("scan", "--select", "transactions/raw-row-lock", "--output", "junit")
    strict = project.relcheck(
        "scan", "--select", "transactions/raw-row-lock", "--output", "junit", "--fail-on", "warning"
    )

    assert (lenient.code, lenient.out.count("<failure"), lenient.out.count("<skipped")) == (0, 0, 1)
    assert (strict.code, strict.out.count("<failure"), strict.out.count("<skipped")) == (1, 1, 0)


def test_a_waiver_is_a_suppression_where_it_is_asked_for(project: Project) -> None:
    def results(*options: str) -> list[dict[str, object]]:
        report = project.relcheck("scan", "--select", "transactions/raw-row-lock", "--output", "sarif", *options)
        listed: list[dict[str, object]] = json.loads(report.out)["runs"][0]["results"]
        return listed

    assert len(results()) == 1
    assert [one.get("suppressions") for one in results("--show-waived")] == [
        None,
        [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": "waived: INC-1",
                "location": {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "app/kept.py", "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": 2},
                    }
                },
            }
        ],
    ]


@pytest.mark.parametrize("name", ["text", "concise", "github", "markdown"])
def test_the_name_of_a_file_and_its_code_are_no_commands_in_a_log_of_github(project: Project, name: str) -> None:
    project.write("::stop-commands::x.py", 'q.with_for_update()  # "##[add-mask]x"\n')

    ran = project.relcheck("scan", "--output", name)

    assert "stop-commands" in ran.out
    assert not [line for line in ran.out.splitlines() if line.lstrip().startswith("::stop-commands")]
    assert "##[" not in ran.out
