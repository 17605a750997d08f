"""Migrations over the life of a repository: what the branch has is history, a change to it is not."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from project import Project, Ran

FIRST = "db/migration/V1__orders.sql"
SECOND = "db/migration/V2__leaner.sql"
THIRD = "db/migration/V3__leanest.sql"
TABLE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, memo text);\n"
DROP = "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN {};\n"
TODAY = date(2026, 6, 1)
CODE = 'def letter(orders):\n    return orders.execute("SELECT memo FROM orders")\n'


class Shop(Project):
    """A repository whose commits have dates."""

    def commit_on(self, day: date, message: str) -> str:
        self.git("add", "--all")
        stamp = f"{day.isoformat()}T12:00:00+00:00"
        done = self.run(
            "git",
            "commit",
            "--quiet",
            "--no-verify",
            f"--message={message}",
            GIT_AUTHOR_DATE=stamp,
            GIT_COMMITTER_DATE=stamp,
        )
        assert done.code == 0, done.err
        return self.git("rev-parse", "HEAD")

    def gate(self, *arguments: str) -> Ran:
        return self.scan("--select", "migrations", "--today", TODAY.isoformat(), *arguments)

    def review(self, *arguments: str) -> Ran:
        return self.relcheck("migrations", "review", "--today", TODAY.isoformat(), *arguments)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A branch `main` with two migrations, of which the second loses data, and a branch for a change."""
    shop = Shop(tmp_path / "shop")
    shop.write(FIRST, TABLE)
    shop.write(SECOND, DROP.format("note"))
    shop.write("app/letters.py", CODE)
    shop.commit_on(TODAY - timedelta(days=90), "the shop")
    shop.git("switch", "--quiet", "--create", "change")
    return shop


def of(ran: Ran, status: str = "new") -> list[tuple[str, str]]:
    """(rule, path) of the findings of a status."""
    found = json.loads(ran.out)["findings"]
    return [(one["rule"].removeprefix("migrations/"), one["path"]) for one in found if one["status"] == status]


def test_what_main_has_is_one_line(shop: Shop) -> None:
    ran = shop.relcheck("migrations", "review")
    assert ran.code == 0
    assert "2 migrations" in ran.out + ran.err
    assert "drop-column" not in ran.out
    assert shop.gate().rules == []


def test_history_is_gated_where_it_is_asked_for(shop: Shop) -> None:
    assert ("drop-column", SECOND) in of(shop.gate("--history"))
    ran = shop.review("--history")
    assert ran.code == 1
    assert "orders.note" in ran.out


def test_a_new_migration_is_gated_and_the_old_ones_are_not(shop: Shop) -> None:
    shop.write(THIRD, DROP.format("memo"))
    shop.write("app/letters.py", "")
    for arguments in ((), ("--base", "main")):
        found = of(shop.gate(*arguments))
        assert ("drop-column", THIRD) in found
        assert {path for _, path in found} == {THIRD}


def test_gating_begins_with_the_migration_that_is_named(shop: Shop) -> None:
    shop.write("relcheck.toml", '[migrations]\nsince = "V2__leaner.sql"\n')
    assert {path for _, path in of(shop.gate())} == {SECOND}
    shop.write("relcheck.toml", '[migrations]\nsince = "V9__later.sql"\n')
    ran = shop.gate()
    assert ran.code == 2
    assert "V9__later.sql" in ran.err


def test_a_migration_that_was_applied_is_not_edited(shop: Shop) -> None:
    shop.write(SECOND, DROP.format("memo"))
    assert ("applied-migration-edited", SECOND) in of(shop.gate("--base", "main"))


@pytest.mark.parametrize("arguments", [(), ("--history",)])
def test_a_migration_that_is_as_it_was_is_not_edited(shop: Shop, arguments: tuple[str, ...]) -> None:
    shop.write(THIRD, DROP.format("memo"))
    shop.write("relcheck.toml", "[migrations]\nhistory = true\n")
    assert "applied-migration-edited" not in {rule for rule, _ in of(shop.gate("--base", "main", *arguments))}


def test_a_migration_that_was_applied_is_not_deleted(shop: Shop) -> None:
    (shop.root / SECOND).unlink()
    shop.commit_on(TODAY, "away with it")
    assert "migration-deleted" in {rule for rule, _ in of(shop.gate("--base", "main"))}


def test_what_is_approved_passes(shop: Shop) -> None:
    shop.write("app/letters.py", "")
    shop.commit_on(TODAY - timedelta(days=40), "no letters")
    drop = "-- MIGRATION_APPROVED: nobody writes letters; ticket=OPS-4\nALTER TABLE orders DROP COLUMN memo;\n"
    shop.write(THIRD, f"SET lock_timeout = '2s';\n{drop}")
    ran = shop.gate("--base", "main", "--show-waived")
    assert ran.code == 0
    assert of(ran) == []
    assert ("drop-column", THIRD) in of(ran, "approved")


@pytest.mark.parametrize(("days", "early"), [(3, True), (40, False)])
def test_a_column_that_was_used_a_few_days_ago_goes_too_early(shop: Shop, days: int, early: bool) -> None:
    shop.write("app/letters.py", "")
    shop.commit_on(TODAY - timedelta(days=days), "no letters")
    shop.write(THIRD, DROP.format("memo"))
    shop.commit_on(TODAY, "no memos")
    assert (("contract-too-early", THIRD) in of(shop.gate("--base", "main"))) is early


@pytest.mark.parametrize(("later", "early"), [(1, True), (2, False)])
def test_releases_lie_between_the_last_use_of_a_column_and_its_end(shop: Shop, later: int, early: bool) -> None:
    shop.git("tag", "v1")
    shop.write("app/letters.py", "")
    for number in range(later):
        shop.commit_on(TODAY - timedelta(days=60 - number), "a release")
        shop.git("tag", f"v{number + 2}")
        shop.write("app/other.py", f"x = {number}\n")
    shop.write(THIRD, DROP.format("memo"))
    shop.write("relcheck.toml", "[migrations]\ncontract_after_releases = 2\n")
    shop.commit_on(TODAY, "no memos")
    assert (("contract-too-early", THIRD) in of(shop.gate("--base", "main"))) is early


ROLES = """\
[migrations.signoffs]
roles = { "System Owner" = ["ada"], "Backup/Recovery Owner" = ["acme/storage"] }
"""


class Signed:
    """A change that needs two signatures, and what the code host says of it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        shop.write("relcheck.toml", ROLES)
        shop.write("app/letters.py", "")
        shop.commit_on(TODAY - timedelta(days=40), "roles, and no letters")
        drop = "-- MIGRATION_APPROVED: nobody writes letters; by=ada\nALTER TABLE orders DROP COLUMN memo;\n"
        shop.write(THIRD, f"SET lock_timeout = '2s';\n{drop}")
        self.head = shop.commit_on(TODAY, "no memos")
        self.file = shop.root.parent / "signoffs.json"

    def scan(self, *reviews: dict[str, object], author: str = "mallory", file: Path | None = None) -> Ran:
        file = file or self.file
        written = {"version": 1, "head": self.head, "author": author, "reviews": reviews}
        file.write_text(json.dumps(written), encoding="utf-8")
        return self.shop.gate("--base", "main", "--show-waived", "--signoffs", str(file))

    def by(self, name: str, *teams: str) -> dict[str, object]:
        return {"reviewer": name, "teams": teams, "commit": self.head}


@pytest.fixture
def signed(shop: Shop) -> Signed:
    return Signed(shop)


def test_a_change_passes_when_each_role_has_signed(signed: Signed) -> None:
    ran = signed.scan(signed.by("ada"), signed.by("ken", "acme/storage"))
    assert ran.code == 0
    assert ("drop-column", THIRD) in of(ran, "approved")


def test_a_claim_in_the_comment_signs_nothing(signed: Signed) -> None:
    assert ("drop-column", THIRD) in of(signed.shop.gate("--base", "main"))
    assert ("drop-column", THIRD) in of(signed.scan())


def test_each_role_has_to_sign(signed: Signed) -> None:
    assert ("drop-column", THIRD) in of(signed.scan(signed.by("ada")))


def test_a_signature_counts_in_the_next_scan_and_one_that_is_gone_does_not(signed: Signed) -> None:
    both = signed.by("ada"), signed.by("ken", "acme/storage")
    assert [signed.scan(*reviews).code for reviews in (both[:1], both, both[:1], both)] == [1, 0, 1, 0]


def test_an_author_does_not_sign_the_own_change(signed: Signed) -> None:
    reviews = (signed.by("ada"), signed.by("ken", "acme/storage"))
    assert ("drop-column", THIRD) in of(signed.scan(*reviews, author="Ada"))


def test_a_push_after_the_review_voids_it(signed: Signed) -> None:
    reviews = (signed.by("ada"), signed.by("ken", "acme/storage"))
    signed.shop.write("app/more.py", "x = 1\n")
    signed.head = signed.shop.commit_on(TODAY, "one thing more")
    assert ("drop-column", THIRD) in of(signed.scan(*reviews))


def test_a_file_in_the_repository_signs_nothing(signed: Signed) -> None:
    ran = signed.scan(signed.by("ada"), file=signed.shop.root / "signoffs.json")
    assert ran.code == 2
    assert "lies in the repository" in ran.err


def test_the_settings_of_django_say_the_dialect_and_the_timeouts(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("shop/migrations/__init__.py", "")
    project.write(
        "shop/migrations/0001_initial.py",
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    operations = [\n"
        '        migrations.CreateModel("Order", [("id", models.AutoField(primary_key=True))]),\n    ]\n',
    )
    project.write(
        "shop/migrations/0002_number.py",
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
        '    dependencies = [("shop", "0001_initial")]\n    operations = [\n'
        '        migrations.AddField("order", "number", models.TextField(null=True)),\n    ]\n',
    )
    project.write("relcheck.toml", "[migrations]\nhistory = true\n")
    select = ("--select", "migrations/missing-lock-timeout")
    assert project.scan(*select).rules == ["migrations/missing-lock-timeout"]
    options = '"OPTIONS": {"options": "-c lock_timeout=2s"}'
    engine = '"ENGINE": "django.db.backends.postgresql"'
    project.write("shop/settings.py", f'DATABASES = {{"default": {{{engine}, {options}}}}}\n')
    assert project.scan(*select).rules == []


def test_what_the_configuration_calls_migrations_is_judged_though_nothing_else_looks_like_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop")
    shop.write("sql/000001.sql", "DROP TABLE jobs;\n")
    assert shop.gate("--history", "sql").rules == ["relcheck/nothing-checked"]
    shop.write("relcheck.toml", '[migrations]\npaths = ["sql/*.sql"]\n')
    for only in ((), ("sql/000001.sql",)):
        assert "migrations/drop-table" in shop.gate("--history", *only).rules
