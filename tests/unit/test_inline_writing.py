"""Where the comment of a waiver is put, and that it changes nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from relcheck.engine.exceptions.inline import python_waivers
from relcheck.engine.exceptions.inline_writing import NoPlaceError, with_python_waiver
from relcheck.engine.exceptions.stated import Stated

RULE = "a/b"
W = "# relcheck: ignore[a/b] reason: why"
WHY = Stated("why")


def put(code: str, line: int, stated: Stated = WHY, rule: str = RULE) -> str:
    return with_python_waiver(code.encode(), line, rule, stated).decode()


@pytest.mark.parametrize(
    ("code", "line", "expected"),
    [
        ("lock()\n", 1, f"lock()  {W}\n"),
        ("lock()", 1, f"lock()  {W}"),
        ("a = 1\nlock()\nb = 2\n", 2, f"a = 1\nlock()  {W}\nb = 2\n"),
        ("lock(\n    1,\n)\n", 2, f"lock(  {W}\n    1,\n)\n"),
        ("def f():\n\tlock()\n", 2, f"def f():\n\tlock()  {W}\n"),
        ("def f(a,\n      b):\n    pass\n", 2, f"def f(a,  {W}\n      b):\n    pass\n"),
        ("@a\n@b\ndef f():\n    pass\n", 3, f"@a  {W}\n@b\ndef f():\n    pass\n"),
        ("if x: lock()\n", 1, f"if x: lock()  {W}\n"),
        ("a = 1; lock()\n", 1, f"a = 1; lock()  {W}\n"),
        ("lock()\r\nx\r\n", 1, f"lock()  {W}\r\nx\r\n"),
        ("lock()\rx\r", 1, f"lock()  {W}\rx\r"),
        ("\ufefflock()\n", 1, f"\ufefflock()  {W}\n"),
        ("\f\nlock()\n", 2, f"\f\nlock()  {W}\n"),
        ("lock('#')\n", 1, f"lock('#')  {W}\n"),
    ],
)
def test_the_waiver_stands_at_the_end_of_the_statements_first_line(code: str, line: int, expected: str) -> None:
    assert put(code, line) == expected


@pytest.mark.parametrize(
    ("code", "line", "expected"),
    [
        ('lock("""\nx\n""")\n', 1, f'{W}\nlock("""\nx\n""")\n'),
        ('lock("""\nx\n""")\n', 2, f'{W}\nlock("""\nx\n""")\n'),
        ('def f():\n    lock("""\nx""")\n', 3, f'def f():\n    {W}\n    lock("""\nx""")\n'),
        ('if x:\n\tlock("""\nx""")\n', 2, f'if x:\n\t{W}\n\tlock("""\nx""")\n'),
        ("a = 1 + \\\n  lock()\n", 2, f"{W}\na = 1 + \\\n  lock()\n"),
        ("lock()  # noqa\n", 1, f"{W}\nlock()  # noqa\n"),
        ("lock(  # noqa\n)\n", 1, f"{W}\nlock(  # noqa\n)\n"),
        ('x\r\nlock("""\r\n""")', 2, f'x\r\n{W}\r\nlock("""\r\n""")'),
        ('@a("""\n""")\ndef f():\n    pass\n', 3, f'{W}\n@a("""\n""")\ndef f():\n    pass\n'),
        ("#!/bin/python\nlock()  # x\n", 2, f"#!/bin/python\n{W}\nlock()  # x\n"),
    ],
)
def test_where_that_cannot_be_it_has_a_line_of_its_own_before(code: str, line: int, expected: str) -> None:
    assert put(code, line) == expected


def test_where_that_cannot_be_either_it_stands_at_the_end() -> None:
    assert put('\\\n\\\nlock("""\n""")\n', 3) == f'\\\n\\\nlock("""\n""")  {W}\n'


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("lock()  # relcheck: ignore[c/d] reason: why\n", "lock()  # relcheck: ignore[c/d, a/b] reason: why\n"),
        ("lock()  # relcheck: ignore[ c/d , ] why\n", "lock()  # relcheck: ignore[ c/d , a/b ] why\n"),
        ("# relcheck: ignore[c/d]: why\nlock()\n", "# relcheck: ignore[c/d, a/b]: why\nlock()\n"),
        ("lock()  # x # relcheck: ignore[c] why\n", "lock()  # x # relcheck: ignore[c, a/b] why\n"),
    ],
)
def test_a_waiver_that_says_the_same_takes_the_rule_in(code: str, expected: str) -> None:
    line = 2 if code.startswith("#") else 1
    assert put(code, line) == expected


@pytest.mark.parametrize(
    "there",
    [
        "# relcheck: ignore[c/d] reason: other",
        "# relcheck: ignore[c/d] reason: why; until=2027-01-31",
        "# relcheck: ignore[c/d] reason: why; owner=me",
        "# relcheck: ignore reason: why",
    ],
)
def test_beside_a_waiver_that_says_something_else_it_is_a_second_comment(there: str) -> None:
    assert put(f"lock()  {there}\n", 1) == f"{W}\nlock()  {there}\n"


def test_a_waiver_of_another_statement_is_left_alone() -> None:
    code = f"x()  {W.replace('a/b', 'c/d')}\nlock()\n"
    assert put(code, 2) == f"x()  {W.replace('a/b', 'c/d')}\nlock()  {W}\n"


def test_last_day_and_owner_are_written_too() -> None:
    said = put("lock()\n", 1, Stated("why", date(2027, 1, 31), "db-team"))
    assert said == "lock()  # relcheck: ignore[a/b] reason: why; until=2027-01-31; owner=db-team\n"


def test_a_file_keeps_its_encoding() -> None:
    code = "# coding: latin-1\ngröße()\n".encode("latin-1")
    written = with_python_waiver(code, 2, RULE, Stated("müßig"))
    assert written == "# coding: latin-1\ngröße()  # relcheck: ignore[a/b] reason: müßig\n".encode("latin-1")


def test_words_that_an_encoding_does_not_have_are_refused() -> None:
    with pytest.raises(NoPlaceError, match="the file is latin-1, in which the reason or the owner cannot be written"):
        with_python_waiver(b"# coding: latin-1\nlock()\n", 2, RULE, Stated("\u2192"))


def test_a_reason_cannot_declare_an_encoding() -> None:
    written = with_python_waiver(b"lock('''\n''')\n", 1, RULE, Stated("see coding: cp1252"))
    assert not written.startswith(b"#")
    assert len(python_waivers(written.decode(), "a.py")) == 1


@pytest.mark.parametrize("code", [b"lock(\0)\n", b"# coding: utf-7\nlock()\n", b"lock('\xff')\n"])
def test_a_file_that_cannot_be_read_is_refused(code: bytes) -> None:
    with pytest.raises(NoPlaceError):
        with_python_waiver(code, 1, RULE, WHY)
