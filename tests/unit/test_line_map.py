from __future__ import annotations

import time

from relcheck.engine.revisions.line_map import LineMap


def _map(old: str, new: str) -> LineMap:
    return LineMap(old.split(), new.split())


def test_lines_that_are_still_there_are_found() -> None:
    lines = _map("a b c d e", "a x b d y e")

    assert [lines.old(number) for number in range(1, 7)] == [1, None, 2, 4, None, 5]


def test_indentation_is_no_part_of_a_line() -> None:
    lines = LineMap(["if a:", "  b()"], ["    if a:", "        b()"])

    assert [lines.old(1), lines.old(2)] == [1, 2]


def test_a_line_that_moved_over_others_is_another_one() -> None:
    lines = _map("a b c d e", "e a b c d")

    assert [lines.old(number) for number in range(1, 6)] == [None, 1, 2, 3, 4]


def test_equal_lines_are_told_apart_by_what_is_around_them() -> None:
    lines = _map("a l b l c", "a l b l x l c")

    assert [lines.old(number) for number in range(1, 8)] == [1, 2, 3, 4, None, None, 5]


def test_lines_that_took_the_place_of_others_meet_them() -> None:
    lines = _map("a b c d", "a x y c d z")

    assert lines.meet(range(2, 4), range(2, 3))
    assert lines.meet(range(4, 5), range(3, 4))
    assert not lines.meet(range(6, 7), range(2, 3))
    assert not lines.meet(range(2, 3), range(4, 5))


def test_lines_beyond_the_texts_meet_nothing() -> None:
    lines = _map("a", "b")

    assert lines.old(7) is None
    assert not lines.meet(range(7, 9), range(1, 2))


def test_texts_that_have_much_or_nothing_in_common_take_no_time() -> None:
    many = [str(number) for number in range(20_000)]
    started = time.process_time()

    LineMap(["same"] * 20_000, ["same"] * 10_000 + ["other"] + ["same"] * 10_000)
    LineMap(many, many[::-1])
    LineMap(many, [line for line in many for _ in range(2)])
    LineMap(many[::2] * 2, many[1::2] * 2)
    LineMap(
        [line for one in many[:5000] for line in (one, "x", one)], [line for one in many[:5000] for line in (one, "y")]
    )

    assert time.process_time() - started < 3
