"""SQL that changes rows, SQL that reads, and prose that sounds like either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relcheck.sources.python.rope import HOLE
from relcheck.sources.sql import writes


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO jobs (id) VALUES (1)",
        "insert into app.jobs as j values (%s)",
        "INSERT OR REPLACE INTO jobs SELECT * FROM old_jobs",
        "INSERT IGNORE INTO jobs SET id = 1",
        "REPLACE INTO jobs VALUES (1)",
        "UPDATE jobs SET state = 'done'",
        "update only app.jobs j set state = :state from runs where runs.id = j.id",
        'UPDATE "Job" SET (a, b) = (1, 2)',
        "DELETE FROM jobs",
        "delete from jobs where id = 1",
        "DELETE FROM jobs USING runs WHERE runs.id = jobs.id RETURNING *",
        "MERGE INTO jobs j USING new_jobs n ON j.id = n.id WHEN MATCHED THEN DELETE",
        "TRUNCATE jobs",
        "truncate table jobs, runs restart identity",
        "COPY jobs (id, state) FROM STDIN",
        "WITH gone AS (DELETE FROM jobs WHERE old = 1 RETURNING *) SELECT count(*) FROM gone",
        "WITH old AS (SELECT id FROM jobs) UPDATE jobs SET state = 'old' FROM old WHERE old.id = jobs.id",
        "SELECT 1; DELETE FROM jobs;",
        "\n    -- clean up\n    DELETE FROM jobs\n",
        "DO $$ BEGIN UPDATE jobs SET state = 'done'; END $$",
        "EXPLAIN ANALYZE UPDATE jobs SET state = 'done'",
    ],
)
def test_sql_that_changes_rows_writes(text: str) -> None:
    assert writes(text)


@pytest.mark.parametrize(
    "text",
    ["INSERT INTO ? (?) VALUES (?)", "UPDATE ? SET ? WHERE id = 1", "? INSERT INTO jobs VALUES (1)", "DELETE FROM ?"],
)
def test_unknown_parts_hide_no_write(text: str) -> None:
    assert writes(text.replace("?", HOLE))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM jobs",
        "SELECT * FROM jobs FOR UPDATE",
        "SELECT * FROM jobs WHERE note = 'DELETE FROM jobs'",
        "SELECT 1 -- DELETE FROM jobs",
        "SELECT inserted, deleted FROM jobs -- UPDATE jobs SET a = 1",
        "CREATE TRIGGER t BEFORE UPDATE ON jobs FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE jobs SET a = 1; END $$ LANGUAGE plpgsql",
        "COPY jobs TO STDOUT",
        "GRANT INSERT, UPDATE ON jobs TO worker",
        "insert",
        "delete from cart",
        "Delete from cart",
        "Insert into the box",
        "Update the settings to set a new name.",
        "truncate names",
        "Delete from the list where you are sure.",
        "replace into",
        "Copy the file from %s",
        "",
    ],
)
def test_sql_that_reads_and_prose_do_not_write(text: str) -> None:
    assert not writes(text)


@pytest.mark.parametrize("text", ["delete from cart", "truncate names", "Insert into jobs"])
def test_what_is_executed_is_no_prose(text: str) -> None:
    assert writes(text, executed=True)


_PARTS = [
    "INSERT ",
    "INTO ",
    "UPDATE ",
    "SET ",
    "DELETE FROM ",
    "WHERE ",
    "t ",
    "(",
    ")",
    "'",
    ";",
    HOLE,
    "=",
    "x",
    "--",
]


@given(st.lists(st.sampled_from(_PARTS)).map("".join))
def test_any_text_gets_an_answer(text: str) -> None:
    assert writes(text) in (True, False)
    assert not writes(text) or writes(text, executed=True)
