"""Which tool a file of migrations is for."""

from __future__ import annotations

import pytest

from relcheck.sources.migration.places import may_hold_migrations, sql_tool


@pytest.mark.parametrize(
    ("path", "text", "tool"),
    [
        ("prisma/migrations/20240101_init/migration.sql", "", "prisma"),
        ("packages/db/prisma/migrations/20240101_init/migration.sql", "", "prisma"),
        ("supabase/migrations/20240101120000_init.sql", "", "supabase"),
        ("db/migration/V1__init.sql", "", "flyway"),
        ("db/V1.2_3__add_column.sql", "", "flyway"),
        ("db/R__views.sql", "", "flyway"),
        ("db/U1__init.sql", "", "flyway"),
        ("db/migrations/000001_init.up.sql", "", "golang-migrate"),
        ("db/migrations/000001_init.down.sql", "", "golang-migrate"),
        ("db/migrations/20240101_init.sql", "-- +goose Up\nSELECT 1;", "goose"),
        ("db/migrations/20240101_init.sql", "-- migrate:up\nSELECT 1;", "dbmate"),
        ("deploy/users.sql", "-- Deploy shop:users to pg\nBEGIN;", "sqitch"),
        ("revert/users.sql", "-- Revert shop:users from pg\nBEGIN;", "sqitch"),
        ("migrations/0001_init.sql", "", "sql"),
        ("app/queries/report.sql", "SELECT 1", None),
        ("migrations/README.sql", "", None),
        ("deploy/schema.sql", "CREATE TABLE t ();", None),
    ],
)
def test_the_tool_is_told_by_what_the_file_says_and_where_it_stands(path: str, text: str, tool: str | None) -> None:
    assert sql_tool(path, text) == tool


@pytest.mark.parametrize("path", ["dump.sql", "app/queries/report.sql", "docs/migrations.md", "pyproject.toml"])
def test_other_files_are_not_read(path: str) -> None:
    assert not may_hold_migrations(path)


@pytest.mark.parametrize(
    "path", ["db/migrations/1.sql", "prisma/schema.prisma", "backend/alembic.ini", "deploy/users.sql", "V1__a.sql"]
)
def test_what_may_be_a_migration_or_speak_of_them_is_read(path: str) -> None:
    assert may_hold_migrations(path)
