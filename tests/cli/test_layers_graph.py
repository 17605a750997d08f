"""`relcheck layers graph` in a real repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from project import Project

ONION = """
[[layers.contract]]
id = "onion"
kind = "layers"
layers = ["shop.web", "shop.db"]
"""

DOT = r"""digraph imports {
  node [shape=box];
  "shop.db" [label="shop.db\n2 modules"];
  "shop.links" [label="shop.links\n1 module"];
  "shop.web" [label="shop.web\n2 modules"];
  "shop.db" -> "shop.links" [label="1, 1 illegal", color=red, fontcolor=red];
  "shop.db" -> "shop.web" [label="2, 1 illegal", color=red, fontcolor=red];
  "shop.links" -> "shop.web" [label="1"];
  "shop.web" -> "shop.db" [label="2"];
}
"""

MERMAID = """flowchart TD
  n0["shop.db<br>2 modules"]
  n1["shop.links<br>1 module"]
  n2["shop.web<br>2 modules"]
  n0 -->|"1, 1 illegal"| n1
  n0 -->|"2, 1 illegal"| n2
  n1 -->|"1"| n2
  n2 -->|"2"| n0
  linkStyle 0,1 stroke:red,color:red
"""


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """Two layers; the lower one imports the upper one once against the contract, once excused, once over a third."""
    project = Project(tmp_path / "repository")
    project.write("relcheck.toml", ONION)
    project.write("shop/web/views.py", "from shop.db import orm, pool\nimport json\n")
    project.write("shop/web/urls.py", "")
    project.write("shop/links.py", "import shop.web.urls\n")
    project.write("shop/db/orm.py", "import shop.web.views\nfrom . import pool\n")
    waived = "from shop.web import urls  # relcheck: ignore[layers/illegal-import] reason: until the move\n"
    project.write("shop/db/pool.py", f"import shop.links\n{waived}")
    project.commit()
    return project


def test_packages_are_drawn_with_the_number_of_imports_and_what_is_illegal_is_red(shop: Project) -> None:
    ran = shop.relcheck("layers", "graph")
    assert (ran.code, ran.out, ran.err) == (0, DOT, "")


def test_the_drawing_is_the_same_each_time(shop: Project) -> None:
    first, second = (shop.process("layers", "graph", PYTHONHASHSEED=seed).out for seed in ("1", "2"))
    assert first == second == DOT


def test_mermaid_draws_the_same(shop: Project) -> None:
    assert shop.relcheck("layers", "graph", "--format", "mermaid").out == MERMAID


def test_json_has_the_numbers(shop: Project) -> None:
    document = json.loads(shop.relcheck("layers", "graph", "--format", "json").out)
    assert document["packages"][0] == {"name": "shop.db", "modules": 2}
    assert document["edges"][1] == {"importer": "shop.db", "imported": "shop.web", "imports": 2, "illegal": 1}


def test_a_package_is_drawn_from_near(shop: Project) -> None:
    out = shop.relcheck("layers", "graph", "shop.db").out
    assert '"shop.db.orm" -> "shop.db.pool" [label="1"];' in out
    assert "shop.web" not in out


def test_the_depth_joins_or_parts_packages(shop: Project) -> None:
    assert "->" not in shop.relcheck("layers", "graph", "--depth", "1").out
    assert '"shop.web.views" -> "shop.db.orm"' in shop.relcheck("layers", "graph", "--depth", "3").out


def test_imports_of_another_scope_are_left_out(shop: Project) -> None:
    shop.write("shop/links.py", "def late():\n    import shop.web.urls\n")
    out = shop.relcheck("layers", "graph", "--scope", "lazy").out
    assert [line for line in out.splitlines() if "->" in line] == ['  "shop.links" -> "shop.web" [label="1"];']


def test_without_contracts_nothing_is_illegal(shop: Project) -> None:
    (shop.root / "relcheck.toml").unlink()
    assert "red" not in shop.relcheck("layers", "graph").out


@pytest.mark.parametrize("style", ["dot", "mermaid", "json"])
def test_a_name_cannot_leave_its_quotes(shop: Project, style: str) -> None:
    shop.write('shop/a"];x\x1b\n.py', "import shop.links\n")
    out = shop.relcheck("layers", "graph", "--format", style).out
    assert "\x1b" not in out
    lines = {
        "dot": r'"shop.a\"];x\\x1b\\n"',
        "mermaid": "shop.a#34;#93;#59;x#92;x1b#92;n",
        "json": r"shop.a\"];x\u001b\n",
    }
    assert lines[style] in out


def test_the_page_is_the_same_each_time(shop: Project) -> None:
    first, second = (
        shop.process("layers", "graph", "--format", "html", PYTHONHASHSEED=seed).out for seed in ("1", "2")
    )
    assert first == second
    assert first.startswith("<!doctype html>\n")


def test_the_page_has_every_import_with_its_place_and_what_forbids_it(shop: Project) -> None:
    data = page_data(shop.relcheck("layers", "graph", "--format", "html").out)
    names = [name for name, _ in data["modules"]]
    imports = [
        (names[importer], names[imported], f"{data['paths'][path]}:{line}:{column}", more)
        for importer, imported, path, line, column, _, *more in data["imports"]
    ]
    assert imports == [
        ("shop.db.orm", "shop.db.pool", "shop/db/orm.py:2:15", []),
        ("shop.db.orm", "shop.web.views", "shop/db/orm.py:1:8", [[0]]),
        ("shop.db.pool", "shop.links", "shop/db/pool.py:1:8", [[1]]),
        ("shop.db.pool", "shop.web.urls", "shop/db/pool.py:2:22", []),
        ("shop.links", "shop.web.urls", "shop/links.py:1:8", []),
        ("shop.web.views", "shop.db.orm", "shop/web/views.py:1:21", []),
        ("shop.web.views", "shop.db.pool", "shop/web/views.py:1:26", []),
    ]
    assert [said["contract"] for said in data["forbidden"]] == ["onion", "onion"]
    assert data["forbidden"][1]["steps"] == [["shop/links.py:1", "shop.links imports shop.web.urls"]]


def test_the_page_of_a_package_has_only_what_is_below_it(shop: Project) -> None:
    data = page_data(shop.relcheck("layers", "graph", "shop.db", "--format", "html").out)
    assert [name for name, _ in data["modules"]] == ["shop.db", "shop.db.orm", "shop.db.pool"]
    assert len(data["imports"]) == 1


def test_the_page_tells_what_the_baseline_accepts(shop: Project) -> None:
    shop.relcheck("baseline", "write")
    data = page_data(shop.relcheck("layers", "graph", "--format", "html").out)
    assert [said["accepted"] for said in data["forbidden"]] == [True, True]


def test_what_is_not_the_projects_is_on_the_page_where_it_is_forbidden(shop: Project) -> None:
    shop.write(
        "relcheck.toml",
        '[[layers.contract]]\nid = "dry"\nkind = "forbidden"\nsources = ["shop.web"]\ntargets = ["json"]\n',
    )
    data = page_data(shop.relcheck("layers", "graph", "--format", "html").out)
    assert data["externals"] == ["json"]
    assert [one[6:] for one in data["imports"] if one[1] == len(data["modules"])] == [[[0]]]


def test_a_page_needs_no_depth(shop: Project) -> None:
    ran = shop.relcheck("layers", "graph", "--format", "html", "--depth", "3")
    assert ran.code == 2
    assert "packages open on the page, however deep" in ran.err


def page_data(document: str) -> dict[str, Any]:
    """What the page's scripts read."""
    data: dict[str, Any] = json.loads(document.partition('id="page-data">')[2].partition("</script>")[0])
    return data
