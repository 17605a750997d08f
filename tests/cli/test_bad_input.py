"""What repositories really hold: each file has a clear outcome, and costs no finding elsewhere."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from command import Command, Repo, without_the_rights_of_root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from command import Told

LOCK = b"q.with_for_update()\n"
OTHER = ("raw-row-lock", 1, 3)
"""The finding in `other.py` of every repository here."""


def lock(line: int, column: int) -> tuple[str, int, int]:
    return ("raw-row-lock", line, column)


def broken(line: int, column: int) -> tuple[str, int, int]:
    return ("unparseable-file", line, column)


SYNTAX = {
    "error": (b"x = 1\ndef f(:\n    pass\n" + LOCK, [broken(2, 7)]),
    "never closed": (b"x = 1\ny = (2\n" + LOCK, [broken(2, 5)]),
    "dedent": (b"if x:\n        a\n    q.with_for_update()\n", [broken(3, 24)]),
    "Python 2": (b"x = 1\nprint 'x'\n" + LOCK, [broken(2, 1)]),
    "PEP 695 generics": (b"def f[T](x: T) -> T:\n    return q.with_for_update()\n", [lock(2, 14)]),
    "PEP 695 aliases": (b"type X[T] = list[T]\n" + LOCK, [lock(2, 3)]),
    "PEP 696 defaults": (b"class A[T = int]:\n    x = q.with_for_update()\n", [lock(2, 11)]),
    "PEP 701 f-strings": (b'x = f"{a["b"]}"; q.with_for_update()\n', [lock(1, 20)]),
    "PEP 750 t-strings": (b'x = t"hello {name}"\n' + LOCK, [lock(2, 3)]),
    "PEP 758 except": (b"try:\n    pass\nexcept A, B:\n    q.with_for_update()\n", [lock(4, 7)]),
    "newer syntax with an error": (b"type X = int\nx = )\n" + LOCK, [broken(2, 5)]),
    "101 levels of indentation": (
        b"".join(b" " * level + b"if x:\n" for level in range(101)) + b" " * 101 + LOCK,
        [broken(101, 1)],
    ),
    "4,000 strings in a row": (b"x = (" + b"'a'\n" * 4000 + b")\n" + LOCK, [broken(4001, 1)]),
    "2,000 strings in a row": (b"x = (" + b"'a'\n" * 2000 + b")\n" + LOCK, [lock(2002, 3)]),
    "an integer of 5,000 digits": (b"x = " + b"9" * 5000 + b"\n" + LOCK, [lock(2, 3)]),
    "an unknown character name": (b'x = "\\N{NO SUCH NAME}"\n' + LOCK, [lock(2, 3)]),
    "a lone surrogate in a string": (b'x = "\\ud800"\n' + LOCK, [lock(2, 3)]),
    "empty": (b"", []),
}

BYTES = {
    "NUL": (b"x = 1\r" + b"\xc3\xa9\0" + LOCK, [broken(2, 2)]),
    "byte order mark": (b"\xef\xbb\xbf" + LOCK, [lock(1, 3)]),
    "nothing but a byte order mark": (b"\xef\xbb\xbf", []),
    "byte order mark and Latin-1": (b"\xef\xbb\xbf# coding: latin-1\n" + LOCK, [broken(1, 1)]),
    "Latin-1 with a coding line": (b"# -*- coding: latin-1 -*-\nx = '\xe9'; q.with_for_update()\n", [lock(2, 12)]),
    "Latin-1 of Emacs on DOS": (b"\n# vim: set fileencoding=iso_8859-1-dos :\nx = '\xe9'\n" + LOCK, [lock(4, 3)]),
    "Latin-1 without": (b"x = 1\n# caf\xe9\n" + LOCK, [broken(2, 6)]),
    "UTF-8 of Emacs": (b"# -*- coding: utf-8-unix -*-\n# \xc3\xa9\n" + LOCK, [lock(3, 3)]),
    "UTF-8 in words of two bytes": ("x = 'é𝐰'; q.with_for_update()\n".encode(), [lock(1, 13)]),
    "an encoded surrogate": (b"x = '\xed\xa0\x80'\n" + LOCK, [broken(1, 6)]),
    "UTF-7": (b"# coding: utf-7\n" + LOCK, [broken(1, 1)]),
    "a lock hidden in UTF-7": (b"# coding: utf-7\nq.+AHc-ith_for_update()\n", [broken(1, 1)]),
    "UTF-7 behind a long line": (b"#" * 5000 + b"\n# coding: utf-7\nq.+AHc-ith_for_update()\n", [broken(2, 1)]),
    "a lock hidden in escapes": (b"# coding: unicode_escape\nq.\\x77ith_for_update()\n", [broken(1, 1)]),
    "a lock in wide letters of GBK": (b"# coding: gbk\nq.\xa3\xf7ith_for_update()\n", [broken(1, 1)]),
    "UTF-7 that concerns no rule": (b"# coding: utf-7\nx = '+AOk-'\n", []),
    "Windows-1251 that concerns no rule": (b"# coding: cp1251\n# \xb9 5\n", []),
    "an unknown encoding": (b"# coding: klingon\n" + LOCK, [broken(1, 1)]),
    "an unknown encoding that concerns no rule": (b"# coding: klingon\nx = '\xff'\n", []),
    "invalid UTF-8 that concerns no rule": (b"x = '\xff'\n", []),
    "NFKC-equal identifier": ("q.𝐰ith_for_update()\n".encode(), [lock(1, 3)]),
    "NFKC-equal identifier of Latin-1": (b"# coding: latin-1\nq.with_f\xbar_update()\n", [lock(2, 3)]),
    "control Z": (LOCK + b"\x1a", [broken(2, 1)]),
    "separators that end no line": ("x = '\x85\u2028\u2029'\n".encode() + LOCK, [lock(2, 3)]),
}

LINES = {
    "form feed before a statement": (b"x = 1\n\x0cq.with_for_update()\n", [lock(2, 4)]),
    "form feed in an indentation": (b"if x:\n\x0c    q.with_for_update()\n", [lock(2, 8)]),
    "form feed in the first indentation": (
        b"def f():\n\x0c    a\n    with b:\n        q.with_for_update()\n    q.with_for_update()\n",
        [lock(4, 11), lock(5, 7)],
    ),
    "form feed in a later indentation": (
        b"if x:\n    a\n  \x0c    q.with_for_update()\n" + LOCK,
        [lock(3, 10), lock(4, 3)],
    ),
    "form feed on a line of its own": (b"if x:\n    a\n\x0c\n    q.with_for_update()\n", [lock(4, 7)]),
    "form feed within a line": (b"x = 1;\x0cq.with_for_update()\n", [lock(1, 10)]),
    "form feed in a string": (b"x = '''\n\x0ca\n'''; q.with_for_update()\n", [lock(3, 8)]),
    "CRLF": (b"x = 1\r\nif x:\r\n    q.with_for_update()\r\n", [lock(3, 7)]),
    "lone CR": (b"x = 1\rif x:\r    q.with_for_update()\r", [lock(3, 7)]),
    "mixed line ends": (
        b"x = 1\rif x:\r\n    q.with_for_update()\n\r\r\n    q.with_for_update()\r",
        [lock(3, 7), lock(6, 7)],
    ),
    "mixed line ends in a string": (b's = """a\rb\r\nc\n"""\rq.with_for_update()', [lock(5, 3)]),
    "SQL over mixed line ends": (b's = """SELECT a\rFROM b\r\nFOR\nUPDATE"""\rq.execute(s)\r', [lock(3, 1)]),
    "SQL behind a form feed": (b"\x0cq.execute('''\n\x0c  SELECT a FROM b\n  FOR UPDATE''')\n", [lock(3, 3)]),
    "CR in a syntax error's file": (b"x = 1\r\ry = )\r" + LOCK, [broken(3, 5)]),
    "no line end": (b"q.with_for_update()", [lock(1, 3)]),
    "a continuation at the end": (b"q.with_for_update()\\", [broken(1, 21)]),
}

CASES = SYNTAX | BYTES | LINES


def path_of(case: str) -> str:
    return f"cases/{case.replace(' ', '_').replace(',', '')}.py"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """All files at once, as a repository would have them: in this process, in two others, and without the prefilter."""
    repo = Repo(tmp_path_factory.mktemp("bad") / "repo")
    for case, (content, _) in CASES.items():
        repo.write(path_of(case), content)
    command = Command(repo.root)
    return {
        "here": command.scan("--no-cache"),
        "two jobs": command.scan("--no-cache", "--jobs", "2"),
        "cold": command.scan(),
        "warm": command.scan(),
        "no prefilter": command.scan("--no-cache", "--no-prefilter"),
    }


@pytest.mark.parametrize("case", CASES)
def test_each_file_has_a_clear_outcome_in_its_place(case: str, scanned: dict[str, Told]) -> None:
    assert scanned["here"].places(path_of(case)) == CASES[case][1]


def test_bad_files_cost_no_finding_elsewhere(scanned: dict[str, Told]) -> None:
    for how, ran in scanned.items():
        assert (ran.code, ran.err) == (1, ""), how
        assert ran.places("other.py") == [OTHER], how
        assert ran.summary["files"] == len(CASES) + 2, how


def test_processes_and_the_cache_change_nothing(scanned: dict[str, Told]) -> None:
    for how in ("two jobs", "cold", "warm"):
        assert scanned[how].all == scanned["here"].all, how


def test_without_the_prefilter_only_more_files_are_found_to_be_broken(scanned: dict[str, Told]) -> None:
    extra = [one for one in scanned["no prefilter"].all if one not in scanned["here"].all]

    assert [one for one in scanned["here"].all if one not in scanned["no prefilter"].all] == []
    assert {one["rule"] for one in extra} <= {"relcheck/unparseable-file"}


def test_a_message_says_what_is_wrong_and_who_did_not_check(scanned: dict[str, Told]) -> None:
    def message(case: str) -> str:
        return scanned["here"].message(path_of(case))

    unchecked = ". Nothing in this file was checked by transactions/raw-row-lock"
    assert message("never closed") == f"syntax error: '(' was never closed{unchecked}"
    assert message("NUL") == f"it holds a NUL byte, which Python does not allow{unchecked}"
    assert message("UTF-7") == f"it declares the encoding utf-7; relcheck reads UTF-8, ASCII and Latin-1{unchecked}"
    assert message("4,000 strings in a row").startswith("relcheck's parser (libcst) does not read this, though Python")
    assert "not valid utf-8; save it as UTF-8 or declare its encoding" in message("Latin-1 without")


# depth


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"x = " + b"(" * 3000 + b"1" + b")" * 3000, "syntax error: too many nested parentheses"),
        (b"x = " + b"f(" * 1500 + b"1" + b")" * 1500, "syntax error: too many nested parentheses"),
        (b"x = a" + b".b()" * 10_000, "it is nested "),
        (b"x = 1" + b" + 1" * 10_000, "it is nested "),
        (b"x = " + b"lambda: " * 20_000 + b"1", "it is nested "),
    ],
    ids=["3,000 parentheses", "1,500 nested calls", "10,000 chained calls", "10,000 sums", "20,000 lambdas"],
)
def test_what_is_nested_too_deeply_is_told_at_once(line: bytes, says: str, repo: Repo, relcheck: Command) -> None:
    repo.write("bad.py", line + b"\n" + LOCK)

    ran = relcheck.scan()

    assert (ran.code, ran.err, ran.places("other.py")) == (1, "", [OTHER])
    assert ran.message("bad.py").startswith(says)


def test_what_is_nested_deeply_is_read(repo: Repo, relcheck: Command) -> None:
    repo.write("calls.py", b"x = " + b"f(" * 60 + b"1" + b")" * 60 + b"\n" + LOCK)
    repo.write("chain.py", b"x = a" + b".b()" * 300 + b".with_for_update()\n")
    repo.write("parentheses.py", b"x = " + b"(" * 150 + b"1" + b")" * 150 + b"\n" + LOCK)
    repo.write("choices.py", b"if x:\n  pass\n" + b"elif x:\n  pass\n" * 1000 + LOCK)

    ran = relcheck.scan()

    assert ran.places("calls.py") == ran.places("parentheses.py") == [lock(2, 3)]
    assert ran.places("chain.py") == [lock(1, 1207)]
    assert ran.places("choices.py") == [lock(2003, 3)]


# size


def test_a_line_of_100_megabytes_takes_little_time_and_memory(repo: Repo, relcheck: Command) -> None:
    repo.write("plain.py", b"x = '" + b"a" * 20_000_000 + b"'\n")
    repo.write("lock.py", b"x = '" + b"a" * 100_000_000 + b"'; q.with_for_update()\n")

    ran = relcheck.scan("--no-cache", before=_with_memory_of(1 << 30))

    assert (ran.code, ran.places("plain.py"), ran.places("other.py")) == (1, [], [OTHER])
    assert ran.places("lock.py") == [broken(1, 1)]
    assert ran.message("lock.py").startswith("it holds 100,000,028 bytes and max_file_size is 5,000,000")


def test_a_long_line_within_the_limit_is_read(repo: Repo, relcheck: Command) -> None:
    repo.write("long.py", b"x = '" + b"a" * 1_000_000 + b"'; q.with_for_update()\n")

    assert relcheck.scan().places("long.py") == [lock(1, 1_000_011)]


def test_max_file_size_is_the_configurations(repo: Repo, relcheck: Command) -> None:
    repo.write("relcheck.toml", "[relcheck]\nmax_file_size = 100\n")
    repo.write("large.py", LOCK + b"#" * 100)
    repo.write("large_but_plain.py", b"#" * 200)

    ran = relcheck.scan()

    assert ran.places("large.py") == [broken(1, 1)]
    assert (ran.places("large_but_plain.py"), ran.places("other.py")) == ([], [OTHER])


def test_many_broken_files_take_one_process(repo: Repo, relcheck: Command) -> None:
    for number in range(500):
        repo.write(f"bad/{number}.py", b"def f(:\n    q.with_for_update()\n")

    before = _processor_time()

    ran = relcheck.scan("--no-cache")

    assert ran.summary["errors"] == 501
    assert ran.places("bad/499.py") == [broken(1, 7)]
    assert _processor_time() - before < 30


def _with_memory_of(size: int) -> Callable[[], None]:
    resource = pytest.importorskip("resource")
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))


def _processor_time() -> float:
    """Seconds that all ended processes of these tests have used; 500 processes would need a hundred to start."""
    return sum(os.times()[2:4])


def test_links_are_counted_and_not_followed(repo: Repo, relcheck: Command, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_bytes(LOCK)
    (repo.root / "loop").symlink_to("loop")
    (repo.root / "up").symlink_to("..")
    (repo.root / "out.py").symlink_to(outside)
    (repo.root / "missing.py").symlink_to("nothing.py")
    (repo.root / "same.py").symlink_to("other.py")

    untracked = relcheck("scan")
    repo.commit()
    for ran in (untracked, repo.here("scan"), repo.here("scan", ".")):
        assert "not examined: 5 files (symbolic link)" in ran.out
        assert ran.out.count("transactions/raw-row-lock]") == 1


@pytest.mark.parametrize("name", ["loop", "up", "out.py"])
def test_a_link_that_is_asked_for_is_not_followed_either(
    name: str, repo: Repo, relcheck: Command, tmp_path: Path
) -> None:
    (tmp_path / "outside.py").write_bytes(LOCK)
    (repo.root / name).symlink_to({"loop": "loop", "up": "..", "out.py": "../outside.py"}[name])

    ran = relcheck("scan", name)

    # A folder that is named and not looked into is told; a file may be whatever a hook was given.
    assert (ran.code, ran.err) == (1 if name == "up" else 0, "")
    assert "not examined: 1 file (symbolic link)" in ran.out


def test_pipes_and_sockets_are_not_opened(repo: Repo, relcheck: Command) -> None:
    os.mkfifo(repo.root / "pipe.py")

    ran = relcheck.scan()
    assert ran.places("other.py") == [OTHER]
    assert relcheck("scan", "pipe.py").out.endswith("not examined: 1 file (not a regular file)\n")


def test_an_unreadable_file_is_a_finding(repo: Repo, relcheck: Command) -> None:
    repo.write("closed.py", LOCK).chmod(0)

    ran = relcheck.scan("--no-cache", before=without_the_rights_of_root)

    assert (ran.code, ran.err, ran.places("other.py")) == (1, "", [OTHER])
    assert ran.places("closed.py") == [broken(1, 1)]
    assert ran.message("closed.py").startswith("closed.py cannot be read: Permission denied. Mend that, or leave")


def test_an_unreadable_folder_is_counted(repo: Repo, relcheck: Command) -> None:
    repo.write("shut/inner.py", LOCK)
    repo.commit()
    repo.write("other folder/inner.py", LOCK)
    for folder in ("shut", "other folder"):
        (repo.root / folder).chmod(0)

    ran = relcheck("scan", before=without_the_rights_of_root)
    asked = relcheck("scan", "shut/inner.py", before=without_the_rights_of_root)
    for folder in ("shut", "other folder"):
        (repo.root / folder).chmod(0o700)

    assert ran.code == 1
    assert "not examined: 1 file (unreadable)" in ran.out
    assert "could not open directory 'other folder/': Permission denied" in ran.err
    assert (asked.code, asked.out) == (2, "")
    assert "shut/inner.py cannot be looked at: Permission denied" in asked.err


def test_a_file_that_vanishes_during_the_scan_is_counted(repo: Repo, relcheck: Command, tmp_path: Path) -> None:
    gone = repo.write("z.py", LOCK)
    repo.commit()
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(f'#!/bin/sh\n"{shutil.which("git")}" "$@"\nsleep 0.3\nrm -f "{gone}"\n')
    git.chmod(0o755)

    ran = relcheck("scan", "--no-cache", env={"PATH": f"{git.parent}:{os.environ['PATH']}"})

    assert (ran.code, ran.err) == (1, "")
    assert not gone.exists()
    assert ran.out.startswith("other.py: 1 error\n")
    assert "looked at 2 files, parsed 1;" in ran.out
    assert "not examined: 1 file (vanished during the scan)" in ran.out


_MEDDLING = """
from pathlib import Path

from relcheck.sdk import PythonRule

class Meddling(PythonRule):
    triggers = ("with_for_update",)

    def visit_Module(self, node):
        if self.file.path == "a.py":
            {deed}
"""


@pytest.mark.parametrize("deed", ['Path("z.py").write_text("x = 1")', 'Path("z.py").unlink()'])
def test_a_file_that_changes_during_the_scan_does_not_spoil_the_cache(deed: str, repo: Repo, relcheck: Command) -> None:
    repo.write(".relcheck/rules/meddling.py", _MEDDLING.format(deed=deed))
    repo.write("a.py", LOCK)
    changing = repo.write("z.py", LOCK)
    repo.commit()
    relcheck("scan", "--allow-local-code")
    assert not changing.exists() or changing.read_bytes() != LOCK
    changing.write_bytes(LOCK)

    after = relcheck("scan", "--allow-local-code", "--output", "json", "z.py", "other.py")

    assert after.places("z.py") == [lock(1, 3)]
    assert (after.code, after.places("other.py")) == (1, [OTHER])


def test_a_name_that_is_no_utf_8_is_a_name_like_others(repo: Repo, relcheck: Command) -> None:
    repo.write(b"caf\xe9.py", LOCK)
    repo.write(b"broken \xff\n.py", b"def f(:\n" + LOCK)

    for options in ((), (), ("--no-cache", "--jobs", "2")):
        ran = relcheck.scan(*options)
        assert (ran.code, ran.err, ran.places("other.py")) == (1, "", [OTHER])
        assert [one["rule"] for one in ran.all] == [
            "relcheck/unparseable-file",
            "transactions/raw-row-lock",
            "transactions/raw-row-lock",
        ]


def test_a_broken_definition_of_the_primitive_is_still_its_adoption(repo: Repo, relcheck: Command) -> None:
    """Without it every lock of the repository would be a mere warning."""
    repo.write("infra.py", "class Txn[T]: ...\n\ndef single_connection_transaction():\n    yield\n")

    ran = relcheck.scan()

    assert (ran.code, ran.places("other.py")) == (1, [OTHER])
    assert {one["severity"] for one in ran.all} == {"error"}


# git


def test_without_a_git_program_files_are_listed_all_the_same(repo: Repo, relcheck: Command, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin")}

    ran = relcheck("scan", "--output", "json", env=env)
    assert (ran.code, ran.places("other.py")) == (1, [OTHER])
    assert "there is no git program on PATH" in ran.err

    staged = relcheck("scan", "--staged", env=env)
    assert (staged.code, staged.out) == (2, "")
    assert "there is no git program on PATH" in staged.err


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        (".git/index", b"garbage", "is damaged"),
        (".git/index", b"DIRC\0\0\0\2\0\0\xff\xff", "is damaged"),
        (".git/HEAD", None, "is not the git folder of a repository"),
        (".git/HEAD", b"garbage", "not a git repository"),
        (".git/config", b"[core\nbad", "bad config line 1"),
    ],
)
def test_a_broken_repository_ends_the_run_with_what_to_do(
    path: str, content: bytes | None, says: str, repo: Repo, relcheck: Command
) -> None:
    repo.commit()
    if content is None:
        (repo.root / path).unlink()
    else:
        repo.write(path, content)

    ran = relcheck("scan")

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert ran.err.startswith("relcheck: ")


@pytest.mark.parametrize("marker", ["gitdir: /nowhere", "gitdir: .git", "garbage", ""])
def test_a_git_file_that_points_nowhere_ends_the_run(marker: str, repo: Repo, relcheck: Command) -> None:
    (repo.root / ".git").rename(repo.root / "elsewhere")
    repo.write(".git", marker)

    ran = relcheck("scan")

    assert (ran.code, ran.out) == (2, "")
    assert ".git" in ran.err


def test_a_missing_object_is_a_finding_for_its_file(repo: Repo, relcheck: Command) -> None:
    repo.commit()
    repo.write("bad.py", LOCK + LOCK)
    repo.git("add", "bad.py")
    (blob,) = [line.split()[1] for line in repo.git("ls-files", "--stage").splitlines() if line.endswith("bad.py")]
    (repo.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    ran = relcheck.scan("--staged", "--no-cache")

    assert (ran.code, ran.places("bad.py")) == (1, [broken(1, 1)])
    assert f"object {blob} is not in the repository" in ran.message("bad.py")


# usage


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--bogus",), "No such option '--bogus'"),
        (("--output", "yaml"), "no format is named 'yaml'; there are text, concise, json"),
        (("--output", "json:"), "give a file behind the colon"),
        (("--output", "json:/nonexistent/x"), "there is no folder /nonexistent"),
        (("--output", "json:."), "cannot be written: Is a directory"),
        (("--select", "nope"), "no rule and no pack is named nope; `relcheck rules` lists them"),
        (("--select", "transactions/raw-row-locks"), "did you mean transactions/raw-row-lock?"),
        (("--ignore", "raw-row-lock"), "did you mean transactions/raw-row-lock?"),
        (("--fail-on", "fatal"), "'fatal' is not one of 'error', 'warning', 'info'"),
        (("--jobs", "-1"), "-1 is not in the range"),
        (("--today", "tomorrow"), "'tomorrow' is no date"),
        (("--config", "missing.toml"), "missing.toml: cannot be read: No such file"),
        (("othr.py",), "othr.py does not exist. Did you mean other.py?"),
        (("/nonexistent/path",), "does not exist"),
        (("missing/folder/file.py",), "does not exist"),
        (("--stdin-filename", "a.py", "other.py"), "text from standard input is one file by itself"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(arguments: tuple[str, ...], says: str, repo: Repo) -> None:
    ran = repo.here("scan", *arguments)

    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_report_that_cannot_be_written_is_no_verdict_and_keeps_no_other_from_being_written(
    repo: Repo, relcheck: Command
) -> None:
    ran = relcheck("scan", "--output", "json:/dev/full", "--output", "json:report.json", "--output", "concise")

    assert ran.code == 2
    assert ran.err == "relcheck: --output: /dev/full cannot be written: No space left on device\n"
    assert ran.out.startswith("other.py:1:3: error[transactions/raw-row-lock]")
    assert (repo.root / "report.json").read_bytes().startswith(b"{")
