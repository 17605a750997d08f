"""Contracts beside import-linter and tach on real packages: nothing that they report is missed, and whatever is
reported beyond them stands at an import, as a walk of its own over the syntax trees confirms."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_KEPT = Path(__file__).parents[2] / ".tools" / "trees"
_DJANGO = (
    "django==5.2.7",
    ("django.contrib", "django.views", "django.forms", "django.db", "django.core", "django.utils"),
)
_AIRFLOW = (
    "apache-airflow-core==3.3.2",
    ("airflow.cli", "airflow.api_fastapi", "airflow.jobs", "airflow.serialization", "airflow.models", "airflow.utils"),
)
_FROM_ELSEWHERE = {"airflow": "airflow.sdk"}
"""Where import-linter names the package above a module that another distribution brings, we name the module."""


@pytest.fixture(params=[_DJANGO, _AIRFLOW], ids=["django", "airflow"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A package with the same layers for each of the three."""
    requirement, layers = request.param
    package = layers[0].partition(".")[0]
    shutil.copytree(_unpacked(requirement) / package, tmp_path / package)
    listed = "\n".join(f"    {name}" for name in layers)
    (tmp_path / ".importlinter").write_text(
        f"[importlinter]\nroot_package = {package}\n"
        f"[importlinter:contract:onion]\nname = onion\ntype = layers\nlayers =\n{listed}\n"
    )
    modules = "".join(f'[[modules]]\npath = "{name}"\nlayer = "{name}"\n' for name in layers)
    (tmp_path / "tach.toml").write_text(
        f'source_roots = ["."]\nignore_type_checking_imports = false\nlayers = {json.dumps(layers)}\n{modules}'
    )
    (tmp_path / "relcheck.toml").write_text(
        f'[[layers.contract]]\nid = "onion"\nkind = "layers"\nlayers = {json.dumps(layers)}\n'
    )
    return tmp_path


def test_nothing_that_others_report_is_missed_and_all_that_is_reported_is_an_import(tree: Path) -> None:
    report = json.loads(_run(tree, "relcheck", "scan", "--select", "layers", "--output", "json", "--no-cache"))
    found = report["findings"]
    assert {one["rule"] for one in found} == {"layers/illegal-import"}
    ours = {(one["details"]["importer"], one["details"]["imported"]) for one in found}
    direct = {(one["details"]["importer"], one["details"]["imported"]) for one in found if one["kind"] == "layers"}
    imports = _imports(tree)

    theirs = set(re.findall(r"^-\s+([\w.]+) -> ([\w.]+) \(", _run(tree, "lint-imports", "--no-cache"), re.MULTILINE))
    assert len(theirs) > 80
    assert {one for one in theirs - ours if (one[0], _FROM_ELSEWHERE.get(one[1], "")) not in ours} == set()
    assert direct <= theirs  # what we report beyond them begins a chain; they show one chain of several

    of_tach = {
        _statement(imports, *place) for place in _places(json.loads(_run(tree, "tach", "check", "--output", "json")))
    }
    assert len(of_tach) > 70
    assert of_tach <= {_statement(imports, one["path"], one["line"]) for one in found}

    steps = {(one["path"], one["line"]) for one in (*found, *(step for one in found for step in one["related"]))}
    assert [place for place in steps if place[1] not in imports[place[0]]] == []


def _unpacked(requirement: str) -> Path:
    """A package's wheel, unpacked and kept."""
    folder = _KEPT / requirement.replace("==", "-")
    if not folder.exists():
        wheels = folder.with_name(f"{folder.name}-wheel")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
        subprocess.run((*pip, "--dest", str(wheels), requirement), check=True, capture_output=True)
        unfinished = folder.with_name(f"{folder.name}-unfinished")
        with zipfile.ZipFile(next(wheels.glob("*.whl"))) as archive:
            archive.extractall(unfinished)
        unfinished.rename(folder)
    return folder


def _run(tree: Path, program: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": ".", "COLUMNS": "1000", "NO_COLOR": "1"}
    command = (str(Path(sys.executable).with_name(program)), *arguments)
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    return done.stdout


def _imports(tree: Path) -> dict[str, dict[int, int]]:
    """For each file the lines of its imports, with the line on which the statement begins."""
    found: dict[str, dict[int, int]] = {}
    for file in tree.rglob("*.py"):
        lines = found.setdefault(file.relative_to(tree).as_posix(), {})
        for node in ast.walk(ast.parse(file.read_bytes())):
            called = isinstance(node, ast.Call) and "import" in ast.unparse(node.func)
            if isinstance(node, ast.Import | ast.ImportFrom) or (called and isinstance(node, ast.Call)):
                lines |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), node.lineno)
    return found


def _statement(imports: dict[str, dict[int, int]], path: str, line: int) -> tuple[str, int]:
    return path, imports[path][line]


def _places(value: object) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        if "file_path" in value and "line_number" in value:
            yield value["file_path"], value["line_number"]
        for inner in value.values():
            yield from _places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _places(inner)
