"""Each operation of Alembic, in the words that all frameworks share."""

from __future__ import annotations

import pytest
from alembic_case import cases, operations, said

from relcheck.sources.migration.operation import SqlType
from relcheck.sources.migration.schema import Schemas

TABLE = cases("alembic_cases_operations.txt")


@pytest.mark.parametrize(("code", "expected"), TABLE, ids=[code.strip().splitlines()[0][:60] for code, _ in TABLE])
def test_an_operation_is_read_from_its_call(code: str, expected: list[str]) -> None:
    assert said(code) == expected


def test_what_exists_is_kept_as_what_was_before() -> None:
    (one,) = operations(
        'op.alter_column("orders", "note", nullable=False, existing_type=sa.String(9), existing_nullable=True)'
    )
    assert one.before.type is not None
    assert (one.before.type.name, one.before.type.arguments, one.before.nullable) == ("varchar", ("9",), True)


def test_what_the_call_says_of_before_is_kept_where_the_chain_says_nothing() -> None:
    alter = 'op.alter_column("orders", "note", type_=sa.Text(), existing_type=sa.String(9), existing_nullable=False)'
    (alone,) = Schemas().completed(operations(alter), "postgres")
    assert (alone.before.type, alone.before.nullable) == (SqlType("varchar", ("9",), 0, "varchar(9)"), False)
    created = 'op.create_table("orders", sa.Column("note", sa.String(5)))'
    *_, told = Schemas().completed(operations(f"{created}\n{alter}"), "postgres")
    assert (told.before.type, told.before.nullable) == (SqlType("varchar", ("5",), 0, "varchar(5)"), True)


@pytest.mark.parametrize(
    ("type_", "postgres", "mysql"),
    [
        ("sa.Integer()", "int4", "int"),
        ("sa.BigInteger", "int8", "bigint"),
        ("sa.SmallInteger()", "int2", "smallint"),
        ("sa.String()", "varchar", "varchar"),
        ("sa.String(length=20, collation='C')", "varchar 20", "varchar 20"),
        ("sa.Unicode(5)", "varchar 5", "varchar 5"),
        ("sa.Text()", "text", "text"),
        ("sa.Boolean()", "bool", "bool"),
        ("sa.DateTime(timezone=True)", "timestamptz", "datetime"),
        ("sa.DateTime()", "timestamp", "datetime"),
        ("sa.TIMESTAMP(timezone=True)", "timestamptz", "timestamp"),
        ("postgresql.TIMESTAMP(timezone=True, precision=3)", "timestamptz 3", "timestamp"),
        ("sa.Time()", "time", "time"),
        ("sa.Date()", "date", "date"),
        ("sa.Float()", "float8", "float"),
        ("sa.Float(precision=24)", "float4", "float 24"),
        ("sa.Numeric(12, 4)", "numeric 12 4", "decimal 12 4"),
        ("sa.LargeBinary()", "bytea", "blob"),
        ("sa.JSON()", "json", "json"),
        ("postgresql.JSONB(astext_type=sa.Text())", "jsonb", "json"),
        ("postgresql.UUID(as_uuid=True)", "uuid", "char 32"),
        ("postgresql.INET()", "inet", "inet"),
        ("mysql.LONGTEXT()", "longtext", "longtext"),
        ("mysql.TINYINT(1)", "tinyint", "tinyint"),
        ("sa.Enum('a', 'b', name='state')", "state", "enum a b"),
        ("sa.Enum('a', 'bcd', name='state', native_enum=False)", "varchar 3", "varchar 3"),
        ("sa.Text().with_variant(mysql.MEDIUMTEXT(), 'mysql')", "text", "mediumtext"),
        ("sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')", "jsonb", "json"),
        ("Money()", "?", "?"),
        ("Code(9)", "varchar 9", "varchar 9"),
    ],
)
def test_types_have_the_words_of_their_dialect(type_: str, postgres: str, mysql: str) -> None:
    code = f"op.add_column('orders', sa.Column('a', {type_}))"
    own = "class Code(sa.types.TypeDecorator):\n    impl = sa.String\n"
    for dialect, expected in (("postgres", postgres), ("mysql", mysql)):
        (one,) = operations(code, before=own, dialect=dialect)
        found = one.new_columns[0].type
        assert " ".join((found.name, *found.arguments)) == expected


@pytest.mark.parametrize(
    ("default", "sql", "volatile"),
    [
        ("'a'", "'a'", False),
        ("'it''s'", "'its'", False),
        ("sa.text('now()')", "now()", False),
        ("sa.func.now()", "now()", False),
        ("sa.text('CURRENT_TIMESTAMP')", "CURRENT_TIMESTAMP", False),
        ("sa.text('random()')", "random()", True),
        ("sa.func.gen_random_uuid()", "gen_random_uuid()", True),
        ("sa.text(\"nextval('s')\")", "nextval('s')", True),
        ("sa.Sequence('s').next_value()", "nextval('s')", True),
        ("sa.text('our_own(1)')", "our_own(1)", None),
        ("sa.true()", "true", False),
        ("sa.sql.expression.false()", "false", False),
        ("sa.text(\"'{}'::jsonb\")", "'{}'::jsonb", False),
        ("sa.literal('x')", "'x'", False),
        ("sa.func.coalesce('a', 1)", "coalesce('a', 1)", False),
        ("None", None, False),
        ("unknown()", "?", None),
    ],
)
def test_server_defaults_are_sql_and_volatile_or_not(default: str, sql: str | None, volatile: bool | None) -> None:
    (one,) = operations(f"op.add_column('orders', sa.Column('a', sa.Text(), server_default={default}))")
    assert (one.new_columns[0].default, one.new_columns[0].volatile) == (sql, volatile)
