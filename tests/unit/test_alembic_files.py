"""A file of Alembic's: its head, its ways up and down, its approvals, and where everything stands."""

from __future__ import annotations

import textwrap

import pytest
from alembic_case import brief, migration

from relcheck.model.finding import Region
from relcheck.sources.migration.alembic.env import read_env
from relcheck.sources.migration.alembic.read import read_alembic
from relcheck.sources.migration.environment import read_environment
from relcheck.sources.migration.facts import collect
from relcheck.sources.migration.link import Ask, link
from relcheck.sources.migration.migration import Migration
from relcheck.sources.migration.operation import Operation


def read(text: str) -> Migration:
    found = read_alembic(textwrap.dedent(text))
    assert found is not None
    return found


def text_at(text: str, region: Region) -> str:
    lines = text.splitlines(keepends=True)
    if region.line == region.end_line:
        return lines[region.line - 1][region.column - 1 : region.end_column - 1]
    middle = "".join(lines[region.line : region.end_line - 1])
    return lines[region.line - 1][region.column - 1 :] + middle + lines[region.end_line - 1][: region.end_column - 1]


def test_a_file_that_names_no_revision_is_none() -> None:
    assert read_alembic("from alembic import op\n\ndef upgrade():\n    op.drop_table('a')\n") is None
    assert read_alembic("") is None
    assert read_alembic("revision = 'a'\n") is None


def test_the_head_tells_of_the_chain() -> None:
    found = read(
        """
        revision: str = "c3"
        down_revision: tuple[str, str] = ("a1", "b2")
        branch_labels = ("billing",)
        depends_on = ["d4"]

        def upgrade(): pass
        def downgrade(): pass
        """
    )
    assert (found.id, found.parents, found.labels, found.depends_on) == ("c3", ("a1", "b2"), ("billing",), ("d4",))
    assert found.merge
    assert not found.initial
    assert (found.operations, found.down, found.problems) == ((), (), ())
    assert found.region == Region(2, 1, 2, 9)


def test_a_first_migration_has_no_parent() -> None:
    found = read("revision = 'a1'\ndown_revision = None\ndef upgrade(): pass\n")
    assert found.initial
    assert found.parents == ()


def test_a_head_that_is_put_together_elsewhere_is_a_problem() -> None:
    found = read("from x import parent\nrevision = 'a1'\ndown_revision = parent()\ndef upgrade(): pass\n")
    assert [(one.kind, one.region.line) for one in found.problems] == [("unknown-revision", 3)]


@pytest.mark.parametrize(
    ("downgrade", "down", "raises"),
    [
        ("pass", [], False),
        ('"""nothing to do"""', [], False),
        ("op.drop_table('a')", ["drop_table a"], False),
        ("raise NotImplementedError('restore from backup')", None, True),
        ("op.drop_table('a')\nraise RuntimeError", None, True),
        ("if op.get_bind().dialect.name == 'sqlite':\n    raise RuntimeError\nop.drop_table('a')",
         ["drop_table a in mysql/postgres"], False),
    ],
)  # fmt: skip
def test_the_way_down_is_there_empty_or_refused(downgrade: str, down: list[str] | None, raises: bool) -> None:
    found = migration("op.create_table('a')", downgrade=downgrade)
    assert (None if found.down is None else [brief(one) for one in found.down]) == down
    assert found.down_raises == raises
    assert found.down_region is not None


def test_a_missing_way_down_is_none() -> None:
    found = read("revision = 'a'\ndown_revision = None\ndef upgrade(): pass\n")
    assert found.down is None
    assert found.down_region is None
    assert not found.down_raises


def test_a_missing_way_up_is_a_problem() -> None:
    found = read("revision = 'a'\ndown_revision = None\n")
    assert [one.kind for one in found.problems] == ["no-upgrade"]


def test_broken_python_is_a_problem_and_opaque() -> None:
    found = read("revision = 'a'\ndown_revision = None\ndef upgrade(:\n")
    assert found.id == "a"
    assert [(one.kind, one.region.line) for one in found.problems] == [("unparseable-file", 3)]
    assert [str(one.kind) for one in found.operations] == ["opaque"]


PLACES = '''import textwrap
revision = "b"
down_revision = "a"
STATEMENTS = """
    DROP TABLE a;
    DROP TABLE b;
"""
def upgrade():
    op.drop_column(
        "orders", "note"
    )
    op.execute("ALTER TABLE t DROP COLUMN x,"
               " DROP COLUMN y")
    op.execute(STATEMENTS)
    op.execute(f"DROP TABLE {name()}, c\\u00e9 ; DROP VIEW é")
    op.execute(textwrap.dedent("""
        DELETE FROM orders;
        """))
    helper()
def helper():
    op.execute("DROP TABLE z")
'''


def places() -> list[tuple[str, str]]:
    found = read_alembic(PLACES)
    assert found is not None
    return [(str(one.kind), text_at(PLACES, one.region)) for one in found.operations]


def test_operations_stand_at_their_call_and_statements_at_their_own_text() -> None:
    assert places() == [
        ("drop_column", 'op.drop_column(\n        "orders", "note"\n    )'),
        ("drop_column", "DROP COLUMN x"),
        ("drop_column", "DROP COLUMN y"),
        ("drop_table", "DROP TABLE a"),
        ("drop_table", "DROP TABLE b"),
        ("drop_table", "DROP TABLE {name()}, c\\u00e9"),
        ("drop_table", "DROP TABLE {name()}, c\\u00e9"),
        ("drop_view", "DROP VIEW é"),
        ("delete", "DELETE FROM orders"),
        ("drop_table", "helper()"),
    ]


def test_a_statement_away_from_its_call_names_the_call_and_a_helper_its_line() -> None:
    found = read_alembic(PLACES)
    assert found is not None
    related = {one.table: [(each.message, each.region.line) for each in one.related] for one in found.operations}
    assert related["a"] == [("executed here", 14)]
    assert related["orders"] == []
    assert related["z"] == [("in helper()", 21), ("the statement", 21)]


def approved(upgrade: str, **given: str) -> list[tuple[str | None, str | None]]:
    found = migration(upgrade, **given)  # type: ignore[arg-type]  # `before` only
    return [(one.table, one.approval.reason if one.approval else None) for one in found.operations]


def test_an_approval_is_read_on_any_line_of_the_call_and_above_it() -> None:
    code = """
    op.drop_table("a")  # MIGRATION_APPROVED: moved to b
    # MIGRATION_APPROVED: nobody reads it
    op.drop_table("b")
    op.drop_table(
        "c",  # MIGRATION_APPROVED: empty since May
    )
    # MIGRATION_APPROVED: far away

    op.drop_table("d")
    op.drop_table("e")
    """
    assert approved(code) == [
        ("a", "moved to b"),
        ("b", "nobody reads it"),
        ("c", "empty since May"),
        ("d", None),
        ("e", None),
    ]


def test_an_approval_in_sql_covers_its_statement_alone() -> None:
    code = '''
    op.execute("""
        -- MIGRATION_APPROVED: moved to b
        DROP TABLE a;
        DROP TABLE c;
    """)
    '''
    assert approved(code) == [("a", "moved to b"), ("c", None)]


def test_an_approval_above_a_block_covers_nothing_in_it() -> None:
    code = """
    # MIGRATION_APPROVED: all of it
    with op.batch_alter_table("a") as batch_op:
        batch_op.drop_column("x")
        batch_op.drop_column("y")  # MIGRATION_APPROVED: only this
    """
    found = migration(code)
    assert [one.approval is not None for one in found.operations] == [False, True]
    assert [one.covers for one in found.annotations] == [0, 1]


def test_an_approval_at_the_call_of_a_helper_or_in_it_counts() -> None:
    helper = """
    def tidy():
        op.drop_table("a")  # MIGRATION_APPROVED: in the helper
        op.drop_table("b")
    """
    assert approved("tidy()", before=helper) == [("a", "in the helper"), ("b", None)]
    both = "tidy()  # MIGRATION_APPROVED: at the call"
    assert approved(both, before=helper.replace("  # MIGRATION_APPROVED: in the helper", "")) == [
        ("a", "at the call"),
        ("b", "at the call"),
    ]


def test_an_approval_in_a_string_or_without_reason_is_none() -> None:
    code = """
    op.drop_table("MIGRATION_APPROVED: a")
    op.drop_table("b")  # MIGRATION_APPROVED:
    """
    assert [reason for _, reason in approved(code)] == [None, None]
    assert [one.problem for one in migration(code).annotations] == ["empty-reason"]


def test_a_note_on_the_way_back_is_kept() -> None:
    assert migration("# ROLLBACK: restore from the snapshot\nop.drop_table('a')").rollback == (
        "restore from the snapshot"
    )


def test_lines_put_before_move_regions_and_change_nothing_else() -> None:
    def bare(found: Migration | None) -> list[tuple[str, int, int]]:
        assert found is not None
        return [(brief(one), one.region.line, len(one.related)) for one in found.operations]

    moved = read_alembic("# a\n\n" + PLACES)
    assert bare(moved) == [(one, line + 2, related) for one, line, related in bare(read_alembic(PLACES))]


def test_windows_line_ends_change_nothing() -> None:
    def regions(text: str) -> list[Operation]:
        found = read_alembic(text)
        assert found is not None
        return list(found.operations)

    unix, windows = regions(PLACES), regions(PLACES.replace("\n", "\r\n"))
    assert [(brief(one), one.region.line, one.region.column) for one in unix] == [
        (brief(one), one.region.line, one.region.column) for one in windows
    ]


ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

def run_migrations_offline():
    context.configure(url="postgresql+psycopg://localhost/shop", literal_binds=True)

def run_migrations_online():
    engine = create_engine("postgresql://localhost/shop", connect_args={"options": "-c lock_timeout=2000"})
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=True)
        connection.execute("SET statement_timeout TO '30s'")
"""


def test_an_environment_tells_dialect_transactions_and_timeouts() -> None:
    found = read_env(ENVIRONMENT)
    assert found is not None
    assert found.dialect == "postgres"
    assert found.shares_transaction is False
    assert found.timeouts == ("lock_timeout", "statement_timeout")


@pytest.mark.parametrize(
    ("change", "shares"),
    [
        (", transaction_per_migration=True", True),
        ("transaction_per_migration=True", True),
    ],
)
def test_migrations_share_a_transaction_unless_the_environment_says_otherwise(change: str, shares: bool) -> None:
    found = read_env(ENVIRONMENT.replace(change, ""))
    assert found is not None
    assert found.shares_transaction is shares


def test_what_an_environment_reads_elsewhere_is_not_known() -> None:
    text = ENVIRONMENT.replace("transaction_per_migration=True", "**settings").replace(
        "lock_timeout=2000", "lock_timeout=0"
    )
    found = read_env(text.replace("postgresql", "{driver}"))
    assert found is not None
    assert found.shares_transaction is None
    assert found.dialect is None
    assert found.timeouts == ("statement_timeout",)


def test_other_files_are_no_environment() -> None:
    assert read_env("import logging\n") is None
    assert read_env("from alembic import context\ncontext.configure(\n") is None


def test_an_ini_file_names_the_folders_of_versions() -> None:
    text = """[alembic]
script_location = %(here)s/alembic
version_locations = %(here)s/alembic/versions
    %(here)s/plugins/billing/versions
path_separator = newline
sqlalchemy.url = mysql+pymysql://localhost/shop
"""
    found = read_environment("db/alembic.ini", text)
    assert found is not None
    assert (found.dialect, found.scripts) == ("mysql", "alembic")
    assert found.versions == ("alembic/versions", "plugins/billing/versions")
    one_line = text.replace("\n    %(here)s/plugins", ":%(here)s/plugins")
    assert read_environment("db/alembic.ini", one_line) == found


def test_versions_in_several_folders_are_one_chain() -> None:
    ini = "[alembic]\nscript_location = alembic\nversion_locations = alembic/versions extra/versions\n"
    body = "def upgrade(): pass\ndef downgrade(): pass\n"
    files = {
        "db/alembic.ini": ini,
        "db/alembic/env.py": ENVIRONMENT,
        "db/alembic/versions/a.py": f"revision = 'a'\ndown_revision = None\n{body}",
        "db/extra/versions/b.py": f"revision = 'b'\ndown_revision = 'a'\n{body}",
    }
    ask = Ask(paths=tuple(files), read=lambda path: files[path].encode(), matches=lambda *_: False)
    facts = {path: found for path, text in files.items() if (found := collect(path, text)) is not None}
    (chain,) = link(facts, ask).chains
    assert [(one.id, one.environment) for one in chain.migrations] == [("a", "db/alembic"), ("b", "db/alembic")]


def test_branches_for_other_databases_are_left_out_where_the_project_tells_its_own() -> None:
    body = (
        "from alembic import op\nrevision = 'a'\ndown_revision = None\n"
        "def upgrade():\n"
        "    if op.get_bind().dialect.name == 'mysql':\n        op.drop_table('a')\n"
        "    else:\n        op.drop_table('b')\n"
        "    op.drop_table('c')\n"
    )
    tables = []
    for environment in (ENVIRONMENT, ENVIRONMENT.replace("postgresql", "{driver}")):
        files = {"db/env.py": environment, "db/versions/a.py": body}
        ask = Ask(paths=tuple(files), read=lambda path, files=files: files[path].encode(), matches=lambda *_: False)
        facts = {path: found for path, text in files.items() if (found := collect(path, text)) is not None}
        tables.append([one.table for one in link(facts, ask).migrations[0].operations])
    assert tables == [["b", "c"], ["a", "b", "c"]]


def test_a_template_of_migrations_in_a_string_is_none() -> None:
    template = 'TEMPLATE = """\\\nrevision = "{id}"\ndown_revision = {parent}\n\n\ndef upgrade():\n    pass\n"""\n'
    assert read_alembic(template) is None
