"""`relcheck layers import`: configurations as import-linter and tach document them, read back and judged."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from project import Project, Ran

INI = """\
[importlinter]
root_packages =
    shop
    tools
include_external_packages = True
exclude_type_checking_imports = True
show_timings = True

[importlinter:contract:onion]
name = The onion of the shop
type = layers
layers =
    web | cli
    (reports)
    # what follows knows no web
    domain : rules
    infra
containers =
    shop
    tools.*
exhaustive = true
exhaustive_ignores =
    conftest
ignore_imports =
    shop.infra.jobs -> shop.web.urls
    shop.** -> shop.web.*
unmatched_ignore_imports_alerting = warn

[importlinter:contract:pure]
name = pure
type = forbidden
source_modules = shop.domain
forbidden_modules =
    sqlalchemy
    requests
allow_indirect_imports = True
as_packages = False

[importlinter:contract:apart]
name = Parts are apart
type = independence
modules = shop.parts.*

[importlinter:contract:own]
name = Own type
type = shop_contracts
"""

PYPROJECT = """\
[tool.importlinter]
root_package = "shop"

[[tool.importlinter.contracts]]
name = "Models are protected!"
type = "protected"
protected_modules = ["shop.models"]
allowed_importers = ["shop.services", "shop.admin.**"]
broken_contract_guidance = "Go through a service.\\nAsk #data."

[[tool.importlinter.contracts]]
name = "No cycles"
type = "acyclic_siblings"
ancestors = ["shop"]
depth = 2
skip_descendants = ["shop.migrations"]

[[tool.importlinter.contracts]]
name = "Alone"
type = "independence"
modules = ["shop.a"]
"""

TACH = """\
exclude = ["tests"]
source_roots = ["src"]
exact = true
forbid_circular_dependencies = true
root_module = "ignore"
layers = ["ui", { name = "commands", closed = true }, "core"]

[[modules]]
path = "<root>"
depends_on = []

[[modules]]
path = "shop.web"
layer = "ui"
depends_on = []

[[modules]]
paths = ["shop.orders", "shop.users"]
layer = "commands"
depends_on = [{ path = "shop.users", deprecated = true }]

[[modules]]
path = "shop.db"
layer = "core"
depends_on = []
visibility = ["shop.orders"]

[[modules]]
path = "shop.errors"
utility = true
depends_on = []

[[modules]]
path = "shop.legacy"
unchecked = true

[[modules]]
path = "shop.mail"
depends_on = ["shop.db"]
cannot_depend_on = ["shop.web"]

[[interfaces]]
expose = ["services.*", "get_user"]
from = ["shop.users"]

[[interfaces]]
expose = ["(a|b)"]
from = ["shop\\\\..*"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Project:
    return Project(tmp_path / "repository")


def carried(project: Project, ran: Ran) -> dict[str, dict[str, object]]:
    """The contracts by id, after relcheck itself has accepted what was written."""
    assert ran.code == 0, ran.err
    project.write("relcheck.toml", ran.out)
    accepted = project.relcheck("config", "validate")
    assert accepted.code == 0, accepted.err
    return {one["id"]: one for one in tomli.loads(ran.out)["layers"]["contract"]}


def test_an_ini_file_of_import_linter_is_carried_over(folder: Project) -> None:
    folder.write(".importlinter", INI)
    ran = folder.relcheck("layers", "import")
    found = carried(folder, ran)
    ignored = "ignored by import-linter before"
    assert found["onion"] == {
        "id": "onion",
        "kind": "layers",
        "layers": [
            {"modules": ["web", "cli"], "independent": True},
            {"modules": ["reports"], "optional": True},
            {"modules": ["domain", "rules"]},
            "infra",
        ],
        "containers": ["shop", "tools.*"],
        "exhaustive": True,
        "exhaustive_ignores": ["shop.conftest", "tools.*.conftest"],
        "scope": "runtime",
        "allow": [
            {"edge": "shop.infra.jobs -> shop.web.urls", "reason": ignored},
            {"edge": "shop.** -> shop.web.*", "reason": ignored},
        ],
    }
    assert found["pure"]["indirect"] is False
    assert found["pure"]["targets"] == ["sqlalchemy", "requests"]
    assert found["apart"]["modules"] == ["shop.parts.*"]
    assert list(found) == ["onion", "pure", "apart"]
    assert "# The onion of the shop\n[[layers.contract]]" in ran.out


def test_what_cannot_be_carried_over_is_said_contract_by_contract(folder: Project) -> None:
    folder.write("setup.cfg", INI)
    err = folder.relcheck("layers", "import").err
    assert "setup.cfg: 3 contracts carried over, 4 remarks\n" in err
    assert "  `show_timings` has no counterpart\n" in err
    assert "  The onion of the shop: `unmatched_ignore_imports_alerting` is not carried over" in err
    assert "  pure: `as_packages = false` has no counterpart" in err
    assert "  Own type: left out: its type 'shop_contracts' is code of a plugin" in err


def test_a_section_of_pyproject_is_carried_over(folder: Project) -> None:
    folder.write("pyproject.toml", PYPROJECT)
    ran = folder.relcheck("layers", "import")
    found = carried(folder, ran)
    assert found["models-are-protected"] == {
        "id": "models-are-protected",
        "kind": "protected",
        "modules": ["shop.models"],
        "importers": ["shop.services", "shop.admin.**"],
        "guidance": "Go through a service.\nAsk #data.",
    }
    assert found["no-cycles"] == {"id": "no-cycles", "kind": "acyclic", "modules": ["shop"], "depth": 3}
    assert "Alone: left out: names one module" in ran.err
    assert "No cycles: `skip_descendants` has no counterpart" in ran.err


def test_modules_layers_and_interfaces_of_tach_are_carried_over(folder: Project) -> None:
    folder.write("tach.toml", TACH)
    ran = folder.relcheck("layers", "import")
    found = carried(folder, ran)
    assert found["tach-layers"]["layers"] == [
        {"name": "ui", "modules": ["shop.web"]},
        {"name": "commands", "modules": ["shop.orders", "shop.users"], "closed": True},
        {"name": "core", "modules": ["shop.db"]},
    ]
    assert found["tach-layers"]["indirect"] is False
    assert found["tach-layers"]["scope"] == "runtime"
    assert found["depends-on-shop.orders"]["targets"] == ["shop.web", "shop.legacy", "shop.mail"]
    assert found["deprecated-shop.orders"]["targets"] == ["shop.users"]
    assert found["visibility-shop.db"]["importers"] == ["shop.orders"]
    assert found["cannot-depend-on-shop.mail"]["targets"] == ["shop.web"]
    assert "depends-on-shop.legacy" not in found
    assert found["interface-shop.users"]["expose"] == ["services", "services.**", "get_user"]
    for reason in (
        "`exclude` is not",
        "`exact` has no",
        "`forbid_circular",
        "<root>: left out",
        "a regular expression",
    ):
        assert reason in ran.err


def test_tach_modules_below_each_other_are_not_taken_for_more_than_they_say(folder: Project) -> None:
    folder.write(
        "tach.toml",
        '[[modules]]\npath = "shop"\ndepends_on = []\n[[modules]]\npath = "shop.db"\ndepends_on = []\n'
        '[[modules]]\npath = "tools"\ndepends_on = ["shop.db"]\n[[modules]]\npath = "other"\n',
    )
    ran = folder.relcheck("layers", "import")
    found = carried(folder, ran)
    assert found["depends-on-shop.db"]["targets"] == ["tools", "other"]
    assert found["depends-on-tools"]["targets"] == ["other"]
    assert "shop: `depends_on` is left out: shop.db below it has rules of its own" in ran.err
    assert "tools: shop is not forbidden to it" in ran.err


def test_the_domains_of_tach_are_read_with_their_names_made_whole(folder: Project) -> None:
    folder.write("tach.toml", 'source_roots = ["src"]\n[[modules]]\npath = "core"\ndepends_on = []\n')
    folder.write(
        "src/shop/tach.domain.toml",
        '[root]\ndepends_on = ["orders"]\n[[modules]]\npath = "orders"\ndepends_on = ["//core"]\n'
        'visibility = ["<domain_root>"]\n[[modules]]\npaths = ["mail", "users"]\ncannot_depend_on = ["orders"]\n'
        '[[interfaces]]\nexpose = ["api"]\nfrom = ["users"]\n',
    )
    folder.write("src/broken/tach.domain.toml", "[[modules]\n")
    folder.write("docs/tach.domain.toml", "[root]\n")
    ran = folder.relcheck("layers", "import")
    found = carried(folder, ran)
    assert found["depends-on-shop.orders"]["targets"] == ["shop.mail", "shop.users"]
    assert found["visibility-shop.orders"]["importers"] == ["shop"]
    assert found["cannot-depend-on-shop.users"]["targets"] == ["shop.orders"]
    assert found["interface-shop.users"]["expose"] == ["api"]
    assert "src/broken/tach.domain.toml: left out: it cannot be read" in ran.err
    assert "docs/tach.domain.toml: left out: it lies in no source root" in ran.err


def test_comments_that_except_an_import_from_tach_are_told_with_their_places(folder: Project) -> None:
    folder.write("tach.toml", '[[modules]]\npath = "shop"\ndepends_on = []\n')
    folder.write("shop/web.py", "import os\n# tach-ignore(until the move) db\nfrom shop import db\n")
    folder.write("shop/mail.py", "from shop import db  # tach-ignore\n")
    ran = folder.relcheck("layers", "import")
    assert "2 comments not carried over: shop/mail.py:1, shop/web.py:2 (until the move)" in ran.err


def test_the_external_checks_of_tach_are_carried_over(folder: Project) -> None:
    folder.write(
        "tach.toml",
        '[[modules]]\npath = "shop"\n[external]\nexclude = ["pytest"]\nrename = ["PIL:pillow", "odd"]\n'
        '[rules]\nunused_external_dependencies = "warn"\nlocal_imports = "error"\n',
    )
    ran = folder.relcheck("layers", "import")
    assert carried(folder, ran)["tach-external"] == {
        "id": "tach-external",
        "kind": "declared-externals",
        "packages": {"PIL": "pillow"},
        "allow": [{"edge": "@any -> pytest", "reason": "excluded from tach's external checks"}],
        "unused": True,
    }
    assert "`rules.local_imports` has no counterpart" in ran.err


def test_a_domain_alone_is_read_with_its_project(folder: Project) -> None:
    folder.write("shop/tach.domain.toml", "[root]\n")
    ran = folder.relcheck("layers", "import", "shop/tach.domain.toml")
    assert (ran.code, "a part of a tach.toml" in ran.err) == (2, True)


def test_what_was_carried_over_judges_as_it_did(folder: Project) -> None:
    folder.write(
        ".importlinter",
        "[importlinter]\nroot_package = shop\n[importlinter:contract:up]\nname = up\ntype = layers\n"
        "layers =\n  shop.web\n  shop.db\nignore_imports =\n  shop.db.old -> shop.web.urls\n",
    )
    folder.write("shop/web/urls.py", "import shop.db.new\n")
    folder.write("shop/db/old.py", "from shop.web import urls\n")
    folder.write("shop/db/new.py", "def late():\n    from ..web import urls\n")
    folder.write("relcheck.toml", folder.relcheck("layers", "import").out)
    folder.commit()
    assert folder.scan().findings == [("layers/illegal-import", "shop/db/new.py", 2)]


def test_several_files_make_one_configuration_with_unique_names(folder: Project) -> None:
    folder.write(".importlinter", INI)
    folder.write("setup.cfg", INI)
    folder.write("tach.toml", TACH)
    found = carried(folder, folder.relcheck("layers", "import"))
    assert {"onion", "onion-2", "tach-layers"} <= found.keys()


def test_files_can_be_named(folder: Project) -> None:
    folder.write("conf/linter.ini", INI)
    ran = folder.relcheck("layers", "import", "conf/linter.ini")
    assert "# Carried over from conf/linter.ini." in ran.out


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("README.md", "", "no contracts of import-linter or tach"),
        (".importlinter", "root = shop\n", "cannot be read"),
        ("tach.toml", "modules = [", "is no TOML"),
        ("tach.toml", f"modules = {'9' * 6000}", "is no TOML"),
        ("tach.toml", "#" * 1_100_000, "too large"),
    ],
)
def test_files_that_say_nothing_are_an_error(folder: Project, name: str, content: str, said: str) -> None:
    folder.write(name, content)
    ran = folder.relcheck("layers", "import")
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_hostile_names_stay_names(folder: Project) -> None:
    folder.write(
        "pyproject.toml",
        '[[tool.importlinter.contracts]]\nname = "a\\u001b[31m\\nid = 1"\ntype = "independence"\n'
        'modules = ["shop.a", "shop.b"]\n[[tool.importlinter.contracts]]\nname = "b"\ntype = "forbidden"\n'
        'source_modules = ["a b\\u202e"]\nforbidden_modules = 3\n[[tool.importlinter.contracts]]\ntype = 7\n',
    )
    ran = folder.relcheck("layers", "import")
    assert len(carried(folder, ran)) == 1
    assert "\x1b" not in ran.out + ran.err
    assert "\u202e" not in ran.err


def test_names_that_are_none_leave_a_contract_out(folder: Project) -> None:
    folder.write(
        "tach.toml",
        '[[modules]]\npath = "a"\ncannot_depend_on = [""]\n[[modules]]\npath = "b c"\ndepends_on = [7]\n',
    )
    ran = folder.relcheck("layers", "import")
    assert "[[layers.contract]]" not in ran.out
    assert 'b c: left out: "b c" stands for no modules' in ran.err
