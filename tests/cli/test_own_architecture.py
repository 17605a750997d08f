"""relcheck's own statements about its layers, kept by its own contracts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from project import ROOT, Project


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of relcheck's sources with its configuration."""
    project = Project(tmp_path_factory.mktemp("house") / "relcheck")
    for folder in ("src", "rules"):
        shutil.copytree(
            ROOT / folder, project.root / folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True
        )
    for name in ("relcheck.toml", "pyproject.toml"):
        shutil.copy(ROOT / name, project.root)
    shutil.copytree(ROOT / "tests" / "fixtures", project.root / "tests" / "fixtures")
    return project


def layers_of(project: Project) -> list[tuple[str, str]]:
    return [(rule, path) for rule, path, _ in project.scan("--select", "layers").findings]


def test_relcheck_keeps_its_own_contracts(house: Project) -> None:
    assert layers_of(house) == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("src/relcheck/model/severity.py", "from relcheck.sources import globs"),
        ("src/relcheck/sdk/options.py", "def late():\n    from relcheck.config import Config"),
        ("src/relcheck/report/text.py", "from ..engine import judge"),
        ("src/relcheck/engine/plan.py", "import relcheck_rules.transactions"),
        ("rules/relcheck_rules/layers/_lists.py", "from relcheck.engine import plan"),
        ("rules/relcheck_rules/layers/_lists.py", "from relcheck_rules import transactions"),
    ],
)
def test_an_import_against_them_is_found(house: Project, path: str, line: str) -> None:
    file = house.root / path
    before = file.read_text()
    file.write_text(f"{before}\n{line}\n")
    try:
        assert ("layers/illegal-import", path) in layers_of(house)
    finally:
        file.write_text(before)


def test_a_dependency_that_is_not_declared_is_found(house: Project) -> None:
    file = house.root / "src/relcheck/report/text.py"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\nimport requests\n", encoding="utf-8")
    assert layers_of(house) == [("layers/undeclared-dependency", "src/relcheck/report/text.py")]
    file.write_text(before, encoding="utf-8")


def test_a_module_outside_of_the_layers_is_found(house: Project) -> None:
    stray = house.write("src/relcheck/helpers.py", "import json\n")
    try:
        assert layers_of(house) == [("layers/undeclared-layer", "src/relcheck/helpers.py")]
    finally:
        Path(stray).unlink()
