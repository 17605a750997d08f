"""`relcheck layers why` and `impact` in a real repository."""

from __future__ import annotations

from pathlib import Path

import pytest
from project import Project


@pytest.fixture
def shop(tmp_path: Path) -> Project:
    """A chain `web -> orders -> links -> db`, one link of which is lazy, and a module on its own."""
    project = Project(tmp_path / "repository")
    project.write("shop/web/views.py", "import os\nfrom shop import orders\n")
    project.write("shop/orders.py", "def late():\n    from . import links\n")
    project.write("shop/links.py", "from shop.infra.db import connect\n")
    project.write("shop/infra/db.py", "import sqlalchemy.orm\n\n\ndef connect(): ...\n")
    project.write("shop/alone.py", "import json\n")
    project.commit()
    return project


CHAIN = """shop.web.views reaches shop.infra.db in 3 imports
  shop/web/views.py:2:18  shop.web.views imports shop.orders
  shop/orders.py:2:19  shop.orders imports shop.links (inside a function)
  shop/links.py:1:6  shop.links imports shop.infra.db
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shop.web.views", "shop.infra.db"),
        ("shop.web", "shop.infra"),
        ("shop/web/views.py", "shop/infra/db.py"),
        ("shop/web/", "shop/infra"),
    ],
)
def test_the_shortest_chain_is_told_for_modules_packages_and_files(shop: Project, one: str, other: str) -> None:
    ran = shop.relcheck("layers", "why", one, other)
    assert (ran.code, ran.out, ran.err) == (0, CHAIN, "")


def test_a_file_is_named_as_seen_from_the_folder(shop: Project) -> None:
    assert shop.relcheck("layers", "why", "views.py", "../infra/db.py", folder="shop/web").out == CHAIN


def test_a_package_begins_the_chain_where_it_is_shortest(shop: Project) -> None:
    out = shop.relcheck("layers", "why", "shop", "shop.infra").out
    assert out.splitlines()[0] == "shop.links reaches shop.infra.db in 1 import"


def test_something_from_outside_can_be_the_end(shop: Project) -> None:
    out = shop.relcheck("layers", "why", "shop.links", "sqlalchemy").out
    assert out.splitlines()[0] == "shop.links reaches sqlalchemy.orm in 2 imports"


def test_where_there_is_no_chain_the_exit_code_is_1(shop: Project) -> None:
    ran = shop.relcheck("layers", "why", "shop.alone", "shop.infra")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "shop.alone does not import shop.infra, directly or over others\n"


def test_a_scope_leaves_imports_out(shop: Project) -> None:
    assert shop.relcheck("layers", "why", "shop.web", "shop.infra", "--scope", "toplevel").code == 1


def test_an_unknown_name_is_told_with_the_nearest(shop: Project) -> None:
    ran = shop.relcheck("layers", "why", "shop.order", "shop.infra")
    assert (ran.code, ran.out) == (2, "")
    assert 'shop.order" is no module, package or file of this project; did you mean `shop.orders`?' in ran.err


def test_the_same_twice_is_refused(shop: Project) -> None:
    ran = shop.relcheck("layers", "why", "shop.orders", "shop/orders.py")
    assert ran.code == 2
    assert "name two that differ" in ran.err


def test_a_cycle_is_no_endless_chain(shop: Project) -> None:
    shop.write("shop/infra/db.py", "import shop.web.views\n")
    out = shop.relcheck("layers", "why", "shop.infra", "shop.links").out
    assert out.splitlines()[0] == "shop.infra.db reaches shop.links in 3 imports"


def test_the_impact_of_a_file_is_who_imports_it_with_the_distance(shop: Project) -> None:
    ran = shop.relcheck("layers", "impact", "shop/infra/db.py")
    assert ran.code == 0
    assert ran.out == (
        "1  shop/links.py  shop.links\n2  shop/orders.py  shop.orders\n3  shop/web/views.py  shop.web.views\n"
    )
    assert ran.err == "shop.infra.db is imported by 1 module, and by 2 more over others\n"


def test_a_file_that_nobody_imports_has_no_impact(shop: Project) -> None:
    ran = shop.relcheck("layers", "impact", "shop/web/views.py")
    assert (ran.code, ran.out) == (0, "")
    assert "is imported by 0 modules" in ran.err


def test_the_impact_of_a_package_is_who_imports_anything_below_it(shop: Project) -> None:
    shop.write("shop/infra/more.py", "import shop.infra.db\n")
    lines = shop.relcheck("layers", "impact", "shop/infra").out.splitlines()
    assert lines[0] == "1  shop/links.py  shop.links"
    assert len(lines) == 3


def test_the_impact_of_an_init_file_is_of_that_file_alone(shop: Project) -> None:
    shop.write("shop/infra/__init__.py", "")
    shop.write("shop/web/views.py", "import shop.infra\n")
    assert shop.relcheck("layers", "impact", "shop/infra/__init__.py").out == "1  shop/web/views.py  shop.web.views\n"


def test_files_that_cannot_be_parsed_are_named(shop: Project) -> None:
    shop.write("shop/links.py", "import shop.infra.db\ndef broken(:\n")
    ran = shop.relcheck("layers", "why", "shop.web", "shop.infra")
    assert ran.code == 1
    assert ran.err.startswith("what these files import is not known, because they cannot be parsed: shop/links.py\n")


def test_a_file_that_is_not_there_is_an_error(shop: Project) -> None:
    ran = shop.relcheck("layers", "impact", "shop/infra/bd.py")
    assert ran.code == 2
    assert "did you mean `shop/infra/db.py`?" in ran.err


def test_names_that_would_draw_on_a_terminal_are_escaped(shop: Project) -> None:
    shop.write("shop/evil\x1b[31m.py", "import shop.links\n")
    out = shop.relcheck("layers", "impact", "shop/links.py").out
    assert "\x1b" not in out
    assert "evil\\x1b[31m.py" in out
