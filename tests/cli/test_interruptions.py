"""Runs that are cut short, lose their reader, their cache or their place on the disk, or are not alone."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import pytest
from command import LOCK, RAW_LOCKS, Command, Repo, told, without_the_rights_of_root

from relcheck.engine.catalog import make_rule
from relcheck.engine.examining.examiner import Examiner, TooDeepError, Work
from relcheck.engine.examining.workers import Pool
from relcheck.engine.ground import Request, find_ground
from relcheck.engine.plan import Scopes, make_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from relcheck.engine.plan import Plan

T = TypeVar("T")

_STARTED = 0.4
"""Seconds of processor time after which a worker is surely at work on a file."""

SLOW = "x = " + "f(" * 170 + "1" + ")" * 170 + "\n"
"""0.2 seconds of the parser's time, and little of anything else's."""

RAW_ROW_LOCK = "transactions/raw-row-lock"

OTHER = [("raw-row-lock", 1, 3)]
"""The finding in `other.py`."""


# Signals


@pytest.fixture
def slow(repo: Repo) -> Repo:
    """A repository whose scan takes minutes, in workers: too heavy for the run's own process."""
    for number in range(2):
        repo.write(f"slow{number}.py", SLOW * 100 + LOCK)
    return repo


@pytest.mark.parametrize(
    ("send", "number", "jobs", "code"),
    [
        (os.killpg, signal.SIGINT, 2, 130),
        (os.kill, signal.SIGINT, 1, 130),
        (os.kill, signal.SIGINT, 2, 130),
        (os.kill, signal.SIGTERM, 2, 143),
    ],
    ids=["Ctrl-C at a terminal", "SIGINT, one worker", "SIGINT", "SIGTERM"],
)
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked for in /proc")  # noqa: PTH112
def test_a_signal_ends_the_run_and_all_its_processes_at_once(
    send: Callable[[int, int], None], number: signal.Signals, jobs: int, code: int, slow: Repo, relcheck: Command
) -> None:
    process = relcheck.start("scan", "--no-cache", "--jobs", str(jobs), start_new_session=True)
    workers = _wait_for(lambda: _busy(process.pid, jobs))
    started = time.monotonic()
    send(process.pid, number)

    ran = told(process)

    assert time.monotonic() - started < 3
    assert (ran.code, ran.out) == (code, "")
    assert ran.err == ("\nrelcheck: interrupted\n" if code == 130 else "")
    _wait_for(lambda: not any(_is_alive(worker) for worker in workers) or None)


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked for in /proc")  # noqa: PTH112
def test_idle_workers_end_with_a_run_that_was_killed(repo: Repo, relcheck: Command) -> None:
    repo.write("slow.py", SLOW * 8 + LOCK)
    process = relcheck.start("scan", "--no-cache", "--jobs", "2")
    workers = _wait_for(lambda: _busy(process.pid, 1))
    process.kill()
    process.communicate()

    _wait_for(lambda: not any(_is_alive(worker) for worker in workers) or None, seconds=30)


def _busy(pid: int, count: int) -> list[int] | None:
    """The worker processes of a run, once there are that many and they have worked for a while."""
    stats = {int(entry): _stat(int(entry)) for entry in os.listdir("/proc") if entry.isdigit()}  # noqa: PTH208
    found = [child for child, stat in stats.items() if stat is not None and stat[1] == pid and stat[2] > _STARTED]
    return found if len(found) >= count else None


def _is_alive(pid: int) -> bool:
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z"


def _stat(pid: int) -> tuple[str, int, float] | None:
    """State, parent and seconds of processor time of a process (proc(5)); None where there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1]), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait_for(found: Callable[[], T | None], seconds: float = 15.0) -> T:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (result := found()) is not None:
            return result
        time.sleep(0.02)
    pytest.fail(f"what was waited for did not come within {seconds:.0f} seconds")


# Workers


_DEADLY = """
import os

from relcheck.sdk import PythonRule

seen = []

class Deadly(PythonRule):
    triggers = ("with_for_update",)

    def visit_Module(self, node):
        seen.append(self.file.path)
        if {condition}:
            os._exit(1)
"""


def test_a_worker_that_dies_costs_its_file_a_finding_and_nothing_else(repo: Repo, relcheck: Command) -> None:
    repo.write(".relcheck/rules/deadly.py", _DEADLY.format(condition='self.file.path == "bad.py"'))
    repo.write("bad.py", LOCK)
    repo.write("worse.py", LOCK)

    ran = relcheck("scan", "--allow-local-code", "--jobs", "2", "--output", "json")

    assert (ran.code, ran.err) == (1, "")
    assert ran.places("other.py") == ran.places("worse.py") == OTHER
    assert ran.places("bad.py") == [("unparseable-file", 1, 1)]
    assert ran.message("bad.py").startswith("the parser died of it; it is nested too deeply, or too large. Nothing")


def test_a_worker_that_dies_of_what_earlier_files_left_costs_nothing(repo: Repo, relcheck: Command) -> None:
    repo.write(".relcheck/rules/deadly.py", _DEADLY.format(condition="len(seen) == 2"))
    for number in range(4):
        repo.write(f"{number}.py", LOCK)

    ran = relcheck("scan", "--allow-local-code", "--jobs", "2", "--output", "json")

    assert (ran.code, ran.err) == (1, "")
    assert [one["rule"] for one in ran.all] == ["transactions/raw-row-lock"] * 5


@pytest.fixture
def plan(repo: Repo) -> Plan:
    ground = find_ground(Request(cwd=repo.root, today=date(2026, 1, 1)))
    return make_plan(ground.catalog, ground.config, select=(RAW_ROW_LOCK,), ignore=(), prefilter=True)


def work(path: str) -> Work:
    return Work(path, (RAW_ROW_LOCK,), marked=False)


def test_a_file_that_takes_too_long_costs_itself_a_finding_and_nothing_else(plan: Plan) -> None:
    contents = {"slow.py": SLOW * 100 + LOCK, "a.py": LOCK, "z.py": LOCK}

    pool = Pool(plan, "", 1, time_limit=1.5)
    read = pool.read_all([work(path) for path in contents], lambda path: contents[path].encode())
    results = {one.path: result for one, result in read}

    broken = results["slow.py"].broken
    assert broken is not None
    assert broken.message.startswith("the parser took longer than 2 seconds")
    assert [len(results[path].findings) for path in ("a.py", "z.py")] == [1, 1]


@pytest.mark.parametrize(
    "heavy",
    [("f(" * 60 + "1" + ")" * 60 + "\n") * 100, "x\n" * 110_000, f"x = [{'1,' * 90_000}]\n", SLOW],
    ids=["many deep lines", "very many lines", "one wide line", "one very deep line"],
)
def test_what_could_take_long_is_not_read_where_no_time_limit_holds(heavy: str, plan: Plan) -> None:
    with pytest.raises(TooDeepError):
        Examiner(plan, Scopes(""), make_rule).read(work("heavy.py"), (heavy + LOCK).encode())


# Streams


@pytest.mark.parametrize("verb", ["scan", "rules", "explain transactions/raw-row-lock", "config schema", "--help"])
def test_a_reader_that_has_gone_wants_no_more(verb: str, repo: Repo, relcheck: Command) -> None:
    for number in range(100 if verb == "scan" else 0):
        repo.write(f"{number}.py", LOCK * 20)
    reading, writing = os.pipe()
    os.close(reading)
    process = relcheck.start(*verb.split(), stdout=writing)
    os.close(writing)

    ran = told(process)

    assert (ran.code, ran.err) == (1 if verb == "scan" else 0, "")


def test_head_gets_its_line_and_the_verdict_stands(repo: Repo, relcheck: Command) -> None:
    for number in range(100):
        repo.write(f"{number}.py", LOCK * 20)
    process = relcheck.start("scan", "--output", "concise", stderr=subprocess.PIPE)
    assert process.stdout is not None

    line = process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    ran = told(process)

    assert line.startswith(b"0.py:1:3: error[transactions/raw-row-lock]")
    assert (ran.code, ran.err) == (1, "")


def test_nobody_reads_the_errors_either(repo: Repo, relcheck: Command) -> None:
    repo.write(".gitignore", "*" * 20)
    reading, writing = os.pipe()
    os.close(reading)
    for arguments, code in ((("scan",), 1), (("scan", "--bogus"), 2), (("scan", "missing.py"), 2)):
        process = relcheck.start(*arguments, stderr=writing)
        assert told(process).code == code
    os.close(writing)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_a_stream_that_is_closed_changes_no_verdict(closed: tuple[int, ...], repo: Repo, relcheck: Command) -> None:
    def close() -> None:
        for stream in closed:
            os.close(stream)

    for arguments, code in ((("scan",), 1), (("scan", "--bogus"), 2)):
        assert relcheck(*arguments, before=close).code == code


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
@pytest.mark.parametrize("verb", ["scan", "rules"])
def test_a_full_disk_under_the_output_is_no_verdict(verb: str, repo: Repo, relcheck: Command) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        process = relcheck.start(verb, stdout=full)

        ran = told(process)

    assert ran.code == 2
    assert ran.err.endswith("cannot be written: No space left on device\n")


# The cache


def cache_of(repo: Repo) -> Path:
    return repo.root / ".relcheck_cache" / "results.sqlite"


def _garbage(file: Path) -> None:
    file.write_bytes(b"garbage " * 1000)


def _cut(file: Path) -> None:
    os.truncate(file, 5000)


def _emptied(file: Path) -> None:
    os.truncate(file, 0)


def _other_table(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE results (a)")
    database.close()


def _other_values(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("UPDATE results SET value = 'text', sum = 'text'")
    database.close()


def _flipped(file: Path) -> None:
    """One bit of a value: well-formed as far as SQLite can tell."""
    content = bytearray(file.read_bytes())
    content[content.index(b"with_for_update outside")] ^= 1
    file.write_bytes(content)


def _no_utf_8(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("UPDATE results SET content = CAST(x'ff' AS TEXT)")
    database.close()


def _of_a_later_sqlite(file: Path) -> None:
    """The file says that it is only for reading (https://www.sqlite.org/fileformat.html, 1.3.3)."""
    content = bytearray(file.read_bytes())
    content[18] = 3
    file.write_bytes(content)


def _no_utf_8_in_the_schema(file: Path) -> None:
    """SQLite quotes it in its message, which Python then cannot read."""
    content = file.read_bytes()
    file.write_bytes(content.replace(b"sum INTEGER NOT", b"sum INTEGER \xa7OT"))


@pytest.mark.parametrize(
    "damage",
    [
        *(_garbage, _cut, _emptied, _other_table, _other_values, _flipped, _no_utf_8, _of_a_later_sqlite),
        _no_utf_8_in_the_schema,
    ],
)
def test_a_damaged_cache_is_made_anew(damage: Callable[[Path], None], repo: Repo) -> None:
    before = repo.scanned()
    damage(cache_of(repo))

    for _ in range(2):
        assert repo.scanned() == before
    repo.write("new.py", LOCK)
    assert repo.scanned() == repo.scanned()
    with sqlite3.connect(cache_of(repo)) as database:
        kept = database.execute("SELECT path FROM results WHERE typeof(value) = 'blob'").fetchall()
    database.close()
    assert (b"new.py",) in kept


@pytest.mark.parametrize("where", [".relcheck_cache", ".relcheck_cache/results.sqlite"])
@pytest.mark.parametrize("what", ["file", "folder", "pipe", "link"])
def test_what_stands_in_the_place_of_the_cache_is_left_alone(where: str, what: str, repo: Repo, tmp_path: Path) -> None:
    place = repo.root / where
    place.parent.mkdir(exist_ok=True)
    target = tmp_path / "target"
    target.mkdir()
    if what == "file":
        place.write_bytes(b"mine\n")
    elif what == "folder":
        place.mkdir()
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(target)

    for _ in range(2):
        ran = repo.scanned()
        assert (ran.code, ran.err, ran.places("other.py")) == (1, "", OTHER)
    assert list(target.iterdir()) == []
    assert place.is_symlink() == (what == "link")


def test_a_link_in_the_cache_is_not_written_through(repo: Repo, relcheck: Command, tmp_path: Path) -> None:
    (repo.root / ".relcheck_cache").mkdir()
    (repo.root / ".relcheck_cache" / ".gitignore").symlink_to(tmp_path / "outside")

    assert relcheck.scan().code == 1
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("room", [0, 60, 5000])
def test_a_full_disk_costs_the_cache_and_nothing_else(room: int, repo: Repo, relcheck: Command) -> None:
    resource = pytest.importorskip("resource")
    for number in range(30):
        repo.write(f"{number}.py", LOCK)

    ran = relcheck.scan(before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)))
    after = repo.scanned()

    assert (ran.code, ran.err, len(ran.all)) == (1, "", 31)
    assert after == repo.scanned("--no-cache") == ran


def test_a_cache_that_may_not_be_written_is_still_read(repo: Repo, relcheck: Command) -> None:
    before = repo.scanned()
    cache_of(repo).chmod(0o400)
    cache_of(repo).parent.chmod(0o500)
    repo.write("new.py", LOCK)

    ran = relcheck.scan(before=without_the_rights_of_root)
    cache_of(repo).parent.chmod(0)
    shut = relcheck.scan(before=without_the_rights_of_root)
    cache_of(repo).parent.chmod(0o700)

    assert shut.all == ran.all
    assert (ran.code, ran.err, len(ran.all)) == (1, "", len(before.all) + 1)


def test_runs_at_once_do_not_disturb_each_other(repo: Repo, relcheck: Command) -> None:
    for number in range(20):
        repo.write(f"{number}.py", LOCK)
    alone = repo.scanned("--no-cache")

    for _ in range(2):
        together = [told(process) for process in [relcheck.start("scan", *RAW_LOCKS) for _ in range(4)]]
        assert all(ran == alone for ran in together)
    assert repo.scanned() == alone


def test_a_cache_that_another_run_has_locked_is_not_waited_for_long(repo: Repo, relcheck: Command) -> None:
    before = repo.scanned()
    other = sqlite3.connect(cache_of(repo), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    repo.write("new.py", LOCK)
    started = time.monotonic()

    ran = repo.scanned()

    other.close()
    assert time.monotonic() - started < 10
    assert (ran.code, ran.err, len(ran.all)) == (1, "", len(before.all) + 1)
