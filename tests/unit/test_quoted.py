from __future__ import annotations

import pytest

from relcheck.engine.prefilter.quoted import quoted


def literals(code: str) -> list[str] | None:
    found = quoted(code.lower().encode())
    return None if found is None else found.decode().split("\n") if found else []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 'a' + \"b\"  # 'c'", ["'a'", '"b"']),
        ("x = '# no comment'", ["'# no comment'"]),
        ("x = 'it\\'s'", ["'it\\'s'"]),
        ("x = r'\\'' + 'b'", ["'\\''", "'b'"]),
        ("x = '''a'b''' + ''", ["'''a'b'''", "''"]),
        ('x = """a""b"""', ['"""a""b"""']),
        ("x = f'{a}' + rb'c'", ["'{a}'", "'c'"]),
        ("x = f'{a[\"b\"]}'", ["'{a[\"b\"]}'"]),
        ("x = f'{{a'", ["'{{a'"]),
        ('x = f\'{a:{b}}\' + f"""{c["d"]} it\'s"""', ["'{a:{b}}'", '"""{c["d"]} it\'s"""']),
        ("x = 1", []),
    ],
)
def test_literals_are_told_from_code_and_comments(code: str, expected: list[str]) -> None:
    assert literals(code) == expected


@pytest.mark.parametrize(
    "code",
    [
        '"""Doc: for update."""\n',
        "#!/usr/bin/python\n# coding: utf-8\n\n'''Doc.'''\n",
        "def f():\n    '''Doc.'''\n",
        "async def f(a: int = (1)) -> X:\r\n    'Doc.'  # so it is\r\n",
        "class A(B):\n\t'Doc.'",
    ],
)
def test_what_surely_is_a_docstring_is_left_out(code: str) -> None:
    assert literals(code) == []


@pytest.mark.parametrize(
    "code",
    [
        "x = {\n    f():\n    'sql'\n}",
        "def f(a={1:\n    'sql'\n}): pass",
        "def f():\n    'sql' % x",
        "def f():\n    x = 'sql'",
        "def f(\n    a,\n):\n    'a docstring, perhaps'",
        "x = (\n    'sql'\n)",
    ],
)
def test_what_may_be_a_text_stays(code: str) -> None:
    assert literals(code) not in ([], None)


@pytest.mark.parametrize(
    "code",
    [
        "x = f'{a['b']}'",
        "x = f'{{{a['b']}'",
        'f"{ \'}\' and "for update" }"',
        "x = 'open\n",
        'f"{a!r:{"b"}}"',
        "x = '''open",
    ],
)
def test_where_the_bytes_do_not_tell_nothing_is_left_out(code: str) -> None:
    assert literals(code) is None
