"""SQL text is cut into statements as the programs cut it that send it to a server."""

from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.sources.migration.operation import Dialect, Kind
from relcheck.sources.migration.sql import read_sql
from relcheck.sources.migration.sql.scanner import cut

DIALECTS: tuple[Dialect, ...] = ("postgres", "mysql", "sqlite")


def _statements(text: str, dialect: Dialect = "postgres") -> list[str]:
    result = cut(text, dialect)
    assert "".join(text[piece.start : piece.end] for piece in result.pieces) == text
    return [text[piece.tokens[0].start : piece.tokens[-1].end] for piece in result.pieces if piece.kind == "statement"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ';'",
        "SELECT 'it''s;'",
        r"SELECT E'a\';b'",
        r"SELECT e'\\', ';'",
        "SELECT U&'a;b'",
        'SELECT ";"',
        "SELECT $$ ; $$",
        "SELECT $a$ ; $$ ; $b$ ; $a$",
        "SELECT /* ; /* ; */ ; */ 1",
        "SELECT 1 -- ; one",
        "SELECT a$b$c",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
    ],
)
def test_a_semicolon_in_it_does_not_end_a_statement(text: str) -> None:
    found = _statements(f"{text}\n;\nSELECT 2;")
    assert len(found) == 2
    assert found[1] == "SELECT 2"


def test_a_quote_behind_a_backslash_ends_a_plain_string() -> None:
    assert len(_statements(r"SELECT 'a\'; SELECT 2;")) == 2


def test_rows_of_copy_are_no_statements() -> None:
    text = "COPY t (a) FROM stdin;\n1;2\nDROP TABLE t;\n\\.\nSELECT 1;"
    assert _statements(text) == ["COPY t (a) FROM stdin", "SELECT 1"]
    assert [one.kind for one in read_sql(text, "postgres").operations] == [Kind.COPY, Kind.READ]


def test_copy_from_a_file_has_no_rows_behind_it() -> None:
    assert _statements("COPY t FROM '/x';\nSELECT 1;") == ["COPY t FROM '/x'", "SELECT 1"]


def test_commands_of_psql_end_with_their_line() -> None:
    text = "\\set on_error_stop on\nSELECT 1 \\gset\n\\echo 'a;b'\nDROP TABLE t;"
    assert _statements(text) == ["SELECT 1", "DROP TABLE t"]


def test_commands_of_psql_that_run_what_is_not_here_are_opaque() -> None:
    operations = read_sql("\\i other.sql\n\\! rm x\n\\copy t from 'x.csv'\n\\timing", "postgres").operations
    assert [(one.kind, one.object_type) for one in operations] == [
        (Kind.OPAQUE, "\\i"),
        (Kind.OPAQUE, "\\!"),
        (Kind.COPY, ""),
    ]


def test_conditions_of_psql_are_guards() -> None:
    operations = read_sql(
        "\\if :fresh\nDROP TABLE a;\n\\else\nDROP TABLE b;\n\\endif\nDROP TABLE c;", "postgres"
    ).operations
    assert [one.guards for one in operations] == [(":fresh",), ("not (:fresh)",), ()]


def test_a_byte_order_mark_is_no_part_of_the_first_statement() -> None:
    [operation] = read_sql("\ufeffDROP TABLE t;", "postgres").operations
    assert (operation.kind, operation.region.column) == (Kind.DROP_TABLE, 2)


def test_delimiters_of_mysql_are_followed() -> None:
    text = (
        "DELIMITER //\nCREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; //\ndelimiter ;\nDROP TABLE t;"
    )
    kinds = [one.kind for one in read_sql(text, "mysql").operations]
    assert kinds == [Kind.CREATE_TRIGGER, Kind.DROP_TABLE]


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
def test_the_body_of_a_trigger_is_part_of_it(dialect: Dialect) -> None:
    text = (
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW BEGIN\n"
        "  UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END;\nDROP TABLE t;"
    )
    assert [one.kind for one in read_sql(text, dialect).operations] == [Kind.CREATE_TRIGGER, Kind.DROP_TABLE]


def test_a_procedure_with_conditions_ends_where_its_body_does() -> None:
    text = (
        "CREATE PROCEDURE p()\nBEGIN\n  IF EXISTS (SELECT 1) THEN\n    ALTER TABLE t DROP a;\n  ELSE\n    SELECT 1;\n"
        "  END IF;\n  WHILE x DO SET x = 1; END WHILE;\nEND;\nCALL p();\nDROP PROCEDURE p;"
    )
    kinds = [one.kind for one in read_sql(text, "mysql").operations]
    assert kinds == [Kind.CREATE_ROUTINE, Kind.OPAQUE, Kind.DROP_ROUTINE]


def test_comments_of_mysql_that_it_runs_are_run() -> None:
    operations = read_sql(
        "/*!50001 DROP TABLE a */;\n# DROP TABLE b;\nSELECT 1 -- DROP TABLE c;\n;", "mysql"
    ).operations
    assert [one.kind for one in operations] == [Kind.DROP_TABLE, Kind.READ]


def test_brackets_and_backticks_quote_in_sqlite() -> None:
    operations = read_sql('DROP TABLE [a;b]; DROP TABLE `c``d`; DROP TABLE "e""f";', "sqlite").operations
    assert [one.table for one in operations] == ["a;b", "c`d", 'e"f']


def test_an_open_string_or_comment_takes_the_rest_with_it_and_is_told() -> None:
    for text in ("DROP TABLE a; SELECT 'b; DROP TABLE c;", "DROP TABLE a; SELECT $$ b; DROP TABLE c;"):
        assert [one.kind for one in read_sql(text, "postgres").operations] == [Kind.DROP_TABLE, Kind.UNPARSEABLE]
    assert [one.kind for one in read_sql("DROP TABLE a; /* DROP TABLE c;", "postgres").operations] == [Kind.DROP_TABLE]


def test_text_that_goes_to_the_server_as_it_is_holds_no_commands_and_no_rows() -> None:
    def place(start: int, end: int) -> Region:
        return Region(1, start + 1, 1, end + 1)

    operations = read_sql(
        "COPY t FROM stdin;\nDROP TABLE a;\n\\i x\n;DROP TABLE b;", "postgres", place=place
    ).operations
    assert [one.kind for one in operations] == [Kind.COPY, Kind.DROP_TABLE, Kind.UNPARSEABLE, Kind.DROP_TABLE]


def test_a_dump_of_many_rows_is_read_in_no_time() -> None:
    rows = ", ".join(["(1, 'a', NULL)"] * 10_000)
    for dialect in DIALECTS:
        [operation] = read_sql("INSERT INTO t VALUES ROWS;".replace("ROWS", rows), dialect).operations
        assert (operation.kind, operation.table) == (Kind.INSERT, "t")


def test_many_approvals_are_read_in_no_time() -> None:
    text = "-- MIGRATION_APPROVED: data moved away\nDROP TABLE a;\n" * 3_000
    script = read_sql(text, "postgres")
    assert all(one.covers == 1 for one in script.annotations)
    assert len(script.annotations) == 3_000
