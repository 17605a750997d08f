"""`python -m bench`: measure relcheck beside its peers and print one table. Nothing is asserted."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import peers
from bench.peers import Installed, Missing
from bench.sections import SECTIONS, Bench
from bench.table import as_markdown, as_text
from bench.tree import REAL_PACKAGE, Tree, folder, package

if TYPE_CHECKING:
    from collections.abc import Sequence

_TREES = Path(__file__).parent / "trees"


def main(argv: Sequence[str] | None = None) -> int:
    """Measure what the arguments ask for; the table goes to standard output, progress to standard error."""
    options = _parser().parse_args(argv)
    started = time.monotonic()
    bench = _bench(options)
    sections = []
    for name in options.only or SECTIONS:
        _say(f"measuring: {name}")
        sections.append(SECTIONS[name](bench))
    notes = [*_notes(bench), f"measured in {time.monotonic() - started:.0f} s"]
    print((as_markdown if options.markdown else as_text)(sections, notes), end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="SECTION", help=f"only these: {', '.join(SECTIONS)}")
    parser.add_argument(
        "--quick", action="store_true", help="small repositories, few runs, a part of the files for fixit"
    )
    parser.add_argument("--markdown", action="store_true", help="print Markdown tables")
    real = parser.add_mutually_exclusive_group()
    real.add_argument("--tree", type=Path, metavar="PATH", help="measure on this folder instead of a package")
    real.add_argument("--package", default=REAL_PACKAGE, metavar="NAME==VERSION", help="the package to measure on")
    parser.add_argument("--trees", type=Path, default=_TREES, metavar="PATH", help="where trees and tools are kept")
    parser.add_argument("--relcheck", type=Path, metavar="PROGRAM", help="measure this relcheck, not the installed one")
    return parser


def _bench(options: argparse.Namespace) -> Bench:
    trees = options.trees.resolve()
    trees.mkdir(parents=True, exist_ok=True)
    unknown = [name for name in options.only if name not in SECTIONS]
    if unknown:
        raise SystemExit(f"no section named {unknown[0]}; there are: {', '.join(SECTIONS)}")
    wanted = options.only or list(SECTIONS)
    tools: dict[peers.Peer, Installed | Missing] = {}
    for peer in peers.PEERS:
        _say(f"preparing: {peer.package}")
        tools[peer] = peers.install(peer, trees / "peers")
    return Bench(
        relcheck=_relcheck(options.relcheck),
        tools=tools,
        trees=trees,
        real=_real(options, trees) if "real" in wanted else "not asked for",
        rounds=3 if options.quick else 9,
        files=600 if options.quick else 2000,
        sizes=(250, 500, 1000) if options.quick else (1000, 2500, 5000, 10000),
        fixit_step=10 if options.quick else 1,
    )


def _real(options: argparse.Namespace, trees: Path) -> Tree | str:
    if options.tree is not None:
        return folder(options.tree) if options.tree.is_dir() else f"{options.tree} is not a folder"
    _say(f"preparing: {options.package}")
    return package(options.package, trees)


def _relcheck(given: Path | None) -> Path | Missing:
    """The command as a user has it: beside the interpreter that runs the benchmarks, else on the path."""
    beside = Path(sys.executable).with_name("relcheck")
    found = given or (beside if beside.exists() else shutil.which("relcheck"))
    if found is None or not os.access(found, os.X_OK):
        return Missing(f"{given or 'relcheck'} (pip install --editable .)")
    return Path(found).resolve() if given else Path(found)


def _notes(bench: Bench) -> list[str]:
    versions = [
        f"{peer.package} {tool.version if isinstance(tool, Installed) else 'not installed: ' + tool.reason}"
        for peer, tool in bench.tools.items()
    ]
    repository = bench.repository()
    seeded = ", ".join(f"{rule.partition('/')[2]} {count}" for rule, count in sorted(repository.broken().items()))
    return [
        "CPU: user and system time with all children; CPU and wall: medians of the runs; peak: the largest process",
        f"tools: {_relcheck_version(bench.relcheck)}, {', '.join(versions)}",
        f"machine: {os.cpu_count()} CPUs, {platform.machine()} {platform.system()}, Python {platform.python_version()}",
        f"generated repository: {repository.files} files, {repository.lines} lines; seeded: {seeded}",
    ]


def _relcheck_version(program: Path | Missing) -> str:
    if isinstance(program, Missing):
        return f"relcheck not installed: {program.reason}"
    done = subprocess.run((str(program), "--version"), capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 and done.stdout.strip() else "relcheck of unknown version"


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
