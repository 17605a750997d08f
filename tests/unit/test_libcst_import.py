"""libcst that was imported here is the libcst that everybody knows."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import libcst as cst
import pytest

from relcheck.sources.python.libcst_import import parse_module

_CLASSES = """
import dataclasses, pkgutil, sys
{how}
import libcst
for module in [m for name, m in sorted(sys.modules.items()) if name.startswith("libcst.")]:
    for name, one in sorted(vars(module).items()):
        if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == module.__name__:
            shown = {{key: getattr(value, "__qualname__", type(value).__name__) for key, value in vars(one).items()}}
            print(module.__name__, name, sorted(shown.items()), one.__hash__, one.__eq__ is object.__eq__)
print(repr(libcst.parse_module("def f(x: int = 1) -> None: return x\\n")))
"""


def test_its_classes_are_the_same() -> None:
    assert _run("") == _run("import relcheck.sources.python.libcst_import")


def test_dataclass_is_itself_again() -> None:
    assert dataclasses.dataclass.__module__ == "dataclasses"
    assert "_sparing" not in dataclasses.dataclass.__qualname__


def test_a_tree_is_that_of_libcst_and_nodes_that_are_made_by_hand_are_validated() -> None:
    text = "class A(B):\n    x: int = not y  # why\n    def f(self, *, a=1): return [b for b in a if b and (yield)]\n"
    assert parse_module(text).deep_equals(cst.parse_module(text))
    with pytest.raises(cst.ParserSyntaxError):
        parse_module("class\n")
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")


def _run(how: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", _CLASSES.format(how=how)], capture_output=True, text=True, check=True)
    lines = [line.partition(" at 0x")[0] for line in done.stdout.splitlines()]
    assert len(lines) > 170
    return lines
