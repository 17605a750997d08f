"""What is measured: each function makes one section of the table."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bench import peers
from bench.documents import PAGES, documents
from bench.locks import locks
from bench.measure import Command, Measured, interleaved, measured
from bench.migrations import python_files, sql, sql_files
from bench.peers import Installed, Missing, Peer
from bench.repository import Repository, generated, git
from bench.source import infra
from bench.table import Row, Section
from bench.tree import Tree, folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_COLD = ("--no-cache", "--jobs", "1", "--output", "concise")
_LOCKS = ("--select", "transactions/raw-row-lock")
_TRANSACTIONS = ("--select", "transactions")
_GATE = ("--policy-from", "HEAD", "--output", "concise")
_CONTRACT = """\
[relcheck]
exclude = ["tests/**"]

[[layers.contract]]
id = "layers"
kind = "layers"
layers = [
    { modules = ["app.api", "app.jobs"], independent = true },
    "app.services",
    { modules = ["app.models", "app.core"], independent = true },
    "app.infra",
]
"""
_FINDINGS = 5_000
_SQL_MIGRATIONS, _PYTHON_MIGRATIONS = 220, 1_700
_SHOWN = {
    "concise": r"^\S+:\d+:\d+: ",
    "text": r"^  error\[",
    "json": r'^      "fingerprint": ',
    "sarif": r'^\{"ruleId": ',
    "markdown": r"^\*\*error\*\* ",
    "github": r"^::error ",
    "gitlab": r'^\{"description": ',
    "junit": "<failure ",
    "rdjson": r'^\{"message": ',
}
"""What a finding begins with in each format."""

_NOTES = {
    "sarif": "target: 1 s of wall time, 150 MB",
    "github": "it shows ten of a level",
    "markdown": "it ends at 900 KiB",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """What is there to be measured, and how thoroughly.

    `rounds` is how often short commands run, `files` the size of the generated repository, `sizes` those for growth.
    `fixit_step` says that fixit reads every so-and-so-many-th file only (1: all of them). It takes minutes, so
    `fixit_runs` keeps what two sections ask for.
    """

    relcheck: Path | Missing
    tools: dict[Peer, Installed | Missing]
    trees: Path
    real: Tree | str
    rounds: int
    files: int
    sizes: tuple[int, ...]
    fixit_step: int
    fixit_runs: dict[Path, Measured] = field(default_factory=dict)

    def scan(self, label: str, root: Path, *options: str, before: Callable[[], None] | None = None) -> Command:
        """A `relcheck scan` in this folder."""
        program = "relcheck" if isinstance(self.relcheck, Missing) else str(self.relcheck)
        command = Command(label, (program, "scan", *options), root)
        return command if before is None else replace(command, before=before)

    def repository(self) -> Repository:
        return generated(self.trees, self.files)


def hook(bench: Bench) -> Section:
    """A pre-commit hook over five changed files that concern no rule."""
    root = bench.repository().root
    candidates = sorted(path for path in root.glob("app/core/*/*_rules.py") if b"update" not in path.read_bytes())
    plain = [path.relative_to(root).as_posix() for path in candidates[:5]]
    with _edited(root, plain) as edit:
        floor = Command("the interpreter alone", (sys.executable, "-I", "-S", "-c", "pass"), root)
        fill = bench.scan("fill the cache", root, "--output", "concise", before=lambda: _forget(root))
        rows = [_row(measured(floor, bench.rounds))]
        filled = _relcheck(bench, fill, 1)
        given = bench.scan("relcheck scan FILE…", root, "--output", "concise", *plain, before=edit)
        staged = bench.scan("relcheck scan --staged", root, "--output", "concise", "--staged", before=edit)
        reference = None
        if filled.failure is None:
            first, second = interleaved([given, staged], bench.rounds)
            reference = first
            rows += [_row(first, note="target: 0.100 s of wall time", by="wall", reference=first)]
            rows += [_row(second, by="wall", reference=first)]
            fresh = bench.scan("relcheck scan FILE…, no cache yet", root, *given.argv[2:], before=lambda: _forget(root))
            rows += [_row(measured(fresh, 3), by="wall", reference=first)]
        else:
            rows += [_row(replace(filled, label="relcheck scan FILE…"))]
        for peer in (peers.RUFF, peers.AST_GREP, peers.FIXIT, peers.SEMGREP):
            rows += [_row(_peer(bench, peer, root, 3, plain), by="wall", reference=reference)]
    return Section("Hook", "five changed files that concern no rule, wall time decides (ratio: wall time)", tuple(rows))


def cold_real(bench: Bench) -> Section:
    """A full scan of the real package for raw row locks."""
    if isinstance(bench.real, str):
        return Section("Cold, real package", "raw row locks", (Row("real package", note=bench.real),))
    return _cold(bench, bench.real, f"Cold, {bench.real.name}", "")


def cold_generated(bench: Bench) -> Section:
    """A full scan of the generated repository for raw row locks."""
    repository = bench.repository()
    seeded = repository.broken()["transactions/raw-row-lock"]
    tree = folder(repository.root)
    return _cold(
        bench,
        tree,
        f"Cold, generated, {repository.files} files",
        f"{seeded} are seeded; who knows no blessed module finds {infra.BLESSED_LOCKS} more",
    )


def adopted(bench: Bench) -> Section:
    """A full scan of the generated repository with all transactions rules."""
    repository = bench.repository()
    tree = folder(repository.root)
    seeded = sum(repository.broken().values())
    scan = bench.scan("relcheck, all transactions rules", tree.root, *_TRANSACTIONS, *_COLD)
    ours = _relcheck(bench, scan, min(bench.rounds, 3))
    rows = [_row(ours, note=f"{seeded} seeded", reference=ours)]
    rows += [_fixit(bench, tree, ours, "target: at least 15")]
    about = f"{tree.total_lines} lines (ratio: CPU, to relcheck; one rule of fixit is less work than ours)"
    return Section(f"All transactions rules, cold, {repository.files} files", about, tuple(rows))


def warm(bench: Bench) -> Section:
    """Scans that find most of their answers in the cache."""
    root = bench.repository().root
    service = min(path.relative_to(root).as_posix() for path in root.glob("app/services/*/*_service.py"))
    with _edited(root, [service], stage=False) as edit:
        fill = bench.scan("cold, fills the cache", root, "--output", "concise", before=lambda: _forget(root))
        same = bench.scan("nothing changed", root, "--output", "concise")
        changed = bench.scan("one file changed", root, "--output", "concise", before=edit)
        filled = _relcheck(bench, fill, 1)
        if filled.failure is not None:
            return Section("Warm", "relcheck scan", (_row(filled),))
        measured(same)
        first, second = interleaved([same, changed], bench.rounds)
    rows = (
        _row(filled, by="wall", reference=first),
        _row(first, note="target: 0.150 s of wall time for 2,000 files", by="wall", reference=first),
        _row(second, note="target: at most twice the time", by="wall", reference=first),
    )
    return Section(f"Warm, {bench.files} files", "relcheck scan, every rule, default jobs (ratio: wall time)", rows)


def base(bench: Bench) -> Section:
    """Scans that are compared with another revision, most of their answers in the cache."""
    root = bench.repository().root
    paths = sorted(path.relative_to(root).as_posix() for path in root.glob("app/services/*/*_service.py"))[:20]
    with _edited(root, paths, stage=False) as edit:
        edit()
        fill = bench.scan("cold, fills the cache", root, "--base", "HEAD", *_GATE, before=lambda: _forget(root))
        same = bench.scan("scan", root, "--output", "concise")
        compared = bench.scan("scan --base", root, "--base", "HEAD", "--output", "concise")
        gate = bench.scan("scan --base --policy-from", root, "--base", "HEAD", *_GATE)
        filled = _relcheck(bench, fill, 1)
        if filled.failure is not None:
            return Section("Base", "relcheck scan --base", (_row(filled),))
        measured(compared)
        first, second, third = interleaved([same, compared, gate], bench.rounds)
    rows = (
        _row(filled, by="wall", reference=first),
        _row(first, by="wall", reference=first),
        _row(second, note="target: at most 1.3 times the time", by="wall", reference=first),
        _row(third, by="wall", reference=first),
    )
    about = f"{len(paths)} of {bench.files} files changed, warm (ratio: wall time, to the scan without a base)"
    return Section("Base", about, rows)


def staged(bench: Bench) -> Section:
    """A hook over five staged files that concern rules, alone and compared with HEAD."""
    root = bench.repository().root
    paths = sorted(path.relative_to(root).as_posix() for path in root.glob("app/services/*/*_service.py"))[:5]
    with _edited(root, paths) as edit:
        fill = bench.scan("fill the cache", root, "--output", "concise", before=lambda: _forget(root))
        filled = _relcheck(bench, fill, 1)
        if filled.failure is not None:
            return Section("Staged", "relcheck scan --staged", (_row(filled),))
        edit()
        alone = bench.scan("scan --staged", root, "--staged", "--output", "concise")
        compared = bench.scan("scan --staged --base HEAD", root, "--staged", "--base", "HEAD", "--output", "concise")
        measured(compared)
        first, second = interleaved([alone, compared], bench.rounds)
    rows = (
        _row(first, note="target: 0.200 s of wall time", by="wall", reference=first),
        _row(second, by="wall", reference=first),
    )
    return Section("Staged", f"{len(paths)} of {bench.files} files staged, warm (ratio: wall time)", rows)


def growth(bench: Bench) -> Section:
    """Cold scans of larger and larger repositories."""
    rows: list[Row] = []
    smallest: float | None = None
    for size in bench.sizes:
        repository = generated(bench.trees, size)
        one = _relcheck(bench, bench.scan(f"{size} files, {repository.lines} lines", repository.root, *_COLD), 1)
        row = _row(one)
        if one.failure is None:
            each = one.cpu / repository.lines * 1e6  # ms a 1,000 lines
            smallest = smallest or each
            note = f"CPU ms: {one.cpu / size * 1e3:.2f} a file, {each:.2f} a 1,000 lines; target: 200 MB at most"
            row = replace(row, ratio=each / smallest, note=note)
        rows.append(row)
    return Section(
        "Growth", "relcheck scan, every rule, no cache, one job (ratio: CPU a line, to the smallest)", tuple(rows)
    )


def formats(bench: Bench) -> Section:
    """What a report of many findings costs: the process that finds them in the cache and writes them."""
    root = locks(bench.trees, _FINDINGS)
    scans = {name: bench.scan(f"--output {name}", root, *_LOCKS, "--output", name) for name in _SHOWN}
    filled = _relcheck(bench, replace(scans["concise"], label="fill the cache"), 1)
    if filled.failure is not None:
        return Section("Formats", "relcheck scan", (_row(filled),))
    commands = [replace(scan, finding=_SHOWN[name]) for name, scan in scans.items()]
    runs = interleaved(commands, min(bench.rounds, 5))
    rows = [
        _row(run, note=_NOTES.get(name, ""), by="wall", reference=runs[0])
        for name, run in zip(scans, runs, strict=True)
    ]
    about = f"relcheck scan, {_FINDINGS} findings from the cache (ratio: wall time, to the shortest format)"
    return Section("Formats", about, tuple(rows))


def layers(bench: Bench) -> Section:
    """The same layers contract by relcheck and by import-linter, over the application of the generated repository."""
    repository = generated(bench.trees, bench.files * 5 // 4)  # a fifth of it are tests, which neither looks at
    root = repository.root
    modules = len(list(root.glob("app/**/*.py")))
    config = bench.trees / "layers.toml"
    config.write_text(_CONTRACT, encoding="utf-8")
    options = ("--config", str(config), "--select", "layers", "--output", "concise")
    tool = bench.tools[peers.IMPORT_LINTER]
    cold = bench.scan("relcheck, cold", root, *options, "--no-cache")
    warm = bench.scan("relcheck, warm", root, *options)
    fill = bench.scan("relcheck, fills its cache", root, *options, before=lambda: _forget(root))
    service = min(path.relative_to(root).as_posix() for path in root.glob("app/services/*/*_service.py"))
    if isinstance(tool, Missing) or isinstance(bench.relcheck, Missing):
        ours, theirs = (
            _relcheck(bench, cold, bench.rounds),
            _missing("import-linter", tool) if isinstance(tool, Missing) else None,
        )
        return Section("Layers", f"one contract, {modules} modules", tuple(map(_row, filter(None, (ours, theirs)))))
    ini, kept = bench.trees / "layers.ini", bench.trees / "layers-cache"
    shutil.rmtree(kept, ignore_errors=True)
    bare = peers.layers_command(tool, root, ini, None)
    cached = peers.layers_command(tool, root, ini, kept)
    ours, theirs = interleaved([cold, bare], bench.rounds)
    rows = [_row(ours, note="target: at most 2", reference=theirs), _row(theirs, reference=theirs)]
    filled = measured(fill)
    measured(cached)
    ours, theirs = interleaved([warm, cached], bench.rounds)
    rows += [_row(filled), _row(ours, note="target: at most 1", reference=theirs), _row(theirs, reference=theirs)]
    for label, line in (("one file changed", "# change {}"), ("one import changed", "import change_{}")):
        with _edited(root, [service], stage=False, line=line) as edit:
            changed = bench.scan(f"relcheck, {label}", root, *options, before=edit)
            rows += [_row(measured(changed, bench.rounds), note="target: at most 1.5", reference=ours)]
    about = f"{modules} modules, one contract (ratio: CPU, to import-linter; of changes to relcheck warm)"
    return Section("Layers", about, tuple(rows))


def layers_growth(bench: Bench) -> Section:
    """The import graph of larger and larger repositories."""
    config = bench.trees / "layers-all.toml"
    config.write_text(_CONTRACT.replace('exclude = ["tests/**"]\n', ""), encoding="utf-8")
    options = ("--config", str(config), "--select", "layers", *_COLD)
    rows: list[Row] = []
    smallest: float | None = None
    for size in bench.sizes:
        repository = generated(bench.trees, size)
        one = _relcheck(bench, bench.scan(f"{size} files, {repository.lines} lines", repository.root, *options), 1)
        row = _row(one)
        if one.failure is None:
            each = one.cpu / size * 1e3
            smallest = smallest or each
            row = replace(row, ratio=each / smallest, note=f"CPU ms: {each:.2f} a file; target: 300 MB at most")
        rows.append(row)
    return Section(
        "Layers, growth", "one contract, no cache, one job (ratio: CPU a file, to the smallest)", tuple(rows)
    )


def about_documents(bench: Bench) -> Section:
    """Documents, matrices, and the code that their rows name."""
    root = documents(bench.repository().root, bench.trees)
    options = ("--select", "docs,matrix", "--output", "concise")
    cold = bench.scan("relcheck, cold", root, *options, before=lambda: _forget(root))
    warm = bench.scan("relcheck, warm", root, *options)
    rows = (
        _row(_relcheck(bench, cold, 1), note="target: 1.5 s of CPU"),
        _row(_relcheck(bench, warm, bench.rounds), note="target: 0.25 s of CPU"),
    )
    about = (
        f"relcheck scan --select docs,matrix, beside {bench.files} files of code; only code that rows name is parsed"
    )
    return Section(f"Documents, {PAGES} pages", about, rows)


def migrations(bench: Bench) -> Section:
    """Migrations in SQL beside squawk, those in Python, and a change that adds one."""
    select = ("--select", "migrations")
    root, python = sql_files(bench.trees, _SQL_MIGRATIONS), python_files(bench.trees, _PYTHON_MIGRATIONS)
    files = sorted(path.relative_to(root).as_posix() for path in root.glob("prisma/migrations/*/migration.sql"))
    cold = bench.scan(f"relcheck, {_SQL_MIGRATIONS} files of SQL, cold", root, *select, *_COLD)
    tool = bench.tools[peers.SQUAWK]
    if isinstance(tool, Missing) or isinstance(bench.relcheck, Missing):
        ours = _relcheck(bench, cold, bench.rounds)
        theirs = _missing("squawk", tool) if isinstance(tool, Missing) else None
        return Section("Migrations", "", tuple(map(_row, filter(None, (ours, theirs)))))
    ours, theirs = interleaved([cold, peers.migrations_command(tool, root, files)], bench.rounds)
    note = "target: 0.3 s of wall time, at most 12 x squawk, 150 MB"
    rows = [_row(ours, note=note, reference=theirs), _row(theirs, reference=theirs)]
    many = bench.scan(f"relcheck, {_PYTHON_MIGRATIONS} files of Python, cold", python, *select, *_COLD)
    rows += [_row(measured(many, min(bench.rounds, 3)), note="target: 3 s of CPU, 150 MB")]
    new = root / "prisma" / "migrations" / "20260101000000_new" / "migration.sql"
    new.parent.mkdir(exist_ok=True)
    new.write_text(sql(_SQL_MIGRATIONS), encoding="utf-8")
    try:
        gate = bench.scan(
            "relcheck --base, one new file of SQL", root, *select, "--base", "HEAD", "--output", "concise"
        )
        measured(gate)
        rows += [_row(measured(gate, bench.rounds), note="target: 0.25 s of wall time")]
    finally:
        shutil.rmtree(new.parent)
    about = "every rule of the pack, history gated, too (ratio: CPU, to squawk, which runs on two processors)"
    return Section("Migrations", about, tuple(rows))


SECTIONS: dict[str, Callable[[Bench], Section]] = {
    "hook": hook,
    "real": cold_real,
    "generated": cold_generated,
    "adopted": adopted,
    "warm": warm,
    "base": base,
    "staged": staged,
    "growth": growth,
    "formats": formats,
    "layers": layers,
    "layers-growth": layers_growth,
    "documents": about_documents,
    "migrations": migrations,
}


def _cold(bench: Bench, tree: Tree, title: str, expected: str) -> Section:
    scan = bench.scan("relcheck, raw-row-lock", tree.root, *_LOCKS, *_COLD)
    ruff = bench.tools[peers.RUFF]
    if isinstance(ruff, Missing):
        ours, quick = _relcheck(bench, scan, bench.rounds), _missing("ruff", ruff)
    elif isinstance(bench.relcheck, Missing):
        ours, quick = _missing(scan.label, bench.relcheck), _peer(bench, peers.RUFF, tree.root, bench.rounds)
    else:
        ours, quick = interleaved([scan, peers.lock_command(peers.RUFF, ruff, tree.root)], bench.rounds)
    rows = [_row(ours, note=expected, reference=ours)]
    rows += [
        _row(quick, note="target: at least 0.25 (4 x ruff); it has no such rule, S608 is the nearest", reference=ours)
    ]
    rows += [_row(_peer(bench, peers.AST_GREP, tree.root, 3), reference=ours)]
    rows += [_row(_peer(bench, peers.SEMGREP, tree.root, min(bench.rounds, 3)), reference=ours)]
    rows += [_fixit(bench, tree, ours, "target: at least 100")]
    about = f"raw row locks in {len(tree.lines)} files, {tree.total_lines} lines (ratio: CPU, to relcheck)"
    return Section(title, about, tuple(rows))


def _fixit(bench: Bench, tree: Tree, ours: Measured, note: str) -> Row:
    """fixit on the whole tree, or on a part of it and calculated for the whole."""
    if bench.fixit_step == 1:
        if tree.root not in bench.fixit_runs:
            bench.fixit_runs[tree.root] = _peer(bench, peers.FIXIT, tree.root, 1)
        return _row(bench.fixit_runs[tree.root], note=note, reference=ours)
    part = tree.every(bench.fixit_step)
    if tree.root not in bench.fixit_runs:
        bench.fixit_runs[tree.root] = _scaled_fixit(bench, tree, part)
    note = f"{note}; CALCULATED by lines from {len(part.lines)} of {len(tree.lines)} files"
    return replace(_row(bench.fixit_runs[tree.root], note=note, reference=ours), findings="")


def _scaled_fixit(bench: Bench, tree: Tree, part: Tree) -> Measured:
    """What the tree would take, had every line the price of the part's lines; the start is paid once, not scaled."""
    shortest = sorted(tree.lines, key=lambda path: tree.lines[path])[:2]
    start = _peer(bench, peers.FIXIT, tree.root, 1, shortest)
    measured_part = _peer(bench, peers.FIXIT, tree.root, 1, tuple(part.lines))
    if start.failure is not None or measured_part.failure is not None:
        return measured_part
    factor = tree.total_lines / part.total_lines
    return replace(
        measured_part,
        cpu=start.cpu + (measured_part.cpu - start.cpu) * factor,
        wall=start.wall + (measured_part.wall - start.wall) * factor,
    )


def _relcheck(bench: Bench, command: Command, rounds: int) -> Measured:
    if isinstance(bench.relcheck, Missing):
        return _missing(command.label, bench.relcheck)
    return measured(command, rounds)


def _peer(bench: Bench, peer: Peer, root: Path, rounds: int, targets: Sequence[str] = ()) -> Measured:
    tool = bench.tools[peer]
    if isinstance(tool, Missing):
        return _missing(peer.package, tool)
    return measured(peers.lock_command(peer, tool, root, targets or (".",)), rounds)


def _missing(label: str, why: Missing) -> Measured:
    return Measured(label, 0, 0, 0, 0, 0, f"not installed: {why.reason}")


def _row(one: Measured, *, note: str = "", by: str = "cpu", reference: Measured | None = None) -> Row:
    if one.failure is not None:
        return Row(one.label, note=one.failure)
    ratio = None
    if reference is not None and reference.failure is None:
        ratio = one.wall / reference.wall if by == "wall" else one.cpu / reference.cpu
    return Row(one.label, one.cpu, one.wall, one.peak, str(one.findings), ratio, one.runs, note)


@contextmanager
def _edited(
    root: Path, paths: Sequence[str], *, stage: bool = True, line: str = "# change {}"
) -> Iterator[Callable[[], None]]:
    """A function that puts another line under these files each time that it is called, and stages them; undone at the
    end."""
    before = {path: ((root / path).read_bytes(), (root / path).stat().st_mtime_ns) for path in paths}
    count = 0

    def edit() -> None:
        nonlocal count
        count += 1
        for path, (content, _) in before.items():
            (root / path).write_bytes(content + f"{line.format(count)}\n".encode())
        if stage:
            git(root, "add", "--", *paths)

    try:
        yield edit
    finally:
        for path, (content, moment) in before.items():
            (root / path).write_bytes(content)
            os.utime(root / path, ns=(moment, moment))
        git(root, "add", "--", *paths)


def _forget(root: Path) -> None:
    shutil.rmtree(root / ".relcheck_cache", ignore_errors=True)
