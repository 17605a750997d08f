"""Comments of SQL and of languages with `//`, and the lines that each covers."""

from __future__ import annotations

from relcheck.engine.exceptions.inline import waivers_in
from relcheck.sources.comments import slashed_comments, sql_comments

_IGNORE = "relcheck: ignore[migrations/drop-column] reason: moved"


def _covered(path: str, text: str) -> list[tuple[int, int, int]]:
    return [(one.waiver.line, one.waiver.first, one.waiver.last) for one in waivers_in(text, path)]


def test_a_comment_above_a_statement_covers_all_of_it() -> None:
    assert _covered("a.sql", f"SELECT 1;\n-- {_IGNORE}\nALTER TABLE t\n  DROP COLUMN a;\nSELECT 2;\n") == [(2, 2, 4)]


def test_a_comment_within_a_statement_covers_it() -> None:
    assert _covered("a.sql", f"ALTER TABLE t -- {_IGNORE}\n  DROP COLUMN a;\nSELECT 2;\n") == [(1, 1, 2)]
    assert _covered("a.sql", f"ALTER TABLE t\n  DROP COLUMN a; /* {_IGNORE} */\nSELECT 2;\n") == [(2, 1, 2)]


def test_text_within_a_string_or_a_body_is_no_comment() -> None:
    assert not _covered("a.sql", f"SELECT '-- {_IGNORE}';\n")
    assert not _covered("a.sql", f"CREATE FUNCTION f() AS $$\n-- {_IGNORE}\n$$;\n")


def test_a_slashed_comment_covers_its_line_or_the_next_line_of_code() -> None:
    assert _covered("a.ts", f"lock(); // {_IGNORE}\nlock();\n") == [(1, 1, 1)]
    assert _covered("schema.prisma", f"// {_IGNORE}\n\n// why\nmodel A {{\n}}\n") == [(1, 1, 4)]


def test_places_count_characters_from_1() -> None:
    (found,) = sql_comments("SELECT 'é'; -- relcheck: x\n")
    assert (found.line, found.column) == (1, 13)
    (other,) = slashed_comments("é(); // relcheck: x\n")
    assert (other.line, other.column) == (1, 6)
