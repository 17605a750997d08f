"""What a file imports, how each import comes to run, and where it stands."""

from __future__ import annotations

import ast

import libcst as cst
import pytest

from relcheck.sources.python.imports import FileImports, Imported, file_imports
from relcheck.sources.python.syntax import Source
from relcheck.sources.python.tree_imports import file_imports_of_tree

EVERY_FORM = """\
import os
import os.path as path, json
from . import near
from .. import above as up
from ..other.place import (
    one,
    two as second,
)
from typing import TYPE_CHECKING as T
import typing as t

if T:
    import types_only
elif t.TYPE_CHECKING:
    import more_types
else:
    import conditional
if not T:
    import at_run_time
else:
    import never_run
try:
    import fast
except ImportError:
    import slow
finally:
    import last

class Body:
    import in_class

async def late():
    with lock:
        import lazily
    return __import__("called")

"import in_text"
match x:
    case 1:
        import matched
"""


def facts(code: str) -> FileImports:
    return file_imports(ast.parse(code), Source(code))


def manners(found: FileImports) -> dict[str, str]:
    return {one.name or one.module: one.manner for one in found.imports}


def test_every_form_of_an_import_is_found_with_how_it_runs() -> None:
    assert manners(facts(EVERY_FORM)) == {
        "os": "",
        "os.path": "",
        "json": "",
        "near": "",
        "above": "",
        "one": "",
        "two": "",
        "TYPE_CHECKING": "",
        "typing": "",
        "types_only": "for types only",
        "more_types": "for types only, under a condition",
        "conditional": "under a condition",
        "at_run_time": "under a condition",
        "never_run": "for types only",
        "fast": "in a try",
        "slow": "in a try",
        "last": "in a try",
        "in_class": "",
        "lazily": "inside a function",
        "called": "inside a function, by a call",
        "matched": "under a condition",
    }


def test_an_independent_walk_finds_the_same_statements() -> None:
    lines = {node.lineno for node in ast.walk(ast.parse(EVERY_FORM)) if isinstance(node, ast.Import | ast.ImportFrom)}
    found = {one.place.line if one.target else one.region.line for one in facts(EVERY_FORM).imports if not one.dynamic}
    assert found == lines


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("import a.b as c\n", "a.b as c"),
        ("from a.b import c\n", "a.b"),
        ("from . import c\n", "."),
        ("from ..a import c\n", "..a"),
        ("é = 1; from ä.b import c\n", "ä.b"),
        ("from  .  a import (c)\n", ".  a"),
    ],
)
def test_the_place_is_the_token_that_names_the_module(code: str, text: str) -> None:
    place = facts(code).imports[0].place
    assert code[place.column - 1 : place.end_column - 1] == text


@pytest.mark.parametrize(
    ("call", "module"),
    [
        ("import importlib\nimportlib.import_module('a.b')", "a.b"),
        ("import importlib as i\ni.import_module(name='a.b')", "a.b"),
        ("from importlib import import_module as load\nload('a.b')", "a.b"),
        ("import builtins\nbuiltins.__import__('a.b')", "a.b"),
        ("__import__('a.b', fromlist=['c'])", "a.b"),
        ("import importlib\nimportlib.import_module('.b', 'pkg.sub')", "pkg.sub.b"),
        ("import importlib\nimportlib.import_module('..b', package='pkg.sub')", "pkg.b"),
        ("import importlib\nimportlib.import_module('.b', __package__)", ".b"),
    ],
)
def test_a_call_with_a_literal_imports(call: str, module: str) -> None:
    found = facts(call)
    assert [one.module for one in found.imports if one.dynamic] == [module]
    assert found.unknown == ()


@pytest.mark.parametrize(
    "call", ["__import__(name)", "import importlib\nimportlib.import_module(f'a.{b}')", "__import__(*names)"]
)
def test_a_call_with_anything_else_is_counted(call: str) -> None:
    assert len(facts(call).unknown) == 1


def test_a_method_of_that_name_is_no_import() -> None:
    found = facts("loader.import_module('a')\nimport_module('b')\n")
    assert (found.imports, found.unknown) == ((), ())


@pytest.mark.parametrize(
    ("code", "exports"),
    [
        ("__all__ = ['a', 'b']\n", ("a", "b")),
        ("__all__: list[str] = ['a']\n__all__ += ('b',)\n", ("a", "b")),
        ("__all__ = [*names]\n", None),
        ("x = 1\n", None),
    ],
)
def test_the_exports_are_those_that_can_be_read(code: str, exports: tuple[str, ...] | None) -> None:
    assert facts(code).exports == exports


def of_tree(code: str) -> FileImports:
    return file_imports_of_tree(cst.parse_module(code), Source(code))


def test_lazy_imports_of_pep_810_are_found() -> None:
    found = of_tree("lazy import json\nlazy from ..a import b\nimport os\n").imports
    assert [(one.module, one.name, one.lazy) for one in found] == [
        ("json", None, True),
        ("..a", "b", True),
        ("os", None, False),
    ]


def test_both_parsers_see_the_same() -> None:
    def seen(one: Imported) -> tuple[object, ...]:
        return one.module, one.name, one.alias, one.region.line, one.function, one.guarded

    assert [seen(one) for one in of_tree(EVERY_FORM).imports] == [seen(one) for one in facts(EVERY_FORM).imports]


def test_deep_expressions_are_walked_without_recursion() -> None:
    code = "import importlib\nx = " + "+".join(["1"] * 400) + "\nimportlib.import_module('a')\n"
    assert [one.module for one in facts(code).imports] == ["importlib", "a"]
