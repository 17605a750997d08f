"""What the functions of RunPython are called with, and which models they reach without `apps.get_model`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from relcheck.model.finding import Region

if TYPE_CHECKING:
    from relcheck.sources.migration.python.module import Module

_MANAGERS = frozenset({"_default_manager", "_base_manager"})


def imported_models(nodes: Sequence[ast.AST], module: Module) -> tuple[tuple[str, Region], ...]:
    """Models of the project that a function, given by all of its nodes, works with though they are imported: today's,
    not those of its time."""
    imports = {**_imports(module.tree.body), **_imports(nodes)}
    live = [*_from_registry(nodes, module)]
    if not imports:
        return tuple(live)
    found: dict[str, Region] = {}
    for node in nodes:
        used = _used(node, imports)
        if used is not None and not _is_bound_by_get_model(nodes, used.id):
            found.setdefault(used.id, module.region(used))
    live += ((imports[name], region) for name, region in found.items())
    return tuple(sorted(live, key=lambda pair: pair[1]))


def _from_registry(nodes: Sequence[ast.AST], module: Module) -> Iterator[tuple[str, Region]]:
    """Models that a function takes from `django.apps.apps`, not from the `apps` that it is given."""
    names = {name for body in (module.tree.body, nodes) for name in _registries(body)}
    given = {one.arg for node in nodes[:1] for one in ast.walk(getattr(node, "args", node)) if isinstance(one, ast.arg)}
    here = set(_registries(nodes))
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_model"):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in names and (owner.id in here or owner.id not in given):
            model = _model(node)
            if model is not None:
                yield f"django.apps.apps.{model}", module.region(owner)


def _registries(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module == "django.apps" and not node.level:
            yield from (alias.asname or alias.name for alias in node.names if alias.name == "apps")


def _used(node: ast.AST, imports: dict[str, str]) -> ast.Name | None:
    """The name of an imported model where rows are reached by it, or of `get_user_model` where it is called."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value if _is_manager(node.attr) and node.value.id in imports else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func if imports.get(node.func.id, "").endswith(".get_user_model") else None
    return None


def model_variables(nodes: Sequence[ast.AST], module: Module) -> tuple[tuple[str, str, Region], ...]:
    """Names that stand for what `apps.get_model` gives in a function, and the names of those models."""
    found: list[tuple[str, str, Region]] = []
    for node in nodes:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "get_model":
            model = _model(call)
            if model is not None:
                found.append((node.targets[0].id, model, module.region(node.targets[0])))
    return tuple(sorted(found, key=lambda one: one[2]))


def _model(call: ast.Call) -> str | None:
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    texts = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(texts) != len(arguments) or not texts:
        return None
    return texts[-1].rpartition(".")[2]


def _imports(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """Names that are imported from modules of models, and their dotted names."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                name = alias.asname or alias.name
                if alias.name == "get_user_model" or (_is_of_models(module) and alias.name[:1].isupper()):
                    found[name] = f"{module}.{alias.name}"
    return found


def _is_of_models(module: str) -> bool:
    return "models" in module.strip(".").split(".") and not module.startswith(("django.db", "django.contrib.postgres"))


def _is_manager(name: str) -> bool:
    return name == "objects" or name in _MANAGERS or name.endswith("_objects")


def _is_bound_by_get_model(nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether the function gives the name another meaning."""
    return any(target == name for target in _targets(nodes))


def _targets(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id
