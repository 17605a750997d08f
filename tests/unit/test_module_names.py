"""Names of modules, told from paths."""

from __future__ import annotations

import pytest

from relcheck.sources.python.modules import Modules, Target


@pytest.mark.parametrize(
    ("paths", "path", "name"),
    [
        (["app/__init__.py", "app/a.py"], "app/a.py", "app.a"),
        (["app/a/b.py"], "app/a/b.py", "app.a.b"),
        (["src/app/a.py"], "src/app/a.py", "app.a"),
        (["lib/src/app/__init__.py", "lib/src/app/a.py"], "lib/src/app/a.py", "app.a"),
        (["backend/app/__init__.py", "backend/app/a.py"], "backend/app/a.py", "app.a"),
        (["backend/app/__init__.py", "backend/tasks/run.py"], "backend/tasks/run.py", "tasks.run"),
        (["backend/pyproject.toml", "backend/app/a.py"], "backend/app/a.py", "app.a"),
        (["app/__init__.py"], "app/__init__.py", "app"),
        (["app/__init__.pyi"], "app/__init__.pyi", "app"),
        (["src/__init__.py", "src/app/__init__.py"], "src/app/__init__.py", "src.app"),
        (["manage.py"], "manage.py", "manage"),
        (["a/app/__init__.py", "b/app/__init__.py"], "b/app/__init__.py", "b.app"),
    ],
)
def test_a_name_begins_where_a_project_would_have_it(paths: list[str], path: str, name: str) -> None:
    assert Modules(paths).name_of[path] == name


def test_what_is_imported_shows_that_a_folder_without_init_is_part_of_the_name() -> None:
    paths = ["app/billing/__init__.py", "app/web/view.py"]
    assert Modules(paths).name_of["app/billing/__init__.py"] == "billing"
    assert Modules(paths, imported=["app.billing.charges"]).name_of["app/billing/__init__.py"] == "app.billing"


def test_configured_roots_go_before_all_guesses() -> None:
    modules = Modules(["backend/app/a.py", "x/y/z.py"], {"app": "backend/app", "other": "x"})
    assert modules.name_of == {"backend/app/a.py": "app.a", "x/y/z.py": "other.y.z"}


PATHS = ["app/__init__.py", "app/a/__init__.py", "app/a/b.py", "app/c/d.py", "main.py"]


@pytest.mark.parametrize(
    ("path", "module", "name", "target"),
    [
        ("app/a/b.py", ".", "x", Target("app.a", inside=True, of="x")),
        ("app/a/b.py", ".b", "x", Target("app.a.b", inside=True, of="x")),
        ("app/a/__init__.py", ".", "b", Target("app.a.b", inside=True)),
        ("app/a/__init__.py", ".b", "x", Target("app.a.b", inside=True, of="x")),
        ("app/a/b.py", "..", "a", Target("app.a", inside=True)),
        ("app/a/b.py", "..c", "d", Target("app.c.d", inside=True)),
        ("app/a/b.py", "..c.d", "x", Target("app.c.d", inside=True, of="x")),
        ("app/c/d.py", "..a", "*", Target("app.a", inside=True, of="*")),
        ("main.py", "app", "a", Target("app.a", inside=True)),
        ("main.py", "app.a.b", None, Target("app.a.b", inside=True)),
        ("main.py", "app.c", None, Target("app.c", inside=True)),
        ("main.py", "app.gone", "x", Target("app.gone", inside=True, known=False, of="x")),
        ("main.py", "os.path", None, Target("os.path", inside=False)),
        ("main.py", "django.db", "models", Target("django.db.models", inside=False)),
    ],
)
def test_an_import_leads_to(path: str, module: str, name: str | None, target: Target) -> None:
    assert Modules(PATHS).resolve(path, module, name) == target


def test_a_relative_import_that_leaves_the_project_leads_nowhere() -> None:
    assert Modules(PATHS).resolve("main.py", "..", "x") is None
    assert Modules(PATHS).resolve("app/a/b.py", "...", "main") is None


def test_of_two_packages_of_one_name_the_nearest_is_meant() -> None:
    modules = Modules([f"{one}/app/{file}.py" for one in ("left", "right") for file in ("__init__", "a", "b")])
    assert modules.resolve("right/app/b.py", "app.a", None) == Target("right.app.a", inside=True)
    assert modules.resolve("left/app/b.py", "app.a", "x") == Target("left.app.a", inside=True, of="x")


def test_a_module_that_shadows_the_standard_library_is_not_taken_for_it() -> None:
    modules = Modules(["tools/pyproject.toml", "tools/json.py", "tools/run.py", "app/a.py"])
    assert modules.resolve("app/a.py", "json", None) == Target("json", inside=False)
    assert modules.resolve("tools/run.py", "json", None) == Target("tools.json", inside=True)
