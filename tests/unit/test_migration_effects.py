"""What operations lock, read, rewrite and lose, by the server's version."""

from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.sources.migration.effects import effect_of
from relcheck.sources.migration.lock import LockMode
from relcheck.sources.migration.operation import Before, Kind, Operation, SqlType
from relcheck.sources.migration.schema import Schemas
from relcheck.sources.migration.sql import read_sql
from relcheck.sources.migration.type_changes import type_change

HERE = Region(1, 1, 1, 2)


def operation(sql: str, before: str = "") -> Operation:
    schemas = Schemas()
    tuple(schemas.completed(read_sql(before, "postgres").operations, "postgres"))
    return tuple(schemas.completed(read_sql(sql, "postgres").operations, "postgres"))[-1]


def test_modes_block_what_the_manual_says() -> None:
    assert LockMode.ACCESS_EXCLUSIVE.blocks == ("reads", "writes", "ddl")
    assert (
        LockMode.EXCLUSIVE.blocks == LockMode.SHARE_ROW_EXCLUSIVE.blocks == LockMode.SHARE.blocks == ("writes", "ddl")
    )
    assert LockMode.SHARE_UPDATE_EXCLUSIVE.blocks == ("ddl",)
    assert LockMode.ROW_EXCLUSIVE.blocks == LockMode.ACCESS_SHARE.blocks == ()
    assert str(LockMode.SHARE_ROW_EXCLUSIVE) == "SHARE ROW EXCLUSIVE"


@pytest.mark.parametrize("version", [(10,), (11,), (12,), (14,), (15,), (18,), ()])
def test_an_index_blocks_writers_unless_it_is_built_concurrently(version: tuple[int, ...]) -> None:
    plain = effect_of(operation("CREATE INDEX i ON t (a)"), version)
    concurrent = effect_of(operation("CREATE INDEX CONCURRENTLY i ON t (a)"), version)
    assert (plain.mode, plain.blocks, plain.work) == (LockMode.SHARE, ("writes", "ddl"), ("build",))
    assert (concurrent.mode, concurrent.blocks) == (LockMode.SHARE_UPDATE_EXCLUSIVE, ("ddl",))


def test_a_default_is_written_into_every_row_before_postgresql_11() -> None:
    added = operation("ALTER TABLE t ADD COLUMN a int DEFAULT 1")
    assert effect_of(added, (10,)).work == ("rewrite",)
    assert effect_of(added, (11,)).work == effect_of(added).work == ()


def test_a_null_as_default_is_none() -> None:
    assert effect_of(operation("ALTER TABLE t ADD COLUMN a int DEFAULT NULL"), (10,)).work == ()


def test_of_an_unknown_function_it_is_not_known_whether_it_differs_from_row_to_row() -> None:
    effect = effect_of(operation("ALTER TABLE t ADD COLUMN a text DEFAULT shop_token()"))
    assert (effect.work, effect.perhaps) == ((), ("rewrite",))


def test_a_validated_check_makes_set_not_null_quick_from_postgresql_12_on() -> None:
    before = "CREATE TABLE t (a int, CONSTRAINT given CHECK (a IS NOT NULL))"
    changed = operation("ALTER TABLE t ALTER COLUMN a SET NOT NULL", before)
    assert effect_of(changed, (11,)).work == ("scan",)
    assert effect_of(changed, (12,)).work == effect_of(changed).work == ()


def test_what_is_not_null_already_is_not_looked_at_again() -> None:
    changed = operation("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "CREATE TABLE t (a int PRIMARY KEY)")
    assert effect_of(changed, (11,)).work == ()


def test_attaching_a_partition_leaves_its_table_open_from_postgresql_12_on() -> None:
    attached = operation("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)")
    assert {one.table: one.mode for one in effect_of(attached, (11,)).locks}["t"] is LockMode.ACCESS_EXCLUSIVE
    assert {one.table: one.mode for one in effect_of(attached, (12,)).locks}["t"] is LockMode.SHARE_UPDATE_EXCLUSIVE


def test_a_foreign_key_locks_both_tables() -> None:
    effect = effect_of(operation("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES other (id)"))
    assert {one.table: str(one.mode) for one in effect.locks} == {
        "t": "SHARE ROW EXCLUSIVE",
        "other": "SHARE ROW EXCLUSIVE",
    }
    assert effect.work == ("scan",)


def test_dropping_a_table_locks_those_that_it_refers_to() -> None:
    before = "CREATE TABLE other (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES other)"
    effect = effect_of(operation("DROP TABLE t", before))
    assert [(one.table, one.role) for one in effect.locks] == [("t", ""), ("other", "referenced")]
    assert effect.loss == ("rows", "columns")


def test_a_table_of_the_same_migration_makes_nobody_wait_but_those_of_other_tables() -> None:
    created = operation("CREATE TABLE t (a int REFERENCES other (id))")
    assert [(one.table, str(one.mode)) for one in effect_of(created).locks] == [("other", "SHARE ROW EXCLUSIVE")]
    indexed = operation("CREATE TABLE t (a int); CREATE INDEX i ON t (a)")
    assert indexed.created_here
    assert (effect_of(indexed).locks, effect_of(indexed).work) == ((), ())


def test_of_other_databases_only_losses_and_phases_are_told() -> None:
    [dropped] = read_sql("ALTER TABLE t DROP COLUMN a", "mysql").operations
    effect = effect_of(dropped)
    assert (effect.locks, effect.work, effect.loss, effect.phase) == ((), (), ("columns",), "contract")


def test_every_kind_has_an_effect_that_can_be_asked_for() -> None:
    for kind in Kind:
        for version in ((), (10,), (18,)):
            effect = effect_of(Operation(kind=kind, region=HERE), version)
            assert effect.phase in ("expand", "migrate", "contract", "none")
            assert not set(effect.work) & set(effect.perhaps)


@pytest.mark.parametrize(
    ("old", "new", "rewrite", "narrows"),
    [
        (SqlType("varchar", ("10",)), SqlType("varchar", ("20",)), False, False),
        (SqlType("varchar", ("20",)), SqlType("varchar", ("10",)), True, True),
        (SqlType("varchar", ("20",)), SqlType("text"), False, False),
        (SqlType("text"), SqlType("varchar", ("20",)), True, True),
        (SqlType("numeric", ("10", "2")), SqlType("numeric", ("12", "2")), False, False),
        (SqlType("numeric", ("10", "2")), SqlType("numeric", ("12", "4")), True, False),
        (SqlType("numeric", ("10", "2")), SqlType("numeric", ("10", "4")), True, True),
        (SqlType("int4"), SqlType("int8"), True, False),
        (SqlType("int8"), SqlType("int4"), True, True),
        (SqlType("int4"), SqlType("text"), True, False),
        (SqlType("int4"), SqlType("varchar", ("5",)), True, True),
        (SqlType("timestamptz"), SqlType("date"), True, True),
        (SqlType("date"), SqlType("timestamptz"), True, False),
        (SqlType("cidr"), SqlType("inet"), False, False),
        (SqlType("json"), SqlType("jsonb"), True, False),
        (SqlType("text"), SqlType("int4"), True, True),
        (SqlType("uuid"), SqlType("text"), True, False),
        (SqlType("order_state"), SqlType("text"), None, False),
        (SqlType("text"), SqlType("order_state"), None, None),
        (SqlType("varchar", ("?",)), SqlType("varchar", ("20",)), None, None),
        (None, SqlType("text"), None, None),
    ],
    ids=str,
)
def test_a_type_is_rewritten_or_narrowed_as_the_server_does_it(
    old: SqlType | None, new: SqlType, rewrite: bool | None, narrows: bool | None
) -> None:
    change = type_change(old, new)
    assert (change.rewrite, change.narrows) == (rewrite, narrows)


def test_using_that_computes_writes_every_row_and_a_plain_cast_does_not() -> None:
    old, new = SqlType("varchar", ("10",)), SqlType("text")
    for plain in ("", "a", "a::text", '"a"::text', "CAST(a AS text)", "(a)::text", "a::character varying(20)"):
        assert type_change(old, new, using=plain, column="a").rewrite is False
    for computed in ("upper(a)", "a || 'x'", "b::text", "coalesce(a, '')"):
        assert type_change(old, new, using=computed, column="a").rewrite is True


def test_time_zones_decide_about_timestamps_from_postgresql_12_on() -> None:
    old, new = SqlType("timestamp"), SqlType("timestamptz")
    assert type_change(old, new, version=(11,)).rewrite is True
    assert type_change(old, new, version=(12,)).rewrite is None
    assert "TimeZone" in type_change(old, new).why


def test_texts_of_mysql_have_other_sizes() -> None:
    assert type_change(SqlType("text"), SqlType("mediumtext"), dialect="mysql").narrows is False
    assert type_change(SqlType("mediumtext"), SqlType("text"), dialect="mysql").narrows is True
    assert type_change(SqlType("varchar", ("100",)), SqlType("tinytext"), dialect="mysql").narrows is False
    assert type_change(SqlType("uuid"), SqlType("char", ("32",)), dialect="mysql").narrows is None


def test_a_primary_key_over_columns_that_are_not_null_is_not_looked_through() -> None:
    before = "CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX j ON t (b)"
    assert effect_of(operation("ALTER TABLE t ADD PRIMARY KEY USING INDEX i", before)).work == ()
    assert effect_of(operation("ALTER TABLE t ADD PRIMARY KEY USING INDEX j", before)).work == ("scan",)


def test_a_virtual_column_holds_nothing_that_can_be_lost() -> None:
    dropped = Operation(kind=Kind.DROP_COLUMN, region=HERE, table="t", column="a", before=Before(generated="virtual"))
    assert effect_of(dropped).loss == ("definition",)


def test_a_column_of_a_domain_with_a_constraint_is_written_into_every_row() -> None:
    before = "CREATE TABLE t (a int); CREATE DOMAIN plain AS int; CREATE DOMAIN checked AS int CHECK (VALUE > 0)"
    assert effect_of(operation("ALTER TABLE t ADD COLUMN b plain", before)).work == ()
    assert effect_of(operation("ALTER TABLE t ADD COLUMN b checked", before)).work == ("rewrite",)
