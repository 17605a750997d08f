from __future__ import annotations

import ast
import warnings

import pytest

from relcheck.sources.python.literals import decode, decode_text

VALID = [
    '""',
    "''",
    "''''''",
    '""""""',
    '"plain"',
    "'it is \"quoted\"'",
    '"""say "hi" to \'them\'"""',
    "'''a''b'''",
    '"""ends with a quote\\""""',
    r'"\\ \' \" \a \b \f \n \r \t \v"',
    r'"\0 \7 \12 \101 \1011 \377"',
    r'"\x41\x4a\xff"',
    r'"\u0041\u20ac\U0001F600\U0010ffff"',
    r'"\ud83d\ude00"',
    r'"\N{EN DASH}\N{en dash}\N{LF}x"',
    r'"\d \w \. \( \{ \8 unknown escapes stay"',
    '"line \\\n continues"',
    '"""first\nsecond \\\nthird"""',
    r'r"raw \n \x41 \" \\"',
    "R'''raw\nlines'''",
    'r"""raw \\\n newline"""',
    'u"unicode" ',
    'U"\\u0041"',
    'b"bytes \\x00\\xff \\101 \\777"',
    r'b"\u0041 \N{DASH} \U00000041 are no escapes"',
    "B'x'",
    r'rb"\x41"',
    r'Rb"\x41"',
    r'bR"\x41"',
    r'BR"""\x41 " """',
    '"é ü – 😀"',
]


@pytest.mark.parametrize("source", VALID)
def test_a_literal_has_the_value_that_python_gives_it(source: str) -> None:
    decoded = decode(source.strip())
    assert decoded is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = ast.literal_eval(source.strip())
    assert decoded.is_bytes == isinstance(expected, bytes)
    assert decoded.value == (expected.decode("latin-1") if isinstance(expected, bytes) else expected)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x",
        "'",
        '"""',
        "'a\"",
        'f"a"',
        "rf'a'",
        't"a"',
        "'a' 'b'",
        "('a')",
        '"a',
        r"'\'",
        "bu'a'",
        "'''a''",
        " 'a'",
        "''''''''",
    ],
)
def test_what_is_not_one_literal_has_no_value(source: str) -> None:
    assert decode(source) is None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"""a\r\nb\rc"""', "a\nb\nc"),
        ('"a\\\r\nb\\\rc"', "abc"),
        ('r"""a\\\r\nb\r"""', "a\\\nb\n"),
        ('b"""a\r\nb"""', "a\nb"),
        ('"\\r\\n"', "\r\n"),
    ],
)
def test_line_ends_in_a_body_are_line_feeds(source: str, value: str) -> None:
    decoded = decode(source)
    assert decoded is not None
    assert decoded.value == value
    assert eval(source) in (value, value.encode())  # noqa: S307


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r'"a\x4"', r"a\x4"),
        (r'"\u12 FOR UPDATE"', r"\u12 FOR UPDATE"),
        (r'"\U00110000"', r"\U00110000"),
        (r'"\N{NO SUCH CHARACTER} FOR"', "\N{REPLACEMENT CHARACTER} FOR"),
        (r'"\N{KEYCAP DIGIT ONE}"', "\N{REPLACEMENT CHARACTER}"),
        (r'"\N FOR"', r"\N FOR"),
        ('b"é"', "é"),
    ],
)
def test_text_that_python_refuses_is_not_lost(source: str, value: str) -> None:
    decoded = decode(source)
    assert decoded is not None
    assert decoded.value == value


def test_a_character_is_found_behind_escapes() -> None:
    source = r'"a\x41\n\N{EN DASH}FOR"'
    decoded = decode(source)
    assert decoded is not None
    assert decoded.value == "aA\n–FOR"
    places = [decoded.raw_offset(index) for index in range(len(decoded.value))]
    assert [source[place] for place in places] == ["a", "\\", "\\", "\\", "F", "O", "R"]
    assert [source[place : decoded.raw_end(index)] for index, place in enumerate(places)] == [
        "a", r"\x41", r"\n", r"\N{EN DASH}", "F", "O", "R",
    ]  # fmt: skip


def test_a_character_behind_a_continued_line_is_found_on_its_line() -> None:
    source = '"""\\\nSELECT \\\r\nx"""'
    decoded = decode(source)
    assert decoded is not None
    assert decoded.value == "SELECT x"
    assert decoded.raw_offset(0) == source.index("S")
    assert decoded.raw_end(6) == source.index("T ") + 2
    assert decoded.raw_offset(7) == source.index("x")


def test_the_place_behind_the_last_character_is_the_closing_quote() -> None:
    for source in ('"abc"', r'"a\n"', '""', '"a\\\n"'):
        decoded = decode(source)
        assert decoded is not None
        assert decoded.raw_offset(len(decoded.value)) == len(source) - 1


def test_doubled_braces_between_placeholders_are_one() -> None:
    decoded = decode_text("a{{b}}c", is_raw=False)
    assert decoded.value == "a{b}c"
    assert [decoded.raw_offset(index) for index in range(5)] == [0, 1, 3, 4, 6]
    assert decode_text("{{{{", is_raw=True).value == "{{"


def test_escapes_between_placeholders_follow_the_prefix() -> None:
    assert decode_text(r"\x41\N{EN DASH}\{{", is_raw=False).value == "A–\\{"
    assert decode_text(r"\x41\n", is_raw=True).value == r"\x41\n"
    assert decode_text("a\r\nb\\", is_raw=True).value == "a\nb\\"
    assert decode_text("\\", is_raw=False).value == "\\"


def test_a_long_literal_full_of_escapes_is_read_in_linear_time() -> None:
    decoded = decode('"' + r"\n'\"" * 100_000 + '"')
    assert decoded is not None
    assert len(decoded.value) == 300_000
