"""Whatever the scanned tree holds, a terminal and a log show what is there and are not drawn upon."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from command import LOCK, Command, Repo
from project import Ran

if TYPE_CHECKING:
    from pathlib import Path

EVIL = "\x1b[31m\x1b]8;;http://example.invalid\x07\u202e\u2066\u200b\x9b1m\x08\r\x7f"
"""Colours, a link, text that runs backwards, nothing at all, another way to begin a sequence, and a step back."""

NAME = f"app/{EVIL.replace('/', '')}.py"

_OURS = re.compile(r"\x1b\[[0-9;]*m")


def is_plain(ran: Ran, *, coloured: bool = False) -> None:
    """Nothing but what can be seen, and line ends; the colours are ours."""
    for stream in (ran.out, ran.err):
        shown = _OURS.sub("", stream) if coloured else stream
        hidden = {character for character in shown if not character.isprintable() and character != "\n"}
        assert not hidden, (hidden, stream)


@pytest.fixture
def hostile(repo: Repo) -> Repo:
    """A repository with such text in every place from which relcheck takes some."""
    repo.write(NAME, f"def f():\n    q.with_for_update()  # {EVIL}\n".replace("\r", ""))
    repo.write("app/line\nbreak.py", LOCK)
    repo.write(b"app/\xff\xfe.py", LOCK)
    repo.write("app/broken.py", f"def f(:\n    'with_for_update {EVIL}\n")
    repo.write("app/nul.py", "with_for_update\0\n")
    waiver = f"q.with_for_update()  # relcheck: ignore[transactions/raw-row-lock] reason: {EVIL} because\n"
    repo.write("app/waived.py", waiver.replace("\r", ""))
    unused = f"x = 1  # relcheck: ignore[local/{EVIL}] reason: {EVIL}; until=2020-01-01; owner={EVIL}\n"
    repo.write("app/unused.py", unused.replace("\r", ""))
    repo.write(".gitignore", f"[z-\n{EVIL}\n")
    repo.commit()
    return repo


VERBS = [
    "scan",
    "scan --output concise --show-waived",
    "scan --output json --show-waived",
    "scan --staged --base HEAD --policy-from HEAD",
    "scan --no-cache --jobs 2 --stats",
    "baseline write --reason adopted",
    "baseline show",
    "baseline show --format json",
    "scan --show-waived",
    "config show",
    "explain app/waived.py:1",
    "rules",
]


def test_no_report_draws_on_the_terminal(hostile: Repo, relcheck: Command) -> None:
    for verb in VERBS:
        ran = relcheck(*verb.split())
        assert ran.code in (0, 1), ran.err
        is_plain(ran)
    for verb in VERBS[:2]:
        ran = relcheck(*verb.split(), "--color", "always", env={"TERM": "xterm-256color"})
        assert "\x1b[" in ran.out
        is_plain(ran, coloured=True)


def test_what_is_waived_is_told_with_its_reason_and_draws_nothing(hostile: Repo, relcheck: Command) -> None:
    for place in ("app/line\nbreak.py:1", f"{NAME}:2"):
        ran = relcheck("waive", place, "--reason", "because")
        is_plain(ran)
        assert ran.code == 0, ran.err
    for reason in (EVIL, "a\x1bb", "a\u202eb"):
        ran = relcheck("waive", "other.py:1", "--reason", reason)
        is_plain(ran)
        assert ran.code == 2


@pytest.mark.parametrize(
    "config",
    [
        f'[relcheck]\n"{EVIL}" = 1\n',
        f'[rules."{EVIL}"]\nx = 1\n',
        f'[relcheck]\nexclude = ["{EVIL}[z-a]"]\n',
        f'[relcheck]\nextends = ["./{EVIL}.toml"]\n',
        f'[relcheck]\nbaseline = "{EVIL}"\n',
        f'[relcheck]\nrequired_version = "{EVIL}"\n',
        f'[rules."transactions/raw-row-lock"]\npaths = ["{EVIL}/**"]\nallowed_in = ["{EVIL}"]\n',
        f'[[waivers]]\nrule = "transactions/raw-row-lock"\npath = "x/**"\nreason = "{EVIL}"\nowner = "{EVIL}"\n',
    ],
)
def test_no_configuration_draws_on_the_terminal(config: str, repo: Repo, relcheck: Command) -> None:
    escaped = config.replace("\\", "\\\\")
    for character in EVIL:
        escaped = escaped.replace(character, f"\\u{ord(character):04x}") if not character.isprintable() else escaped
    repo.write("relcheck.toml", escaped)
    for verb in ("scan", "scan --show-waived --output concise", "config show", "config validate", "baseline write"):
        ran = relcheck(*verb.split())
        assert ran.code in (0, 1, 2), ran.err
        is_plain(ran)
    repo.write("relcheck.toml", config)  # as TOML does not have it
    is_plain(relcheck("scan"))


@pytest.mark.parametrize(
    "line",
    [
        f"{EVIL}\ttransactions/raw-row-lock\t3f2a9c1b7d0e5f6a8b9c",
        f"a.py\t{EVIL}\t3f2a9c1b7d0e5f6a8b9c",
        f"a.py\ttransactions/raw-row-lock\t{EVIL}",
        f"a.py\ttransactions/raw-row-lock\t3f2a9c1b7d0e5f6a8b9c\treason: {EVIL}; until=2020-01-01; owner={EVIL}",
        "a\\x1b[31m\\u202e.py\ttransactions/raw-row-lock\t3f2a9c1b7d0e5f6a8b9c\treason: a",
        EVIL,
    ],
)
def test_no_baseline_draws_on_the_terminal(line: str, repo: Repo, relcheck: Command) -> None:
    repo.write("relcheck.baseline", f"# relcheck baseline, format 1, fingerprints 1\n{line}\n".replace("\r", ""))
    for verb in ("scan", "scan --show-waived --output concise", "baseline show", "baseline prune"):
        ran = relcheck(*verb.split())
        assert ran.code in (0, 1, 2), ran.err
        is_plain(ran)


def test_no_argument_draws_on_the_terminal(repo: Repo, relcheck: Command) -> None:
    """Names of files and branches become arguments in hooks and jobs."""
    repo.commit()
    evil = EVIL.replace("\0", "")
    for arguments in (
        ("scan", evil),
        ("scan", f"--{evil}"),
        ("scan", f"-{evil}"),
        ("scan", "--base", evil),
        ("scan", "--policy-from", evil),
        ("scan", "--config", evil),
        ("scan", "--select", evil),
        ("scan", "--output", evil),
        ("scan", "--output", f"json:{evil}/x"),
        ("scan", "--fail-on", evil),
        ("scan", "--jobs", evil),
        ("scan", "--today", evil),
        ("scan", "--pack", evil),
        ("scan", "--stdin-filename", evil),
        ("scan", "--color", evil),
        (evil,),
        ("explain", evil),
        ("waive", evil, "--reason", "a"),
        ("baseline", evil),
        ("baseline", "write", evil),
        ("new-rule", evil),
        ("test-rules", evil),
        ("config", "show", evil),
    ):
        ran = relcheck(*arguments)
        is_plain(ran)
        assert ran.code == (0 if "--stdin-filename" in arguments else 2), (arguments, ran.out, ran.err)


def test_what_git_says_draws_nothing(repo: Repo, relcheck: Command, tmp_path: Path) -> None:
    repo.commit()
    config = repo.root / ".git/config"
    config.write_text(config.read_text(encoding="utf-8") + f"[core\x1b[31m {EVIL}\n", encoding="utf-8")

    for verb in ("scan", "scan --staged", "scan --base main", "baseline write"):
        ran = relcheck(*verb.split())
        is_plain(ran)
        assert ran.code == 2
