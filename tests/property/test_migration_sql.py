"""SQL of any shape: no character is lost, no text ends the reading, and what is written is what is read."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from relcheck.model.finding import Region
from relcheck.sources.migration.approvals import read_annotations
from relcheck.sources.migration.operation import Dialect, Kind
from relcheck.sources.migration.sql import Mode, read_sql
from relcheck.sources.migration.sql.placeholders import filled
from relcheck.sources.migration.sql.scanner import cut

DIALECTS = st.sampled_from(list[Dialect](["postgres", "mysql", "sqlite"]))
PIECES = st.sampled_from(
    [
        *("'", '"', "`", "$$", "$a$", "--", "/*", "*/", "\\", "\n", "\r\n", ";", " ", "(", ")", ",", ".", ":", "::"),
        *("E'", "U&'", "#", "\ufffc", "${x}", "{{ y }}", "{% if %}", "%s", ":v", "ä", "\U0001f600", "[", "]"),
        *("COPY t FROM stdin", "\n\\.\n", "\n\\i x", "DELIMITER //\n", "//", "BEGIN", "END", "CASE", "ATOMIC", "DO"),
        *("CREATE", "FUNCTION", "TRIGGER", "DROP TABLE t", "ALTER TABLE t DROP c", "UPDATE t SET a = 1", "WHERE"),
        *("EXECUTE 'x'", "IF a THEN", "LOOP", "SELECT", "-- MIGRATION_APPROVED: data moved", "ADD COLUMN", "int"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join), st.lists(PIECES, max_size=14).map("".join)
)
MODES = st.sampled_from(list[Mode](["tool", "implicit", "batches", "autocommit"]))


@given(TEXTS, DIALECTS)
def test_the_pieces_of_a_text_are_the_text(text: str, dialect: Dialect) -> None:
    pieces = cut(text, dialect).pieces
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text
    assert all(first.end == second.start for first, second in pairwise(pieces))
    for piece in pieces:
        assert all(piece.start <= token.start < token.end <= piece.end for token in piece.tokens)


@given(TEXTS, DIALECTS, MODES)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str, dialect: Dialect, mode: Mode) -> None:
    script = read_sql(text, dialect, mode=mode)
    lines = text.split("\n")
    for operation in script.operations:
        region = operation.region
        assert (1, 1) <= (region.line, region.column) <= (region.end_line, region.end_column)
        assert region.end_line <= len(lines)
        assert region.end_column <= len(lines[region.end_line - 1]) + 1
        assert "\ufffc" not in operation.sql


@given(st.binary(max_size=80), DIALECTS)
@settings(deadline=None)
def test_any_bytes_are_read(data: bytes, dialect: Dialect) -> None:
    for text in (data.decode("latin-1"), data.decode("utf-8", "surrogateescape")):
        read_sql(text, dialect)


@given(TEXTS)
def test_placeholders_are_filled_in_place(text: str) -> None:
    assert len(filled(text)) == len(text)
    assert [at for at, letter in enumerate(filled(text)) if letter == "\n"] == [
        at for at, letter in enumerate(text) if letter == "\n"
    ]


@given(TEXTS)
def test_any_comment_is_read(text: str) -> None:
    for annotation in read_annotations(text, lambda start, end: Region(1, start + 1, 1, end + 1)):
        assert 0 <= annotation.region.column - 1 <= annotation.region.end_column - 1 <= len(text)
        assert (annotation.approval is None) == bool(annotation.problem)


NAMES = st.text("abcdefghijklmnopqrstuvwxyz_ABCü \"';-$", min_size=1, max_size=12).filter(
    lambda name: name.strip() != ""
)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@given(st.lists(st.tuples(st.sampled_from(["drop", "not null", "rename"]), NAMES, NAMES), min_size=1, max_size=5))
@settings(deadline=None)
def test_statements_come_back_with_their_names(made: list[tuple[str, str, str]]) -> None:
    shapes = {
        "drop": ("ALTER TABLE {t} DROP COLUMN {c}", Kind.DROP_COLUMN),
        "not null": ("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL", Kind.SET_NOT_NULL),
        "rename": ("ALTER TABLE {t} RENAME COLUMN {c} TO x", Kind.RENAME_COLUMN),
    }
    text = "".join(
        f"-- a ; comment\n{shapes[shape][0].format(t=_quoted(table), c=_quoted(column))} /* ; */;\n"
        for shape, table, column in made
    )
    found = [(one.kind, one.table, one.column) for one in read_sql(text, "postgres").operations]
    assert found == [(shapes[shape][1], table, column) for shape, table, column in made]


@given(NAMES, st.text("abc'\\;$", max_size=8), st.sampled_from(["int", "varchar(9)", "numeric(3, 2)", "text[]"]))
@settings(deadline=None)
def test_columns_come_back_with_their_defaults(name: str, value: str, type_name: str) -> None:
    literal = "'" + value.replace("'", "''") + "'"
    text = f"ALTER TABLE t ADD COLUMN {_quoted(name)} {type_name} NOT NULL DEFAULT {literal} UNIQUE, DROP z"
    added, dropped = read_sql(text, "postgres").operations
    [column] = added.new_columns
    assert (column.name, column.type.text, column.default) == (name, type_name, " ".join(literal.split()))
    assert (column.nullable, len(column.constraints)) == (False, 1)
    assert dropped.sql == "DROP z"
