"""`python -m fuzz`: give mutated files to every parser, and tell what none of them may do."""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.entries import TRAP, entries
from fuzz.pool import Failure, Tally, fuzz, input_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOUND = Path(__file__).parent / "found"
_SHOWN = 200
_PARSERS = tuple(name for name in entries() if name != TRAP)


def main(argv: Sequence[str] | None = None) -> int:
    """1 where an input was found that a parser cannot bear."""
    options = _parser().parse_args(argv)
    if options.input is not None:
        return _again(options.only, options.input)
    if options.atheris:
        return _guided(options)
    failed = [name for name in options.only or _PARSERS if not _bears(name, options)]
    return 1 if failed else 0


def _bears(name: str, options: argparse.Namespace) -> bool:
    """Whether an entry bore all inputs; what came of them is printed, and what it did not bear is saved."""
    started = time.monotonic()
    numbers = range(options.first, options.first + options.runs)
    tally = fuzz(name, numbers, options.seed, jobs=options.jobs, time_limit=options.time_limit)
    _tell(name, tally, options.seed, time.monotonic() - started)
    alike: dict[str, list[str]] = {}
    for failure in sorted(tally.failures, key=lambda one: len(one.data)):
        saved = f"{failure.reason[:_SHOWN]}\n      {save(failure, options.found)}"
        alike.setdefault(re.sub(r"[0-9]+", "N", failure.reason), []).append(saved)
    for found in alike.values():
        print(f"    FAILED {len(found)} times, the smallest: {found[0]}")
    return not tally.failures


def _guided(options: argparse.Namespace) -> int:
    """In a process of its own: what coverage is to be seen of must not be imported before atheris is."""
    if len(options.only) != 1:
        print("name the one ENTRY that --atheris is to try", file=sys.stderr)
        return 2
    given = (*options.only, options.runs, options.seed, options.time_limit, options.found)
    command = [sys.executable, "-m", "fuzz.guided", *map(str, given)]
    return subprocess.run(command, check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="ENTRY", help=f"only these: {', '.join(_PARSERS)}")
    parser.add_argument("--runs", type=int, default=2_000, metavar="N", help="inputs for each entry")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first input")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed gives the same inputs")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--time-limit", type=float, default=20.0, metavar="SECONDS", help="for one input")
    parser.add_argument("--found", type=Path, default=_FOUND, metavar="FOLDER", help="where failing inputs are saved")
    parser.add_argument("--input", type=Path, metavar="FILE", help="try this file alone, with the ENTRY that is named")
    parser.add_argument("--atheris", action="store_true", help="let coverage guide the changes; one ENTRY, one process")
    return parser


def _tell(name: str, tally: Tally, seed: int, seconds: float) -> None:
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in tally.outcomes.most_common())
    print(f"{name}: {tally.inputs:,} inputs in {seconds:.0f} s: {outcomes}; {len(tally.failures)} failed")
    slowest, number = tally.slowest
    size = len(input_of(entries()[name], name, seed, number))
    print(f"    slowest: input {number} ({size:,} bytes), {slowest:.2f} s of processor time", flush=True)


def save(failure: Failure, folder: Path) -> Path:
    """The input as a file; its name says for which entry, and comes from its content."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{failure.entry}-{hashlib.sha256(failure.data).hexdigest()[:12]}"
    file.write_bytes(failure.data)
    return file


def _again(only: Sequence[str], file: Path) -> int:
    if len(only) != 1:
        print("name the one entry that the file is for", file=sys.stderr)
        return 2
    print(entries()[only[0]].run(file.read_bytes()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
