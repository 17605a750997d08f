"""`relcheck migrations review`: what the person who signs is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from project import Project

_TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, state text);\n"
_DROP = "ALTER TABLE orders DROP COLUMN note;\n"
_MODEL = 'class Order(Base):\n    __tablename__ = "orders"\n    note = Column(Text)\n'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "shop")
    made.write("relcheck.toml", '[migrations]\nhistory = true\nserver_version = 16\ntimeouts = ["lock_timeout"]\n')
    made.write("db/migration/V1__orders.sql", _TABLE)
    return made


def _review(project: Project, *options: str) -> tuple[int, str]:
    ran = project.relcheck("migrations", "review", *options)
    return ran.code, ran.out


def test_each_operation_is_told_with_its_lock_its_loss_and_the_way_back(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)

    code, out = _review(project)

    assert code == 1
    assert "1. drops the column orders.note  line 1\n" in out
    assert "     lost: columns with what they hold\n" in out
    assert "     lock: ACCESS EXCLUSIVE: reads, writes and changes of the schema wait for a moment\n" in out
    assert "     way back: restore from a backup: what is lost here cannot be had back\n" in out
    assert "     approval: missing\n" in out
    assert "error[migrations/drop-column]" in out
    assert out.endswith("2 migrations: 1 error. The gate fails\n")


def test_the_safe_way_is_for_these_very_names(project: Project) -> None:
    project.write("db/migration/V2__index.sql", "CREATE INDEX orders_state ON orders (state);\n")

    code, out = _review(project)

    assert code == 1
    assert "CREATE INDEX CONCURRENTLY orders_state ON orders USING btree (state);" in out


def test_what_still_uses_a_column_is_listed(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)
    project.write("app/models.py", _MODEL)

    _, out = _review(project)

    assert "     still used: app/models.py:3: the model Order has the column\n" in out


def test_what_is_approved_passes_and_says_why(project: Project) -> None:
    approved = f"-- MIGRATION_APPROVED: note is in order_notes; ticket=OPS-7\n{_DROP}"
    project.write("db/migration/V2__drop_note.sql", approved)

    code, out = _review(project)

    assert code == 0
    assert "     approval: note is in order_notes\n" in out
    assert "     ticket: OPS-7\n" in out
    assert out.endswith("2 migrations: no findings, 1 approved. The gate passes\n")


def test_a_migration_can_be_named(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)

    code, out = _review(project, "db/migration/V1__orders.sql")

    assert code == 0
    assert "V2" not in out
    assert "creates the table orders" in out


def test_without_migrations_that_is_said(tmp_path: Path) -> None:
    project = Project(tmp_path / "empty")
    project.write("app.py", "x = 1\n")

    code, out = _review(project)

    assert code == 1  # a gate that has looked at nothing is not green
    assert "relcheck/nothing-checked" in out
    assert out.endswith("no migration to review\n")


def test_markdown_is_a_comment_in_which_nothing_of_the_repository_marks_up(project: Project) -> None:
    hostile = "<img src=x>@octocat #12 https://evil.example </summary>"
    project.write("db/migration/V2__x.sql", f'ALTER TABLE orders DROP COLUMN "{hostile}";\n')

    _, out = _review(project, "--format", "markdown")

    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(out)
    rendered = re.sub(r"(?s)<pre>.*?</pre>", "", rendered)  # nothing is linked in code
    assert out.startswith("## Migration review: ")
    assert not re.search(r"<img|@octocat|#12", rendered)
    assert rendered.count("</summary>") == rendered.count("<summary>") == 2


def test_json_says_all_of_it(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)

    code, out = _review(project, "--format", "json")
    said = json.loads(out)

    assert (code, said["version"], said["fails"], said["errors"]) == (1, 1, True, 1)
    operation = said["migrations"][1]["operations"][0]
    assert operation["what"] == "drops the column orders.note"
    assert operation["change"] == "destructive"
    assert operation["loss"] == ["columns"]
    assert operation["remarks"][0]["rule"] == "migrations/drop-column"
    assert len(operation["operation_hash"]) == 16


def test_the_page_is_one_file(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)

    _, out = _review(project, "--format", "html")

    assert out.startswith("<!doctype html>")
    assert "drops the column orders.note" in out
    assert "http" not in out.replace("http-equiv", "")


def test_the_same_input_gives_the_same_bytes(project: Project) -> None:
    project.write("db/migration/V2__drop_note.sql", _DROP)

    assert _review(project, "--format", "html") == _review(project, "--format", "html")


_REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = {before}


def upgrade():
    {change}


def downgrade():
    pass
"""


def test_the_safe_way_is_code_of_the_same_tool(project: Project) -> None:
    index = "op.create_index('orders_state', 'orders', ['state'])"
    project.write("versions/0001.py", _REVISION.format(name="0001", before=None, change="pass"))
    project.write("versions/0002.py", _REVISION.format(name="0002", before='"0001"', change=index))

    _, out = _review(project, "versions/0002.py")

    assert "with op.get_context().autocommit_block():" in out
    assert 'op.execute("CREATE INDEX CONCURRENTLY orders_state ON orders (state)")' in out

    project.write(
        "shop/migrations/0001_index.py",
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n"
        "    operations = [migrations.RunSQL('CREATE INDEX orders_state ON orders (state)', '')]\n",
    )

    _, out = _review(project, "shop/migrations/0001_index.py")

    assert "# in a migration with atomic = False" in out
    assert 'migrations.RunSQL("CREATE INDEX CONCURRENTLY orders_state ON orders' in out
