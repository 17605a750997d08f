from __future__ import annotations

import ast

import pytest

from relcheck.engine.examining.visit import names_in
from relcheck.sources.python.names import Names, identifier, is_named, last, names_of
from relcheck.sources.python.syntax import parse_tree


def names(code: str) -> Names:
    """The table of a file, which both parsers give alike."""
    found = names_of([node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)])
    assert names_in(parse_tree(code))[0] == found
    return found


@pytest.mark.parametrize(
    ("code", "name", "stands_for"),
    [
        ("", "text", ["text"]),
        ("import a", "a", ["a"]),
        ("import a.b", "a.b.c", ["a.b.c"]),
        ("import a.b as c", "c.d", ["a.b.d"]),
        ("from a import b", "b", ["a.b"]),
        ("from a import b as c", "c.d", ["a.b.d"]),
        ("from a import b as c", "b", ["b"]),
        ("from . import b", "b", [".b"]),
        ("from .a import b", "b", [".a.b"]),
        ("from ...a import b", "b", ["...a.b"]),
        ("from a import *", "b", ["b", "a.b"]),
        ("from . import *", "b", ["b", ".b"]),
        ("from a import *\nfrom b import c", "c", ["b.c"]),
        ("from a import b\nfrom c import b", "b", ["a.b", "c.b"]),
        ("from a import b\nd = b", "d.e", ["a.b.e"]),
        ("from a import b\nd = b.c", "d", ["a.b.c"]),
        ("from a import b\nd: object = b", "d", ["a.b"]),
        ("from a import b\nd = e = b", "e", ["a.b"]),
        ("from a import b\nd = b()", "d", ["d"]),
        ("from a import b\nb = b", "b", ["a.b"]),
        ("from a import b\nb = b.c", "b", ["a.b"]),
        ("from a import b\nb = other", "b", ["a.b", "other"]),
        ("a = b\nb = a", "a", ["a"]),
        ("a = b.x\nb = a.y", "a", ["a.y.x.y.x.y.x.y.x"]),
        ("import text\nfrom text import text", "text", ["text", "text.text"]),
        ("from app.tx import intent\nfrom flask import current as app", "intent", ["app.tx.intent"]),
        ("from 𝐚 import 𝐛 as 𝐜", "c", ["a.b"]),
    ],
)
def test_a_name_stands_for_all_that_it_is_bound_to(code: str, name: str, stands_for: list[str]) -> None:
    assert list(names(code).resolve(name)) == stands_for


def test_a_name_matches_where_it_may_stand_for_a_pattern_and_surely_where_it_always_does() -> None:
    table = names("from a import b\nfrom c import b\nfrom d import e")
    assert table.matches("b", ["a.b"])
    assert table.matches("b", ["b"])
    assert not table.matches("b", ["d.b"])
    assert table.surely_matches("b", ["b"])
    assert not table.surely_matches("b", ["a.b"])
    assert table.surely_matches("b", ["a.b", "c.b"])
    assert not table.surely_matches("b", [])


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("from app.tx import intent", True),
        ("from app.tx import intent as i", True),
        ("from .tx import intent", True),
        ("from app import tx\nintent = tx.intent", True),
        ("from other import intent", True),
        ("from app.tx import *", False),
        ("from app import tx", False),
        ("import app.tx", False),
        ("intent = 1", False),
    ],
)
def test_a_file_imports_what_it_binds(code: str, imports: bool) -> None:
    assert names(code).imports(["intent"]) is imports


def test_a_name_is_used_from_what_is_bound_or_may_come_by_a_star() -> None:
    assert names("from app import tx as t").uses("t.intent", ["intent"])
    assert names("import app").uses("app.tx.intent", ["tx.intent"])
    assert not names("from app import tx as t").uses("x.intent", ["intent"])
    assert not names("").uses("intent", ["intent"])
    assert names("from app.tx import *").uses("intent", ["intent"])
    assert not names("from app.tx import *").uses("other", ["intent"])


def test_the_names_that_a_file_binds_are_told_in_order() -> None:
    assert names("y = x\nimport b\nfrom a import x\nx = z").bound == ("b", "x", "y")


@pytest.mark.parametrize(
    ("name", "pattern", "same"),
    [
        ("text", "text", True),
        ("a.text", "text", True),
        ("a.b.text", "b.text", True),
        ("a.text", "b.text", False),
        ("context", "text", False),
        ("text", "a.text", False),
        (".text", "a.text", True),
        ("..b.text", "a.b.text", True),
        (".b.text", "a.c.text", False),
        (".", "text", False),
    ],
)
def test_names_are_compared_from_their_ends_by_whole_parts(name: str, pattern: str, same: bool) -> None:
    assert is_named(name, pattern) is same


def test_identifiers_are_compared_as_python_compares_them() -> None:
    assert identifier("𝐰ith_for_update") == "with_for_update"
    assert last("a.b.c") == "c"
    assert last("c") == "c"


def test_a_file_of_branching_aliases_is_followed_only_so_far() -> None:
    lines = [f"n{i} = n{j}.x" for i in range(40) for j in range(40) if i != j]
    table = names("\n".join(lines))
    assert 1 <= len(table.resolve("n0.y")) <= 200
