"""DO blocks: what runs in them, under which conditions, and what cannot be told."""

from __future__ import annotations

from relcheck.sources.migration.operation import Kind, Operation
from relcheck.sources.migration.sql import read_sql


def _block(body: str, declared: str = "") -> tuple[Operation, ...]:
    return read_sql(f"DO $$ {declared}\nBEGIN\n{body}\nEND $$;", "postgres").operations


def test_static_sql_is_read_in_its_own_place() -> None:
    [operation] = _block("  DROP TABLE t;")
    assert (operation.kind, operation.table, operation.sql) == (Kind.DROP_TABLE, "t", "DROP TABLE t")
    assert (operation.region.line, operation.region.column, operation.region.end_column) == (3, 3, 15)


def test_conditions_are_guards() -> None:
    operations = _block("IF a THEN DROP TABLE t; ELSIF b THEN DROP TABLE u; ELSE DROP TABLE v; END IF; DROP TABLE w;")
    assert [(one.table, one.guards) for one in operations] == [
        ("t", ("a",)),
        ("u", ("b",)),
        ("v", ("not (a) and not (b)",)),
        ("w", ()),
    ]


def test_a_block_that_passes_over_errors_says_so() -> None:
    [operation] = _block("CREATE TYPE e AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL;")
    assert (operation.kind, operation.guards) == (Kind.CREATE_ENUM, ("passing over duplicate_object",))


def test_actions_of_an_alter_table_keep_their_places() -> None:
    operations = _block("ALTER TABLE t\n  ADD a int,\n  DROP b;")
    assert [(one.sql, one.region.line) for one in operations] == [("ADD a int", 4), ("DROP b", 5)]


def test_execute_of_a_literal_is_read() -> None:
    [operation] = _block("EXECUTE 'DROP TABLE t CASCADE';")
    assert (operation.kind, operation.table, operation.cascade) == (Kind.DROP_TABLE, "t", True)
    assert operation.sql == "DROP TABLE t CASCADE"


def test_execute_of_parts_is_read_as_far_as_they_are_known() -> None:
    operations = _block(
        "EXECUTE 'DROP TABLE ' || quote_ident(name);\nEXECUTE format('ALTER TABLE %I DROP COLUMN %I', r.t, 'Old');\n"
        "EXECUTE 'TRUNCATE ' || who;",
        "DECLARE name text := 'old_things'; who text;",
    )
    assert [(one.kind, one.table, one.column) for one in operations] == [
        (Kind.DROP_TABLE, "old_things", None),
        (Kind.DROP_COLUMN, "?", "Old"),
        (Kind.TRUNCATE, "?", None),
    ]


def test_a_variable_that_a_branch_changes_is_not_known_behind_it() -> None:
    operations = _block(
        "sql := 'DROP TABLE a'; EXECUTE sql; IF b THEN sql := 'DROP TABLE c'; END IF; EXECUTE sql;",
        "DECLARE sql text;",
    )
    assert [(one.kind, one.table) for one in operations] == [(Kind.DROP_TABLE, "a"), (Kind.OPAQUE, None)]


def test_execute_of_what_is_not_known_is_opaque() -> None:
    [operation] = _block("EXECUTE r.command;")
    assert operation.kind is Kind.OPAQUE
    assert "r.command" in operation.reason


def test_loops_repeat() -> None:
    operations = _block(
        "FOR r IN SELECT 1 LOOP EXECUTE format('DROP TABLE %I', r.t); END LOOP; DROP TABLE u;", "DECLARE r record;"
    )
    assert [(one.table, one.repeated) for one in operations] == [("?", True), ("u", False)]


def test_perform_is_a_call() -> None:
    operations = _block("PERFORM pg_sleep(1); PERFORM clean_up();")
    assert [one.kind for one in operations] == [Kind.READ, Kind.OPAQUE]


def test_a_block_that_changes_nothing_reads() -> None:
    [operation] = _block("RAISE NOTICE 'x';")
    assert operation.kind is Kind.READ


def test_a_block_in_quotes_is_read_and_its_statements_stand_at_the_block() -> None:
    operations = read_sql("DO 'BEGIN EXECUTE ''DROP TABLE t''; DROP TABLE u; END'", "postgres").operations
    assert [(one.kind, one.table) for one in operations] == [(Kind.DROP_TABLE, "t"), (Kind.DROP_TABLE, "u")]


def test_a_block_that_cannot_be_read_is_opaque() -> None:
    for text in ("DO LANGUAGE plpython3u $$ x $$", "DO $$ BEGIN nonsense here is END $$"):
        [operation] = read_sql(text, "postgres").operations
        assert operation.kind in (Kind.OPAQUE, Kind.UNPARSEABLE)


def test_the_body_of_a_function_that_is_made_does_not_run() -> None:
    [operation] = read_sql(
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$", "postgres"
    ).operations
    assert operation.kind is Kind.CREATE_ROUTINE


def test_a_call_of_a_function_that_the_same_text_makes_is_what_its_body_does() -> None:
    made = (
        "CREATE FUNCTION clean() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE a; END $$;\n"
        "CREATE FUNCTION more() RETURNS void LANGUAGE sql AS 'DELETE FROM b; DROP TABLE c;';\n"
    )
    operations = read_sql(made + "SELECT clean();\nSELECT more();\nSELECT other();", "postgres").operations[2:]
    assert [(one.kind, one.table, one.sql, one.region.line) for one in operations] == [
        (Kind.DROP_TABLE, "a", "DROP TABLE a", 3),
        (Kind.DELETE, "b", "DELETE FROM b", 4),
        (Kind.DROP_TABLE, "c", "DROP TABLE c", 4),
        (Kind.OPAQUE, None, "SELECT other()", 5),
    ]


def test_a_function_that_calls_itself_is_opaque_there() -> None:
    text = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT f();';\nSELECT f();"
    assert [one.kind for one in read_sql(text, "postgres").operations] == [Kind.CREATE_ROUTINE, Kind.OPAQUE]
