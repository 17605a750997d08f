"""`relcheck layers suggest` in a real repository: what it writes holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import Project, Ran

STACK = """[[layers.contract]]
id = "shop-layers"
kind = "layers"
containers = ["shop"]
layers = [{ modules = ["cli", "web"], independent = true }, "orders", "db"]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    project = Project(tmp_path / "repository")
    project.write("shop/web/views.py", "from shop import orders\n")
    project.write("shop/cli.py", "def late():\n    from .orders import pay\n")
    project.write("shop/orders.py", "import glue\n\n\ndef pay(): ...\n")
    project.write("glue.py", "from shop.db import pool\n")
    project.write("shop/db/pool.py", "import json\n")
    project.write("shop/db/orm.py", "")
    project.commit()
    return project


def taken_up(project: Project, ran: Ran) -> Ran:
    """A scan under what was suggested."""
    project.write("relcheck.toml", ran.out)
    assert project.relcheck("config", "validate").code == 0
    return project.scan()


def test_the_order_of_a_packages_members_is_a_contract_that_holds(shop: Project) -> None:
    ran = shop.relcheck("layers", "suggest", "shop")
    assert (ran.code, ran.out) == (0, STACK)
    assert ran.err == "1 contract holds today, 0 would with fewer imports\n"
    assert taken_up(shop, ran).findings == []


def test_the_contract_forbids_what_was_not_there(shop: Project) -> None:
    shop.write("relcheck.toml", shop.relcheck("layers", "suggest", "shop").out)
    shop.write("shop/db/orm.py", "import shop.web.views\n")
    shop.write("shop/cli.py", "import shop.web\n")
    assert shop.scan().rules == ["layers/illegal-import", "layers/illegal-import"]


def test_members_that_do_not_know_each_other_are_independent(shop: Project) -> None:
    ran = shop.relcheck("layers", "suggest", "--depth", "2")
    assert '[[layers.contract]]\nid = "shop.db-independent"\nkind = "independence"\nmodules = ["shop.db.*"]' in ran.out
    assert taken_up(shop, ran).findings == []


def test_for_what_nearly_holds_the_cheapest_import_to_cut_is_told(shop: Project) -> None:
    shop.write("shop/orders.py", "from shop.db import pool, orm\nimport shop.db.pool\n")
    shop.write("shop/db/orm.py", "import os\nfrom shop import orders\n")
    ran = shop.relcheck("layers", "suggest", "shop")
    assert (
        "# shop would keep this contract without 1 import:\n#   shop/db/orm.py:2:18  shop.db.orm imports shop.orders\n"
        in ran.out
    )
    assert all(line.startswith("#") for line in ran.out.splitlines())
    assert ran.err == "0 contracts hold today, 1 would with fewer imports\n"
    assert taken_up(shop, ran).findings == []


def test_what_is_far_from_holding_is_not_suggested(shop: Project) -> None:
    for number in range(30):
        shop.write(f"shop/db/up{number}.py", "import shop.orders\n")
        shop.write(f"shop/orders/down{number}.py", "import shop.db.pool\n")
    (shop.root / "shop/orders.py").unlink()
    ran = shop.relcheck("layers", "suggest", "shop")
    assert (ran.code, ran.out) == (0, "")
    assert "shop: 30 imports would have to go, so no contract is suggested" in ran.err


def test_a_scope_is_part_of_the_contract(shop: Project) -> None:
    ran = shop.relcheck("layers", "suggest", "shop", "--scope", "toplevel")
    assert 'scope = "toplevel"' in ran.out
    assert 'layers = ["web", "orders", { modules = ["cli", "db"], independent = true }]' in ran.out


def test_where_a_chain_leads_around_the_package_the_contract_speaks_of_direct_imports(shop: Project) -> None:
    shop.write("shop/db/pool.py", "import around\n")
    shop.write("around.py", "import shop.web.views\n")
    ran = shop.relcheck("layers", "suggest", "shop")
    assert "indirect = false\n" in ran.out
    assert taken_up(shop, ran).findings == []


def test_a_project_without_packages_gets_no_suggestion(tmp_path: Path) -> None:
    project = Project(tmp_path / "repository")
    project.write("one.py", "import json\n")
    ran = project.relcheck("layers", "suggest")
    assert (ran.code, ran.out) == (0, "")


def test_an_unknown_package_is_an_error(shop: Project) -> None:
    assert shop.relcheck("layers", "suggest", "shopp").code == 2
