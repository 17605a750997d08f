from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from relcheck.report.escape import one_line, visible, visible_json

UNSEEN_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_every_control_format_surrogate_and_separator_character_is_escaped() -> None:
    unseen = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in UNSEEN_CATEGORIES]
    assert [c for c in unseen if visible(c) == c] == []


def test_what_can_be_seen_stays() -> None:
    seen = {"Lu", "Ll", "Lm", "Nd", "Nl", "Pd", "Ps", "Po", "Sc", "Sm", "So", "Zs"}
    changed = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) in seen and visible(c) != c]
    assert changed == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("grün 残高 e\u0301 😀", "grün 残高 e\u0301 😀"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("a\u202eb\u2066c\u200b", r"a\u202eb\u2066c\u200b"),
        ("\ufeffx\u2028y", r"\ufeffx\u2028y"),
        ("\udc80", r"\udc80"),
        ("\u3164\ufe0f", r"\u3164\ufe0f"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_invisible_characters_are_shown_as_python_would_write_them(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_the_lines_of_a_message_are_joined() -> None:
    assert one_line("first\n   second\r\n\r\nthird\x1b\n") == r"first second third\x1b"


def test_invisible_characters_in_json_are_escaped_and_read_back_the_same() -> None:
    value = "a\u202eb\x9b\udc80\U000e0041\n\u2028ü"
    document = visible_json(json.dumps({"key": value}, indent=2, ensure_ascii=False))
    assert document == '{\n  "key": "a\\u202eb\\u009b\\udc80\\udb40\\udc41\\n\\u2028ü"\n}'
    assert json.loads(document) == {"key": value}
