"""Files of the tools whose migrations are SQL."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.migration import Framework, Migration
from relcheck.sources.migration.operation import Kind
from relcheck.sources.migration.sql.files import order_key, paired, planned, read_sql_file

TWO = "CREATE INDEX CONCURRENTLY i ON t (a);\nDROP TABLE t;\n"
ONE = "CREATE INDEX CONCURRENTLY i ON t (a);\n"


def _read(path: str, text: str, tool: Framework) -> Migration:
    return read_sql_file(path, text, tool, "postgres")


def _transactions(path: str, text: str, tool: Framework) -> list[int | None]:
    return [one.transaction for one in _read(path, text, tool).operations]


@pytest.mark.parametrize(
    ("path", "tool", "name", "environment"),
    [
        ("db/prisma/migrations/20250101_init/migration.sql", "prisma", "20250101_init", "db/prisma/migrations"),
        ("sql/V1_02.3__add_t.sql", "flyway", "1.2.3", "sql"),
        ("sql/R__views.sql", "flyway", "R__views", "sql"),
        ("db/migrations/20250101000000_add.sql", "dbmate", "20250101000000", "db/migrations"),
        ("migrations/00001_add.sql", "goose", "00001", "migrations"),
        ("m/000002_add.up.sql", "golang-migrate", "000002", "m"),
        ("supabase/migrations/20250101_add.sql", "supabase", "20250101", "supabase/migrations"),
        ("deploy/users/add.sql", "sqitch", "users/add", ""),
        ("db/revert/users.sql", "sqitch", "users", "db"),
    ],
)
def test_a_file_says_which_migration_it_is(path: str, tool: Framework, name: str, environment: str) -> None:
    migration = _read(path, "SELECT 1;", tool)
    assert (migration.id, migration.environment, migration.framework) == (name, environment, tool)


def test_several_statements_of_prisma_are_one_transaction_and_one_is_none() -> None:
    path = "prisma/migrations/1_a/migration.sql"
    assert _transactions(path, TWO, "prisma") == [0, 0]
    assert _transactions(path, ONE, "prisma") == [None]
    assert _transactions(path, "DROP TABLE a; BEGIN; DROP TABLE b; COMMIT; DROP TABLE c;", "prisma") == [
        0,
        None,
        0,
        0,
        1,
    ]


def test_flyway_opens_a_transaction_unless_nothing_could_run_in_it() -> None:
    assert _transactions("V1__a.sql", TWO, "flyway") == [0, 0]
    assert _transactions("V1__a.sql", ONE, "flyway") == [None]


def test_a_name_that_flyway_passes_over_is_told() -> None:
    [problem] = _read("V1_a.sql", ONE, "flyway").problems
    assert problem.kind == "bad-name"


def test_goose_has_both_ways_in_one_file() -> None:
    text = (
        "-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE t (a int);\n-- +goose StatementEnd\n"
        "-- +goose Down\nDROP TABLE t;\n"
    )
    migration = _read("1_a.sql", text, "goose")
    assert [one.kind for one in migration.operations] == [Kind.CREATE_TABLE]
    assert migration.down is not None
    assert [(one.kind, one.region.line) for one in migration.down] == [(Kind.DROP_TABLE, 6)]
    assert migration.down_region is not None
    assert (migration.region.line, migration.down_region.line) == (1, 5)
    assert migration.atomic
    assert not migration.problems


def test_goose_without_a_transaction_sends_one_statement_after_the_other() -> None:
    assert _transactions("1_a.sql", "-- +goose NO TRANSACTION\n-- +goose up\n" + TWO, "goose") == [None, None]


def test_no_way_down_is_none_and_an_empty_one_is_empty() -> None:
    assert _read("1_a.sql", "-- +goose Up\nSELECT 1;", "goose").down is None
    assert _read("1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\n", "goose").down == ()


def test_a_file_without_a_way_up_is_told() -> None:
    assert [one.kind for one in _read("1_a.sql", "DROP TABLE t;", "goose").problems] == ["no-up-section"]
    assert [one.kind for one in _read("1_a.sql", "DROP TABLE t;", "dbmate").problems] == ["no-up-section"]
    text = "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;"
    assert [one.kind for one in _read("1_a.sql", text, "goose").problems] == ["open-statement"]


def test_dbmate_sends_a_section_at_once_where_it_opens_no_transaction() -> None:
    head = "-- migrate:up transaction:false\n"
    assert _transactions("1_a.sql", head + ONE + "-- migrate:down\n", "dbmate") == [None]
    assert _transactions("1_a.sql", head + TWO, "dbmate") == [0, 0]
    assert _transactions("1_a.sql", "-- migrate:up\n" + ONE, "dbmate") == [0]


def test_supabase_runs_what_cannot_be_in_a_transaction_between_batches() -> None:
    text = "DROP TABLE a;\n" + TWO + "DROP TABLE b;"
    assert _transactions("supabase/migrations/1_a.sql", text, "supabase") == [0, None, 1, 1]


def test_sqitch_sends_one_statement_after_the_other_and_names_what_a_change_requires() -> None:
    text = "-- Deploy app:add to pg\n-- requires: users roles\nBEGIN;\nDROP TABLE t;\nCOMMIT;\nDROP TABLE u;\n"
    migration = _read("deploy/add.sql", text, "sqitch")
    assert [one.transaction for one in migration.operations] == [None, 0, 0, None]
    assert migration.depends_on == ("users", "roles")


def test_a_commit_in_the_transaction_of_the_tool_ends_it() -> None:
    assert _transactions("V1__a.sql", "DROP TABLE a; COMMIT; DROP TABLE b;", "flyway") == [0, 0, None]


def test_the_ways_up_and_down_in_two_files_are_one_migration() -> None:
    up = _read("m/1_a.up.sql", "DROP TABLE t;", "golang-migrate")
    down = _read("m/1_a.down.sql", "CREATE TABLE t (a int);", "golang-migrate")
    assert down.operations == ()
    [both] = paired([down, up])
    assert both.path == "m/1_a.up.sql"
    assert both.down_path == "m/1_a.down.sql"
    assert both.down is not None
    assert both.down[0].kind is Kind.CREATE_TABLE


def test_a_way_down_alone_is_told() -> None:
    [alone] = paired([_read("revert/a.sql", "DROP TABLE t;", "sqitch")])
    assert [one.kind for one in alone.problems] == ["down-without-up"]


def test_versions_are_in_the_order_of_their_numbers() -> None:
    names = ["V10__a.sql", "V2__b.sql", "R__c.sql", "V2_1__d.sql"]
    migrations = sorted((_read(name, "", "flyway") for name in names), key=order_key)
    assert [one.path for one in migrations] == ["V2__b.sql", "V2_1__d.sql", "V10__a.sql", "R__c.sql"]


def test_the_order_of_sqitch_is_its_plan() -> None:
    plan = (
        "%project=app\n\n# first\nusers 2025-01-01T00:00:00Z A <a@b.c> # x\n"
        "@v1 2025-01-02T00:00:00Z A <a@b.c>\nadd [users] 2025 A\n"
    )
    assert planned(plan) == ("users", "add")


def test_what_a_comment_says_of_the_way_back_is_kept() -> None:
    text = "-- ROLLBACK: restore from backup\nDROP TABLE t;"
    assert _read("prisma/migrations/1_a/migration.sql", text, "prisma").rollback == "restore from backup"
