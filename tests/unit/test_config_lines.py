"""The places of keys in TOML."""

from __future__ import annotations

import pytest

from relcheck.config.lines import key_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", {}),
        ("# a = 1\n\na = 1 # b = 2\n", {("a",): 3}),
        ("a.b = 1\na.c = 2", {("a",): 1, ("a", "b"): 1, ("a", "c"): 2}),
        ("a . b=1", {("a",): 1, ("a", "b"): 1}),
        ("[a.b]\nc = 1", {("a",): 1, ("a", "b"): 1, ("a", "b", "c"): 2}),
        ('["x/y"]\n\'p.q\' = 1', {("x/y",): 1, ("x/y", "p.q"): 2}),
        ('"a\\u0062\\"" = 1', {('ab"',): 1}),
        ("[[a]]\nb = 1\n[[a]]\nb = 1", {("a",): 1, ("a", 0): 1, ("a", 0, "b"): 2, ("a", 1): 3, ("a", 1, "b"): 4}),
        (
            "[[a]]\n[a.b]\nc = 1\n[[a.d]]\n[[a]]\n[[a.d]]",
            {
                ("a",): 1,
                ("a", 0): 1,
                ("a", 0, "b"): 2,
                ("a", 0, "b", "c"): 3,
                ("a", 0, "d"): 4,
                ("a", 0, "d", 0): 4,
                ("a", 1): 5,
                ("a", 1, "d"): 6,
                ("a", 1, "d", 0): 6,
            },
        ),
        ("a = [\n 1,\n # 2\n 'x', [3,\n4]]", {
            ("a",): 1, ("a", 0): 2, ("a", 1): 4, ("a", 2): 4, ("a", 2, 0): 4, ("a", 2, 1): 5,
        }),
        ("a = { b = 1, c.d = [{ e = 2 }] }\nf = 1", {
            ("a",): 1, ("a", "b"): 1, ("a", "c"): 1, ("a", "c", "d"): 1,
            ("a", "c", "d", 0): 1, ("a", "c", "d", 0, "e"): 1, ("f",): 2,
        }),
        ('a = """\n[b]\nc = 1"""\nd = 1', {("a",): 1, ("d",): 4}),
        ("a = '''\n[b]\\'''\nd = 1", {("a",): 1, ("d",): 3}),
        ('a = """x"""""\nb = """\\""""\nc = ""\nd = 1', {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4}),
        ("a = '''x'''''\nb = '[c]'", {("a",): 1, ("b",): 2}),
        ('a = "# [b]\\\\"\nc = 1', {("a",): 1, ("c",): 2}),
        ("a = 1979-05-27 07:32:00Z\nb = [1979-05-27 07:32:00,\n07:32:00.5]", {
            ("a",): 1, ("b",): 2, ("b", 0): 2, ("b", 1): 3,
        }),
        ("a = 1\r\nb = [\r\n2]\r\n", {("a",): 1, ("b",): 2, ("b", 0): 3}),
        ("[a]\n[b]\n[a.c]\n[a.d]", {("a",): 1, ("b",): 2, ("a", "c"): 3, ("a", "d"): 4}),
        ("a = []\nb = {}", {("a",): 1, ("b",): 2}),
        ("a = [1, 'x', \"y\"] # [b]\nc = 'z'# d\ne = [ ]", {("a",): 1, ("c",): 2, ("e",): 3}),  # one line: the holder's
    ],
)  # fmt: skip
def test_every_key_table_and_entry_has_its_line(text: str, lines: dict[tuple[str | int, ...], int]) -> None:
    assert key_lines(text) == lines


@pytest.mark.parametrize("text", ["a = ", "[a", "= 1", "a = [1", 'a = "x', "[[a]", "a b = 1", "]"])
def test_of_what_is_no_toml_it_finds_what_it_can(text: str) -> None:
    assert set(key_lines(text)) <= {("a",), ("a", 0), ("a", 1), ("a", "b")}
