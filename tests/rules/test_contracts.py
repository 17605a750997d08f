"""What contracts mean, on small projects: the details that the examples of the rules do not show."""

from __future__ import annotations

from time import process_time

import pytest

from relcheck.config import ConfigError
from relcheck.engine.catalog import load_catalog
from relcheck.engine.harness import findings_in
from relcheck.sdk.selection import fits

CATALOG = load_catalog()


def edges(files: dict[str, str], settings: str, *, rule: str = "illegal-import") -> list[str]:
    """`importer -> imported` of all findings, without the folder `app`."""
    written = {f"app/{path}": code for path, code in files.items()}
    found = findings_in(CATALOG.rules[f"layers/{rule}"], written, {}, CATALOG, settings=settings)
    assert all(one.rule.startswith("layers/") for one in found), found
    return [one.identity.replace("app.", "") for one in found]


def contract(kind: str, keys: str) -> str:
    return f'[[layers.contract]]\nid = "c"\nkind = "{kind}"\n{keys}\n'


THREE = {"high.py": "import app.low", "mid.py": "import app.low", "low.py": "import os"}


def test_a_closed_layer_is_not_passed_over() -> None:
    closed = '{ modules = ["app.mid"], closed = true }'
    assert edges(THREE, contract("layers", f'layers = ["app.high", {closed}, "app.low"]')) == ["high -> low"]
    assert edges(THREE, contract("layers", 'layers = ["app.high", "app.mid", "app.low"]')) == []


def test_a_layer_may_be_empty_where_it_is_optional() -> None:
    assert edges(THREE, contract("layers", 'layers = ["app.low", { modules = ["app.no"], optional = true }]')) == []


def test_the_members_of_an_independent_layer_do_not_import_each_other() -> None:
    files = {"one.py": "import app.two", "two.py": "import app.via", "via.py": "import app.one", "low.py": ""}
    layers = 'layers = [{ modules = ["app.one", "app.two"], independent = true }, "app.low"]'
    assert edges(files, contract("layers", layers)) == ["one -> two", "two -> via"]


def test_layers_stand_in_each_container() -> None:
    files = {
        "a/high.py": "import app.b.low",
        "a/low.py": "import app.a.high\nimport app.b.high",
        "b/high.py": "",
        "b/low.py": "from . import high",
    }
    keys = 'layers = ["high", "low"]\ncontainers = ["app.*"]'
    assert edges(files, contract("layers", keys)) == ["a.low -> a.high", "b.low -> b.high"]


def test_what_is_ignored_need_not_be_in_a_layer() -> None:
    files = {"high/a.py": "", "low/b.py": "", "odd/c.py": "", "odd/d.py": "", "e.py": ""}
    keys = 'layers = ["high", "low"]\ncontainers = ["app"]\nexhaustive = true\n'
    assert edges(files, contract("layers", keys), rule="undeclared-layer") == ["e", "odd.c", "odd.d"]
    ignoring = contract("layers", keys + 'exhaustive_ignores = ["app.odd"]')
    assert edges(files, ignoring, rule="undeclared-layer") == ["e"]


@pytest.mark.parametrize(
    ("scope", "lines"),
    [
        ("all", 5),
        ("runtime", 4),
        ("typing", 1),
        ("toplevel", 2),
        ("lazy", 2),
    ],
)
def test_the_scope_says_which_imports_count(scope: str, lines: int) -> None:
    code = (
        "from typing import TYPE_CHECKING\nimport app.b\nif TYPE_CHECKING:\n    import app.b\n"
        "try:\n    import app.b\nexcept ImportError:\n    pass\n"
        "def f():\n    import app.b\n    __import__('app.b')\n"
    )
    keys = f'sources = ["app.a"]\ntargets = ["app.b"]\nscope = "{scope}"'
    assert edges({"a.py": code, "b.py": ""}, contract("forbidden", keys)) == ["a -> b"] * lines


def test_chains_count_unless_they_are_not_to() -> None:
    files = {"a.py": "import app.via", "via.py": "import app.b", "b.py": ""}
    keys = 'sources = ["app.a"]\ntargets = ["app.b"]'
    assert edges(files, contract("forbidden", keys)) == ["a -> via"]
    assert edges(files, contract("forbidden", f"{keys}\nindirect = false")) == []


def test_a_chain_of_types_is_none_at_run_time() -> None:
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import app.b"
    files = {"a.py": "import app.via", "via.py": typed, "b.py": ""}
    keys = 'sources = ["app.a"]\ntargets = ["app.b"]\nscope = "runtime"'
    assert edges(files, contract("forbidden", keys)) == []


def test_every_import_that_begins_a_chain_is_one_finding() -> None:
    files = {
        "a/x.py": "import app.v\nimport app.w",
        "a/y.py": "import app.a.x",
        "v.py": "import app.w",
        "w.py": "import app.b",
    }
    keys = 'sources = ["app.a"]\ntargets = ["app.b"]'
    assert edges({**files, "b.py": ""}, contract("forbidden", keys)) == ["a.x -> v", "a.x -> w"]


def test_a_cycle_of_imports_ends() -> None:
    files = {"a.py": "import app.v", "v.py": "import app.w", "w.py": "import app.v\nimport app.a", "b.py": ""}
    assert edges(files, contract("forbidden", 'sources = ["app.a"]\ntargets = ["app.b"]')) == []


def test_a_matrix_judges_a_sub_layer_by_its_own_row_or_that_of_its_layer() -> None:
    define = '[layers.define]\nL2 = ["app/api/**"]\n"L2.1" = ["app/api/ops/**"]\nL4 = ["app/domain/**"]\n'
    rows = 'matrix = { L2 = ["L4"], "L2.1" = [], L4 = [] }'
    files = {"api/a.py": "import app.domain.d", "api/ops/o.py": "import app.domain.d", "domain/d.py": ""}
    assert edges(files, define + contract("matrix", rows)) == ["api.ops.o -> domain.d"]
    without = contract("matrix", 'matrix = { L2 = ["L4"], L4 = [] }')
    assert edges(files, define + without) == []


def test_cycles_are_looked_for_at_every_level() -> None:
    files = {"p/a.py": "import app.p.b", "p/b.py": "import app.p.c", "p/c.py": "import app.p.a", "q.py": ""}
    assert len(edges(files, contract("acyclic", ""), rule="import-cycle")) == 1
    assert edges(files, contract("acyclic", "depth = 1"), rule="import-cycle") == []


def test_a_re_export_of_the_package_is_its_interface() -> None:
    files = {
        "lib/__init__.py": "from app.lib import inner\nfrom app.lib.inner import thing\n",
        "lib/inner.py": "",
        "lib/other.py": "",
        "user.py": "from app.lib import thing, inner\nfrom app.lib import other\nfrom app.lib import _hidden\n",
    }
    keys = contract("interface", 'modules = ["app.lib"]')
    assert edges(files, keys, rule="private-import") == ["user -> lib.other", "user -> lib"]


def test_a_required_module_may_be_reached_over_others() -> None:
    files = {"h/a.py": "import app.via", "h/b.py": "import app.audit", "via.py": "import app.audit", "audit.py": ""}
    keys = 'sources = ["app.h.*"]\ntargets = ["app.audit"]'
    assert edges(files, contract("require", keys), rule="missing-import") == ["h.a"]
    assert edges(files, contract("require", f"{keys}\nindirect = true"), rule="missing-import") == []


def test_two_steps_with_the_same_module_cannot_be_judged() -> None:
    with pytest.raises(ConfigError, match=r"app/low\.py"):
        edges(THREE, contract("layers", 'layers = ["app.low", "app"]'))


@pytest.mark.parametrize(
    ("pattern", "name", "below", "fits_it"),
    [
        ("a", "a", False, True),
        ("a", "a.b", False, False),
        ("a", "a.b", True, True),
        ("a", "ab", True, False),
        ("a.*", "a.b", False, True),
        ("a.*", "a", True, False),
        ("a.*", "a.b.c", False, False),
        ("a.*", "a.b.c", True, True),
        ("a.**", "a.b.c", False, True),
        ("**.c", "a.b.c", False, True),
        ("**.c", "c", False, False),
        ("*.b.**.e", "a.b.c.d.e", False, True),
        ("*.b.**.e", "a.b.e", False, False),
        (".".join(["**"] * 40) + ".x", ".".join(["a"] * 400), True, False),
    ],
)
def test_a_pattern_fits_a_name(pattern: str, name: str, below: bool, fits_it: bool) -> None:
    assert fits(pattern, name, below=below) is fits_it


def test_a_module_that_may_import_nothing_imports_itself_only() -> None:
    files = {"a/x.py": "import app.a.y\nimport app.b\nimport json", "a/y.py": "", "b.py": ""}
    keys = 'sources = ["app.a"]\ntargets = []'
    assert edges(files, contract("allow-only", keys)) == ["a.x -> b", "a.x -> json"]


def test_members_with_modules_in_common_are_held_apart_too() -> None:
    files = {"a/b/x.py": "import app.a.y\n", "a/y.py": "import app.via\n", "via.py": "import app.c\n", "c.py": ""}
    settings = contract("independence", 'modules = ["app.a", "app.a.b", "app.c"]')
    assert sorted(edges(files, settings)) == ["a.b.x -> a.y", "a.y -> via"]


def test_of_two_members_that_a_chain_may_end_at_the_other_one_counts() -> None:
    files = {
        "a/core.py": "import app.hub\n",
        "b/core.py": "import app.hub\n",
        "hub.py": "import app.a.core\nimport app.far\n",
        "far.py": "import app.further\n",
        "further.py": "import app.b.core\n",
    }
    settings = contract("independence", 'modules = ["app.*.core"]')
    assert sorted(edges(files, settings)) == ["a.core -> hub", "b.core -> hub"]


@pytest.mark.parametrize("kind", ["independence", "protected", "interface"])
def test_thousands_of_members_take_linear_time(kind: str) -> None:
    files = {f"m{number}.py": f"import app.m{number}.x\n" for number in range(2000)}
    started = process_time()
    assert edges(files, contract(kind, 'modules = ["app.*"]')) == []
    assert process_time() - started < 6


def test_a_module_that_another_distribution_brings_runs_the_package_above_it() -> None:
    files = {"__init__.py": "import app.api\n", "api.py": "", "low.py": "import app.sdk\n"}
    assert edges(files, contract("layers", 'layers = ["app.api", "app.low"]')) == ["low -> sdk"]
    files["__init__.py"] = ""
    assert edges(files, contract("layers", 'layers = ["app.api", "app.low"]')) == []


def test_a_name_that_a_package_takes_from_elsewhere_counts_where_the_contract_asks_for_it() -> None:
    files = {
        "__init__.py": "from app.shop import Order as Sale\n",
        "shop/__init__.py": "from .orders import *\nfrom .carts import Cart\n",
        "shop/orders.py": "__all__ = ['Order']\n",
        "shop/carts.py": "",
        "low.py": "from app import Sale\nfrom app.shop import Cart, other\n",
    }
    forbidden = contract("forbidden", 'sources = ["app.low"]\ntargets = ["app.shop.*"]\nindirect = false\n')
    assert edges(files, forbidden) == []
    assert edges(files, f"{forbidden}reexports = true\n") == ["low -> shop.orders", "low -> shop.carts"]
