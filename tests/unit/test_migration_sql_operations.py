"""What one statement of PostgreSQL is read as: every kind of operation, by an example of it."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.operation import Column, Constraint, ForeignKey, Kind, Operation, SqlType
from relcheck.sources.migration.sql import read_sql


def _one(sql: str) -> Operation:
    operations = read_sql(sql, "postgres").operations
    assert len(operations) == 1, operations
    return operations[0]


CASES: list[tuple[str, Kind, dict[str, object]]] = [
    ("CREATE TABLE IF NOT EXISTS s.t (a int)", Kind.CREATE_TABLE, {"table": "s.t", "if_not_exists": True}),
    ("CREATE TEMP TABLE t (a int)", Kind.CREATE_TABLE, {"table": "t", "temporary": True}),
    ("CREATE TABLE t (a int) PARTITION BY RANGE (a)", Kind.CREATE_TABLE, {"partitioned": True}),
    (
        "CREATE TABLE t (LIKE u)",
        Kind.CREATE_TABLE,
        {"table": "t", "reads": ("u",), "unknown": ("new_columns",)},
    ),
    ("CREATE TABLE p PARTITION OF t DEFAULT", Kind.CREATE_TABLE, {"object_type": "partition", "targets": ("t",)}),
    ("CREATE TABLE t AS SELECT a FROM u WHERE b", Kind.CREATE_TABLE_AS, {"reads": ("u",), "has_where": True}),
    ("SELECT a INTO t FROM u", Kind.CREATE_TABLE_AS, {"table": "t", "reads": ("u",), "has_where": False}),
    ("DROP TABLE IF EXISTS t CASCADE", Kind.DROP_TABLE, {"table": "t", "if_exists": True, "cascade": True}),
    ('ALTER TABLE t RENAME TO "U"', Kind.RENAME_TABLE, {"table": "t", "new_name": "U"}),
    ("ALTER TABLE a.t SET SCHEMA b", Kind.MOVE_TABLE_SCHEMA, {"table": "a.t", "new_name": "b.t"}),
    ("ALTER TABLE t SET TABLESPACE x", Kind.ALTER_TABLE_STORAGE, {"name": "tablespace", "value": "x"}),
    ("ALTER TABLE t SET UNLOGGED", Kind.ALTER_TABLE_STORAGE, {"name": "unlogged"}),
    ("ALTER TABLE t OWNER TO x", Kind.ALTER_TABLE_OPTION, {"table": "t", "name": "owner"}),
    ("COMMENT ON COLUMN t.c IS 'x'", Kind.ALTER_TABLE_OPTION, {"table": "t", "column": "c", "name": "comment"}),
    ("ALTER TABLE t ALTER c SET STATISTICS 9", Kind.ALTER_TABLE_OPTION, {"column": "c", "name": "statistics"}),
    ("ALTER TABLE t ADD c text", Kind.ADD_COLUMN, {"table": "t", "column": "c", "type": SqlType("text", text="text")}),
    ("ALTER TABLE t DROP IF EXISTS c CASCADE", Kind.DROP_COLUMN, {"column": "c", "if_exists": True, "cascade": True}),
    ("ALTER TABLE t RENAME a TO b", Kind.RENAME_COLUMN, {"table": "t", "column": "a", "new_name": "b"}),
    (
        "ALTER TABLE t ALTER c TYPE numeric(10, 2) USING c::numeric + (1)",
        Kind.ALTER_COLUMN_TYPE,
        {
            "column": "c",
            "type": SqlType("numeric", ("10", "2"), text="numeric(10, 2)"),
            "using": "c::numeric + (1)",
        },
    ),
    ('ALTER TABLE t ALTER c TYPE text COLLATE "C"', Kind.ALTER_COLUMN_TYPE, {"value": "C"}),
    ("ALTER TABLE t ALTER c SET NOT NULL", Kind.SET_NOT_NULL, {"table": "t", "column": "c"}),
    ("ALTER TABLE t ALTER c DROP NOT NULL", Kind.DROP_NOT_NULL, {"table": "t", "column": "c"}),
    ("ALTER TABLE t ALTER c SET DEFAULT now()", Kind.SET_DEFAULT, {"default": "now()", "volatile": False}),
    ("ALTER TABLE t ALTER c SET DEFAULT gen_random_uuid()", Kind.SET_DEFAULT, {"volatile": True}),
    ("ALTER TABLE t ALTER c SET DEFAULT ours()", Kind.SET_DEFAULT, {"volatile": None}),
    ("ALTER TABLE t ALTER c DROP DEFAULT", Kind.DROP_DEFAULT, {"column": "c"}),
    ("ALTER TABLE t ALTER c ADD GENERATED ALWAYS AS IDENTITY", Kind.ADD_IDENTITY, {"column": "c"}),
    ("ALTER TABLE t ALTER c DROP IDENTITY IF EXISTS", Kind.DROP_IDENTITY, {"column": "c", "if_exists": True}),
    ("ALTER TABLE t ALTER c DROP EXPRESSION", Kind.DROP_EXPRESSION, {"column": "c"}),
    (
        "ALTER TABLE t ADD CONSTRAINT k CHECK (a > (1)) NOT VALID",
        Kind.ADD_CONSTRAINT,
        {
            "name": "k",
            "constraint": Constraint(type="check", name="k", columns=("a",), expression="a > (1)", not_valid=True),
        },
    ),
    (
        "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i",
        Kind.ADD_CONSTRAINT,
        {"constraint": Constraint(type="unique", name="k", using_index="i")},
    ),
    (
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (b) ON DELETE SET NULL",
        Kind.ADD_CONSTRAINT,
        {
            "columns": ("a",),
            "constraint": Constraint(
                type="foreign_key", columns=("a",), references=ForeignKey("u", ("b",), on_delete="SET NULL")
            ),
        },
    ),
    ("ALTER TABLE t ADD PRIMARY KEY (a, b)", Kind.ADD_CONSTRAINT, {"columns": ("a", "b")}),
    ("ALTER TABLE t DROP CONSTRAINT k CASCADE", Kind.DROP_CONSTRAINT, {"name": "k", "cascade": True}),
    ("ALTER TABLE t RENAME CONSTRAINT k TO l", Kind.RENAME_CONSTRAINT, {"table": "t", "name": "k", "new_name": "l"}),
    ("ALTER TABLE t VALIDATE CONSTRAINT k", Kind.VALIDATE_CONSTRAINT, {"table": "t", "name": "k"}),
    ("ALTER TABLE t ALTER CONSTRAINT k DEFERRABLE", Kind.ALTER_CONSTRAINT, {"table": "t", "name": "k"}),
    (
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t USING btree (a, lower(b)) WHERE c IS NULL",
        Kind.CREATE_INDEX,
        {
            "table": "t",
            "name": "i",
            "columns": ("a", "lower(b)"),
            "using": "btree",
            "unique": True,
            "concurrently": True,
            "if_not_exists": True,
            "has_where": True,
            "where": "c IS NULL",
        },
    ),
    ("DROP INDEX CONCURRENTLY IF EXISTS s.i", Kind.DROP_INDEX, {"name": "s.i", "concurrently": True}),
    ("ALTER INDEX i RENAME TO j", Kind.RENAME_INDEX, {"name": "i", "new_name": "j"}),
    ("REINDEX TABLE CONCURRENTLY t", Kind.REINDEX, {"table": "t", "object_type": "table", "concurrently": True}),
    ("REINDEX INDEX i", Kind.REINDEX, {"table": None, "name": "i", "object_type": "index"}),
    ("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)", Kind.ATTACH_PARTITION, {"table": "t", "name": "p"}),
    ("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", Kind.DETACH_PARTITION, {"name": "p", "concurrently": True}),
    ("CREATE TYPE c AS (a int)", Kind.CREATE_TYPE, {"name": "c"}),
    ("CREATE TYPE e AS ENUM ('a', 'b')", Kind.CREATE_ENUM, {"name": "e", "targets": ("a", "b")}),
    ("CREATE DOMAIN d AS int CHECK (value > 0)", Kind.CREATE_DOMAIN, {"name": "d"}),
    ("ALTER DOMAIN d ADD CONSTRAINT k CHECK (value > 0)", Kind.ALTER_DOMAIN, {"name": "d", "value": "add constraint"}),
    ("DROP TYPE e", Kind.DROP_TYPE, {"name": "e"}),
    ("DROP DOMAIN d", Kind.DROP_TYPE, {"name": "d", "object_type": "domain"}),
    (
        "ALTER TYPE e ADD VALUE IF NOT EXISTS 'c' AFTER 'b'",
        Kind.ADD_ENUM_VALUE,
        {"name": "e", "value": "c", "using": "after b", "if_not_exists": True},
    ),
    ("ALTER TYPE e RENAME VALUE 'a' TO 'z'", Kind.RENAME_ENUM_VALUE, {"name": "e", "value": "a", "new_name": "z"}),
    (
        "CREATE OR REPLACE VIEW v AS SELECT a, t.b AS c, count(*) FROM t",
        Kind.CREATE_VIEW,
        {"table": "v", "columns": ("a", "c", "count"), "reads": ("t",), "or_replace": True},
    ),
    ("CREATE VIEW v AS SELECT * FROM t", Kind.CREATE_VIEW, {"unknown": ("columns",)}),
    ("CREATE MATERIALIZED VIEW v AS SELECT a FROM t", Kind.CREATE_MATERIALIZED_VIEW, {"table": "v", "reads": ("t",)}),
    ("DROP MATERIALIZED VIEW v", Kind.DROP_VIEW, {"table": "v", "object_type": "materialized view"}),
    (
        "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
        Kind.REFRESH_MATERIALIZED_VIEW,
        {"table": "v", "concurrently": True},
    ),
    (
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ DROP TABLE t; $$",
        Kind.CREATE_ROUTINE,
        {"name": "f", "object_type": "function", "or_replace": True, "value": "security definer"},
    ),
    ("CREATE PROCEDURE p() LANGUAGE sql AS 'select 1'", Kind.CREATE_ROUTINE, {"object_type": "procedure"}),
    (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC; SELECT CASE WHEN true THEN 1 END; END",
        Kind.CREATE_ROUTINE,
        {"name": "f"},
    ),
    ("DROP FUNCTION f(int)", Kind.DROP_ROUTINE, {"name": "f", "object_type": "function"}),
    (
        "CREATE TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        Kind.CREATE_TRIGGER,
        {"table": "t", "name": "g", "using": "f"},
    ),
    ("DROP TRIGGER g ON s.t", Kind.DROP_TRIGGER, {"table": "s.t", "name": "g"}),
    ("ALTER TABLE t ENABLE TRIGGER g", Kind.ENABLE_TRIGGER, {"table": "t", "name": "g"}),
    ("ALTER TABLE t DISABLE TRIGGER ALL", Kind.DISABLE_TRIGGER, {"table": "t", "name": "all"}),
    ("CREATE SEQUENCE s.q", Kind.CREATE_SEQUENCE, {"name": "s.q"}),
    ("ALTER SEQUENCE q RESTART", Kind.ALTER_SEQUENCE, {"name": "q"}),
    ("SELECT setval('q', 1)", Kind.ALTER_SEQUENCE, {"name": "q", "value": "setval"}),
    ("DROP SEQUENCE q", Kind.DROP_SEQUENCE, {"name": "q"}),
    ("CREATE SCHEMA IF NOT EXISTS s", Kind.CREATE_SCHEMA, {"name": "s", "if_not_exists": True}),
    ("ALTER SCHEMA s RENAME TO r", Kind.RENAME_SCHEMA, {"name": "s", "new_name": "r"}),
    ("DROP SCHEMA s CASCADE", Kind.DROP_SCHEMA, {"name": "s", "cascade": True}),
    ("DROP DATABASE d", Kind.DROP_DATABASE, {"name": "d"}),
    ("CREATE EXTENSION IF NOT EXISTS x", Kind.CREATE_EXTENSION, {"name": "x", "if_not_exists": True}),
    ("ALTER EXTENSION x UPDATE", Kind.ALTER_EXTENSION, {"name": "x", "value": "update"}),
    ("DROP EXTENSION x", Kind.DROP_EXTENSION, {"name": "x"}),
    ("ALTER VIEW v RENAME TO w", Kind.RENAME_OBJECT, {"name": "v", "new_name": "w", "object_type": "view"}),
    ("ALTER FUNCTION f(int) RENAME TO g", Kind.RENAME_OBJECT, {"name": "f", "object_type": "function"}),
    ("DROP PUBLICATION p", Kind.DROP_OBJECT, {"name": "p", "object_type": "publication"}),
    ("CREATE PUBLICATION p FOR ALL TABLES", Kind.CREATE_OBJECT, {"name": "p", "object_type": "publication"}),
    ("ALTER FUNCTION f() OWNER TO x", Kind.ALTER_OBJECT, {"name": "f", "object_type": "function", "value": "owner"}),
    ("TRUNCATE t CASCADE", Kind.TRUNCATE, {"table": "t", "cascade": True}),
    (
        "INSERT INTO t (a) SELECT b FROM u WHERE c > 1 ON CONFLICT DO NOTHING",
        Kind.INSERT,
        {"columns": ("a",), "reads": ("u",), "has_where": True, "where": "c > 1", "value": "on conflict"},
    ),
    ("INSERT INTO t VALUES (1)", Kind.INSERT, {"table": "t", "has_where": None, "reads": ()}),
    (
        "UPDATE t SET a = u.a FROM u WHERE t.id = u.id AND t.a IS NULL RETURNING 1",
        Kind.UPDATE,
        {"columns": ("a",), "reads": ("u",), "has_where": True, "where": "t.id = u.id AND t.a IS NULL"},
    ),
    ("UPDATE t SET a = 1", Kind.UPDATE, {"has_where": False, "where": ""}),
    ("DELETE FROM ONLY t", Kind.DELETE, {"table": "t", "has_where": False}),
    ("COPY t (a) FROM '/x'", Kind.COPY, {"table": "t", "columns": ("a",)}),
    ("GRANT SELECT ON t TO x", Kind.GRANT, {"table": "t", "name": "x", "value": "select", "targets": ("t",)}),
    ("GRANT ALL ON t TO PUBLIC", Kind.GRANT, {"name": "public", "value": "all"}),
    ("GRANT admin TO x", Kind.GRANT, {"name": "x", "value": "admin", "object_type": "role"}),
    ("REVOKE ALL ON ALL TABLES IN SCHEMA s FROM x", Kind.REVOKE, {"object_type": "all tables in schema"}),
    ("CREATE POLICY p ON t USING (a = 1)", Kind.CREATE_POLICY, {"table": "t", "name": "p", "using": "a = 1"}),
    ("DROP POLICY p ON t", Kind.DROP_POLICY, {"table": "t", "name": "p"}),
    ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", Kind.ENABLE_ROW_SECURITY, {"table": "t"}),
    ("ALTER TABLE t NO FORCE ROW LEVEL SECURITY", Kind.DISABLE_ROW_SECURITY, {"value": "force"}),
    ("CREATE ROLE r", Kind.CREATE_ROLE, {"name": "r"}),
    ("ALTER ROLE r SUPERUSER", Kind.ALTER_ROLE, {"name": "r"}),
    ("DROP ROLE r", Kind.DROP_ROLE, {"name": "r"}),
    ("LOCK TABLE t IN SHARE MODE", Kind.LOCK_TABLE, {"table": "t", "value": "SHARE"}),
    ("LOCK t", Kind.LOCK_TABLE, {"value": "ACCESS EXCLUSIVE"}),
    ("SET LOCAL lock_timeout = '2s'", Kind.SET, {"name": "lock_timeout", "value": "2s", "object_type": "local"}),
    ("SELECT set_config('search_path', '', false)", Kind.SET, {"name": "search_path", "value": ""}),
    ("RESET lock_timeout", Kind.SET, {"name": "lock_timeout", "value": "DEFAULT"}),
    ("VACUUM (FULL) t", Kind.VACUUM_FULL, {"table": "t"}),
    ("VACUUM t", Kind.READ, {"object_type": "vacuum"}),
    ("CLUSTER t USING i", Kind.CLUSTER, {"table": "t", "name": "i"}),
    ("BEGIN", Kind.BEGIN, {}),
    ("START TRANSACTION", Kind.BEGIN, {}),
    ("COMMIT", Kind.COMMIT, {}),
    ("ROLLBACK", Kind.ROLLBACK, {}),
    ("SAVEPOINT s", Kind.SAVEPOINT, {"name": "s"}),
    ("SELECT a FROM t", Kind.READ, {"reads": ("t",)}),
    ("EXPLAIN DELETE FROM t", Kind.READ, {"object_type": "explain"}),
    ("EXPLAIN ANALYZE DELETE FROM t", Kind.DELETE, {"table": "t"}),
    ("NOTIFY x", Kind.READ, {}),
    ("SELECT do_it()", Kind.OPAQUE, {"name": "do_it", "object_type": "call"}),
    ("CALL do_it()", Kind.OPAQUE, {"name": "do_it", "object_type": "call"}),
    ("SELECT FROM FROM", Kind.UNPARSEABLE, {"object_type": "SELECT FROM"}),
    ("ALTER TABLE t ALTER c SET EXPRESSION AS (a)", Kind.OTHER, {"object_type": "ALTER TABLE SET EXPRESSION"}),
]
NOT_FROM_ONE_STATEMENT = {Kind.STATE_ONLY, Kind.DATA_CODE, Kind.DROP_PARTITION}


@pytest.mark.parametrize(("sql", "kind", "fields"), CASES, ids=[sql for sql, _, _ in CASES])
def test_a_statement_is_one_operation(sql: str, kind: Kind, fields: dict[str, object]) -> None:
    operation = _one(sql)
    assert operation.kind == kind
    assert {name: getattr(operation, name) for name in fields} == fields


def test_every_kind_that_sql_of_postgres_can_be_has_an_example() -> None:
    assert {kind for _, kind, _ in CASES} == set(Kind) - NOT_FROM_ONE_STATEMENT


def test_the_columns_of_a_new_table_are_all_that_is_written_of_them() -> None:
    operation = _one(
        """CREATE TABLE "Order" (
            id bigserial PRIMARY KEY,
            number varchar(20) COLLATE "C" NOT NULL DEFAULT upper('a' || ',') UNIQUE,
            tags text[] DEFAULT '{}'::text[],
            made timestamp with time zone DEFAULT now() NOT NULL,
            owner_id int CONSTRAINT owns REFERENCES users ON DELETE CASCADE,
            total numeric GENERATED ALWAYS AS (1) STORED,
            serial int GENERATED BY DEFAULT AS IDENTITY
        )"""
    )
    by_name = {column.name: column for column in operation.new_columns}
    assert operation.table == "Order"
    assert by_name["id"] == Column(
        name="id",
        type=SqlType("int8", text="bigserial"),
        nullable=False,
        serial=True,
        constraints=(Constraint(type="primary_key", columns=("id",)),),
    )
    assert by_name["number"] == Column(
        name="number",
        type=SqlType("varchar", ("20",), text="varchar(20)"),
        nullable=False,
        default="upper('a' || ',')",
        collation="C",
        constraints=(Constraint(type="unique", columns=("number",)),),
    )
    assert by_name["tags"].type == SqlType("text", (), 1, "text[]")
    assert by_name["tags"].default == "'{}'::text[]"
    assert by_name["made"].type == SqlType("timestamptz", text="timestamp with time zone")
    assert (by_name["made"].default, by_name["made"].nullable) == ("now()", False)
    assert by_name["owner_id"].constraints[0].name == "owns"
    assert by_name["owner_id"].constraints[0].references == ForeignKey("users", on_delete="CASCADE")
    assert by_name["total"].generated == "stored"
    assert by_name["serial"].identity
    assert [one.type for one in operation.constraints] == ["primary_key", "unique", "foreign_key"]


def test_each_action_of_an_alter_table_is_an_operation_in_its_own_place() -> None:
    sql = (
        'ALTER TABLE ONLY s."T"\n  ADD COLUMN a numeric(1, 2) DEFAULT f(1, 2),\n'
        "  DROP COLUMN b,\n  ALTER c SET NOT NULL"
    )
    operations = read_sql(sql, "postgres").operations
    assert [one.sql for one in operations] == [
        "ADD COLUMN a numeric(1, 2) DEFAULT f(1, 2)",
        "DROP COLUMN b",
        "ALTER c SET NOT NULL",
    ]
    assert [(one.region.line, one.region.column, one.region.end_column) for one in operations] == [
        (2, 3, 45),
        (3, 3, 16),
        (4, 3, 23),
    ]
    assert {one.table for one in operations} == {"s.T"}


def test_places_count_characters_where_names_are_not_ascii() -> None:
    [operation] = read_sql("ALTER TABLE größe ADD COLUMN ä text DEFAULT 'üü', DROP COLUMN ö", "postgres").operations[1:]
    assert operation.sql == "DROP COLUMN ö"
    assert operation.column == "ö"


def test_a_statement_about_several_objects_is_an_operation_for_each() -> None:
    operations = read_sql("DROP TABLE a, b.c", "postgres").operations
    assert [(one.table, one.targets) for one in operations] == [("a", ("a", "b.c")), ("b.c", ("a", "b.c"))]


def test_what_the_queries_of_with_change_is_told_too() -> None:
    operations = read_sql(
        "WITH old AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM old", "postgres"
    ).operations
    assert [(one.kind, one.table) for one in operations] == [(Kind.DELETE, "a"), (Kind.INSERT, "b")]
    assert operations[1].reads == ()


def test_merge_is_what_its_branches_do() -> None:
    operations = read_sql(
        "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)", "postgres"
    ).operations
    assert [(one.kind, one.table, one.reads) for one in operations] == [
        (Kind.DELETE, "a", ("b",)),
        (Kind.INSERT, "a", ("b",)),
    ]


def test_a_schema_made_with_its_objects_is_all_of_them() -> None:
    operations = read_sql(
        "CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT a FROM t", "postgres"
    ).operations
    assert [one.kind for one in operations] == [Kind.CREATE_SCHEMA, Kind.CREATE_TABLE, Kind.CREATE_VIEW]


def test_one_bad_statement_does_not_lose_the_others() -> None:
    operations = read_sql("DROP TABLE a;\nDROP TABEL b;\nDROP TABLE c;", "postgres").operations
    assert [one.kind for one in operations] == [Kind.DROP_TABLE, Kind.UNPARSEABLE, Kind.DROP_TABLE]
    assert operations[1].region.line == 2
    assert 'syntax error at or near "TABEL"' in operations[1].reason


def test_a_statement_too_deep_for_the_parser_is_refused_and_does_not_end_the_process() -> None:
    for text in ("SELECT " + "1+" * 200_000 + "1", "SELECT " + "(" * 50_000, "SELECT " + "a." * 5_000 + "b"):
        [operation] = read_sql(text, "postgres").operations
        assert operation.kind is Kind.UNPARSEABLE


def test_many_rows_are_no_deep_statement() -> None:
    rows = ", ".join(["(1, -2)"] * 3000)
    [operation] = read_sql("INSERT INTO t VALUES ROWS".replace("ROWS", rows), "postgres").operations
    assert operation.kind is Kind.INSERT
    assert len(operation.sql) < 5000


def test_a_text_with_a_nul_is_not_read_as_if_it_ended_there() -> None:
    script = read_sql("SELECT 1;\0DROP TABLE t;", "postgres")
    assert [one.kind for one in script.operations] == [Kind.UNPARSEABLE]
    assert script.problems[0].kind == "nul"
    assert script.problems[0].region.column == 10
