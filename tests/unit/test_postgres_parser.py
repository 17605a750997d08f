"""What relcheck relies on of libpg_query: held to its word, so that a new release of it is safe to take."""

from __future__ import annotations

from contextlib import suppress

import pytest

from relcheck.sources.migration.sql.postgres.parser import PARSER_MAJOR, Node, SqlError, _library, parse, parse_body


def test_the_grammar_is_that_of_the_release_that_is_said() -> None:
    import postgast

    assert postgast.parse("SELECT 1").version // 10_000 == PARSER_MAJOR


def test_a_statement_is_a_node_of_its_kind_with_its_fields() -> None:
    [node] = parse('ALTER TABLE s."T" DROP COLUMN c CASCADE')
    assert node.kind == "AlterTableStmt"
    relation = node.child("relation")
    assert relation is not None
    assert (relation.text("schemaname"), relation.text("relname"), relation.number("location")) == ("s", "T", 12)
    [command] = node.children("cmds")
    assert (command.kind, command.text("subtype"), command.text("name")) == ("AlterTableCmd", "AT_DropColumn", "c")
    assert command.text("behavior") == "DROP_CASCADE"
    assert not command.has("location")


def test_locations_count_bytes() -> None:
    [node] = parse("SELECT 'ü' FROM t")
    [table] = node.children("fromClause")
    assert table.number("location") == 17


def test_what_has_its_default_is_absent() -> None:
    [node] = parse("CREATE INDEX i ON t (a)")
    assert not node.flag("concurrent")
    assert not node.has("concurrent")
    assert parse("CREATE INDEX CONCURRENTLY i ON t (a)")[0].flag("concurrent")
    assert node.number("no_such_field") == 0
    assert node.text("no_such_field") == ""
    assert node.child("no_such_field") is None
    assert node.children("no_such_field") == []


def test_names_are_those_that_the_server_looks_for() -> None:
    [node] = parse('DROP TABLE Foo."Bar"')
    assert [part.strings("items") for part in node.children("objects")] == [["foo", "Bar"]]


def test_types_have_the_names_of_the_catalogue() -> None:
    [node] = parse("ALTER TABLE t ADD c timestamp with time zone")
    [command] = node.children("cmds")
    column = command.child("def")
    assert column is not None
    names = column.child("typeName")
    assert names is not None
    assert names.strings("names") == ["pg_catalog", "timestamptz"]


def test_what_the_server_refuses_is_refused_with_its_words_and_the_place() -> None:
    with pytest.raises(SqlError, match='syntax error at or near "TABEL"') as caught:
        parse("/* ü */ DROP TABEL t")
    assert caught.value.at == 13


def test_an_identifier_may_hold_the_character_that_stands_for_holes() -> None:
    [node] = parse("DROP TABLE a\N{OBJECT REPLACEMENT CHARACTER}b")
    assert [part.strings("items") for part in node.children("objects")] == [["a\N{OBJECT REPLACEMENT CHARACTER}b"]]


def test_a_body_has_its_statements_in_their_order_with_their_text() -> None:
    body = parse_body("DO $$ BEGIN IF a THEN DROP TABLE t; END IF; EXECUTE 'x'; END $$")
    assert body is not None
    block = body.child("action")
    assert block is not None
    assert block.kind == "PLpgSQL_stmt_block"
    condition, execute, *_ = block.children("body")
    assert (condition.kind, execute.kind) == ("PLpgSQL_stmt_if", "PLpgSQL_stmt_dynexecute")
    [dropped] = condition.children("then_body")
    query = dropped.child("sqlstmt")
    assert query is not None
    assert query.text("query") == "DROP TABLE t"


def test_a_body_that_is_none_is_refused() -> None:
    with pytest.raises(SqlError):
        parse_body("DO $$ BEGIN nonsense; END $$")


@pytest.mark.parametrize("depth", [500, 3000])
def test_deep_trees_are_refused_and_not_followed(depth: int) -> None:
    for text in ("SELECT " + "f(" * depth + "1" + ")" * depth, "SELECT " + "NOT " * depth + "true"):
        with suppress(SqlError):
            parse(text)


def test_the_tree_of_a_statement_with_odd_characters_can_be_read() -> None:
    [node] = parse('SELECT \'\x01"\\\U0001f600\' AS "a\nb"')
    assert isinstance(node, Node)


def test_loading_it_takes_no_protobuf() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from relcheck.sources.migration.sql import read_sql; read_sql('SELECT 1', 'postgres'); "
        "assert not {'google.protobuf', 'postgast', 'sqlglot'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_it_is_loaded_once() -> None:
    assert _library() is _library()
