"""The repository that the benchmarks generate."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from bench.repository import Module, generate, modules
from bench.source.infra import BLESSED_LOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = 560
_SQL_LOCK = re.compile(r"\bFOR\s+(?:NO KEY\s+)?UPDATE\b")


@pytest.fixture(scope="module")
def written() -> tuple[Module, ...]:
    return tuple(modules(FILES))


@pytest.fixture(scope="module")
def parsed(written: tuple[Module, ...]) -> dict[str, ast.Module]:
    return {module.path: ast.parse(module.text) for module in written}


def test_the_same_seed_makes_the_same_files(written: tuple[Module, ...]) -> None:
    assert tuple(modules(FILES)) == written
    assert tuple(modules(FILES, seed=1)) != written


def test_a_smaller_repository_is_the_beginning_of_a_larger_one(written: tuple[Module, ...]) -> None:
    assert tuple(modules(50)) == written[:50]


def test_every_file_parses_and_has_a_path_of_its_own(parsed: dict[str, ast.Module]) -> None:
    assert len(parsed) == FILES


def test_modules_are_of_varied_size(written: tuple[Module, ...]) -> None:
    sizes = [module.text.count("\n") for module in written if module.kind not in {"infra", "package"}]
    assert min(sizes) >= 60
    assert max(sizes) <= 800
    assert max(sizes) > 5 * min(sizes)


def test_imports_of_the_repository_lead_to_its_files(parsed: dict[str, ast.Module]) -> None:
    known = {path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in parsed}
    asked = {
        node.module
        for tree in parsed.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("app.")
    }
    assert asked <= known


def test_each_rule_is_broken_as_often_as_reported(written: tuple[Module, ...], parsed: dict[str, ast.Module]) -> None:
    reported = Counter(module.seeded.rule for module in written if module.seeded is not None)
    services = [parsed[module.path] for module in written if module.kind == "service"]
    jobs = [parsed[module.path] for module in written if module.kind == "job"]
    everything = list(parsed.values())
    assert reported == {
        "transactions/raw-row-lock": sum(map(_locks, everything)) - BLESSED_LOCKS,
        "transactions/missing-intent": sum(_without_intent(f) for tree in services for f in _functions(tree)),
        "transactions/intent-signature": sum(_wrong_signature(f) for tree in services for f in _functions(tree)),
        "transactions/intent-exceeded": sum(_exceeds(f) for tree in services for f in _functions(tree)),
        "transactions/primitive-without-intent": sum(_called(tree, "single_connection_transaction") for tree in jobs),
        "transactions/split-write": sum(_called(f, "commit") > 1 for tree in everything for f in _functions(tree)),
        "transactions/intent-error-caught": sum(
            isinstance(node, ast.ExceptHandler) and _last_name(node.type) == "IntentViolationError"
            for tree in everything
            for node in ast.walk(tree)
        ),
    }


def test_a_seeded_function_stands_where_it_is_reported(
    written: tuple[Module, ...], parsed: dict[str, ast.Module]
) -> None:
    for module in written:
        if module.seeded is not None:
            assert module.seeded.path == module.path
            assert [f.name for f in _functions(parsed[module.path])].count(module.seeded.symbol) == 1


def test_a_generated_repository_is_committed_with_git(tmp_path: Path) -> None:
    made = generate(tmp_path / "shop", 40)
    listed = subprocess.run(("git", "ls-files", "*.py"), cwd=made.root, capture_output=True, text=True, check=True)
    status = subprocess.run(("git", "status", "--porcelain"), cwd=made.root, capture_output=True, text=True, check=True)
    assert len(listed.stdout.splitlines()) == made.files == 40
    assert status.stdout == ""


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _called(tree: ast.AST, name: str) -> int:
    """How often a function or a method of this name is called."""
    return sum(isinstance(node, ast.Call) and _last_name(node.func) == name for node in ast.walk(tree))


def _last_name(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _locks(tree: ast.Module) -> int:
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = _called(tree, "with_for_update")
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword):
            found += node.arg == "with_for_update"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            found += len(_SQL_LOCK.findall(node.value))
    return found


def _intent(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and _last_name(decorator.func) == "transactional":
            return _last_name([*decorator.args, *(keyword.value for keyword in decorator.keywords)][0])
    return None


def _first(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The type of the first parameter."""
    return _last_name(function.args.args[0].annotation) if function.args.args else ""


def _without_intent(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return _intent(function) is None and (_first(function) == "Session" or _called(function, "session_scope") > 0)


def _wrong_signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if _intent(function) != "LOCKED_MUTATION":
        return False
    return isinstance(function, ast.AsyncFunctionDef) or _first(function) != "SingleConnectionTxn"


def _exceeds(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if _intent(function) != "READ_ONLY":
        return False
    archives = any(isinstance(node, ast.Name) and node.id.startswith("archive_") for node in ast.walk(function))
    return archives or _adds_to_session(function)


def _adds_to_session(function: ast.AST) -> bool:
    attributes = (node for node in ast.walk(function) if isinstance(node, ast.Attribute))
    return any(node.attr == "add" and _last_name(node.value) == "session" for node in attributes)
