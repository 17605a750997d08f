from __future__ import annotations

from relcheck.engine.files.index import EMPTY_BLOBS
from relcheck.engine.revisions.moves import follow_moves

TEXT = "".join(f"line {number}\n" for number in range(20))


def _follow(come: dict[str, str], gone: dict[str, str]) -> dict[str, str]:
    """The contents are their own object ids."""
    return follow_moves(come, gone, lambda path: come[path].encode(), lambda path: gone[path].encode())


def test_a_file_with_the_same_content_was_moved() -> None:
    assert _follow({"b.py": TEXT}, {"a.py": TEXT}) == {"b.py": "a.py"}


def test_a_file_with_more_than_half_of_its_lines_was_moved() -> None:
    assert _follow({"b.py": TEXT + "more\n" * 10}, {"a.py": TEXT}) == {"b.py": "a.py"}
    assert _follow({"b.py": TEXT + "more and more\n" * 20}, {"a.py": TEXT}) == {}


def test_a_file_is_moved_to_one_place_only() -> None:
    assert _follow({"b.py": TEXT, "c.py": TEXT}, {"a.py": TEXT}) == {"b.py": "a.py"}
    assert _follow({"b.py": TEXT + "b\n", "c.py": TEXT}, {"a.py": TEXT}) == {"c.py": "a.py"}


def test_of_several_the_one_with_the_same_name_is_taken() -> None:
    gone = {"a/one.py": TEXT, "a/two.py": TEXT}

    assert _follow({"b/one.py": TEXT, "b/two.py": TEXT}, gone) == {"b/one.py": "a/one.py", "b/two.py": "a/two.py"}
    assert _follow({"b/two.py": TEXT}, gone) == {"b/two.py": "a/two.py"}


def test_the_file_that_is_most_alike_is_taken() -> None:
    assert _follow({"c.py": TEXT}, {"a.py": TEXT + "a\n" * 9, "b.py": TEXT + "b\n"}) == {"c.py": "b.py"}


def test_empty_files_come_from_nowhere() -> None:
    empty = min(EMPTY_BLOBS)

    assert follow_moves({"b.py": empty}, {"a.py": empty}, lambda _: b"", lambda _: b"") == {}


def test_of_very_many_files_only_those_with_the_same_content_are_followed() -> None:
    gone = {f"a/{number}.py": f"{TEXT}{number}\n" for number in range(100)}
    come = {f"b/{number}.py": text + "edited\n" for number, text in enumerate(gone.values())}

    assert _follow(come | {"b/same.py": gone["a/7.py"]}, gone) == {"b/same.py": "a/7.py"}
