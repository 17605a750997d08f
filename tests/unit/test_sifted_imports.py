"""Imports that are read without the tree of the whole file are those of the tree."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import unittest
from pathlib import Path

import pytest

import relcheck
from relcheck.sources.python.imports import FileImports, file_imports
from relcheck.sources.python.sifted_imports import sifted_imports
from relcheck.sources.python.syntax import Source, decode, parse_ast


def of_tree(text: str) -> FileImports | None:
    tree = parse_ast(text)
    return file_imports(tree, Source(text)) if tree is not None else None


PLAIN = [
    "import os\n",
    "import os.path as path, re  # both\n",
    "from a.b import c as d, e\nfrom . import f\nfrom .g import h\nfrom ... import i\n",
    "from a import (\n    b,\n    c as d,  # why\n\n    # more\n    e, f\n)\n",
    "from a import *",
    '"""\nimport not_this\n"""\nimport os\n',
    "# Layer: L4 — Domain\n# Allowed imports: L5\nimport os\n",
    "x = 1\n",
    "",
]
IN_BLOCKS = [
    "if x:\n    y = '\\d'\n    import a\n",
    "def f():\n    x = '''\nif TYPE_CHECKING:\n    a = 1 # '''\n    import os\n",
    "from typing import TYPE_CHECKING as T\nif T:\n    import a\nelse:\n    import b\n",
    "try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c\nfinally:\n    import d\n",
    "@once\ndef f():\n    '''import no'''\n    if x:\n        from . import a\n\nclass A:\n    import b\n",
    "if x: import a\nimport b; import c\n",
    "from a import \\\n    b\nimport c.\\\nd\n",
    "from a import (b,\n  c)\n",
    "__all__ = ['a']\n__all__ += ('b',)\nimport c\n",
    'def f():\n    """\n__all__ = ["no"]\n"""\n    import a\n',
    "if x:\n    y = '''\nif TYPE_CHECKING:\n'''\n    import a\n",
    "import é\n",
    "from  a  import  b\nimport  c\n",
    "async def f():\n    async with a:\n        for b in c:\n            import d\n",
    "def f():\n    match x:\n        case 1:\n            import e\n",
]
FOR_THE_TREE = [
    "import os\r\nimport re\r\n",
    "import importlib\nimportlib.import_module('a')\n",
    "if x:\n    y = 1 # '''\n    import a\n    z = '''\n",
    'x = \'a \\\n""" \\\n\'\nif x:\n    import a\n',
    "import a\n)\n",
    "import a\n    b\n",
    "    import a\n",
    "if x:\n    import a\n  b\n",
    "import a \\\n",
    "def broken(:\n    import a\n",
    "import a\nx = \\\n",
    "from " + "." * 40 + " import a\n",
    "if 1:\n    if x:\n        import a\n  import b\n",
]


@pytest.mark.parametrize("text", PLAIN + IN_BLOCKS)
def test_the_facts_are_those_of_the_tree(text: str) -> None:
    assert sifted_imports(text) == of_tree(text)


@pytest.mark.parametrize("text", FOR_THE_TREE)
def test_what_cannot_be_told_by_lines_is_left_to_the_tree(text: str) -> None:
    assert sifted_imports(text) is None


@pytest.mark.parametrize("package", [relcheck, asyncio, unittest])
def test_real_code_is_read_as_its_trees_are(package: object) -> None:
    files = sorted(Path(str(getattr(package, "__file__", ""))).parent.rglob("*.py"))
    read = 0
    for file in files:
        text = decode(file.read_bytes())
        found = sifted_imports(text)
        read += found is not None
        assert found is None or found == of_tree(text), file
    assert read > len(files) * 0.8


@pytest.mark.parametrize(
    "code",
    [
        "'(' * 60000",
        "'-' * 60000",
        "'f(' * 50000",
        "'1+' * 80000",
        "'not ' * 40000",
        "'a' + '.a' * 80000",
        "'[' * 9999 + ']' * 9999",
    ],
)
def test_no_nesting_ends_the_process(code: str) -> None:
    script = (
        "from relcheck.sources.python.sifted_imports import sifted_imports\n"
        f"sifted_imports('import a\\nx = ' + {code} + '1\\n')\nprint('alive')"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "alive\n", "")
