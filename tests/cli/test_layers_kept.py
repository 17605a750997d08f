"""What a scan keeps of the import graph: the next one says the same, and sees every change."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from project import Project

ONION = '[[layers.contract]]\nid = "onion"\nkind = "layers"\nlayers = ["app.api", "app.infra"]\n'
ALLOW = 'allow = [{ edge = "app.infra.db -> app.api.views", reason = "INC-204" }]\n'
ILLEGAL = ("layers/illegal-import", "app/infra/db.py", 1)


@pytest.fixture
def broken(tmp_path: Path) -> Project:
    """A project that breaks its contract, and was scanned before."""
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", ONION)
    project.write("app/api/views.py", "import json\n")
    project.write("app/infra/db.py", "from app.api import views\n")
    project.commit()
    assert project.scan().findings == [ILLEGAL]
    return project


def test_a_second_scan_says_the_same_without_linking_anything(broken: Project) -> None:
    assert broken.scan().out == broken.scan("--no-cache").out
    script = (
        "import sys\nfrom relcheck.cli.main import run\nrun(['scan'])\n"
        "print([name for name in sys.modules if 'grimp' in name or 'import_graph' in name])"
    )
    assert broken.run(sys.executable, "-c", script).out.splitlines()[-1] == "[]"


def test_another_choice_of_rules_is_another_result(broken: Project) -> None:
    assert broken.scan("--select", "layers/illegal-import").findings == [ILLEGAL]
    assert broken.scan("--select", "layers/import-cycle").findings == []
    assert broken.scan("--select", "layers/illegal-import").findings == [ILLEGAL]


def test_an_import_that_goes_and_one_that_comes_are_seen(broken: Project) -> None:
    broken.write("app/infra/db.py", "import json\n")
    assert broken.scan().findings == []
    broken.write("app/infra/more.py", "import app.api\n")
    assert broken.scan().findings == [("layers/illegal-import", "app/infra/more.py", 1)]


def test_a_comment_moves_a_finding_with_its_line(broken: Project) -> None:
    broken.write("app/infra/db.py", "# Why?\nfrom app.api import views\n")
    assert broken.scan().findings == [("layers/illegal-import", "app/infra/db.py", 2)]


def test_an_exception_is_used_or_useless_in_every_scan(broken: Project) -> None:
    broken.write("relcheck.toml", ONION + ALLOW)
    for _ in range(3):
        assert broken.scan().findings == []
    broken.write("app/infra/db.py", "import json\n")
    for _ in range(3):
        assert broken.scan().findings == [("relcheck/unused-waiver", "relcheck.toml", 5)]


def test_another_line_of_the_configuration_is_told(broken: Project) -> None:
    contract = ONION.replace("app.infra", "app.gone")
    broken.write("relcheck.toml", contract)
    assert broken.scan().findings == [("relcheck/vacuous-rule", "relcheck.toml", 4)]
    broken.write("relcheck.toml", "# The layers.\n" + contract)
    assert broken.scan().findings == [("relcheck/vacuous-rule", "relcheck.toml", 5)]


def test_a_manifest_that_changes_is_read_again(broken: Project) -> None:
    broken.write("relcheck.toml", '[[layers.contract]]\nid = "d"\nkind = "declared-externals"\n')
    broken.write("pyproject.toml", '[project]\nname = "app"\ndependencies = ["attrs"]\n')
    broken.write("app/api/views.py", "import attr\n")
    broken.commit()
    assert broken.scan().findings == []
    broken.write("pyproject.toml", '[project]\nname = "app"\ndependencies = []\n')
    assert broken.scan().findings == [("layers/undeclared-dependency", "app/api/views.py", 1)]


def test_many_files_are_read_as_one_is(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", ONION)
    filler = "# " + "x" * 100 + "\n"
    for number in range(40):
        project.write(f"app/infra/m{number}.py", filler * 60 + "def f():\n    from ..api import views\n")
    project.write("app/api/views.py", "import json\n\ndef broken(:\n")
    project.write("app/api/indented.py", "import json\n    x = 1\n")
    project.commit()
    every = project.scan("--no-cache").findings
    alone = project.scan("--no-cache", "app/api", "app/infra/m7.py").findings
    assert len(every) == 42
    assert set(alone) <= set(every)
    assert [rule for rule, _, _ in alone] == ["relcheck/unparseable-file"] * 2 + ["layers/illegal-import"]
