"""What a scan keeps of documents and migrations: the next one says the same, and sees every change."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project import Project, Ran

MATRIX = """\
# Mechanisms

Status: Canonical

| Guarantee | Mechanism | Location | Owner | Status | Notes |
|---|---|---|---|---|---|
| No partial writes | `require_actor` | app/guard.py:allows | Kim Ode | Stubbed | always allow |
| Audit log | Writer | app/audit.py:record | Lee Amsel | Implemented | #12 |
| Kill switches | Flags | App | Kim Ode | Deferred | nobody works at night, until 2026-06-30 |

See [the plan](plan.md) and [what is beside](../../beside.md).
"""
INERT = "def allows(actor):\n    return True\n\n\ndef require_actor(actor):\n    return None\n"
ACTIVE = "import db\n\n\ndef allows(actor):\n    return db.session.execute(actor)\n"
AUDIT = "import db\n\n\ndef record(event):\n    db.session.add(event)\n"
CALLER = "from app.guard import allows\n\n\ndef handler(request):\n    return allows(request)\n"
SERVICE = (
    "from app.infra.transaction import TransactionIntent, transactional\n\n\n"
    "@transactional(TransactionIntent.{})\ndef trip(txn, breaker):\n    txn.flush()\n"
)
OPENED = (
    "from app.infra.transaction import single_connection_transaction\nfrom app.service import trip\n\n\n"
    "def run(breaker):\n    with single_connection_transaction() as txn:\n        trip(txn, breaker)\n"
)
FIRST = "db/migration/V1__orders.sql"
SECOND = "db/migration/V2__leaner.sql"
TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, memo text);\n"
DROP = "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN note;\n"
LETTER = 'def letter(orders):\n    return orders.execute("SELECT note FROM orders")\n'
RULES = "matrix,docs,migrations"


class Shop(Project):
    """A project in a folder of its repository, with a matrix, two migrations and the code that they are about. What a
    scan keeps is asserted against one that keeps nothing."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.write("shop/relcheck.toml", "[relcheck]\n")
        self.write("shop/docs/matrix.md", MATRIX)
        self.write("shop/docs/plan.md", "# The plan\n")
        self.write("beside.md", "# Beside\n")
        self.write("shop/app/guard.py", INERT)
        self.write("shop/app/audit.py", AUDIT)
        self.write("shop/app/main.py", "import app.audit\n\napp.audit.record(1)\n")
        self.write("shop/app/letters.py", LETTER)
        self.write(f"shop/{FIRST}", TABLE)
        self.commit_on("2026-01-01")
        self.git("switch", "--quiet", "--create", "change")
        self.write(f"shop/{SECOND}", DROP)
        self.commit_on("2026-05-20")

    def commit_on(self, day: str, *more: str) -> None:
        stamp = f"{day}T12:00:00+00:00"
        self.git("add", "--all")
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        done = self.run("git", "commit", "--quiet", "--no-verify", "--message=a change", *more, **dates)
        assert done.code == 0, done.err

    def told(self, *arguments: str, today: str = "2026-06-01", select: str = RULES) -> Ran:
        """What a scan says that may use what others kept; one that keeps nothing says the same."""
        command = ("scan", "--output", "json", "--today", today, "--select", select, "--show-waived", *arguments)
        kept = self.relcheck(*command, folder="shop")
        assert kept == self.relcheck(*command, "--no-cache", folder="shop")
        return kept


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """One that was scanned before, alone and beside its base."""
    shop = Shop(tmp_path / "repository")
    shop.told()
    shop.told("--base", "main")
    return shop


LINKING = ("relcheck.sources.matrix.link", "relcheck.sources.migration.link", "relcheck.sources.stubs.linked")


def test_a_second_scan_says_the_same_without_reading_code_or_linking_anything(shop: Shop) -> None:
    assert "migrations/drop-column" in shop.told().rules
    assert _imported(shop, RULES) == set()


def test_a_change_of_code_that_no_document_speaks_of_links_no_documents(shop: Shop) -> None:
    shop.write("shop/app/other.py", "x = 1\n")
    assert _imported(shop, "matrix/unproven-status")
    shop.write("shop/app/other.py", "x = 2\n")
    assert _imported(shop, "matrix/unproven-status") == set()
    shop.write("shop/app/guard.py", ACTIVE)
    assert "relcheck.sources.stubs.linked" in _imported(shop, "matrix/unproven-status")


def _imported(shop: Shop, select: str) -> set[str]:
    """Which of the modules that link facts a scan has imported."""
    script = (
        "import sys\nfrom relcheck.cli.main import run\n"
        f"run(['scan', '--today', '2026-06-01', '--select', '{select}'])\n"
        "print(*sys.modules)"
    )
    ran = shop.run(sys.executable, "-c", script, folder="shop")
    return set(LINKING).intersection(ran.out.splitlines()[-1].split())


CHANGES: dict[str, Callable[[Shop], object]] = {
    "a stub becomes active": lambda shop: shop.write("shop/app/guard.py", ACTIVE),
    "a file that a row names is deleted": lambda shop: (shop.root / "shop/app/audit.py").unlink(),
    "a document that another names is deleted": lambda shop: (shop.root / "shop/docs/plan.md").unlink(),
    "a file beside the project is deleted": lambda shop: (shop.root / "beside.md").unlink(),
    "the last reference to a column goes": lambda shop: shop.write("shop/app/letters.py", "x = 1\n"),
    "an untracked file refers to a column": lambda shop: shop.write("shop/app/new.py", LETTER),
    "a row has another status": lambda shop: shop.write("shop/docs/matrix.md", MATRIX.replace("Stubbed", "Enabled")),
    "a migration is edited": lambda shop: shop.write(f"shop/{SECOND}", DROP.replace("note", "memo")),
    "a comment is put below a migration that was history": lambda shop: shop.write(
        f"shop/{FIRST}", TABLE + "-- more\n"
    ),
    "a migration becomes history": lambda shop: shop.git("branch", "--force", "main", "HEAD"),
    "an option changes": lambda shop: shop.write("shop/relcheck.toml", "[migrations]\nhistory = true\n"),
    "a rule is switched off": lambda shop: shop.write(
        "shop/relcheck.toml", '[rules."migrations/drop-column"]\nenabled = false\n'
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(shop: Shop, change: str) -> None:
    before = shop.told().out, shop.told("--base", "main").out
    CHANGES[change](shop)
    assert (shop.told().out, shop.told("--base", "main").out) != before


def test_a_file_that_is_changed_and_changed_back_is_seen_both_times(shop: Shop) -> None:
    before = shop.told().out
    shop.write("shop/app/guard.py", ACTIVE)
    assert shop.told().out != before
    shop.write("shop/app/guard.py", INERT)
    assert shop.told().out == before


def test_a_change_of_the_same_length_within_a_tick_of_the_clock_is_seen(shop: Shop) -> None:
    file = shop.write("shop/app/guard.py", INERT)
    shop.git("add", "--all")
    state = file.stat()
    before = shop.told().out
    shop.write("shop/app/guard.py", INERT.replace("True", "os.x"))
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert shop.told().out != before


def test_another_day_is_another_result(shop: Shop) -> None:
    before = shop.told().rules
    assert shop.told(today="2026-07-01").rules != before
    assert shop.told().rules == before


def test_a_commit_on_another_day_changes_when_a_column_was_last_used(shop: Shop) -> None:
    shop.write("shop/app/letters.py", "x = 1\n")
    shop.commit_on("2026-05-30")
    assert "migrations/contract-too-early" in shop.told().rules
    shop.commit_on("2026-02-01", "--amend", "--date=2026-02-01T12:00:00+00:00")
    assert "migrations/contract-too-early" not in shop.told().rules


def test_what_is_staged_does_not_matter_to_when_a_column_was_last_used(shop: Shop) -> None:
    shop.write("shop/app/letters.py", "x = 1\n")
    early = "migrations/contract-too-early"
    assert early in shop.told().rules
    shop.git("add", "--all")
    assert early in shop.told().rules
    shop.git("reset", "--quiet")
    assert early in shop.told().rules


def test_that_no_default_branch_is_known_is_told_again(shop: Shop) -> None:
    shop.git("branch", "--move", "main", "trunk")
    for _ in range(2):
        ran = shop.relcheck("scan", "--select", "migrations", "--today", "2026-06-01", folder="shop")
        assert "no default branch is known here" in ran.out + ran.err


def test_history_and_rules_that_are_asked_for_are_told(shop: Shop) -> None:
    shop.git("branch", "--force", "main", "HEAD")
    assert "migrations/drop-column" not in shop.told().rules
    assert "migrations/drop-column" in shop.told("--history").rules
    assert set(shop.told("--history", select="migrations/drop-column").rules) == {"migrations/drop-column"}
    assert "migrations/drop-column" not in shop.told("--history", select="migrations/column-still-referenced").rules


def test_another_base_is_another_result(shop: Shop) -> None:
    shop.write("shop/docs/matrix.md", MATRIX.replace("Implemented", "Enabled"))
    assert shop.told("--base", "main").out != shop.told("--base", "HEAD").out
    shop.git("add", "--all")
    shop.told("--base", "main")
    shop.git("mv", "shop/docs/matrix.md", "shop/docs/moved.md")
    shop.told("--base", "main")
    shop.git("reset", "--quiet")
    shop.told("--base", "main")


def test_what_is_staged_and_some_files_have_the_findings_of_their_content(shop: Shop) -> None:
    shop.write("shop/app/guard.py", ACTIVE)
    shop.write("shop/docs/matrix.md", MATRIX + "\nMore.\n")
    shop.git("add", "shop/docs/matrix.md")
    for _ in range(2):
        shop.told("--staged")
        shop.told("docs/matrix.md")
        shop.told()


def test_the_line_about_history_is_told_again(shop: Shop) -> None:
    for _ in range(2):
        ran = shop.relcheck("scan", "--select", "migrations", "--today", "2026-06-01", folder="shop")
        assert "1 migration is history (main)" in ran.out + ran.err


def test_a_project_without_a_repository_is_kept_by_its_contents(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "repository")
    (shop.root / ".git").rename(tmp_path / "away")
    before = shop.told().out
    assert shop.told().out == before
    shop.write("shop/app/guard.py", ACTIVE)
    assert shop.told().out != before


EDITS = {
    "shop/app/guard.py": (INERT, ACTIVE, None),
    "shop/app/audit.py": (AUDIT, "", None),
    "shop/app/caller.py": (CALLER, LETTER, None),
    "shop/app/service.py": (SERVICE.format("LOCKED_MUTATION"), SERVICE.format("READ_ONLY"), None),
    "shop/app/opened.py": (OPENED, OPENED + "# more\n", None),
    "shop/docs/plan.md": ("# The plan\n", "# Draft\n\nStatus: Draft\n", None),
    f"shop/{SECOND}": (DROP, DROP.replace("note", "memo"), None),
    "beside.md": ("", None),
}


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_after_any_edits_a_scan_says_what_one_without_a_cache_says(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder) / "repository")
        for _ in range(4):
            path = data.draw(st.sampled_from(sorted(EDITS)))
            content = data.draw(st.sampled_from(EDITS[path]))
            if content is not None:
                shop.write(path, content)
            elif (shop.root / path).exists():
                (shop.root / path).unlink()
            if data.draw(st.booleans()):
                shop.git("add", "--all")
            base = data.draw(st.sampled_from(((), ("--base", "main"), ("--base", "HEAD"), ("--history",))))
            shop.told(*base, select=f"{RULES},transactions")


HELPED = (
    "import sqlalchemy as sa\nfrom alembic import op\nfrom app.{} import change\n\n"
    'revision = "{}"\ndown_revision = {}\n\n\n'
    'def upgrade():\n    change(op, "orders")\n\n\ndef downgrade():\n    pass\n'
)
DROPS = 'def change(op, table):\n    op.drop_column(table, "note")\n'
ADDS = 'import sqlalchemy as sa\n\n\ndef change(op, table):\n    op.add_column(table, sa.Column("note", sa.Text()))\n'


def test_a_change_in_one_file_is_seen_in_what_another_does_with_it(shop: Shop) -> None:
    shop.write("shop/app/opened.py", OPENED)
    for intent, found in (("LOCKED_MUTATION", 0), ("READ_ONLY", 1), ("LOCKED_MUTATION", 0)):
        shop.write("shop/app/service.py", SERVICE.format(intent))
        rules = shop.told(select="transactions").rules
        assert rules.count("transactions/primitive-without-intent") == found


def test_a_helper_of_migrations_that_is_another_makes_them_others(tmp_path: Path) -> None:
    shop = Project(tmp_path / "repository")
    shop.write("app/one.py", DROPS)
    shop.write("app/two.py", DROPS)
    shop.write("migrations/versions/a1.py", HELPED.format("one", "a1", None))
    shop.write("migrations/versions/b2.py", HELPED.format("two", "b2", '"a1"'))

    def dropped() -> list[str]:
        command = ("--select", "migrations", "--history")
        kept = shop.scan(*command)
        assert kept == shop.scan(*command, "--no-cache")
        return [path[-5:] for rule, path, _ in kept.findings if rule == "migrations/drop-column"]

    assert dropped() == dropped() == ["a1.py", "b2.py"]
    shop.write("app/one.py", ADDS)
    assert dropped() == ["b2.py"]
    shop.write("app/one.py", DROPS)
    (shop.root / "app/two.py").unlink()
    assert dropped() == ["a1.py"]
    shop.write("nearer/app/two.py", DROPS)
    assert dropped() == ["a1.py", "b2.py"]
