"""Several runs at once, and runs that are killed at any moment: what is found afterwards is the same."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from command import LOCK, RAW_LOCKS, Command, Repo, Told, told, without_the_rights_of_root

if TYPE_CHECKING:
    from pathlib import Path

KILLS = 25
SLOW = "x = " + "f(" * 170 + "1" + ")" * 170 + "\n"
"""0.2 seconds of the parser's time, in a worker."""


def cache_of(repo: Repo) -> Path:
    return repo.root / ".relcheck_cache" / "results.sqlite"


def is_sound(repo: Repo) -> bool:
    """Whether the cache that is there is one, as SQLite sees it."""
    with closing(sqlite3.connect(cache_of(repo))) as database:
        return bool(database.execute("PRAGMA integrity_check").fetchall() == [("ok",)])


@pytest.fixture
def many(repo: Repo) -> Repo:
    """A repository of a few dozen files, two of them for a worker, on a branch that changes some."""
    for number in range(30):
        repo.write(f"app/m{number}.py", LOCK * (number % 3 + 1))
    repo.write("app/slow.py", SLOW + LOCK)
    repo.commit()
    repo.git("checkout", "--quiet", "-b", "change")
    for number in range(0, 30, 3):
        repo.write(f"app/m{number}.py", LOCK * 4)
    repo.commit()
    return repo


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--no-cache",),
        ("--jobs", "2"),
        ("--base", "main"),
        ("--base", "main", "--policy-from", "main", "--staged"),
    ],
)
def test_runs_at_once_find_the_same(arguments: tuple[str, ...], many: Repo, relcheck: Command) -> None:
    """With an empty cache all of them make it; then all use it; then one clears it while the others run."""
    alone = many.scanned("--no-cache", *arguments)

    def together() -> list[Told]:
        return [told(process) for process in [relcheck.start("scan", *RAW_LOCKS, *arguments) for _ in range(4)]]

    for _ in range(2):
        assert all(ran == alone for ran in together())
    clearing = relcheck.start("cache", "clear")
    assert all(ran == alone for ran in together())
    assert told(clearing).code == 0
    assert many.scanned(*arguments) == alone


def test_runs_of_different_kinds_at_once_do_not_disturb_each_other(many: Repo, relcheck: Command) -> None:
    kinds = (("--no-cache",), (), ("--base", "main"), ("--staged",), ("--select", "transactions"), ("app/m1.py",))
    alone = [many.here("scan", "--output", "json", "--no-cache", *kind) for kind in kinds]

    started = [relcheck.start("scan", "--output", "json", *kind) for kind in kinds]

    assert [told(process) for process in started] == alone


@pytest.mark.parametrize("arguments", [(), ("--base", "main")])
def test_runs_that_are_killed_at_any_moment_change_no_later_one(
    arguments: tuple[str, ...], many: Repo, relcheck: Command
) -> None:
    alone = many.scanned("--no-cache", *arguments)
    whole = _seconds(relcheck, *arguments)
    moments = random.Random(1)  # noqa: S311  # the same moments in each run of this test
    reached = 0
    for number in range(KILLS):
        many.write("app/changing.py", f"# {number}\n")  # so that there is always something to keep
        if number % 5 == 0:
            many.here("cache", "clear")
        process = relcheck.start("scan", *RAW_LOCKS, *arguments)
        time.sleep(moments.uniform(0, whole))
        process.kill()
        process.communicate()
        reached += process.returncode == -signal.SIGKILL
        if number % 8 == 7:
            assert many.scanned(*arguments).all == alone.all

    assert reached > KILLS / 3, "many were killed before their end"
    for _ in range(2):
        assert many.scanned(*arguments).all == alone.all
    assert is_sound(many)
    _is_used(many)


def _seconds(relcheck: Command, *arguments: str) -> float:
    started = time.monotonic()
    relcheck.scan("--no-cache", *arguments)
    return time.monotonic() - started


def _is_used(repo: Repo) -> None:
    """The cache answers for every file."""
    stats = repo.here("scan", "--stats", "--select", "transactions/raw-row-lock").out
    assert stats.splitlines()[-1].split() == ["files", "that", "a", "parser", "had", "to", "read", "0"]


def test_a_run_that_is_killed_while_it_writes_the_cache_leaves_one_that_is_used(many: Repo) -> None:
    """The moment that the loop above rarely meets: SQLite has begun to write, and its journal is left behind."""
    alone = many.scanned("--no-cache")
    many.scanned()
    script = (
        "import os, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 1')\n"
        "database.execute('BEGIN IMMEDIATE')\n"
        "database.execute('UPDATE results SET value = zeroblob(9000), sum = 0')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(cache_of(many))], check=False)
    assert cache_of(many).with_name("results.sqlite-journal").exists()

    for _ in range(2):
        assert many.scanned() == alone
    assert is_sound(many)
    _is_used(many)


@pytest.mark.parametrize("verb", ["write --reason two", "prune"])
def test_a_baseline_that_is_written_when_the_run_is_killed_is_the_old_or_the_new_one(
    verb: str, many: Repo, relcheck: Command
) -> None:
    assert many.here("baseline", "write", "--reason", "one").code == 0
    baseline = many.root / "relcheck.baseline"
    old = baseline.read_bytes()
    for number in range(10):
        many.write(f"app/m{number}.py", "x = 1\n")
    many.here("baseline", *verb.split())
    new = baseline.read_bytes()
    assert new != old
    moments = random.Random(2)  # noqa: S311  # the same moments in each run of this test
    seen = set()
    for _ in range(KILLS):
        baseline.write_bytes(old)
        process = relcheck.start("baseline", *verb.split())
        left = moments.uniform(0.05, 0.6)
        while left > 0 and process.poll() is None:
            time.sleep(min(0.005, left))
            left -= 0.005
            if baseline.read_bytes() != old:
                break
        process.kill()
        process.communicate()
        assert baseline.read_bytes() in (old, new)
        seen.add(baseline.read_bytes())

    assert new in seen
    for rest in many.root.glob(".relcheck.baseline.*"):
        rest.unlink()
    baseline.write_bytes(old)
    assert many.here("baseline", *verb.split()).code == 0
    assert baseline.read_bytes() == new


@pytest.mark.parametrize("room", [0, 60, 5000])
def test_a_full_disk_leaves_the_old_baseline(room: int, many: Repo, relcheck: Command) -> None:
    resource = pytest.importorskip("resource")
    many.here("baseline", "write", "--reason", "one")
    baseline = many.root / "relcheck.baseline"
    old = baseline.read_bytes()
    assert len(old) > 5000 or room < 5000
    many.write("app/new.py", LOCK)

    full = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (min(room, 1000), min(room, 1000)))  # noqa: E731
    ran = relcheck("baseline", "write", "--reason", "two", before=full)

    assert ran.code == 2
    assert "relcheck.baseline: it cannot be written: File too large" in ran.err
    assert baseline.read_bytes() == old
    assert sorted(path.name for path in many.root.glob(".relcheck.baseline*")) == []


@pytest.mark.parametrize("arguments", [(), ("--base", "main"), ("--staged",), ("--jobs", "2")])
def test_a_checkout_that_may_only_be_read_is_scanned(arguments: tuple[str, ...], many: Repo, relcheck: Command) -> None:
    alone = many.scanned("--no-cache", *arguments)
    folders = [many.root, *(path for path in many.root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)

    for _ in range(2):
        ran = relcheck.scan(*arguments, before=without_the_rights_of_root)
        assert ran == alone
    written = relcheck("baseline", "write", before=without_the_rights_of_root)
    waived = relcheck("waive", "other.py:1", "--reason", "a", before=without_the_rights_of_root)

    for folder in folders:
        folder.chmod(0o755)
    assert not (many.root / ".relcheck_cache").exists()
    for refused in (written, waived):
        assert refused.code == 2
        assert "Permission denied" in refused.err


def test_a_cache_that_another_process_never_lets_go_costs_the_cache_and_nothing_else(
    many: Repo, relcheck: Command
) -> None:
    before = many.scanned()
    with closing(sqlite3.connect(cache_of(many), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        runs = [told(process) for process in [relcheck.start("scan", *RAW_LOCKS) for _ in range(3)]]
        assert all(ran == before for ran in runs)
    assert many.scanned() == before
    assert os.path.exists(cache_of(many))  # noqa: PTH110
