"""Headers that say what a file may import, in projects that have configured nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from project import Project

HEADED = "# Layer: L4 — Domain Engine\n# Allowed Imports: L6\n"
BROKEN = ("layers/header-contract", "app/orders.py", 4)


@pytest.fixture
def headed(tmp_path: Path) -> Project:
    """A project without a configuration, whose files carry headers."""
    project = Project(tmp_path / "repository")
    project.write("app/api.py", "# Layer: L2 — API\nfrom app import orders\n")
    project.write("app/orders.py", HEADED + "from app import db\n")
    project.write("app/db.py", "# Layer: L6 — Platform\nimport json\n")
    project.write("app/plain.py", "import os\n")
    project.commit()
    return project


def test_headers_are_kept_without_a_configuration(headed: Project) -> None:
    ran = headed.scan()
    assert ran.findings == []
    headed.write("app/orders.py", HEADED + "from app import db\nfrom app import api\n")
    assert headed.scan().findings == [BROKEN]
    assert "packs: layers, transactions" in headed.relcheck("scan").out + headed.relcheck("scan").err


def test_a_hook_judges_the_header_of_a_file_by_those_of_others(headed: Project) -> None:
    headed.write("app/orders.py", HEADED + "from app import db\nfrom . import api\n")
    headed.git("add", "-A")
    assert headed.scan("app/orders.py").findings == [BROKEN]
    assert headed.scan("--staged").findings == [BROKEN]
    assert headed.scan("app/plain.py").findings == []


def test_a_header_that_contradicts_the_docstring_is_found(headed: Project) -> None:
    headed.write("app/api.py", '# Layer: L2 — API\n"""The API.\n\nLayer: L3\n"""\n')
    assert headed.scan().findings == [("layers/conflicting-layer", "app/api.py", 4)]


def test_prose_about_layers_is_no_header(headed: Project) -> None:
    for name in ("api", "orders", "db"):
        headed.write(
            f"app/{name}.py",
            "# Layer: the thing with neurons\n# Layer L6 compliance: see below\nfrom app import plain\n",
        )
    headed.write("app/api.py", 'class Dense:\n    """Layer: fully connected.\n\n    Forbidden Imports: none\n    """\n')
    ran = headed.scan()
    assert ran.findings == []


def test_a_configuration_may_switch_headers_off(headed: Project) -> None:
    headed.write("app/orders.py", HEADED + "from app import db\nfrom app import api\n")
    headed.write("relcheck.toml", '[layers]\nheaders = "off"\n')
    assert headed.scan().findings == []


def test_without_headers_nobody_pays_for_the_graph(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("app/api.py", "from app import orders\n")
    project.write("app/orders.py", "import json\n")
    project.commit()
    script = (
        "import sys\nfrom relcheck.cli.main import run\nrun(['scan'])\n"
        "print([name for name in sys.modules if 'grimp' in name or 'layers' in name or 'import_graph' in name])"
    )
    ran = project.run(sys.executable, "-c", script)
    assert ran.out.splitlines()[-1] == "[]"
    assert "layers" not in project.relcheck("scan").err


def test_asking_for_layers_where_there_are_none_checks_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("app/api.py", "import json\n")
    project.commit()
    assert project.scan("--select", "layers").rules == ["relcheck/nothing-checked"]
