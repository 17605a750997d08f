"""Hashes of symbols: what counts as a change of a symbol, and what does not."""

from __future__ import annotations

import pytest

from relcheck.sources.stubs.collect import collect
from relcheck.sources.stubs.digest import symbol_digest

SAME = [
    (
        "a.py",
        "def f(a, b):\n    return a + 'x'\n",
        'def f(\n    a,\n    b,\n):\n    """It adds."""\n    # now\n    return (a + "x")\n',
    ),
    (
        "a.ts",
        "export const f = (a: string) => { return a + 'x'; }\n",
        '// before\nexport const f = (\n  a: string,\n) => {\n  return a + "x" /* x */\n}\n',
    ),
    (
        "a.go",
        "package a\n\nfunc f(a int) int { return a }\n",
        "package a\n\n\n// f is f.\nfunc f(a int) int {\n\treturn a // a\n}\n",
    ),
]
OTHER = [
    ("a.py", "def f(a):\n    return a\n", "def f(a):\n    return -a\n"),
    ("a.py", "def f(a):\n    if a:\n        b()\n    c()\n", "def f(a):\n    if a:\n        b()\n        c()\n"),
    ("a.py", "def f(a):\n    return None\n", "def f(a):\n    return 'None'\n"),
    ("a.py", "def f(a):\n    return a\n", "@wrapped\ndef f(a):\n    return a\n"),
    ("a.ts", "function f() { return 'a b' }", "function f() { return 'a  b' }"),
    ("a.ts", "function f(a) { return (a + 1) * 2 }", "function f(a) { return a + 1 * 2 }"),
    ("a.ts", "async function f() {}", "function f() {}"),
    ("a.go", "package a\nfunc f() bool { return true }", "package a\nfunc f() bool { return false }"),
    ("a.go", "package a\nfunc f() { go g() }", "package a\nfunc f() { g() }"),
]


def digest(path: str, text: str, symbol: str | None = "f") -> str | None:
    return symbol_digest(collect(path, text.encode()), symbol)


@pytest.mark.parametrize(("path", "one", "other"), SAME)
def test_comments_layout_and_quotes_do_not_count(path: str, one: str, other: str) -> None:
    assert digest(path, one) == digest(path, other) is not None


@pytest.mark.parametrize(("path", "one", "other"), OTHER)
def test_everything_else_counts(path: str, one: str, other: str) -> None:
    assert digest(path, one) != digest(path, other)


def test_another_symbol_of_the_file_does_not_count_and_the_file_as_a_whole_does() -> None:
    one, other = "def f():\n    pass\n\ndef g():\n    pass\n", "def f():\n    pass\n\ndef g():\n    return 1\n"
    assert digest("a.py", one) == digest("a.py", other)
    assert digest("a.py", one, None) != digest("a.py", other, None)


def test_methods_have_their_own_and_what_is_not_there_has_none() -> None:
    text = (
        "class A:\n    def f(self):\n        return 1\n"
        "    @property\n    def g(self):\n        return 2\n"
        "    @g.setter\n    def g(self, v):\n        pass\n"
    )
    found = [digest("a.py", text, name) for name in ("A", "A.f", "A.g")]
    assert len({*found}) == 3
    assert None not in found
    assert digest("a.py", text, "A.h") is None
