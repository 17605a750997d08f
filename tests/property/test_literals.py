from __future__ import annotations

import ast
import warnings

from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.python.literals import Decoded, decode, decode_text

PIECES = st.one_of(
    st.sampled_from(
        [
            "\\\\", "\\'", '\\"', "\\a", "\\b", "\\f", "\\n", "\\r", "\\t", "\\v", "\\0", "\\12", "\\101", "\\377",
            "\\x41", "\\xff", "\\\n", "\\\r\n", "\\\r", "\\u0041", "\\u20AC", "\\ud800", "\\U0001F600", "\\N{EN DASH}",
            "\\N{bullet}", "\\d", "\\{", "\\ ", "\\8", "\n", "\r\n", "\r", "'", '"', "{", "}", "FOR UPDATE", " ", "é",
        ]
    ),
    st.text(st.characters(exclude_characters="\\\0", exclude_categories=["Cs"]), max_size=5),
)  # fmt: skip
PREFIXES = st.sampled_from(["", "r", "R", "u", "U", "b", "B", "rb", "bR", "Br", "BR"])
QUOTES = st.sampled_from(['"', "'", '"""', "'''"])


def python_value(source: str) -> str | None:
    """What Python makes of one literal; None where it refuses the source or reads something else in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError):
            return None
    if not isinstance(body, ast.Constant) or body.end_col_offset is None:
        return None
    if isinstance(body.value, bytes):
        return body.value.decode("latin-1")
    return body.value if isinstance(body.value, str) else None


def assert_the_map_is_right(decoded: Decoded, raw: str) -> None:
    places = [decoded.raw_offset(index) for index in range(len(decoded.value) + 1)]
    assert places == sorted(places)
    assert len(set(places)) == len(places)
    assert all(0 <= place <= len(raw) for place in places)
    for index, character in enumerate(decoded.value):
        begin, end = places[index], decoded.raw_end(index)
        assert begin < end <= places[index + 1]
        if end - begin == 1:
            assert raw[begin] == character or (raw[begin], character) == ("\r", "\n")
        else:
            assert raw[begin] == "\\" or raw[begin:end] in {"\r\n", "{{", "}}"}


@given(PREFIXES, QUOTES, st.lists(PIECES, max_size=8))
def test_the_value_is_pythons_and_every_character_is_found(prefix: str, quote: str, pieces: list[str]) -> None:
    source = prefix + quote + "".join(pieces) + quote
    expected = python_value(source)
    decoded = decode(source)
    if expected is not None and decoded is not None:
        assert decoded.value == expected
    if decoded is not None:
        assert_the_map_is_right(decoded, source)


@given(PREFIXES, QUOTES, st.lists(PIECES, max_size=8))
def test_every_single_literal_that_python_takes_is_read(prefix: str, quote: str, pieces: list[str]) -> None:
    body = "".join(pieces).replace("\\", "\\\\").replace('"', "").replace("'", "")
    source = prefix + quote + (body if len(quote) == 3 else body.replace("\n", "").replace("\r", "")) + quote
    expected = python_value(source)
    if expected is not None:
        decoded = decode(source)
        assert decoded is not None
        assert decoded.value == expected


@given(st.text())
def test_any_text_is_read_or_refused(source: str) -> None:
    decoded = decode(source)
    if decoded is not None:
        assert_the_map_is_right(decoded, source)


@given(st.booleans(), st.lists(PIECES, max_size=8))
def test_text_of_an_f_string_has_the_value_that_python_gives_it(is_raw: bool, pieces: list[str]) -> None:
    names = [piece if piece.startswith("\\N") else piece.replace("{", "{{").replace("}", "}}") for piece in pieces]
    text = "".join(names).replace("'", "").replace('"', "")
    source = ("rf" if is_raw else "f") + "'''" + text + "'''"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            body = ast.parse(source, mode="eval").body
        except (SyntaxError, ValueError):
            return
    if isinstance(body, ast.JoinedStr) and all(isinstance(part, ast.Constant) for part in body.values):
        decoded = decode_text(text, is_raw=is_raw)
        assert decoded.value == "".join(str(part.value) for part in body.values if isinstance(part, ast.Constant))
        assert_the_map_is_right(decoded, text)
