"""`--rendered FILE.sql`: what was read from migrations, held against the SQL that the team renders from them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from project import ROOT, Project, Ran

FIXTURES = ROOT / "tests" / "fixtures"
# What `alembic upgrade head --sql` (1.20) writes for the warehouse of the broken twin.
ALEMBIC = """\
BEGIN;

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> 0001

CREATE TABLE shelf (
    id BIGSERIAL NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE parcel (
    id BIGSERIAL NOT NULL,
    order_number TEXT NOT NULL,
    shelf_id BIGINT,
    grams INTEGER,
    remark TEXT,
    PRIMARY KEY (id)
);

INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num;

COMMIT;

BEGIN;

-- Running upgrade 0001 -> 0002

CREATE INDEX parcel_order_number ON parcel (order_number);

ALTER TABLE parcel ADD CONSTRAINT parcel_on_shelf FOREIGN KEY(shelf_id) REFERENCES shelf (id);

ALTER TABLE parcel ALTER COLUMN grams SET NOT NULL;

UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001';

COMMIT;

BEGIN;

-- Running upgrade 0002 -> 0003

UPDATE parcel SET grams = 0;

ALTER TABLE parcel DROP COLUMN remark;

UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002';

COMMIT;
"""


@pytest.fixture
def orders(tmp_path: Path) -> Project:
    """The bundled example, broken."""
    shutil.copytree(FIXTURES / "orders_broken", tmp_path / "orders")
    return Project(tmp_path / "orders")


def differences(project: Project, sql: str) -> list[tuple[str, str, str]]:
    """(kind, file, message) of what `--rendered` tells."""
    file = project.root.parent / "rendered.sql"
    file.write_text(sql, encoding="utf-8")
    ran = project.scan("--select", "migrations/rendered-differs", "--rendered", str(file))
    return [(one["kind"], Path(one["path"]).name, one["message"]) for one in json.loads(ran.out)["findings"]]


def test_what_alembic_renders_is_what_was_read(orders: Project) -> None:
    assert differences(orders, ALEMBIC) == []


def test_what_prisma_runs_is_what_was_read(orders: Project) -> None:
    files = sorted((orders.root / "prisma" / "migrations").glob("*/migration.sql"))
    assert differences(orders, "".join(file.read_text(encoding="utf-8") for file in files)) == []


def test_a_statement_that_was_not_read_is_told_with_its_line(orders: Project) -> None:
    line = "ALTER TABLE parcel DROP COLUMN remark;\n"
    found = differences(orders, ALEMBIC.replace(line, f"{line}\nDROP TABLE invoice;\n"))
    assert [(kind, file) for kind, file, _ in found] == [("only-rendered", "0003_drop_remark.py")]
    assert "line 51, drops the table invoice" in found[0][2]


def test_an_operation_that_was_not_rendered_is_told_at_its_call(orders: Project) -> None:
    found = differences(orders, ALEMBIC.replace("ALTER TABLE parcel DROP COLUMN remark;\n", ""))
    assert [(kind, file) for kind, file, _ in found] == [("only-read", "0003_drop_remark.py")]


def test_another_way_to_do_it_is_told_with_both_sides(orders: Project) -> None:
    found = differences(orders, ALEMBIC.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY"))
    assert [(kind, file) for kind, file, _ in found] == [("rendered-otherwise", "0002_weigh_parcels.py")]
    assert "CONCURRENTLY is in it" in found[0][2]


def test_a_revision_that_was_not_rendered_is_told(orders: Project) -> None:
    found = differences(orders, ALEMBIC.partition("-- Running upgrade 0002")[0])
    assert [(kind, file) for kind, file, _ in found] == [("not-rendered", "0003_drop_remark.py")]


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "is empty"), (b"\0", "NUL"), (b"\xff", "not UTF-8"), (None, "cannot be read")]
)
def test_a_file_that_says_nothing_is_refused(orders: Project, content: bytes | None, why: str) -> None:
    file = orders.root.parent / "rendered.sql"
    if content is not None:
        file.write_bytes(content)
    ran: Ran = orders.relcheck("migrations", "review", "--rendered", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert why in ran.err


def test_the_review_tells_differences(orders: Project) -> None:
    file = orders.root.parent / "rendered.sql"
    file.write_text(ALEMBIC.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY"), encoding="utf-8")
    ran = orders.relcheck("migrations", "review", "--rendered", str(file))
    assert ran.code == 1
    assert "one of the two is not what will run" in ran.out
