"""SQL with parts that are filled in elsewhere: what is known of it is told, and what is not."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.operation import UNKNOWN, Kind, Operation
from relcheck.sources.migration.sql import read_sql
from relcheck.sources.python.rope import HOLE


def _one(sql: str) -> Operation:
    [operation] = read_sql(sql.replace("@", HOLE), "postgres").operations
    return operation


@pytest.mark.parametrize(
    ("sql", "kind", "unknown"),
    [
        ("DROP TABLE @", Kind.DROP_TABLE, {"table": "?"}),
        ("DROP TABLE old_@_data", Kind.DROP_TABLE, {"table": "old_?_data"}),
        ('DROP TABLE "@"."T"', Kind.DROP_TABLE, {"table": "?.T"}),
        ("ALTER TABLE t DROP COLUMN @", Kind.DROP_COLUMN, {"column": "?"}),
        ("ALTER TABLE t ADD c @", Kind.ADD_COLUMN, {}),
        ("ALTER TABLE t ADD CONSTRAINT k CHECK (@)", Kind.ADD_CONSTRAINT, {}),
        ("UPDATE t SET a = @ WHERE b IN (@)", Kind.UPDATE, {}),
        ("SET lock_timeout = '@ms'", Kind.SET, {"value": "?ms"}),
        ("SET lock_timeout = @", Kind.SET, {"value": "?"}),
        ("CREATE INDEX @ ON @ (@)", Kind.CREATE_INDEX, {"table": "?", "name": "?", "columns": ("?",)}),
        ("ALTER TYPE t ADD VALUE @", Kind.ADD_ENUM_VALUE, {"value": "?"}),
        ("GRANT @ ON t TO @", Kind.GRANT, {"name": "?", "value": "?"}),
    ],
)
def test_a_statement_whose_kind_is_known_is_of_that_kind(sql: str, kind: Kind, unknown: dict[str, object]) -> None:
    operation = _one(sql)
    assert operation.kind == kind
    assert {name: getattr(operation, name) for name in unknown} == unknown
    assert set(unknown) <= set(operation.unknown)


@pytest.mark.parametrize("sql", ["@", "@ TABLE t", "DROP @ t", "ALTER TABLE t @", "{{ statement }}", "${all_of_it}"])
def test_a_statement_whose_verb_is_not_known_is_opaque(sql: str) -> None:
    operation = _one(sql)
    assert operation.kind is Kind.OPAQUE
    assert "put together at run time" in operation.reason
    assert HOLE not in operation.reason + operation.sql


def test_what_is_opaque_says_of_which_table_where_it_can() -> None:
    assert _one("ALTER TABLE t @").table == "t"


def test_a_hole_in_a_type_is_a_number() -> None:
    operation = _one("ALTER TABLE t ALTER c TYPE varchar(@)")
    assert operation.type is not None
    assert (operation.type.name, operation.type.arguments) == ("varchar", (UNKNOWN,))
    assert "type" in operation.unknown


@pytest.mark.parametrize("sql", ["DELETE FROM t @", "UPDATE t SET a = 1 @"])
def test_a_hole_may_be_the_condition(sql: str) -> None:
    operation = _one(sql)
    assert operation.has_where is None
    assert "has_where" in operation.unknown


def test_a_hole_before_index_may_say_how_it_is_made() -> None:
    operation = _one("CREATE @ INDEX i ON t (a)")
    assert {"unique", "concurrently"} <= set(operation.unknown)


@pytest.mark.parametrize("parameter", ["%s", "%(id)s", ":id", ":'id'", "$1"])
def test_parameters_are_values(parameter: str) -> None:
    operation = _one("DELETE FROM t WHERE id = PARAMETER AND a::text LIKE 'b%s'".replace("PARAMETER", parameter))
    assert (operation.kind, operation.has_where) == (Kind.DELETE, True)


def test_placeholders_of_templates_are_holes() -> None:
    operations = read_sql(
        "{% if a %}DROP TABLE ${schema}.t;{% endif %} ALTER TABLE {{ prefix }}_x DROP c;", "postgres"
    ).operations
    assert [(one.kind, one.table) for one in operations] == [(Kind.DROP_TABLE, "?.t"), (Kind.DROP_COLUMN, "?_x")]
    assert operations[0].sql == "DROP TABLE ${schema}.t"


def test_arrays_of_arrays_are_no_placeholders() -> None:
    assert _one("INSERT INTO t VALUES ('{{1,2},{3,4}}')").kind is Kind.INSERT


def test_a_mistake_is_none_of_a_hole_in_a_string() -> None:
    assert _one("DROP TABEL '@'").kind is Kind.UNPARSEABLE


def test_places_are_right_behind_holes_that_were_filled() -> None:
    text = "ALTER TABLE t ALTER c TYPE varchar(@), ALTER d SET DEFAULT interval @, DROP e".replace("@", HOLE)
    operations = read_sql(text, "postgres").operations
    assert [one.sql for one in operations] == [
        "ALTER c TYPE varchar(?)",
        "ALTER d SET DEFAULT interval ?",
        "DROP e",
    ]
    assert operations[1].default == "interval ?"
