"""The real clients of pre-commit hooks install ours from a clone of this repository and run it on commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project import LOCK, PRIMITIVE, ROOT, Project, Ran, environment

_CLIENT = (sys.executable, "-m", "pre_commit")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """This repository with what is not committed yet, as a repository of its own."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        env=environment(),
        check=True,
        capture_output=True,
    ).stdout.split(b"\0")
    clone = Project(tmp_path_factory.mktemp("clone"))
    for name in map(os.fsdecode, filter(None, names)):
        if (ROOT / name).is_file():
            target = clone.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    clone.commit("everything")
    return clone


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client keeps the environment of the hook: made once for all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


class Shop(Project):
    """A repository whose commits the hook guards."""

    def __init__(self, root: Path, clone: Project, home: Path) -> None:
        super().__init__(root)
        self._home = home
        revision = clone.git("rev-parse", "HEAD")
        self.write(
            ".pre-commit-config.yaml",
            f"repos:\n  - repo: {clone.root}\n    rev: {revision}\n    hooks: [{{id: relcheck, verbose: true}}]\n",
        )
        self.write("relcheck.toml", '[rules."transactions/raw-row-lock"]\nallowed_in = ["app/transaction.py"]\n')
        self.write("app/transaction.py", PRIMITIVE)
        self.write("app/plain.py", "def add(one, other):\n    return one + other\n")
        self.commit("the shop")
        self.client("install")

    def client(self, *arguments: str) -> Ran:
        ran = self.run(*_CLIENT, *arguments, PRE_COMMIT_HOME=str(self._home), PRE_COMMIT_COLOR="never")
        assert ran.code in (0, 1), ran.out + ran.err
        return ran

    def try_to_commit(self, *paths: str) -> Ran:
        """`git add` and `git commit`, with the hook."""
        self.git("add", *paths)
        return self.run("git", "commit", "--message=a change", PRE_COMMIT_HOME=str(self._home))

    @property
    def commits(self) -> int:
        return int(self.git("rev-list", "--count", "HEAD"))


@pytest.fixture
def shop(tmp_path: Path, clone: Project, home: Path) -> Shop:
    return Shop(tmp_path / "shop", clone, home)


def test_the_manifest_and_our_own_configuration_are_valid(clone: Project, home: Path) -> None:
    for check, file in (
        ("validate-manifest", ".pre-commit-hooks.yaml"),
        ("validate-config", ".pre-commit-config.yaml"),
    ):
        ran = clone.run(*_CLIENT, check, file, PRE_COMMIT_HOME=str(home))
        assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_a_commit_that_breaks_a_rule_is_stopped(shop: Shop) -> None:
    shop.write("app/jobs.py", LOCK)

    ran = shop.try_to_commit("app/jobs.py")

    assert ran.code == 1
    assert "error[transactions/raw-row-lock]" in ran.out + ran.err
    assert shop.commits == 1


def test_a_commit_that_concerns_no_rule_passes_and_only_its_files_are_looked_at(shop: Shop) -> None:
    shop.write("app/plain.py", "def add(one, other):\n    return other + one\n")

    ran = shop.try_to_commit("app/plain.py")

    assert ran.code == 0, ran.out + ran.err
    assert "looked at 1 file, parsed 0, partial scan" in ran.out + ran.err
    assert shop.commits == 2


def test_several_files_are_looked_at_by_one_process(shop: Shop) -> None:
    paths = [f"app/part_{number}.py" for number in range(40)]
    for path in paths:
        shop.write(path, "x = 1\n")

    ran = shop.try_to_commit(*paths)

    assert ran.code == 0, ran.out + ran.err
    assert (ran.out + ran.err).count("looked at ") == 1
    assert "looked at 40 files" in ran.out + ran.err


def test_what_the_commit_does_not_hold_is_not_vacuous_and_not_reported(shop: Shop) -> None:
    """The configuration speaks of a module that is not in the commit, and an old violation stands in another file."""
    shop.write("app/old.py", LOCK)
    shop.commit("written before the hook was there")
    shop.write("app/plain.py", "def add(*numbers):\n    return sum(numbers)\n")

    ran = shop.try_to_commit("app/plain.py")

    assert ran.code == 0, ran.out + ran.err
    assert "no findings" in ran.out + ran.err


def test_what_is_not_staged_does_not_count(shop: Shop) -> None:
    shop.write("app/plain.py", "def add(*numbers):\n    return sum(numbers)\n")
    shop.git("add", "app/plain.py")
    shop.write("app/plain.py", LOCK)

    ran = shop.run("git", "commit", "--message=half of it", PRE_COMMIT_HOME=str(shop._home))

    assert ran.code == 0, ran.out + ran.err


def test_a_migration_in_sql_is_looked_at(shop: Shop) -> None:
    shop.write("db/migration/V1__shop.sql", "CREATE TABLE shop_order (id bigint PRIMARY KEY, note text);\n")
    shop.commit("the tables of the shop")
    shop.write("db/migration/V2__less.sql", "ALTER TABLE shop_order DROP COLUMN note;\n")

    ran = shop.try_to_commit("db/migration/V2__less.sql")

    assert ran.code == 1
    assert "error[migrations/drop-column]" in ran.out + ran.err
    assert "db/migration/V2__less.sql" in ran.out + ran.err


def test_a_commit_of_what_relcheck_does_not_read_does_not_start_the_hook(shop: Shop) -> None:
    shop.write("notes.txt", "select … for update\n")

    ran = shop.try_to_commit("notes.txt")

    assert ran.code == 0
    assert "(no files to check)Skipped" in ran.out + ran.err


def test_all_files_of_a_repository_can_be_checked(shop: Shop) -> None:
    shop.write("app/jobs.py", LOCK)
    shop.commit("written before the hook was there")

    ran = shop.client("run", "--all-files")

    assert ran.code == 1
    assert "at app/jobs.py:2:31 in claim" in ran.out


def test_try_repo_runs_the_hook_of_a_clone(shop: Shop, clone: Project) -> None:
    shop.write("app/jobs.py", LOCK)
    shop.git("add", "app/jobs.py")

    ran = shop.client("try-repo", str(clone.root), "relcheck", "--files", "app/jobs.py")

    assert ran.code == 1
    assert "error[transactions/raw-row-lock]" in ran.out


def test_prek_runs_the_same_hook(shop: Shop, tmp_path: Path) -> None:
    shop.write("app/jobs.py", LOCK)
    shop.git("add", "app/jobs.py")
    prek = Path(sys.executable).with_name("prek")

    ran = shop.run(prek, "run", "relcheck", "--all-files", PREK_HOME=str(tmp_path / "prek"))

    assert ran.code == 1, ran.out + ran.err
    assert "at app/jobs.py:2:31 in claim" in ran.out
