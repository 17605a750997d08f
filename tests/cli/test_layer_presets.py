"""Layers by headers, and the presets, in real repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from project import Project

SEVEN = '[relcheck]\nextends = ["preset:seven-layer"]\n'
ILLEGAL = "layers/illegal-import"


@pytest.fixture
def seven(tmp_path: Path) -> Project:
    """A project whose files say their layers."""
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", SEVEN)
    project.write("backend/app/__init__.py", "")
    project.write(
        "backend/app/api/ops.py", "#!/usr/bin/env python\n# Layer: L2.1 — Product APIs\nfrom ..adapters import ops\n"
    )
    project.write(
        "backend/app/adapters/ops.py", "# Layer: L3 - Boundary Adapters\nfrom ..services import ops_service\n"
    )
    project.write(
        "backend/app/services/ops_service.py", "# Layer: L4 -- Domain Engines\nfrom app.infra import errors\n"
    )
    project.write("backend/app/infra/errors.py", "# -*- coding: utf-8 -*-\n# Layer: L6 (Platform)\nimport json\n")
    project.commit()
    return project


def test_a_project_that_keeps_the_seven_layers_is_silent(seven: Project) -> None:
    assert (seven.scan().code, seven.scan().findings) == (0, [])


def test_an_import_upwards_is_found_though_it_is_relative(seven: Project) -> None:
    seven.write("backend/app/infra/errors.py", "# Layer: L6 — Platform\nfrom ..api import ops\n")
    seven.write("backend/app/api/direct.py", "# Layer: L2 — API\ndef late():\n    from ..infra.errors import E\n")
    ran = seven.scan()
    assert sorted(ran.findings) == [
        (ILLEGAL, "backend/app/api/direct.py", 3),
        (ILLEGAL, "backend/app/infra/errors.py", 2),
    ]
    assert "L2 must not import L6 (L2 may import L3, L4)" in ran.out


def test_a_team_changes_the_matrix_by_a_contract_of_the_same_name(seven: Project) -> None:
    seven.write("backend/app/api/direct.py", "# Layer: L2 — API\nfrom app.infra import errors\n")
    assert seven.scan().rules == [ILLEGAL]
    rows = 'L2 = ["L3", "L4", "L6"]\nL3 = ["L4"]\nL4 = ["L6"]\nL6 = []\n'
    own = f'[[layers.contract]]\nid = "seven-layer"\nkind = "matrix"\n[layers.contract.matrix]\n{rows}'
    seven.write("relcheck.toml", SEVEN + own)
    assert seven.scan().findings == []


def test_a_header_of_a_layer_that_there_is_not_is_found(seven: Project) -> None:
    seven.write("backend/app/misc.py", "# Layer: L9 — Misc\nimport json\n")
    seven.write("backend/app/prose.py", "# Layer L6 compliance: see the handbook\nimport json\n")
    assert seven.scan().findings == [("layers/unknown-layer", "backend/app/misc.py", 1)]


def test_every_file_needs_a_header_where_the_configuration_says_so(seven: Project) -> None:
    seven.write("relcheck.toml", SEVEN + '[layers]\nheaders = "required"\n')
    seven.write("backend/app/prose.py", "# Layer L6 compliance: see the handbook\nimport json\n")
    assert seven.scan().findings == [
        ("layers/undeclared-layer", "backend/app/__init__.py", 1),
        ("layers/undeclared-layer", "backend/app/prose.py", 1),
    ]


def test_seven_layers_without_a_file_are_vacuous(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", SEVEN)
    project.write("app/a.py", "import json\n")
    ran = project.scan()
    assert ran.findings == [("relcheck/vacuous-rule", "relcheck.toml", 2)]
    assert "no file belongs to any of its layers" in ran.out


def test_the_domain_uses_the_standard_library_only(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", '[relcheck]\nextends = ["preset:stdlib-only-domain"]\n')
    project.write("src/shop/domain/orders.py", "from __future__ import annotations\nimport json\nimport pydantic\n")
    project.write("src/shop/domain/money.py", "from .orders import Order\nfrom ..infra import db\n")
    project.write("src/shop/infra/db.py", "import sqlalchemy\n")
    assert sorted(project.scan().findings) == [
        (ILLEGAL, "src/shop/domain/money.py", 2),
        (ILLEGAL, "src/shop/domain/orders.py", 3),
    ]


def test_django_applications_are_independent(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", '[relcheck]\nextends = ["preset:django-apps-independence"]\n')
    for app in ("orders", "billing"):
        project.write(f"site/{app}/__init__.py", "")
        project.write(f"site/{app}/apps.py", "from django.apps import AppConfig\n")
    project.write("site/billing/models.py", "from common import money\n")
    project.write("site/common/__init__.py", "")
    project.write("site/common/money.py", "from orders.models import Order\n")
    project.write("site/orders/models.py", "from django.db import models\n")
    ran = project.scan()
    assert ran.findings == [(ILLEGAL, "site/billing/models.py", 1)]
    assert json.loads(ran.out)["findings"][0]["kind"] == "independence-chain"
