"""Contracts beside import-linter and tach on the same tree: what they report we report, and what we report beyond that
has a cause, which a walk of its own over the syntax trees confirms."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

Edge = tuple[str, str]

TREE = {
    "shop/__init__.py": "",
    "shop/api/__init__.py": "from shop.domain import prices\n",
    "shop/api/views.py": "import json\nfrom shop.domain.orders import place\n",
    "shop/domain/__init__.py": "",
    "shop/domain/orders.py": "from shop.infra import db\nfrom shop.api.views import index\n",
    "shop/domain/prices.py": "from ..api import views\n",
    "shop/domain/taxes.py": "def late():\n    from shop.api import views\n",
    "shop/domain/stock.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.api.views import V\n",
    "shop/domain/guarded.py": "try:\n    import shop.api.views\nexcept ImportError:\n    pass\n",
    "shop/domain/chained.py": "from shop import shared\n",
    "shop/domain/loader.py": 'import importlib\nviews = importlib.import_module("shop.api.views")\n',
    "shop/domain/quoted.py": '"""\nfrom shop.api import views\n"""\n',
    "shop/domain/plugins/extra.py": "from shop.api import views\n",
    "shop/infra/__init__.py": "",
    "shop/infra/db.py": "import sqlite3\nimport shop.api.views as v, shop.domain.orders\n",
    "shop/infra/several.py": "from shop.api import (\n    views,\n    index,\n)\n",
    "shop/shared.py": "from shop import wiring\n",
    "shop/wiring.py": "from shop.api import views\n",
}
LAYERS = ("shop.api", "shop.domain", "shop.infra")
BROKEN = "shop/infra/half_written.py"
CAUSES = {
    "shop.domain.loader": "a call of import_module",
    "shop.domain.plugins.extra": "a folder without __init__.py",
}
"""What import-linter does not see, and why."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path, code in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(code)
    listed = "\n".join(f"    {name}" for name in LAYERS)
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_package = shop\n"
        f"[importlinter:contract:onion]\nname = onion\ntype = layers\nlayers =\n{listed}\n"
    )
    modules = "".join(f'[[modules]]\npath = "{name}"\nlayer = "{name}"\n' for name in LAYERS)
    (tmp_path / "tach.toml").write_text(f'source_roots = ["."]\nlayers = {json.dumps(LAYERS)}\n{modules}')
    (tmp_path / "relcheck.toml").write_text(
        f'[[layers.contract]]\nid = "onion"\nkind = "layers"\nlayers = {json.dumps(LAYERS)}\n'
    )
    return tmp_path


def run(tree: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": ".", "COLUMNS": "1000", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def ours(tree: Path) -> dict[Edge, int]:
    """The illegal imports that begin something forbidden, with their lines."""
    report = json.loads(run(tree, sys.executable, "-m", "relcheck", "scan", "--output", "json", "--no-cache"))
    found = [one for one in report["findings"] if one["rule"] == "layers/illegal-import"]
    return {(one["details"]["importer"], one["details"]["imported"]): one["line"] for one in found}


def of_import_linter(tree: Path) -> set[Edge]:
    report = run(tree, tool("lint-imports"), "--no-cache")
    assert "Contracts: 0 kept, 1 broken." in report
    return set(re.findall(r"^-\s+([\w.]+) -> ([\w.]+) \(", report, re.MULTILINE))


def of_tach(tree: Path) -> set[tuple[str, int]]:
    report = json.loads(run(tree, tool("tach"), "check", "--output", "json"))
    assert report
    return {place for one in report for place in _places(one)}


def _places(value: object) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        if "file_path" in value and "line_number" in value:
            yield value["file_path"], value["line_number"]
        for inner in value.values():
            yield from _places(inner)


def statements(tree: Path) -> set[tuple[str, int]]:
    """Every import statement and import by a call, by a walk over the syntax tree."""
    found = set()
    for file in tree.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module"
            if isinstance(node, ast.Import | ast.ImportFrom) or called:
                found.add((file.relative_to(tree).with_suffix("").as_posix().replace("/", "."), node.lineno))
    return found


def test_what_import_linter_reports_is_reported(tree: Path) -> None:
    theirs = of_import_linter(tree)
    assert len(theirs) >= 8
    assert theirs <= ours(tree).keys()


def test_what_is_reported_beyond_import_linter_has_a_cause(tree: Path) -> None:
    found = ours(tree)
    beyond = found.keys() - of_import_linter(tree)
    assert {importer for importer, _ in beyond} == CAUSES.keys()
    assert {(importer, found[importer, imported]) for importer, imported in beyond} <= statements(tree)


def test_what_tach_reports_is_reported_and_chains_beyond_it(tree: Path) -> None:
    found = {(importer.replace(".", "/") + ".py", line) for (importer, _), line in ours(tree).items()}
    theirs = of_tach(tree)
    assert len(theirs) >= 6
    assert {(path, line) for path, line in theirs} <= {
        *found,
        ("shop/infra/several.py", 2),
        ("shop/infra/several.py", 3),
    }
    assert ("shop/domain/chained.py", 1) in found - theirs


def test_a_syntax_error_elsewhere_stops_them_and_not_us(tree: Path) -> None:
    before = ours(tree)
    (tree / BROKEN).write_text("import os\ndef half(:\n")
    report = subprocess.run(
        [tool("lint-imports"), "--no-cache"],
        cwd=tree,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert "Contracts:" not in report.stdout
    assert ours(tree) == before
