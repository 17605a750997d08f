"""The fuzzer itself: a search that could not find anything would find nothing."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from fuzz.entries import entries
from fuzz.pool import input_of
from project import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def fuzz(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fuzz", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_every_parser_bears_some_mutated_input(tmp_path: Path) -> None:
    ran = fuzz("--runs", "60", "--jobs", "1", "--found", str(tmp_path))

    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert ran.stdout.count("60 inputs in") == len(entries()) - 1
    assert ran.stdout.count("; 0 failed\n") == len(entries()) - 1


def test_an_exception_a_signal_and_a_hang_are_told_with_their_input(tmp_path: Path) -> None:
    ran = fuzz("trap", "--runs", "40", "--time-limit", "0.5", "--found", str(tmp_path))

    assert ran.returncode == 1
    for reason in ("ValueError: b'raise", "the process ended with -6", "it took longer than"):
        assert reason in ran.stdout, ran.stdout + ran.stderr
    saved = {file.read_bytes()[:5] for file in tmp_path.iterdir()}
    assert saved == {b"raise", b"abort", b"loop "}
    (again,) = [file for file in tmp_path.iterdir() if file.read_bytes().startswith(b"raise")][:1]
    assert "ValueError" in fuzz("trap", "--input", str(again)).stderr


def test_the_same_seed_gives_the_same_inputs() -> None:
    for name, entry in entries().items():
        inputs = [[input_of(entry, name, seed, number) for number in range(30)] for seed in (1, 1, 2)]
        assert inputs[0] == inputs[1] != inputs[2]
        assert len(set(inputs[0])) > 8
