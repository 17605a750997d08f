"""Data that cannot be read as text is nobody's matrix, unless its words say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from project import Project

if TYPE_CHECKING:
    from pathlib import Path

MATRIX = "Guarantee,Mechanism,Owner,Status\nAudit log,Writer,Jörg,Enabled\n"
UNREADABLE = "relcheck/unparseable-file"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path / "project")
    project.write("README.md", "# Shop\n\nSee [the log](log.md).\n")
    project.write("log.md", "# Log\n")
    return project


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("customers.csv", "name;city\nMüller;Köln\n".encode("latin-1")),
        ("customers.csv", "name\tcity\nMüller\tKöln\n".encode("utf-16")),
        ("customers.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("numbers.tsv", b"1\t2\n" * 1_300_000),
        ("keys.yaml", b"key: value\n" * 500_000),
    ],
    ids=["Latin-1", "UTF-16", "a spreadsheet", "5 MB of numbers", "5 MB of YAML"],
)
def test_data_in_another_encoding_or_of_great_size_fails_no_scan(project: Project, name: str, content: bytes) -> None:
    (project.root / name).write_bytes(content)

    ran = project.scan()

    assert (ran.code, ran.findings) == (0, [])


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_matrix_in_another_encoding_is_not_passed_over(project: Project, encoding: str) -> None:
    (project.root / "promises.csv").write_bytes(MATRIX.encode(encoding))

    ran = project.scan()

    assert ran.code == 1
    assert [found[:2] for found in ran.findings] == [(UNREADABLE, "promises.csv")]


def test_a_matrix_that_is_named_and_cannot_be_read_is_not_passed_over(project: Project) -> None:
    (project.root / "promises.csv").write_bytes("Versprechen;Wer\nPrüfung;Jörg\n".encode("latin-1"))
    project.write(
        "relcheck.toml",
        '[[matrix]]\nfile = "promises.csv"\ncolumns = { guarantee = "Versprechen", owner = "Wer" }\n',
    )

    ran = project.scan()

    assert ran.code == 1
