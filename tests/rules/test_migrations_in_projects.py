"""The migrations pack over whole projects: several files, several databases, and the steps of expand and contract."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Finding = tuple[str, int]
Scan = Callable[[Mapping[str, str]], list[Finding]]

ALEMBIC = """\
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {parent}


def upgrade():
{body}


def downgrade():
    raise NotImplementedError
"""


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Scans a project of these files; each error and warning that nobody has approved, as its rule and line."""

    def run(files: Mapping[str, str]) -> list[Finding]:
        for path, text in files.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "relcheck", "scan", "--select", "migrations", "--output", "json", "--no-cache"],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        findings = json.loads(done.stdout)["findings"]
        return [(one["rule"].partition("/")[2], one["line"]) for one in findings if one["severity"] != "info"]

    return run


def _alembic(revision: str, parent: str | None, body: str) -> str:
    told = f'"{parent}"' if parent else "None"
    return ALEMBIC.format(revision=revision, parent=told, body="\n".join(f"    {line}" for line in body.splitlines()))


BEFORE = """\
-- MIGRATION_ROLLBACK: restore from the backup
CREATE TABLE "members" (
    "id" BIGSERIAL PRIMARY KEY,
    "first_name" TEXT NOT NULL,
    "last_name" TEXT NOT NULL,
    "old_field" TEXT
);
"""
LIMIT = "SET lock_timeout = '2s';\n"


def _prisma(*steps: str) -> dict[str, str]:
    return {f"prisma/migrations/{number:04}_step/migration.sql": step for number, step in enumerate(steps)}


def test_expanding_is_clean(scan: Scan) -> None:
    expand = (
        f'{LIMIT}-- Add new column (nullable)\nALTER TABLE "members" ADD COLUMN "display_name" TEXT;\n\n'
        '-- Add new table\nCREATE TABLE "member_preferences" (\n    "id" BIGSERIAL PRIMARY KEY,\n'
        '    "member_id" BIGINT NOT NULL,\n    "key" TEXT NOT NULL\n);\n'
    )
    assert scan(_prisma(BEFORE, expand)) == []


def test_filling_a_column_is_clean_where_its_condition_stands_on_the_next_line(scan: Scan) -> None:
    expand = f'{LIMIT}ALTER TABLE "members" ADD COLUMN "display_name" TEXT;\n'
    fill = (
        "-- Backfill new column\nUPDATE \"members\" SET display_name = first_name || ' ' || last_name\n"
        "WHERE display_name IS NULL;\n"
    )
    assert scan(_prisma(BEFORE, expand, fill)) == []
    without = fill.replace("\nWHERE display_name IS NULL", "")
    assert scan(_prisma(BEFORE, expand, without)) == [("update-without-where", 2)]


def test_contracting_is_clean_only_with_its_annotation(scan: Scan) -> None:
    drop = f'{LIMIT}ALTER TABLE "members" DROP COLUMN "old_field";'
    assert scan(_prisma(BEFORE, drop)) == [("drop-column", 2)]
    approved = f"{drop} -- MIGRATION_APPROVED: data migrated to new_field\n"
    assert scan(_prisma(BEFORE, approved)) == []
    assert ("drop-column", 2) in scan(_prisma(BEFORE, f"{drop} -- MIGRATION_APPROVED:\n"))


def test_what_a_loop_does_at_one_place_is_told_once(scan: Scan) -> None:
    body = "for name in ('a', 'b'):\n    op.execute('DELETE FROM shop_order')"
    found = scan({"versions/1.py": _alembic("1", None, body)})
    assert found.count(("delete-without-where", 10)) == 1


def test_a_column_that_each_database_gets_in_a_way_of_its_own_is_no_duplicate(scan: Scan) -> None:
    create = "op.create_table('shop_order', sa.Column('id', sa.BigInteger(), primary_key=True))"
    add = (
        "if op.get_bind().dialect.name == 'sqlite':\n"
        "    with op.batch_alter_table('shop_order') as batch_op:\n"
        "        batch_op.add_column(sa.Column('note', sa.Text()))\n"
        "    return\n"
        "op.add_column('shop_order', sa.Column('note', sa.Text()))"
    )
    files = {"versions/1.py": _alembic("1", None, create), "versions/2.py": _alembic("2", "1", add)}
    assert "duplicate-column" not in {rule for rule, _ in scan(files)}
    files["versions/3.py"] = _alembic("3", "2", "op.add_column('shop_order', sa.Column('note', sa.Text()))")
    assert "duplicate-column" in {rule for rule, _ in scan(files)}


def test_the_apps_of_a_project_are_asked_for_a_timeout_once(scan: Scan) -> None:
    first = (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
        "        migrations.CreateModel('Item', [('id', models.BigAutoField(primary_key=True))])\n    ]\n"
    )
    second = (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        "    dependencies = [('{app}', '0001_initial')]\n    operations = [\n"
        "        migrations.AddField('Item', 'note', models.TextField(null=True))\n    ]\n"
    )
    files = {
        f"{app}/migrations/{name}": text.replace("{app}", app)
        for app in ("shop", "blog")
        for name, text in (("0001_initial.py", first), ("0002_note.py", second), ("__init__.py", ""))
    }
    assert [rule for rule, _ in scan(files)] == ["missing-lock-timeout"]


def test_chains_for_several_databases_stand_side_by_side(scan: Scan) -> None:
    create = "op.execute('CREATE TABLE shop_order (id integer PRIMARY KEY AUTOINCREMENT)')"
    add = "op.add_column('shop_order', sa.Column('note', sa.Text()))"
    files = {
        "db/env.py": "from alembic import context\n\n\ndef run():\n    context.run_migrations()\n\n\nrun()\n",
        "db/versions/sqlite/1.py": _alembic("1", None, create),
        "db/versions/sqlite/2.py": _alembic("2", "1", add),
        "db/versions/postgresql/3.py": _alembic(
            "3", None, "op.create_table('shop_order', sa.Column('id', sa.BigInteger(), primary_key=True))"
        ),
        "db/versions/postgresql/4.py": _alembic("4", "3", add),
    }
    assert {rule for rule, _ in scan(files)} <= {"missing-lock-timeout", "empty-downgrade"}


def test_the_database_of_tests_and_templates_is_not_that_of_a_project(scan: Scan) -> None:
    sqlite = "INSTALLED_APPS = ['shop']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n"
    head = "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    files = {
        "shop/test/settings.py": sqlite,
        "shop/project_template/settings/base.py": sqlite,
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": f"{head}    operations = [\n        migrations.CreateModel("
        "'Item', [('id', models.BigAutoField(primary_key=True)), ('name', models.TextField())])\n    ]\n",
        "shop/migrations/0002_name.py": f"{head}    dependencies = [('shop', '0001_initial')]\n    operations = [\n"
        "        migrations.AddIndex('Item', models.Index(fields=['name'], name='by_name'))\n    ]\n",
    }
    assert "index-not-concurrent" in {rule for rule, _ in scan(files)}
    assert "index-not-concurrent" not in {rule for rule, _ in scan({**files, "site/settings.py": sqlite})}
