"""The samples in `docs/formats/` are what relcheck prints. `pytest tests/unit/test_format_samples.py --snapshot-update`
writes them anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from sample_outcome import SAMPLE

from relcheck.model.finding import Status
from relcheck.model.severity import Severity
from relcheck.report.formats import FORMATS
from relcheck.report.terminal import PLAIN

FOLDER = Path(__file__).parents[2] / "docs" / "formats"
FILES = {
    "text": "sample.txt",
    "concise": "sample.concise.txt",
    "json": "sample.json",
    "sarif": "sample.sarif",
    "github": "sample.github.txt",
    "markdown": "sample.md",
    "gitlab": "sample.gitlab.json",
    "junit": "sample.junit.xml",
    "rdjson": "sample.rdjson",
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_sample_is_what_the_format_prints(name: str, request: pytest.FixtureRequest) -> None:
    report = FORMATS[name](SAMPLE, PLAIN, show_all=True)
    file = FOLDER / FILES[name]
    if request.config.getoption("update_snapshots"):
        file.write_text(report, encoding="utf-8")

    assert report == file.read_text(encoding="utf-8"), "docs/formats/README.md says how to write it anew"


def test_every_status_and_every_severity_is_in_the_samples() -> None:
    assert {finding.status for finding in SAMPLE.findings} == set(Status)
    assert {finding.severity for finding in SAMPLE.new()} == set(Severity)


def test_every_format_has_a_sample_and_its_line_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert {file.name for file in FOLDER.iterdir()} == {"README.md", *FILES.values()}
    for name, file in FILES.items():
        assert f"| `{name}` | [{file}]({file}) |" in readme
