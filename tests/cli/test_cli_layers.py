"""Contracts between layers in real repositories: partial scans, the index, comparisons, exceptions, bad input."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from project import Project

ONION = """
[[layers.contract]]
id = "onion"
kind = "layers"
layers = ["app.api", "app.domain", "app.infra"]
"""
ILLEGAL = "layers/illegal-import"


@pytest.fixture
def layered(tmp_path: Path) -> Project:
    """A project of three layers that keeps its contract. Nothing in it has an `__init__.py`."""
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", ONION)
    project.write("app/api/views.py", "from app.domain import orders\n")
    project.write("app/domain/orders.py", "from ..infra import db\n")
    project.write("app/infra/db.py", "import json\n")
    project.write("app/shared.py", "import os\n")
    project.commit()
    return project


def test_a_contract_that_is_kept_is_silent(layered: Project) -> None:
    ran = layered.scan()
    assert (ran.code, ran.findings) == (0, [])


def test_an_illegal_import_fails_the_scan_where_it_is_written(layered: Project) -> None:
    layered.write("app/infra/db.py", "import json\n\n\ndef late():\n    from ..api import views\n")
    ran = layered.scan()
    assert (ran.code, ran.findings) == (1, [(ILLEGAL, "app/infra/db.py", 5)])
    found = json.loads(ran.out)["findings"][0]
    assert found["contract"] == "onion"
    assert (found["column"], found["end_column"]) == (23, 28)
    assert found["details"]["importer"] == "app.infra.db"


def test_a_partial_scan_knows_the_chain_through_files_that_were_not_asked_for(layered: Project) -> None:
    layered.write("app/shared.py", "from app.api import views\n")
    layered.write("app/infra/db.py", "import app.shared\n")
    layered.write("app/domain/orders.py", "import app.api.views\n")
    ran = layered.scan("app/infra/db.py")
    assert ran.findings == [(ILLEGAL, "app/infra/db.py", 1)]
    related = json.loads(ran.out)["findings"][0]["related"]
    assert [(one["path"], one["line"]) for one in related] == [("app/shared.py", 1)]


def test_staged_content_is_judged_and_not_the_work_tree(layered: Project) -> None:
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.git("add", "--all")
    layered.write("app/infra/db.py", "import json\n")
    assert layered.scan("--staged").findings == [(ILLEGAL, "app/infra/db.py", 1)]
    assert layered.scan().findings == []


def test_a_comparison_reports_only_what_the_change_brings(layered: Project) -> None:
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.commit()
    layered.git("branch", "base")
    layered.write("app/infra/db.py", "import json\nimport os\n\nimport app.api.views\n")
    layered.write("app/domain/orders.py", "from ..infra import db\nfrom ..api import views\n")
    layered.commit()
    ran = layered.scan("--base", "base")
    assert ran.findings == [(ILLEGAL, "app/domain/orders.py", 2)]
    assert json.loads(ran.out)["summary"]["existing"] == 1


def test_an_exception_that_a_change_takes_back_makes_the_import_new(layered: Project) -> None:
    allowed = ONION + 'allow = [{ edge = "app.infra.db -> app.api.views", reason = "INC-1" }]\n'
    layered.write("relcheck.toml", allowed)
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.commit()
    assert layered.scan().findings == []
    layered.git("branch", "base")
    layered.write("relcheck.toml", ONION)
    layered.commit()
    ran = layered.scan("--base", "base")
    assert (ILLEGAL, "app/infra/db.py", 1) in ran.findings


def test_a_change_that_allows_itself_an_import_is_said(layered: Project) -> None:
    layered.git("branch", "base")
    layered.write("relcheck.toml", ONION + 'allow = [{ edge = "app.infra.db -> app.api.views", reason = "INC-1" }]\n')
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.commit()
    assert layered.scan("--base", "base").rules == ["relcheck/policy-changed"]
    strict = layered.scan("--base", "base", "--policy-from", "base")
    assert sorted(strict.rules) == [ILLEGAL, "relcheck/policy-changed"]


def test_a_baseline_accepts_what_was_there(layered: Project) -> None:
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.commit()
    assert layered.relcheck("baseline", "write", "--reason", "adopted").code == 0
    assert layered.scan().findings == []
    layered.write("app/infra/db.py", "import os\nimport app.api.views\nimport app.domain.orders\n")
    assert layered.scan().findings == [(ILLEGAL, "app/infra/db.py", 3)]


def test_an_inline_waiver_covers_its_import(layered: Project) -> None:
    comment = "# relcheck: ignore[layers/illegal-import] reason: INC-1"
    layered.write("app/infra/db.py", f"import app.api.views  {comment}\n")
    ran = layered.scan("--show-waived")
    assert [(one["rule"], one["status"]) for one in json.loads(ran.out)["findings"]] == [(ILLEGAL, "waived")]


def test_an_exception_with_a_reason_waives_an_edge_and_its_chains(layered: Project) -> None:
    allow = """allow = [
      { edge = "app.infra.** -> app.api.views", reason = "until the port is there", until = 2027-03-31 },
      { edge = "app.shared -> app.api.views", reason = "wiring" },
    ]
    """
    layered.write("relcheck.toml", ONION + allow)
    layered.write("app/shared.py", "from app.api import views\n")
    layered.write("app/infra/db.py", "import app.api.views\nimport app.shared\n")
    ran = layered.scan("--show-waived")
    assert [(one["line"], one["status"]) for one in json.loads(ran.out)["findings"]] == [(1, "waived")]
    assert ran.code == 0


@pytest.mark.parametrize(
    ("allow", "rule"),
    [
        ('{ edge = "app.infra.db -> app.api.views" }', "relcheck/waiver-without-reason"),
        ('{ edge = "app.infra.db -> app.api.views", reason = "x", until = 2020-01-01 }', "relcheck/expired-waiver"),
        ('{ edge = "app.infra.db -> app.api.gone", reason = "x" }', "relcheck/unused-waiver"),
    ],
)
def test_an_exception_that_is_wrong_waives_nothing_and_is_said(layered: Project, allow: str, rule: str) -> None:
    layered.write("relcheck.toml", f"{ONION}allow = [{allow}]\n")
    layered.write("app/infra/db.py", "import app.api.views\n")
    assert sorted(layered.scan().findings) == [(ILLEGAL, "app/infra/db.py", 1), (rule, "relcheck.toml", 6)]


def test_a_chain_is_a_code_flow_in_sarif(layered: Project) -> None:
    layered.write("app/shared.py", "from app.api import views\n")
    layered.write("app/infra/db.py", "import app.shared\n")
    ran = layered.relcheck("scan", "--output", "sarif")
    result = json.loads(ran.out)["runs"][0]["results"][0]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    places = [one["location"]["physicalLocation"]["artifactLocation"]["uri"] for one in steps]
    assert places[-2:] == ["app/infra/db.py", "app/shared.py"]


def test_a_rule_that_is_put_to_some_files_still_knows_the_chains_through_others(layered: Project) -> None:
    layered.write("relcheck.toml", f'{ONION}\n[rules.layers]\npaths = ["app/infra/**"]\n')
    layered.write("app/shared.py", "from app.api import views\n")
    layered.write("app/infra/db.py", "import app.shared\n")
    layered.write("app/domain/orders.py", "import app.api.views\n")
    assert layered.scan().findings == [(ILLEGAL, "app/infra/db.py", 1)]


def test_a_severity_can_be_given_to_a_contract_and_taken_from_a_folder(layered: Project) -> None:
    overrides = '\n[[overrides]]\npaths = ["app/domain/**"]\nseverity = "off"\n'
    layered.write("relcheck.toml", f'{ONION}severity = "warning"\n{overrides}')
    layered.write("app/infra/db.py", "import app.api.views\n")
    layered.write("app/domain/orders.py", "import app.api.views\n")
    ran = layered.scan()
    assert [(one["path"], one["severity"]) for one in json.loads(ran.out)["findings"]] == [
        ("app/infra/db.py", "warning")
    ]
    assert ran.code == 0


def test_names_begin_where_the_configuration_stands(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("backend/relcheck.toml", ONION)
    project.write("backend/app/api/views.py", "import json\n")
    project.write("backend/app/domain/orders.py", "import json\n")
    project.write("backend/app/infra/db.py", "from app.api import views\n")
    ran = project.relcheck("scan", "--output", "json", folder="backend")
    assert ran.findings == [(ILLEGAL, "backend/app/infra/db.py", 1)]


def test_configured_roots_say_where_a_name_begins(layered: Project) -> None:
    layered.write("relcheck.toml", '[relcheck]\nroots = { shop = "app" }\n' + ONION.replace("app.", "shop."))
    layered.write("app/infra/db.py", "from shop.api import views\n")
    assert layered.scan().findings == [(ILLEGAL, "app/infra/db.py", 1)]


def test_imports_that_cannot_be_known_are_counted(layered: Project) -> None:
    layered.write("app/infra/db.py", "__import__(name)\n__import__(f'{a}.b')\n")
    assert re.search("argument is not known +2\n", layered.relcheck("scan", "--stats").out)


def test_what_a_contract_names_and_is_not_there_is_a_finding(layered: Project) -> None:
    layered.write("relcheck.toml", ONION.replace("app.infra", "app.infrastructure"))
    ran = layered.scan()
    assert ran.findings == [("relcheck/vacuous-rule", "relcheck.toml", 5)]
    assert "app.infrastructure" in ran.out
    assert layered.scan("app/infra/db.py").findings == []


def test_a_glob_of_a_layer_that_matches_no_file_is_a_finding(layered: Project) -> None:
    define = '[layers.define]\nL2 = ["app/api/**"]\nL4 = ["app/domains/**"]\n'
    matrix = '[[layers.contract]]\nid = "m"\nkind = "matrix"\nmatrix = { L2 = ["L4"], L4 = [] }\n'
    layered.write("relcheck.toml", define + matrix)
    assert layered.scan().findings == [("relcheck/vacuous-rule", "relcheck.toml", 3)]


def test_two_layers_with_the_same_file_are_an_error_that_names_it(layered: Project) -> None:
    layered.write("relcheck.toml", '[layers.define]\nL2 = ["app/**"]\nL4 = ["app/domain/**"]\n')
    ran = layered.scan()
    assert ran.code == 2
    assert "relcheck.toml:3" in ran.err
    assert "app/domain/orders.py" in ran.err
    layered.write("relcheck.toml", ONION.replace("app.infra", "app"))
    ran = layered.scan()
    assert (ran.code, "app/api/views.py" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("kind", "keys", "line"),
    [
        ("forbidden", 'sources = ["app/gone/**"]\ntargets = ["app.api"]', 4),
        ("forbidden", 'sources = ["app.api"]\ntargets = ["app.gone"]', 5),
        ("allow-only", 'sources = ["app.infra"]\ntargets = ["@stdlib", "app.gone"]', 5),
        ("deprecated", 'targets = ["app.gone"]', 4),
        ("require", 'sources = ["app.api"]\ntargets = ["app.gone"]', 5),
        ("independence", 'modules = ["app.gone", "app.infra"]', 4),
        ("protected", 'modules = ["app.infra"]\nimporters = ["app.domain", "app.gone"]', 5),
        ("acyclic", 'modules = ["app.gone"]', 4),
        ("interface", 'modules = ["app.gone"]', 4),
        ("layers", 'containers = ["app", "gone"]\nlayers = ["api", { modules = ["domain"], optional = true }]', 4),
    ],
)
def test_whatever_a_contract_of_any_kind_names_must_be_there(layered: Project, kind: str, keys: str, line: int) -> None:
    layered.write("relcheck.toml", f'[[layers.contract]]\nid = "c"\nkind = "{kind}"\n{keys}\n')
    assert ("relcheck/vacuous-rule", "relcheck.toml", line) in layered.scan().findings


def test_a_container_that_is_named_twice_is_an_error(layered: Project) -> None:
    layered.write("relcheck.toml", ONION + 'containers = ["app", "app"]\n')
    ran = layered.scan()
    assert (ran.code, "the container app is named twice" in ran.err) == (2, True)


def test_a_container_within_another_is_an_error(layered: Project) -> None:
    layered.write("relcheck.toml", ONION + 'containers = ["app", "app.api"]\n')
    ran = layered.scan()
    assert ran.code == 2
    assert "app.api lies within the container app" in ran.err


def test_a_file_that_cannot_be_parsed_is_a_finding_and_its_importers_are_checked(layered: Project) -> None:
    layered.write("app/api/views.py", "import os\n\ndef broken(:\n")
    layered.write("app/infra/db.py", "from app.api import views\n")
    found = layered.scan().findings
    assert found == [("relcheck/unparseable-file", "app/api/views.py", 3), (ILLEGAL, "app/infra/db.py", 1)]


def test_a_package_that_is_named_as_the_standard_library_is_not_taken_for_it(layered: Project) -> None:
    layered.write("tools/setup.py", "")
    layered.write("tools/json.py", "from app.api import views\n")
    assert layered.scan().findings == []


def test_a_package_at_the_top_that_shadows_the_standard_library_is_the_projects(layered: Project) -> None:
    layered.write("logging/__init__.py", "from app.api import views\n")
    layered.write("app/infra/db.py", "import logging\nimport json\n")
    layered.commit()
    assert layered.scan().findings == [(ILLEGAL, "app/infra/db.py", 1)]


def test_without_contracts_nobody_pays_for_them(layered: Project) -> None:
    layered.write("relcheck.toml", "")
    script = (
        "import sys\nfrom relcheck.cli.main import run\nrun(['scan'])\n"
        "print([name for name in sys.modules if 'grimp' in name or 'layers' in name or 'import_graph' in name])"
    )
    ran = layered.run(sys.executable, "-c", script)
    assert ran.out.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ('id = "a"\nkind = "layer"\nlayers = ["app"]', '"layer" is none of'),
        ('id = "a"\nkind = "layers"', "`layers` is missing"),
        ('id = "a"\nkind = "layers"\nlayers = []', "holds nothing"),
        ('id = "a"\nkind = "protected"\nmodules = ["app"]\nlayers = ["x"]', "has no such key"),
        ('id = "a"\nkind = "independence"\nmodules = ["app.api"]', "names one module"),
        ('id = "a"\nkind = "layers"\nlayers = ["app.foo*"]', "stands for no modules"),
        ('id = "a"\nkind = "layers"\nlayers = ["x"]\nexhaustive = true', "needs `containers`"),
        ('id = "a"\nkind = "layers"\nlayers = ["x"]\nallow = [{edge = "a"}]', "is no import such as"),
        ('kind = "layers"\nlayers = ["x"]', "`id` is missing"),
    ],
)
def test_a_contract_that_cannot_be_meant_is_an_error_with_its_line(
    layered: Project, contract: str, message: str
) -> None:
    layered.write("relcheck.toml", f"[[layers.contract]]\n{contract}\n")
    ran = layered.scan()
    assert ran.code == 2
    assert message in ran.err
    assert "relcheck.toml:" in ran.err
