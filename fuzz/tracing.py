"""Markers in code, the lock file of reviews, and files of evidence: whatever they hold is read, or refused in words."""

from __future__ import annotations

import tempfile
from pathlib import Path

from relcheck.engine.tracing.evidence import EvidenceError, read_evidence
from relcheck.sources.markers.read import collect
from relcheck.sources.matrix.review import LockError, read_lock, written

_LANGUAGES = (".py", ".ts", ".go", ".sql", ".sh")
_PATHS = ("app/audit.py", "src/lib/audit.ts", "tests/test_audit.py")


def markers(data: bytes) -> str:
    """Every marker stands in its file, in whatever language it is read."""
    text = data.decode("utf-8", "replace")
    lines = text.split("\n")
    found = False
    for ending in _LANGUAGES:
        read = collect(f"a{ending}", text)
        for one in read.markers if read is not None else ():
            place = one.region
            if not 1 <= place.column <= place.end_column <= len(lines[place.line - 1]) + 1:
                raise AssertionError(f"{one} is not in the file, read as {ending}")
            found = True
    return "marked" if found else "none"


def lock(data: bytes) -> str:
    """What is read is the same once it is written."""
    try:
        read = read_lock(data)
    except LockError:
        return "refused"
    again = read_lock(written(one for one, _ in read.values()).encode())
    if {key: one for key, (one, _) in again.items()} != {key: one for key, (one, _) in read.items()}:
        raise AssertionError("it reads otherwise once it is written")
    return "read" if read else "empty"


def evidence(data: bytes) -> str:
    """As results of tests and as coverage."""
    said = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence"
        file.write_bytes(data)
        for junit, coverage in (((file,), ()), ((), (file,))):
            try:
                found = read_evidence(junit, coverage, _PATHS, Path("/project"))
            except EvidenceError:
                said.append("refused")
            else:
                for path in _PATHS:
                    part = found.covered(path, range(1, 100))
                    if part is not None and not 0 <= part <= 1:
                        raise AssertionError(f"{part} is no part of the lines")
                    found.cases_of(path)
                said.append("read")
    return " and ".join(said)


def marked_files() -> tuple[bytes, ...]:
    """Code with markers in several languages."""
    return (
        b'# relcheck: upholds "Audit log"\ndef write(row):\n    return row  # relcheck: upholds G-07\n',
        b'/* relcheck: upholds \'A\' */\nconst a = `// relcheck: upholds "B"`;\n// relcheck: upholds [#G-1], "C"\n',
        b'package a\n// relcheck: upholds "A"\nfunc Write() {}\n',
        b'-- relcheck: upholds "A"\nSELECT $$ -- relcheck: upholds "B"\n$$;\n',
    )


def lock_files() -> tuple[bytes, ...]:
    """Lock files, one in the middle of a merge among them."""
    line = b'{"code":{"app/audit.py:write":"0123456789ab"},"matrix":"docs/a.md#m","row":"audit log","text":"00"}\n'
    other = line.replace(b"audit log", b"g-2")
    return (b"# relcheck matrix lock, version 1\n" + line + other, b"<<<<<<< HEAD\n" + line + b"=======\n", line * 2)


def evidence_files() -> tuple[bytes, ...]:
    """Results and coverage as tools write them."""
    return _JUNIT, _COVERAGE_PY, _COBERTURA, _LCOV


_JUNIT = b"""<testsuites><testsuite file="tests/test_audit.py"><testcase classname="tests.test_audit" name="a"/>
<testcase classname="tests.test_audit.B" name="c"><failure message="x">y</failure></testcase></testsuite>
</testsuites>"""
_COVERAGE_PY = b'{"meta": {}, "files": {"app/audit.py": {"executed_lines": [1, 2], "missing_lines": [3]}}}'
_COBERTURA = b"""<?xml version="1.0"?><!DOCTYPE coverage SYSTEM "x.dtd"><coverage><sources><source>/project</source>
</sources><class filename="app/audit.py"><lines><line number="1" hits="1"/><line number="2" hits="0"/></lines></class>
</coverage>"""
_LCOV = b"TN:\nSF:src/lib/audit.ts\nDA:1,1\nDA:2,0,abc\nend_of_record\n"
