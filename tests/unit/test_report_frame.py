from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.report.frame import cells, code_frame

ROOM = 100


def frame(line: str, marked: str, room: int = ROOM) -> tuple[str, str]:
    """The frame of the region that `marked` takes where it first stands in the line."""
    column = line.index(marked) + 1
    framed = code_frame(line, Region(1, column, 1, column + len(marked)), room)
    assert framed is not None
    return framed


def test_carets_stand_below_exactly_the_region() -> None:
    assert frame("    q.with_for_update()\n", "with_for_update") == (
        "    q.with_for_update()",
        "      ^^^^^^^^^^^^^^^",
    )


def test_a_tab_runs_to_the_next_stop() -> None:
    assert frame("\ta\tb = lock()", "lock") == (
        "    a   b = lock()",
        "            ^^^^",
    )


def test_a_tab_within_the_region_is_marked_as_wide_as_it_is_shown() -> None:
    assert frame("ab\tcd", "b\tc") == (
        "ab  cd",
        " ^^^^",
    )


def test_a_tab_behind_wide_characters_runs_to_the_stop_that_a_terminal_has() -> None:
    assert frame("語\t語\tlock()", "lock") == (
        "語  語  lock()",
        "        ^^^^",
    )


def test_a_wide_character_takes_two_cells() -> None:
    assert frame("口座 = lock(残高)", "lock") == (
        "口座 = lock(残高)",
        "       ^^^^",
    )
    assert frame("口座 = lock(残高)", "残高")[1] == " " * 12 + "^^^^"


def test_a_combining_character_takes_no_cell() -> None:
    assert frame("cafe\u0301 = lock()", "lock")[1] == "       ^^^^"
    assert frame("\u1112\u1161\u11ab = lock()", "lock")[1] == "     ^^^^"


def test_an_invisible_character_is_shown_and_takes_the_cells_of_its_escape() -> None:
    assert frame("x\u202e = lock()", "lock") == (
        r"x\u202e = lock()",
        "          ^^^^",
    )


def test_a_region_of_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert code_frame("run(a,  \n", Region(1, 1, 3, 2), ROOM) == ("run(a,  ", "^^^^^^")


def test_an_empty_region_has_one_caret() -> None:
    assert code_frame("abc", Region(1, 3, 1, 3), ROOM) == ("abc", "  ^")


@pytest.mark.parametrize("region", [Region(1, 4, 1, 4), Region(1, 90, 1, 95), Region(1, 4, 1, 2)])
def test_a_region_behind_the_line_is_marked_at_its_end(region: Region) -> None:
    assert code_frame("abc", region, ROOM) == ("abc", "   ^")


@pytest.mark.parametrize("blank", ["", "\n", "  \t\r\n"])
def test_a_blank_line_has_no_frame(blank: str) -> None:
    assert code_frame(blank, Region(1, 1, 1, 1), ROOM) is None


def test_a_line_that_just_fits_is_not_cut() -> None:
    line = "x" * 36 + "lock"
    assert frame(line, "lock", room=40)[0] == line


def test_a_long_line_is_cut_to_a_window_around_the_region() -> None:
    code, carets = frame("a" * 5_000 + "lock" + "b" * 5_000, "lock", room=40)
    assert code == "..." + "a" * 15 + "lock" + "b" * 15 + "..."
    assert carets == " " * 18 + "^^^^"


def test_a_long_line_keeps_its_beginning_where_the_region_is_near_it() -> None:
    code, carets = frame("x = lock(" + "b" * 10_000, "lock", room=40)
    assert code == "x = lock(" + "b" * 25 + "..."
    assert carets == "    ^^^^"


def test_a_long_line_keeps_its_end_where_the_region_is_at_it() -> None:
    code, carets = frame("a" * 10_000 + "lock", "lock", room=40)
    assert code == "..." + "a" * 15 + "lock"
    assert carets == " " * 18 + "^^^^"


def test_a_region_that_is_too_long_itself_is_marked_as_far_as_it_is_shown() -> None:
    code, carets = frame("a" * 50 + "lock" * 3_000 + "b", "lock" * 3_000, room=40)
    assert code == "..." + ("lock" * 9)[:34] + "..."
    assert carets == "   " + "^" * 34


@pytest.mark.parametrize("filler", ["語", "\t", "\u202e", "e\u0301"])
def test_a_long_line_of_unusual_characters_fits_the_room(filler: str) -> None:
    code, carets = frame(filler * 3_000 + "lock" + filler * 3_000, "lock", room=60)
    assert cells(code) <= 60
    assert code[: _characters(code, carets.index("^"))].endswith(code[: code.index("lock")])
    assert carets.endswith("^^^^")


def _characters(code: str, width: int) -> int:
    """How many characters of the code take so many cells."""
    return next(count for count in range(len(code)) if cells(code[:count]) == width and code[count] == "l")
