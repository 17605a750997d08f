"""Waivers that are written into SQL files: where they stand, and that nothing else is changed by them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from relcheck.engine.exceptions.inline import waivers_in
from relcheck.engine.exceptions.inline_writing import NoPlaceError
from relcheck.engine.exceptions.sql_writing import with_sql_waiver
from relcheck.engine.exceptions.stated import Stated

RULE = "migrations/drop-column"
WAIVER = f"-- relcheck: ignore[{RULE}] reason: moved"


def _written(text: str, line: int) -> str:
    return with_sql_waiver(text.encode(), line, RULE, Stated("moved")).decode()


def test_a_waiver_stands_at_the_end_of_the_line() -> None:
    text = "ALTER TABLE a DROP COLUMN b;\nSELECT 1;\n"
    assert _written(text, 1) == f"ALTER TABLE a DROP COLUMN b; {WAIVER}\nSELECT 1;\n"


def test_where_a_comment_stands_at_the_end_a_waiver_has_a_line_of_its_own() -> None:
    text = "SELECT 1;\r\nALTER TABLE a DROP COLUMN b; -- MIGRATION_APPROVED: moved in V3\r\n"
    assert _written(text, 2) == text.replace("ALTER", f"{WAIVER}\r\nALTER")


def test_a_body_that_goes_on_in_the_next_line_is_not_written_into() -> None:
    text = "DO $$\nBEGIN\n  DELETE FROM a;\nEND $$;\n"
    assert _written(text, 3) == f"{WAIVER}\n{text}"


def test_a_statement_that_begins_behind_another_one_and_goes_on_has_no_place() -> None:
    with pytest.raises(NoPlaceError):
        _written("SELECT 1; SELECT '\n', 2 -- two\n;\n", 2)


def test_a_byte_order_mark_stays() -> None:
    data = b"\xef\xbb\xbfALTER TABLE a DROP COLUMN b;"
    assert with_sql_waiver(data, 1, RULE, Stated("moved")) == data + f" {WAIVER}".encode()


@given(
    pieces=some.lists(
        some.sampled_from(["SELECT 1", ";", "\n", "\r\n", "'a", "'", "$$", "-- x", "/*", "*/", " ", '"']), max_size=14
    ),
    line=some.integers(1, 15),
)
def test_a_waiver_is_one_more_than_before_and_the_rest_stays(pieces: list[str], line: int) -> None:
    text = "".join(pieces)
    if line > text.count("\n") + 1:
        return
    try:
        changed = _written(text, line)
    except NoPlaceError:
        return
    assert changed.replace(f" {WAIVER}", "", 1) == text or WAIVER in changed
    assert len(waivers_in(changed, "a.sql")) == len(waivers_in(text, "a.sql")) + 1


def test_a_waiver_behind_two_statements_is_of_the_one_that_it_stands_behind() -> None:
    text = f"ALTER TABLE a\n  DROP COLUMN b; ALTER TABLE c DROP COLUMN d; {WAIVER}\n"
    (one,) = waivers_in(text, "a.sql")
    assert (one.waiver.first, one.waiver.last) == (2, 2)
