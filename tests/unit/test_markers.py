"""Comments that say which guarantee code upholds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.markers.comments import ENDINGS
from relcheck.sources.markers.marker import Marker
from relcheck.sources.markers.read import collect

SAID = 'relcheck: upholds "Audit log"'


def markers(path: str, text: str) -> tuple[Marker, ...]:
    found = collect(path, text)
    return found.markers if found is not None else ()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", f"# {SAID}"),
        ("a.ts", f"// {SAID}"),
        ("a.tsx", f"/* {SAID} */"),
        ("a.go", f"// {SAID}"),
        ("a.sql", f"-- {SAID}"),
        ("a.sh", f"# {SAID}"),
        ("a.rs", f"/// {SAID}"),
    ],
)
def test_a_comment_of_each_language_marks(path: str, line: str) -> None:
    (found,) = markers(path, f"{line}\nx = 1\n")
    assert found.guarantee == "Audit log"
    quote = line.index('"') + 1
    assert (found.region.line, found.region.column, found.region.end_column) == (1, quote, quote + 11)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", f"x = '''\n# {SAID}\n'''\n"),
        ("a.ts", f"const x = `\n// {SAID}\n`;\n"),
        ("a.ts", "const x = '// relcheck: upholds \\'Audit log\\'';\n"),
        ("a.sql", "INSERT INTO t VALUES ('\n-- relcheck: upholds \"Audit log\"\n');\n"),
        ("a.go", f"const x = `\n// {SAID}\n`\n"),
        ("a.sh", f"echo 'a # {SAID}'\n"),
    ],
)
def test_text_in_a_string_does_not(path: str, text: str) -> None:
    assert markers(path, text) == ()


def test_a_marker_knows_the_function_that_it_stands_above_or_in() -> None:
    text = f"# {SAID}\n@traced\ndef write():\n    pass\n\n\nclass Log:\n    def add(self):\n        pass  # {SAID}\n"
    assert [one.symbol for one in markers("a.py", text)] == ["write", "Log.add"]
    assert [one.symbol for one in markers("a.ts", f"// {SAID}\nexport function write() {{}}\n")] == ["write"]
    assert [one.symbol for one in markers("a.go", f"package a\n// {SAID}\nfunc Write() {{}}\n")] == ["Write"]


def test_a_marker_of_a_whole_file_belongs_to_no_function() -> None:
    (found,) = markers("a.py", f'# {SAID}\n"""The writer."""\n\n\ndef write(): ...\n')
    assert found.symbol is None
    assert not found.idle


def test_several_guarantees_are_several_markers_and_numbers_need_no_quotes() -> None:
    found = markers("a.py", '# relcheck: upholds "No partial writes", G-07 and [#G-8]\nx = 1\n')
    assert [one.guarantee for one in found] == ["No partial writes", "G-07", "G-8"]


def test_a_marker_behind_which_nothing_stands_is_idle() -> None:
    assert [one.idle for one in markers("a.sql", f"SELECT 1;\n-- {SAID}\n\n-- the end\n")] == [True]
    assert [one.idle for one in markers("a.sql", f"-- {SAID}\n\n-- more\nSELECT 1;\n")] == [False]


def test_a_file_that_does_not_parse_keeps_its_markers() -> None:
    assert [one.guarantee for one in markers("a.py", f"# {SAID}\ndef write(:\n")] == ["Audit log"]
    assert [one.guarantee for one in markers("a.ts", f"// {SAID}\nfunction (((\n")] == ["Audit log"]


def test_line_ends_of_windows_do_not_move_a_marker() -> None:
    (found,) = markers("a.ts", f"let a;\r\n// {SAID}\r\nlet b;\r\n")
    assert (found.region.line, found.region.column) == (2, 22)


@given(path=st.sampled_from(ENDINGS), text=st.text(max_size=200))
def test_whatever_a_file_holds_is_read(path: str, text: str) -> None:
    for one in markers(f"a{path}", f"{text}relcheck: upholds {text}\n// {SAID}\n# {SAID}\n"):
        assert one.region.line >= 1
        assert one.region.end_column > one.region.column
