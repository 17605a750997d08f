"""Statements of MySQL and SQLite."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.operation import Column, Constraint, Dialect, ForeignKey, Kind, SqlType
from relcheck.sources.migration.sql import read_sql
from relcheck.sources.python.rope import HOLE

MYSQL: list[tuple[str, list[tuple[Kind, dict[str, object]]]]] = [
    (
        (
            "ALTER TABLE `t` ADD COLUMN `a` int(11) unsigned NOT NULL DEFAULT 1 AFTER b, DROP c,"
            " ALGORITHM=COPY, LOCK=SHARED"
        ),
        [
            (
                Kind.ADD_COLUMN,
                {
                    "new_columns": (
                        Column(
                            name="a",
                            type=SqlType("int unsigned", ("11",), text="int(11) unsigned"),
                            nullable=False,
                            default="1",
                        ),
                    ),
                    "algorithm": "COPY",
                    "lock": "SHARED",
                },
            ),
            (Kind.DROP_COLUMN, {"column": "c", "sql": "DROP c"}),
        ],
    ),
    (
        "ALTER TABLE t MODIFY a BIGINT NOT NULL",
        [(Kind.ALTER_COLUMN_TYPE, {"type": SqlType("bigint", text="BIGINT")}), (Kind.SET_NOT_NULL, {"column": "a"})],
    ),
    (
        "ALTER TABLE t CHANGE a b TEXT",
        [(Kind.RENAME_COLUMN, {"column": "a", "new_name": "b"}), (Kind.ALTER_COLUMN_TYPE, {"column": "b"})],
    ),
    ("ALTER TABLE t ADD INDEX i (a, (lower(b)))", [(Kind.CREATE_INDEX, {"name": "i", "columns": ("a", "(lower(b))")})]),
    ("ALTER TABLE t ADD FULLTEXT KEY (a)", [(Kind.CREATE_INDEX, {"using": "fulltext"})]),
    ("ALTER TABLE t ADD UNIQUE u (a)", [(Kind.ADD_CONSTRAINT, {"name": "u", "columns": ("a",)})]),
    (
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (b) ON DELETE SET NULL",
        [
            (
                Kind.ADD_CONSTRAINT,
                {
                    "constraint": Constraint(
                        type="foreign_key", name="f", columns=("a",), references=ForeignKey("u", ("b",), "SET NULL")
                    )
                },
            )
        ],
    ),
    ("ALTER TABLE t DROP PRIMARY KEY", [(Kind.DROP_CONSTRAINT, {"constraint": Constraint(type="primary_key")})]),
    ("ALTER TABLE t DROP FOREIGN KEY f", [(Kind.DROP_CONSTRAINT, {"name": "f"})]),
    ("ALTER TABLE t DROP KEY i", [(Kind.DROP_INDEX, {"table": "t", "name": "i"})]),
    ("ALTER TABLE t DROP PARTITION p, q", [(Kind.DROP_PARTITION, {"name": "p"}), (Kind.DROP_PARTITION, {"name": "q"})]),
    ("ALTER TABLE t RENAME u", [(Kind.RENAME_TABLE, {"new_name": "u"})]),
    ("ALTER TABLE t RENAME INDEX i TO j", [(Kind.RENAME_INDEX, {"name": "i", "new_name": "j"})]),
    ("ALTER TABLE t ALTER a SET DEFAULT 1", [(Kind.SET_DEFAULT, {"column": "a", "default": "1"})]),
    ("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", [(Kind.ALTER_TABLE_STORAGE, {"name": "character set"})]),
    ("ALTER TABLE t ENGINE = InnoDB", [(Kind.ALTER_TABLE_STORAGE, {"name": "engine"})]),
    ("RENAME TABLE a TO b, c TO d", [(Kind.RENAME_TABLE, {"table": "a"}), (Kind.RENAME_TABLE, {"table": "c"})]),
    ("DROP INDEX i ON t", [(Kind.DROP_INDEX, {"table": "t", "name": "i"})]),
    ("DROP SCHEMA d", [(Kind.DROP_DATABASE, {"name": "d"})]),
    ("TRUNCATE t", [(Kind.TRUNCATE, {"table": "t"})]),
    ("OPTIMIZE TABLE t", [(Kind.VACUUM_FULL, {"table": "t", "object_type": "optimize"})]),
    ("LOCK TABLES t WRITE", [(Kind.LOCK_TABLE, {"table": "t", "value": "WRITE"})]),
    ("SET SESSION lock_wait_timeout = 5", [(Kind.SET, {"name": "lock_wait_timeout", "value": "5"})]),
    ("GRANT ALL ON d.* TO 'x'@'%'", [(Kind.GRANT, {"name": "'x'@'%'", "value": "all"})]),
    ("REPLACE INTO t SELECT * FROM u", [(Kind.INSERT, {"table": "t", "reads": ("u",)})]),
    ("UPDATE t JOIN u ON t.i = u.i SET t.a = 1 WHERE u.b", [(Kind.UPDATE, {"table": "t", "has_where": True})]),
    ("DELETE FROM t", [(Kind.DELETE, {"table": "t", "has_where": False})]),
    ("CALL p()", [(Kind.OPAQUE, {})]),
    ("CREATE DEFINER=`r`@`%` PROCEDURE p() SELECT 1", [(Kind.CREATE_ROUTINE, {"name": "p"})]),
    ("INSTALL PLUGIN x SONAME 'y'", [(Kind.UNPARSEABLE, {})]),
]
SQLITE: list[tuple[str, list[tuple[Kind, dict[str, object]]]]] = [
    (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT REFERENCES u (b)) WITHOUT ROWID",
        [(Kind.CREATE_TABLE, {"table": "t"})],
    ),
    ("ALTER TABLE t ADD a TEXT", [(Kind.ADD_COLUMN, {"column": "a"})]),
    ("ALTER TABLE t RENAME COLUMN a TO b", [(Kind.RENAME_COLUMN, {"column": "a", "new_name": "b"})]),
    ("ALTER TABLE t DROP COLUMN a", [(Kind.DROP_COLUMN, {"column": "a"})]),
    ("PRAGMA foreign_keys = OFF", [(Kind.SET, {"name": "foreign_keys", "value": "OFF"})]),
    ("PRAGMA table_info(t)", [(Kind.READ, {})]),
    ("INSERT INTO new SELECT a FROM t", [(Kind.INSERT, {"table": "new", "reads": ("t",), "has_where": False})]),
    ("CREATE INDEX IF NOT EXISTS i ON t (a) WHERE b", [(Kind.CREATE_INDEX, {"where": "b", "has_where": True})]),
    ("VACUUM", [(Kind.VACUUM_FULL, {})]),
    ("BEGIN TRANSACTION", [(Kind.BEGIN, {})]),
    ("ATTACH DATABASE 'x' AS y", [(Kind.OTHER, {"object_type": "ATTACH DATABASE"})]),
]


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [*(("mysql", *case) for case in MYSQL), *(("sqlite", *case) for case in SQLITE)],
    ids=[f"{sql}" for sql, _ in (*MYSQL, *SQLITE)],
)
def test_a_statement_is_read(dialect: Dialect, sql: str, expected: list[tuple[Kind, dict[str, object]]]) -> None:
    operations = read_sql(sql, dialect).operations
    for operation, (kind, fields) in zip(operations, expected, strict=len(operations) == len(expected)):
        assert operation.kind == kind, operation
        assert {name: getattr(operation, name) for name in fields} == fields
    assert operations[0].dialect == dialect


def test_the_indexes_of_a_new_table_are_operations_too() -> None:
    operations = read_sql("CREATE TABLE t (a int, PRIMARY KEY (a), KEY k (a)) ENGINE=InnoDB", "mysql").operations
    assert [one.kind for one in operations] == [Kind.CREATE_TABLE, Kind.CREATE_INDEX]
    assert operations[0].new_columns[0].nullable is False
    assert operations[0].constraints == (Constraint(type="primary_key", columns=("a",)),)


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
@pytest.mark.parametrize("sql", ["nonsense here", "DROP TABLE a b c", "ALTER TABLE", "UPDATE t SET WHERE", ")"])
def test_what_is_no_statement_is_unparseable(dialect: Dialect, sql: str) -> None:
    [operation] = read_sql(sql, dialect).operations
    assert operation.kind is Kind.UNPARSEABLE
    assert operation.reason


def test_a_deep_statement_is_refused() -> None:
    [operation] = read_sql("SELECT " + "(" * 5000 + "1" + ")" * 5000, "mysql").operations
    assert operation.kind is Kind.UNPARSEABLE


def test_ddl_of_mysql_is_in_no_transaction() -> None:
    operations = read_sql(
        "BEGIN; INSERT INTO t VALUES (1); DROP TABLE t; INSERT INTO u VALUES (1); COMMIT", "mysql"
    ).operations
    assert [one.transaction for one in operations] == [0, 0, None, None, None]


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
def test_holes_are_names_and_values(dialect: Dialect) -> None:
    text = "DROP TABLE @; ALTER TABLE t ADD @ @; DELETE FROM @ @; @ TABLE t;"
    operations = read_sql(text.replace("@", HOLE), dialect).operations
    assert [one.kind for one in operations] == [Kind.DROP_TABLE, Kind.ADD_COLUMN, Kind.DELETE, Kind.OPAQUE]
    assert operations[0].table == "?"
    assert operations[1].column == "?"
    assert (operations[2].table, operations[2].has_where) == ("?", None)


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
def test_a_hole_at_the_end_may_be_a_clause_or_nothing(dialect: Dialect) -> None:
    text = "UPDATE t SET a = 1 WHERE b IS NULL AND c != '8' @".replace("@", HOLE)
    [operation] = read_sql(text, dialect).operations
    assert (operation.kind, operation.has_where) == (Kind.UPDATE, True)
    assert set(operation.unknown) == {"where", "sql"}


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
@pytest.mark.parametrize("name", ["like", "key", "from", "values", "not"])
def test_the_name_of_a_bound_value_may_be_a_keyword(dialect: Dialect, name: str) -> None:
    where = f"a = ':x' AND b LIKE :{name}"
    [operation] = read_sql(" ".join(("DELETE FROM t WHERE", where)), dialect).operations
    assert (operation.kind, operation.unknown) == (Kind.DELETE, ())


def test_a_call_of_a_procedure_that_the_same_text_makes_is_what_its_body_does() -> None:
    text = (
        "CREATE PROCEDURE p()\nBEGIN\n  IF EXISTS (SELECT 1 FROM information_schema.tables) THEN\n"
        "    ALTER TABLE t DROP FOREIGN KEY k;\n  ELSE\n    SELECT 1;\n  END IF;\nEND;\n"
        "CALL p();\nDROP PROCEDURE p;"
    )
    made, dropped, selected, removed = read_sql(text, "mysql").operations
    assert (made.kind, removed.kind) == (Kind.CREATE_ROUTINE, Kind.DROP_ROUTINE)
    assert (dropped.kind, dropped.table, dropped.name) == (Kind.DROP_CONSTRAINT, "t", "k")
    assert dropped.guards == ("EXISTS (SELECT 1 FROM information_schema.tables)",)
    assert selected.guards == ("not (EXISTS (SELECT 1 FROM information_schema.tables))",)
    assert (dropped.region.line, dropped.sql) == (9, "DROP FOREIGN KEY k")


@pytest.mark.parametrize(
    "body",
    ["WHILE a < 2 DO DELETE FROM t; END WHILE;", "PREPARE s FROM @q; EXECUTE s;", "END IF;", "IF a THEN END IF;", ""],
)
def test_a_procedure_of_which_the_body_is_not_followed_stays_opaque(body: str) -> None:
    found = read_sql(f"CREATE PROCEDURE p() BEGIN {body} END; CALL p();", "mysql").operations
    assert [one.kind for one in found][1:] in ([Kind.OPAQUE], [])
