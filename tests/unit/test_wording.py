"""Which files hold a word."""

from __future__ import annotations

from relcheck.engine.wording import files_with

_FILES = {
    "a.py": "order.note = 1\n",
    "b.ts": "const notes = footnote;\n",
    "c.sql": 'SELECT "note", café_note, note_ FROM t\n',
    "d.py": "keynote = $note; énote = 1\n",
}


def _with(*words: str) -> dict[str, tuple[str, ...]]:
    return files_with(words, _FILES, lambda path: _FILES[path].encode())


def test_a_word_stands_whole() -> None:
    assert _with("note") == {"note": ("a.py", "c.sql")}


def test_several_words_are_looked_for_at_once() -> None:
    assert _with("note", "notes", "nothing") == {"note": ("a.py", "c.sql"), "notes": ("b.ts",), "nothing": ()}


def test_a_letter_beyond_ascii_is_a_letter() -> None:
    assert _with("café_note") == {"café_note": ("c.sql",)}


def test_no_words_read_no_file() -> None:
    assert files_with((), _FILES, lambda _: None) == {}


def test_many_words_are_looked_for_by_the_words_of_the_files() -> None:
    many = [f"word_{number}" for number in range(200)]
    assert {word: files for word, files in _with("note", "café_note", "a b", *many).items() if files} == {
        "note": ("a.py", "c.sql"),
        "café_note": ("c.sql",),
    }
