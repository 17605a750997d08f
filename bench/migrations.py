"""Migrations to be measured on: files of SQL as Prisma writes them, and chains of Alembic and Django in Python."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from bench.repository import commit_all

if TYPE_CHECKING:
    from pathlib import Path

_TABLES = 40
"""The tables of an application; later migrations change those that earlier ones have created."""
_SETTINGS = '[migrations]\nhistory = true\ndialect = "postgres"\nserver_version = 16\n'

_CREATE = """\
-- CreateTable
CREATE TABLE "{table}" (
    "id" BIGINT NOT NULL,
    "number" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "amount" DECIMAL(12, 2),
    "owner_id" BIGINT,
    "created_at" TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "{table}_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "{table}_number_key" ON "{table}"("number");
"""
_CHANGES = (
    'ALTER TABLE "{table}" ADD COLUMN "note_{number}" TEXT;\n',
    'CREATE INDEX "{table}_by_state_{number}" ON "{table}"("state", "created_at");\n',
    (
        'ALTER TABLE "{table}" ADD COLUMN "weight_{number}" INTEGER NOT NULL DEFAULT 0,\n'
        'ADD COLUMN "seen_{number}" TIMESTAMPTZ;\n\n'
        'UPDATE "{table}" SET "weight_{number}" = 1 WHERE "state" = \'open\';\n'
    ),
    (
        'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_owner_{number}" FOREIGN KEY ("owner_id")\n'
        'REFERENCES "{other}"("id") ON DELETE SET NULL;\n'
    ),
    'ALTER TABLE "{table}" ALTER COLUMN "amount" SET DATA TYPE DECIMAL(14, 2);\n',
    'ALTER TABLE "{table}" DROP COLUMN "note_{early}";\n',
)
_ALEMBIC = '''\
"""Change {number} of {table}."""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op

revision: str = "{number:04d}"
down_revision: Union[str, None] = {parent}
branch_labels: Union[str, Sequence[str], None] = None


def upgrade() -> None:
{up}

def downgrade() -> None:
{down}
'''
_ALEMBIC_CREATE = """\
    op.create_table(
        "{table}",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="open", nullable=False),
        sa.Column("amount", sa.Numeric(12, 2), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_{table}")),
    )
    op.create_index(op.f("ix_{table}_number"), "{table}", ["number"], unique=True)
"""
_ALEMBIC_CHANGE = """\
    op.add_column("{table}", sa.Column("note_{number}", sa.Text(), nullable=True))
    with op.batch_alter_table("{table}") as batch_op:
        batch_op.alter_column("state", existing_type=sa.String(length=20), type_=sa.String(length=30))
    for column in ("state", "amount"):
        op.create_index(f"ix_{table}_{number}_{{column}}", "{table}", [column])
    op.execute("UPDATE {table} SET note_{number} = 'none' WHERE note_{number} IS NULL")
"""
_DJANGO = """\
from django.db import migrations, models


def fill(apps, schema_editor):
    model = apps.get_model("{app}", "Item")
    for row in model.objects.filter(note_{number}__isnull=True).iterator():
        row.note_{number} = "none"
        row.save(update_fields=["note_{number}"])


class Migration(migrations.Migration):
    dependencies = [{dependencies}]

    operations = [
{operations}    ]
"""
_DJANGO_CREATE = """\
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("state", models.CharField(default="open", max_length=20)),
            ],
        ),
        migrations.AddField("item", "note_{number}", models.TextField(null=True)),
"""
_DJANGO_CHANGE = """\
        migrations.AddField("item", "note_{number}", models.TextField(null=True)),
        migrations.AlterField("item", "state", models.CharField(default="open", max_length={length})),
        migrations.AddIndex("item", models.Index(fields=["state", "note_{number}"], name="by_{number}")),
        migrations.RunPython(fill, migrations.RunPython.noop),
"""


def sql_files(trees: Path, number: int) -> Path:
    """A repository of that many migrations of Prisma below `trees`, committed; it is made once."""
    root = trees / "migrations-sql" / str(number)
    if not (root / ".git").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        for index in range(number):
            _write(root / "prisma" / "migrations" / f"{20250101000000 + index}_change" / "migration.sql", sql(index))
        _finish(root)
    return root


def sql(index: int) -> str:
    """The migration with this number: the first ones create the tables that later ones change."""
    table, other = f"item_{index % _TABLES}", f"item_{(index + 7) % _TABLES}"
    if index < _TABLES:
        return _CREATE.format(table=table)
    return _CHANGES[index % len(_CHANGES)].format(table=table, other=other, number=index, early=index - _TABLES)


def python_files(trees: Path, number: int) -> Path:
    """The same with migrations in Python: half of them one chain of Alembic, half of them Django's, twenty an app."""
    root = trees / "migrations-python" / str(number)
    if not (root / ".git").is_dir():
        shutil.rmtree(root, ignore_errors=True)
        _write(root / "alembic.ini", "[alembic]\nscript_location = alembic\n")
        for index in range(number // 2):
            _write(root / "alembic" / "versions" / f"{index:04d}_change.py", _alembic(index))
        for index in range(number - number // 2):
            app, place = f"app_{index // 20}", index % 20
            if not place:
                _write(root / app / "migrations" / "__init__.py", "")
            _write(root / app / "migrations" / f"{place:04d}_change.py", _django(app, place))
        _finish(root)
    return root


def _alembic(index: int) -> str:
    table = f"item_{index % _TABLES}"
    creates = index < _TABLES
    up = (_ALEMBIC_CREATE if creates else _ALEMBIC_CHANGE).format(table=table, number=index)
    down = f'    op.drop_table("{table}")' if creates else f'    op.drop_column("{table}", "note_{index}")'
    parent = f'"{index - 1:04d}"' if index else "None"
    return _ALEMBIC.format(number=index, table=table, parent=parent, up=up, down=down)


def _django(app: str, place: int) -> str:
    operations = (_DJANGO_CHANGE if place else _DJANGO_CREATE).format(number=place, length=20 + place)
    dependencies = f'("{app}", "{place - 1:04d}_change")' if place else ""
    return _DJANGO.format(app=app, number=place, dependencies=dependencies, operations=operations)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _finish(root: Path) -> None:
    _write(root / "relcheck.toml", _SETTINGS)
    commit_all(root)
