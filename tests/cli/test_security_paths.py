"""What a configuration names lies in the repository, and where reports go only the command line says."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from command import LOCK, Command, Repo

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the repository, with a file that must be neither read nor written."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.toml").write_text("[relcheck]\ns3cret = 1\n", encoding="utf-8")
    (folder / "secret").write_text("s3cret=1\n", encoding="utf-8")
    (folder / "rules").mkdir()
    (folder / "rules/evil.py").write_text("import pathlib\npathlib.Path('ran').touch()\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "line",
    [
        *('output = "json:report.json"', 'outputs = ["json:/tmp/x"]', 'format = "json"', 'cache_dir = "/tmp"'),
        *('cache = "../x"', 'sarif = "x.sarif"', "jobs = 99", 'git = "./git"', "allow_local_code = true"),
    ],
)
@pytest.mark.parametrize("file", ["relcheck.toml", "pyproject.toml"])
def test_no_configuration_says_where_reports_go_or_what_is_run(line: str, file: str, repo: Repo) -> None:
    repo.write(file, f"[{'tool.' if file == 'pyproject.toml' else ''}relcheck]\n{line}\n")
    before = sorted(path.name for path in repo.root.iterdir())

    ran = repo.here("scan", "--no-cache")

    assert (ran.code, ran.out) == (2, "")
    assert f"relcheck.{line.partition(' ')[0]}: unknown key" in ran.err
    assert sorted(path.name for path in repo.root.iterdir()) == before


@pytest.mark.parametrize(
    "verb", ["scan", "config show", "baseline write", "baseline show", "waive other.py:1 --reason a"]
)
@pytest.mark.parametrize(
    "line",
    [
        *('extends = ["../outside/secret.toml"]', 'extends = ["./link.toml"]', 'extends = ["./folder/secret.toml"]'),
        *('baseline = "../outside/secret"', 'baseline = "link"', 'baseline = "folder/secret"', 'baseline = ".git/x"'),
        *('local_rules = "../outside/rules"', 'local_rules = "folder/rules"', 'roots = { a = "../outside" }'),
        *('exclude = ["../outside/**"]', 'baseline = "/etc/passwd"', 'extends = ["/etc/hosts"]'),
    ],
)
def test_what_a_configuration_names_lies_in_the_repository(line: str, verb: str, repo: Repo, outside: Path) -> None:
    (repo.root / "link.toml").symlink_to(outside / "secret.toml")
    (repo.root / "link").symlink_to(outside / "secret")
    (repo.root / "folder").symlink_to(outside)
    repo.write("relcheck.toml", f"[relcheck]\n{line}\n")
    before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}

    ran = repo.here(*verb.split())

    assert "s3cret" not in ran.out + ran.err
    assert {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()} == before
    if "folder/rules" not in line and (line.startswith(("extends", 'baseline = ".')) or verb == "scan"):
        assert ran.code == 2, (ran.out, ran.err)


def test_local_rules_are_not_loaded_from_outside(repo: Repo, outside: Path) -> None:
    (repo.root / "folder").symlink_to(outside)
    repo.write("relcheck.toml", '[relcheck]\nlocal_rules = "folder/rules"\n')

    ran = repo.here("scan", "--allow-local-code")

    assert ran.code == 2
    assert not (repo.root / "ran").exists()


@pytest.mark.parametrize("name", ["relcheck.toml", "pyproject.toml"])
@pytest.mark.parametrize("target", ["secret.toml", "secret", "missing", "rules", "/dev/zero", "/proc/self/environ"])
def test_a_configuration_that_leads_out_of_the_repository_is_not_read(
    name: str, target: str, repo: Repo, outside: Path
) -> None:
    """Its errors would print what stands in it."""
    (repo.root / name).symlink_to(outside / target)

    for verb in (("scan",), ("config", "show"), ("config", "validate"), ("baseline", "write")):
        ran = repo.here(*verb)
        assert "s3cret" not in ran.out + ran.err
        assert (ran.code, ran.out) == (2, "")
        assert "a link out of the repository; a configuration must stand in it" in ran.err


@pytest.mark.parametrize(
    "verb", ["baseline write", "baseline prune", "waive other.py:1 --reason a", "new-rule local/x"]
)
def test_what_is_written_is_not_written_through_a_link(verb: str, repo: Repo, outside: Path) -> None:
    repo.commit()
    for name in ("relcheck.baseline", "other.py", ".relcheck"):
        if (repo.root / name).exists():
            (repo.root / name).unlink()
        target = outside if name == ".relcheck" else outside / "secret"
        (repo.root / name).symlink_to(target)
    before = sorted(str(path) for path in outside.rglob("*"))

    ran = repo.here(*verb.split())

    assert ran.code == 2, (ran.out, ran.err)
    assert "s3cret" not in ran.out + ran.err
    assert sorted(str(path) for path in outside.rglob("*")) == before
    assert (outside / "secret").read_text(encoding="utf-8") == "s3cret=1\n"


def test_a_report_is_not_written_through_a_link_of_the_tree(repo: Repo, outside: Path) -> None:
    """The command line says `report.json`, and means the file of this name."""
    (repo.root / "report.json").symlink_to(outside / "secret")
    (repo.root / "reports").symlink_to(outside)

    for file in ("report.json", "reports/secret", str(repo.root / "report.json")):
        ran = repo.here("scan", "--output", f"json:{file}")
        assert ran.code == 2, ran.out
        assert "a link" in ran.err
        assert (outside / "secret").read_text(encoding="utf-8") == "s3cret=1\n"
    (outside / "mine").symlink_to(outside / "secret")
    assert repo.here("scan", "--output", f"json:{outside}/mine").code == 1
    assert (outside / "secret").read_bytes().startswith(b"{")


HOSTILE = [
    "**/**/**/**/**/**/**/**/a*a*a*a*a*a*a*a*b",
    "**/a/" * 60 + "b",
    "*a" * 60 + "b",
    "{" + ",".join(f"**/*a*a*a*a{n}" for n in range(60)) + "}",
    "{a,aa}" * 7 + "*{a,aa}b",
    "[!b]*" * 60 + "b",
    "(a+)+$",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_patterns_that_are_made_to_take_for_ever_do_not(pattern: str, repo: Repo, relcheck: Command) -> None:
    """There are no regular expressions in a configuration, and its globs are matched in linear time."""
    deep = "/".join(["a" * 60] * 20)
    for path in (f"{deep}/c.py", f"{'a' * 200}.py", f"{'a/' * 200}c.py"):
        repo.write(path, LOCK)
    config = (
        f"[relcheck]\nexclude = ['{pattern}']\n[rules.'transactions/raw-row-lock']\nallowed_in = ['{pattern}']\n"
        f"[[overrides]]\npaths = ['{pattern}']\nseverity = 'info'\n"
        f"[[waivers]]\nrule = 'transactions/raw-row-lock'\npath = '{pattern}'\nreason = 'a'\n"
    )
    repo.write("relcheck.toml", config)
    repo.write(".gitattributes", f"{pattern} filter=x\n")
    started = time.monotonic()

    ran = relcheck("scan", "--output", "json")

    assert time.monotonic() - started < 20
    assert ran.code in (1, 2)
    assert ran.code == 1 or "wildcards" in ran.err or "alternatives" in ran.err or "characters" in ran.err, ran.err


def test_names_of_all_lengths_and_bytes_are_matched(repo: Repo, relcheck: Command) -> None:
    repo.write(b"a\xff" * 100 + b".py", LOCK)
    repo.write("\u202e" * 60 + ".py", LOCK)
    repo.write("relcheck.toml", "[relcheck]\nexclude = ['?\u202e*', '[!a]*.pyi', '\U0010ffff*']\n")

    ran = relcheck.scan()

    assert ran.code == 1
    assert os.fsdecode(b"a\xff").encode("utf-8", "surrogateescape") == b"a\xff"
    assert sum(one["rule"] == "transactions/raw-row-lock" for one in ran.all) == 2
