"""Real inputs to begin with: the project's own files, and those that its tests use."""

from __future__ import annotations

import hashlib
import importlib
import re
import sqlite3
import struct
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from relcheck.engine.catalog import load_catalog
from relcheck.engine.examining.cache import Cache

if TYPE_CHECKING:
    from relcheck.sdk.examples import Example

ROOT = Path(__file__).parents[1]
PLAN = "plan"
"""The plan that the results of the cache are kept for."""

CACHED = ("app/a.py", "1" * 40)

_WORDS = re.compile(rb"[A-Za-z_][A-Za-z_0-9.]{2,40}")
_MANY = 60


@cache
def python_files() -> tuple[bytes, ...]:
    """Python of the project, its tests, its fixtures, and its documents; the fixtures and the examples of rules
    several times, since they are what rules find something in."""
    own = [path.read_bytes() for folder in ("src", "rules", "tests") for path in _files(folder, "*.py")]
    fixtures = [path.read_bytes() for path in _files("tests/fixtures", "*.py")]
    examples = [
        example.code.encode()
        for spec in load_catalog().rules.values()
        if spec.type != "engine"
        for example in _examples(spec.module, spec.cls)
    ]
    return (*own, *(fixtures * 10), *(examples * 10), *_blocks("python"))


@cache
def django_migrations() -> tuple[bytes, ...]:
    """Files and examples that hold a migration of Django."""
    return tuple(dict.fromkeys(one for one in python_files() if b"migrations.Migration" in one and len(one) < 20_000))


def stubs() -> tuple[bytes, ...]:
    """Code of every language whose behaviour is read: the cases of the tests."""
    cases = [path.read_text(encoding="utf-8") for path in _files("tests/unit/stubs", "*.md")]
    blocks = [
        block for text in cases for block in re.findall(r"^```\w+[^\n]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    ]
    return tuple(block.encode() for block in blocks)


@cache
def configurations() -> tuple[bytes, ...]:
    files = [path.read_bytes() for folder in ("src", "tests") for path in _files(folder, "*.toml")]
    return (*files, (ROOT / "relcheck.toml").read_bytes(), *(_blocks("toml") * 5), *_CONFIGURATIONS)


@cache
def manifests() -> tuple[bytes, ...]:
    requirements = (
        b"-r more.txt\nDjango==5.2 \\\n  --hash=sha256:00\nhttpx>=0.27  # calls\n-e git+https://h/x.git#egg=x\n"
    )
    dynamic = (
        b'[project]\nname = "x"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["a"]}\n'
    )
    poetry = (
        b'[tool.poetry.dependencies]\npython = "^3.11"\nPyYAML = "^6"\n[tool.poetry.group.t.dependencies]\nx = "*"\n'
    )
    return (ROOT / "pyproject.toml").read_bytes(), requirements, dynamic, poetry


@cache
def baselines() -> tuple[bytes, ...]:
    head = b"# relcheck baseline, format 1, fingerprints 1\n# about it\n"
    one = b"app/jobs.py\ttransactions/raw-row-lock\t3f2a9c1b7d0e5f6a8b9c"
    said = b"\treason: INC-204: later; until=2027-01-31; owner=payments"
    odd = rb"a\x1b\u202e\\\t\xff.py" + one[11:]
    return head, b"\n".join((head + one, one + b":2" + said, odd, b"")), head + one + said + b"\n" + one + b":3\n"


@cache
def documents() -> tuple[bytes, ...]:
    """Documents of the project, and those of its fixtures and of the examples of rules several times."""
    own = [(ROOT / name).read_bytes() for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    fixtures = [path.read_bytes() for path in _files("tests/fixtures", "*.md")]
    examples = [
        example.code.encode()
        for spec in load_catalog().rules.values()
        if spec.pack in ("docs", "matrix")
        for example in _examples(spec.module, spec.cls)
    ]
    return (*own, *(fixtures * 5), *(examples * 5))


@cache
def matrix_files() -> tuple[bytes, ...]:
    """Matrices in other formats, each behind a line that says which."""
    return tuple(
        f"{kind}\n{text}".encode()
        for kind, text in (
            ("yaml", "guarantees:\n  - guarantee: No loss\n    mechanism: 'Job'\n    owner:\n    status: Stubbed\n"),
            ("yaml", "guarantees:\n  No loss: &a {mechanism: Job, owner: Kim, status: Enabled}\n  No gaps: *a\n"),
            ("yaml", "- guarantee: a\n  mechanism: |\n    b\n    c\n  owner: [d, e]\n  status: ~\n---\nx: 1\n"),
            ("toml", "[[x]]\nguarantee = 'No loss'\nmechanism = \"Job\"\nowner = ''\nstatus = \"Stubbed\"\n" * 2),
            ("csv", 'Guarantee,Mechanism,Owner,Status\n"No, loss","a ""b""",,Stubbed\n"x\ny",b,c,d,e\n'),
            ("csv", "Guarantee;Mechanism;Owner;Status\nNo loss;Job;Kim\n\n"),
        )
    )


@cache
def indexes() -> tuple[bytes, ...]:
    """Indexes without their checksum: every version, flags, stages, extensions."""
    plain = [(b"a.py", 0), (b"app/b.py", 0), (b"app/caf\xc3\xa9.py", 0x1000), (b"link", 0x8000), (b"z" * 300, 0)]
    made = [_index(version, plain) for version in (2, 3, 4)]
    return (*made, made[0] + b"TREE" + struct.pack(">I", 5) + b"\x000 0\n", made[1] + b"link" + struct.pack(">I", 0))


@cache
def waivers() -> tuple[bytes, ...]:
    return tuple(
        f"{before}# relcheck: ignore[{rules}]{said}\n{after}".encode()
        for before in ("x = f()  ", "", "@d\n", "if x:\n    ", "x = (1,  ")
        for rules, said in (
            ("transactions/raw-row-lock", " reason: moves in INC-204; until=2027-01-31; owner=payments"),
            ("transactions, local/x", " reason: a; b; until=2027-02-31"),
            ("", ""),
        )
        for after in ("y = 1\n", "def f(\n    a,\n):\n    pass\n", "    2)\n")
    )


@cache
def globs() -> tuple[bytes, ...]:
    """A pattern and a path, with a line end between."""
    patterns = ("**/*.py", "app/**", "{a,b}/[!x-z]?.py", "**/a/**/b*c*", "vendor/", "./x", "[[]a]", "**/**/**/*a*a*a")
    paths = ("app/jobs/a.py", "a" * 300, "a/" * 100 + "c", "vendor/x y/[a].py", "b/a.py")
    return tuple(f"{pattern}\n{path}".encode() for pattern in patterns for path in paths)


@cache
def statements() -> tuple[bytes, ...]:
    """SQL as it stands in the strings of the project."""
    found = re.findall(rb"\"([^\"\n]*(?:SELECT|select|UPDATE|INSERT|LOCK)[^\"\n]*)\"", b"\n".join(python_files()))
    return (*dict.fromkeys(found), b"SELECT 1 FOR UPDATE", b"do $a$ begin select 1 for update; end $a$ -- x")


@cache
def cache_files() -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory() as folder:
        Cache(Path(folder), PLAN).put({CACHED: b"", **{(f"app/{n}.py", f"{n:040}"): b"x" * n * 9 for n in range(30)}})
        file = next(Path(folder).glob("*/*.sqlite"))
        written = file.read_bytes()
        with sqlite3.connect(file) as database:
            database.execute("PRAGMA journal_mode = WAL")
        database.close()
        return written, file.read_bytes()


@cache
def words_of(inputs: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The words that stand in several inputs."""
    counted: dict[bytes, int] = {}
    for one in inputs:
        for word in set(_WORDS.findall(one)):
            counted[word] = counted.get(word, 0) + 1
    return tuple(sorted(sorted(counted), key=counted.__getitem__, reverse=True)[: _MANY * 5])


def sealed(index: bytes) -> bytes:
    """With its checksum: a damaged one says nothing about what stands before it."""
    return index + hashlib.sha1(index, usedforsecurity=False).digest()


def _files(folder: str, pattern: str) -> list[Path]:
    return sorted((ROOT / folder).rglob(pattern))


def _blocks(language: str) -> list[bytes]:
    text = b"\n".join((ROOT / name).read_bytes() for name in ("README.md", "CONTRIBUTING.md"))
    return re.findall(rb"```" + language.encode() + rb"\n(.*?)```", text, re.DOTALL)


def _examples(module: str, name: str) -> list[Example]:
    return list(getattr(importlib.import_module(module), name).examples)


def _index(version: int, entries: list[tuple[bytes, int]]) -> bytes:
    data = b"DIRC" + struct.pack(">II", version, len(entries))
    before = b""
    for path, flags in entries:
        extended = version > 2 and flags == 0x1000
        fixed = struct.pack(">10I20sH", 1, 2, 1, 2, 3, 4, 0o100644, 6, 7, 8, b"\x11" * 20, min(len(path), 0xFFF))
        if extended:
            fixed = fixed[:-2] + struct.pack(">HH", min(len(path), 0xFFF) | 0x4000, 0x2000)
        elif flags == 0x8000:
            fixed = fixed[:-2] + struct.pack(">H", min(len(path), 0xFFF) | flags)
        if version == 4:
            data += fixed + bytes([len(before) & 0x7F]) + path + b"\0" if len(before) < 128 else b""
            before = path
        else:
            entry = fixed + path
            data += entry + b"\0" * (8 - len(entry) % 8)
    return data


_CONFIGURATIONS = (
    b"""[relcheck]
extends = ['./other.toml', 'preset:django']
exclude = ['vendor/**', '{a,b}/*.py']
roots = { app = 'backend/app' }
max_file_size = 100
fail_on = 'warning'
required_version = '>=0.1,<9'
""",
    b"""[rules.'transactions/raw-row-lock']
enabled = true
severity = 'off'
paths = ['**/*.py']
allowed_in = ['a.py']
[[overrides]]
paths = ['a/**']
severity = 'info'
""",
    b"""[[waivers]]
rule = 'transactions/split-write'
path = 'app/**'
reason = 'INC-204'
until = 2027-03-31
owner = 'payments'
""",
    b"""[tool.relcheck]
baseline = 'a'
[tool.relcheck.rules.local]
x = 1979-05-27T07:32:00Z
y = [[1], {a.b = nan}]
""",
)
