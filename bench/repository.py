"""A repository that has adopted transaction intents: generated, deterministic, and broken in known places.

The same seed and number of files give the same bytes. A larger repository holds the smaller one's files unchanged, so
that sizes can be compared.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

from bench.source import infra
from bench.source.api import api
from bench.source.job import job
from bench.source.model import model
from bench.source.plain import plain
from bench.source.service import declaration, service
from bench.source.tests import test_module
from bench.source.violations import VIOLATIONS, Violation, name_for
from bench.source.vocabulary import ASPECTS, DOMAINS, NOUNS, Entity, Words, entity

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20260101
_MOMENT = 1_767_225_600
"""The time of every file and of the commit, in seconds of the epoch: 2026-01-01. Old files make a clean git index."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A rule broken on purpose, in the function `symbol` of the file `path`."""

    rule: str
    path: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Module:
    """One file of the repository; `kind` says what it is about."""

    path: str
    kind: str
    text: str
    seeded: Seeded | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on the disk: its Python files and lines, and the rules that it breaks by name."""

    root: Path
    files: int
    lines: int
    seeded: tuple[Seeded, ...]

    def broken(self, pack: str = "transactions") -> Counter[str]:
        """How often each rule of the pack is broken."""
        return Counter(one.rule for one in self.seeded if one.rule.startswith(f"{pack}/"))


def modules(files: int, *, seed: int = SEED) -> Iterator[Module]:
    """The Python files of the repository: the infrastructure first, then one entity after the other."""
    return islice(_endless(seed), files)


def generate(root: Path, files: int, *, seed: int = SEED) -> Repository:
    """Write the repository to `root`, which must not exist, and commit it with git."""
    root.mkdir(parents=True)
    lines = 0
    seeded: list[Seeded] = []
    for module in modules(files, seed=seed):
        lines += module.text.count("\n")
        if module.seeded is not None:
            seeded.append(module.seeded)
        _write(root / module.path, module.text)
    for name, text in infra.OTHER_FILES.items():
        _write(root / name, text)
    commit_all(root)
    return Repository(root, files, lines, tuple(seeded))


def generated(trees: Path, files: int, *, seed: int = SEED) -> Repository:
    """The repository of this size below `trees`: the one that is there if the same generator wrote it, or a new one."""
    root = trees / f"generated-{files}"
    record = trees / f"generated-{files}.json"
    made_by = sha256(b"".join(path.read_bytes() for path in _own_sources())).hexdigest() + f":{seed}"
    if root.is_dir() and record.is_file():
        known = json.loads(record.read_text(encoding="utf-8"))
        if known["made_by"] == made_by and _is_clean(root):
            return Repository(root, known["files"], known["lines"], tuple(Seeded(**one) for one in known["seeded"]))
    shutil.rmtree(root, ignore_errors=True)
    made = generate(root, files, seed=seed)
    known = {"made_by": made_by, "files": files, "lines": made.lines, "seeded": [asdict(one) for one in made.seeded]}
    record.write_text(json.dumps(known, indent=1), encoding="utf-8")
    return made


def commit_all(root: Path) -> None:
    """Make the folder a git repository with one commit."""
    git(root, "init", "--quiet", "--template=")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=Everything")


def git(root: Path, *arguments: str) -> None:
    """Run git; the user's configuration and hooks have no part in it."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_DATE": f"{_MOMENT} +0000",
        "GIT_COMMITTER_DATE": f"{_MOMENT} +0000",
    }
    settings = ("-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0")
    subprocess.run(("git", *settings, *arguments), cwd=root, env=environment, check=True)


def _is_clean(root: Path) -> bool:
    """Whether the work tree is as it was committed; a run that was killed may have left an edit."""
    status = subprocess.run(("git", "status", "--porcelain"), cwd=root, capture_output=True, check=False)
    return status.returncode == 0 and not status.stdout


def _endless(seed: int) -> Iterator[Module]:
    written: set[str] = set()
    due = dict.fromkeys(VIOLATIONS, 0.0)
    turns: Counter[Violation] = Counter()
    for path, text in infra.MODULES.items():
        yield from _packages(path, written)
        yield Module(path, "infra", text)
    for e in _entities(seed):
        for path, kind in _places(e):
            yield from _packages(path, written)
            for violation in VIOLATIONS:
                due[violation] += 1 / violation.every
            broken = next((one for one in VIOLATIONS if one.kind == kind and due[one] >= 1), None)
            if broken is not None:
                due[broken] -= 1
            yield _module(seed, path, kind, e, broken, turns)


def _entities(seed: int) -> Iterator[Entity]:
    for domain, noun in product(DOMAINS, NOUNS):
        yield entity(seed, domain, noun)
    raise ValueError(f"the vocabulary ends after {len(DOMAINS) * len(NOUNS)} entities: ask for fewer files")


def _places(e: Entity) -> Iterator[tuple[str, str]]:
    """The files about one entity and their kinds; what imports comes after what is imported."""
    rng = Words(SEED, f"{e.domain}/{e.noun}")
    aspect = rng.pick(*ASPECTS)
    yield f"app/models/{e.domain}/{e.noun}.py", "model"
    yield f"app/services/{e.domain}/{e.noun}_service.py", "service"
    yield f"app/services/{e.domain}/{e.noun}_{aspect}.py", "service"
    yield f"app/api/{e.domain}/{e.noun}_routes.py", "api"
    yield f"app/core/{e.domain}/{e.noun}_rules.py", "plain"
    yield f"app/core/{e.domain}/{e.noun}_format.py", "plain"
    if rng.chance(0.6):
        yield f"app/jobs/{e.domain}/{e.noun}_worker.py", "job"
    yield f"tests/{e.domain}/test_{e.noun}_service.py", "test"
    if rng.chance(0.6):
        yield f"tests/{e.domain}/test_{e.noun}_{aspect}.py", "test"


def _packages(path: str, written: set[str]) -> Iterator[Module]:
    """The `__init__.py` files above a module that are not there yet."""
    for parent in reversed(Path(path).parents[:-1]):
        name = f"{parent.as_posix()}/__init__.py"
        if name not in written:
            written.add(name)
            yield Module(name, "package", f'"""{parent.name.capitalize()}."""\n')


def _module(seed: int, path: str, kind: str, e: Entity, broken: Violation | None, turns: Counter[Violation]) -> Module:
    w = Words(seed, path)
    said = declaration(w)
    symbol = name_for(e, w) if broken is not None else ""
    extra = ""
    if broken is not None:
        extra = broken.make[turns[broken] % len(broken.make)](e, symbol, said)
        turns[broken] += 1
    match kind:
        case "model":
            text = model(e, w)
        case "service":
            text = service(e, w, said, seeded=extra)
        case "api":
            text = api(e, w, seeded=extra)
        case "job":
            text = job(e, w, seeded=extra)
        case "test":
            text = test_module(e, w)
        case _:
            text = plain(e, w)
    return Module(path, kind, text, Seeded(broken.rule, path, symbol) if broken is not None else None)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    os.utime(path, (_MOMENT, _MOMENT))


def _own_sources() -> list[Path]:
    here = Path(__file__).parent
    return [*sorted((here / "source").glob("*.py")), Path(__file__)]
