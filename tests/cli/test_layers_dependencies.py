"""Imports held against what the project declares, in real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import Project

CONTRACT = """
[[layers.contract]]
id = "dependencies"
kind = "declared-externals"
"""
PYPROJECT = '[project]\nname = "shop"\ndependencies = [\n    "PyYAML",\n]\n\n[dependency-groups]\ndev = ["pytest"]\n'
UNDECLARED = "layers/undeclared-dependency"


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """A project that declares what it imports."""
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", CONTRACT)
    project.write("pyproject.toml", PYPROJECT)
    project.write("src/shop/feed.py", "import json\n\nimport yaml\n\nfrom shop import clock\n")
    project.write("src/shop/clock.py", "import time\n")
    project.write("tests/test_feed.py", "import pytest\n\nfrom shop import feed\n")
    project.commit()
    return project


def test_what_is_declared_is_silent(shop: Project) -> None:
    ran = shop.scan()
    assert (ran.code, ran.findings) == (0, [])


def test_what_is_not_declared_fails_where_it_is_imported(shop: Project) -> None:
    shop.write("src/shop/clock.py", "def now():\n    from arrow import utcnow\n\n    import pytest\n")
    assert shop.scan().findings == [(UNDECLARED, "src/shop/clock.py", 2), (UNDECLARED, "src/shop/clock.py", 4)]
    assert shop.scan("src/shop/clock.py").code == 1


def test_what_is_staged_of_the_manifest_counts(shop: Project) -> None:
    shop.write("src/shop/clock.py", "import arrow\n")
    shop.git("add", "-A")
    assert shop.scan("--staged").rules == [UNDECLARED]
    shop.write("pyproject.toml", PYPROJECT.replace('"PyYAML",', '"PyYAML", "arrow",'))
    assert shop.scan("--staged").rules == [UNDECLARED]
    shop.git("add", "-A")
    assert shop.scan("--staged").rules == []


def test_a_dependency_that_a_change_takes_away_makes_its_imports_new(shop: Project) -> None:
    shop.write("pyproject.toml", PYPROJECT.replace('"PyYAML",', ""))
    assert shop.scan("--base", "HEAD").findings == [(UNDECLARED, "src/shop/feed.py", 3)]


def test_imports_in_a_try_may_be_left_out(shop: Project) -> None:
    shop.write("src/shop/clock.py", "try:\n    import arrow\nexcept ImportError:\n    arrow = None\n")
    assert shop.scan().rules == [UNDECLARED]
    shop.write("relcheck.toml", CONTRACT + "guarded = false\n")
    assert shop.scan().rules == []


def test_an_exception_with_a_reason_waives_an_import(shop: Project) -> None:
    shop.write("src/shop/clock.py", "from arrow import utcnow\n")
    allow = 'allow = [{ edge = "@any -> arrow", reason = "comes with the platform" }]\n'
    shop.write("relcheck.toml", CONTRACT + allow)
    assert shop.scan().findings == []


def test_dependencies_that_nothing_imports_are_told_where_they_are_declared(shop: Project) -> None:
    shop.write("pyproject.toml", PYPROJECT.replace('"PyYAML",', '"PyYAML",\n    "gunicorn",\n    "attrs>=2",'))
    assert shop.scan().findings == []
    shop.write("relcheck.toml", CONTRACT + 'unused = true\nnot_imported = ["gunicorn"]\n')
    assert shop.scan().findings == [("layers/unused-dependency", "pyproject.toml", 6)]


def test_a_manifest_that_is_not_there_is_a_finding_about_the_contract(shop: Project) -> None:
    shop.write("relcheck.toml", CONTRACT + 'manifests = [\n  "backend/pyproject.toml",\n]\n')
    ran = shop.scan()
    assert ran.findings == [("relcheck/vacuous-rule", "relcheck.toml", 6)]
    assert "backend/pyproject.toml" in ran.out


@pytest.mark.parametrize(
    ("manifest", "line"),
    [
        ('[project]\nname = "shop"\ndependencies = ["PyYAML"\nversion = "1"\n', 4),
        ('[project]\nname = "shop"\ndynamic = ["dependencies"]\n', 3),
        ("[tool.ruff]\nline-length = 100\n", 1),
    ],
)
def test_a_manifest_that_says_nothing_is_a_finding_and_nothing_is_said_of_imports(
    shop: Project, manifest: str, line: int
) -> None:
    shop.write("pyproject.toml", manifest)
    assert shop.scan().findings == [(UNDECLARED, "pyproject.toml", line)]


def test_names_in_the_contract_that_mean_nothing_are_told(shop: Project) -> None:
    shop.write(
        "relcheck.toml", CONTRACT + 'packages = { magic = "libmagic" }\nunused = true\nnot_imported = ["uvloop"]\n'
    )
    assert shop.scan().rules == ["relcheck/vacuous-rule", "relcheck/vacuous-rule"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ('packages = { yaml = "PyYAML>=6" }', "no name of a distribution"),
        ('packages = { "ya ml" = "PyYAML" }', "no name that can be imported"),
        ('manifests = ["../pyproject.toml"]', "leaves the folder"),
        ('targets = ["yaml"]', "has no such key"),
        ('unused = "yes"', "unused"),
    ],
)
def test_a_contract_that_cannot_be_meant_is_an_error_with_its_line(shop: Project, keys: str, said: str) -> None:
    shop.write("relcheck.toml", f"{CONTRACT}{keys}\n")
    ran = shop.scan()
    assert (ran.code, "relcheck.toml:5" in ran.err, said in ran.err) == (2, True, True), ran.err


def test_the_schema_and_the_shown_configuration_know_the_kind(shop: Project) -> None:
    shop.write("relcheck.toml", CONTRACT + 'packages = { yaml = ["PyYAML", "ruyaml"] }\n')
    assert shop.relcheck("config", "validate").code == 0
    assert "ruyaml" in shop.relcheck("config", "show").out
    assert '"declared-externals"' in shop.relcheck("config", "schema").out
