from __future__ import annotations

import ast

import pytest

from relcheck.sources.python.excerpt import excerpt
from relcheck.sources.python.syntax import Source, parse_tree

LONG = "    " + "# far from anything of interest" * 70 + "\n"
OTHER = f"def other():\n{LONG}    pass\n"


def shown(code: str, *lines: int) -> str:
    """The excerpt of a file of which these lines are wanted; libcst can read it."""
    text = excerpt(Source(code), ast.parse(code), set(lines)).text
    parse_tree(text)
    return text


@pytest.mark.parametrize(
    ("code", "wanted", "expected"),
    [
        ("def f():\n    lock()\n" + OTHER, {2}, "def f():\n    lock()\n"),
        (OTHER + "def f():\n    lock()\n", {5}, "def f():\n    lock()\n"),
        (OTHER + "lock()\n", {4}, "lock()\n"),
        ("import a\n" + OTHER + "lock()\n", {5}, "lock()\n"),
        ("import lock\n" + OTHER + "x = 1\n", {1}, "import lock\nx = 1\n"),
        ("x = 1\n# about other\n" + OTHER + "# behind\nlock()\n", {7}, "x = 1\n# behind\nlock()\n"),
        ("@a\n@b\n" + OTHER + "lock()\n", {6}, "lock()\n"),
        ("@lock\n" + OTHER + "x = 1\n", {1}, "@lock\n" + OTHER + "x = 1\n"),
        ("async " + OTHER + "lock()\n", {4}, "lock()\n"),
        (
            "if x:\n" + OTHER.replace("def", " def") + "lock()\n",
            {5},
            "if x:\n" + OTHER.replace("def", " def") + "lock()\n",
        ),
    ],
)
def test_functions_and_imports_without_a_wanted_line_are_left_out(code: str, wanted: set[int], expected: str) -> None:
    assert shown(code, *wanted) == expected


CLASS = f"""\
class A(Base):
    x: Session

    def __init__(self):
        self.y = Session()

    @property
    def other(self):
    {LONG}        pass

    def f(self):
        lock()


class B(Base):
    z = 1
{LONG}
    def g(self): pass


@final
class C: w = 1
"""


def test_of_a_class_its_attributes_its_initialiser_and_the_function_remain() -> None:
    assert shown(CLASS, 13) == (
        "class A(Base):\n    x: Session\n\n    def __init__(self):\n        self.y = Session()\n\n"
        "    def f(self):\n        lock()\n\n\n"
        "class B(Base):\n    ...\n\n\n@final\nclass C: w = 1\n"
    )


def test_of_another_class_only_its_header_remains() -> None:
    assert shown(CLASS + "lock()\n", 26).startswith("class A(Base):\n    ...\n\n\nclass B(Base):\n    ...\n")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_kinds_are_cut_alike(newline: str) -> None:
    code = ("import a\n" + OTHER + "lock()\n").replace("\n", newline)
    assert shown(code, 5) == f"lock(){newline}"


@pytest.mark.parametrize(
    "code",
    [
        "x = 1; import a\n" + OTHER + "lock()\n",
        "import a; x = 1\n" + OTHER + "lock()\n",
    ],
)
def test_what_shares_its_line_is_kept(code: str) -> None:
    assert shown(code, 5) == code.partition("\n")[0] + "\nlock()\n"


def test_a_line_that_goes_on_is_not_joined_with_what_follows() -> None:
    code = 'x = "a" \\\n\n' + OTHER + '"for update"\nlock()\n'
    assert shown(code, 7) == code


def test_a_body_that_would_be_empty_is_kept() -> None:
    code = f"class A:\n{OTHER.replace('def', '    def', 1).replace('    pass', '        pass')}"
    assert shown(code + "lock()\n", 5) == "class A:\n    ...\nlock()\n"
    assert "def other" in shown(code + OTHER, 1)


def test_a_file_without_its_last_newline_is_cut() -> None:
    assert shown("lock()\n" + OTHER.rstrip("\n"), 1) == "lock()\n"


def test_what_saves_little_is_not_cut() -> None:
    code = "import a\n\n\ndef other(): pass\n\n\nlock()\n"
    assert shown(code, 7) == code
