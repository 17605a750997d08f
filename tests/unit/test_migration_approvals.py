"""Approvals in comments: what is one, what it says, and which operations it covers."""

from __future__ import annotations

import pytest

from relcheck.model.finding import Region
from relcheck.sources.migration.approvals import is_placeholder, read_annotations, rollback_note
from relcheck.sources.migration.migration import Annotation
from relcheck.sources.migration.operation import Approval
from relcheck.sources.migration.sql import read_sql


def _read(comment: str) -> list[Annotation]:
    return read_annotations(comment, lambda start, end: Region(1, start + 1, 1, end + 1))


def _approval(comment: str) -> Approval:
    [annotation] = _read(comment)
    assert annotation.approval is not None, annotation.problem
    return annotation.approval


@pytest.mark.parametrize(
    "comment",
    [
        "-- MIGRATION_APPROVED: data moved to display_name",
        "/* MIGRATION_APPROVED: data moved to display_name */",
        "# MIGRATION_APPROVED: data moved to display_name",
        "--MIGRATION_APPROVED : data moved to display_name",
        "-- Old column. MIGRATION_APPROVED: data moved to display_name",
        "/*\n * MIGRATION_APPROVED: data moved to display_name\n */",
        "-- MIGRATION_APPROVED: reason: data moved to display_name;",
    ],
)
def test_a_comment_that_says_so_approves(comment: str) -> None:
    assert _approval(comment).reason == "data moved to display_name"


def test_the_parts_of_an_approval() -> None:
    approval = _approval(
        "-- MIGRATION_APPROVED: nobody reads it since 2.3; ticket=OPS-7; until=2027-01-31, backup=snapshot 311;"
        " rollback=restore from backup; by=ana"
    )
    assert approval.reason == "nobody reads it since 2.3"
    assert (approval.ticket, approval.until, approval.backup) == ("OPS-7", "2027-01-31", "snapshot 311")
    assert (approval.rollback, approval.by) == ("restore from backup", "ana")


def test_an_approval_goes_on_in_the_lines_below() -> None:
    approval = _approval("-- MIGRATION_APPROVED: nobody reads it\n-- since release 2.3;\n-- backup=snapshot-311")
    assert approval.reason == "nobody reads it since release 2.3"
    assert approval.backup == "snapshot-311"


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        ("-- NOT MIGRATION_APPROVED: wait for the review", "negated"),
        ("-- not yet MIGRATION_APPROVED: x", "negated"),
        ("-- MIGRATION_APPROVED: no", "negated"),
        ("-- MIGRATION_APPROVED: not approved", "negated"),
        ("-- MIGRATION_APPROVED: isn't approved yet by Kim", "negated"),
        ("-- MIGRATION_APPROVED: rejected by the owner of the data", "negated"),
        ("-- MIGRATION_APPROVED: awaiting review", "negated"),
        ("-- MIGRATION_APPROVED", "empty-reason"),
        ("-- MIGRATION_APPROVED:", "empty-reason"),
        ("-- MIGRATION_APPROVED: ok", "empty-reason"),
        ("-- MIGRATION_APPROVED: TBD.", "empty-reason"),
        ("-- MIGRATION_APPROVED: <reason>", "empty-reason"),
        ("-- MIGRATION_APPROVED: ...", "empty-reason"),
        ("-- MIGRATION_APPROVED: ticket=OPS-7", "empty-reason"),
        ("-- MIGRATION_APPROVED: moved; until=soon", "bad-until"),
        ("-- MIGRATION_APPROVED: data moved; untl=2027-01-31", "unknown-part untl"),
        ("-- this needs MIGRATION_APPROVED: because", "in-prose"),
        ("-- MIGRATION_OVERRIDE: data moved", "foreign"),
        ("-- MIGRATION-APPROVED: data moved", "foreign"),
        ("-- migration approved: data moved", "foreign"),
    ],
)
def test_what_approves_nothing_says_why(comment: str, problem: str) -> None:
    [annotation] = _read(comment)
    assert annotation.approval is None
    assert annotation.problem == problem


@pytest.mark.parametrize(
    "comment", ["-- see the page on MIGRATION_APPROVED", "-- PRE_MIGRATION_APPROVED: data moved", "-- a migration"]
)
def test_prose_is_no_approval(comment: str) -> None:
    assert _read(comment) == []


def test_placeholders_are_no_reasons() -> None:
    assert all(
        is_placeholder(text) for text in ("", " ", "ok", "OK!", "n/a", "tbd tbd", "{reason}", "???", "1", "aaaa", "Xx")
    )
    assert not any(is_placeholder(text) for text in ("ok since OPS-7", "data moved", "unused table"))


@pytest.mark.parametrize(
    "text",
    ["o\u200bk", "\u200b\u200bok\u2060", "\uff4f\uff4b", "\u3164\u3164", "\U0001f44d", "\ufeff", "\u00ado\u00adk"],
    ids=["split", "wrapped", "full width", "fillers", "emoji", "byte order mark", "soft hyphens"],
)
def test_what_a_reader_cannot_see_makes_no_reason(text: str) -> None:
    assert is_placeholder(text)


def test_reasons_in_other_scripts_and_about_what_was_refused_are_reasons() -> None:
    assert not any(is_placeholder(text) for text in ("データは移行済み", "данные перенесены", "تم نقل البيانات"))
    assert _approval("-- MIGRATION_APPROVED: rejected orders were archived in March").reason.startswith("rejected")
    assert _approval("-- MIGRATION_APPROVED: not used since release 4").reason == "not used since release 4"


def test_a_note_on_the_way_back() -> None:
    assert rollback_note("-- ROLLBACK: restore from backup") == "restore from backup"
    assert rollback_note("-- ROLLBACK: tbd") == ""
    assert rollback_note("-- run ROLLBACK") == ""


def _covered(sql: str) -> list[str]:
    return [one.sql for one in read_sql(sql, "postgres").operations if one.approval is not None]


REASON = "MIGRATION_APPROVED: data moved away"


def test_an_approval_stands_on_the_lines_of_its_statement_or_above_them() -> None:
    assert _covered(f"DROP TABLE a; -- {REASON}\nDROP TABLE b;") == ["DROP TABLE a"]
    assert _covered(f"-- {REASON}\nDROP TABLE a;\nDROP TABLE b;") == ["DROP TABLE a"]
    assert _covered(f"-- about a\n-- {REASON}\n-- and more\nDROP TABLE a;") == ["DROP TABLE a"]
    assert _covered(f"/* {REASON} */ DROP TABLE a; DROP TABLE b;") == ["DROP TABLE a"]
    assert _covered(f"DROP TABLE a; DROP TABLE b; -- {REASON}") == ["DROP TABLE b"]
    assert _covered(f"DROP TABLE\n  a -- {REASON}\n  CASCADE;") == ["DROP TABLE\n  a -- " + REASON + "\n  CASCADE"]


def test_an_approval_with_nothing_directly_below_covers_nothing() -> None:
    script = read_sql(f"-- {REASON}\n\nDROP TABLE a;\n-- {REASON}", "postgres")
    assert [one.approval for one in script.operations] == [None]
    assert [one.covers for one in script.annotations] == [0, 0]


def test_an_approval_in_a_string_or_a_name_is_none() -> None:
    assert not read_sql(f"DROP TABLE a; SELECT '-- {REASON}'; DROP TABLE \"-- {REASON}\";", "postgres").annotations


def test_an_approval_on_the_line_of_an_action_covers_it_alone() -> None:
    for sql in (
        f"ALTER TABLE t\n  DROP a, -- {REASON}\n  DROP b;",
        f"ALTER TABLE t\n  -- {REASON}\n  DROP a,\n  DROP b;",
        f"ALTER TABLE t DROP a, -- {REASON}\n  DROP b;",
        f"ALTER TABLE t\n  DROP b,\n  DROP a; -- {REASON}",
    ):
        assert _covered(sql) == ["DROP a"], sql


def test_an_approval_of_an_alter_table_covers_all_of_its_actions() -> None:
    for sql in (
        f"-- {REASON}\nALTER TABLE t\n  DROP a,\n  DROP b;",
        f"ALTER TABLE t -- {REASON}\n  DROP a,\n  DROP b;",
        f"ALTER TABLE t DROP a, DROP b; -- {REASON}",
    ):
        script = read_sql(sql, "postgres")
        assert [one.approval is not None for one in script.operations] == [True, True], sql
        assert script.annotations[0].covers == 2


def test_an_approval_in_a_block_covers_the_statement_that_it_stands_at() -> None:
    assert _covered(
        f"DO $$\nBEGIN\n  DROP TABLE a; -- {REASON}\n  DROP TABLE b;\n  -- {REASON}\n  DROP TABLE c;\nEND $$;"
    ) == [
        "DROP TABLE a",
        "DROP TABLE c",
    ]


def test_the_example_of_the_release_model() -> None:
    [operation] = read_sql(
        'ALTER TABLE members\n  DROP COLUMN "old_field"; -- MIGRATION_APPROVED: data migrated to new_field', "postgres"
    ).operations
    assert operation.approval is not None
    assert operation.approval.reason == "data migrated to new_field"
    assert operation.approval.region == Region(2, 31, 2, 77)
