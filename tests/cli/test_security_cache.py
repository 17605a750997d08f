"""The cache is believed only where the scanned tree cannot have brought it along, and only for the content it is of."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from command import LOCK, Repo

from relcheck.engine.examining.cache import _sum

if TYPE_CHECKING:
    from pathlib import Path

OTHER = [("raw-row-lock", 1, 3)]
CLEAN = "x = 1  # with_for_update\n"


def cache_of(repo: Repo) -> Path:
    return repo.root / ".relcheck_cache" / "results.sqlite"


def forge(repo: Repo) -> None:
    """Every result says that nothing was found, with a right sum."""
    with closing(sqlite3.connect(cache_of(repo))) as database, database:
        rows = database.execute("SELECT plan, path, content FROM results").fetchall()
        assert rows
        for plan, path, content in rows:
            row = (_sum(path, content, b""), b"", plan, path, content)
            database.execute("UPDATE results SET sum = ?, value = ? WHERE plan = ? AND path = ? AND content = ?", row)


@pytest.fixture
def forged(repo: Repo) -> Repo:
    """A repository with a cache that lies about it."""
    repo.commit()
    repo.scanned()
    forge(repo)
    assert repo.scanned().places("other.py") == [], "the cache is used at all"
    return repo


@pytest.mark.parametrize("arguments", [(), ("--staged",), ("other.py",), ("--base", "HEAD~1")])
def test_a_tracked_cache_is_refused(forged: Repo, arguments: tuple[str, ...]) -> None:
    forged.git("add", "--force", ".relcheck_cache/results.sqlite")
    forged.git("commit", "--quiet", "--no-verify", "--allow-empty", "--message=theirs")
    forged.write("other.py", LOCK + LOCK)
    forged.git("add", "other.py")
    brought = cache_of(forged).read_bytes()

    ran = forged.scanned(*arguments)

    assert ran.places("other.py")[-1] == ("raw-row-lock", 2, 3)
    assert ran.err.startswith("note: .relcheck_cache is tracked by git, so it is not trusted: remove it with git rm -r")
    assert cache_of(forged).read_bytes() == brought


def test_a_cache_of_which_only_another_part_is_tracked_is_refused_too(forged: Repo) -> None:
    """The file may be ignored here and come from an archive; that the folder is tracked is reason enough."""
    forged.git("add", "--force", ".relcheck_cache/CACHEDIR.TAG")

    assert forged.scanned().places("other.py") == OTHER


def test_a_cache_in_another_case_is_refused_where_case_does_not_count(forged: Repo) -> None:
    """There git checks `.Relcheck_Cache` out into the folder that is read."""
    blob = forged.git("hash-object", "-w", "--", str(cache_of(forged)))
    forged.git("update-index", "--add", "--cacheinfo", f"100644,{blob},.Relcheck_Cache/results.sqlite")

    assert forged.scanned().places("other.py") == OTHER


@pytest.mark.parametrize("part", ["", "/results.sqlite"])
def test_a_linked_cache_is_refused(forged: Repo, part: str, tmp_path: Path) -> None:
    place = forged.root / f".relcheck_cache{part}"
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")

    assert forged.scanned().places("other.py") == OTHER


def test_a_cache_of_another_branch_says_nothing_about_this_one(repo: Repo) -> None:
    """Results are kept by path and content: that a file of this name was clean elsewhere does not count."""
    repo.commit()
    repo.git("checkout", "--quiet", "-b", "theirs")
    repo.write("other.py", CLEAN)
    repo.commit()
    assert repo.scanned().places("other.py") == []
    repo.git("checkout", "--quiet", "main")

    assert repo.scanned().places("other.py") == OTHER
    repo.git("checkout", "--quiet", "theirs")
    assert repo.scanned().places("other.py") == []


def test_a_cache_of_another_path_content_or_plan_says_nothing(forged: Repo) -> None:
    """What a cache says is of one path, one content, and the rules and options with which it was worked out."""
    forged.write("copy.py", LOCK)
    assert forged.scanned().places("copy.py") == OTHER
    forged.write("other.py", f"\n{LOCK}")
    assert forged.scanned().places("other.py") == [("raw-row-lock", 2, 3)]
    forged.write("other.py", LOCK)
    forged.write("relcheck.toml", "[rules.'transactions/raw-row-lock']\nallowed_in = ['infra.py']\n")
    assert forged.scanned().places("other.py") == OTHER


def test_results_that_were_not_kept_whole_are_worked_out_again(forged: Repo) -> None:
    """A sum covers what is kept, so that one that was cut or changed by accident is not believed."""
    with closing(sqlite3.connect(cache_of(forged))) as database, database:
        database.execute("UPDATE results SET sum = sum + 1")

    assert forged.scanned().places("other.py") == OTHER


def test_no_cache_asks_none(forged: Repo) -> None:
    assert forged.scanned("--no-cache").places("other.py") == OTHER
