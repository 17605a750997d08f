"""Files that hold very much of something small: time grows with their size, and not with its square."""

from __future__ import annotations

import time

import pytest
from command import Command, Repo

WAIVED = "q.with_for_update()  # relcheck: ignore[transactions/raw-row-lock] reason: a"
MANY = 6_000


@pytest.mark.parametrize(
    "code",
    [f"{WAIVED}\n" * MANY, "x = [\n" + f"{WAIVED}\n".replace(")  #", "),  #") * MANY + "]\n"],
    ids=["each on its statement", "all on one"],
)
def test_a_file_of_very_many_findings_and_waivers_is_judged(code: str, repo: Repo, relcheck: Command) -> None:
    repo.write("many.py", code)
    started = time.monotonic()

    ran = relcheck.scan("--no-cache")

    assert ran.summary["waived"] == MANY
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "line", ["a filter=x\n", "*a*b*c filter=x\n", "[attr]a{0} a{1}\n"], ids=["names", "stars", "a chain of macros"]
)
def test_attributes_of_very_many_lines_are_not_gone_through(line: str, repo: Repo, relcheck: Command) -> None:
    lines = (line.format(number + 1, number) for number in range(400_000))
    repo.write(".gitattributes", "[attr]a0 text\n" + "".join(lines))
    started = time.monotonic()

    ran = relcheck.scan("--no-cache")

    assert (ran.code, ran.places("other.py")) == (1, [("raw-row-lock", 1, 3)])
    assert time.monotonic() - started < 15


def test_many_attributes_that_can_be_gone_through_are(repo: Repo, relcheck: Command) -> None:
    """A chain of macros is the worst of them."""
    repo.write(".gitattributes", "[attr]a0 text\n" + "".join(f"[attr]a{n + 1} a{n}\n" for n in reversed(range(2_900))))
    started = time.monotonic()

    assert relcheck.scan("--no-cache").code == 1
    assert time.monotonic() - started < 15
